/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;

	if (host->modules.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->modules, "the list of modules"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_census_has_module(host, "nbd"))
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "the host can take disk images of guests for its own disks");
	kt_sink_evidence(out, host->modules.origin, "module 'nbd' is loaded");
	kt_sink_advice(out,
		       "If nothing is attached (qemu-nbd, nbd-client), 'modprobe -r nbd' and take "
		       "it out of what loads it.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: drivers/block/nbd.c, parameters nbds_max and max_part",
	"libguestfs: guestfs-security(1)",
	NULL,
};

KT_PRACTICE(host_nbd_module) = {
	.id = "host.nbd-module",
	.title = "Disk images are not attached to the host with nbd",
	.why = "qemu-nbd with the nbd module makes an image a disk of the host: its "
	       "partitions and file systems, made by a guest, are then parsed by the kernel "
	       "and by udev. max_part= is the number of partitions of one device, not that "
	       "of devices.",
	.cost = "Look into images with libguestfs, which does it inside a guest, or serve "
		"them with qemu-storage-daemon.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.check_by_hand = "grep ^nbd /proc/modules; ls /sys/block | grep nbd",
	.effect = "none to be seen",
	.evaluate = evaluate,
};
