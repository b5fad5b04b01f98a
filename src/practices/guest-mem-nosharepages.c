/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_DENSE,  /* the opposite of what the class wants */
	FAULT_MERGED, /* pages of a guest that wants speed are merged */
} Fault;

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtOptU64 run = view->host->ksm.run;
	KtMemoryKind kind = kt_census_memory_kind(config);

	if (!kt_guest_needs_local(view, out) || !kt_sink_needs_look(out, run, "the state of KSM"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_known(run) || run.v != 1)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->hugepages, "<hugepages>") ||
	    !kt_sink_needs_look(out, config->memory_source, "the source of the memory") ||
	    !kt_sink_needs_look(out, config->memory_access, "the access of the memory") ||
	    !kt_sink_needs(out, config->nosharepages, "<nosharepages>"))
		return KT_VERDICT_UNKNOWN;
	/* KSM merges private anonymous pages alone. */
	if (kind != KT_MEMORY_ANONYMOUS)
		return KT_VERDICT_NOT_APPLICABLE;
	if (kt_guest_wants_speed(view))
		*ret_fault = config->nosharepages.v ? FAULT_NONE : FAULT_MERGED;
	else
		*ret_fault = view->workload == KT_WORKLOAD_DENSE && config->nosharepages.v
				     ? FAULT_DENSE
				     : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, fault == FAULT_MERGED ? KT_SEVERITY_MEDIUM : KT_SEVERITY_INFO);
	kt_sink_summary(out,
			fault == FAULT_MERGED
				? "KSM may merge the memory of a guest that is to be quick"
				: "a dense guest keeps its pages out of KSM");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->nosharepages),
			 "%s<nosharepages/>, class %s",
			 fault == FAULT_MERGED ? "no " : "",
			 kt_workload_name(view->workload));
	kt_sink_evidence(out, view->host->ksm.run.origin, "KSM runs");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	if (fault == FAULT_DENSE) {
		kt_sink_advice(out,
			       "Take <nosharepages/> out with 'virsh edit %s' if its neighbours "
			       "run the same system.",
			       kt_guest_name(view->guest));
		return;
	}
	kt_sink_domain_xml(
		out, view->guest, "/domain/memoryBacking/nosharepages", NULL, "<nosharepages/>");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_mem_nosharepages) = {
	.id = "guest.mem.nosharepages",
	.title = "Guests that must be quick keep out of KSM",
	.why = "A merged page has to be copied when the guest writes to it, which takes "
	       "microseconds at a moment nobody chose; scanning also spoils caches. And how long "
	       "a write takes tells a neighbour which pages both have.",
	.cost = "The host saves no memory on this guest.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Memory Backing, nosharepages",
			"Linux: Documentation/admin-guide/mm/ksm.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep nosharepages; cat /sys/kernel/mm/ksm/run",
	.effect = "ksm_merging_pages of the QEMU process (/proc/PID/ksm_stat)",
	.evaluate = evaluate,
};
