/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-guest.h"

static const KtParam params[] = {
	{
		.name = "v1_min",
		.value = 2,
		.max = 262144,
		.doc = "cgroup v1: least cpu.shares (libvirt, vircgroup.h)",
	},
	{
		.name = "v1_max",
		.value = 262144,
		.max = 262144,
		.doc = "cgroup v1: most cpu.shares (libvirt, vircgroup.h)",
	},
	{
		.name = "v1_default",
		.value = 1024,
		.min = 2,
		.max = 262144,
		.doc = "cgroup v1: cpu.shares of a new group "
		       "(Documentation/scheduler/sched-design-CFS.rst)",
	},
	{
		.name = "v2_min",
		.value = 1,
		.max = 10000,
		.doc = "cgroup v2: least cpu.weight (Documentation/admin-guide/cgroup-v2.rst)",
	},
	{
		.name = "v2_max",
		.value = 10000,
		.max = 10000,
		.doc = "cgroup v2: most cpu.weight (Documentation/admin-guide/cgroup-v2.rst)",
	},
	{
		.name = "v2_default",
		.value = 100,
		.min = 1,
		.max = 10000,
		.doc = "cgroup v2: cpu.weight of a new group "
		       "(Documentation/admin-guide/cgroup-v2.rst)",
	},
	{
		.name = "v2_most",
		.value = 1000,
		.min = 100,
		.max = 1023,
		.doc = "cgroup v2: most that is proposed, ten times the default; from 1024 on a "
		       "number looks like one of v1 [eng]",
	},
};

/* The scale of this host, and the other one, which a number may have come from. */
typedef struct Scale {
	bool is_v2;
	uint64_t min;
	uint64_t max;
	uint64_t normal;
	uint64_t foreign; /* normal of the other version */
	uint64_t most;    /* that is proposed */
} Scale;

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_DEFAULT, /* says what holds anyway */
	FAULT_TINY,    /* the default of v2, on v1 */
	FAULT_HUGE,    /* a number of v1, on v2 */
	FAULT_RANGE,   /* libvirt refuses to start the guest */
} Fault;

static const KtSeverity severities[] = {
	[FAULT_DEFAULT] = KT_SEVERITY_INFO,
	[FAULT_TINY] = KT_SEVERITY_LOW,
	[FAULT_HUGE] = KT_SEVERITY_MEDIUM,
	[FAULT_RANGE] = KT_SEVERITY_CRITICAL,
};

/* On a hybrid host the controllers are those of v1; v2 only tracks processes. */
static Scale
scale_of(const KtView *view)
{
	bool is_v2 = kt_opt_is(view->host->cgroup.version, "v2");

	return (Scale){
		.is_v2 = is_v2,
		.min = kt_view_param(view, is_v2 ? "v2_min" : "v1_min"),
		.max = kt_view_param(view, is_v2 ? "v2_max" : "v1_max"),
		.normal = kt_view_param(view, is_v2 ? "v2_default" : "v1_default"),
		.foreign = kt_view_param(view, is_v2 ? "v1_default" : "v2_default"),
		.most = kt_view_param(view, is_v2 ? "v2_most" : "v1_max"),
	};
}

/* A weight only means something beside others: is there a guest that competes with the default? */
static bool
has_normal_rival(const KtView *view, const Scale *scale)
{
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *other = &view->facts->guests.v[i];
		const KtOptU64 shares = kt_guest_config(other)->cpu_shares;
		if (other == view->guest || !kt_census_counts(other))
			continue;
		if (shares.state == KT_STATE_ABSENT ||
		    (kt_known(shares) && shares.v == scale->normal))
			return true;
	}
	return false;
}

static Fault
judge(const KtView *view, const Scale *scale, uint64_t shares)
{
	if (shares < scale->min || shares > scale->max)
		return FAULT_RANGE;
	if (shares == scale->normal)
		return FAULT_DEFAULT;
	if (!has_normal_rival(view, scale))
		return FAULT_NONE;
	if (scale->is_v2)
		return shares >= scale->foreign ? FAULT_HUGE : FAULT_NONE;
	return shares == scale->foreign ? FAULT_TINY : FAULT_NONE;
}

/* The same preference on this host's scale; 0 stands for "leave it unset". */
static uint64_t
rescale(const Scale *scale, uint64_t shares, Fault fault)
{
	if (fault == FAULT_DEFAULT || fault == FAULT_TINY || shares == 0)
		return 0;
	if (!scale->is_v2)
		return CLAMP(shares, scale->min, scale->most);

	/* Nothing in range times the default overflows: facts hold at most 2^63. */
	uint64_t wanted = shares / scale->foreign * scale->normal +
			  shares % scale->foreign * scale->normal / scale->foreign;
	wanted = CLAMP(wanted, scale->min, scale->most);
	return wanted == scale->normal ? 0 : wanted;
}

static void
tell(const KtView *view, const Scale *scale, KtOptU64 shares, Fault fault, KtSink *out)
{
	const char *version = scale->is_v2 ? "v2" : "v1";

	kt_sink_severity(out, severities[fault]);
	if (fault == FAULT_RANGE)
		kt_sink_summary(out,
				"will not start: CPU weight %" G_GUINT64_FORMAT
				" is out of range for cgroup %s",
				shares.v,
				version);
	if (fault == FAULT_HUGE)
		kt_sink_summary(out,
				"CPU weight %" G_GUINT64_FORMAT " is %" G_GUINT64_FORMAT
				" times that of other guests",
				shares.v,
				shares.v / scale->normal);
	if (fault == FAULT_TINY)
		kt_sink_summary(out,
				"CPU weight %" G_GUINT64_FORMAT
				" is a tenth of that of other guests",
				shares.v);
	if (fault == FAULT_DEFAULT)
		kt_sink_summary(
			out, "CPU weight is set to %" G_GUINT64_FORMAT ", the default", shares.v);
	kt_sink_evidence(out, shares.origin, "weight %" G_GUINT64_FORMAT, shares.v);
	kt_sink_evidence(out,
			 view->host->cgroup.version.origin,
			 "cgroup %s: %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
			 ", default %" G_GUINT64_FORMAT,
			 version,
			 scale->min,
			 scale->max,
			 scale->normal);
}

/* What the running guest has: its cgroup knows best. */
static KtOptU64
live_shares(const KtView *view)
{
	const KtOptU64 effective = view->guest->effective.cpu_shares;

	return kt_known(effective) ? effective : view->live->cpu_shares;
}

static void
propose(const KtView *view, const Scale *scale, Fault fault, KtSink *out)
{
	const KtOptU64 shares = view->config->cpu_shares;
	uint64_t wanted = rescale(scale, shares.v, fault);
	g_autofree char *old = g_strdup_printf("%" G_GUINT64_FORMAT, shares.v);
	g_autofree char *new = wanted ? g_strdup_printf("%" G_GUINT64_FORMAT, wanted) : NULL;

	kt_sink_domain_xml(out, view->guest, "/domain/cputune/shares/text()", old, new);
	kt_guest_remark(view, out);

	KtOptU64 live = view->live ? live_shares(view) : (KtOptU64){.v = 0};
	Fault live_fault = kt_known(live) ? judge(view, scale, live.v) : FAULT_NONE;
	if (live_fault <= FAULT_DEFAULT)
		return;
	wanted = rescale(scale, live.v, live_fault);
	g_autofree char *live_old = g_strdup_printf("%" G_GUINT64_FORMAT, live.v);
	g_autofree char *live_new =
		g_strdup_printf("%" G_GUINT64_FORMAT, wanted ? wanted : scale->normal);
	kt_sink_domain_live(out, view->guest, "cpu_shares", live_old, live_new);
}

static KtVerdict
judge_live(const KtView *view, const Scale *scale, KtSink *out)
{
	KtOptU64 live = view->live ? live_shares(view) : (KtOptU64){.v = 0};
	Fault fault = kt_known(live) ? judge(view, scale, live.v) : FAULT_NONE;

	/* The default, written out, is what undoing a live change leaves behind. */
	if (fault <= FAULT_DEFAULT)
		return KT_VERDICT_OK;
	tell(view, scale, live, fault, out);
	kt_sink_advice(out,
		       "'virsh schedinfo %s --live cpu_shares=%" G_GUINT64_FORMAT
		       "' makes it true before the next start.",
		       kt_guest_name(view->guest),
		       kt_known(view->config->cpu_shares) ? view->config->cpu_shares.v
							  : scale->normal);
	return KT_VERDICT_PENDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtOptU64 shares = view->config->cpu_shares;
	const KtOptStr version = view->host->cgroup.version;
	KtVerdict gate = kt_guest_gate(view, out);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_sink_needs_look(out, shares, "<shares>") || !kt_guest_needs_local(view, out))
		return KT_VERDICT_UNKNOWN;
	if (version.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, version, "the version of control groups"))
		return KT_VERDICT_UNKNOWN;

	Scale scale = scale_of(view);
	Fault fault = kt_known(shares) ? judge(view, &scale, shares.v) : FAULT_NONE;
	bool is_stored = view->config != &view->guest->live;
	if (fault == FAULT_NONE || (fault == FAULT_DEFAULT && !is_stored))
		return judge_live(view, &scale, out);
	tell(view, &scale, shares, fault, out);
	propose(view, &scale, fault, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_cpu_shares) = {
	.id = "guest.cpu.shares",
	.title = "CPU weights fit this host's control groups",
	.why = "Weights count only against those of other guests, and the two versions of control "
	       "groups use different scales: 2048 is twice the default on v1 and twenty times the "
	       "default on v2, and a number out of range keeps the guest from starting.",
	.cost = "A weight is shared by all vCPUs of a guest and acts only while guests compete; most "
		"hosts need none.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/cgroup-v2.rst, cpu.weight",
			"Linux: Documentation/scheduler/sched-design-CFS.rst, cpu.shares",
			"libvirt: formatdomain.html, CPU Tuning, shares",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "virsh schedinfo DOMAIN --config; virsh schedinfo DOMAIN --live; "
			 "ls /sys/fs/cgroup/cgroup.controllers",
	.effect = "CPU time of each guest while all are busy (virsh domstats --cpu-total)",
	.evaluate = evaluate,
};
