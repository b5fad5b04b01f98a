/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "limit_mib",
		.value = 16384,
		.min = 64,
		.max = 1048576,
		.unit = "MiB",
		.doc = "unwritten data that may pile up: half a minute at 500 MiB/s [eng]",
	},
	{
		.name = "value_mib",
		.value = 8192,
		.min = 64,
		.max = 1048576,
		.unit = "MiB",
		.doc = "unwritten data that the proposed ratio allows [eng]",
	},
};

/* Writes of the guest stay in the host's page cache until they are flushed. QEMU's default is
 * writeback. */
static bool
is_cached(const KtDisk *disk)
{
	if (kt_opt_true(disk->readonly) || kt_opt_is(disk->device, "cdrom") ||
	    kt_opt_is(disk->device, "floppy") || kt_opt_is(disk->source_type, "network"))
		return false;
	return disk->cache.state == KT_STATE_ABSENT || kt_opt_is(disk->cache, "default") ||
	       kt_opt_is(disk->cache, "writeback") || kt_opt_is(disk->cache, "unsafe");
}

static uint32_t
count_cached(const KtFacts *facts, bool *ret_is_known)
{
	uint32_t n = 0;

	*ret_is_known = true;
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtDiskList *disks = &kt_census_config(guest)->disks;
		bool has_cached = false;
		if (!kt_census_counts(guest))
			continue;
		for (uint32_t j = 0; j < disks->n && !has_cached; j++)
			has_cached = is_cached(&disks->v[j]);
		n += has_cached;
		*ret_is_known &= disks->state == KT_STATE_VALUE;
	}
	return n;
}

/* The ratio is one of available memory (Documentation/admin-guide/sysctl/vm.rst). */
static uint64_t
limit_mib(const KtHost *host)
{
	const KtSysctl *sysctl = &host->sysctl;

	if (kt_known(sysctl->dirty_bytes) && sysctl->dirty_bytes.v > 0)
		return sysctl->dirty_bytes.v / 1048576;
	return host->memory.available_kib.v / 102400 * sysctl->dirty_ratio.v;
}

static void
propose(const KtView *view, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;
	uint64_t percent_mib = MAX(view->host->memory.available_kib.v / 102400, 1);
	uint64_t ratio = CLAMP(kt_view_param(view, "value_mib") / percent_mib, 1, 100);
	KtOptU64 background = sysctl->dirty_background_ratio;

	if (sysctl->dirty_ratio.v <= ratio) {
		/* Writing bytes sets the ratio to 0, and 0 bytes cannot be written back. */
		kt_sink_advice(out,
			       "Set vm.dirty_bytes and vm.dirty_background_bytes in a file of "
			       "/etc/sysctl.d: for that much memory a percentage is too coarse.");
		return;
	}
	if (kt_known(background) && background.v >= ratio && ratio > 1)
		kt_sink_sysctl_u64(out, "vm.dirty_background_ratio", background, ratio / 2);
	kt_sink_sysctl_u64(out, "vm.dirty_ratio", sysctl->dirty_ratio, ratio);
}

static void
report(const KtView *view, uint32_t n, KtSink *out)
{
	const KtHost *host = view->host;
	const KtSysctl *sysctl = &host->sysctl;

	kt_sink_severity(out, kt_view_is_strict(view) ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			"%" G_GUINT64_FORMAT " GiB of guest writes may wait in the page cache",
			limit_mib(host) / 1024);
	if (kt_known(sysctl->dirty_bytes) && sysctl->dirty_bytes.v > 0)
		kt_sink_number(out, sysctl->dirty_bytes, "vm.dirty_bytes", "");
	else
		kt_sink_number(out, sysctl->dirty_ratio, "vm.dirty_ratio", " %");
	kt_sink_evidence(out,
			 host->memory.available_kib.origin,
			 "%" G_GUINT64_FORMAT " MiB of memory are available",
			 host->memory.available_kib.v / 1024);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u guest%s with disks that write through the host's page cache",
			 n,
			 n == 1 ? "" : "s");
	if (kt_known(sysctl->dirty_bytes) && sysctl->dirty_bytes.v > 0)
		kt_sink_advice(out,
			       "Lower vm.dirty_bytes where it is set, or give the guests' disks "
			       "cache='none'.");
	else
		propose(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	const KtSysctl *sysctl = &host->sysctl;
	KtCensus census = {0};
	bool are_disks_known = false;
	uint32_t n = 0;

	if (sysctl->dirty_ratio.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, sysctl->dirty_ratio, "vm.dirty_ratio") ||
	    !kt_sink_needs(out, host->memory.available_kib, "the available memory") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	n = count_cached(view->facts, &are_disks_known);
	if (limit_mib(host) <= kt_view_param(view, "limit_mib"))
		return KT_VERDICT_OK;
	if (n == 0)
		return are_disks_known ? KT_VERDICT_OK : kt_census_unknown(view, out);

	report(view, n, out);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/sysctl/vm.rst, dirty_ratio and dirty_bytes",
	"tuned 2.28: profiles/virtual-host/tuned.conf writes out early for the same reason",
	NULL,
};

KT_PRACTICE(host_dirty_limits) = {
	.id = "host.dirty-limits",
	.title = "Unwritten data of guests stays within what disks can take",
	.why = "Writes of guests with a host cache pile up in memory until a part of it, 20 % by "
	       "default, is full; then every writer waits for the disk. On a host with much "
	       "memory that part is minutes of writing, and a flush of one guest waits behind it.",
	.cost = "Bursts of writes are smoothed less. Disks with cache='none' are not concerned.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "sysctl -a --pattern 'vm.dirty'; grep -E 'Dirty|Writeback' /proc/meminfo",
	.effect =
		"Dirty and Writeback in /proc/meminfo, fsync latency in guests while others write",
	.evaluate = evaluate,
};
