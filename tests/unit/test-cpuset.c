/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* CPU sets: both text forms against a plain array of bool. */

#include "kt-cpuset.h"

#include <string.h>

#define ROUNDS 2000

/* A set like those of hosts: a few runs, sometimes far apart, sometimes everything. */
static KtCpuset
random_set(bool *ret_members)
{
	KtCpuset set = {0};
	gint32 limit = g_test_rand_bit() ? 130 : KT_CPUSET_BITS;
	gint32 runs = g_test_rand_int_range(0, 12);

	memset(ret_members, 0, KT_CPUSET_BITS * sizeof(bool));
	for (gint32 i = 0; i < runs; i++) {
		unsigned first = (unsigned)g_test_rand_int_range(0, limit);
		unsigned last = first + (unsigned)g_test_rand_int_range(0, 70);
		last = MIN(last, (unsigned)KT_CPUSET_BITS - 1);
		kt_cpuset_add_range(&set, first, last);
		for (unsigned member = first; member <= last; member++)
			ret_members[member] = true;
	}
	return set;
}

static void
assert_members(const KtCpuset *set, const bool *members)
{
	unsigned count = 0;
	unsigned next = kt_cpuset_next(set, 0);

	for (unsigned i = 0; i < KT_CPUSET_BITS; i++) {
		g_assert_cmpint(kt_cpuset_has(set, i), ==, members[i]);
		if (!members[i])
			continue;
		g_assert_cmpuint(next, ==, i);
		next = kt_cpuset_next(set, i + 1);
		count++;
	}
	g_assert_cmpuint(next, ==, KT_CPUSET_BITS);
	g_assert_cmpuint(kt_cpuset_count(set), ==, count);
	g_assert_cmpint(kt_cpuset_is_empty(set), ==, count == 0);
}

static void
test_round_trip(void)
{
	g_autofree bool *members = g_new0(bool, KT_CPUSET_BITS);

	for (unsigned i = 0; i < ROUNDS; i++) {
		KtCpuset set = random_set(members);
		KtCpuset from_list = {0};
		KtCpuset from_mask = {0};
		g_autofree char *list = kt_cpuset_to_list(&set);
		g_autofree char *mask = kt_cpuset_to_mask(&set);
		g_assert_true(kt_cpuset_parse_list(list, &from_list, NULL));
		g_assert_true(kt_cpuset_parse_mask(mask, &from_mask, NULL));
		g_assert_true(kt_cpuset_equal(&set, &from_list));
		g_assert_true(kt_cpuset_equal(&set, &from_mask));
		g_assert_cmpuint(kt_cpuset_hash(&set), ==, kt_cpuset_hash(&from_list));
		if (i % 20 == 0)
			assert_members(&set, members);
	}
}

static void
test_operations(void)
{
	g_autofree bool *a = g_new0(bool, KT_CPUSET_BITS);
	g_autofree bool *b = g_new0(bool, KT_CPUSET_BITS);
	g_autofree bool *expected = g_new0(bool, KT_CPUSET_BITS);

	for (unsigned i = 0; i < ROUNDS / 20; i++) {
		KtCpuset left = random_set(a);
		KtCpuset right = random_set(b);
		KtCpuset both = left;
		KtCpuset either = left;
		KtCpuset only = left;

		kt_cpuset_and(&both, &right);
		kt_cpuset_or(&either, &right);
		kt_cpuset_and_not(&only, &right);
		for (unsigned j = 0; j < KT_CPUSET_BITS; j++)
			expected[j] = a[j] && b[j];
		assert_members(&both, expected);
		for (unsigned j = 0; j < KT_CPUSET_BITS; j++)
			expected[j] = a[j] || b[j];
		assert_members(&either, expected);
		for (unsigned j = 0; j < KT_CPUSET_BITS; j++)
			expected[j] = a[j] && !b[j];
		assert_members(&only, expected);
		g_assert_cmpint(
			kt_cpuset_intersects(&left, &right), ==, !kt_cpuset_is_empty(&both));
		g_assert_true(kt_cpuset_is_subset(&both, &left));
		g_assert_true(kt_cpuset_is_subset(&left, &either));
		g_assert_cmpint(kt_cpuset_is_subset(&left, &right), ==, kt_cpuset_is_empty(&only));
	}
}

static void
test_list(void)
{
	static const struct {
		const char *text;
		const char *expected;
	} rows[] = {
		{.text = "", .expected = ""},
		{.text = " \n", .expected = ""},
		{.text = "0\n", .expected = "0"},
		{.text = " 0-3 , 8\n", .expected = "0-3,8"},
		{.text = "3,2,1,0", .expected = "0-3"},
		{.text = "0-1,1-2,5-5", .expected = "0-2,5"},
		{.text = "0-7,^3", .expected = "0-2,4-7"},
		{.text = "0-7,^3-5,4", .expected = "0-2,4,6-7"},
		{.text = "^3,3", .expected = "3"},
		{.text = "63-64,127-128", .expected = "63-64,127-128"},
		{.text = "8191", .expected = "8191"},
		{.text = "0-8191", .expected = "0-8191"},
		{.text = "00000000000000000007", .expected = "7"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		KtCpuset set = {0};
		g_autoptr(GError) error = NULL;
		g_test_message("'%s'", rows[i].text);
		g_assert_true(kt_cpuset_parse_list(rows[i].text, &set, &error));
		g_autofree char *list = kt_cpuset_to_list(&set);
		g_assert_cmpstr(list, ==, rows[i].expected);
	}
}

static void
test_mask(void)
{
	static const struct {
		const char *text;
		const char *list;
		const char *mask;
	} rows[] = {
		{.text = "0\n", .list = "", .mask = "0"},
		{.text = "00000000,00000000", .list = "", .mask = "0"},
		{.text = "f", .list = "0-3", .mask = "f"},
		{.text = "FF", .list = "0-7", .mask = "ff"},
		{.text = "1,00000000", .list = "32", .mask = "1,00000000"},
		{.text = "100000000", .list = "32", .mask = "1,00000000"},
		{.text = "80000000,00000001", .list = "0,63", .mask = "80000000,00000001"},
		/* Short groups are padded on the left, as the kernel reads them. */
		{.text = "1,1", .list = "0,32", .mask = "1,00000001"},
		{.text = "0000000f,ff", .list = "0-7,32-35", .mask = "f,000000ff"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		KtCpuset set = {0};
		g_autoptr(GError) error = NULL;
		g_test_message("'%s'", rows[i].text);
		g_assert_true(kt_cpuset_parse_mask(rows[i].text, &set, &error));
		g_autofree char *list = kt_cpuset_to_list(&set);
		g_autofree char *mask = kt_cpuset_to_mask(&set);
		g_assert_cmpstr(list, ==, rows[i].list);
		g_assert_cmpstr(mask, ==, rows[i].mask);
	}
}

static void
assert_refused(bool (*parse)(const char *, KtCpuset *, GError **), const char *text, int code)
{
	KtCpuset set = {0};
	KtCpuset before = {0};
	g_autoptr(GError) error = NULL;

	kt_cpuset_add(&set, 5);
	before = set;
	/* TAP is UTF-8, the text need not be. */
	g_autofree char *shown = g_strescape(text, NULL);
	g_test_message("'%s'", shown);
	g_assert_false(parse(text, &set, &error));
	g_assert_error(error, KT_ERROR, code);
	g_assert_true(kt_cpuset_equal(&set, &before));
}

static void
test_broken(void)
{
	static const char *const lists[] = {
		"a",
		"-",
		"-1",
		"1-",
		"1-a",
		"3-1",
		"1,",
		",1",
		"1,,2",
		"1 2",
		"^",
		"1.5",
		"0x1",
		"1;2",
		"\xff",
		"1-2-3",
		"(null)",
	};
	static const char *const masks[] = {
		"",
		" ",
		",",
		"1,",
		",1",
		"1,,2",
		"g",
		"0x1",
		"1 1",
		"1,123456789",
		"-1",
		"\xff",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		assert_refused(kt_cpuset_parse_list, lists[i], KT_ERROR_PARSE);
	for (size_t i = 0; i < G_N_ELEMENTS(masks); i++)
		assert_refused(kt_cpuset_parse_mask, masks[i], KT_ERROR_PARSE);
}

static void
test_limits(void)
{
	g_autofree char *wide = g_strnfill(KT_CPUSET_BITS / 4 + 1, '0');
	KtCpuset set = {0};

	assert_refused(kt_cpuset_parse_list, "8192", KT_ERROR_LIMIT);
	assert_refused(kt_cpuset_parse_list, "0-8192", KT_ERROR_LIMIT);
	assert_refused(kt_cpuset_parse_list, "99999999999999999999", KT_ERROR_LIMIT);
	g_assert_true(kt_cpuset_parse_mask(wide, &set, NULL));
	g_assert_true(kt_cpuset_is_empty(&set));
	wide[1] = '8';
	g_assert_true(kt_cpuset_parse_mask(wide, &set, NULL));
	g_autofree char *list = kt_cpuset_to_list(&set);
	g_assert_cmpstr(list, ==, "8191");
	wide[0] = '1';
	assert_refused(kt_cpuset_parse_mask, wide, KT_ERROR_LIMIT);
}

/* Whatever is read, what is written again means the same. */
static void
test_damage(void)
{
	static const char alphabet[] = "0123456789abcf,-^ \n";

	for (unsigned i = 0; i < ROUNDS * 10; i++) {
		char text[24] = {0};
		gint32 length = g_test_rand_int_range(0, sizeof(text));
		KtCpuset set = {0};
		KtCpuset again = {0};
		for (gint32 j = 0; j < length; j++)
			text[j] = alphabet[g_test_rand_int_range(0, sizeof(alphabet) - 1)];
		if (kt_cpuset_parse_list(text, &set, NULL)) {
			g_autofree char *list = kt_cpuset_to_list(&set);
			g_assert_true(kt_cpuset_parse_list(list, &again, NULL));
			g_assert_true(kt_cpuset_equal(&set, &again));
		}
		if (kt_cpuset_parse_mask(text, &set, NULL)) {
			g_autofree char *mask = kt_cpuset_to_mask(&set);
			g_assert_true(kt_cpuset_parse_mask(mask, &again, NULL));
			g_assert_true(kt_cpuset_equal(&set, &again));
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cpuset/round-trip", test_round_trip);
	g_test_add_func("/cpuset/operations", test_operations);
	g_test_add_func("/cpuset/list", test_list);
	g_test_add_func("/cpuset/mask", test_mask);
	g_test_add_func("/cpuset/broken", test_broken);
	g_test_add_func("/cpuset/limits", test_limits);
	g_test_add_func("/cpuset/damage", test_damage);
	return g_test_run();
}
