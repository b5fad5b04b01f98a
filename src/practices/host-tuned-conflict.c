/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const char *const owners[] = {"tuned", "power-profiles-daemon", "tlp", "auto-cpufreq"};

/* Profiles of tuned 2.28 that save power, or that are meant for the inside of a guest. */
static const char *const unfit[] = {
	"balanced-battery",
	"desktop",
	"desktop-powersave",
	"laptop-ac-powersave",
	"laptop-battery-powersave",
	"powersave",
	"server-powersave",
	"spindown-disk",
	"virtual-guest",
};

static uint32_t
count_owners(const KtHost *host)
{
	uint32_t n = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(owners); i++)
		n += kt_census_has_agent(host, owners[i]);
	return n;
}

static bool
is_unfit(const KtHost *host)
{
	for (size_t i = 0; i < G_N_ELEMENTS(unfit); i++) {
		if (kt_opt_is(host->system.tuned_profile, unfit[i]))
			return kt_census_has_agent(host, "tuned");
	}
	return false;
}

static void
add_evidence(const KtHost *host, KtSink *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(owners); i++) {
		if (kt_census_has_agent(host, owners[i]))
			kt_sink_evidence(out, host->agents.origin, "%s is running", owners[i]);
	}
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptStr profile = host->system.tuned_profile;
	uint32_t n_owners = count_owners(host);

	if (!kt_sink_needs_look(out, host->agents, "the list of programs"))
		return KT_VERDICT_UNKNOWN;
	if (n_owners == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	if (n_owners < 2 && !is_unfit(host))
		return !kt_census_has_agent(host, "tuned") ||
				       kt_sink_needs_look(out, profile, "tuned's profile")
			       ? KT_VERDICT_OK
			       : KT_VERDICT_UNKNOWN;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			n_owners > 1 ? "several programs set power and frequency against each other"
				     : "tuned's profile is not meant for a host of guests");
	add_evidence(host, out);
	if (n_owners > 1)
		kt_sink_advice(out,
			       "Keep one of them; on a host of guests that is tuned: "
			       "'systemctl disable --now' the others.");
	if (is_unfit(host)) {
		kt_sink_evidence(out, profile.origin, "tuned's profile is '%s'", profile.v);
		kt_sink_advice(out, "'tuned-adm profile virtual-host'.");
	}
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"tuned 2.28: profiles/virtual-host/tuned.conf",
	"power-profiles-daemon: README.md, conflicts with TLP and tuned",
	NULL,
};

KT_PRACTICE(host_tuned_conflict) = {
	.id = "host.tuned-conflict",
	.title = "One program owns power and tuning, with a fit profile",
	.why = "tuned, power-profiles-daemon, TLP and their like write the same knobs: "
	       "frequency governor, energy preference, read-ahead. Two of them fight, and "
	       "the last writer wins until the next event. A profile for laptops or for "
	       "guests slows a host of guests. tuned starts after the files of the boot were "
	       "read: what its profile sets in /sys stays. To leave one thing to others, make a "
	       "profile of your own in /etc/tuned that includes it and sets that thing as you "
	       "want it. Sysctls are different: tuned reads /etc/sysctl.d again behind its own, "
	       "unless reapply_sysctl is off in tuned-main.conf.",
	.cost = "The profile virtual-host uses more power.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "tuned-adm active; systemctl status tuned power-profiles-daemon tlp auto-"
			 "cpufreq",
	.effect = "governor and energy preference stay what they are over a day",
	.evaluate = evaluate,
};
