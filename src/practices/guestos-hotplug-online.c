/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cmdline.h"

/* Linux 5.8: a word of the kernel itself, so that no rule of udev is needed. */
#define KEY "memhp_default_state"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	KtVerdict verdict = kt_guest_cmdline_gate(config, out);

	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!kt_sink_needs_look(out, config->max_memory_kib, "<maxMemory>"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_known(config->max_memory_kib))
		return KT_VERDICT_NOT_APPLICABLE;
	g_autofree char *state = kt_guest_cmdline_arg(config, KEY);
	*ret_fault = !state;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "memory that is plugged in may stay offline inside");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->os_cmdline),
			 "no " KEY "= on its command line");
	kt_sink_number(out, subject->config->max_memory_kib, "<maxMemory>", " KiB");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *to = kt_guest_cmdline_edit(view->config, KEY, KEY "=online_movable");

	kt_guest_cmdline_advise(view, to, out);
	kt_sink_advice(out,
		       "CPUs need a rule in the guest, /etc/udev/rules.d/99-hotplug-cpu.rules: "
		       "ACTION==\"add\", SUBSYSTEM==\"cpu\", ATTR{online}=\"1\".");
}

/* Are all of @seen in @used? Not known is not "no". */
static bool
has_idle(KtOptCpuset seen, KtOptCpuset used)
{
	if (!kt_known(seen) || !kt_known(used))
		return false;
	KtCpuset idle = *seen.v;
	kt_cpuset_and_not(&idle, used.v);
	return !kt_cpuset_is_empty(&idle);
}

static void
switch_on(const KtView *view, KtSink *out)
{
	const KtInside *inside = &view->guest->inside;
	g_autofree char *from = kt_cpuset_to_list(inside->vcpus_online.v);
	KtCpuset wanted = *inside->vcpus.v;

	/* What the guest uses is never taken away, whatever else it says. */
	kt_cpuset_or(&wanted, inside->vcpus_online.v);
	g_autofree char *to = kt_cpuset_to_list(&wanted);
	if (kt_guest_is_open(view))
		kt_sink_domain_live(out, view->guest, "vcpus-online", from, to);
	else
		kt_sink_advice(out,
			       "Now: 'kvmtune set %s vcpus.online=%s', or in the guest "
			       "echo 1 >/sys/devices/system/cpu/cpuN/online for each.",
			       kt_guest_name(view->guest),
			       to);
}

static void
tell_idle_vcpus(const KtView *view, KtSink *out)
{
	const KtInside *inside = &view->guest->inside;
	g_autofree char *seen = kt_cpuset_to_list(inside->vcpus.v);
	g_autofree char *used = kt_cpuset_to_list(inside->vcpus_online.v);

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "vCPUs that are plugged in are offline inside");
	kt_sink_evidence(out,
			 inside->vcpus_online.origin,
			 "its system sees the vCPUs %s and uses %s",
			 seen,
			 used);
	switch_on(view, out);
}

static const char rules[] = "# kvmtune: what is plugged in comes online\n"
			    "ACTION==\"add\", SUBSYSTEM==\"cpu\", ATTR{online}=\"1\"\n"
			    "ACTION==\"add\", SUBSYSTEM==\"memory\", "
			    "ATTR{state}=\"online_movable\"\n";

static void
tell_idle_memory(const KtView *view, KtSink *out)
{
	const KtInside *inside = &view->guest->inside;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	/* Rules are for what comes after them. */
	kt_sink_summary(out,
			kt_opt_is(inside->hotplug_rules, rules)
				? "memory that came before the guest had rules is offline inside"
				: "memory that is plugged in is offline inside");
	kt_sink_evidence(out,
			 inside->memory_blocks_online.origin,
			 "its system uses %u of %u blocks of memory",
			 kt_cpuset_count(inside->memory_blocks_online.v),
			 kt_cpuset_count(inside->memory_blocks.v));
	kt_sink_advice(out,
		       "Now, in the guest: echo online_movable "
		       ">/sys/devices/system/memory/memoryN/state for each that is "
		       "offline ('lsmem' or 'grep . /sys/devices/system/memory/*/state').");
}

/* A hotplug that ends there is half a hotplug. */
static void
lay_rules(const KtView *view, KtSink *out)
{
	if (!kt_guest_lay_file(
		    view, KT_INSIDE_HOTPLUG, view->guest->inside.hotplug_rules, rules, out))
		kt_sink_advice(out,
			       "From now on, by rules in the guest, " KT_INSIDE_HOTPLUG
			       ": ACTION==\"add\", SUBSYSTEM==\"cpu\", ATTR{online}=\"1\" and "
			       "ACTION==\"add\", SUBSYSTEM==\"memory\", "
			       "ATTR{state}=\"online_movable\".");
}

/* Its agent was asked and could not say: what the command line tells is not the whole truth. */
static KtVerdict
weigh(const KtView *view, KtVerdict verdict, KtSink *out)
{
	const KtInside *inside = &view->guest->inside;
	bool is_settled = verdict != KT_VERDICT_OK && verdict != KT_VERDICT_NOT_APPLICABLE;

	if (is_settled || !kt_inside_is_asked(inside) ||
	    inside->vcpus_online.state == KT_STATE_ABSENT)
		return verdict;
	if (!kt_sink_needs(out, inside->vcpus_online, "which vCPUs its system uses") ||
	    !kt_sink_needs_look(out, inside->memory_blocks_online, "which memory its system uses"))
		return KT_VERDICT_UNKNOWN;
	return KT_VERDICT_OK;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};
	const KtInside *inside = &view->guest->inside;
	KtVerdict verdict = kt_guest_gate(view, out);
	bool has_idle_vcpus = has_idle(inside->vcpus, inside->vcpus_online);
	bool has_idle_memory = has_idle(inside->memory_blocks, inside->memory_blocks_online);

	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!has_idle_vcpus && !has_idle_memory)
		return weigh(view, kt_guest_check(view, &check, out), out);
	if (has_idle_memory)
		tell_idle_memory(view, out);
	if (has_idle_vcpus)
		tell_idle_vcpus(view, out);
	lay_rules(view, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guestos_hotplug_online) = {
	.id = "guestos.hotplug-online",
	.title = "What is plugged into a guest comes online there",
	.why = "QEMU plugs memory in, but it is the guest that brings it online, by a rule or by "
	       "its kernel; without either it stays unused, and nobody outside sees that. Movable "
	       "memory can be taken out again. With --in-guest the guest's agent is asked what its "
	       "system uses.",
	.cost = "Movable memory is not for the kernel's own use: with more than three times as much "
		"of it as of other memory the guest may run out of that.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/mm/memory-hotplug.rst",
			"Linux: Documentation/admin-guide/kernel-parameters.txt, memhp_default_state=",
			"Linux: Documentation/core-api/cpu_hotplug.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh guestvcpus DOMAIN; in the guest 'lsmem; cat "
			 "/sys/devices/system/memory/auto_online_blocks'",
	.effect = "MemTotal in the guest after a device was plugged in",
	.evaluate = evaluate,
};
