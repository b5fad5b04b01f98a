/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-cpuset.h"

#include <string.h>

void
kt_cpuset_add(KtCpuset *set, unsigned member)
{
	g_return_if_fail(member < KT_CPUSET_BITS);
	set->words[member / 64] |= UINT64_C(1) << (member % 64);
}

void
kt_cpuset_add_range(KtCpuset *set, unsigned first, unsigned last)
{
	for (unsigned member = first; member <= last; member++)
		kt_cpuset_add(set, member);
}

void
kt_cpuset_remove(KtCpuset *set, unsigned member)
{
	g_return_if_fail(member < KT_CPUSET_BITS);
	set->words[member / 64] &= ~(UINT64_C(1) << (member % 64));
}

bool
kt_cpuset_has(const KtCpuset *set, unsigned member)
{
	return member < KT_CPUSET_BITS && (set->words[member / 64] >> (member % 64) & 1);
}

unsigned
kt_cpuset_next(const KtCpuset *set, unsigned from)
{
	if (from >= KT_CPUSET_BITS)
		return KT_CPUSET_BITS;

	size_t index = from / 64;
	uint64_t word = set->words[index] & (~UINT64_C(0) << (from % 64));
	while (word == 0) {
		if (++index == KT_CPUSET_WORDS)
			return KT_CPUSET_BITS;
		word = set->words[index];
	}
	return (unsigned)(index * 64) + (unsigned)__builtin_ctzll(word);
}

unsigned
kt_cpuset_count(const KtCpuset *set)
{
	unsigned count = 0;

	for (size_t i = 0; i < KT_CPUSET_WORDS; i++)
		count += (unsigned)__builtin_popcountll(set->words[i]);
	return count;
}

bool
kt_cpuset_is_empty(const KtCpuset *set)
{
	return kt_cpuset_next(set, 0) == KT_CPUSET_BITS;
}

bool
kt_cpuset_equal(const KtCpuset *a, const KtCpuset *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool
kt_cpuset_is_subset(const KtCpuset *part, const KtCpuset *whole)
{
	for (size_t i = 0; i < KT_CPUSET_WORDS; i++) {
		if (part->words[i] & ~whole->words[i])
			return false;
	}
	return true;
}

bool
kt_cpuset_intersects(const KtCpuset *a, const KtCpuset *b)
{
	for (size_t i = 0; i < KT_CPUSET_WORDS; i++) {
		if (a->words[i] & b->words[i])
			return true;
	}
	return false;
}

void
kt_cpuset_and(KtCpuset *set, const KtCpuset *other)
{
	for (size_t i = 0; i < KT_CPUSET_WORDS; i++)
		set->words[i] &= other->words[i];
}

void
kt_cpuset_or(KtCpuset *set, const KtCpuset *other)
{
	for (size_t i = 0; i < KT_CPUSET_WORDS; i++)
		set->words[i] |= other->words[i];
}

void
kt_cpuset_and_not(KtCpuset *set, const KtCpuset *other)
{
	for (size_t i = 0; i < KT_CPUSET_WORDS; i++)
		set->words[i] &= ~other->words[i];
}

uint32_t
kt_cpuset_hash(const KtCpuset *set)
{
	/* FNV-1a over words: cheap, and sets differ in few words (parameters: RFC draft
	 * eastlake-fnv, 64 bit). */
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < KT_CPUSET_WORDS; i++) {
		if (set->words[i] == 0)
			continue;
		hash = (hash ^ set->words[i] ^ i) * UINT64_C(0x100000001b3);
	}
	return (uint32_t)(hash ^ hash >> 32);
}

static bool
parse_number(const char **cursor, unsigned *ret_number, GError **error)
{
	const char *start = *cursor;
	unsigned number = 0;

	if (!g_ascii_isdigit(*start))
		return kt_throw(error, KT_ERROR_PARSE, "number expected at '%.16s'", start);
	for (; g_ascii_isdigit(**cursor); (*cursor)++) {
		number = number * 10 + (unsigned)g_ascii_digit_value(**cursor);
		if (number >= KT_CPUSET_BITS)
			return kt_throw(error,
					KT_ERROR_LIMIT,
					"'%.16s' is above the highest number %d",
					start,
					KT_CPUSET_BITS - 1);
	}
	*ret_number = number;
	return true;
}

static bool
parse_range(const char **cursor, KtCpuset *set, GError **error)
{
	bool is_excluded = **cursor == '^';
	unsigned first = 0;

	if (is_excluded)
		(*cursor)++;
	if (!parse_number(cursor, &first, error))
		return false;

	unsigned last = first;
	if (**cursor == '-') {
		(*cursor)++;
		if (!parse_number(cursor, &last, error))
			return false;
	}
	if (last < first)
		return kt_throw(error, KT_ERROR_PARSE, "range %u-%u runs backwards", first, last);
	for (unsigned member = first; member <= last; member++) {
		if (is_excluded)
			kt_cpuset_remove(set, member);
		else
			kt_cpuset_add(set, member);
	}
	return true;
}

static const char *
skip_space(const char *text)
{
	while (g_ascii_isspace(*text))
		text++;
	return text;
}

bool
kt_cpuset_parse_list(const char *text, KtCpuset *ret_set, GError **error)
{
	const char *cursor = skip_space(text);
	KtCpuset set = {0};

	while (*cursor) {
		if (!parse_range(&cursor, &set, error))
			return false;
		cursor = skip_space(cursor);
		if (!*cursor)
			break;
		if (*cursor != ',')
			return kt_throw(error, KT_ERROR_PARSE, "',' expected at '%.16s'", cursor);
		cursor = skip_space(cursor + 1);
		if (!*cursor)
			return kt_throw(error, KT_ERROR_PARSE, "list ends in ','");
	}
	*ret_set = set;
	return true;
}

static bool
add_nibble(KtCpuset *set, int nibble, size_t position, GError **error)
{
	if (nibble == 0)
		return true;
	if (position * 4 + 3 >= KT_CPUSET_BITS)
		return kt_throw(
			error, KT_ERROR_LIMIT, "mask is wider than %d bits", KT_CPUSET_BITS);

	set->words[position / 16] |= (uint64_t)nibble << (position % 16 * 4);
	return true;
}

bool
kt_cpuset_parse_mask(const char *text, KtCpuset *ret_set, GError **error)
{
	g_autofree char *digits = g_strstrip(g_strdup(text));
	KtCpuset set = {0};
	size_t position = 0;
	size_t group_digits = 0;

	if (!*digits)
		return kt_throw(error, KT_ERROR_PARSE, "mask is empty");
	for (size_t i = strlen(digits); i-- > 0;) {
		/* Groups right of a comma are always eight digits wide. */
		if (digits[i] == ',') {
			if (group_digits == 0 || group_digits > 8 || i == 0)
				return kt_throw(error, KT_ERROR_PARSE, "misplaced ',' in a mask");
			position += 8 - group_digits;
			group_digits = 0;
			continue;
		}
		if (!g_ascii_isxdigit(digits[i]))
			return kt_throw(
				error, KT_ERROR_PARSE, "'%c' in a hexadecimal mask", digits[i]);
		if (!add_nibble(&set, g_ascii_xdigit_value(digits[i]), position, error))
			return false;
		position++;
		group_digits++;
	}
	*ret_set = set;
	return true;
}

static unsigned
run_end(const KtCpuset *set, unsigned first)
{
	while (kt_cpuset_has(set, first + 1))
		first++;
	return first;
}

char *
kt_cpuset_to_list(const KtCpuset *set)
{
	GString *list = g_string_new(NULL);

	for (unsigned first = kt_cpuset_next(set, 0); first < KT_CPUSET_BITS;) {
		unsigned last = run_end(set, first);
		g_string_append_printf(list, "%s%u", list->len ? "," : "", first);
		if (last > first)
			g_string_append_printf(list, "-%u", last);
		first = kt_cpuset_next(set, last + 1);
	}
	return g_string_free(list, FALSE);
}

char *
kt_cpuset_to_mask(const KtCpuset *set)
{
	GString *mask = g_string_new(NULL);

	for (size_t i = (size_t)KT_CPUSET_WORDS * 2; i-- > 0;) {
		uint32_t group = (uint32_t)(set->words[i / 2] >> (i % 2 * 32));
		if (mask->len == 0 && group == 0)
			continue;
		if (mask->len == 0)
			g_string_append_printf(mask, "%x", group);
		else
			g_string_append_printf(mask, ",%08x", group);
	}
	if (mask->len == 0)
		g_string_append_c(mask, '0');
	return g_string_free(mask, FALSE);
}
