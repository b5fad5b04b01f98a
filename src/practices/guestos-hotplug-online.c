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

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guestos_hotplug_online) = {
	.id = "guestos.hotplug-online",
	.title = "What is plugged into a guest comes online there",
	.why = "QEMU plugs memory in, but it is the guest that brings it online, by a rule or by "
	       "its kernel; without either it stays unused, and nobody outside sees that. Movable "
	       "memory can be taken out again.",
	.cost = "Movable memory is not for the kernel's own use: with more than three times as much "
		"of it as of other memory the guest may run out of that.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/mm/memory-hotplug.rst",
			"Linux: Documentation/admin-guide/kernel-parameters.txt, memhp_default_state=",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.check_by_hand = "in the guest 'lsmem; cat /sys/devices/system/memory/auto_online_blocks'",
	.effect = "MemTotal in the guest after a device was plugged in",
	.evaluate = evaluate,
};
