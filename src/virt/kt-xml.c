/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlParserCtxt, xmlFreeParserCtxt)

static bool
check_counts(const char *text, size_t length, const char *what, GError **error)
{
	size_t n_tags = 0;
	size_t n_equals = 0;
	size_t n_here = 0; /* '=' since the last '<' */
	size_t n_max = 0;
	size_t n_namespaces = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '<') {
			n_tags++;
			n_here = 0;
		} else if (text[i] == '=') {
			n_equals++;
			n_here++;
			n_max = MAX(n_max, n_here);
		} else if (text[i] == 'x' && length - i >= 5 && memcmp(text + i, "xmlns", 5) == 0) {
			n_namespaces++;
		}
	}
	if (n_tags > KT_XML_MAX_TAGS || n_equals > KT_XML_MAX_EQUALS ||
	    n_max > KT_XML_MAX_ATTRIBUTES || n_namespaces > KT_XML_MAX_NAMESPACES)
		return kt_throw(error, KT_ERROR_LIMIT, "%s has too many elements", what);
	return true;
}

static bool
check_limits(const char *text, size_t length, const char *what, GError **error)
{
	if (length > KT_XML_MAX_BYTES)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"%s is larger than %zu MiB",
				what,
				KT_XML_MAX_BYTES / 1024 / 1024);
	return length <= KT_XML_SMALL_BYTES || check_counts(text, length, what, error);
}

static bool
throw_parser(const xmlParserCtxt *parser, const char *what, GError **error)
{
	const xmlError *reason = &parser->lastError;

	if (parser->_private)
		return kt_throw(error, KT_ERROR_PARSE, "%s has a DOCTYPE", what);

	g_autofree char *message = g_strdup(reason->message ? reason->message : "not well formed");

	message[strcspn(message, "\n")] = '\0';
	return kt_throw(error, KT_ERROR_PARSE, "%s, line %d: %s", what, reason->line, message);
}

/* Comes before the DOCTYPE's own declarations are read, so nothing of it is ever evaluated. */
static void
refuse_doctype(void *data, G_GNUC_UNUSED const xmlChar *name,
	       G_GNUC_UNUSED const xmlChar *public_id, G_GNUC_UNUSED const xmlChar *system_id)
{
	xmlParserCtxt *parser = data;

	parser->_private = parser;
	xmlStopParser(parser);
}

xmlDoc *
kt_xml_parse(const char *text, size_t length, const char *what, GError **error)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
			    XML_PARSE_NOBLANKS | XML_PARSE_COMPACT | XML_PARSE_IGNORE_ENC;

	if (!check_limits(text, length, what, error))
		return NULL;

	g_autoptr(xmlParserCtxt) parser = xmlNewParserCtxt();
	parser->sax->internalSubset = refuse_doctype;
	g_autoptr(xmlDoc) doc =
		xmlCtxtReadMemory(parser, text, (int)length, NULL, "UTF-8", options);
	if (!doc || parser->_private || !parser->wellFormed || !xmlDocGetRootElement(doc)) {
		throw_parser(parser, what, error);
		return NULL;
	}
	return g_steal_pointer(&doc);
}

static bool
is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

xmlNode *
kt_xml_child(const xmlNode *parent, const char *name)
{
	for (xmlNode *node = parent->children; node; node = node->next) {
		if (is_element(node, name))
			return node;
	}
	return NULL;
}

xmlNode *
kt_xml_next(const xmlNode *node)
{
	for (xmlNode *next = node->next; next; next = next->next) {
		if (is_element(next, (const char *)node->name))
			return next;
	}
	return NULL;
}

const char *
kt_xml_attribute(const xmlNode *node, const char *name)
{
	for (const xmlAttr *attr = node->properties; attr; attr = attr->next) {
		if (strcmp((const char *)attr->name, name) == 0 && !attr->ns)
			return attr->children ? (const char *)attr->children->content : "";
	}
	return NULL;
}

const char *
kt_xml_text(const xmlNode *node)
{
	for (const xmlNode *child = node->children; child; child = child->next) {
		if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
			return (const char *)child->content;
	}
	return NULL;
}
