/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* QEMU: hw/core/machine.c, hw_compat_5_1: from 5.2 on a queue for each vCPU of the boot. */
#define AUTO_MAJOR 5
#define AUTO_MINOR 2

static const KtParam params[] = {
	{
		.name = "most",
		.value = 64,
		.min = 1,
		.max = 1024,
		.doc = "queues that are proposed for a disk, at most [eng]",
	},
	{
		.name = "vcpus",
		.value = 2,
		.min = 1,
		.max = 1024,
		.doc = "guests with more vCPUs than this need more than one queue [eng]",
	},
};

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_SINGLE,  /* an old machine type: one queue */
	FAULT_FEW,     /* fewer than vCPUs, by choice */
	FAULT_HOTPLUG, /* as many as vCPUs at the boot, and more may come */
} Fault;

static bool
has_single(const KtGuestConfig *config)
{
	g_auto(KtMachineType) machine = {.family = NULL};

	return kt_guest_machine(config, &machine) &&
	       (machine.major < AUTO_MAJOR ||
		(machine.major == AUTO_MAJOR && machine.minor < AUTO_MINOR));
}

static uint64_t
wanted(const KtView *view, const KtGuestConfig *config)
{
	return MIN(config->vcpus_max.v, kt_view_param(view, "most"));
}

static Fault
find_fault(const KtView *view, const KtSubject *subject)
{
	const KtGuestConfig *config = subject->config;
	const KtOptU64 queues = subject->disk->queues;

	if (config->vcpus_max.v <= kt_view_param(view, "vcpus"))
		return FAULT_NONE;
	if (kt_known(queues))
		return view->workload == KT_WORKLOAD_THROUGHPUT && queues.v < wanted(view, config)
			       ? FAULT_FEW
			       : FAULT_NONE;
	if (has_single(config))
		return FAULT_SINGLE;
	return kt_known(config->vcpus) && config->vcpus.v < wanted(view, config) ? FAULT_HOTPLUG
										 : FAULT_NONE;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs_look(out, disk->bus, "the bus") ||
	    !kt_sink_needs_look(out, disk->device, "the kind of disk"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_opt_is(disk->bus, "virtio") || kt_opt_is(disk->device, "cdrom"))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, disk->queues, "the number of queues") ||
	    !kt_sink_needs(out, config->vcpus_max, "the number of vCPUs") ||
	    !kt_sink_needs(out, config->machine, "the machine type"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = find_fault(view, subject);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtOptU64 queues = subject->disk->queues;

	kt_sink_severity(out, fault == FAULT_SINGLE ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	if (fault == FAULT_SINGLE)
		kt_sink_summary(out, "all vCPUs share the disk's only queue");
	else if (fault == FAULT_FEW)
		kt_sink_summary(out, "fewer queues than vCPUs");
	else
		kt_sink_summary(out, "vCPUs that are added later will share queues");
	if (kt_known(queues))
		kt_sink_evidence(out, queues.origin, "queues='%" G_GUINT64_FORMAT "'", queues.v);
	else
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->machine),
				 "no queues=, machine %s",
				 config->machine.v);
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->vcpus_max),
			 "%" G_GUINT64_FORMAT " vCPUs at the boot, at most %" G_GUINT64_FORMAT,
			 kt_known(config->vcpus) ? config->vcpus.v : config->vcpus_max.v,
			 config->vcpus_max.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *locator = kt_guest_disk_place(view, "driver/@queues", out);
	g_autofree char *to = g_strdup_printf("%" G_GUINT64_FORMAT, wanted(view, view->config));

	if (!locator)
		return;
	kt_guest_change_u64(view, locator, view->disk->queues, to, out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_disk_queues) = {
	.id = "guest.disk.queues",
	.title = "A virtio disk has a queue for each vCPU",
	.why = "With a queue of its own each vCPU submits and completes without waiting for the "
	       "others' lock. QEMU gives one per vCPU of the boot by itself on machine types of "
	       "5.2 and later; older ones have one for all, and vCPUs that are plugged in later "
	       "get none.",
	.cost = "An interrupt vector and some memory for each queue.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: driver, queues",
			"QEMU: hw/core/machine.c, hw_compat_5_1; hw/block/virtio-blk.c, "
			"VIRTIO_BLK_AUTO_NUM_QUEUES",
			"Virtual I/O Device (VIRTIO) 1.2, 5.2.2",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep queues; inside the guest: ls "
			 "/sys/block/vda/mq",
	.effect = "IOPS with many jobs (fio --numjobs) in the guest",
	.evaluate = evaluate,
};
