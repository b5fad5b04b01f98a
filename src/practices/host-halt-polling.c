/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#include <string.h>

static const KtParam params[] = {
	{
		.name = "limit_ns",
		.value = 1000000,
		.min = 1,
		.max = 1000000000,
		.unit = "ns",
		.doc = "ceiling above which polling keeps an idle host busy [eng]",
	},
	{
		.name = "latency_min_ns",
		.value = 200000,
		.max = 1000000000,
		.unit = "ns",
		.doc = "lowest ceiling for class latency [eng]",
	},
	{
		.name = "latency_max_ns",
		.value = 500000,
		.max = 1000000000,
		.unit = "ns",
		.doc = "highest ceiling for class latency [eng]",
	},
	{
		.name = "dense_ns",
		.value = 50000,
		.max = 1000000000,
		.unit = "ns",
		.doc = "ceiling for class dense, and where polling is mostly in vain [eng]",
	},
	{
		.name = "dense_limit_ns",
		.value = 100000,
		.max = 1000000000,
		.unit = "ns",
		.doc = "ceiling above which it is a finding on an overcommitted dense host [eng]",
	},
	{
		.name = "overcommit_percent",
		.value = 200,
		.max = 100000,
		.unit = "%",
		.doc = "vCPUs of running guests per CPU above which a dense host polls less [eng]",
	},
	{
		.name = "overcommit_off_percent",
		.value = 400,
		.max = 100000,
		.unit = "%",
		.doc = "vCPUs of running guests per CPU above which it does not poll at all [eng]",
	},
	{
		.name = "in_vain_percent",
		.value = 50,
		.max = 100,
		.unit = "%",
		.doc = "share of polling time without a wake-up that is too much [eng]",
	},
	{
		.name = "in_vain_time_percent",
		.value = 5,
		.max = 100,
		.unit = "%",
		.doc = "part of all vCPU time that may be polled in vain [eng]",
	},
};

/* KVM_HALT_POLL_NS_DEFAULT of arch/ARCH/include/asm/kvm_host.h, Linux 6.1 and 6.12. */
static const struct {
	const char *architecture;
	uint64_t ns;
} defaults[] = {
	{.architecture = "x86_64", .ns = 200000},
	{.architecture = "aarch64", .ns = 500000},
	{.architecture = "riscv64", .ns = 500000},
	{.architecture = "loongarch64", .ns = 500000},
	{.architecture = "s390x", .ns = 50000},
	{.architecture = "ppc64le", .ns = 10000},
	{.architecture = "ppc64", .ns = 10000},
};

/* What the guests that run now make of it. */
typedef struct Load {
	uint64_t vcpus;
	uint64_t cpus;
	uint64_t success_ns;
	uint64_t fail_ns;
	uint64_t wall_ns; /* most that the counted vCPUs can have lived: since the host booted */
	uint16_t origin;
} Load;

static Load
measure(const KtView *view)
{
	const KtHost *host = view->host;
	Load load = {0};
	uint64_t uptime_s = kt_known(host->system.uptime_s) ? host->system.uptime_s.v : 0;

	if (kt_known(host->cpu.online))
		load.cpus = kt_cpuset_count(host->cpu.online.v);
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		const KtGuestEffective *effective = &guest->effective;
		if (!kt_opt_true(guest->is_active) || !kt_known(guest->live.vcpus))
			continue;
		load.vcpus += guest->live.vcpus.v;
		if (!kt_known(effective->haltpoll_success_ns) ||
		    !kt_known(effective->haltpoll_fail_ns))
			continue;
		load.success_ns += effective->haltpoll_success_ns.v;
		load.fail_ns += effective->haltpoll_fail_ns.v;
		load.wall_ns += guest->live.vcpus.v * uptime_s * UINT64_C(1000000000);
		load.origin = effective->haltpoll_fail_ns.origin;
	}
	return load;
}

static bool
is_overcommitted(const KtView *view, const Load *load, const char *param)
{
	return load->cpus > 0 && load->vcpus * 100 > load->cpus * kt_view_param(view, param);
}

static bool
is_in_vain(const KtView *view, const Load *load)
{
	uint64_t polled_ns = load->success_ns + load->fail_ns;

	return load->wall_ns > 0 &&
	       load->fail_ns > polled_ns / 100 * kt_view_param(view, "in_vain_percent") &&
	       load->fail_ns > load->wall_ns / 100 * kt_view_param(view, "in_vain_time_percent");
}

/* False when the architecture is not one of the table. */
static bool
find_default(const KtHost *host, uint64_t *ret_ns)
{
	for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++) {
		if (kt_opt_is(host->system.architecture, defaults[i].architecture)) {
			*ret_ns = defaults[i].ns;
			return true;
		}
	}
	return false;
}

static bool
find_wanted(const KtView *view, const Load *load, uint64_t *ret_ns)
{
	if (view->workload == KT_WORKLOAD_DENSE) {
		bool is_off = is_overcommitted(view, load, "overcommit_off_percent");
		*ret_ns = is_off ? 0 : kt_view_param(view, "dense_ns");
		return true;
	}
	if (!find_default(view->host, ret_ns))
		return false;
	if (view->workload == KT_WORKLOAD_LATENCY)
		*ret_ns = CLAMP(*ret_ns,
				kt_view_param(view, "latency_min_ns"),
				kt_view_param(view, "latency_max_ns"));
	if (is_in_vain(view, load))
		*ret_ns = MIN(*ret_ns, kt_view_param(view, "dense_ns"));
	return true;
}

static KtSeverity
judge(const KtView *view, const Load *load, const KtCensus *census)
{
	uint64_t now = view->host->kvm.halt_poll_ns.v;
	bool is_dense = view->workload == KT_WORKLOAD_DENSE;

	if (now > kt_view_param(view, "limit_ns"))
		return KT_SEVERITY_HIGH;
	if (now == 0 && !is_dense && view->workload != KT_WORKLOAD_LATENCY)
		return census->n_kvm ? KT_SEVERITY_MEDIUM : KT_SEVERITY_UNSET;
	if (now > kt_view_param(view, "dense_ns") && is_in_vain(view, load))
		return KT_SEVERITY_MEDIUM;
	if (is_dense && now > kt_view_param(view, "dense_limit_ns") &&
	    is_overcommitted(view, load, "overcommit_percent"))
		return KT_SEVERITY_LOW;
	return KT_SEVERITY_UNSET;
}

static void
add_evidence(const KtView *view, const Load *load, KtSink *out)
{
	KtOptU64 now = view->host->kvm.halt_poll_ns;

	kt_sink_evidence(out, now.origin, "kvm.halt_poll_ns is %" G_GUINT64_FORMAT " ns", now.v);
	if (load->cpus > 0 && load->vcpus > 0)
		kt_sink_evidence(out,
				 view->host->cpu.online.origin,
				 "%" G_GUINT64_FORMAT
				 " vCPUs of running guests on %" G_GUINT64_FORMAT " CPUs",
				 load->vcpus,
				 load->cpus);
	if (load->success_ns + load->fail_ns > 0)
		kt_sink_evidence(out,
				 load->origin,
				 "guests polled %" G_GUINT64_FORMAT
				 " s before a wake-up and %" G_GUINT64_FORMAT " s in vain",
				 load->success_ns / 1000000000,
				 load->fail_ns / 1000000000);
}

/* Is @setting ("kvm.halt_poll_ns=N") in an own file that the next load or boot reads? */
static bool
is_pending(const KtHost *host, uint64_t wanted)
{
	g_autofree char *option =
		g_strdup_printf("options kvm halt_poll_ns=%" G_GUINT64_FORMAT "\n", wanted);
	g_autofree char *argument = g_strdup_printf("kvm.halt_poll_ns=%" G_GUINT64_FORMAT, wanted);
	g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, wanted);
	g_autofree char *running = kt_census_boot_arg(host, "kvm.halt_poll_ns");

	if (kt_opt_true(host->kvm.halt_poll_ns_writable))
		return false;
	for (uint32_t i = 0; i < host->config_files.n; i++) {
		const KtConfigFile *file = &host->config_files.v[i];
		if (kt_known(file->text) &&
		    (strstr(file->text.v, option) || strstr(file->text.v, argument)))
			return true;
	}
	return g_strcmp0(running, number) == 0;
}

static KtVerdict
report(const KtView *view, const Load *load, KtSink *out)
{
	KtOptU64 now = view->host->kvm.halt_poll_ns;
	g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, now.v);
	uint64_t wanted = 0;

	if (now.v == 0)
		kt_sink_summary(out, "halting vCPUs are not polled for, so they wake up later");
	else
		kt_sink_summary(out,
				"the host polls up to %" G_GUINT64_FORMAT
				" us for each halting vCPU",
				now.v / 1000);
	add_evidence(view, load, out);
	if (!find_wanted(view, load, &wanted)) {
		kt_sink_advice(
			out, "Set kvm.halt_poll_ns to the kernel's default of this architecture.");
		return KT_VERDICT_FINDING;
	}
	if (is_pending(view->host, wanted))
		return KT_VERDICT_PENDING;

	g_autofree char *to = g_strdup_printf("%" G_GUINT64_FORMAT, wanted);
	kt_sink_module_param(out,
			     "kvm",
			     "halt_poll_ns",
			     kt_opt_true(view->host->kvm.halt_poll_ns_writable),
			     from,
			     to);
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->kvm.halt_poll_ns;
	Load load = {0};
	KtCensus census = {0};
	KtSeverity severity = KT_SEVERITY_UNSET;
	bool are_guests_known = false;

	if (now.state == KT_STATE_ABSENT || kt_census_is_dom0(view->host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "how long vCPUs poll"))
		return KT_VERDICT_UNKNOWN;

	are_guests_known = kt_census_take(view->facts, KT_CENSUS_COUNTING, &census);
	load = measure(view);
	severity = judge(view, &load, &census);
	/* Without polling it matters whether any guest uses KVM. */
	if (!severity && now.v == 0 && census.n_kvm == 0 && census.n_unknown > 0)
		return kt_census_unknown(view, out);
	if (!severity)
		return are_guests_known ? KT_VERDICT_OK : kt_census_unknown(view, out);
	kt_sink_severity(out, severity);
	return report(view, &load, out);
}

static const char *const sources[] = {
	"Linux: Documentation/virt/kvm/halt-polling.rst",
	"Linux: virt/kvm/kvm_main.c, halt_poll_ns; KVM_HALT_POLL_NS_DEFAULT per architecture",
	"Linux commit aeb1b22a3ac8: halt_poll_ns_shrink is 2 by default",
	NULL,
};

KT_PRACTICE(host_halt_polling) = {
	.id = "host.halt-polling",
	.title = "The host polls for halting vCPUs, but not for long",
	.why = "A vCPU that halts is polled for before its thread sleeps, which makes its next "
	       "wake-up faster by some microseconds. The value is only a ceiling: each vCPU adapts "
	       "below it.",
	.cost = "A high ceiling drives an idle host towards 100 % CPU, costs power and turbo and "
		"slows the hyperthread beside it; 0 makes guests that sleep often slower. Latency "
		"hosts whose guests never halt (cpu-pm, idle=poll) may keep 0.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "grep . /sys/module/kvm/parameters/halt_poll_ns*; "
			 "virsh domstats --cpu-total",
	.effect = "wake-up latency in guests (cyclictest), idle share of host CPUs, "
		  "cpu.haltpoll.success.time and .fail.time per second",
	.evaluate = evaluate,
};
