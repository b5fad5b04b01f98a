/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* A small piece of XML as a tree, for values that are whole elements. Elements, attributes and
 * text only; for the XML of a guest there is libxml2, in the layers that may use it. */

#include "kt-arena.h"

#include <stdbool.h>

/* Elements within elements; a device of a guest has three levels. */
#define KT_MARKUP_MAX_DEPTH 32

typedef struct KtMarkup KtMarkup;
struct KtMarkup {
	const char *name;
	const char *text; /* of the element itself, white space around it removed; "" for none */
	GPtrArray *attributes; /* const char *: name, value, name, value... */
	GPtrArray *children;   /* KtMarkup * */
};

/* The root element of @text, or NULL when it is no well-formed element. Free with
 * kt_markup_free. */
KtMarkup *kt_markup_parse(const char *text);
void kt_markup_free(KtMarkup *markup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtMarkup, kt_markup_free)

/* Its value, borrowed; NULL when there is no such attribute. */
const char *kt_markup_attribute(const KtMarkup *markup, const char *name);

/* The first child of that name, or NULL. */
const KtMarkup *kt_markup_child(const KtMarkup *markup, const char *name);
