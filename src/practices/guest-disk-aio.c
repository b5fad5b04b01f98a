/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* libvirt takes native with these only. */
static bool
is_direct(const KtDisk *disk)
{
	return kt_opt_is(disk->cache, "none") || kt_opt_is(disk->cache, "directsync");
}

static bool
is_volume(const KtDisk *disk)
{
	bool is_disk = disk->device.state == KT_STATE_ABSENT || kt_opt_is(disk->device, "disk");

	return is_disk && kt_opt_is(disk->source_type, "block") &&
	       (kt_opt_is(disk->bus, "virtio") || kt_opt_is(disk->bus, "scsi"));
}

static bool
uses_threads(const KtDisk *disk)
{
	return kt_opt_is(disk->format, "raw") && is_direct(disk) &&
	       (!kt_known(disk->io) || kt_opt_is(disk->io, "threads"));
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;

	if (!kt_sink_needs_look(out, disk->device, "the kind of disk") ||
	    !kt_sink_needs_look(out, disk->bus, "the bus") ||
	    !kt_sink_needs_look(out, disk->source_type, "the kind of its source"))
		return KT_VERDICT_UNKNOWN;
	if (!is_volume(disk))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, disk->format, "the format") ||
	    !kt_sink_needs_look(out, disk->cache, "the cache mode") ||
	    !kt_sink_needs_look(out, disk->io, "the way of asynchronous I/O"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = kt_guest_wants_speed(view) && uses_threads(disk);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;

	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "requests to a block device go through a pool of threads");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, disk->io),
			 "%s, raw, cache='%s', on a block device",
			 kt_known(disk->io) ? "io='threads'" : "no io=, which stands for threads",
			 disk->cache.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *locator = kt_guest_disk_place(view, "driver/@io", out);

	if (!locator)
		return;
	kt_guest_change(view, locator, view->disk->io, "native", out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_disk_aio) = {
	.id = "guest.disk.aio",
	.title = "Requests to block devices are submitted without threads",
	.why = "io=threads hands each request to a worker thread of QEMU; on a block device "
	       "without the page cache io=native hands it to the kernel directly, with fewer "
	       "switches and lower latency.",
	.cost = "native can block where space is not yet allocated, so it is for block devices and "
		"fully allocated files. It counts against fs.aio-max-nr of the host.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: driver, io",
			"io_submit(2)",
			"QEMU: block/linux-aio.c",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A3 \"<disk\"",
	.effect =
		"IOPS and latency in the guest (fio --direct=1). Measured, native or io_uring against "
		"threads: 0.47 times the CPU time of a read [0.42, 0.57], no more reads on busy "
		"CPUs (docs/effects.md)",
	.evaluate = evaluate,
};
