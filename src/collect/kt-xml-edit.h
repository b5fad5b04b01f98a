/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Editing XML texts node by node, for redaction, with the parser of kt-xml.h. A text in which
 * nothing was changed keeps its bytes, another one gets two blanks for each level. */

#include <libxml/tree.h>
#include <stdbool.h>

typedef enum KtXmlEdit {
	KT_XML_UNSET = 0,
	KT_XML_KEEP,
	KT_XML_CHANGED,
	KT_XML_REMOVE, /* the node with all below it */
	KT_XML_N,
} KtXmlEdit;

/* Called for every element, text and comment, parents first. May change the node itself and its
 * attributes, not its neighbours. */
typedef KtXmlEdit KtXmlVisit(xmlNode *node, void *data);

/* The text after @visit saw all of it; NULL when it cannot be parsed (kt_xml_parse()). Free with
 * g_free. */
char *kt_xml_edit(const char *text, KtXmlVisit *visit, void *data);

/* True when the element has the @name (without prefix). */
bool kt_xml_is(const xmlNode *node, const char *name);

/* True when the direct parent of @node is such an element. */
bool kt_xml_is_in(const xmlNode *node, const char *parent);

/* Never NULL; borrowed. */
const char *kt_xml_value(const xmlAttr *attribute);

/* Puts @value in; returns KT_XML_KEEP when it was that already. */
KtXmlEdit kt_xml_set(xmlAttr *attribute, const char *value);

/* The same for the content of a text or comment node. */
KtXmlEdit kt_xml_set_text(xmlNode *text, const char *value);
