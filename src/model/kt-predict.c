/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-predict-private.h"

#include <string.h>

#define BLOCKS "/sys/block/"
#define NODES  "/sys/devices/system/node/node"

KtFacts *
kt_facts_copy(const KtFacts *facts)
{
	g_autoptr(KtJson) json = kt_facts_to_json(facts);
	KtFacts *copy = kt_facts_new();
	g_autoptr(GError) error = NULL;

	/* What was written by the same tables can be read by them. */
	if (!kt_facts_merge_json(copy, json, &error))
		g_assert_not_reached();
	return copy;
}

static bool
parse_cpuset(KtFacts *facts, const char *text, bool is_mask, KtOptCpuset *ret_set)
{
	KtCpuset set = {0};

	if (!(is_mask ? kt_cpuset_parse_mask(text, &set, NULL)
		      : kt_cpuset_parse_list(text, &set, NULL)))
		return false;
	*ret_set = (KtOptCpuset){.v = kt_facts_cpuset(facts, &set), .state = KT_STATE_VALUE};
	return true;
}

static bool
parse_u64(const char *text, KtOptU64 *ret_number)
{
	guint64 number = 0;

	if (!g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, &number, NULL))
		return false;
	*ret_number = (KtOptU64){.v = number, .state = KT_STATE_VALUE};
	return true;
}

static bool
parse_i64(const char *text, KtOptI64 *ret_number)
{
	gint64 number = 0;

	if (!g_ascii_string_to_signed(text, 10, INT64_MIN, INT64_MAX, &number, NULL))
		return false;
	*ret_number = (KtOptI64){.v = number, .state = KT_STATE_VALUE};
	return true;
}

static void
set_absent(const KtField *field, void *at)
{
	switch (field->type) {
	case KT_TYPE_BOOL:
		*(KtOptBool *)at = (KtOptBool){.v = false, .state = KT_STATE_VALUE};
		break;
	case KT_TYPE_U64:
		*(KtOptU64 *)at = (KtOptU64){.state = KT_STATE_ABSENT};
		break;
	case KT_TYPE_I64:
		*(KtOptI64 *)at = (KtOptI64){.state = KT_STATE_ABSENT};
		break;
	case KT_TYPE_STR:
		*(KtOptStr *)at = (KtOptStr){.state = KT_STATE_ABSENT};
		break;
	case KT_TYPE_CPUSET:
		*(KtOptCpuset *)at = (KtOptCpuset){.state = KT_STATE_ABSENT};
		break;
	case KT_TYPE_LIST:
		*(KtAnyList *)at = (KtAnyList){.state = KT_STATE_VALUE};
		break;
	case KT_TYPE_RECORD:
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		break;
	}
}

bool
kt_predict_member(KtFacts *facts, const KtField *field, void *record, const char *text)
{
	void *at = (char *)record + field->offset;

	if (!text) {
		set_absent(field, at);
		return true;
	}
	switch (field->type) {
	case KT_TYPE_BOOL:
		*(KtOptBool *)at = (KtOptBool){
			.v = !g_str_equal(text, "0") && !g_str_equal(text, "N"),
			.state = KT_STATE_VALUE,
		};
		return true;
	case KT_TYPE_U64:
		return parse_u64(text, at);
	case KT_TYPE_I64:
		return parse_i64(text, at);
	case KT_TYPE_STR:
		*(KtOptStr *)at = (KtOptStr){
			.v = kt_arena_strdup(facts->arena, text),
			.state = KT_STATE_VALUE,
		};
		return true;
	case KT_TYPE_CPUSET:
		return parse_cpuset(facts, text, field->form == KT_FORM_MASK, at);
	case KT_TYPE_LIST:
	case KT_TYPE_RECORD:
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		return false;
	}
}

/* The first member whose row names @path as its source; rows put the value itself first. */
static bool
predict_by_source(KtFacts *facts, const KtSchema *schema, void *record, const KtChange *change)
{
	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		if (field->type == KT_TYPE_RECORD &&
		    predict_by_source(facts, field->schema, (char *)record + field->offset, change))
			return true;
		if (field->type == KT_TYPE_RECORD || field->type == KT_TYPE_LIST ||
		    g_strcmp0(field->source, change->locator) != 0)
			continue;
		return kt_predict_member(facts, field, record, change->to);
	}
	return false;
}

/* Sources of a device are "/sys/block/STAR/queue/scheduler" or relative to its directory. */
static bool
is_device_source(const KtField *field, const char *attribute)
{
	const char *source = field->source;

	if (!source)
		return false;
	if (g_str_has_prefix(source, BLOCKS "*/"))
		source += strlen(BLOCKS "*/");
	return g_str_equal(source, attribute);
}

static bool
predict_block(KtFacts *facts, const KtChange *change)
{
	const char *name = change->locator + strlen(BLOCKS);
	const char *slash = strchr(name, '/');
	g_autofree char *device = slash ? g_strndup(name, (size_t)(slash - name)) : NULL;

	for (uint32_t i = 0; device && i < facts->host.blocks.n; i++) {
		KtBlock *block = &facts->host.blocks.v[i];
		if (!kt_opt_is(block->name, device))
			continue;
		for (size_t j = 0; j < kt_block_schema.n_fields; j++) {
			const KtField *field = &kt_block_schema.fields[j];
			if (is_device_source(field, slash + 1))
				return kt_predict_member(facts, field, block, change->to);
		}
	}
	return false;
}

static void
move(KtOptU64 *number, uint64_t old, uint64_t new)
{
	if (kt_known(*number))
		number->v = number->v + new > old ? number->v + new - old : 0;
}

static KtHugePool *
find_pool(KtHugePoolList *pools, uint64_t size_kib)
{
	for (uint32_t i = 0; i < pools->n; i++) {
		if (kt_known(pools->v[i].size_kib) && pools->v[i].size_kib.v == size_kib)
			return &pools->v[i];
	}
	return NULL;
}

static KtNode *
find_node(KtFacts *facts, uint64_t id)
{
	for (uint32_t i = 0; i < facts->host.nodes.n; i++) {
		if (kt_known(facts->host.nodes.v[i].id) && facts->host.nodes.v[i].id.v == id)
			return &facts->host.nodes.v[i];
	}
	return NULL;
}

/* "/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages" */
static bool
parse_pool(const char *path, uint64_t *ret_node, uint64_t *ret_size_kib)
{
	const char *cursor = path + strlen(NODES);
	char *end = NULL;

	*ret_node = g_ascii_strtoull(cursor, &end, 10);
	if (end == cursor || !g_str_has_prefix(end, "/hugepages/hugepages-"))
		return false;
	cursor = end + strlen("/hugepages/hugepages-");
	*ret_size_kib = g_ascii_strtoull(cursor, &end, 10);
	return end != cursor && g_str_equal(end, "kB/nr_hugepages");
}

/* Pages of a pool come from the free memory of its node, and go back there. */
static bool
predict_pool(KtFacts *facts, const KtChange *change)
{
	KtMemory *memory = &facts->host.memory;
	uint64_t id = 0;
	uint64_t size_kib = 0;
	KtOptU64 wanted = {0};

	if (!parse_pool(change->locator, &id, &size_kib) || !parse_u64(change->to, &wanted))
		return false;

	KtNode *node = find_node(facts, id);
	KtHugePool *own = node ? find_pool(&node->huge_pools, size_kib) : NULL;
	KtHugePool *all = find_pool(&memory->huge_pools, size_kib);
	if (!own || !kt_known(own->total))
		return false;

	uint64_t old = own->total.v;
	move(&own->free, old, wanted.v);
	move(&node->free_kib, wanted.v * size_kib, old * size_kib);
	move(&memory->available_kib, wanted.v * size_kib, old * size_kib);
	if (all) {
		move(&all->total, old, wanted.v);
		move(&all->free, old, wanted.v);
	}
	own->total = wanted;
	return true;
}

static bool
predict_value(KtFacts *facts, const KtChange *change)
{
	if (!change->to)
		return false;
	if (g_str_has_prefix(change->locator, BLOCKS))
		return predict_block(facts, change);
	if (g_str_has_prefix(change->locator, NODES))
		return predict_pool(facts, change);
	return predict_by_source(facts, &kt_host_schema, &facts->host, change);
}

static void
append_argument(GString *line, const char *key, const char *value)
{
	if (!value)
		return;
	if (line->len)
		g_string_append_c(line, ' ');
	g_string_append(line, key);
	if (*value)
		g_string_append_printf(line, "=%s", value);
}

static bool
is_argument(const char *word, const char *key)
{
	size_t length = strlen(key);

	return g_str_has_prefix(word, key) && (!word[length] || word[length] == '=');
}

/* The argument stays where it was, once. */
static bool
predict_boot_arg(KtFacts *facts, const KtChange *change)
{
	KtOptStr *cmdline = &facts->host.system.cmdline;
	g_autoptr(GString) line = g_string_new(NULL);
	bool is_done = false;

	if (!kt_known(*cmdline))
		return false;

	g_auto(GStrv) words = g_strsplit_set(cmdline->v, " \t\n", /* max_tokens= */ -1);
	for (size_t i = 0; words[i]; i++) {
		if (!*words[i])
			continue;
		if (!is_argument(words[i], change->locator)) {
			append_argument(line, words[i], "");
			continue;
		}
		if (!is_done)
			append_argument(line, change->locator, change->to);
		is_done = true;
	}
	if (!is_done)
		append_argument(line, change->locator, change->to);
	cmdline->v = kt_arena_strdup(facts->arena, line->str);
	return true;
}

static KtGuest *
find_guest(KtFacts *facts, const char *target)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		KtGuest *guest = &facts->guests.v[i];
		if (g_str_has_prefix(target, "guest/") &&
		    kt_opt_is(guest->uuid, target + strlen("guest/")))
			return guest;
	}
	return NULL;
}

bool
kt_predict(KtFacts *facts, const KtChange *change)
{
	KtGuest *guest = find_guest(facts, change->target);

	switch (change->knob) {
	case KT_KNOB_VALUE:
		return predict_value(facts, change);
	case KT_KNOB_FILE:
		return kt_predict_file(facts, change);
	case KT_KNOB_BOOT_ARG:
		return predict_boot_arg(facts, change);
	case KT_KNOB_DOMAIN_XML:
		return guest && kt_predict_xml(facts, guest, change);
	case KT_KNOB_DOMAIN_LIVE:
		return guest && kt_predict_live(facts, guest, change);
	case KT_KNOB_UNSET:
	case KT_KNOB_N:
	default:
		return false;
	}
}
