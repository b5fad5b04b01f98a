/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "used_percent",
		.value = 80,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of the limit that may be in use [eng]",
	},
	{
		.name = "need_percent",
		.value = 50,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of the limit that guests may need [eng]",
	},
	{
		.name = "workers",
		.value = 70,
		.max = 10000,
		.doc = "threads of a guest besides vCPUs and IOThreads: 64 workers of QEMU's pool "
		       "and a few others (QEMU 7.2: util/thread-pool.c)",
	},
};

/* The largest number of a thread (Linux: include/linux/threads.h, PID_MAX_LIMIT on 64 bit). */
#define PID_MAX_LIMIT UINT64_C(4194304)

static uint64_t
value_or_0(KtOptU64 value)
{
	return kt_known(value) ? value.v : 0;
}

/* Threads that guests may have at most. */
static uint64_t
count_need(const KtView *view)
{
	uint64_t need = 0;

	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		if (kt_census_counts(guest))
			need += value_or_0(config->vcpus_max) + value_or_0(config->iothreads) +
				kt_view_param(view, "workers");
	}
	return need;
}

static void
propose(const KtView *view, uint64_t wanted, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;

	if (sysctl->pid_max.v < wanted)
		kt_sink_sysctl_u64(out, "kernel.pid_max", sysctl->pid_max, PID_MAX_LIMIT);
	if (sysctl->threads_max.v < wanted)
		kt_sink_sysctl_u64(out, "kernel.threads-max", sysctl->threads_max, wanted);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;
	uint64_t limit = MIN(sysctl->pid_max.v, sysctl->threads_max.v);
	uint64_t used = value_or_0(sysctl->threads);
	uint64_t need = 0;
	KtCensus census = {0};
	bool is_full = false;

	if (sysctl->pid_max.state == KT_STATE_ABSENT ||
	    sysctl->threads_max.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, sysctl->pid_max, "kernel.pid_max") ||
	    !kt_sink_needs(out, sysctl->threads_max, "kernel.threads-max") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	need = count_need(view);
	is_full = used > limit / 100 * kt_view_param(view, "used_percent");
	if (!is_full && need <= limit / 100 * kt_view_param(view, "need_percent"))
		return KT_VERDICT_OK;

	kt_sink_severity(out, is_full ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			is_full ? "the host runs out of threads"
				: "guests may need more threads than the host has");
	kt_sink_number(out, sysctl->pid_max, "kernel.pid_max", "");
	kt_sink_number(out, sysctl->threads_max, "kernel.threads-max", "");
	if (kt_known(sysctl->threads))
		kt_sink_number(out, sysctl->threads, "the number of threads", "");
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "guests may have %" G_GUINT64_FORMAT " threads",
			 need);
	propose(view, MIN(4 * MAX(need, used), PID_MAX_LIMIT), out);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/sysctl/kernel.rst, pid_max and threads-max",
	"QEMU 7.2: util/thread-pool.c, at most 64 workers per pool",
	NULL,
};

KT_PRACTICE(host_pid_task_limits) = {
	.id = "host.pid-task-limits",
	.title = "There are threads enough for all guests",
	.why = "Every vCPU, IOThread and disk worker of every guest is a thread. Where the "
	       "kernel's numbers for threads run out, guests do not start and disks of "
	       "running ones fail with 'resource temporarily unavailable'; dense hosts meet "
	       "this limit first.",
	.cost = "None on 64-bit kernels.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand =
		"cat /proc/sys/kernel/pid_max /proc/sys/kernel/threads-max; cat /proc/loadavg",
	.effect = "threads behind the slash in /proc/loadavg against the limits",
	.evaluate = evaluate,
};
