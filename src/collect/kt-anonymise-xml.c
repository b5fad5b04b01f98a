/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-snapshot-anonymise.h"
#include "kt-xml-edit.h"
#include "kt-xml.h"

#include <string.h>

#define KVMTUNE_NAMESPACE "kvmtune"

typedef struct Visit {
	KtPseudonyms *names;
	bool is_noting;
} Visit;

/* Places in domain XML (libvirt, docs/formatdomain.rst) and hwloc XML where a name stands. A row
 * without attribute is the text of the element. */
typedef struct Place {
	const char *element;
	const char *attribute;
	const char *parent; /* NULL: any */
	KtNameKind kind;
	bool is_path;
} Place;

/* clang-format off: rows are data and read best one to a line */
static const Place places[] = {
	{.element = "name", .parent = "domain", .kind = KT_NAME_GUEST},
	{.element = "serial", .parent = "disk", .kind = KT_NAME_SERIAL},
	{.element = "wwn", .parent = "disk", .kind = KT_NAME_SERIAL},
	{.element = "nvram", .is_path = true},
	{.element = "kernel", .parent = "os", .is_path = true},
	{.element = "initrd", .parent = "os", .is_path = true},
	{.element = "dtb", .parent = "os", .is_path = true},
	{.element = "partition", .parent = "resource", .is_path = true},
	{.element = "source", .attribute = "file", .is_path = true},
	{.element = "source", .attribute = "dev", .is_path = true},
	{.element = "source", .attribute = "dir", .is_path = true},
	{.element = "source", .attribute = "volume", .is_path = true},
	{.element = "source", .attribute = "name", .is_path = true},
	{.element = "source", .attribute = "pool", .kind = KT_NAME_POOL},
	{.element = "source", .attribute = "network", .kind = KT_NAME_NETWORK},
	{.element = "source", .attribute = "portgroup", .kind = KT_NAME_NETWORK},
	{.element = "source", .attribute = "wwpn", .kind = KT_NAME_SERIAL},
	{.element = "source", .attribute = "wwnn", .kind = KT_NAME_SERIAL},
	{.element = "listen", .attribute = "network", .kind = KT_NAME_NETWORK},
	{.element = "host", .attribute = "name", .kind = KT_NAME_HOST},
	{.element = "auth", .attribute = "username", .kind = KT_NAME_USER},
	{.element = "shmem", .attribute = "name", .kind = KT_NAME_POOL},
};
/* clang-format on */

static const Place *
find_place(const xmlNode *element, const char *attribute)
{
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		const Place *place = &places[i];
		if (g_strcmp0(place->attribute, attribute) != 0 ||
		    !kt_xml_is(element, place->element) ||
		    (place->parent && !kt_xml_is_in(element, place->parent)))
			continue;
		/* Of a network interface it is a device of the kernel. */
		return place->is_path && kt_xml_is_in(element, "interface") ? NULL : place;
	}
	return NULL;
}

/* <entry name='serial'> of <sysinfo>, <info name="DMIProductSerial" value=...> of hwloc */
static KtNameKind
kind_by_name(const xmlNode *element)
{
	static const char *const words[] = {
		"serial", "uuid", "asset", "guid", "wwn", "wwid", "address"};
	const char *name = kt_xml_attribute(element, "name");
	g_autofree char *lower = name ? g_ascii_strdown(name, -1) : NULL;

	if (!lower)
		return KT_NAME_UNSET;
	if (g_str_equal(lower, "hostname"))
		return KT_NAME_HOST;
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (strstr(lower, words[i]))
			return KT_NAME_SERIAL;
	return KT_NAME_UNSET;
}

/* What every host has. */
static bool
is_common(KtNameKind kind, const char *text)
{
	if (kind == KT_NAME_NETWORK || kind == KT_NAME_POOL)
		return g_str_equal(text, "default");
	return kind == KT_NAME_HOST && g_str_has_prefix(text, "localhost");
}

/* The new text of a place; NULL while noting. */
static char *
visit_text(Visit *visit, KtNameKind kind, bool is_path, const char *text)
{
	KtPseudonyms *names = visit->names;
	size_t length = strlen(text);

	if (visit->is_noting) {
		bool has_form = kt_pseudonyms_scan(names, KT_TEXT_FREE, text, length);
		if (is_path)
			kt_pseudonyms_note_path(names, text);
		else if (kind != KT_NAME_UNSET && !is_common(kind, text) &&
			 (!has_form || kind == KT_NAME_GUEST))
			kt_pseudonyms_note(names, kind, text);
		return NULL;
	}
	if (is_path)
		return kt_pseudonym_of_path(names, text);
	if (kind != KT_NAME_UNSET && kt_pseudonym_of(names, kind, text) != text)
		return g_strdup(kt_pseudonym_of(names, kind, text));
	return kt_pseudonyms_translate(names, KT_TEXT_FREE, text, length, NULL);
}

/* "http://openeuler.org/openeuler/22.03" says what runs in the guest, not whose it is. */
static bool
is_public(const xmlNode *element, const char *attribute)
{
	return kt_xml_is(element, "os") && g_str_equal(attribute, "id");
}

static KtXmlEdit
visit_attributes(Visit *visit, xmlNode *element)
{
	bool is_info = kt_xml_is(element, "info");
	KtXmlEdit edit = KT_XML_KEEP;

	for (xmlAttr *attribute = element->properties; attribute; attribute = attribute->next) {
		const char *name = (const char *)attribute->name;
		const Place *place = find_place(element, name);
		KtNameKind kind = place ? place->kind : KT_NAME_UNSET;
		if (is_public(element, name))
			continue;
		/* <kvmtune:waive reason=...>: why somebody wanted it is between them. */
		if (!visit->is_noting && kt_xml_is(element, "waive") &&
		    g_str_equal(name, "reason")) {
			kt_xml_set(attribute, "withheld");
			edit = KT_XML_CHANGED;
			continue;
		}
		if (is_info && g_str_equal(name, "value"))
			kind = kind_by_name(element);
		g_autofree char *new =
			visit_text(visit, kind, place && place->is_path, kt_xml_value(attribute));
		if (new &&kt_xml_set(attribute, new) == KT_XML_CHANGED)
			edit = KT_XML_CHANGED;
	}
	return edit;
}

/* Text by people, and what other programs wrote for themselves. */
static bool
is_private(const xmlNode *node)
{
	if (node->type == XML_COMMENT_NODE)
		return true;
	if (kt_xml_is_in(node, "domain") &&
	    (kt_xml_is(node, "title") || kt_xml_is(node, "description")))
		return true;
	if (!kt_xml_is_in(node, "metadata") || node->type != XML_ELEMENT_NODE)
		return false;

	const char *href = node->ns ? (const char *)node->ns->href : "";
	return !strstr(href, "libosinfo.org") && !strstr(href, KVMTUNE_NAMESPACE);
}

static KtXmlEdit
visit_node(xmlNode *node, void *data)
{
	Visit *visit = data;

	if (is_private(node))
		return visit->is_noting ? KT_XML_KEEP : KT_XML_REMOVE;
	if (node->type == XML_ELEMENT_NODE)
		return visit_attributes(visit, node);

	const char *text = (const char *)node->content;
	if (!text || !text[strspn(text, " \t\r\n")] || !node->parent)
		return KT_XML_KEEP;
	const Place *place = find_place(node->parent, NULL);
	KtNameKind kind = place ? place->kind : KT_NAME_UNSET;
	if (kt_xml_is_in(node, "entry"))
		kind = kind_by_name(node->parent);
	g_autofree char *new = visit_text(visit, kind, place && place->is_path, text);
	return new ? kt_xml_set_text(node, new) : KT_XML_KEEP;
}

void
kt_anonymise_note_xml(KtPseudonyms *names, const char *xml)
{
	Visit visit = {.names = names, .is_noting = true};

	g_free(kt_xml_edit(xml, visit_node, &visit));
}

char *
kt_anonymise_xml(KtPseudonyms *names, const char *xml)
{
	Visit visit = {.names = names};

	return kt_xml_edit(xml, visit_node, &visit);
}
