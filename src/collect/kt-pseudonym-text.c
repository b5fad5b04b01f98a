/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-pseudonym-private.h"

#include <string.h>

bool
kt_name_is_word(char c)
{
	return g_ascii_isalnum(c) || (unsigned char)c >= 0x80;
}

size_t
kt_name_word_length(const char *text, size_t rest)
{
	size_t n = 0;

	while (n < rest && kt_name_is_word(text[n]))
		n++;
	return n;
}

static KtNameKind
kind_of_pattern(KtPattern pattern)
{
	static const KtNameKind kinds[KT_PATTERN_N] = {
		[KT_PATTERN_UUID] = KT_NAME_UUID,
		[KT_PATTERN_UUID_HEX] = KT_NAME_UUID,
		[KT_PATTERN_MAC] = KT_NAME_MAC,
		[KT_PATTERN_MAC_NAME] = KT_NAME_MAC,
		[KT_PATTERN_WIDE_MAC] = KT_NAME_WIDE_MAC,
		[KT_PATTERN_IPV4] = KT_NAME_IPV4,
		[KT_PATTERN_IPV6] = KT_NAME_IPV6,
		[KT_PATTERN_IQN] = KT_NAME_IQN,
	};

	return kinds[pattern];
}

/* One spelling for all forms of the same thing. */
static char *
normal_form(KtPattern pattern, const char *text, size_t length)
{
	g_autofree char *lower = g_ascii_strdown(text, (gssize)length);

	if (pattern == KT_PATTERN_UUID_HEX)
		return g_strdup_printf("%.8s-%.4s-%.4s-%.4s-%.12s",
				       lower,
				       lower + 8,
				       lower + 12,
				       lower + 16,
				       lower + 20);
	if (pattern == KT_PATTERN_MAC_NAME)
		return g_strdup_printf("%.2s:%.2s:%.2s:%.2s:%.2s:%.2s",
				       lower + 3,
				       lower + 5,
				       lower + 7,
				       lower + 9,
				       lower + 11,
				       lower + 13);
	return g_steal_pointer(&lower);
}

/* The inverse, for the pseudonym. */
static char *
special_form(KtPattern pattern, const char *pseudonym)
{
	g_auto(GStrv) parts = NULL;
	g_autofree char *joined = NULL;

	if (pattern != KT_PATTERN_UUID_HEX && pattern != KT_PATTERN_MAC_NAME)
		return g_strdup(pseudonym);
	parts = g_strsplit_set(pseudonym, "-:", -1);
	joined = g_strjoinv("", parts);
	return g_strconcat(pattern == KT_PATTERN_MAC_NAME ? "enx" : "", joined, NULL);
}

bool
kt_pseudonyms_scan(KtPseudonyms *names, KtTextKind kind, const char *text, size_t length)
{
	bool is_found = false;

	for (size_t at = 0, n = 0; at < length; at += n) {
		KtPattern pattern = kt_pattern_at(text, length, at, kind == KT_TEXT_FREE, &n);
		if (pattern == KT_PATTERN_UNSET) {
			n = 1;
			continue;
		}
		g_autofree char *original = normal_form(pattern, text + at, n);
		kt_name_add(names, kind_of_pattern(pattern), original);
		is_found = true;
	}
	return is_found;
}

static bool
ends_with(const char *text, size_t at, const char *tail)
{
	size_t n = strlen(tail);

	return at >= n && memcmp(text + at - n, tail, n) == 0;
}

/* Begin of the path component that @at is in. */
static size_t
component_start(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '/' && text[at - 1] != '\n')
		at--;
	return at;
}

/* "qemu-3-NAME", "qemu-embed-269885e0-3-NAME", "machine-qemu\x2d3\x2dNAME.scope", "domain-3-NAME",
 * ".../qemu/3-NAME": libvirt puts the number of the guest before its name. */
static bool
is_behind_number(const char *text, size_t at)
{
	static const char *const beginnings[] = {"qemu-", "machine-qemu", "domain-"};
	size_t start = component_start(text, at);
	size_t end = at;

	if (ends_with(text, at, "\\x2d"))
		end -= strlen("\\x2d");
	else if (ends_with(text, at, "-"))
		end -= 1;
	size_t from = end;
	while (from > start && g_ascii_isdigit(text[from - 1]))
		from--;
	if (from == end || end == at)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++)
		if (strncmp(text + start, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return from == start && start > 0;
}

/* Where libvirt itself puts a guest's name. */
static bool
is_guest_place(const KtPseudonyms *names, const char *text, size_t at)
{
	return ends_with(text, at, "libvirt/qemu/") ||
	       (names->guest_dir && ends_with(text, at, names->guest_dir)) ||
	       is_behind_number(text, at);
}

/* How much of the original stands before its core at @at: all of what belongs there, or nothing. */
static size_t
before_core(const KtName *name, const char *text, size_t at)
{
	size_t n = (size_t)(name->core - name->original);

	return at >= n && memcmp(text + at - n, name->original, n) == 0 ? n : 0;
}

static size_t
behind_core(const KtName *name, const char *text, size_t length, size_t at)
{
	const char *tail = name->core + name->n_core;
	size_t n = strlen(tail), end = at + name->n_core;

	return length - end >= n && memcmp(text + end, tail, n) == 0 ? n : 0;
}

static bool
stands_at(const KtName *name, const char *text, size_t length, size_t at)
{
	size_t end = at + name->n_core;

	if (end > length || memcmp(text + at, name->core, name->n_core) != 0)
		return false;
	if (name->kind == KT_NAME_UNSET && name->core > name->original &&
	    before_core(name, text, at) == 0)
		return false;
	return end == length || !kt_name_is_word(text[end]);
}

/* The names that begin with the word at @at, or NULL. */
static const GPtrArray *
candidates(const KtPseudonyms *names, const char *text, size_t at, size_t n_word)
{
	char word[KT_NAME_MAX_WORD + 1];

	if (n_word == 0 || n_word > KT_NAME_MAX_WORD)
		return NULL;
	memcpy(word, text + at, n_word);
	word[n_word] = 0;
	return g_hash_table_lookup(names->words, word);
}

static const KtName *
find_name(const KtPseudonyms *names, KtTextKind kind, const char *text, size_t length, size_t at,
	  size_t n_word)
{
	const GPtrArray *same = candidates(names, text, at, n_word);

	for (guint i = 0; same && i < same->len; i++) {
		const KtName *name = same->pdata[i];
		bool is_path = name->kind == KT_NAME_UNSET;
		if (!stands_at(name, text, length, at))
			continue;
		if (kind == KT_TEXT_PROCESS && (is_path || name->kind > KT_NAME_USER))
			continue;
		if (!name->is_ordinary)
			return name;
		if (name->kind == KT_NAME_GUEST &&
		    is_guest_place(names, text, at - before_core(name, text, at)))
			return name;
	}
	return NULL;
}

/* "\x2d" stands for one character that is no letter: a word ends before and begins behind it. */
static size_t
escape_length(const char *text, size_t rest)
{
	return rest >= 4 && text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit(text[2]) &&
			       g_ascii_isxdigit(text[3])
		       ? 4
		       : 0;
}

void
kt_pseudonyms_observe(KtPseudonyms *names, const char *text, size_t length)
{
	for (size_t at = 0, n = 0; at < length; at += MAX(n, 1)) {
		n = kt_name_word_length(text + at, length - at);
		const GPtrArray *same = candidates(names, text, at, n);
		for (guint i = 0; same && i < same->len; i++) {
			KtName *name = same->pdata[i];
			if (name->kind != KT_NAME_UNSET && stands_at(name, text, length, at))
				name->is_ordinary = true;
		}
	}
}

static size_t
translate_pattern(const KtPseudonyms *names, KtTextKind kind, const char *text, size_t length,
		  size_t at, GString *out)
{
	size_t n = 0;
	KtPattern pattern = kt_pattern_at(text, length, at, kind == KT_TEXT_FREE, &n);

	if (pattern == KT_PATTERN_UNSET)
		return 0;
	g_autofree char *original = normal_form(pattern, text + at, n);
	const char *pseudonym = kt_pseudonym_of(names, kind_of_pattern(pattern), original);
	g_autofree char *form = special_form(pattern, pseudonym);
	g_string_append(out, form);
	return n;
}

/* "db\x2dprimary" is how systemd writes "db-primary" (systemd.unit(5), "string escaping"). */
static char *
escape_unit(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "-", -1);

	return g_strjoinv("\\x2d", parts);
}

/* Returns how much of the text the name was. */
static size_t
translate_name(const KtName *name, const char *text, size_t length, size_t at, GString *out)
{
	size_t n_before = before_core(name, text, at);
	bool is_in_unit = ends_with(text, at - n_before, "\\x2d");
	g_autofree char *pseudonym =
		is_in_unit ? escape_unit(name->pseudonym) : g_strdup(name->pseudonym);

	g_string_truncate(out, out->len - n_before);
	g_string_append(out, pseudonym);
	return name->n_core + behind_core(name, text, length, at);
}

char *
kt_pseudonyms_translate(const KtPseudonyms *names, KtTextKind kind, const char *text, size_t length,
			size_t *ret_length)
{
	GString *out = g_string_sized_new(length + 1);

	for (size_t at = 0, n = 0; at < length; at += n) {
		size_t n_word = kt_name_word_length(text + at, length - at);
		const KtName *name = kind == KT_TEXT_KERNEL
					     ? NULL
					     : find_name(names, kind, text, length, at, n_word);
		if (name) {
			n = translate_name(name, text, length, at, out);
			continue;
		}
		n = translate_pattern(names, kind, text, length, at, out);
		if (n > 0)
			continue;
		n = escape_length(text + at, length - at);
		n = n ? n : MAX(n_word, 1);
		g_string_append_len(out, text + at, (gssize)n);
	}
	if (ret_length)
		*ret_length = out->len;
	return g_string_free(out, FALSE);
}
