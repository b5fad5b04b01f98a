/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* The tables of facts and what walks them. */

#include "kt-facts.h"

#include <string.h>

#define ROUNDS 200

static KtState
random_state(void)
{
	return (KtState)g_test_rand_int_range(KT_STATE_UNSET, KT_STATE_N);
}

static const char *
random_text(KtArena *arena)
{
	static const char *const texts[] = {
		"", "a", "\"\\\n\t", "\303\244\342\202\254", "{'state'}"};

	return kt_arena_strdup(arena, texts[g_test_rand_int_range(0, G_N_ELEMENTS(texts))]);
}

static const KtCpuset *
random_cpuset(KtArena *arena)
{
	KtCpuset *set = kt_arena_new0(arena, KtCpuset, 1);
	gint32 n = g_test_rand_int_range(0, 5);

	while (n-- > 0)
		kt_cpuset_add(set, (unsigned)g_test_rand_int_range(0, KT_CPUSET_BITS));
	return set;
}

static void fill(const KtSchema *schema, KtArena *arena, void *record);

static void
fill_list(const KtSchema *schema, KtArena *arena, KtAnyList *list)
{
	list->state = random_state();
	if (list->state != KT_STATE_VALUE)
		return;
	list->n = (uint32_t)g_test_rand_int_range(0, 4);
	list->v = kt_arena_alloc(arena, list->n * schema->size);
	for (uint32_t i = 0; i < list->n; i++)
		fill(schema, arena, (char *)list->v + i * schema->size);
}

static void
fill_field(const KtField *field, KtArena *arena, void *at)
{
	switch (field->type) {
	case KT_TYPE_BOOL:
		*(KtOptBool *)at = (KtOptBool){.v = g_test_rand_bit(), .state = random_state()};
		break;
	case KT_TYPE_U64:
		*(KtOptU64 *)at = (KtOptU64){
			.v = (uint64_t)g_test_rand_double_range(0, 1e15),
			.state = random_state(),
		};
		break;
	case KT_TYPE_I64:
		*(KtOptI64 *)at = (KtOptI64){
			.v = (int64_t)g_test_rand_double_range(-1e15, 1e15),
			.state = random_state(),
		};
		break;
	case KT_TYPE_STR:
		*(KtOptStr *)at = (KtOptStr){.v = random_text(arena), .state = random_state()};
		break;
	case KT_TYPE_CPUSET:
		*(KtOptCpuset *)at =
			(KtOptCpuset){.v = random_cpuset(arena), .state = random_state()};
		break;
	case KT_TYPE_LIST:
		fill_list(field->schema, arena, at);
		break;
	case KT_TYPE_RECORD:
		fill(field->schema, arena, at);
		break;
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		g_assert_not_reached();
	}
}

static void
fill(const KtSchema *schema, KtArena *arena, void *record)
{
	for (size_t i = 0; i < schema->n_fields; i++)
		fill_field(&schema->fields[i], arena, (char *)record + schema->fields[i].offset);
}

/* Every member of every record, known and not known, comes back as it was. */
static void
test_round_trip(void)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		g_autoptr(KtFacts) facts = kt_facts_new();
		g_autoptr(KtFacts) copy = kt_facts_new();
		g_autoptr(GError) error = NULL;
		fill(&kt_facts_schema, facts->arena, facts);

		g_autoptr(KtJson) json = kt_facts_to_json(facts);
		g_autofree char *text = kt_json_print(json);
		g_autoptr(KtJson) parsed = kt_json_parse(text, strlen(text), "facts", &error);
		g_assert_true(kt_facts_merge_json(copy, parsed, &error));
		g_assert_no_error(error);
		g_autoptr(KtJson) json_of_copy = kt_facts_to_json(copy);
		g_autofree char *text_of_copy = kt_json_print(json_of_copy);
		g_assert_cmpstr(text, ==, text_of_copy);
		g_autofree char *digest = kt_facts_digest(facts);
		g_autofree char *digest_of_copy = kt_facts_digest(copy);
		g_assert_cmpstr(digest, ==, digest_of_copy);
	}
}

static bool
merge(KtFacts *facts, const char *text, GError **error)
{
	g_autofree char *quoted = g_strdelimit(g_strdup(text), "'", '"');
	g_autoptr(KtJson) json = kt_json_parse(quoted, strlen(quoted), "facts", error);

	return json && kt_facts_merge_json(facts, json, error);
}

static KtFacts *
facts_from(const char *text)
{
	KtFacts *facts = kt_facts_new();
	g_autoptr(GError) error = NULL;

	merge(facts, text, &error);
	g_assert_no_error(error);
	return facts;
}

static void
test_empty(void)
{
	g_autoptr(KtFacts) facts = kt_facts_new();

	g_assert_cmpint(facts->host.ksm.run.state, ==, KT_STATE_UNSET);
	g_autoptr(KtJson) json = kt_schema_to_json(&kt_block_schema, &(KtBlock){0});
	g_autofree char *text = kt_json_print_compact(json);
	g_assert_cmpstr(text, ==, "{}");
}

/* What is not mentioned stays; an override can also take knowledge away. */
static void
test_overrides(void)
{
	g_autoptr(KtFacts) facts = facts_from(
		"{'host': {'ksm': {'run': 1, 'pages_shared': 5}, 'thp': {'enabled': 'always'}}}");
	g_autoptr(GError) error = NULL;

	facts->host.ksm.run.origin = 3;
	g_assert_true(merge(facts,
			    "{'host': {'ksm': {'run': 2}, 'thp': {'enabled': {'state': 'denied'}}, "
			    "'cpu': {'online': '0-3'}}}",
			    &error));
	g_assert_cmpuint(facts->host.ksm.run.v, ==, 2);
	g_assert_cmpuint(facts->host.ksm.run.origin, ==, 3);
	g_assert_cmpuint(facts->host.ksm.pages_shared.v, ==, 5);
	g_assert_cmpint(facts->host.thp.enabled.state, ==, KT_STATE_DENIED);
	g_assert_cmpuint(kt_cpuset_count(facts->host.cpu.online.v), ==, 4);
	g_assert_true(merge(facts, "{'host': {'ksm': {'run': {'state': 'unset'}}}}", &error));
	g_assert_cmpint(facts->host.ksm.run.state, ==, KT_STATE_UNSET);
}

static void
test_lists(void)
{
	g_autoptr(KtFacts) facts = facts_from(
		"{'host': {'nodes': [{'id': 0, 'free_kib': 1}, {'id': 1, 'free_kib': 2}]}}");
	g_autoptr(GError) error = NULL;
	KtHost *host = &facts->host;

	g_assert_true(merge(facts, "{'host': {'nodes': {'1': {'free_kib': 9}}}}", &error));
	g_assert_cmpuint(host->nodes.n, ==, 2);
	g_assert_cmpuint(host->nodes.v[0].free_kib.v, ==, 1);
	g_assert_cmpuint(host->nodes.v[1].id.v, ==, 1);
	g_assert_cmpuint(host->nodes.v[1].free_kib.v, ==, 9);
	/* A list inside a list. */
	g_assert_true(merge(facts,
			    "{'host': {'nodes': {'0': {'distances': [{'to': 0, 'value': 10}]}}}}",
			    &error));
	g_assert_true(merge(
		facts, "{'host': {'nodes': {'0': {'distances': {'0': {'value': 20}}}}}}", &error));
	g_assert_cmpuint(host->nodes.v[0].distances.v[0].value.v, ==, 20);
	g_assert_true(merge(facts, "{'host': {'nodes': [{'id': 7}]}}", &error));
	g_assert_cmpuint(host->nodes.n, ==, 1);
	g_assert_cmpint(host->nodes.v[0].free_kib.state, ==, KT_STATE_UNSET);
	g_assert_true(merge(facts, "{'host': {'nodes': {'state': 'absent'}}}", &error));
	g_assert_cmpuint(host->nodes.n, ==, 0);
	g_assert_cmpint(host->nodes.state, ==, KT_STATE_ABSENT);
	g_assert_true(merge(facts, "{'host': {'nodes': []}}", &error));
	g_assert_cmpint(host->nodes.state, ==, KT_STATE_VALUE);
}

/* Every refusal says where. */
static void
test_refused(void)
{
	static const struct {
		const char *text;
		const char *where; /* part of the message */
	} rows[] = {
		{.text = "[]", .where = "object"},
		{.text = "{'nothing': 1}", .where = "'nothing'"},
		{.text = "{'host': {'ksm': {'speed': 1}}}", .where = "host: ksm: 'speed'"},
		{.text = "{'host': {'ksm': {'run': '1'}}}",
		 .where = "'run' must be a whole number"},
		{.text = "{'host': {'ksm': {'run': 1.5}}}",
		 .where = "'run' must be a whole number"},
		{.text = "{'host': {'ksm': {'run': -1}}}",
		 .where = "'run' must be a number from 0"},
		{.text = "{'host': {'ksm': {'run': null}}}", .where = "'run'"},
		{.text = "{'host': {'ksm': {'run': {'state': 'value'}}}}", .where = "'run'"},
		{.text = "{'host': {'ksm': {'run': {'state': 'none'}}}}", .where = "'run'"},
		{.text = "{'host': {'ksm': {'run': {'state': 'absent', 'v': 1}}}}",
		 .where = "'run'"},
		{.text = "{'host': {'ksm': 1}}", .where = "host: ksm: an object"},
		{.text = "{'host': {'thp': {'enabled': 1}}}",
		 .where = "'enabled' must be a string"},
		{.text = "{'host': {'kvm': {'device': 'yes'}}}", .where = "'device' must be true"},
		{.text = "{'host': {'cpu': {'online': '3-1'}}}", .where = "'online'"},
		{.text = "{'host': {'cpu': {'online': 3}}}",
		 .where = "'online' must be a CPU list"},
		{.text = "{'host': {'nodes': 'x'}}", .where = "'nodes' must be an array"},
		{.text = "{'host': {'nodes': [1]}}", .where = "host: nodes/0: an object"},
		{.text = "{'host': {'nodes': [{}, {'x': 1}]}}", .where = "host: nodes/1: 'x'"},
		{.text = "{'host': {'nodes': {'0': {}}}}", .where = "'nodes' has no item '0'"},
		{.text = "{'host': {'nodes': {'first': {}}}}",
		 .where = "'nodes' has no item 'first'"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(KtFacts) facts = kt_facts_new();
		g_autoptr(GError) error = NULL;
		g_assert_false(merge(facts, rows[i].text, &error));
		g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
		g_test_message("%s: %s", rows[i].text, error->message);
		g_assert_nonnull(strstr(error->message, rows[i].where));
	}
}

static void
test_list_limit(void)
{
	g_autoptr(KtFacts) facts = kt_facts_new();
	g_autoptr(KtJson) json = json_pack("{s:{s:[]}}", "host", "modules");
	KtJson *modules = json_object_get(json_object_get(json, "host"), "modules");
	g_autoptr(GError) error = NULL;

	for (unsigned i = 0; i <= 262144; i++)
		json_array_append_new(modules, json_object());
	g_assert_false(kt_facts_merge_json(facts, json, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_LIMIT);
}

static bool
is_form_of_type(KtForm form, KtType type)
{
	switch (form) {
	case KT_FORM_CODE:
		return true;
	case KT_FORM_LINE:
		return type != KT_TYPE_LIST && type != KT_TYPE_RECORD;
	case KT_FORM_CHOICE:
		return type == KT_TYPE_STR;
	case KT_FORM_MASK:
		return type == KT_TYPE_CPUSET;
	case KT_FORM_N:
	default:
		return false;
	}
}

/* Rows that the compiler accepts and that still make no sense. */
static void
check_schema(const KtSchema *schema, GHashTable *seen)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	if (!g_hash_table_add(seen, (void *)schema))
		return;
	g_assert_nonnull(schema->doc);
	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		g_test_message("%s.%s", schema->name, field->name);
		g_assert_true(g_hash_table_add(names, (void *)field->name));
		g_assert_cmpint(field->type, >, KT_TYPE_UNSET);
		g_assert_cmpint(field->type, <, KT_TYPE_N);
		g_assert_cmpuint(field->offset, <, schema->size);
		g_assert_nonnull(field->doc);
		g_assert_true(!g_str_has_suffix(field->doc, ".") ||
			      g_str_has_suffix(field->doc, "..."));
		g_assert_true(is_form_of_type(field->form, field->type));
		if (field->form != KT_FORM_CODE)
			g_assert_null(strpbrk(field->source, " *,{"));
		if (field->type == KT_TYPE_LIST || field->type == KT_TYPE_RECORD)
			check_schema(field->schema, seen);
		else
			g_assert_null(field->schema);
	}
}

static void
test_rows(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	check_schema(&kt_facts_schema, seen);
	g_assert_cmpuint(g_hash_table_size(seen), >, 20);
}

static void
test_origins(void)
{
	g_autoptr(KtFacts) facts = kt_facts_new();
	uint16_t one = kt_facts_origin(facts, "/proc/meminfo");
	uint16_t two = kt_facts_origin(facts, "/proc/swaps");

	g_assert_cmpuint(one, !=, 0);
	g_assert_cmpuint(one, !=, two);
	g_assert_cmpuint(kt_facts_origin(facts, "/proc/meminfo"), ==, one);
	g_assert_cmpstr(kt_facts_origin_text(facts, two), ==, "/proc/swaps");
	g_assert_cmpstr(kt_facts_origin_text(facts, 0), ==, "");
	for (unsigned i = 0; i < 70000; i++) {
		g_autofree char *text = g_strdup_printf("%u", i);
		uint16_t id = kt_facts_origin(facts, text);
		g_assert_cmpstr(kt_facts_origin_text(facts, id), ==, id ? text : "");
	}
	g_assert_cmpuint(kt_facts_origin(facts, "/proc/swaps"), ==, two);
	g_assert_cmpuint(kt_facts_origin(facts, "one too many"), ==, 0);
}

static void
test_cpusets(void)
{
	g_autoptr(KtFacts) facts = kt_facts_new();
	KtCpuset one = {0};
	KtCpuset two = {0};

	kt_cpuset_add(&one, 3);
	kt_cpuset_add(&two, 3);
	const KtCpuset *interned = kt_facts_cpuset(facts, &one);
	g_assert_true(interned != &one);
	g_assert_true(kt_facts_cpuset(facts, &two) == interned);
	kt_cpuset_add(&two, 4);
	g_assert_true(kt_facts_cpuset(facts, &two) != interned);
	g_assert_true(kt_cpuset_equal(interned, &one));
}

static void
test_digest(void)
{
	g_autoptr(KtFacts) facts = facts_from("{'host': {'ksm': {'run': 1}}}");
	g_autoptr(KtFacts) other = facts_from("{'host': {'ksm': {'run': 1}}}");
	g_autofree char *digest = kt_facts_digest(facts);
	g_autofree char *same = kt_facts_digest(other);

	/* Where a fact was read is no part of what it says. */
	other->host.ksm.run.origin = kt_facts_origin(other, "/sys/kernel/mm/ksm/run");
	g_autofree char *elsewhere = kt_facts_digest(other);
	other->host.ksm.run.state = KT_STATE_DENIED;
	g_autofree char *denied = kt_facts_digest(other);
	g_assert_cmpuint(strlen(digest), ==, 64);
	g_assert_cmpstr(digest, ==, same);
	g_assert_cmpstr(digest, ==, elsewhere);
	g_assert_cmpstr(digest, !=, denied);
}

static void
test_find_guest(void)
{
	g_autoptr(KtFacts) facts =
		facts_from("{'guests': [{'name': 'a', 'uuid': '1'}, {'name': 'b'}, "
			   "{'name': 'c', 'uuid': '3'}]}");

	g_assert_cmpstr(kt_facts_find_guest(facts, "3")->name.v, ==, "c");
	g_assert_null(kt_facts_find_guest(facts, "2"));
}

static void
test_states(void)
{
	for (KtState state = KT_STATE_UNSET; state < KT_STATE_N; state++)
		g_assert_cmpint(kt_state_from_name(kt_state_name(state)), ==, state);
	g_assert_cmpint(kt_state_from_name("none"), ==, KT_STATE_N);
	g_assert_cmpint(kt_state_from_name(NULL), ==, KT_STATE_N);
	g_assert_false(kt_opt_is((KtOptStr){.v = "a", .state = KT_STATE_DENIED}, "a"));
	g_assert_true(kt_opt_is((KtOptStr){.v = "a", .state = KT_STATE_VALUE}, "a"));
	g_assert_false(kt_opt_true((KtOptBool){.v = true, .state = KT_STATE_UNSET}));
	g_assert_false(kt_opt_true((KtOptBool){.v = false, .state = KT_STATE_VALUE}));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/schema/round-trip", test_round_trip);
	g_test_add_func("/schema/empty", test_empty);
	g_test_add_func("/schema/overrides", test_overrides);
	g_test_add_func("/schema/lists", test_lists);
	g_test_add_func("/schema/refused", test_refused);
	g_test_add_func("/schema/list-limit", test_list_limit);
	g_test_add_func("/schema/rows", test_rows);
	g_test_add_func("/facts/origins", test_origins);
	g_test_add_func("/facts/cpusets", test_cpusets);
	g_test_add_func("/facts/digest", test_digest);
	g_test_add_func("/facts/find-guest", test_find_guest);
	g_test_add_func("/facts/states", test_states);
	return g_test_run();
}
