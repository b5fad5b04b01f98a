/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* JSON in and out: order, escaping, limits and the words of errors. */

#include "kt-json.h"

#include <string.h>

static KtJson *
parse(const char *text, GError **error)
{
	return kt_json_parse(text, strlen(text), "input", error);
}

static void
test_print(void)
{
	g_autoptr(KtJson) json = json_object();

	kt_json_set_u64(json, "zeta", 1);
	kt_json_set_str(json, "alpha", "a\"b\n");
	kt_json_set_bool(json, "is", true);
	kt_json_set_str(json, "none", NULL);
	KtJson *list = json_array();
	kt_json_append_str(list, "x");
	kt_json_append_str(list, NULL);
	kt_json_set(json, "list", list);

	g_autofree char *text = kt_json_print(json);
	g_assert_cmpstr(text,
			==,
			"{\n  \"zeta\": 1,\n  \"alpha\": \"a\\\"b\\n\",\n  \"is\": true,\n"
			"  \"none\": null,\n  \"list\": [\n    \"x\",\n    null\n  ]\n}\n");
	g_autofree char *compact = kt_json_print_compact(json);
	g_assert_cmpstr(compact,
			==,
			"{\"alpha\":\"a\\\"b\\n\",\"is\":true,\"list\":[\"x\",null],"
			"\"none\":null,\"zeta\":1}");
	kt_json_set_u64(json, "zeta", 2);
	g_autofree char *again = kt_json_print(json);
	g_assert_true(g_str_has_prefix(again, "{\n  \"zeta\": 2,\n"));
}

static void
test_scalars(void)
{
	g_autoptr(KtJson) text = json_string("x");
	g_autofree char *printed = kt_json_print(text);

	g_assert_cmpstr(printed, ==, "\"x\"\n");
}

static void
test_numbers(void)
{
	g_autoptr(KtJson) json = json_object();
	uint64_t number = 0;

	kt_json_set_u64(json, "large", UINT64_MAX);
	kt_json_set_u64(json, "border", (uint64_t)INT64_MAX);
	g_assert_true(kt_json_get_u64(json, "large", "x", &number, NULL));
	g_assert_cmpuint(number, ==, (uint64_t)INT64_MAX);
	g_assert_true(kt_json_get_u64(json, "border", "x", &number, NULL));
	g_assert_cmpuint(number, ==, (uint64_t)INT64_MAX);
}

/* Bytes that are no UTF-8 come from the world; the document stays valid. */
static void
test_invalid_utf8(void)
{
	g_autoptr(KtJson) json = json_object();

	kt_json_set_str(json,
			"name",
			"a\xff\xfe"
			"b");
	g_autofree char *text = kt_json_print(json);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_autoptr(KtJson) parsed = parse(text, NULL);
	g_assert_cmpstr(json_string_value(json_object_get(parsed, "name")),
			==,
			"a\357\277\275\357\277\275b");
}

static void
test_broken(void)
{
	static const char *const texts[] = {
		"",
		"{",
		"{\"a\": 1,}",
		"{\"a\": 1, \"a\": 2}",
		"[1] x",
		"\xff",
		"{\"a\": 1e999}",
		"nul",
		"[99999999999999999999]",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		/* TAP is UTF-8, the text need not be. */
		g_autofree char *shown = g_strescape(texts[i], NULL);
		g_test_message("%s", shown);
		g_assert_null(parse(texts[i], &error));
		g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
		g_assert_true(g_str_has_prefix(error->message, "input: line "));
	}
}

static void
test_nesting(void)
{
	g_autofree char *open = g_strnfill(100000, '[');
	g_autoptr(GError) error = NULL;

	g_assert_null(parse(open, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
}

static void
test_getters(void)
{
	g_autoptr(KtJson) json = parse(
		"{\"text\": \"x\", \"number\": 5, \"minus\": -1, \"real\": 1.5, \"null\": null, "
		"\"list\": [1]}",
		NULL);
	const char *text = NULL;
	const KtJson *list = NULL;
	uint64_t number = 0;

	g_assert_true(kt_json_get_str(json, "text", "doc", &text, NULL));
	g_assert_cmpstr(text, ==, "x");
	g_assert_true(kt_json_get_str_or_null(json, "text", "doc", &text, NULL));
	g_assert_cmpstr(text, ==, "x");
	g_assert_true(kt_json_get_str_or_null(json, "null", "doc", &text, NULL));
	g_assert_null(text);
	g_assert_true(kt_json_get_str_or_null(json, "missing", "doc", &text, NULL));
	g_assert_null(text);
	g_assert_true(kt_json_get_u64(json, "number", "doc", &number, NULL));
	g_assert_cmpuint(number, ==, 5);
	g_assert_true(kt_json_get_array(json, "list", "doc", &list, NULL));
	g_assert_cmpuint(json_array_size(list), ==, 1);
}

/* The result is untouched, and the message says what is wrong where. */
static void
test_wrong_types(void)
{
	static const char *const keys[] = {"text", "minus", "real", "null", "missing"};
	g_autoptr(KtJson) json =
		parse("{\"text\": \"x\", \"minus\": -1, \"real\": 1.5, \"null\": null}", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *expected =
			g_strdup_printf("doc: '%s' must be a number from 0", keys[i]);
		uint64_t number = 7;
		g_assert_false(kt_json_get_u64(json, keys[i], "doc", &number, &error));
		g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
		g_assert_cmpstr(error->message, ==, expected);
		g_assert_cmpuint(number, ==, 7);
	}

	const char *text = "kept";
	const KtJson *list = json;
	g_assert_false(kt_json_get_str(json, "minus", "doc", &text, NULL));
	g_assert_false(kt_json_get_str(json, "null", "doc", &text, NULL));
	g_assert_false(kt_json_get_str_or_null(json, "minus", "doc", &text, NULL));
	g_assert_cmpstr(text, ==, "kept");
	g_assert_false(kt_json_get_array(json, "text", "doc", &list, NULL));
	g_assert_true(list == json);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/json/print", test_print);
	g_test_add_func("/json/scalars", test_scalars);
	g_test_add_func("/json/numbers", test_numbers);
	g_test_add_func("/json/invalid-utf8", test_invalid_utf8);
	g_test_add_func("/json/broken", test_broken);
	g_test_add_func("/json/nesting", test_nesting);
	g_test_add_func("/json/getters", test_getters);
	g_test_add_func("/json/wrong-types", test_wrong_types);
	return g_test_run();
}
