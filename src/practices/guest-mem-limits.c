/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static const KtParam params[] = {
	{
		.name = "margin_mib",
		.value = 1024,
		.max = 1048576,
		.unit = "MiB",
		.doc = "what QEMU itself may need besides the guest's memory [eng]",
	},
	{
		.name = "percent",
		.value = 2,
		.max = 100,
		.unit = "%",
		.doc = "and of the guest's memory, for page tables and queues [eng]",
	},
};

/* libvirt: VIR_DOMAIN_MEMORY_PARAM_UNLIMITED. */
#define UNLIMITED_KIB UINT64_C(9007199254740991)

/* Bits: several can be wrong at once. */
#define FAULT_SMALL   1U  /* hard limit below the memory */
#define FAULT_TIGHT   2U  /* above it, but not enough for QEMU */
#define FAULT_USELESS 4U  /* a hard limit that nothing needs */
#define FAULT_SOFT    8U  /* v2: a permanent brake */
#define FAULT_SWAP    16U /* v2: another meaning than on v1 */

static uint64_t
wanted_limit(const KtView *view, const KtGuestConfig *config)
{
	uint64_t memory = config->memory_kib.v;

	return memory + memory / 100 * kt_view_param(view, "percent") +
	       kt_view_param(view, "margin_mib") * 1024;
}

static bool
is_limit(KtOptU64 limit)
{
	return kt_known(limit) && limit.v < UNLIMITED_KIB;
}

/* VFIO and locking need the limit that libvirt then takes for RLIMIT_MEMLOCK. */
static bool
needs_limit(const KtGuestConfig *config)
{
	return kt_opt_true(config->locked) ||
	       !(kt_known(config->hostdevs) && config->hostdevs.v == 0);
}

static unsigned
judge_hard(const KtView *view, const KtGuestConfig *config)
{
	const KtOptU64 limit = config->hard_limit_kib;

	if (!is_limit(limit))
		return 0;
	if (limit.v < config->memory_kib.v)
		return FAULT_SMALL;
	if (!needs_limit(config))
		return FAULT_USELESS;
	return limit.v < wanted_limit(view, config) ? FAULT_TIGHT : 0;
}

static unsigned
judge_v2(const KtGuestConfig *config)
{
	unsigned faults = 0;

	if (is_limit(config->soft_limit_kib) && kt_known(config->current_memory_kib) &&
	    config->soft_limit_kib.v < config->current_memory_kib.v)
		faults |= FAULT_SOFT;
	/* On v1 the number is memory and swap together, so never below the hard limit. */
	if (is_limit(config->swap_hard_limit_kib) && is_limit(config->hard_limit_kib) &&
	    config->swap_hard_limit_kib.v >= config->hard_limit_kib.v)
		faults |= FAULT_SWAP;
	return faults;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtOptStr version = view->host->cgroup.version;

	if (!kt_sink_needs_look(out, config->hard_limit_kib, "<hard_limit>") ||
	    !kt_sink_needs_look(out, config->soft_limit_kib, "<soft_limit>") ||
	    !kt_sink_needs_look(out, config->swap_hard_limit_kib, "<swap_hard_limit>"))
		return KT_VERDICT_UNKNOWN;
	if (!is_limit(config->hard_limit_kib) && !is_limit(config->soft_limit_kib) &&
	    !is_limit(config->swap_hard_limit_kib))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->memory_kib, "the memory of the guest"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = judge_hard(view, config);
	if (kt_guest_is_local(view) && kt_opt_is(version, "v2"))
		*ret_fault |= judge_v2(config);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
show(const KtSubject *subject, const char *name, KtOptU64 limit, KtSink *out)
{
	if (is_limit(limit))
		kt_sink_evidence(out,
				 kt_subject_origin(subject, limit),
				 "<%s> %" G_GUINT64_FORMAT " MiB",
				 name,
				 limit.v / 1024);
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	kt_sink_severity(out,
			 fault & (FAULT_SMALL | FAULT_SOFT) ? KT_SEVERITY_CRITICAL
							    : KT_SEVERITY_MEDIUM);
	if (fault & FAULT_SMALL)
		kt_sink_summary(out, "the kernel kills the guest before it has its memory");
	else if (fault & FAULT_SOFT)
		kt_sink_summary(out, "soft_limit is a permanent brake on cgroup v2: it crawls");
	else if (fault & FAULT_TIGHT)
		kt_sink_summary(out, "hard_limit leaves QEMU itself too little memory");
	else if (fault & FAULT_USELESS)
		kt_sink_summary(out, "a hard_limit that can only kill the guest");
	else
		kt_sink_summary(out, "swap_hard_limit means swap alone on cgroup v2");
	show(subject, "hard_limit", config->hard_limit_kib, out);
	show(subject, "soft_limit", config->soft_limit_kib, out);
	show(subject, "swap_hard_limit", config->swap_hard_limit_kib, out);
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->memory_kib),
			 "<memory> %" G_GUINT64_FORMAT " MiB",
			 config->memory_kib.v / 1024);
	if (fault & (FAULT_SOFT | FAULT_SWAP))
		kt_sink_evidence(out, view->host->cgroup.version.origin, "control groups are v2");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	g_autofree char *raised = g_strdup_printf("%" G_GUINT64_FORMAT, wanted_limit(view, config));

	if (fault & (FAULT_SMALL | FAULT_TIGHT | FAULT_USELESS))
		kt_guest_change_u64(view,
				    "/domain/memtune/hard_limit/text()",
				    config->hard_limit_kib,
				    needs_limit(config) ? raised : NULL,
				    out);
	if (fault & FAULT_SOFT)
		kt_guest_change_u64(view,
				    "/domain/memtune/soft_limit/text()",
				    config->soft_limit_kib,
				    NULL,
				    out);
	if (fault & FAULT_SWAP)
		kt_guest_change_u64(view,
				    "/domain/memtune/swap_hard_limit/text()",
				    config->swap_hard_limit_kib,
				    NULL,
				    out);
	kt_sink_advice(out,
		       "'virsh memtune %s --live' with -1 takes a limit from the running guest.",
		       kt_guest_name(view->guest));
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_mem_limits) = {
	.id = "guest.mem.limits",
	.title = "Limits of memtune do not strangle the guest",
	.why = "hard_limit counts QEMU's own memory as well, which nobody can foretell; when it "
	       "is reached the kernel kills the guest. On control groups v2 soft_limit becomes "
	       "memory.high, above which the guest is slowed down all the time, and "
	       "swap_hard_limit counts swap alone.",
	.cost = "A guest with a leak in QEMU is then stopped by nothing but the host running out "
		"of memory.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Memory Tuning (hard_limit is strongly advised "
			"against)",
			"Linux: Documentation/admin-guide/cgroup-v2.rst, memory.high, "
			"memory.swap.max",
			"libvirt: src/util/vircgroupv2.c, virCgroupV2SetMemorySoftLimit()",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "virsh memtune DOMAIN --config; cat memory.events of its cgroup",
	.effect = "oom_kill and high in memory.events",
	.evaluate = evaluate,
};
