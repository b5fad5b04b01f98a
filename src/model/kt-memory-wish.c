/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-memory-wish.h"

#include <string.h>

bool
kt_parse_kib(const char *text, uint64_t *ret_kib)
{
	static const char units[] = "kMGT";
	char *end = NULL;
	uint64_t number = g_ascii_strtoull(text, &end, 10);
	unsigned shift = 0;

	if (!g_ascii_isdigit(*text))
		return false;
	if (*end) {
		const char *unit = strchr(units, *end == 'K' ? 'k' : *end);
		if (!unit)
			return false;
		shift = 10 * (unsigned)(unit - units);
		end++;
	}
	if ((*end && !g_str_equal(end, "iB")) || number > UINT64_MAX >> shift)
		return false;
	*ret_kib = number << shift;
	return true;
}

static bool
throw_form(const char *text, bool is_virtio, GError **error)
{
	return kt_throw_hint(
		error,
		KT_ERROR_PARSE,
		is_virtio ? "for example 256M/1G@0: asked for, at most, node of the guest"
			  : "for example 1G@0: size, node of the guest",
		"'%s' is no memory device",
		text);
}

bool
kt_memory_wish_parse(const char *text, bool is_virtio, KtMemoryWish *ret_wish, GError **error)
{
	g_auto(GStrv) halves = g_strsplit(text, "@", 2);
	g_auto(GStrv) sizes = g_strsplit(halves[0] ? halves[0] : "", "/", 2);
	guint n_sizes = g_strv_length(sizes);
	KtMemoryWish wish = {.has_node = n_sizes && halves[1]};

	if (!n_sizes || (n_sizes == 2 && !is_virtio) ||
	    !kt_parse_kib(sizes[n_sizes - 1], &wish.size_kib) ||
	    !kt_parse_kib(sizes[0], &wish.requested_kib) || wish.size_kib == 0 ||
	    wish.requested_kib > wish.size_kib)
		return throw_form(text, is_virtio, error);
	if (wish.has_node &&
	    !g_ascii_string_to_unsigned(halves[1], 10, 0, UINT16_MAX, &wish.node, NULL))
		return throw_form(text, is_virtio, error);
	*ret_wish = wish;
	return true;
}

char *
kt_memory_wish_print(const KtMemoryWish *wish, bool is_virtio)
{
	GString *text = g_string_new(NULL);

	if (is_virtio)
		g_string_append_printf(text, "%" G_GUINT64_FORMAT "/", wish->requested_kib);
	g_string_append_printf(text, "%" G_GUINT64_FORMAT, wish->size_kib);
	if (wish->has_node)
		g_string_append_printf(text, "@%" G_GUINT64_FORMAT, wish->node);
	return g_string_free(text, FALSE);
}

char *
kt_memory_wish_xml(const KtMemoryWish *wish, bool is_virtio, const char *of)
{
	GString *xml = g_string_new(NULL);

	g_string_append_printf(xml,
			       "<memory model='%s'><target><size unit='KiB'>%" G_GUINT64_FORMAT
			       "</size>",
			       is_virtio ? "virtio-mem" : "dimm",
			       wish->size_kib);
	if (wish->has_node)
		g_string_append_printf(xml, "<node>%" G_GUINT64_FORMAT "</node>", wish->node);
	if (is_virtio)
		g_string_append_printf(xml,
				       "<block unit='KiB'>%d</block>"
				       "<requested unit='KiB'>%" G_GUINT64_FORMAT "</requested>"
				       "</target><alias name='ua-%s'/></memory>",
				       KT_VIRTIO_MEM_BLOCK_KIB,
				       wish->requested_kib,
				       of);
	else
		g_string_append_printf(
			xml, "</target><address type='dimm' slot='%s'/></memory>", of);
	return g_string_free(xml, FALSE);
}
