/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-xml-edit.h"

#include "kt-xml.h"

#include <string.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlBuffer, xmlBufferFree)

static bool
edit_nodes(xmlNode *first, KtXmlVisit *visit, void *data)
{
	bool is_changed = false;

	for (xmlNode *node = first, *next = NULL; node; node = next) {
		next = node->next;
		KtXmlEdit edit = visit(node, data);
		is_changed |= edit != KT_XML_KEEP;
		if (edit == KT_XML_REMOVE) {
			xmlUnlinkNode(node);
			xmlFreeNode(node);
		} else if (node->type == XML_ELEMENT_NODE) {
			/* The parser does not let anything in that is deeper than 256. */
			is_changed |= edit_nodes(node->children, visit, data);
		}
	}
	return is_changed;
}

char *
kt_xml_edit(const char *text, KtXmlVisit *visit, void *data)
{
	g_autoptr(xmlDoc) doc = kt_xml_parse(text, strlen(text), "XML", NULL);

	if (!doc)
		return NULL;
	if (!edit_nodes(doc->children, visit, data))
		return g_strdup(text);

	g_autoptr(xmlBuffer) buffer = xmlBufferCreate();
	for (xmlNode *node = doc->children; node; node = node->next) {
		if (xmlNodeDump(buffer, doc, node, 0, /* format= */ 1) < 0)
			return NULL;
		xmlBufferCat(buffer, BAD_CAST "\n");
	}
	return g_strdup((const char *)xmlBufferContent(buffer));
}

bool
kt_xml_is(const xmlNode *node, const char *name)
{
	return node && node->type == XML_ELEMENT_NODE &&
	       g_str_equal((const char *)node->name, name);
}

bool
kt_xml_is_in(const xmlNode *node, const char *parent)
{
	return kt_xml_is(node->parent, parent);
}

const char *
kt_xml_value(const xmlAttr *attribute)
{
	const xmlNode *text = attribute->children;

	return text && text->content ? (const char *)text->content : "";
}

KtXmlEdit
kt_xml_set(xmlAttr *attribute, const char *value)
{
	if (g_str_equal(kt_xml_value(attribute), value))
		return KT_XML_KEEP;
	xmlSetNsProp(attribute->parent, attribute->ns, attribute->name, BAD_CAST value);
	return KT_XML_CHANGED;
}

KtXmlEdit
kt_xml_set_text(xmlNode *text, const char *value)
{
	if (g_strcmp0((const char *)text->content, value) == 0)
		return KT_XML_KEEP;
	xmlNodeSetContent(text, BAD_CAST value);
	return KT_XML_CHANGED;
}
