/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* QEMU: iothread.c, IOTHREAD_POLL_MAX_NS_DEFAULT. */
#define QEMU_POLL_NS 32768

/* Longer waits take a CPU for good. */
#define MOST_POLL_NS 100000

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_WASTE, /* many small guests, each polls */
	FAULT_LONG,
	FAULT_OFF, /* a fast guest that waits for an interrupt each time */
} Fault;

/* Numbers of the IOThreads: named ones, else 1 to N. */
static void
ids_of(const KtGuestConfig *config, KtCpuset *ret_ids)
{
	uint64_t n = MIN(config->iothreads.v, KT_CPUSET_BITS - 1);

	if (kt_known(config->iothread_ids)) {
		*ret_ids = *config->iothread_ids.v;
		return;
	}
	for (unsigned id = 1; id <= n; id++)
		kt_cpuset_add(ret_ids, id);
}

static KtOptU64
poll_of(const KtGuestConfig *config, unsigned id)
{
	for (uint32_t i = 0; i < config->iothread_settings.n; i++) {
		const KtIothread *iothread = &config->iothread_settings.v[i];
		if (kt_known(iothread->id) && iothread->id.v == id)
			return iothread->poll_max_ns;
	}
	return (KtOptU64){.state = KT_STATE_ABSENT};
}

static Fault
judge_poll(const KtView *view, KtOptU64 poll)
{
	uint64_t now = kt_known(poll) ? poll.v : QEMU_POLL_NS;

	if (poll.state != KT_STATE_VALUE && poll.state != KT_STATE_ABSENT)
		return FAULT_NONE;
	if (view->workload == KT_WORKLOAD_DENSE)
		return now > 0 ? FAULT_WASTE : FAULT_NONE;
	if (!kt_guest_wants_speed(view))
		return FAULT_NONE;
	if (now == 0)
		return FAULT_OFF;
	return now > kt_view_param(view, "most_poll_ns") ? FAULT_LONG : FAULT_NONE;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	KtCpuset ids = {0};

	/* libvirt 9.4.0: <poll> in the definition. Before, there is nothing that would last. */
	if (!kt_guest_libvirt_from(view, 9004000) || config->iothreads.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->iothreads, "the number of IOThreads") ||
	    !kt_sink_needs_look(out, config->iothread_ids, "the numbers of the IOThreads") ||
	    !kt_sink_needs(out, config->iothread_settings, "the settings of the IOThreads"))
		return KT_VERDICT_UNKNOWN;
	if (config->iothreads.v == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	ids_of(config, &ids);
	kt_cpuset_foreach (&ids, id)
		*ret_fault = MAX(*ret_fault, (unsigned)judge_poll(view, poll_of(config, id)));
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	KtCpuset ids = {0};

	ids_of(config, &ids);
	kt_sink_severity(out, fault == FAULT_WASTE ? KT_SEVERITY_INFO : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			fault == FAULT_OFF ? "its I/O threads do not poll"
			: fault == FAULT_LONG
				? "its I/O threads poll longer than disks take"
				: "its I/O threads poll, as those of every guest here");
	kt_cpuset_foreach (&ids, id) {
		KtOptU64 poll = poll_of(config, id);
		if (judge_poll(view, poll) != fault)
			continue;
		if (kt_known(poll))
			kt_sink_evidence(out,
					 kt_subject_origin(subject, config->iothread_settings),
					 "IOThread %u: <poll max='%" G_GUINT64_FORMAT "'/>, in ns",
					 id,
					 poll.v);
		else
			kt_sink_evidence(out,
					 kt_subject_origin(subject, config->iothreads),
					 "IOThread %u has no <poll>: QEMU polls up to %d ns",
					 id,
					 QEMU_POLL_NS);
	}
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	KtCpuset ids = {0};

	ids_of(view->config, &ids);
	kt_cpuset_foreach (&ids, id) {
		KtOptU64 poll = poll_of(view->config, id);
		g_autofree char *place =
			g_strdup_printf("/domain/iothreadids/iothread[@id='%u']/poll/@max", id);
		g_autofree char *to = g_strdup_printf(
			"%d", view->workload == KT_WORKLOAD_DENSE ? 0 : QEMU_POLL_NS);
		if (judge_poll(view, poll) != FAULT_NONE)
			kt_guest_change_u64(view, place, poll, to, out);
	}
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

static const KtParam params[] = {
	{
		.name = "most_poll_ns",
		.value = MOST_POLL_NS,
		.min = QEMU_POLL_NS,
		.max = 10000000,
		.unit = "ns",
		.doc = "longest busy wait of an IOThread; three times QEMU's default, and more than "
		       "an NVMe disk takes for a read [eng]",
	},
};

KT_PRACTICE(guest_iothread_poll) = {
	.id = "guest.iothread.poll",
	.title = "I/O threads poll where that pays",
	.why = "An I/O thread that polls sees a request or its end without an interrupt, which "
	       "halves the latency of fast disks. On a host full of small guests the same polling "
	       "takes CPU time from all of them.",
	.cost = "Without polling each request wakes the thread; with it the thread uses more of "
		"its CPU.",
	.sources =
		(const char *const[]){
			"QEMU: iothread.c, poll-max-ns; util/aio-posix.c",
			"libvirt: formatdomain.html, IOThreads Allocation, poll (9.4.0)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.after = (const char *const[]){"guest.iothreads", NULL},
	.check_by_hand = "virsh domstats --iothread DOMAIN | grep poll",
	.effect = "p99 latency of fio in the guest; CPU time of the IOThread",
	.evaluate = evaluate,
};
