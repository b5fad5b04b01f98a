/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
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

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_UNLIMITED,
	FAULT_OVERCOMMIT,
} Fault;

static uint64_t
wanted_limit(const KtView *view, const KtGuestConfig *config)
{
	uint64_t memory = config->memory_kib.v;

	return memory + memory / 100 * kt_view_param(view, "percent") +
	       kt_view_param(view, "margin_mib") * 1024;
}

/* Do all guests together have more memory than the host? */
static bool
is_overcommitted(const KtView *view)
{
	KtCensus census = {0};

	return kt_guest_is_local(view) && kt_known(view->host->memory.total_kib) &&
	       kt_census_take(view->facts, KT_CENSUS_COUNTING, &census) && census.n_unknown == 0 &&
	       census.normal_kib > view->host->memory.total_kib.v;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs(out, config->locked, "<locked>"))
		return KT_VERDICT_UNKNOWN;
	if (!config->locked.v)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, config->hard_limit_kib, "<hard_limit>") ||
	    !kt_sink_needs(out, config->memory_kib, "the memory of the guest"))
		return KT_VERDICT_UNKNOWN;
	if (is_overcommitted(view))
		*ret_fault = FAULT_OVERCOMMIT;
	else
		*ret_fault = kt_known(config->hard_limit_kib) ? FAULT_NONE : FAULT_UNLIMITED;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, fault == FAULT_OVERCOMMIT ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			fault == FAULT_OVERCOMMIT
				? "locked memory on a host that promised more than it has"
				: "locks all memory that QEMU ever asks for, without a limit");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->locked),
			 "<locked/>%s",
			 kt_known(subject->config->hard_limit_kib) ? "" : ", no <hard_limit>");
	if (fault == FAULT_OVERCOMMIT)
		kt_sink_evidence(out,
				 view->host->memory.total_kib.origin,
				 "all guests together have more than the host's %" G_GUINT64_FORMAT
				 " MiB",
				 view->host->memory.total_kib.v / 1024);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	g_autofree char *to = g_strdup_printf("%" G_GUINT64_FORMAT, wanted_limit(view, config));

	if (fault == FAULT_OVERCOMMIT || view->workload != KT_WORKLOAD_LATENCY ||
	    (kt_known(config->hostdevs) && config->hostdevs.v > 0)) {
		kt_sink_advice(out,
			       "Take <locked/> out unless it must be ('virsh edit %s'): memory on "
			       "huge pages is never swapped. With it set a <hard_limit> above "
			       "memory, video and QEMU's own needs.",
			       kt_guest_name(view->guest));
		return;
	}
	kt_guest_change_u64(
		view, "/domain/memtune/hard_limit/text()", config->hard_limit_kib, to, out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_mem_locked) = {
	.id = "guest.mem.locked",
	.title = "Locked guest memory has a limit",
	.why = "<locked/> lets QEMU lock everything it maps, its own growth too; without "
	       "<hard_limit> a leak takes the whole host, which cannot swap it out.",
	.cost = "A limit that is too low makes the kernel kill the guest.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Memory Backing, locked",
			"QEMU: qemu-options, -overcommit mem-lock",
			"mlockall(2)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep \"locked\\|hard_limit\"; grep VmLck "
		"/proc/PID/status",
	.effect = "VmLck of the QEMU process",
	.evaluate = evaluate,
};
