/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_EMULATED,
	FAULT_FEW, /* queues */
} Fault;

static bool
has_scsi_disk(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->disks.n; i++) {
		if (kt_opt_is(config->disks.v[i].bus, "scsi"))
			return true;
	}
	return false;
}

/* pvscsi and ibmvscsi are no imitations of hardware. */
static bool
is_emulated(const KtController *controller)
{
	const KtOptStr model = controller->model;

	return model.state == KT_STATE_ABSENT ||
	       (kt_known(model) && (g_str_has_prefix(model.v, "lsi") ||
				    kt_opt_is(model, "buslogic") || kt_opt_is(model, "auto") ||
				    kt_opt_is(model, "am53c974") || kt_opt_is(model, "dc390")));
}

static Fault
judge_controller(const KtView *view, const KtGuestConfig *config, const KtController *controller)
{
	if (!kt_opt_is(controller->type, "scsi"))
		return FAULT_NONE;
	if (is_emulated(controller))
		return kt_guest_is_x86(config) ? FAULT_EMULATED : FAULT_NONE;
	return view->workload == KT_WORKLOAD_THROUGHPUT && kt_known(config->vcpus_max) &&
			       kt_opt_is(controller->model, "virtio-scsi") &&
			       kt_known(controller->queues) &&
			       controller->queues.v < config->vcpus_max.v
		       ? FAULT_FEW
		       : FAULT_NONE;
}

static const KtController *
find(const KtView *view, const KtGuestConfig *config, unsigned fault)
{
	for (uint32_t i = 0; i < config->controllers.n; i++) {
		const KtController *controller = &config->controllers.v[i];
		if (judge_controller(view, config, controller) == fault)
			return controller;
	}
	return NULL;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs(out, config->controllers, "the list of controllers") ||
	    !kt_sink_needs(out, config->disks, "the list of disks") ||
	    !kt_sink_needs(out, config->architecture, "the architecture"))
		return KT_VERDICT_UNKNOWN;
	if (!has_scsi_disk(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (find(view, config, FAULT_EMULATED))
		*ret_fault = FAULT_EMULATED;
	else
		*ret_fault = find(view, config, FAULT_FEW) ? FAULT_FEW : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtController *controller = find(view, config, fault);
	uint16_t origin = kt_subject_origin(subject, config->controllers);

	if (!controller)
		return;
	if (fault == FAULT_EMULATED) {
		kt_sink_severity(out, KT_SEVERITY_HIGH);
		kt_sink_summary(out, "SCSI disks hang on an emulated adapter of the 1990s");
		kt_sink_evidence(out,
				 origin,
				 "<controller type='scsi'> of model %s",
				 kt_known(controller->model) ? controller->model.v
							     : "lsilogic, as none is named");
		return;
	}
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "the SCSI controller has fewer queues than vCPUs");
	kt_sink_evidence(out,
			 origin,
			 "queues='%" G_GUINT64_FORMAT "', %" G_GUINT64_FORMAT " vCPUs",
			 controller->queues.v,
			 config->vcpus_max.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	unsigned n = 0;
	const KtController *controller = find(view, view->config, fault);
	g_autofree char *to = g_strdup_printf("%" G_GUINT64_FORMAT, view->config->vcpus_max.v);

	for (uint32_t i = 0; i < view->config->controllers.n; i++)
		n += kt_opt_is(view->config->controllers.v[i].model, "virtio-scsi");
	if (fault == FAULT_EMULATED)
		kt_sink_advice(out,
			       "Set model='virtio-scsi' with 'virsh edit %s' once the guest has "
			       "the driver (virtio_scsi in its initramfs; Windows: vioscsi of "
			       "virtio-win).",
			       kt_guest_name(view->guest));
	if (fault == FAULT_FEW && controller && n == 1) {
		kt_guest_change_u64(
			view,
			"/domain/devices/controller[@model='virtio-scsi']/driver/@queues",
			controller->queues,
			to,
			out);
		kt_guest_remark(view, out);
	} else if (fault == FAULT_FEW) {
		kt_sink_advice(out,
			       "Give each virtio-scsi controller %s queues with 'virsh edit %s'.",
			       to,
			       kt_guest_name(view->guest));
	}
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_scsi_controller) = {
	.id = "guest.scsi.controller",
	.title = "SCSI disks hang on a virtio-scsi controller",
	.why = "Where no model is named libvirt takes lsilogic, the imitation of an adapter from "
	       "the 1990s that new systems have no driver for; virtio-scsi is as fast as "
	       "virtio-blk, takes hundreds of disks and a queue for each vCPU.",
	.cost = "The guest needs the driver before it boots from such a disk.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Controllers",
			"Virtual I/O Device (VIRTIO) 1.2, 5.6 SCSI Host Device",
			"osinfo-db 20221130: devices per operating system",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A2 \"type='scsi'\"",
	.effect = "IOPS with many jobs (fio --numjobs) in the guest",
	.evaluate = evaluate,
};
