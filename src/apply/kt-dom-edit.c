/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-dom-edit.h"

#include "kt-dom-canon.h"

#include <string.h>

#define MAX_STEPS 16

typedef struct Step {
	char *name;
	char *child;     /* element that carries the attribute of the predicate, or NULL */
	char *attribute; /* NULL = the text of the child counts; without a child: no predicate */
	char *value;
} Step;

typedef enum Kind { KIND_ELEMENT = 1, KIND_ATTRIBUTE, KIND_TEXT } Kind;

typedef struct Locator {
	Step steps[MAX_STEPS];
	size_t n_steps;
	Kind kind;
	char *attribute;
} Locator;

static void
locator_clear(Locator *locator)
{
	for (size_t i = 0; i < locator->n_steps; i++) {
		g_free(locator->steps[i].name);
		g_free(locator->steps[i].child);
		g_free(locator->steps[i].attribute);
		g_free(locator->steps[i].value);
	}
	g_free(locator->attribute);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Locator, locator_clear)

static char *
take_name(const char **cursor)
{
	const char *begin = *cursor;

	while (g_ascii_isalnum(**cursor) || **cursor == '_' || **cursor == '-')
		(*cursor)++;
	return *cursor > begin ? g_strndup(begin, (size_t)(*cursor - begin)) : NULL;
}

static bool
take(const char **cursor, const char *text)
{
	if (!g_str_has_prefix(*cursor, text))
		return false;
	*cursor += strlen(text);
	return true;
}

/* "[@vcpu='0']", "[target/@dev='vda']" or "[path='/dev/vda']" */
static bool
parse_predicate(const char **cursor, Step *step)
{
	bool is_of_attribute = true;

	if (!take(cursor, "["))
		return true;
	if (**cursor != '@') {
		step->child = take_name(cursor);
		if (!step->child)
			return false;
		is_of_attribute = take(cursor, "/");
	}
	if (is_of_attribute) {
		step->attribute = take(cursor, "@") ? take_name(cursor) : NULL;
		if (!step->attribute)
			return false;
	}
	if (!take(cursor, "='"))
		return false;

	const char *end = strchr(*cursor, '\'');
	if (!end)
		return false;
	step->value = g_strndup(*cursor, (size_t)(end - *cursor));
	*cursor = end + 1;
	return take(cursor, "]");
}

static bool
parse_steps(const char *text, Locator *locator)
{
	const char *cursor = text;

	locator->kind = KIND_ELEMENT;
	while (take(&cursor, "/")) {
		if (take(&cursor, "@")) {
			locator->kind = KIND_ATTRIBUTE;
			locator->attribute = take_name(&cursor);
			return locator->attribute && !*cursor;
		}
		if (g_str_equal(cursor, "text()")) {
			locator->kind = KIND_TEXT;
			return locator->n_steps > 0;
		}
		if (locator->n_steps == MAX_STEPS)
			return false;
		Step *step = &locator->steps[locator->n_steps++];
		step->name = take_name(&cursor);
		if (!step->name || !parse_predicate(&cursor, step))
			return false;
	}
	return !*cursor && locator->n_steps > 1;
}

static bool
locator_parse(const char *text, Locator *locator, GError **error)
{
	if (parse_steps(text, locator) && locator->n_steps > 0)
		return true;
	return kt_throw(error, KT_ERROR_PARSE, "'%s' is no place in a domain XML", text);
}

char *
kt_dom_print(const xmlDoc *doc)
{
	xmlChar *text = NULL;
	int length = 0;

	xmlDocDumpMemory((xmlDoc *)doc, &text, &length);
	char *copy = g_strndup((const char *)text, (size_t)length);
	xmlFree(text);
	return copy;
}

static xmlNode *
child_element(const xmlNode *node, const char *name)
{
	for (xmlNode *child = node->children; child; child = child->next) {
		if (child->type == XML_ELEMENT_NODE && g_str_equal((const char *)child->name, name))
			return child;
	}
	return NULL;
}

static bool
attribute_is(const xmlNode *node, const char *name, const char *wanted)
{
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
	bool is_equal = value && g_str_equal((const char *)value, wanted);

	xmlFree(value);
	return is_equal;
}

static bool
text_is(const xmlNode *node, const char *wanted)
{
	xmlChar *value = xmlNodeGetContent(node);
	bool is_equal = value && g_str_equal((const char *)value, wanted);

	xmlFree(value);
	return is_equal;
}

static bool
step_matches(const xmlNode *node, const Step *step)
{
	if (node->type != XML_ELEMENT_NODE || !g_str_equal((const char *)node->name, step->name))
		return false;
	if (!step->value)
		return true;

	const xmlNode *carrier = step->child ? child_element(node, step->child) : node;
	if (!step->attribute)
		return carrier && text_is(carrier, step->value);
	return carrier && attribute_is(carrier, step->attribute, step->value);
}

static xmlNode *
find_child(const xmlNode *parent, const Step *step)
{
	for (xmlNode *child = parent->children; child; child = child->next) {
		if (step_matches(child, step))
			return child;
	}
	return NULL;
}

/* The element that the first @n_steps lead to, or NULL. */
static xmlNode *
find_element(const xmlDoc *doc, const Locator *locator, size_t n_steps)
{
	xmlNode *node = xmlDocGetRootElement((xmlDoc *)doc);

	if (!step_matches(node, &locator->steps[0]))
		return NULL;
	for (size_t i = 1; node && i < n_steps; i++)
		node = find_child(node, &locator->steps[i]);
	return node;
}

static char *
take_xml_text(xmlChar *text)
{
	char *copy = g_strdup((const char *)text);

	xmlFree(text);
	return copy;
}

bool
kt_dom_get(const xmlDoc *doc, const char *text, char **ret_value, GError **error)
{
	g_auto(Locator) locator = {0};

	if (!locator_parse(text, &locator, error))
		return false;

	const xmlNode *node = find_element(doc, &locator, locator.n_steps);
	*ret_value = NULL;
	if (!node)
		return true;
	if (locator.kind == KIND_ATTRIBUTE)
		*ret_value =
			take_xml_text(xmlGetNoNsProp(node, (const xmlChar *)locator.attribute));
	else if (locator.kind == KIND_TEXT)
		*ret_value = take_xml_text(xmlNodeGetContent(node));
	else
		*ret_value = kt_dom_canonical(node);
	return true;
}

static xmlNode *
create_child(xmlNode *parent, const Step *step, const char *text, GError **error)
{
	if (step->child && step->attribute) {
		kt_throw(error,
			 KT_ERROR_NOT_FOUND,
			 "'%s' does not exist and cannot be made up",
			 text);
		return NULL;
	}

	xmlNode *node = xmlNewChild(parent, NULL, (const xmlChar *)step->name, NULL);
	if (step->child)
		xmlNewTextChild(
			node, NULL, (const xmlChar *)step->child, (const xmlChar *)step->value);
	else if (step->attribute)
		xmlSetProp(node, (const xmlChar *)step->attribute, (const xmlChar *)step->value);
	return node;
}

/* Like find_element(), making what is missing. */
static xmlNode *
make_element(xmlDoc *doc, const Locator *locator, size_t n_steps, const char *text, GError **error)
{
	xmlNode *node = find_element(doc, locator, 1);

	if (!node) {
		kt_throw(error, KT_ERROR_NOT_FOUND, "'%s': this is another document", text);
		return NULL;
	}
	for (size_t i = 1; node && i < n_steps; i++) {
		xmlNode *child = find_child(node, &locator->steps[i]);
		node = child ? child : create_child(node, &locator->steps[i], text, error);
	}
	return node;
}

static void
remove_place(xmlDoc *doc, const Locator *locator)
{
	xmlNode *node = find_element(doc, locator, locator->n_steps);

	if (!node)
		return;
	if (locator->kind == KIND_ATTRIBUTE) {
		(void)xmlUnsetProp(node, (const xmlChar *)locator->attribute);
		return;
	}
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

static xmlNode *
parse_fragment(const char *text, GError **error)
{
	g_autoptr(xmlDoc) doc = kt_xml_parse(text, strlen(text), "domain XML", error);

	return doc ? xmlCopyNode(xmlDocGetRootElement(doc), /* extended= */ 1) : NULL;
}

/* Puts @node (taken) where the locator points, in place of what is there. */
static bool
put_element(xmlDoc *doc, const Locator *locator, xmlNode *node, const char *text, GError **error)
{
	xmlNode *old = find_element(doc, locator, locator->n_steps);
	xmlNode *parent =
		old ? NULL : make_element(doc, locator, locator->n_steps - 1, text, error);

	if (old) {
		xmlReplaceNode(old, node);
		xmlFreeNode(old);
		return true;
	}
	if (!parent) {
		xmlFreeNode(node);
		return false;
	}
	xmlAddChild(parent, node);
	return true;
}

bool
kt_dom_set(xmlDoc *doc, const char *text, const char *value, GError **error)
{
	g_auto(Locator) locator = {0};

	if (!locator_parse(text, &locator, error))
		return false;
	if (!value) {
		remove_place(doc, &locator);
		return true;
	}
	if (locator.kind == KIND_ELEMENT) {
		xmlNode *node = parse_fragment(value, error);
		return node && put_element(doc, &locator, node, text, error);
	}

	xmlNode *node = make_element(doc, &locator, locator.n_steps, text, error);
	if (!node)
		return false;
	if (locator.kind == KIND_ATTRIBUTE) {
		xmlSetProp(node, (const xmlChar *)locator.attribute, (const xmlChar *)value);
		return true;
	}
	xmlChar *escaped = xmlEncodeSpecialChars(doc, (const xmlChar *)value);
	xmlNodeSetContent(node, escaped);
	xmlFree(escaped);
	return true;
}

bool
kt_dom_copy(xmlDoc *doc, const xmlDoc *source, const char *text, GError **error)
{
	g_auto(Locator) locator = {0};

	if (!locator_parse(text, &locator, error))
		return false;

	const xmlNode *node = find_element(source, &locator, locator.n_steps);
	if (locator.kind == KIND_ATTRIBUTE) {
		g_autofree char *value = NULL;
		if (!kt_dom_get(source, text, &value, error))
			return false;
		/* The element may have been made by us, too. */
		if (!node)
			locator.kind = KIND_ELEMENT;
		if (!value) {
			remove_place(doc, &locator);
			return true;
		}
		return kt_dom_set(doc, text, value, error);
	}
	if (!node) {
		remove_place(doc, &locator);
		return true;
	}
	return put_element(doc,
			   &locator,
			   xmlDocCopyNode((xmlNode *)node, doc, /* extended= */ 1),
			   text,
			   error);
}

static bool contains(const xmlNode *node, const xmlNode *wanted);

static bool
has_child_like(const xmlNode *node, const xmlNode *wanted)
{
	for (const xmlNode *child = node->children; child; child = child->next) {
		if (child->type == XML_ELEMENT_NODE && contains(child, wanted))
			return true;
	}
	return false;
}

static bool
has_attributes_of(const xmlNode *node, const xmlNode *wanted)
{
	for (const xmlAttr *attr = wanted->properties; attr; attr = attr->next) {
		xmlChar *value = xmlGetNoNsProp(wanted, attr->name);
		bool is_equal = attribute_is(node, (const char *)attr->name, (const char *)value);
		xmlFree(value);
		if (!is_equal)
			return false;
	}
	return true;
}

static bool
has_text_of(const xmlNode *node, const xmlNode *wanted)
{
	if (xmlFirstElementChild((xmlNode *)wanted))
		return true;

	xmlChar *a = xmlNodeGetContent(node);
	xmlChar *b = xmlNodeGetContent(wanted);
	bool is_equal = xmlStrlen(b) == 0 || xmlStrEqual(a, b);
	xmlFree(a);
	xmlFree(b);
	return is_equal;
}

static bool
contains(const xmlNode *node, const xmlNode *wanted)
{
	if (!xmlStrEqual(node->name, wanted->name) || !has_attributes_of(node, wanted) ||
	    !has_text_of(node, wanted))
		return false;
	for (const xmlNode *child = wanted->children; child; child = child->next) {
		if (child->type == XML_ELEMENT_NODE && !has_child_like(node, child))
			return false;
	}
	return true;
}

bool
kt_dom_contains(const xmlDoc *doc, const char *text, const char *wanted)
{
	g_auto(Locator) locator = {0};
	g_autoptr(xmlDoc) fragment = kt_xml_parse(wanted, strlen(wanted), "domain XML", NULL);

	if (!fragment || !locator_parse(text, &locator, NULL))
		return false;
	if (locator.kind != KIND_ELEMENT)
		return false;
	const xmlNode *node = find_element(doc, &locator, locator.n_steps);
	return node && contains(node, xmlDocGetRootElement(fragment));
}

char *
kt_dom_digest(const xmlDoc *doc)
{
	g_autofree char *text = kt_dom_canonical(xmlDocGetRootElement((xmlDoc *)doc));

	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}
