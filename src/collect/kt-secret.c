/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-secret.h"

#include <glib.h>
#include <string.h>

static const char *const secret_words[] =
	{"pass", "secret", "token", "key", "cred", "cookie", "pwd", "psk"};

/* Words that contain one of the above and name no secret: kernel parameters
 * (Documentation/admin-guide/kernel-parameters.txt, Linux 6.12), dracut.cmdline(7), sysctl names
 * (Documentation/security/keys/core.rst) and the domain XML. */
static const char *const harmless_words[] = {
	"keyboard",
	"keymap",
	"keycode",
	"keytable",
	"hotkey",
	"keywrap",
	"bypass",
	"passive",
	"passthr",
	"kernel.keys",
	"maxkeys",
	"sacred",
	"syncookies",
};

bool
kt_secret_is_name(const char *name, size_t length)
{
	g_autofree char *word = g_ascii_strdown(name, (gssize)length);

	for (size_t i = 0; i < G_N_ELEMENTS(harmless_words); i++)
		for (char *at = word; (at = strstr(at, harmless_words[i]));)
			memset(at, ' ', strlen(harmless_words[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(secret_words); i++)
		if (strstr(word, secret_words[i]))
			return true;
	return false;
}

static size_t
name_length(const char *text)
{
	return strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-/");
}

/* From behind the name to the value: "=", " = ", ": "; 0 when there is none. */
static size_t
separator_length(const char *text)
{
	size_t blank = strspn(text, " \t");

	if (text[blank] == '=')
		return blank + 1 + strspn(text + blank + 1, " \t");
	if (text[blank] == ':' && (text[blank + 1] == ' ' || text[blank + 1] == '\t'))
		return blank + 1 + strspn(text + blank + 1, " \t");
	return 0;
}

/* A quoted value with its quotes, or up to white space. */
static size_t
value_length(const char *text)
{
	if (*text == '"' || *text == '\'') {
		const char end[] = {*text, '\n', 0};
		size_t length = 1 + strcspn(text + 1, end);
		return text[length] == *text ? length + 1 : length;
	}
	return strcspn(text, " \t\r\n\"'");
}

/* Length of "user:password" in "scheme://user:password@host" and "iscsi:user:password@target". */
static size_t
login_length(const char *text)
{
	size_t length = strcspn(text, "@/ \t\r\n\"'");
	const char *colon = memchr(text, ':', length);

	return text[length] == '@' && colon ? length : 0;
}

static const char *
copy_login(GString *out, const char *text)
{
	static const char *const before[] = {"://", "iscsi:"};

	for (size_t i = 0; i < G_N_ELEMENTS(before); i++) {
		if (!g_str_has_prefix(text, before[i]))
			continue;
		size_t length = login_length(text + strlen(before[i]));
		if (length == 0)
			continue;
		g_string_append(out, before[i]);
		g_string_append(out, KT_SECRET_MARK);
		return text + strlen(before[i]) + length;
	}
	return NULL;
}

/* A setting with a secret's name: copies name and separator, marks the value. */
static const char *
copy_setting(GString *out, const char *text, size_t n_name)
{
	size_t n_separator = separator_length(text + n_name);
	size_t n_value = n_separator ? value_length(text + n_name + n_separator) : 0;

	if (n_value == 0 || !kt_secret_is_name(text, n_name))
		return NULL;
	g_string_append_len(out, text, (gssize)(n_name + n_separator));
	g_string_append(out, KT_SECRET_MARK);
	return text + n_name + n_separator + n_value;
}

char *
kt_secret_redact_settings(const char *text)
{
	g_autoptr(GString) out = g_string_sized_new(strlen(text) + 1);

	while (*text) {
		size_t n_name = name_length(text);
		const char *next = n_name ? copy_setting(out, text, n_name) : copy_login(out, text);
		/* "netroot=iscsi:user:password@...": the scheme is a name, too. */
		if (!next && n_name)
			next = copy_login(out, text);
		if (!next) {
			next = text + MAX(n_name, 1);
			g_string_append_len(out, text, next - text);
		}
		text = next;
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

char *
kt_secret_redact_arguments(const char *text, size_t length, size_t *ret_length)
{
	g_autoptr(GString) out = g_string_sized_new(length + 1);

	for (const char *argument = text; argument < text + length;) {
		size_t rest = (size_t)(text + length - argument);
		size_t n = strnlen(argument, rest);
		bool is_program = argument == text;
		if (!is_program && kt_secret_is_name(argument, n))
			g_string_append(out, KT_SECRET_MARK);
		else
			g_string_append_len(out, argument, (gssize)n);
		if (n < rest)
			g_string_append_c(out, 0);
		argument += n + 1;
	}
	*ret_length = out->len;
	return g_string_free(g_steal_pointer(&out), FALSE);
}
