/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-pins.h"

/* Differences that are named one by one. */
#define MOST_SHOWN 8

/* Limits are whole pages; the largest page of a host is 64 KiB. */
#define PAGE_KIB 64

typedef struct Drift {
	const KtView *view;
	KtSink *out; /* NULL: only counts */
	unsigned n;
	bool is_thread; /* a thread runs where it should not */
} Drift;

static bool
shows(Drift *drift)
{
	drift->n++;
	return drift->out && drift->n <= MOST_SHOWN;
}

static bool
is_same(const KtHost *host, const KtCpuset *now, const KtCpuset *wanted)
{
	KtCpuset left = *wanted;

	/* CPUs that are offline are in no affinity. */
	if (kt_known(host->cpu.online))
		kt_cpuset_and(&left, host->cpu.online.v);
	return kt_cpuset_equal(now, wanted) || kt_cpuset_equal(now, &left) ||
	       kt_cpuset_is_empty(&left);
}

static const KtCpuset *
iothread_pin(const KtGuestConfig *config, uint64_t number)
{
	for (uint32_t i = 0; i < config->iothread_pins.n; i++) {
		const KtIothreadPin *pin = &config->iothread_pins.v[i];
		if (kt_known(pin->iothread) && pin->iothread.v == number && kt_known(pin->cpus))
			return pin->cpus.v;
	}
	return NULL;
}

/* The set that libvirt gave the thread because the XML says so; NULL when that says nothing. */
static const KtCpuset *
pin_of(const KtGuestConfig *config, const KtThread *thread)
{
	const KtCpuset *own = NULL;
	const KtCpuset *all = kt_known(config->vcpu_cpuset) ? config->vcpu_cpuset.v : NULL;

	if (kt_opt_is(thread->role, "vcpu") && kt_known(thread->number))
		own = kt_pins_own(config, thread->number.v);
	else if (kt_opt_is(thread->role, "iothread") && kt_known(thread->number))
		own = iothread_pin(config, thread->number.v);
	else if (kt_opt_is(thread->role, "emulator"))
		own = kt_known(config->emulator_pin) ? config->emulator_pin.v : NULL;
	else
		return NULL;
	return own ? own : all;
}

/* What the emulator's main thread may use where nothing is pinned: others that may use something
 * else were moved by somebody. */
static const KtThread *
find_main(const KtGuestEffective *effective)
{
	for (uint32_t i = 0; i < effective->threads.n; i++) {
		const KtThread *thread = &effective->threads.v[i];
		if (kt_known(thread->tid) && kt_known(effective->pid) &&
		    thread->tid.v == effective->pid.v && kt_known(thread->affinity))
			return thread;
	}
	return NULL;
}

static void
compare_thread(Drift *drift, const KtThread *thread, const KtThread *main_thread)
{
	const KtGuestConfig *live = drift->view->live;
	const KtCpuset *wanted = pin_of(live, thread);
	bool is_vcpu = kt_opt_is(thread->role, "vcpu");

	if (!kt_known(thread->affinity))
		return;
	if (!wanted && is_vcpu && main_thread && live->emulator_pin.state == KT_STATE_ABSENT)
		wanted = main_thread->affinity.v;
	if (!wanted || is_same(drift->view->host, thread->affinity.v, wanted))
		return;
	drift->is_thread = true;
	if (!shows(drift))
		return;
	g_autofree char *now = kt_cpuset_to_list(thread->affinity.v);
	g_autofree char *text = kt_cpuset_to_list(wanted);
	kt_sink_evidence(drift->out,
			 thread->affinity.origin,
			 "thread %s: CPUs %s, not %s",
			 kt_known(thread->name) ? thread->name.v : thread->role.v,
			 now,
			 text);
}

/* Only mode restrictive lives by the control group alone; the others are memory policies, which
 * Mems_allowed does not show. */
static void
compare_nodes(Drift *drift, const KtThread *thread)
{
	const KtGuestConfig *live = drift->view->live;

	if (!kt_opt_is(live->numa_mode, "restrictive") || !kt_known(live->numa_nodeset) ||
	    !kt_opt_is(thread->role, "vcpu") || !kt_known(thread->nodes) ||
	    kt_cpuset_equal(thread->nodes.v, live->numa_nodeset.v) || !shows(drift))
		return;
	g_autofree char *now = kt_cpuset_to_list(thread->nodes.v);
	g_autofree char *text = kt_cpuset_to_list(live->numa_nodeset.v);
	kt_sink_evidence(drift->out,
			 thread->nodes.origin,
			 "thread %s: memory from nodes %s, not %s",
			 kt_known(thread->name) ? thread->name.v : "of a vCPU",
			 now,
			 text);
}

static void
compare_number(Drift *drift, KtOptU64 now, KtOptU64 wanted, const char *what, uint64_t slack)
{
	if (!kt_known(now) || !kt_known(wanted) ||
	    MAX(now.v, wanted.v) - MIN(now.v, wanted.v) <= slack || !shows(drift))
		return;
	kt_sink_evidence(drift->out,
			 now.origin,
			 "%s is %" G_GUINT64_FORMAT ", not %" G_GUINT64_FORMAT,
			 what,
			 now.v,
			 wanted.v);
}

/* A limit that is none has several names. */
static uint64_t
memory_limit(KtOptU64 limit)
{
	return kt_known(limit) ? MIN(limit.v, KT_MEMORY_UNLIMITED_KIB) : KT_MEMORY_UNLIMITED_KIB;
}

static int64_t
quota(KtOptI64 limit)
{
	return kt_known(limit) && limit.v > 0 ? MIN(limit.v, KT_QUOTA_UNLIMITED_US)
					      : KT_QUOTA_UNLIMITED_US;
}

static void
tell_limit(Drift *drift, uint16_t origin, const char *what, const char *unit, uint64_t none,
	   const uint64_t values[2])
{
	g_autofree char *now = g_strdup_printf("%" G_GUINT64_FORMAT " %s", values[0], unit);
	g_autofree char *wanted = g_strdup_printf("%" G_GUINT64_FORMAT " %s", values[1], unit);

	if (shows(drift))
		kt_sink_evidence(drift->out,
				 origin,
				 "%s is %s, not %s",
				 what,
				 values[0] == none ? "unlimited" : now,
				 values[1] == none ? "unlimited" : wanted);
}

static void
compare_limit(Drift *drift, KtOptU64 now, KtOptU64 live, const char *what)
{
	const uint64_t values[] = {memory_limit(now), memory_limit(live)};

	if (kt_known(now) && kt_looked(live) &&
	    MAX(values[0], values[1]) - MIN(values[0], values[1]) > PAGE_KIB)
		tell_limit(drift, now.origin, what, "KiB", KT_MEMORY_UNLIMITED_KIB, values);
}

static void
compare_quota(Drift *drift, KtOptI64 now, KtOptI64 live, const char *what)
{
	const uint64_t values[] = {(uint64_t)quota(now), (uint64_t)quota(live)};

	if (kt_known(now) && kt_looked(live) && values[0] != values[1])
		tell_limit(drift, now.origin, what, "us", KT_QUOTA_UNLIMITED_US, values);
}

static void
compare_quotas(Drift *drift)
{
	const KtGuestConfig *live = drift->view->live;
	const KtGuestEffective *now = &drift->view->guest->effective;

	compare_quota(drift, now->cpu_quota_us, live->cpu_quota_us, "the quota of a vCPU");
	compare_quota(drift, now->global_quota_us, live->global_quota_us, "the guest's quota");
	compare_quota(drift, now->emulator_quota_us, live->emulator_quota_us, "QEMU's quota");
	compare_quota(
		drift, now->iothread_quota_us, live->iothread_quota_us, "the quota of an IOThread");
	compare_number(drift,
		       now->cpu_period_us,
		       live->cpu_period_us,
		       "the period of that of a vCPU in us",
		       0);
	compare_number(drift,
		       now->global_period_us,
		       live->global_period_us,
		       "the period of the guest's in us",
		       0);
	compare_number(drift,
		       now->emulator_period_us,
		       live->emulator_period_us,
		       "the period of QEMU's in us",
		       0);
	compare_number(drift,
		       now->iothread_period_us,
		       live->iothread_period_us,
		       "the period of that of an IOThread in us",
		       0);
}

static void
compare(Drift *drift)
{
	const KtGuestConfig *live = drift->view->live;
	const KtGuestEffective *effective = &drift->view->guest->effective;
	const KtThread *main_thread = find_main(effective);
	bool is_placed = kt_opt_is(live->placement, "auto");

	for (uint32_t i = 0; !is_placed && i < effective->threads.n; i++) {
		compare_thread(drift, &effective->threads.v[i], main_thread);
		compare_nodes(drift, &effective->threads.v[i]);
	}
	compare_number(drift, effective->cpu_shares, live->cpu_shares, "the CPU weight", 0);
	compare_number(drift, effective->io_weight, live->blkio_weight, "the I/O weight", 0);
	compare_quotas(drift);
	compare_limit(
		drift, effective->memory_limit_kib, live->hard_limit_kib, "the limit of memory");
	compare_limit(
		drift, effective->soft_limit_kib, live->soft_limit_kib, "its soft limit of memory");
	compare_limit(
		drift, effective->swap_limit_kib, live->swap_hard_limit_kib, "its limit of swap");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict verdict = kt_guest_gate(view, out);
	const KtGuestEffective *effective = &view->guest->effective;
	Drift drift = {.view = view};

	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!view->live || effective->threads.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, view->live->type, "the XML of the running guest") ||
	    !kt_sink_needs(out, effective->threads, "the threads of the guest"))
		return KT_VERDICT_UNKNOWN;

	compare(&drift);
	if (drift.n == 0)
		return KT_VERDICT_OK;
	kt_sink_severity(out,
			 drift.is_thread && kt_guest_wants_speed(view) ? KT_SEVERITY_MEDIUM
								       : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			"%u thing%s in the kernel %s not what libvirt set",
			drift.n,
			drift.n == 1 ? "" : "s",
			drift.n == 1 ? "is" : "are");
	drift = (Drift){.view = view, .out = out};
	compare(&drift);
	kt_sink_advice(
		out,
		"Somebody changed it past libvirt (taskset, cgset, a file in /sys/fs/cgroup, "
		"another tool): find out who, then set it again: 'kvmtune get %s' names the "
		"settings, 'kvmtune set %s KEY=VALUE --live' sets them.",
		kt_guest_name(view->guest),
		kt_guest_name(view->guest));
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_drift) = {
	.id = "guest.drift",
	.title = "The kernel does what libvirt asked it to",
	.why = "Affinities, weights and limits that were changed past libvirt are seen by nobody who reads "
	       "the XML, are gone after the next start, and make every judgement about pins wrong "
	       "until then.",
	.cost = "None: it is a remark. A tool that manages affinities on purpose (irqbalance does "
		"not, numad does) should be waived.",
	.sources =
		(const char *const[]){
			"sched_setaffinity(2), proc(5): Cpus_allowed_list, Mems_allowed_list",
			"libvirt: cgroups.html",
			"Linux: Documentation/admin-guide/cgroup-v2.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh vcpupin DOMAIN; grep Cpus_allowed_list /proc/$(pgrep -f "
			 "guest=DOMAIN)/task/*/status",
	.effect = "number of things that differ",
	.evaluate = evaluate,
};
