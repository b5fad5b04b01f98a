/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Paper: text for people, wrapped to a width and coloured when asked to.
 *
 * Everything that is put on paper is cleaned first: bytes that are no UTF-8, control characters
 * and characters that turn the direction of text become U+FFFD, so the name of a guest can neither
 * move the cursor of a terminal nor disguise itself. Widths are columns of a terminal: a CJK
 * character takes two, a combining one none.
 *
 * A word that is wider than the paper stands on a line of its own and runs over: paths and
 * commands must stay fit for copying.
 */

#include <glib.h>
#include <stdbool.h>

/* Standard width of a terminal and of mail (ECMA-48 knows no default; VT100 has 80). */
#define KT_PAPER_WIDTH 80
/* Below this, wrapping does more harm than running over. */
#define KT_PAPER_MIN_WIDTH 40

typedef struct KtStyle {
	unsigned width; /* columns; 0 = KT_PAPER_WIDTH */
	bool is_colour;
	bool is_verbose;
} KtStyle;

typedef enum KtInk {
	KT_INK_UNSET = 0, /* as the terminal has it */
	KT_INK_HEADING,
	KT_INK_FAINT,
	KT_INK_CRITICAL,
	KT_INK_HIGH,
	KT_INK_MEDIUM,
	KT_INK_LOW,
	KT_INK_INFO,
	KT_INK_GOOD,
	KT_INK_ADDED,
	KT_INK_REMOVED,
	KT_INK_N,
} KtInk;

typedef struct KtPaper {
	GString *out; /* borrowed */
	KtStyle style;
	unsigned column; /* where the next character goes, from 0 */
	unsigned indent; /* of the lines that wrapping begins */
	bool is_after_blank;
} KtPaper;

/* @style may be NULL. */
KtPaper kt_paper_init(GString *out, const KtStyle *style);

/* Text that flows on from where the paper is, wrapped at blanks; wrapped lines begin at
 * @paper->indent. Newlines in the text are blanks. No blank is put in front. */
void kt_paper_flow(KtPaper *paper, KtInk ink, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A text that is never wrapped: lines of files, commands. No newline in it or after it. */
void kt_paper_verbatim(KtPaper *paper, KtInk ink, const char *text);

/* Blanks up to @column; one at least, unless the line is empty. */
void kt_paper_tab(KtPaper *paper, unsigned column);

/* Ends the line, when something stands on it. */
void kt_paper_end_line(KtPaper *paper);

/* Ends the line and leaves one empty, but not two, and none at the top. */
void kt_paper_gap(KtPaper *paper);

/* A whole paragraph: tab to @column, flow with that indent, end of line. */
void kt_paper_paragraph(KtPaper *paper, unsigned column, const char *text);

/* The control sequence that switches @ink on; NULL for KT_INK_UNSET. */
const char *kt_ink_sequence(KtInk ink);

/* Columns that @text takes on a terminal. */
unsigned kt_text_columns(const char *text);

/* @text as it may be shown (see above). Free with g_free. */
char *kt_text_clean(const char *text);
