/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-practice.h"

#define KEY  "net.ipv4.tcp_tw_recycle"
#define PATH "/proc/sys/net/ipv4/tcp_tw_recycle"

/* An assignment that matters: any where the kernel has no such key, else those that switch on. */
static bool
is_bad_line(const KtSysctlLine *line, bool is_removed)
{
	return kt_opt_is(line->key, KEY) && (is_removed || !kt_opt_is(line->value, "0"));
}

static uint32_t
report_lines(const KtView *view, bool is_removed, KtSink *out)
{
	const KtSysctlLineList *lines = &view->host->sysctl_lines;
	uint32_t n = 0;

	for (uint32_t i = 0; i < lines->n; i++) {
		const KtSysctlLine *line = &lines->v[i];
		if (!is_bad_line(line, is_removed))
			continue;
		n++;
		kt_sink_evidence(out,
				 line->file.origin,
				 "%s line %" G_GUINT64_FORMAT " sets it to %s",
				 kt_known(line->file) ? line->file.v : "a sysctl file",
				 line->line.v,
				 kt_known(line->value) ? line->value.v : "something");
	}
	return n;
}

/* Only files that the facts hold can be put back byte for byte. */
static bool
can_remove_all(const KtView *view)
{
	const KtSysctlLineList *lines = &view->host->sysctl_lines;

	for (uint32_t i = 0; i < lines->n; i++) {
		if (!kt_opt_is(lines->v[i].key, KEY))
			continue;
		const KtConfigFile *file =
			kt_known(lines->v[i].file)
				? kt_facts_find_file(view->host, lines->v[i].file.v)
				: NULL;
		if (!file || !kt_known(file->text))
			return false;
	}
	return true;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptU64 live = host->sysctl.tcp_tw_recycle;
	bool is_removed = live.state == KT_STATE_ABSENT;
	bool is_on = kt_known(live) && live.v != 0;
	uint32_t n_lines = 0;

	if (is_removed && host->sysctl_lines.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (is_on)
		kt_sink_evidence(out, live.origin, KEY " is %" G_GUINT64_FORMAT, live.v);
	n_lines = report_lines(view, is_removed, out);
	if (!is_on && n_lines == 0)
		return kt_sink_needs_look(out, live, KEY) &&
				       kt_sink_needs(
					       out, host->sysctl_lines, "the list of sysctl files")
			       ? KT_VERDICT_OK
			       : KT_VERDICT_UNKNOWN;

	kt_sink_severity(out, is_on ? KT_SEVERITY_HIGH : KT_SEVERITY_LOW);
	if (is_on) {
		g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, live.v);
		kt_sink_summary(out, "tcp_tw_recycle drops connections of clients behind NAT");
		kt_sink_value(out, PATH, KT_SYNTAX_NUMBER, KT_PERSIST_NONE, NULL, from, "0");
	} else {
		kt_sink_summary(out, "a sysctl file sets tcp_tw_recycle, which kernels removed");
	}
	if (can_remove_all(view))
		kt_sink_remove_sysctl(out, KEY);
	else
		kt_sink_advice(out, "Take " KEY " out of the files named above.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux commit 4396e46187ca: tcp_tw_recycle removed in 4.12",
	"Linux 4.10, tcp: randomize tcp timestamp offsets for each connection: broke it",
	NULL,
};

KT_PRACTICE(host_tcp_tw_recycle) = {
	.id = "host.tcp-tw-recycle",
	.title = "No sysctl file sets tcp_tw_recycle",
	.why = "Old guides switch it on. It dropped connections of clients behind NAT, became "
	       "useless with Linux 4.10 and was removed in 4.12; since then the line is only a "
	       "warning at boot that hides real ones.",
	.cost = "None.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "grep -r tcp_tw_recycle /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d",
	.effect = "no warning of systemd-sysctl at boot",
	.evaluate = evaluate,
};
