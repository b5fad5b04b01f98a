/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-plan.h"

#include <string.h>

static char *
bracketed(const char *text)
{
	const char *open = strchr(text, '[');
	const char *close = open ? strchr(open, ']') : NULL;

	return close ? g_strndup(open + 1, (size_t)(close - open - 1)) : NULL;
}

char *
kt_syntax_value(KtSyntax syntax, const char *text)
{
	char *choice = syntax == KT_SYNTAX_CHOICE ? bracketed(text) : NULL;

	return choice ? choice : g_strstrip(g_strdup(text));
}

static bool
parse_pair(const char *a, const char *b, uint64_t *ret_a, uint64_t *ret_b)
{
	return g_ascii_string_to_unsigned(a, 10, 0, UINT64_MAX, ret_a, NULL) &&
	       g_ascii_string_to_unsigned(b, 10, 0, UINT64_MAX, ret_b, NULL);
}

static bool
equal_sets(KtSyntax syntax, const char *wanted, const char *actual)
{
	KtCpuset a = {0};
	KtCpuset b = {0};

	if (syntax == KT_SYNTAX_MASK)
		return kt_cpuset_parse_mask(wanted, &a, NULL) &&
		       kt_cpuset_parse_mask(actual, &b, NULL) && kt_cpuset_equal(&a, &b);
	return kt_cpuset_parse_list(wanted, &a, NULL) && kt_cpuset_parse_list(actual, &b, NULL) &&
	       kt_cpuset_equal(&a, &b);
}

bool
kt_syntax_equal(KtSyntax syntax, const char *wanted, const char *actual)
{
	uint64_t a = 0;
	uint64_t b = 0;

	if (!wanted || !actual)
		return wanted == actual;
	if (g_str_equal(wanted, actual))
		return true;

	switch (syntax) {
	case KT_SYNTAX_NUMBER:
		return parse_pair(wanted, actual, &a, &b) && a == b;
	case KT_SYNTAX_AT_LEAST:
		return parse_pair(wanted, actual, &a, &b) && a <= b;
	case KT_SYNTAX_MASK:
	case KT_SYNTAX_LIST:
		return equal_sets(syntax, wanted, actual);
	case KT_SYNTAX_UNSET:
	case KT_SYNTAX_PLAIN:
	case KT_SYNTAX_CHOICE:
	case KT_SYNTAX_N:
	default:
		return false;
	}
}
