/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-pins.h"

#define MOST KT_CPUSET_BITS

/* Where QEMU's threads shall run that are no vCPUs: beside the bound vCPUs, or for class latency
 * apart from them. */
static bool
find_place(const KtView *view, KtCpuset *ret_cpus)
{
	const KtGuestConfig *config = view->config;
	KtCpuset claim = {0};
	bool has_own = false;

	kt_pins_claim(view->host, config, &claim, &has_own);
	if (kt_cpuset_is_empty(&claim))
		return false;
	if (view->workload == KT_WORKLOAD_THROUGHPUT) {
		kt_pins_nodes_of(view->host, &claim, ret_cpus);
		return !kt_cpuset_is_empty(ret_cpus);
	}
	if (kt_known(config->emulator_pin) &&
	    kt_cpuset_is_subset(config->emulator_pin.v, view->host->cpu.online.v) &&
	    !kt_cpuset_intersects(config->emulator_pin.v, &claim)) {
		*ret_cpus = *config->emulator_pin.v;
		return !kt_cpuset_is_empty(ret_cpus);
	}
	return kt_pins_housekeeping(view, &claim, ret_cpus);
}

/* The numbers of the IOThreads; false when they are not known. */
static bool
find_ids(const KtGuestConfig *config, KtCpuset *ret_ids)
{
	if (!kt_looked(config->iothread_ids) || !kt_known(config->iothreads) ||
	    config->iothreads.v >= MOST)
		return false;
	if (kt_known(config->iothread_ids))
		*ret_ids = *config->iothread_ids.v;
	else if (config->iothreads.v > 0)
		kt_cpuset_add_range(ret_ids, 1, (unsigned)config->iothreads.v);
	return true;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	KtCpuset claim = {0};
	bool has_own = false;

	if (!kt_guest_wants_speed(view))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, config->iothreads, "<iothreads>") ||
	    !kt_sink_needs(out, config->iothread_pins, "the pins of the IOThreads"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_known(config->iothreads) || config->iothreads.v == 0)
		return KT_VERDICT_NOT_APPLICABLE;

	KtVerdict gate = kt_pins_gate(view, out);
	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_pins_are_known(config))
		return KT_VERDICT_OK;
	kt_pins_claim(view->host, config, &claim, &has_own);
	*ret_fault = config->iothread_pins.n == 0 && has_own && !kt_cpuset_is_empty(&claim);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	KtCpuset claim = {0};
	bool has_own = false;

	kt_pins_claim(view->host, config, &claim, &has_own);
	g_autofree char *list = kt_cpuset_to_list(&claim);
	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			view->workload == KT_WORKLOAD_LATENCY
				? "IOThreads may interrupt the bound vCPUs"
				: "IOThreads may run far from the bound vCPUs");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->iothread_pins),
			 "no <iothreadpin> for %" G_GUINT64_FORMAT " IOThread%s",
			 config->iothreads.v,
			 config->iothreads.v == 1 ? "" : "s");
	kt_sink_evidence(
		out, kt_subject_origin(subject, config->vcpu_pins), "vCPUs on CPUs %s", list);
}

static void
change(const KtView *view, unsigned id, const KtCpuset *cpus, KtSink *out)
{
	const KtGuestConfig *live = view->live;
	g_autofree char *to = kt_cpuset_to_list(cpus);
	g_autofree char *place =
		g_strdup_printf("/domain/cputune/iothreadpin[@iothread='%u']/@cpuset", id);
	KtCpuset running = {0};

	kt_sink_domain_xml(out, view->guest, place, NULL, to);
	if (!live || !kt_known(live->iothread_pins) || live->iothread_pins.n > 0 ||
	    !kt_looked(live->vcpu_cpuset) || !find_ids(live, &running) ||
	    !kt_cpuset_has(&running, id))
		return;

	const KtCpuset *now =
		kt_known(live->vcpu_cpuset) ? live->vcpu_cpuset.v : view->host->cpu.online.v;
	g_autofree char *from = kt_cpuset_to_list(now);
	g_autofree char *locator = g_strdup_printf("iothreadpin/%u", id);
	if (!kt_cpuset_equal(now, cpus))
		kt_sink_domain_live(out, view->guest, locator, from, to);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	KtCpuset cpus = {0};
	KtCpuset ids = {0};

	if (!find_ids(view->config, &ids) || !find_place(view, &cpus)) {
		kt_sink_advice(out,
			       "Bind each IOThread with 'virsh iothreadpin %s ID CPUS --live "
			       "--config' to CPUs of the guest's node that none of its vCPUs uses.",
			       kt_guest_name(view->guest));
		return;
	}
	kt_cpuset_foreach (&ids, id)
		change(view, id, &cpus, out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_iothread_pin) = {
	.id = "guest.iothread.pin",
	.title = "IOThreads keep away from bound vCPUs, and near",
	.why = "A pin of the vCPUs says nothing about IOThreads: they follow the default, any "
	       "CPU. On a CPU of a latency guest's vCPU they take its time; on another node every "
	       "request crosses the link between the processors.",
	.cost = "IOThreads that are bound share fewer CPUs; with too few they wait for each other.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU Tuning, iothreadpin",
			"libvirt: virDomainPinIOThread",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.after = (const char *const[]){"guest.vcpu.pin",
				       "guest.emulator.pin",
				       "guest.iothreads",
				       NULL},
	.check_by_hand = "virsh iothreadinfo DOMAIN --config; virsh vcpupin DOMAIN --config",
	.effect = "latency percentiles of the disk in the guest (fio)",
	.evaluate = evaluate,
};
