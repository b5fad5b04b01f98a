/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "used_percent",
		.value = 80,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of the limit that may be in use [eng]",
	},
};

#define KEY "fs.file-max"

/* A tenth of memory in KiB (Linux: fs/file_table.c, files_maxfiles_init). */
static uint64_t
own_value(const KtHost *host)
{
	return host->memory.total_kib.v / 10;
}

static const KtSysctlLine *
find_low_line(const KtHost *host)
{
	for (uint32_t i = 0; i < host->sysctl_lines.n; i++) {
		const KtSysctlLine *line = &host->sysctl_lines.v[i];
		uint64_t value = 0;
		if (kt_opt_is(line->key, KEY) && kt_known(line->value) && kt_known(line->file) &&
		    g_ascii_string_to_unsigned(line->value.v, 10, 0, UINT64_MAX, &value, NULL) &&
		    value < own_value(host))
			return line;
	}
	return NULL;
}

static bool
is_filling(const KtView *view)
{
	const KtSysctl *sysctl = &view->host->sysctl;

	return kt_known(sysctl->file_nr) &&
	       sysctl->file_nr.v > sysctl->file_max.v / 100 * kt_view_param(view, "used_percent");
}

static void
report(const KtView *view, const KtSysctlLine *line, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;
	bool is_full = is_filling(view);

	kt_sink_severity(out, is_full ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			is_full ? "the host runs out of open files"
				: "a sysctl file lowers the number of open files");
	kt_sink_number(out, sysctl->file_max, KEY, "");
	if (kt_known(sysctl->file_nr))
		kt_sink_number(out, sysctl->file_nr, "the number of open files", "");
	if (line) {
		kt_sink_evidence(out,
				 line->file.origin,
				 "%s line %" G_GUINT64_FORMAT " sets it to %s",
				 line->file.v,
				 line->line.v,
				 line->value.v);
		kt_sink_advice(out, "Take the line out of %s.", line->file.v);
	}
	if (is_full)
		kt_sink_sysctl_u64(out,
				   KEY,
				   sysctl->file_max,
				   MAX(own_value(view->host), 4 * sysctl->file_nr.v));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	const KtSysctlLine *line = NULL;

	if (host->sysctl.file_max.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->sysctl.file_max, KEY) ||
	    !kt_sink_needs(out, host->memory.total_kib, "the memory size"))
		return KT_VERDICT_UNKNOWN;
	line = find_low_line(host);
	if (line || is_filling(view)) {
		report(view, line, out);
		return KT_VERDICT_FINDING;
	}
	return kt_sink_needs(out, host->sysctl.file_nr, "the number of open files")
		       ? KT_VERDICT_OK
		       : KT_VERDICT_UNKNOWN;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/sysctl/fs.rst, file-max and file-nr",
	"systemd 240 NEWS: fs.file-max is bumped to the maximum",
	NULL,
};

KT_PRACTICE(host_file_max) = {
	.id = "host.file-max",
	.title = "The host has open files enough",
	.why = "When the limit is reached, no program of the host can open a file: guests do"
	       " not start, images cannot be opened. systemd sets it to the largest number "
	       "there is; a guide that 'raises' it to ten million lowers it. What really "
	       "limits a guest is max_files of qemu.conf.",
	.cost = "None.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand =
		"cat /proc/sys/fs/file-nr; grep -r file-max /etc/sysctl.conf /etc/sysctl.d",
	.effect = "no 'too many open files' in logs",
	.evaluate = evaluate,
};
