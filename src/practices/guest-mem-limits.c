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

#define KIB_PER_MIB 1024

/* Bits: several can be wrong at once. */
#define FAULT_SMALL   1U  /* hard limit below the memory */
#define FAULT_TIGHT   2U  /* above it, but not enough for QEMU */
#define FAULT_USELESS 4U  /* a hard limit that nothing needs */
#define FAULT_SOFT    8U  /* v2: a permanent brake */
#define FAULT_SWAP    16U /* v2: another meaning than on v1 */
#define FAULTS_HARD   (FAULT_SMALL | FAULT_TIGHT | FAULT_USELESS)

/* In whole MiB: the kernel keeps whole pages, and what is read back shall be what was written. */
static uint64_t
wanted_limit(const KtView *view, const KtGuestConfig *config)
{
	uint64_t memory = config->memory_kib.v;
	uint64_t wanted = memory + memory / 100 * kt_view_param(view, "percent") +
			  kt_view_param(view, "margin_mib") * KIB_PER_MIB;

	return (wanted + KIB_PER_MIB - 1) / KIB_PER_MIB * KIB_PER_MIB;
}

static bool
is_limit(KtOptU64 limit)
{
	return kt_known(limit) && limit.v < KT_MEMORY_UNLIMITED_KIB;
}

typedef struct Limits {
	KtOptU64 hard;
	KtOptU64 soft;
	KtOptU64 swap;
} Limits;

/* Of what runs the control group knows best, for it counts in pages. */
static KtOptU64
in_force(bool is_live, KtOptU64 limit, KtOptU64 effective)
{
	return is_live && is_limit(limit) && kt_known(effective) ? effective : limit;
}

static Limits
limits_of(const KtView *view, const KtGuestConfig *config)
{
	const KtGuestEffective *now = &view->guest->effective;
	bool is_live = config == &view->guest->live;

	return (Limits){
		.hard = in_force(is_live, config->hard_limit_kib, now->memory_limit_kib),
		.soft = in_force(is_live, config->soft_limit_kib, now->soft_limit_kib),
		.swap = in_force(is_live, config->swap_hard_limit_kib, now->swap_limit_kib),
	};
}

/* VFIO and locking need the limit that libvirt then takes for RLIMIT_MEMLOCK. */
static bool
needs_limit(const KtGuestConfig *config)
{
	return kt_opt_true(config->locked) ||
	       !(kt_known(config->hostdevs) && config->hostdevs.v == 0);
}

static unsigned
judge_hard(const KtView *view, const KtGuestConfig *config, KtOptU64 limit)
{
	if (!is_limit(limit))
		return 0;
	if (limit.v < config->memory_kib.v)
		return FAULT_SMALL;
	if (!needs_limit(config))
		return FAULT_USELESS;
	return limit.v < wanted_limit(view, config) ? FAULT_TIGHT : 0;
}

static unsigned
judge_v2(const KtGuestConfig *config, const Limits *limits)
{
	unsigned faults = 0;

	if (is_limit(limits->soft) && kt_known(config->current_memory_kib) &&
	    limits->soft.v < config->current_memory_kib.v)
		faults |= FAULT_SOFT;
	/* On v1 the number is memory and swap together, so never below the hard limit. */
	if (is_limit(limits->swap) && is_limit(limits->hard) && limits->swap.v >= limits->hard.v)
		faults |= FAULT_SWAP;
	return faults;
}

static unsigned
faults_of(const KtView *view, const KtGuestConfig *config)
{
	const Limits limits = limits_of(view, config);
	bool is_v2 = kt_guest_is_local(view) && kt_opt_is(view->host->cgroup.version, "v2");

	return judge_hard(view, config, limits.hard) | (is_v2 ? judge_v2(config, &limits) : 0);
}

static bool
has_limits(const KtView *view, const KtGuestConfig *config)
{
	const Limits limits = limits_of(view, config);

	return is_limit(limits.hard) || is_limit(limits.soft) || is_limit(limits.swap);
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs_look(out, config->hard_limit_kib, "<hard_limit>") ||
	    !kt_sink_needs_look(out, config->soft_limit_kib, "<soft_limit>") ||
	    !kt_sink_needs_look(out, config->swap_hard_limit_kib, "<swap_hard_limit>"))
		return KT_VERDICT_UNKNOWN;
	if (!has_limits(view, config))
		return view->live && has_limits(view, view->live) ? KT_VERDICT_OK
								  : KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->memory_kib, "the memory of the guest"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = faults_of(view, config);
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
	const Limits limits = limits_of(view, config);

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
	show(subject, "hard_limit", limits.hard, out);
	show(subject, "soft_limit", limits.soft, out);
	show(subject, "swap_hard_limit", limits.swap, out);
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->memory_kib),
			 "<memory> %" G_GUINT64_FORMAT " MiB",
			 config->memory_kib.v / 1024);
	if (fault & (FAULT_SOFT | FAULT_SWAP))
		kt_sink_evidence(out, view->host->cgroup.version.origin, "control groups are v2");
}

/* One limit that changes: by its name in <memtune>, which is that of the live setting too. */
typedef struct Wanted {
	const char *name;
	KtOptU64 from;
	char *to; /* NULL = none */
} Wanted;

/* libvirt: src/qemu/qemu_driver.c, qemuDomainSetMemoryParameters(): the limit of memory and swap is
 * never below that of memory alone, so it goes first. */
static size_t
plan(const KtView *view, const KtGuestConfig *config, Wanted ret_wanted[3])
{
	const Limits limits = limits_of(view, config);
	unsigned faults = faults_of(view, config);
	uint64_t hard = wanted_limit(view, config);
	bool is_in_the_way = faults & FAULTS_HARD && is_limit(limits.swap) &&
			     (!needs_limit(config) || limits.swap.v < hard);
	size_t n = 0;

	if (faults & FAULT_SWAP || is_in_the_way)
		ret_wanted[n++] = (Wanted){.name = "swap_hard_limit", .from = limits.swap};
	if (faults & FAULTS_HARD)
		ret_wanted[n++] = (Wanted){
			.name = "hard_limit",
			.from = limits.hard,
			.to = needs_limit(config) ? g_strdup_printf("%" G_GUINT64_FORMAT, hard)
						  : NULL,
		};
	if (faults & FAULT_SOFT)
		ret_wanted[n++] = (Wanted){.name = "soft_limit", .from = limits.soft};
	return n;
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGuestConfig *live = &view->guest->live;
	Wanted wanted[3] = {{NULL}};
	size_t n = plan(view, view->config, wanted);

	for (size_t i = 0; i < n; i++) {
		g_autofree char *place =
			g_strdup_printf("/domain/memtune/%s/text()", wanted[i].name);
		g_autofree char *to = g_steal_pointer(&wanted[i].to);
		kt_guest_change_u64(view, place, wanted[i].from, to, out);
	}
	n = kt_guest_has_live(view) && kt_known(live->memory_kib) ? plan(view, live, wanted) : 0;
	for (size_t i = 0; i < n; i++) {
		g_autofree char *locator = g_strdup_printf("memory/%s", wanted[i].name);
		g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, wanted[i].from.v);
		g_autofree char *to = g_steal_pointer(&wanted[i].to);
		kt_sink_domain_live(out, view->guest, locator, from, to ? to : "unlimited");
	}
	kt_guest_remark(view, out);
}

static void
hasten(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "'kvmtune set %s memory.hard-limit=default --live' (memory.soft-limit, "
		       "memory.swap-hard-limit) takes it from the running guest.",
		       kt_guest_name(view->guest));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {
		.judge = judge, .tell = tell, .propose = propose, .hasten = hasten};

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
