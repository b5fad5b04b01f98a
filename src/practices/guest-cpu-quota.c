/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_HELPERS, /* emulator or IOThreads of a throughput guest */
	FAULT_ANY,     /* of a latency guest */
} Fault;

static bool
is_limit(KtOptI64 quota)
{
	return kt_known(quota) && quota.v > 0 && quota.v < KT_QUOTA_UNLIMITED_US;
}

/* A quota by its names in <cputune> and in kt-live-param.h. */
typedef struct Quota {
	const char *xml;
	const char *live;
	bool is_of_helpers; /* QEMU's own threads and IOThreads */
	KtOptI64 us;
} Quota;

#define N_QUOTAS 4

/* Of what runs the control group knows best. */
static KtOptI64
in_force(bool is_live, KtOptI64 quota, KtOptI64 effective)
{
	return is_live && is_limit(quota) && kt_known(effective) ? effective : quota;
}

static void
quotas_of(const KtView *view, const KtGuestConfig *config, Quota ret_quotas[N_QUOTAS])
{
	const KtGuestEffective *now = &view->guest->effective;
	bool is_live = config == &view->guest->live;

	ret_quotas[0] = (Quota){
		.xml = "quota",
		.live = "vcpu_quota",
		.us = in_force(is_live, config->cpu_quota_us, now->cpu_quota_us),
	};
	ret_quotas[1] = (Quota){
		.xml = "global_quota",
		.live = "global_quota",
		.us = in_force(is_live, config->global_quota_us, now->global_quota_us),
	};
	ret_quotas[2] = (Quota){
		.xml = "emulator_quota",
		.live = "emulator_quota",
		.is_of_helpers = true,
		.us = in_force(is_live, config->emulator_quota_us, now->emulator_quota_us),
	};
	ret_quotas[3] = (Quota){
		.xml = "iothread_quota",
		.live = "iothread_quota",
		.is_of_helpers = true,
		.us = in_force(is_live, config->iothread_quota_us, now->iothread_quota_us),
	};
	/* libvirt keeps it for IOThreads that may come, and says 0 when asked. */
	if (kt_known(ret_quotas[N_QUOTAS - 1].us) &&
	    !(kt_known(config->iothreads) && config->iothreads.v > 0))
		ret_quotas[N_QUOTAS - 1].us.state = KT_STATE_ABSENT;
}

static bool
is_fault(unsigned fault, const Quota *quota)
{
	return is_limit(quota->us) && (fault == FAULT_ANY || quota->is_of_helpers);
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	Quota quotas[N_QUOTAS];
	unsigned fault = view->workload == KT_WORKLOAD_LATENCY      ? FAULT_ANY
			 : view->workload == KT_WORKLOAD_THROUGHPUT ? FAULT_HELPERS
								    : FAULT_NONE;

	quotas_of(view, subject->config, quotas);
	*ret_fault = FAULT_NONE;
	for (size_t i = 0; i < N_QUOTAS; i++) {
		if (!kt_sink_needs_look(out, quotas[i].us, quotas[i].xml))
			return KT_VERDICT_UNKNOWN;
		if (fault != FAULT_NONE && is_fault(fault, &quotas[i]))
			*ret_fault = fault;
	}
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	Quota quotas[N_QUOTAS];

	quotas_of(view, subject->config, quotas);
	kt_sink_severity(out, fault == FAULT_ANY ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			fault == FAULT_ANY
				? "a quota stops the guest's threads in the middle of their work"
				: "a quota on QEMU's own threads holds all I/O up");
	for (size_t i = 0; i < N_QUOTAS; i++) {
		if (is_limit(quotas[i].us))
			kt_sink_evidence(out,
					 kt_subject_origin(subject, quotas[i].us),
					 "<%s>%" G_GINT64_FORMAT "</%s> us in each period",
					 quotas[i].xml,
					 quotas[i].us.v,
					 quotas[i].xml);
	}
}

static void
change(const KtView *view, const Quota *quota, KtSink *out)
{
	g_autofree char *locator = g_strdup_printf("/domain/cputune/%s/text()", quota->xml);
	g_autofree char *from = g_strdup_printf("%" G_GINT64_FORMAT, quota->us.v);

	kt_sink_domain_xml(out, view->guest, locator, from, NULL);
}

static void
change_live(const KtView *view, const Quota *quota, KtSink *out)
{
	g_autofree char *locator = g_strdup_printf("sched/%s", quota->live);
	g_autofree char *from = g_strdup_printf("%" G_GINT64_FORMAT, quota->us.v);

	kt_sink_domain_live(out, view->guest, locator, from, "unlimited");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	Quota quotas[N_QUOTAS];

	quotas_of(view, view->config, quotas);
	for (size_t i = 0; i < N_QUOTAS; i++) {
		if (is_fault(fault, &quotas[i]))
			change(view, &quotas[i], out);
	}
	quotas_of(view, &view->guest->live, quotas);
	for (size_t i = 0; i < N_QUOTAS && kt_guest_has_live(view); i++) {
		if (is_fault(fault, &quotas[i]))
			change_live(view, &quotas[i], out);
	}
	kt_guest_remark(view, out);
}

static void
hasten(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "'kvmtune set %s cpu.vcpu-quota=default --live' (cpu.emulator-quota, "
		       "cpu.iothread-quota, cpu.global-quota) lifts it before the next start.",
		       kt_guest_name(view->guest));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {
		.judge = judge, .tell = tell, .propose = propose, .hasten = hasten};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_cpu_quota) = {
	.id = "guest.cpu.quota",
	.title = "Guests that must be quick have no CPU quota",
	.why = "When a quota is used up the threads stand still until the next period, 100 ms by "
	       "default; a vCPU that holds a lock then holds up all others, and an emulator or "
	       "IOThread without time holds up all I/O.",
	.cost = "A quota is the way to sell parts of CPUs: hosts with many tenants keep it, on the "
		"whole guest (global_quota).",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU Tuning, quota",
			"Linux: Documentation/scheduler/sched-bwc.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"virsh schedinfo DOMAIN --config; cat cpu.stat of its cgroup (nr_throttled)",
	.effect = "throttled_usec in cpu.stat; latency percentiles in the guest",
	.evaluate = evaluate,
};
