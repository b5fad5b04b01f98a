/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-xml.h"

#include "kt-guest-rules.h"
#include "kt-guest-value.h"
#include "kt-xml.h"

#include <string.h>

typedef struct Reader {
	KtFacts *facts;
	uint16_t origin;
} Reader;

static KtOptStr
read_str(const Reader *reader, const char *text)
{
	KtOptStr opt = {.state = KT_STATE_ABSENT, .origin = reader->origin};

	if (text && *text) {
		opt.v = kt_arena_strdup(reader->facts->arena, text);
		opt.state = KT_STATE_VALUE;
	}
	return opt;
}

/* Text between tags, which may be indented. */
static KtOptStr
read_text(const Reader *reader, const char *text)
{
	g_autofree char *stripped = text ? g_strstrip(g_strdup(text)) : NULL;

	return read_str(reader, stripped);
}

static KtOptU64
read_u64(const Reader *reader, const char *text)
{
	KtOptU64 opt = {.state = KT_STATE_ABSENT, .origin = reader->origin};

	if (text)
		opt.state = kt_guest_number(text, &opt.v) ? KT_STATE_VALUE : KT_STATE_BROKEN;
	return opt;
}

static KtOptI64
read_i64(const Reader *reader, const char *text)
{
	KtOptI64 opt = {.state = KT_STATE_ABSENT, .origin = reader->origin};
	g_autofree char *stripped = text ? g_strstrip(g_strdup(text)) : NULL;
	gint64 number = 0;

	if (!stripped)
		return opt;
	opt.state = g_ascii_string_to_signed(stripped, 10, INT64_MIN, INT64_MAX, &number, NULL)
			    ? KT_STATE_VALUE
			    : KT_STATE_BROKEN;
	opt.v = number;
	return opt;
}

static KtOptU64
read_size(const Reader *reader, const xmlNode *node, const char *text)
{
	KtOptU64 opt = read_u64(reader, text);

	if (kt_known(opt) && !kt_guest_size_kib(opt.v, kt_xml_attribute(node, "unit"), &opt.v))
		opt.state = KT_STATE_BROKEN;
	return opt;
}

/* The element a rule is about, or NULL. */
static const xmlNode *
find_node(const KtGuestRule *rule, const xmlNode *record_node)
{
	const xmlNode *node = record_node;

	for (size_t i = 0; node && rule->steps[i]; i++)
		node = kt_xml_child(node, rule->steps[i]);
	return node;
}

static const char *
find_text(const KtGuestRule *rule, const xmlNode *node)
{
	if (!node || !rule->attributes[0])
		return node ? kt_xml_text(node) : NULL;

	const char *text = NULL;
	for (size_t i = 0; !text && rule->attributes[i]; i++)
		text = kt_xml_attribute(node, rule->attributes[i]);
	return text;
}

static uint32_t
count_nodes(const xmlNode *first)
{
	uint32_t n = 0;

	for (const xmlNode *node = first; node; node = kt_xml_next(node))
		n++;
	return n;
}

static bool
fits(const KtGuestRule *rule, const xmlNode *node)
{
	const char *value = rule->condition ? kt_xml_attribute(node, rule->condition) : NULL;

	return !rule->condition || (value && g_strv_contains(rule->values, value));
}

static KtOptU64
read_count(const Reader *reader, const KtGuestRule *rule, const xmlNode *first)
{
	KtOptU64 opt = {.state = KT_STATE_VALUE, .origin = reader->origin};

	for (const xmlNode *node = first; node; node = kt_xml_next(node))
		opt.v += fits(rule, node);
	return opt;
}

/* What all these elements say together; the siblings of a record's own element are other records.
 */
static KtOptCpuset
read_cpuset(const Reader *reader, const KtGuestRule *rule, const xmlNode *first)
{
	KtOptCpuset opt = {.state = KT_STATE_ABSENT, .origin = reader->origin};
	KtCpuset all = {{0}};
	bool is_own = !rule->steps[0];

	for (const xmlNode *node = first; node; node = is_own ? NULL : kt_xml_next(node)) {
		KtCpuset set = {{0}};
		const char *text = find_text(rule, node);
		if (!text)
			continue;
		if (!kt_cpuset_parse_list(text, &set, NULL)) {
			opt.state = KT_STATE_BROKEN;
			return opt;
		}
		kt_cpuset_or(&all, &set);
		opt.state = KT_STATE_VALUE;
	}
	if (kt_known(opt))
		opt.v = kt_facts_cpuset(reader->facts, &all);
	return opt;
}

static void read_record(const Reader *reader, const KtGuestRules *rules, const xmlNode *node,
			void *record);

static KtAnyList
read_list(const Reader *reader, const KtGuestRule *rule, const xmlNode *first)
{
	size_t size = rule->field->schema->size;
	KtAnyList list = {
		.n = count_nodes(first),
		.state = KT_STATE_VALUE,
		.origin = reader->origin,
	};
	char *items = kt_arena_alloc(reader->facts->arena, list.n * size);

	list.v = items;
	for (const xmlNode *node = first; node; node = kt_xml_next(node)) {
		read_record(reader, rule->items, node, items);
		items += size;
	}
	return list;
}

static void
read_member(const Reader *reader, const KtGuestRule *rule, const xmlNode *record_node, void *member)
{
	const xmlNode *node = find_node(rule, record_node);
	const char *text = find_text(rule, node);

	switch (rule->field->type) {
	case KT_TYPE_STR:
		*(KtOptStr *)member =
			rule->attributes[0] ? read_str(reader, text) : read_text(reader, text);
		break;
	case KT_TYPE_CPUSET:
		*(KtOptCpuset *)member = read_cpuset(reader, rule, node);
		break;
	case KT_TYPE_BOOL:
		*(KtOptBool *)member = (KtOptBool){
			.v = node != NULL, .state = KT_STATE_VALUE, .origin = reader->origin};
		break;
	case KT_TYPE_U64:
		*(KtOptU64 *)member = rule->is_count      ? read_count(reader, rule, node)
				      : rule->field->unit ? read_size(reader, node, text)
							  : read_u64(reader, text);
		break;
	case KT_TYPE_I64:
		*(KtOptI64 *)member = read_i64(reader, text);
		break;
	case KT_TYPE_LIST:
		*(KtAnyList *)member = read_list(reader, rule, node);
		break;
	case KT_TYPE_RECORD:
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		g_assert_not_reached();
	}
}

static void
read_record(const Reader *reader, const KtGuestRules *rules, const xmlNode *node, void *record)
{
	for (size_t i = 0; i < rules->n; i++)
		read_member(reader, &rules->v[i], node, (char *)record + rules->v[i].field->offset);
}

const xmlNode *
kt_guest_xml_tune(const xmlNode *root)
{
	const xmlNode *metadata = kt_xml_child(root, "metadata");
	const xmlNode *node = metadata ? kt_xml_child(metadata, "tune") : NULL;

	while (node && !(node->ns && strcmp((const char *)node->ns->href, KT_GUEST_XMLNS) == 0))
		node = kt_xml_next(node);
	return node;
}

static void
read_tune(const Reader *reader, const xmlNode *root, KtGuestTune *tune)
{
	const xmlNode *node = kt_guest_xml_tune(root);
	const xmlNode *first = node ? kt_xml_child(node, "waive") : NULL;

	tune->is_present = node != NULL;
	tune->workload = read_str(reader, node ? kt_xml_attribute(node, "class") : NULL);
	tune->guest_exec = read_str(reader, node ? kt_xml_attribute(node, "guest-exec") : NULL);
	tune->waivers.state = KT_STATE_VALUE;
	tune->waivers.origin = reader->origin;
	tune->waivers.n = count_nodes(first);
	tune->waivers.v = kt_arena_new0(reader->facts->arena, KtWaiver, tune->waivers.n);

	KtWaiver *waiver = tune->waivers.v;
	for (const xmlNode *waive = first; waive; waive = kt_xml_next(waive), waiver++) {
		waiver->practice = read_str(reader, kt_xml_attribute(waive, "practice"));
		waiver->reason = read_str(reader, kt_xml_attribute(waive, "reason"));
		waiver->until = read_str(reader, kt_xml_attribute(waive, "until"));
	}
}

/* What libvirt takes when nothing is said (docs/formatdomain.html: "currentMemory", "vcpu"). */
static void
fill_defaults(KtGuestConfig *config)
{
	if (config->vcpus.state == KT_STATE_ABSENT)
		config->vcpus = config->vcpus_max;
	if (config->current_memory_kib.state == KT_STATE_ABSENT)
		config->current_memory_kib = config->memory_kib;
}

/* A bus in use has a device with an address on it, of whatever kind. */
static void
add_bus(const xmlNode *device, KtCpuset *buses)
{
	const xmlNode *address = kt_xml_child(device, "address");
	const char *type = address ? kt_xml_attribute(address, "type") : NULL;
	const char *bus = address ? kt_xml_attribute(address, "bus") : NULL;
	char *end = NULL;

	if (!type || strcmp(type, "pci") != 0 || !bus || !g_ascii_isdigit(*bus))
		return;
	uint64_t number = g_ascii_strtoull(bus, &end, 0);
	if (!*end && number < KT_CPUSET_BITS)
		kt_cpuset_add(buses, (unsigned)number);
}

static KtOptCpuset
read_buses(const Reader *reader, const xmlNode *root)
{
	const xmlNode *devices = kt_xml_child(root, "devices");
	KtCpuset buses = {{0}};

	for (const xmlNode *node = devices ? devices->children : NULL; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			add_bus(node, &buses);
	}
	return (KtOptCpuset){.v = kt_facts_cpuset(reader->facts, &buses),
			     .state = KT_STATE_VALUE,
			     .origin = reader->origin};
}

void
kt_guest_xml_read(KtFacts *facts, const char *xml, const char *origin, KtGuestConfig *ret_config,
		  KtGuestTune *ret_tune)
{
	Reader reader = {.facts = facts, .origin = kt_facts_origin(facts, origin)};
	g_autoptr(xmlDoc) doc = kt_xml_parse(xml, strlen(xml), origin, NULL);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;

	*ret_tune = (KtGuestTune){.is_present = false};
	if (!root || strcmp((const char *)root->name, "domain") != 0) {
		kt_guest_xml_unknown(facts, KT_STATE_BROKEN, origin, ret_config);
		return;
	}
	read_record(&reader, kt_guest_rules(), root, ret_config);
	ret_config->pci_buses = read_buses(&reader, root);
	fill_defaults(ret_config);
	read_tune(&reader, root, ret_tune);
}

static void
set_state(const KtField *field, KtState state, uint16_t origin, void *member)
{
	switch (field->type) {
	case KT_TYPE_STR:
		*(KtOptStr *)member = (KtOptStr){.state = state, .origin = origin};
		break;
	case KT_TYPE_CPUSET:
		*(KtOptCpuset *)member = (KtOptCpuset){.state = state, .origin = origin};
		break;
	case KT_TYPE_BOOL:
		*(KtOptBool *)member = (KtOptBool){.state = state, .origin = origin};
		break;
	case KT_TYPE_U64:
		*(KtOptU64 *)member = (KtOptU64){.state = state, .origin = origin};
		break;
	case KT_TYPE_I64:
		*(KtOptI64 *)member = (KtOptI64){.state = state, .origin = origin};
		break;
	case KT_TYPE_LIST:
		*(KtAnyList *)member = (KtAnyList){.state = state, .origin = origin};
		break;
	case KT_TYPE_RECORD:
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		g_assert_not_reached();
	}
}

void
kt_guest_xml_unknown(KtFacts *facts, KtState state, const char *origin, KtGuestConfig *ret_config)
{
	const KtGuestRules *rules = kt_guest_rules();
	uint16_t id = kt_facts_origin(facts, origin);

	for (size_t i = 0; i < rules->n; i++) {
		const KtField *field = rules->v[i].field;
		set_state(field, state, id, (char *)ret_config + field->offset);
	}
}
