/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-snapshot-redact.h"

#include "kt-secret.h"
#include "kt-snapshot-virt.h"
#include "kt-xml-edit.h"
#include "kt-xml.h"

#include <string.h>

/* Where the kernel repeats what others said. */
static const char *const free_text_in_proc[] = {
	"cmdline",
	"bootconfig",
	"mounts",
	"mountinfo",
	"swaps",
	"cgroup",
	"numa_maps",
	"maps",
};

bool
kt_snapshot_is_free_text(const char *path)
{
	const char *name = strrchr(path, '/');

	if (g_str_has_prefix(path, "/proc/sys/"))
		return false;
	if (g_str_has_prefix(path, "/proc/")) {
		for (size_t i = 0; i < G_N_ELEMENTS(free_text_in_proc); i++)
			if (g_str_equal(name + 1, free_text_in_proc[i]))
				return true;
		return false;
	}
	return !g_str_has_prefix(path, "/sys/") || g_str_has_prefix(path, "/sys/fs/cgroup/");
}

/* <qemu:property name='password' value='...'/>, <entry name='api-token'>...</entry> */
static bool
is_secret_element(const xmlNode *element)
{
	const char *name = kt_xml_attribute(element, "name");

	if (kt_secret_is_name((const char *)element->name, strlen((const char *)element->name)))
		return true;
	return name && kt_secret_is_name(name, strlen(name));
}

/* Texts that are handed to the guest as they are. */
static bool
is_guest_data(const xmlNode *text)
{
	if (kt_xml_is_in(text, "dhCert") || kt_xml_is_in(text, "session"))
		return true;
	if (!kt_xml_is_in(text, "entry"))
		return false;
	const char *type = kt_xml_attribute(text->parent->parent, "type");
	return kt_xml_is_in(text->parent, "oemStrings") || g_strcmp0(type, "fwcfg") == 0;
}

static bool
is_secret_attribute(const xmlNode *element, const char *name, const char *value)
{
	if (kt_secret_is_name(name, strlen(name)))
		return true;
	if (kt_xml_is(element, "secret"))
		return g_str_equal(name, "uuid") || g_str_equal(name, "usage");
	if (kt_xml_is(element, "source"))
		return g_str_equal(name, "query");
	if (!g_str_equal(name, "value"))
		return false;
	return kt_xml_is(element, "env") || is_secret_element(element) ||
	       (kt_xml_is(element, "arg") && kt_secret_is_name(value, strlen(value)));
}

static KtXmlEdit
redact_attributes(const xmlNode *element)
{
	KtXmlEdit edit = KT_XML_KEEP;

	for (xmlAttr *attribute = element->properties; attribute; attribute = attribute->next) {
		const char *name = (const char *)attribute->name;
		const char *value = kt_xml_value(attribute);
		if (!*value)
			continue;
		g_autofree char *safe = is_secret_attribute(element, name, value)
						? g_strdup(KT_SECRET_MARK)
						: kt_secret_redact_settings(value);
		if (kt_xml_set(attribute, safe) == KT_XML_CHANGED)
			edit = KT_XML_CHANGED;
	}
	return edit;
}

static KtXmlEdit
redact_node(xmlNode *node, void *data)
{
	if (node->type == XML_ELEMENT_NODE)
		return redact_attributes(node);

	const char *text = (const char *)node->content;
	if (!text || !text[strspn(text, " \t\r\n")])
		return KT_XML_KEEP;
	if (node->type == XML_PI_NODE)
		return KT_XML_REMOVE;
	if (node->parent && node->parent->type == XML_ELEMENT_NODE &&
	    (is_secret_element(node->parent) || is_guest_data(node)))
		return kt_xml_set_text(node, KT_SECRET_MARK);

	g_autofree char *safe = kt_secret_redact_settings(text);
	return kt_xml_set_text(node, safe);
}

static bool
looks_like_xml(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '<';
}

static char *
redact_text(const char *text)
{
	if (!looks_like_xml(text))
		return kt_secret_redact_settings(text);

	char *safe = kt_xml_edit(text, redact_node, NULL);
	return safe ? safe : g_strdup(KT_REDACTED_XML);
}

static char *
redact_string(const char *key, const char *text, void *data)
{
	if (key && *text && kt_secret_is_name(key, strlen(key)))
		return g_strdup(KT_SECRET_MARK);
	return redact_text(text);
}

/* "/sys/module/x/parameters/token", "/proc/sys/net/ipv4/tcp_fastopen_key" */
static bool
is_secret_file(const char *path)
{
	const char *name = strrchr(path, '/');

	return !kt_snapshot_is_free_text(path) && kt_secret_is_name(name, strlen(name));
}

static GBytes *
redact_file(const char *path, GBytes *bytes)
{
	size_t length = 0;
	const char *text = g_bytes_get_data(bytes, &length);
	bool is_text = length > 0 && !memchr(text, 0, length);

	if (length == 0)
		return g_bytes_ref(bytes);
	if (is_secret_file(path))
		return g_bytes_new_static(KT_SECRET_MARK, strlen(KT_SECRET_MARK));
	if (!kt_snapshot_is_free_text(path))
		return g_bytes_ref(bytes);
	if (!is_text) {
		char *safe = kt_secret_redact_arguments(text, length, &length);
		return g_bytes_new_take(safe, length);
	}

	g_autofree char *copy = g_strndup(text, length);
	char *safe = redact_text(copy);
	return g_bytes_new_take(safe, strlen(safe));
}

void
kt_snapshot_redact(KtSnapshot *snapshot)
{
	GHashTableIter iter;
	void *path = NULL, *value = NULL;

	kt_snapshot_virt_map(snapshot->virt, redact_string, NULL);
	kt_snapshot_virt_map(snapshot->images, redact_string, NULL);
	g_hash_table_iter_init(&iter, snapshot->entries);
	while (g_hash_table_iter_next(&iter, &path, &value)) {
		KtSnapshotEntry *entry = value;
		if (entry->read != KT_STATE_VALUE)
			continue;
		GBytes *safe = redact_file(path, entry->text);
		g_bytes_unref(entry->text);
		entry->text = safe;
	}
}
