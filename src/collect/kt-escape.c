/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-escape.h"

#include <glib.h>
#include <string.h>

static bool
is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '%';
}

static bool
is_dots(const char *part, size_t length)
{
	return (length == 1 || length == 2) && strspn(part, ".") >= length;
}

char *
kt_escape(const char *bytes)
{
	GString *text = g_string_sized_new(strlen(bytes) + 1);

	for (const char *part = bytes; *part;) {
		size_t length = strcspn(part, "/");
		bool has_dots = is_dots(part, length);
		for (size_t i = 0; i < length; i++) {
			unsigned char byte = (unsigned char)part[i];
			if (is_plain(byte) && !has_dots)
				g_string_append_c(text, part[i]);
			else
				g_string_append_printf(text, "%%%02X", byte);
		}
		part += length;
		for (; *part == '/'; part++)
			g_string_append_c(text, '/');
	}
	return g_string_free(text, FALSE);
}

char *
kt_unescape(const char *text)
{
	g_autoptr(GString) bytes = g_string_sized_new(strlen(text) + 1);

	for (const char *p = text; *p; p++) {
		if (*p != '%') {
			g_string_append_c(bytes, *p);
			continue;
		}
		int high = g_ascii_xdigit_value(p[1]);
		int low = high < 0 ? -1 : g_ascii_xdigit_value(p[2]);
		if (low < 0 || high * 16 + low == 0)
			return NULL;
		g_string_append_c(bytes, (char)(high * 16 + low));
		p += 2;
	}

	g_autofree char *again = kt_escape(bytes->str);
	return g_str_equal(again, text) ? g_strdup(bytes->str) : NULL;
}
