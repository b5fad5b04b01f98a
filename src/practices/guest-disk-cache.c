/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest.h"

static const KtParam params[] = {
	{
		.name = "low_memory_percent",
		.value = 10,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "available host memory below which a second copy of guest data in the page "
		       "cache is a finding [eng]",
	},
};

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_UNSAFE,
	FAULT_WRITETHROUGH,
	FAULT_WRITEBACK,
	FAULT_MEMORY, /* writeback where memory is short */
} Fault;

static const KtSeverity severities[] = {
	[FAULT_UNSAFE] = KT_SEVERITY_CRITICAL,
	[FAULT_WRITETHROUGH] = KT_SEVERITY_MEDIUM,
	[FAULT_WRITEBACK] = KT_SEVERITY_MEDIUM,
	[FAULT_MEMORY] = KT_SEVERITY_MEDIUM,
};

/* The mode in force: without the attribute it is QEMU's default, writeback. */
static const char *
mode_of(const KtDisk *disk)
{
	if (kt_known(disk->cache) && !g_str_equal(disk->cache.v, "default"))
		return disk->cache.v;
	return kt_looked(disk->cache) ? "writeback" : NULL;
}

static bool
is_network(const KtDisk *disk)
{
	return kt_opt_is(disk->source_type, "network");
}

static bool
is_short_of_memory(const KtView *view)
{
	const KtMemory *memory = &view->host->memory;

	return kt_guest_is_local(view) && kt_known(memory->available_kib) &&
	       kt_known(memory->total_kib) &&
	       memory->available_kib.v * 100 <
		       memory->total_kib.v * kt_view_param(view, "low_memory_percent");
}

static Fault
judge(const KtView *view, const KtDisk *disk)
{
	const char *mode = mode_of(disk);
	bool is_fast =
		view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;

	/* What is thrown away at the end may lose its flushes. */
	if (g_str_equal(mode, "unsafe"))
		return kt_opt_true(disk->is_transient) ? FAULT_NONE : FAULT_UNSAFE;
	if (g_str_equal(mode, "writethrough"))
		return FAULT_WRITETHROUGH;
	/* The page cache has no part in a network disk; writeback is the cache of its client. */
	if (!g_str_equal(mode, "writeback") || is_network(disk))
		return FAULT_NONE;
	if (is_fast)
		return FAULT_WRITEBACK;
	return is_short_of_memory(view) ? FAULT_MEMORY : FAULT_NONE;
}

static void
tell(const KtView *view, const KtDisk *disk, Fault fault, KtSink *out)
{
	const KtMemory *memory = &view->host->memory;

	kt_sink_severity(out, severities[fault]);
	if (fault == FAULT_UNSAFE)
		kt_sink_summary(out, "cache mode 'unsafe' ignores flushes: a crash loses data");
	if (fault == FAULT_WRITETHROUGH)
		kt_sink_summary(out, "cache mode 'writethrough' syncs every single write");
	if (fault == FAULT_WRITEBACK)
		kt_sink_summary(out, "cache mode 'writeback' goes through the host's page cache");
	if (fault == FAULT_MEMORY)
		kt_sink_summary(out, "cache mode 'writeback' takes host memory, which is short");

	kt_sink_evidence(out,
			 disk->cache.origin ? disk->cache.origin : view->config->type.origin,
			 kt_known(disk->cache) ? "cache='%s'"
					       : "no cache mode, which stands for %s",
			 mode_of(disk));
	if (fault == FAULT_MEMORY)
		kt_sink_evidence(out,
				 memory->available_kib.origin,
				 "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " MiB available",
				 memory->available_kib.v / 1024,
				 memory->total_kib.v / 1024);
}

static void
propose(const KtView *view, KtSink *out)
{
	const KtDisk *disk = view->disk;
	bool is_block = kt_opt_is(disk->source_type, "block");

	if (!kt_guest_has_one_disk(view->config, disk->target)) {
		kt_sink_advice(
			out,
			"The disk has no name of its own to find it by: set its cache mode with "
			"'virsh edit'.");
		return;
	}

	g_autofree char *locator = g_strdup_printf(
		"/domain/devices/disk[target/@dev='%s']/driver/@cache", disk->target.v);
	kt_sink_domain_xml(out,
			   view->guest,
			   locator,
			   kt_known(disk->cache) ? disk->cache.v : NULL,
			   is_network(disk) ? "writeback" : "none");
	if (!is_block && !is_network(disk))
		kt_sink_advice(
			out,
			"The guest starts only if the image's file system knows O_DIRECT: "
			"'dd if=%s of=/dev/null bs=4096 count=1 iflag=direct' must not fail.",
			kt_known(disk->source) ? disk->source.v : "IMAGE");
	kt_guest_remark(view, out);
}

static const KtDisk *
live_disk(const KtView *view)
{
	for (uint32_t i = 0; view->live && i < view->live->disks.n; i++) {
		const KtDisk *disk = &view->live->disks.v[i];
		if (kt_known(disk->target) && kt_opt_is(view->disk->target, disk->target.v))
			return mode_of(disk) ? disk : NULL;
	}
	return NULL;
}

static bool
is_written(const KtDisk *disk)
{
	bool is_disk = disk->device.state == KT_STATE_ABSENT || kt_opt_is(disk->device, "disk");

	return is_disk && !kt_opt_true(disk->readonly);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtDisk *disk = view->disk;
	const KtDisk *live = live_disk(view);
	KtVerdict gate = kt_guest_gate(view, out);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_sink_needs_look(out, disk->device, "the kind of disk"))
		return KT_VERDICT_UNKNOWN;
	if (!is_written(disk))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, disk->cache, "the cache mode"))
		return KT_VERDICT_UNKNOWN;

	Fault fault = judge(view, disk);
	if (fault != FAULT_NONE) {
		tell(view, disk, fault, out);
		propose(view, out);
		return KT_VERDICT_FINDING;
	}
	fault = live ? judge(view, live) : FAULT_NONE;
	if (fault == FAULT_NONE)
		return KT_VERDICT_OK;
	tell(view, live, fault, out);
	return KT_VERDICT_PENDING;
}

KT_PRACTICE(guest_disk_cache) = {
	.id = "guest.disk.cache",
	.title = "Disk cache mode keeps data safe and the host free",
	.why = "'none' and 'writeback' are equally safe: both honour the guest's flushes, and 'none' "
	       "spares the copy in the host's page cache. 'writethrough' syncs after every write, "
	       "'unsafe' drops flushes, so that a crash of the host destroys file systems.",
	.cost = "'none' needs a file system with O_DIRECT and no longer shares read data between "
		"guests: linked clones on a host with memory to spare may keep 'writeback'.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives, floppy disks, CDROMs: driver, cache",
			"QEMU: qemu-options, -drive cache=",
			"open(2), O_DIRECT",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A8 '<disk'",
	.effect =
		"Cached in /proc/meminfo of the host; fsync latency in the guest (fio --fsync=1). "
		"Measured, none against writethrough: 4.3 times the random writes [3.1, 10.8]; "
		"against writeback: no more reads, 0.90 times the CPU time of each [0.76, 0.94] "
		"(docs/effects.md)",
	.evaluate = evaluate,
};
