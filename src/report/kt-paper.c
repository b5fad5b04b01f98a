/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-paper.h"

#include <string.h>

/* Select Graphic Rendition, ECMA-48 section 8.3.117. The eight basic colours only: the terminal's
 * own theme decides how they look, on dark and on light. */
static const char *const sequences[KT_INK_N] = {
	[KT_INK_HEADING] = "\033[1m",
	[KT_INK_FAINT] = "\033[2m",
	[KT_INK_CRITICAL] = "\033[1;31m",
	[KT_INK_HIGH] = "\033[31m",
	[KT_INK_MEDIUM] = "\033[33m",
	[KT_INK_LOW] = "\033[36m",
	[KT_INK_INFO] = "\033[34m",
	[KT_INK_GOOD] = "\033[32m",
	[KT_INK_ADDED] = "\033[32m",
	[KT_INK_REMOVED] = "\033[31m",
};
#define RESET       "\033[0m"
#define REPLACEMENT 0xfffd

const char *
kt_ink_sequence(KtInk ink)
{
	return ink < KT_INK_N ? sequences[ink] : NULL;
}

static bool
is_showable(gunichar c)
{
	static const GUnicodeType hidden[] = {
		G_UNICODE_CONTROL,
		G_UNICODE_FORMAT,
		G_UNICODE_LINE_SEPARATOR,
		G_UNICODE_PARAGRAPH_SEPARATOR,
		G_UNICODE_SURROGATE,
		G_UNICODE_UNASSIGNED,
		G_UNICODE_PRIVATE_USE,
	};
	GUnicodeType type = g_unichar_type(c);

	for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++) {
		if (type == hidden[i])
			return false;
	}
	return true;
}

char *
kt_text_clean(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	GString *clean = g_string_sized_new(strlen(valid));

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (c == '\t')
			c = ' ';
		g_string_append_unichar(clean, is_showable(c) ? c : REPLACEMENT);
	}
	return g_string_free(clean, FALSE);
}

static unsigned
columns_of(const char *text, size_t length)
{
	unsigned columns = 0;

	for (const char *p = text; p < text + length; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if (!g_unichar_iszerowidth(c))
			columns += g_unichar_iswide(c) ? 2 : 1;
	}
	return columns;
}

unsigned
kt_text_columns(const char *text)
{
	return columns_of(text, strlen(text));
}

KtPaper
kt_paper_init(GString *out, const KtStyle *style)
{
	KtPaper paper = {.out = out, .is_after_blank = true};

	if (style)
		paper.style = *style;
	if (!paper.style.width)
		paper.style.width = KT_PAPER_WIDTH;
	paper.style.width = MAX(paper.style.width, KT_PAPER_MIN_WIDTH);
	return paper;
}

static void
switch_on(KtPaper *paper, KtInk ink)
{
	if (paper->style.is_colour && sequences[ink])
		g_string_append(paper->out, sequences[ink]);
}

static void
switch_off(KtPaper *paper, KtInk ink)
{
	if (paper->style.is_colour && sequences[ink])
		g_string_append(paper->out, RESET);
}

static void
put(KtPaper *paper, const char *text, size_t length)
{
	g_string_append_len(paper->out, text, (gssize)length);
	paper->column += columns_of(text, length);
	paper->is_after_blank = length > 0 && text[length - 1] == ' ';
}

void
kt_paper_end_line(KtPaper *paper)
{
	if (paper->column == 0)
		return;

	while (paper->out->len && paper->out->str[paper->out->len - 1] == ' ')
		g_string_truncate(paper->out, paper->out->len - 1);
	g_string_append_c(paper->out, '\n');
	paper->column = 0;
	paper->is_after_blank = true;
}

void
kt_paper_gap(KtPaper *paper)
{
	kt_paper_end_line(paper);
	if (paper->out->len && !g_str_has_suffix(paper->out->str, "\n\n"))
		g_string_append_c(paper->out, '\n');
}

void
kt_paper_tab(KtPaper *paper, unsigned column)
{
	unsigned n = 0;

	if (paper->column < column)
		n = column - paper->column;
	else if (paper->column > 0)
		n = 1;
	g_string_append_printf(paper->out, "%*s", (int)n, "");
	paper->column += n;
	paper->is_after_blank = true;
}

static void
wrap(KtPaper *paper, KtInk ink)
{
	switch_off(paper, ink);
	kt_paper_end_line(paper);
	kt_paper_tab(paper, paper->indent);
	switch_on(paper, ink);
}

static void
flow(KtPaper *paper, KtInk ink, const char *text)
{
	bool wants_blank = false;

	switch_on(paper, ink);
	for (const char *p = text; *p;) {
		if (*p == ' ') {
			wants_blank = true;
			p++;
			continue;
		}
		size_t length = strcspn(p, " ");
		unsigned columns = columns_of(p, length);
		if (paper->column + wants_blank + columns > paper->style.width &&
		    paper->column > paper->indent)
			wrap(paper, ink);
		else if (wants_blank && !paper->is_after_blank)
			put(paper, " ", 1);
		put(paper, p, length);
		wants_blank = false;
		p += length;
	}
	if (wants_blank && !paper->is_after_blank && paper->column < paper->style.width)
		put(paper, " ", 1);
	switch_off(paper, ink);
}

void
kt_paper_flow(KtPaper *paper, KtInk ink, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *raw = g_strdup_vprintf(format, args);
	va_end(args);
	g_strdelimit(raw, "\n", ' ');
	g_autofree char *clean = kt_text_clean(raw);
	flow(paper, ink, clean);
}

void
kt_paper_verbatim(KtPaper *paper, KtInk ink, const char *text)
{
	g_autofree char *clean = kt_text_clean(text);

	switch_on(paper, ink);
	put(paper, clean, strlen(clean));
	switch_off(paper, ink);
}

void
kt_paper_paragraph(KtPaper *paper, unsigned column, const char *text)
{
	kt_paper_end_line(paper);
	kt_paper_tab(paper, column);
	paper->indent = column;
	kt_paper_flow(paper, KT_INK_UNSET, "%s", text);
	kt_paper_end_line(paper);
}
