/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-docs.h"

#include "kt-guide.h"

/* A bar would end the cell of a table, and < would begin HTML. */
static void
put_cell(GString *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '|' || *p == '<' || *p == '*' || *p == '_')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *p);
	}
}

static void
put_claim(GString *out, const KtClaim *claim)
{
	g_string_append_printf(out, "| %s | ", kt_truth_name(claim->truth));
	put_cell(out, claim->claim);
	g_string_append(out, " | ");
	if (claim->since)
		g_string_append_printf(out, "Since %s: ", claim->since);
	put_cell(out, claim->reason);
	g_string_append(out, " | ");
	put_cell(out, claim->source);
	if (claim->practice)
		g_string_append_printf(out, " | `%s` |\n", claim->practice);
	else
		g_string_append(out, " | |\n");
}

static void
put_guide(GString *out, const KtGuide *guide)
{
	g_autoptr(GPtrArray) sayings = kt_sayings((const char *const[]){guide->name, NULL}, 0);

	g_string_append_printf(out,
			       "\n## %s\n\n%s.\n"
			       "\n| verdict | claim | why | source | practice |\n"
			       "|---|---|---|---|---|\n",
			       guide->title,
			       guide->edition);
	for (guint i = 0; i < sayings->len; i++)
		put_claim(out, ((const KtSaying *)sayings->pdata[i])->claim);
}

void
kt_docs_guides(GString *out)
{
	kt_docs_head(out, "The guides, checked", "guides");
	g_string_append(
		out,
		"\nWhat widely read tuning guides claim, told in our words, and whether it is so "
		"on hosts of today.\n"
		"\"depends\" is right under a condition that the guide does not tell.\n"
		"`kvmtune practices` lists the practices that this version judges.\n");
	for (size_t i = 0; i < kt_n_guides; i++)
		put_guide(out, &kt_guides[i]);
}
