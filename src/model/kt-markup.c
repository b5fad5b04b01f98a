/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-markup.h"

#include <string.h>

typedef struct Builder {
	GPtrArray *open; /* KtMarkup *, the innermost last; not owned */
	KtMarkup *root;
} Builder;

static KtMarkup *
markup_new(const char *name)
{
	KtMarkup *markup = g_new0(KtMarkup, 1);

	markup->name = g_strdup(name);
	markup->text = g_strdup("");
	markup->attributes = g_ptr_array_new_with_free_func(g_free);
	markup->children = g_ptr_array_new_with_free_func((GDestroyNotify)kt_markup_free);
	return markup;
}

void
kt_markup_free(KtMarkup *markup)
{
	if (!markup)
		return;

	g_free((char *)markup->name);
	g_free((char *)markup->text);
	g_ptr_array_unref(markup->attributes);
	g_ptr_array_unref(markup->children);
	g_free(markup);
}

/* The new element's place: below the innermost that is open, or the root when there is none. */
static bool
attach(Builder *builder, KtMarkup *markup)
{
	if (builder->open->len > 0) {
		KtMarkup *parent = builder->open->pdata[builder->open->len - 1];
		g_ptr_array_add(parent->children, markup);
	} else if (!builder->root) {
		builder->root = markup;
	} else {
		kt_markup_free(markup);
		return false;
	}
	g_ptr_array_add(builder->open, markup);
	return builder->open->len <= KT_MARKUP_MAX_DEPTH;
}

static void
start_element(GMarkupParseContext *context, const char *name, const char **names,
	      const char **values, void *data, GError **error)
{
	KtMarkup *markup = markup_new(name);

	for (size_t i = 0; names[i]; i++) {
		g_ptr_array_add(markup->attributes, g_strdup(names[i]));
		g_ptr_array_add(markup->attributes, g_strdup(values[i]));
	}
	if (!attach(data, markup))
		g_set_error_literal(error,
				    G_MARKUP_ERROR,
				    G_MARKUP_ERROR_INVALID_CONTENT,
				    "a second root, or nested too deeply");
}

static void
end_element(GMarkupParseContext *context, const char *name, void *data, GError **error)
{
	Builder *builder = data;

	g_ptr_array_set_size(builder->open, (int)builder->open->len - 1);
}

static void
add_text(GMarkupParseContext *context, const char *text, size_t length, void *data, GError **error)
{
	const Builder *builder = data;
	KtMarkup *markup = builder->open->len ? builder->open->pdata[builder->open->len - 1] : NULL;
	g_autofree char *piece = g_strndup(text, length);

	if (!markup)
		return;
	char *joined = g_strconcat(markup->text, piece, NULL);
	g_free((char *)markup->text);
	markup->text = g_strstrip(joined);
}

KtMarkup *
kt_markup_parse(const char *text)
{
	static const GMarkupParser parser = {
		.start_element = start_element,
		.end_element = end_element,
		.text = add_text,
	};
	g_autoptr(GPtrArray) open = g_ptr_array_new();
	Builder builder = {.open = open};
	g_autoptr(GMarkupParseContext) context =
		g_markup_parse_context_new(&parser, 0, &builder, /* destroy= */ NULL);

	if (g_markup_parse_context_parse(context, text, (gssize)strlen(text), NULL) &&
	    g_markup_parse_context_end_parse(context, NULL))
		return builder.root;
	kt_markup_free(builder.root);
	return NULL;
}

const char *
kt_markup_attribute(const KtMarkup *markup, const char *name)
{
	for (guint i = 0; i + 1 < markup->attributes->len; i += 2) {
		if (g_str_equal(markup->attributes->pdata[i], name))
			return markup->attributes->pdata[i + 1];
	}
	return NULL;
}

const KtMarkup *
kt_markup_child(const KtMarkup *markup, const char *name)
{
	for (guint i = 0; i < markup->children->len; i++) {
		const KtMarkup *child = markup->children->pdata[i];
		if (g_str_equal(child->name, name))
			return child;
	}
	return NULL;
}
