/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#include <string.h>

#define KSM "/sys/kernel/mm/ksm/"

/* A file of ours sets one of the values that ksmtuned writes. */
static bool
is_ours(const KtHost *host)
{
	for (uint32_t i = 0; i < host->config_files.n; i++) {
		const KtConfigFile *file = &host->config_files.v[i];
		if (kt_opt_true(file->is_own) && kt_known(file->text) && strstr(file->text.v, KSM))
			return true;
	}
	return false;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	bool has_advisor = kt_opt_is(host->ksm.advisor_mode, "scan-time");

	if (host->ksm.run.state == KT_STATE_ABSENT || kt_census_is_dom0(host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, host->agents, "the list of programs"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_census_has_agent(host, "ksmtuned"))
		return KT_VERDICT_OK;
	if (!has_advisor && !is_ours(host))
		return kt_sink_needs_look(out, host->ksm.advisor_mode, "ksm/advisor_mode") &&
				       kt_sink_needs_look(out,
							  host->config_files,
							  "the list of configuration files")
			       ? KT_VERDICT_OK
			       : KT_VERDICT_UNKNOWN;

	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "two programs set the rate of same-page merging");
	kt_sink_evidence(out, host->agents.origin, "ksmtuned runs and writes every minute");
	if (has_advisor)
		kt_sink_evidence(out,
				 host->ksm.advisor_mode.origin,
				 "the kernel's advisor '%s' refuses and overwrites its values",
				 host->ksm.advisor_mode.v);
	if (is_ours(host))
		kt_sink_evidence(
			out, host->config_files.origin, "a file of kvmtune sets values in " KSM);
	kt_sink_advice(out,
		       "Keep one: 'systemctl disable --now ksmtuned ksm', which writes 0 to " KSM
		       "run, or 'kvmtune undo' of what set KSM and advisor_mode 'none'.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"ksmtuned 4.20150326 (Debian): ksmtuned, loop every KSM_MONITOR_INTERVAL=60 s",
	"Linux 6.8: mm/ksm.c, pages_to_scan_store(): EINVAL while the advisor is on",
	NULL,
};

KT_PRACTICE(host_ksm_services) = {
	.id = "host.ksm-services",
	.title = "Same-page merging (KSM) has one owner",
	.why = "ksmtuned writes run, pages_to_scan and sleep_millisecs every minute. With the "
	       "kernel's advisor, or values of kvmtune, beside it, what was set is gone a minute "
	       "later, and nothing says why.",
	.cost = "None.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "systemctl status ksm ksmtuned; cat /sys/kernel/mm/ksm/advisor_mode",
	.effect = "run and pages_to_scan stay what they are for two minutes",
	.evaluate = evaluate,
};
