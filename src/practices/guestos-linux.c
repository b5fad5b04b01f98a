/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cmdline.h"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	KtVerdict verdict = kt_guest_cmdline_gate(config, out);

	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!kt_sink_needs(out, config->nics, "the network interfaces"))
		return KT_VERDICT_UNKNOWN;
	g_autofree char *names = kt_guest_cmdline_arg(config, "net.ifnames");
	*ret_fault = g_strcmp0(names, "0") == 0 && config->nics.n > 1;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "its network cards may change their names");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->os_cmdline),
			 "net.ifnames=0 on the command line");
	kt_sink_evidence(
		out, kt_subject_origin(subject, config->nics), "%u network cards", config->nics.n);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *to = kt_guest_cmdline_edit(view->config, "net.ifnames", NULL);

	kt_guest_cmdline_advise(view, to, out);
	kt_sink_advice(out,
		       "The names change once: first put the new ones, or a match by MAC address, "
		       "into the guest's network configuration.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guestos_linux) = {
	.id = "guestos.linux",
	.title = "Network cards of a guest keep their names",
	.why = "With net.ifnames=0 the kernel gives out eth0, eth1 in the order in which it meets "
	       "the cards, which changes with the machine type, a slot or a driver: addresses and "
	       "firewall rules are then on the wrong network.",
	.cost = "The names are longer. With a single card there is nothing to mix up.",
	.sources =
		(const char *const[]){
			"systemd.net-naming-scheme(7)",
			"systemd.link(5), MACAddress=",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "in the guest 'cat /proc/cmdline; ip -br link'",
	.effect = "the same names after a start with another machine type",
	.evaluate = evaluate,
};
