/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-markup.h"
#include "kt-predict-private.h"

#include <string.h>

/*
 * Edits of a guest's inactive XML, on the facts that were read from it. The `.source` of a row says
 * where its member stands (see kt-facts-guest.h), so there is no second list of places.
 */

#define MAX_STEPS 16

typedef struct Step {
	char *name;
	char *key; /* of a predicate: "@vcpu" or "target/@dev"; NULL = none */
	char *value;
} Step;

typedef enum Tail { TAIL_ELEMENT = 1, TAIL_ATTRIBUTE, TAIL_TEXT } Tail;

/* "/domain/devices/disk[target/@dev='vda']/driver/@cache", without "/domain". */
typedef struct Place {
	Step steps[MAX_STEPS];
	size_t n_steps;
	Tail tail;
	char *attribute;
} Place;

static void
place_clear(Place *place)
{
	for (size_t i = 0; i < place->n_steps; i++) {
		g_free(place->steps[i].name);
		g_free(place->steps[i].key);
		g_free(place->steps[i].value);
	}
	g_free(place->attribute);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

/* "[target/@dev='vda']"; moves *@cursor behind it. */
static bool
parse_predicate(const char **cursor, Step *step)
{
	const char *equals = strstr(*cursor, "='");
	const char *end = equals ? strstr(equals, "']") : NULL;

	if (**cursor != '[')
		return true;
	if (!end)
		return false;
	step->key = g_strndup(*cursor + 1, (size_t)(equals - *cursor - 1));
	step->value = g_strndup(equals + 2, (size_t)(end - equals - 2));
	*cursor = end + strlen("']");
	return true;
}

static bool
parse_place(const char *locator, Place *place)
{
	const char *cursor = locator;

	place->tail = TAIL_ELEMENT;
	if (!g_str_has_prefix(cursor, "/domain/"))
		return false;
	cursor += strlen("/domain");
	while (*cursor == '/') {
		cursor++;
		if (*cursor == '@') {
			place->tail = TAIL_ATTRIBUTE;
			place->attribute = g_strdup(cursor + 1);
			return true;
		}
		if (g_str_equal(cursor, "text()")) {
			place->tail = TAIL_TEXT;
			return true;
		}
		if (place->n_steps == MAX_STEPS)
			return false;
		Step *step = &place->steps[place->n_steps++];
		size_t length = strcspn(cursor, "[/");
		step->name = g_strndup(cursor, length);
		cursor += length;
		if (!parse_predicate(&cursor, step))
			return false;
	}
	return !*cursor;
}

/* Names of the steps from @first to before @end, joined by '/'. */
static char *
join_steps(const Place *place, size_t first, size_t end)
{
	GString *path = g_string_new(NULL);

	for (size_t i = first; i < end; i++)
		g_string_append_printf(path, "%s%s", path->len ? "/" : "", place->steps[i].name);
	return g_string_free(path, FALSE);
}

/* The source of a row relative to the element of its record: "target/@dev" for
 * "disk/target/@dev" in a disk, "@cpuset" for "cputune/vcpupin/@cpuset" in a pin. */
static const char *
relative_source(const KtField *field, const char *element)
{
	const char *source = field->source;
	size_t length = strlen(element);

	if (!source)
		return "";
	for (const char *at = source; at; at = strchr(at, '/') ? strchr(at, '/') + 1 : NULL) {
		if (g_str_has_prefix(at, element) && at[length] == '/')
			return at + length + 1;
	}
	return source;
}

/* "driver/@cache" is at path "driver", attribute "cache"; "source/@file|@dev" has alternatives. */
static bool
is_attribute_source(const char *source, const char *path, const char *attribute)
{
	const char *at = strchr(source, '@');
	size_t length = strlen(path);

	if (!at || strchr(source, '('))
		return false;
	if (length ? !(g_str_has_prefix(source, path) && source[length] == '/' &&
		       at == source + length + 1)
		   : at != source)
		return false;

	g_auto(GStrv) names = g_strsplit(at, "|", /* max_tokens= */ -1);
	for (size_t i = 0; names[i]; i++) {
		if (g_str_equal(names[i] + 1, attribute))
			return true;
	}
	return false;
}

/* Is @path the place of @source, or above it? */
static bool
is_within(const char *source, const char *path)
{
	size_t length = strlen(path);

	if (g_str_has_prefix(source, "count("))
		source += strlen("count(");
	return length == 0 || (g_str_has_prefix(source, path) && strchr("/)[", source[length]));
}

static uint64_t
count_matching(const KtMarkup *parent, const char *name, const char *condition)
{
	uint64_t n = 0;

	for (guint i = 0; i < parent->children->len; i++) {
		const KtMarkup *child = parent->children->pdata[i];
		if (!g_str_equal(child->name, name))
			continue;
		if (!condition) {
			n++;
			continue;
		}
		/* "@policy='require' or @policy='force'" */
		const char *value = kt_markup_attribute(child, "policy");
		g_autofree char *wanted = g_strdup_printf("='%s'", value ? value : "");
		n += value && strstr(condition, wanted);
	}
	return n;
}

/* count(path) or count(path[condition]), @rest being that path below @root. */
static char *
count_text(const KtMarkup *root, const char *rest)
{
	g_autofree char *path = g_strndup(rest, strcspn(rest, "[)"));
	const char *condition = strchr(rest, '[');
	g_auto(GStrv) names = g_strsplit(path, "/", /* max_tokens= */ -1);
	const KtMarkup *parent = root;
	size_t n = g_strv_length(names);

	/* The element itself is what is counted, and was not there before. */
	if (n == 0)
		return g_strdup("1");
	for (size_t i = 0; parent && i + 1 < n; i++)
		parent = kt_markup_child(parent, names[i]);
	return g_strdup_printf("%" G_GUINT64_FORMAT,
			       parent ? count_matching(parent, names[n - 1], condition) : 0);
}

/* What stands at @rest below @root: NULL for nothing, "" for an empty element. Free with g_free. */
static char *
text_at(const KtMarkup *root, const char *rest)
{
	const KtMarkup *markup = root;

	while (markup && *rest && *rest != '@') {
		g_autofree char *name = g_strndup(rest, strcspn(rest, "/"));
		markup = kt_markup_child(markup, name);
		rest += strlen(name);
		rest += *rest == '/';
	}
	if (!markup || *rest != '@')
		return markup ? g_strdup(markup->text) : NULL;

	g_auto(GStrv) names = g_strsplit(rest, "|", /* max_tokens= */ -1);
	const char *value = NULL;
	for (size_t i = 0; !value && names[i]; i++)
		value = kt_markup_attribute(markup, names[i] + 1);
	return g_strdup(value);
}

/* What of the source is below the element at @path. */
static const char *
below(const char *source, const char *path)
{
	if (g_str_has_prefix(source, "count("))
		source += strlen("count(");
	source += strlen(path);
	return source + (*path && *source == '/');
}

typedef struct Edit {
	KtFacts *facts;
	const Place *place;
	const char *to;
	bool is_done;   /* some fact was set */
	bool is_broken; /* a value did not parse */
} Edit;

static void
set_member(Edit *edit, const KtField *field, void *record, const char *text)
{
	bool is_flag = field->type == KT_TYPE_BOOL;
	/* A flag is the element being there. */
	const char *value = is_flag && text ? "Y" : text;

	/* An empty element or attribute says nothing. */
	if (!is_flag && text && !*text)
		value = NULL;
	if (kt_predict_member(edit->facts, field, record, value))
		edit->is_done = true;
	else
		edit->is_broken = true;
}

static bool fill_list(Edit *edit, const KtField *field, void *record, const KtMarkup *parent,
		      const char *rest);

/* All members of @record at or below the element at @path: from @root, or gone when that is
 * NULL. */
static void
fill(Edit *edit, const KtSchema *schema, void *record, const char *element, const char *path,
     const KtMarkup *root)
{
	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		const char *source = relative_source(field, element);
		g_autofree char *text = NULL;
		if (!is_within(source, path))
			continue;
		const char *rest = below(source, path);
		if (field->type == KT_TYPE_LIST) {
			edit->is_done |= fill_list(edit, field, record, root, rest);
			continue;
		}
		if (g_str_has_prefix(source, "count("))
			text = root ? count_text(root, rest) : g_strdup("0");
		else
			text = root ? text_at(root, rest) : NULL;
		set_member(edit, field, record, text);
	}
}

static const char *
last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A list whose element is below @parent, at @rest: "page" or "memory/page". */
static bool
fill_list(Edit *edit, const KtField *field, void *record, const KtMarkup *parent, const char *rest)
{
	KtAnyList *list = (void *)((char *)record + field->offset);
	const char *name = last_name(field->source);
	g_auto(GStrv) names = g_strsplit(rest, "/", /* max_tokens= */ -1);
	size_t n_names = g_strv_length(names);

	*list = (KtAnyList){.state = KT_STATE_VALUE};
	for (size_t i = 0; parent && i + 1 < n_names; i++)
		parent = kt_markup_child(parent, names[i]);
	if (!parent)
		return true;

	list->v = kt_arena_alloc(edit->facts->arena, field->schema->size * parent->children->len);
	for (guint i = 0; i < parent->children->len; i++) {
		const KtMarkup *child = parent->children->pdata[i];
		if (!g_str_equal(child->name, name))
			continue;
		void *item = (char *)list->v + field->schema->size * list->n++;
		fill(edit, field->schema, item, name, "", child);
	}
	return true;
}

/* Elements that are made on the way are there from then on. */
static void
raise_flags(Edit *edit, const KtSchema *schema, void *record, const char *element, const char *path)
{
	for (size_t i = 0; edit->to && i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		const char *source = relative_source(field, element);
		size_t length = strlen(source);
		if (field->type == KT_TYPE_BOOL && g_str_has_prefix(path, source) &&
		    (!path[length] || path[length] == '/'))
			set_member(edit, field, record, "");
	}
}

static void
edit_leaf(Edit *edit, const KtSchema *schema, void *record, const char *element, const char *path)
{
	const Place *place = edit->place;

	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		const char *source = relative_source(field, element);
		bool is_text = place->tail == TAIL_TEXT && field->type != KT_TYPE_BOOL &&
			       field->type != KT_TYPE_LIST && g_str_equal(source, path);
		bool is_attribute = place->tail == TAIL_ATTRIBUTE &&
				    is_attribute_source(source, path, place->attribute);
		if (is_text || is_attribute)
			set_member(edit, field, record, edit->to);
	}
	raise_flags(edit, schema, record, element, path);
}

static void
edit_element(Edit *edit, const KtSchema *schema, void *record, const char *element,
	     const char *path)
{
	g_autoptr(KtMarkup) markup = edit->to ? kt_markup_parse(edit->to) : NULL;

	if (edit->to && !markup) {
		edit->is_broken = true;
		return;
	}
	fill(edit, schema, record, element, path, markup);
	raise_flags(edit, schema, record, element, path);
}

/* The list whose element is one of the steps from @first on; NULL when there is none. */
static const KtField *
find_list(const KtSchema *schema, const char *element, const Place *place, size_t first,
	  size_t *ret_step)
{
	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		if (field->type != KT_TYPE_LIST)
			continue;
		for (size_t end = first + 1; end <= place->n_steps; end++) {
			g_autofree char *path = join_steps(place, first, end);
			if (g_str_equal(relative_source(field, element), path)) {
				*ret_step = end - 1;
				return field;
			}
		}
	}
	return NULL;
}

static const KtField *
find_key(const KtSchema *schema, const char *element, const char *key)
{
	for (size_t i = 0; i < schema->n_fields; i++) {
		if (g_str_equal(relative_source(&schema->fields[i], element), key))
			return &schema->fields[i];
	}
	return NULL;
}

/* The value of the key as text, for comparison with a predicate. Free with g_free. */
static char *
key_text(const KtField *field, const void *record)
{
	const void *at = (const char *)record + field->offset;
	const KtOptStr *text = at;
	const KtOptU64 *number = at;

	if (field->type == KT_TYPE_STR && kt_known(*text))
		return g_strdup(text->v);
	if (field->type == KT_TYPE_U64 && kt_known(*number))
		return g_strdup_printf("%" G_GUINT64_FORMAT, number->v);
	return NULL;
}

/* Index of the item that @step means; list->n when there is none. */
static uint32_t
find_item(const KtField *field, const KtAnyList *list, const Step *step)
{
	const KtField *key = step->key ? find_key(field->schema, step->name, step->key) : NULL;

	if (!step->key)
		return 0;
	for (uint32_t i = 0; key && i < list->n; i++) {
		g_autofree char *text =
			key_text(key, (const char *)list->v + i * field->schema->size);
		if (g_strcmp0(text, step->value) == 0)
			return i;
	}
	return list->n;
}

/* Items of their own for a list, with room for one more: the facts may not be half changed. */
static void
own_items(Edit *edit, const KtField *field, KtAnyList *list)
{
	size_t size = field->schema->size;
	char *items = kt_arena_alloc(edit->facts->arena, size * (list->n + 1));

	if (list->n)
		memcpy(items, list->v, size * list->n);
	list->v = items;
}

static void
remove_item(const KtField *field, KtAnyList *list, uint32_t index)
{
	char *item = (char *)list->v + index * field->schema->size;

	list->n--;
	memmove(item, item + field->schema->size, (list->n - index) * field->schema->size);
}

/* A new item that has nothing but its key. */
static void *
append_item(Edit *edit, const KtField *field, KtAnyList *list, const Step *step)
{
	void *item = (char *)list->v + field->schema->size * list->n++;

	for (size_t i = 0; i < field->schema->n_fields; i++)
		(void)kt_predict_member(edit->facts, &field->schema->fields[i], item, NULL);
	const KtField *key = step->key ? find_key(field->schema, step->name, step->key) : NULL;
	if (key)
		(void)kt_predict_member(edit->facts, key, item, step->value);
	return item;
}

static void edit_record(Edit *edit, const KtSchema *schema, void *record, const char *element,
			size_t first);

static void
edit_item(Edit *edit, const KtField *field, void *record, size_t step_index)
{
	KtAnyList *list = (void *)((char *)record + field->offset);
	const Step *step = &edit->place->steps[step_index];
	bool is_whole = edit->place->tail == TAIL_ELEMENT && step_index + 1 == edit->place->n_steps;
	uint32_t index = 0;
	void *item = NULL;

	if (list->state != KT_STATE_VALUE)
		return;
	own_items(edit, field, list);
	index = find_item(field, list, step);
	if (index >= list->n && !edit->to) {
		edit->is_done = true;
		return;
	}
	if (is_whole && !edit->to) {
		remove_item(field, list, index);
		edit->is_done = true;
		return;
	}
	item = index < list->n ? (char *)list->v + index * field->schema->size
			       : append_item(edit, field, list, step);
	if (is_whole)
		edit_element(edit, field->schema, item, step->name, "");
	else
		edit_record(edit, field->schema, item, step->name, step_index + 1);
}

/* What the steps from @first on mean within @record. */
static void
edit_record(Edit *edit, const KtSchema *schema, void *record, const char *element, size_t first)
{
	const Place *place = edit->place;
	size_t step = 0;
	const KtField *list = find_list(schema, element, place, first, &step);
	g_autofree char *path = join_steps(place, first, place->n_steps);

	if (list) {
		g_autofree char *above = join_steps(place, first, step);
		edit_item(edit, list, record, step);
		raise_flags(edit, schema, record, element, above);
		return;
	}
	if (place->tail == TAIL_ELEMENT)
		edit_element(edit, schema, record, element, path);
	else
		edit_leaf(edit, schema, record, element, path);
}

static const KtSchema *
config_schema(void)
{
	for (size_t i = 0; i < kt_guest_schema.n_fields; i++) {
		if (kt_guest_schema.fields[i].offset == offsetof(KtGuest, inactive))
			return kt_guest_schema.fields[i].schema;
	}
	g_assert_not_reached();
}

bool
kt_predict_xml(KtFacts *facts, KtGuest *guest, const KtChange *change)
{
	g_auto(Place) place = {0};
	Edit edit = {.facts = facts, .place = &place, .to = change->to};
	KtGuestConfig config = guest->inactive;

	if (!kt_known(config.type) || !parse_place(change->locator, &place))
		return false;

	edit_record(&edit, config_schema(), &config, "domain", 0);
	/* What libvirt takes when nothing is said, as in collect/. */
	if (config.vcpus.state == KT_STATE_ABSENT)
		config.vcpus = config.vcpus_max;
	if (config.current_memory_kib.state == KT_STATE_ABSENT)
		config.current_memory_kib = config.memory_kib;
	if (!edit.is_done || edit.is_broken)
		return false;
	guest->inactive = config;
	return true;
}
