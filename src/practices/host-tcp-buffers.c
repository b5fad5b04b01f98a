/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "first",
		.value = 131072,
		.min = 4096,
		.max = 16777216,
		.unit = "bytes",
		.doc = "what a connection starts with; the kernel's default (net/ipv4/tcp.c, "
		       "tcp_init)",
	},
};

/* "4096\t131072\t6291456" */
static bool
parse_three(const char *text, uint64_t ret_numbers[3])
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
	size_t n = 0;

	for (char **word = words; *word; word++) {
		if (!**word)
			continue;
		if (n == 3 ||
		    !g_ascii_string_to_unsigned(*word, 10, 0, INT32_MAX, &ret_numbers[n++], NULL))
			return false;
	}
	return n == 3;
}

/* Who set it: a line in a file is a decision, and what this practice is about. */
static const KtSysctlLine *
find_line(const KtHost *host)
{
	for (uint32_t i = host->sysctl_lines.n; i > 0; i--) {
		const KtSysctlLine *line = &host->sysctl_lines.v[i - 1];
		if (kt_opt_is(line->key, "net.ipv4.tcp_rmem"))
			return line;
	}
	return NULL;
}

static void
report(const KtView *view, const uint64_t now[3], uint64_t wanted, KtSink *out)
{
	const KtSysctlLine *line = find_line(view->host);
	g_autofree char *to =
		g_strdup_printf("%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT "\t%" G_GUINT64_FORMAT,
				now[0],
				wanted,
				MAX(now[2], wanted));

	kt_sink_summary(out, "connections start with less room than by default");
	kt_sink_evidence(out,
			 view->host->sysctl.tcp_rmem.origin,
			 "net.ipv4.tcp_rmem starts with %" G_GUINT64_FORMAT
			 " bytes, the kernel by itself with %" G_GUINT64_FORMAT,
			 now[1],
			 wanted);
	if (line && kt_known(line->file))
		kt_sink_evidence(out, line->value.origin, "'%s' sets it", line->file.v);
	kt_sink_sysctl(
		out, "net.ipv4.tcp_rmem", KT_SYNTAX_PLAIN, view->host->sysctl.tcp_rmem.v, to);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptStr now = view->host->sysctl.tcp_rmem;
	uint64_t wanted = kt_view_param(view, "first");
	uint64_t numbers[3] = {0};

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "net.ipv4.tcp_rmem"))
		return KT_VERDICT_UNKNOWN;
	if (!parse_three(now.v, numbers)) {
		kt_sink_evidence(out, now.origin, "net.ipv4.tcp_rmem is '%s'", now.v);
		return KT_VERDICT_UNKNOWN;
	}
	if (numbers[1] >= wanted)
		return KT_VERDICT_OK;
	report(view, numbers, wanted, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(host_tcp_buffers) = {
	.id = "host.tcp-buffers",
	.title = "TCP starts with the buffers of the kernel, not less",
	.why = "Old guides set net.ipv4.tcp_rmem to '4096 87380 N' for more speed; its middle is "
	       "what each connection starts with, and 87380 is less than what the kernel gives by "
	       "itself. Migration and storage connections of the host begin slower for it; guests "
	       "have their own TCP.",
	.cost = "None measurable: memory is taken as data comes.",
	.sources =
		(const char *const[]){
			"tcp(7), tcp_rmem",
			"Linux commit a337531b942b: the middle is 131072 since 4.20",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "sysctl net.ipv4.tcp_rmem; grep -rs tcp_rmem /etc/sysctl*",
	.effect = "Bandwidth of the first seconds of 'virsh migrate' (domjobinfo), iperf3",
	.evaluate = evaluate,
};
