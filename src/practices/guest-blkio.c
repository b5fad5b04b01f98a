/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* libvirt writes blkio.bfq.weight on cgroup v1; Linux, block/bfq-iosched.h: BFQ_MAX_WEIGHT. */
#define MOST_V1 1000

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_NO_EFFECT,
	FAULT_REFUSED,
} Fault;

static bool
has_bfq(const KtHost *host)
{
	for (uint32_t i = 0; i < host->blocks.n; i++) {
		if (kt_opt_is(host->blocks.v[i].scheduler, "bfq"))
			return true;
	}
	return false;
}

/* On v2 the cost model obeys weights too (Linux: block/blk-iocost.c). */
static bool
has_cost_model(const KtHost *host)
{
	return kt_known(host->cgroup.io_cost) && *host->cgroup.io_cost.v;
}

static KtVerdict
judge_here(const KtView *view, uint64_t weight, unsigned *ret_fault, KtSink *out)
{
	const KtHost *host = view->host;
	bool is_v2 = kt_opt_is(host->cgroup.version, "v2");

	if (!is_v2 && weight > MOST_V1)
		*ret_fault = FAULT_REFUSED;
	else if (has_bfq(host) || (is_v2 && has_cost_model(host)))
		*ret_fault = FAULT_NONE;
	else if (!kt_sink_needs(out, host->blocks, "the block devices") ||
		 (is_v2 && !kt_sink_needs_look(out, host->cgroup.io_cost, "whether io.cost is on")))
		return KT_VERDICT_UNKNOWN;
	else
		*ret_fault = FAULT_NO_EFFECT;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtOptU64 weight = subject->config->blkio_weight;

	if (!kt_sink_needs_look(out, weight, "the weight of <blkiotune>"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_known(weight))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, view->host->cgroup.version, "the version of control groups"))
		return KT_VERDICT_UNKNOWN;
	return judge_here(view, weight.v, ret_fault, out);
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtOptU64 weight = subject->config->blkio_weight;

	if (fault == FAULT_REFUSED) {
		kt_sink_severity(out, KT_SEVERITY_CRITICAL);
		kt_sink_summary(out, "will not start: I/O weight above %d", MOST_V1);
	} else {
		kt_sink_severity(out, KT_SEVERITY_LOW);
		kt_sink_summary(out, "an I/O weight that nothing obeys");
	}
	kt_sink_evidence(out,
			 kt_subject_origin(subject, weight),
			 "<blkiotune> weight %" G_GUINT64_FORMAT,
			 weight.v);
	kt_sink_evidence(out,
			 view->host->cgroup.version.origin,
			 "control groups %s%s",
			 view->host->cgroup.version.v,
			 fault == FAULT_REFUSED ? "" : ", no device uses bfq");
	if (fault == FAULT_NO_EFFECT && kt_opt_is(view->host->cgroup.version, "v2"))
		kt_sink_evidence(
			out, view->host->cgroup.io_cost.origin, "io.cost is on for no device");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	if (fault == FAULT_REFUSED) {
		kt_guest_change_u64(view,
				    "/domain/blkiotune/weight/text()",
				    view->config->blkio_weight,
				    G_STRINGIFY(MOST_V1),
				    out);
		kt_guest_remark(view, out);
		return;
	}
	kt_sink_advice(
		out,
		"Weights act with the scheduler bfq, on control groups v2 also with io.cost; "
		"limits of the disk act with all: 'kvmtune set %s "
		"disk.DISK.total-iops-sec=N'.",
		kt_guest_name(view->guest));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_blkio) = {
	.id = "guest.blkio",
	.title = "I/O weights are in range and act",
	.why = "A higher weight is a larger share, but only while guests compete and the device's "
	       "scheduler is bfq, or, on control groups v2, io.cost is on for it; else the number "
	       "is stored and ignored. On control groups v1 a weight above 1000, which v2 takes, "
	       "stops the start of the guest.",
	.cost = "bfq costs CPU time per request and throughput on fast devices.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Block I/O Tuning",
			"Linux: Documentation/block/bfq-iosched.rst, weights",
			"Linux: Documentation/admin-guide/cgroup-v2.rst, io.weight, io.cost.qos",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh blkiotune DOMAIN --config; cat /sys/block/*/queue/scheduler "
			 "/sys/fs/cgroup/io.cost.qos",
	.effect = "share of throughput of two guests that write at once",
	.evaluate = evaluate,
};
