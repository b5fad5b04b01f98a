/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Documents that are generated from rows, so that they cannot differ from the program. */

#include <glib.h>

/* Title of a generated Markdown file and the note that it is one; @what is the argument of
 * "kvmtune dump" that writes it. */
void kt_docs_head(GString *out, const char *title, const char *what);

/* @text with a line per sentence, as Markdown is kept here. Free with g_free. */
char *kt_docs_sentences(const char *text);

/* docs/practices.md: a chapter per practice. */
void kt_docs_practices(GString *out);

/* kvmtune-practices(7) as reStructuredText. */
void kt_docs_practices_man(GString *out);

/* docs/facts.md: every fact with its unit and source. */
void kt_docs_facts(GString *out);

/* docs/settings.md: what `get` shows and `set` changes. */
void kt_docs_settings(GString *out);

/* docs/guides.md: what tuning guides claim, and whether it is so. */
void kt_docs_guides(GString *out);

/* docs/errors.md: error codes and exit statuses. */
void kt_docs_errors(GString *out);
