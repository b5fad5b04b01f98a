/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* Fewer vCPUs do not send more than one IOThread can serve. */
#define FEWEST_VCPUS 4

/* libvirt 10.0.0 and QEMU 9.0 for virtio-blk. */
#define LIBVIRT_FROM 10000000
#define QEMU_FROM    9000000

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;

	if (view->workload != KT_WORKLOAD_THROUGHPUT || !kt_opt_is(disk->bus, "virtio") ||
	    !kt_guest_libvirt_from(view, LIBVIRT_FROM) || !kt_guest_qemu_from(view, QEMU_FROM))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, disk->iothread, "its IOThread") ||
	    !kt_sink_needs(out, disk->has_iothread_map, "<iothreads> of the disk") ||
	    !kt_sink_needs(out, subject->config->vcpus_max, "the number of vCPUs"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = kt_known(disk->iothread) && !disk->has_iothread_map.v &&
		     subject->config->vcpus_max.v >= kt_view_param(view, "fewest_vcpus");
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "one I/O thread serves all queues of the disk");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->disk->iothread),
			 "iothread='%" G_GUINT64_FORMAT "', and %" G_GUINT64_FORMAT
			 " vCPUs that send requests",
			 subject->disk->iothread.v,
			 subject->config->vcpus_max.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(
		out,
		"If that thread is busy all the time ('top -H'), define 2 to 4 IOThreads and "
		"put <iothreads><iothread id='1'/><iothread id='2'/></iothreads> into the "
		"<driver> of the disk instead of iothread='...' ('virsh edit %s').",
		kt_guest_name(view->guest));
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

static const KtParam params[] = {
	{
		.name = "fewest_vcpus",
		.value = FEWEST_VCPUS,
		.min = 2,
		.max = 1024,
		.unit = "",
		.doc = "vCPUs from which on one IOThread may be too little [eng]",
	},
};

KT_PRACTICE(guest_iothreads_map) = {
	.id = "guest.iothreads.map",
	.title = "Several I/O threads serve a disk that needs them",
	.why = "A disk with a queue for each vCPU is still served by one thread, which becomes the "
	       "limit of fast NVMe disks. Since QEMU 9.0 the queues can be shared out over "
	       "several.",
	.cost = "More threads that want CPUs; nothing is gained while one thread is not busy.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: driver, iothreads (10.0.0)",
			"QEMU 9.0: virtio-blk-pci, iothread-vq-mapping",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.after = (const char *const[]){"guest.iothreads", "guest.disk.queues", NULL},
	.check_by_hand = "top -H -p $(pgrep -f guest=DOMAIN); virsh iothreadinfo DOMAIN",
	.effect = "IOPS of fio with numjobs = vCPUs in the guest",
	.evaluate = evaluate,
};
