/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-options.h"

bool
kt_parse_duration(const char *text, const char *what, uint32_t max, uint32_t *ret_seconds,
		  GError **error)
{
	static const struct {
		const char *suffix;
		uint32_t seconds;
	} units[] = {
		{.suffix = "", .seconds = 1},
		{.suffix = "s", .seconds = 1},
		{.suffix = "m", .seconds = 60},
		{.suffix = "min", .seconds = 60},
		{.suffix = "h", .seconds = 3600},
		{.suffix = "d", .seconds = 86400},
	};
	char *end = NULL;
	guint64 number = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : 0;

	for (size_t i = 0; end && i < G_N_ELEMENTS(units); i++) {
		if (!g_str_equal(end, units[i].suffix) || number == 0 ||
		    number > max / units[i].seconds)
			continue;
		*ret_seconds = (uint32_t)number * units[i].seconds;
		return true;
	}
	return kt_throw_hint(error,
			     KT_ERROR_USAGE,
			     "a time is a number of seconds, or one like 90s, 2m, 1h",
			     "%s: '%s' is no time between 1 s and %u s",
			     what,
			     text,
			     max);
}

bool
kt_parse_fail_on(const char *text, KtSeverity *ret_severity, GError **error)
{
	static const struct {
		const char *word;
		KtSeverity severity;
	} words[] = {
		{.word = "never", .severity = KT_SEVERITY_UNSET},
		{.word = "error", .severity = KT_SEVERITY_HIGH},
		{.word = "warning", .severity = KT_SEVERITY_MEDIUM},
		{.word = "notice", .severity = KT_SEVERITY_LOW},
	};

	*ret_severity = KT_SEVERITY_UNSET;
	if (!text)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (!g_str_equal(text, words[i].word))
			continue;
		*ret_severity = words[i].severity;
		return true;
	}
	*ret_severity = kt_severity_from_name(text);
	if (*ret_severity != KT_SEVERITY_N)
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_USAGE,
			     "critical, high, medium, low, info or never",
			     "--fail-on: '%s' is no severity",
			     text);
}
