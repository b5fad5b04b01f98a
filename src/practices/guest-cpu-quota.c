/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* What cgroup v2 reads back for no limit (libvirt: src/util/vircgroup.h, VIR_CGROUP_CPU_QUOTA_MAX).
 */
#define UNLIMITED_US INT64_C(17592186044415)

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_HELPERS, /* emulator or IOThreads of a throughput guest */
	FAULT_ANY,     /* of a latency guest */
} Fault;

static bool
is_limit(KtOptI64 quota)
{
	return kt_known(quota) && quota.v > 0 && quota.v < UNLIMITED_US;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	bool has_helpers =
		is_limit(config->emulator_quota_us) || is_limit(config->iothread_quota_us);

	if (!kt_sink_needs_look(out, config->cpu_quota_us, "the quota of the vCPUs") ||
	    !kt_sink_needs_look(out, config->global_quota_us, "the quota of the guest") ||
	    !kt_sink_needs_look(out, config->emulator_quota_us, "the quota of the emulator") ||
	    !kt_sink_needs_look(out, config->iothread_quota_us, "the quota of the IOThreads"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = FAULT_NONE;
	if (view->workload == KT_WORKLOAD_LATENCY &&
	    (has_helpers || is_limit(config->cpu_quota_us) || is_limit(config->global_quota_us)))
		*ret_fault = FAULT_ANY;
	else if (view->workload == KT_WORKLOAD_THROUGHPUT && has_helpers)
		*ret_fault = FAULT_HELPERS;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
show(const KtSubject *subject, const char *name, KtOptI64 quota, KtSink *out)
{
	if (is_limit(quota))
		kt_sink_evidence(out,
				 kt_subject_origin(subject, quota),
				 "<%s>%" G_GINT64_FORMAT "</%s> us in each period",
				 name,
				 quota.v,
				 name);
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	kt_sink_severity(out, fault == FAULT_ANY ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			fault == FAULT_ANY
				? "a quota stops the guest's threads in the middle of their work"
				: "a quota on QEMU's own threads holds all I/O up");
	show(subject, "quota", config->cpu_quota_us, out);
	show(subject, "global_quota", config->global_quota_us, out);
	show(subject, "emulator_quota", config->emulator_quota_us, out);
	show(subject, "iothread_quota", config->iothread_quota_us, out);
}

static void
change(const KtView *view, const char *name, KtOptI64 quota, KtSink *out)
{
	g_autofree char *locator = g_strdup_printf("/domain/cputune/%s/text()", name);
	g_autofree char *from = g_strdup_printf("%" G_GINT64_FORMAT, quota.v);

	if (is_limit(quota))
		kt_sink_domain_xml(out, view->guest, locator, from, NULL);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = view->config;

	if (fault == FAULT_ANY) {
		change(view, "quota", config->cpu_quota_us, out);
		change(view, "global_quota", config->global_quota_us, out);
	}
	change(view, "emulator_quota", config->emulator_quota_us, out);
	change(view, "iothread_quota", config->iothread_quota_us, out);
	kt_sink_advice(out,
		       "'virsh schedinfo %s --live vcpu_quota=-1' (emulator_quota, "
		       "iothread_quota, global_quota) takes it from the running guest.",
		       kt_guest_name(view->guest));
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

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
