/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "stat_interval_s",
		.value = 10,
		.min = 1,
		.max = 3600,
		.unit = "s",
		.doc = "seconds between two updates of memory statistics; tuned's network-latency",
	},
};

typedef struct Noise {
	const char *key;
	KtOptU64 now;
	uint64_t wanted;
	bool is_bad;
} Noise;

static bool
is_any_known(const Noise *noises, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (noises[i].now.state != KT_STATE_ABSENT)
			return true;
	}
	return false;
}

static KtVerdict
report(const Noise *noises, size_t n, KtSink *out)
{
	uint32_t n_bad = 0;

	for (size_t i = 0; i < n; i++) {
		if (!kt_known(noises[i].now) || !noises[i].is_bad)
			continue;
		n_bad++;
		kt_sink_number(out, noises[i].now, noises[i].key, "");
		kt_sink_sysctl_u64(out, noises[i].key, noises[i].now, noises[i].wanted);
	}
	if (n_bad > 0) {
		kt_sink_severity(out, KT_SEVERITY_LOW);
		kt_sink_summary(out, "the kernel's own timers interrupt latency guests");
		return KT_VERDICT_FINDING;
	}
	for (size_t i = 0; i < n; i++) {
		if (!kt_sink_needs_look(out, noises[i].now, noises[i].key))
			return KT_VERDICT_UNKNOWN;
	}
	return KT_VERDICT_OK;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;
	uint64_t interval = kt_view_param(view, "stat_interval_s");
	const Noise noises[] = {
		{
			.key = "kernel.nmi_watchdog",
			.now = sysctl->nmi_watchdog,
			.is_bad = sysctl->nmi_watchdog.v != 0,
		},
		{
			.key = "kernel.timer_migration",
			.now = sysctl->timer_migration,
			.is_bad = sysctl->timer_migration.v != 0,
		},
		{
			.key = "vm.stat_interval",
			.now = sysctl->stat_interval_s,
			.wanted = interval,
			.is_bad = sysctl->stat_interval_s.v < interval,
		},
	};

	if (view->workload != KT_WORKLOAD_LATENCY || !is_any_known(noises, G_N_ELEMENTS(noises)))
		return KT_VERDICT_NOT_APPLICABLE;
	return report(noises, G_N_ELEMENTS(noises), out);
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/sysctl/kernel.rst, nmi_watchdog and "
	"timer_migration",
	"Linux: Documentation/admin-guide/sysctl/vm.rst, stat_interval",
	"tuned 2.28: profiles/realtime and network-latency",
	NULL,
};

KT_PRACTICE(host_timer_watchdog_noise) = {
	.id = "host.timer-watchdog-noise",
	.title = "Nothing of the kernel interrupts latency guests",
	.why = "On a host for latency the watchdog takes a performance counter and an "
	       "interrupt on every CPU, statistics wake every CPU each second, and timers of"
	       " other CPUs move to busy ones. Each is a pause of some microseconds in a "
	       "guest that counts them.",
	.cost = "Without the watchdog the kernel does not report a CPU that hangs with "
		"interrupts off. Memory statistics are up to ten seconds old.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "sysctl kernel.nmi_watchdog kernel.timer_migration vm.stat_interval",
	.effect = "largest latency of cyclictest in the guest over a night",
	.evaluate = evaluate,
};
