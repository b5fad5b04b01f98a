/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-dom-canon.h"

#include <string.h>

typedef struct Child {
	const char *name;
	char *text;
	guint position;
} Child;

static void
child_free(void *data)
{
	Child *child = data;

	g_free(child->text);
	g_free(child);
}

static int
compare_children(const void *a, const void *b)
{
	const Child *left = *(const Child *const *)a;
	const Child *right = *(const Child *const *)b;
	int by_name = strcmp(left->name, right->name);

	if (by_name)
		return by_name;
	if (g_str_equal(left->name, "controller"))
		return strcmp(left->text, right->text);
	return left->position < right->position ? -1 : left->position > right->position;
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
append_attributes(GString *out, const xmlNode *node)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
		xmlChar *value = xmlGetNoNsProp(node, attr->name);
		char *escaped = g_markup_escape_text(value ? (const char *)value : "", -1);
		g_ptr_array_add(texts,
				g_strdup_printf(" %s='%s'", (const char *)attr->name, escaped));
		g_free(escaped);
		xmlFree(value);
	}
	g_ptr_array_sort(texts, compare_texts);
	for (guint i = 0; i < texts->len; i++)
		g_string_append(out, texts->pdata[i]);
}

static void
append_text(GString *out, const xmlNode *node)
{
	xmlChar *content = xmlNodeGetContent(node);
	g_autofree char *trimmed = g_strstrip(g_strdup((const char *)content));
	g_autofree char *escaped = g_markup_escape_text(trimmed, -1);

	g_string_append(out, escaped);
	xmlFree(content);
}

static void
append_children(GString *out, const xmlNode *node)
{
	g_autoptr(GPtrArray) children = g_ptr_array_new_with_free_func(child_free);

	for (const xmlNode *item = node->children; item; item = item->next) {
		if (item->type == XML_TEXT_NODE)
			append_text(out, item);
		if (item->type != XML_ELEMENT_NODE)
			continue;
		Child *child = g_new0(Child, 1);
		child->name = (const char *)item->name;
		child->text = kt_dom_canonical(item);
		child->position = children->len;
		g_ptr_array_add(children, child);
	}
	g_ptr_array_sort(children, compare_children);
	for (guint i = 0; i < children->len; i++)
		g_string_append(out, ((const Child *)children->pdata[i])->text);
}

/* Depth is bounded by the parser's limit (256 without XML_PARSE_HUGE). */
char *
kt_dom_canonical(const xmlNode *node)
{
	g_autoptr(GString) body = g_string_new(NULL);
	GString *out = g_string_new("<");

	g_string_append(out, (const char *)node->name);
	append_attributes(out, node);
	append_children(body, node);
	if (body->len)
		g_string_append_printf(out, ">%s</%s>", body->str, (const char *)node->name);
	else
		g_string_append(out, "/>");
	return g_string_free(out, FALSE);
}
