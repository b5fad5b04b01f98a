/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-dom-memory.h"

#include "kt-memory-wish.h"

char *
kt_dom_memory_place(bool is_virtio, const char *of)
{
	return g_strdup_printf(is_virtio ? "/domain/devices/memory[alias/@name='ua-%s']"
					 : "/domain/devices/memory[address/@slot='%s']",
			       of);
}

static char *
text_below(const xmlDoc *doc, const char *place, const char *rest)
{
	g_autofree char *locator = g_strconcat(place, rest, NULL);
	char *value = NULL;

	return kt_dom_get(doc, locator, &value, NULL) ? value : NULL;
}

char *
kt_dom_memory(const xmlDoc *doc, bool is_virtio, const char *of)
{
	g_autofree char *place = kt_dom_memory_place(is_virtio, of);
	g_autofree char *size = text_below(doc, place, "/target/size/text()");
	g_autofree char *node = text_below(doc, place, "/target/node/text()");
	g_autofree char *requested = text_below(doc, place, "/target/requested/text()");
	g_autoptr(GString) text = g_string_new(NULL);

	if (!size)
		return NULL;
	if (is_virtio)
		g_string_append_printf(text, "%s/", requested ? requested : "0");
	g_string_append(text, size);
	if (node)
		g_string_append_printf(text, "@%s", node);
	return g_strdup(text->str);
}
