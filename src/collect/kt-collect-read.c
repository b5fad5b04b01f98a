/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

KtState
kt_host_text(KtHostJob *job, const char *path, char **ret_text)
{
	g_autofree char *text = NULL;
	size_t length = 0;
	KtState state = kt_root_read(job->root, path, &text, &length);

	if (state != KT_STATE_VALUE)
		return state;
	/* With a length, NUL counts as invalid. */
	if (!g_utf8_validate_len(text, length, NULL))
		return KT_STATE_BROKEN;
	*ret_text = g_steal_pointer(&text);
	return KT_STATE_VALUE;
}

static bool
has_control_characters(const char *text)
{
	for (; *text; text++) {
		if (g_ascii_iscntrl(*text) && *text != '\t')
			return true;
	}
	return false;
}

static KtState
read_line(KtHostJob *job, const char *path, bool can_be_blank, char **ret_line)
{
	g_autofree char *text = NULL;
	KtState state = kt_host_text(job, path, &text);

	if (state != KT_STATE_VALUE)
		return state;

	size_t length = strlen(text);
	g_strstrip(text);
	if (length == 0 || length > KT_HOST_MAX_LINE || (!*text && !can_be_blank) ||
	    has_control_characters(text))
		return KT_STATE_BROKEN;
	*ret_line = g_steal_pointer(&text);
	return KT_STATE_VALUE;
}

KtState
kt_host_line(KtHostJob *job, const char *path, char **ret_line)
{
	return read_line(job, path, /* can_be_blank= */ false, ret_line);
}

char *
kt_host_choice(const char *line)
{
	const char *open = strchr(line, '[');
	const char *close = open ? strchr(open, ']') : NULL;

	if (close && close > open + 1)
		return g_strndup(open + 1, (size_t)(close - open - 1));
	return open || !*line || strpbrk(line, " \t]") ? NULL : g_strdup(line);
}

static KtState
parse_bool(const char *line, bool *ret_value)
{
	if (strlen(line) != 1 || !strchr("01NYny", *line))
		return KT_STATE_BROKEN;
	*ret_value = strchr("1Yy", *line) != NULL;
	return KT_STATE_VALUE;
}

static KtState
parse_cpuset(KtHostJob *job, const char *line, KtForm form, const KtCpuset **ret_set)
{
	KtCpuset set = {0};

	/* How printk's %*pbl shows a mask that was never allocated: nohz_full without the option.
	 */
	if (g_str_equal(line, "(null)"))
		line = "";
	if (!(form == KT_FORM_MASK ? kt_cpuset_parse_mask(line, &set, NULL)
				   : kt_cpuset_parse_list(line, &set, NULL)))
		return KT_STATE_BROKEN;
	*ret_set = kt_facts_cpuset(job->facts, &set);
	return KT_STATE_VALUE;
}

static KtState
parse_text(KtHostJob *job, const char *line, KtForm form, const char **ret_text)
{
	g_autofree char *choice = form == KT_FORM_CHOICE ? kt_host_choice(line) : g_strdup(line);

	if (!choice)
		return KT_STATE_BROKEN;
	*ret_text = kt_arena_strdup(job->facts->arena, choice);
	return KT_STATE_VALUE;
}

/* Parses @line into the member @at when @state is VALUE, and sets its state and origin. */
static void
set_member(KtHostJob *job, const KtField *field, KtState state, const char *line, uint16_t origin,
	   void *at)
{
	bool is_read = state == KT_STATE_VALUE;

#define SET(Type, parsed)                                                                          \
	do {                                                                                       \
		Type *opt = at;                                                                    \
		opt->state = is_read ? (parsed) : state;                                           \
		opt->origin = origin;                                                              \
	} while (0)
#define NUMBER(parsed) ((parsed) ? KT_STATE_VALUE : KT_STATE_BROKEN)

	switch (field->type) {
	case KT_TYPE_BOOL:
		SET(KtOptBool, parse_bool(line, &opt->v));
		break;
	case KT_TYPE_U64:
		SET(KtOptU64,
		    NUMBER(g_ascii_string_to_unsigned(line, 10, 0, UINT64_MAX, &opt->v, NULL)));
		break;
	case KT_TYPE_I64:
		SET(KtOptI64,
		    NUMBER(g_ascii_string_to_signed(
			    line, 10, INT64_MIN, INT64_MAX, &opt->v, NULL)));
		break;
	case KT_TYPE_STR:
		SET(KtOptStr, parse_text(job, line, field->form, &opt->v));
		break;
	case KT_TYPE_CPUSET:
		SET(KtOptCpuset, parse_cpuset(job, line, field->form, &opt->v));
		break;
	case KT_TYPE_LIST:
	case KT_TYPE_RECORD:
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		g_assert_not_reached();
	}
#undef NUMBER
#undef SET
}

static void
read_field(KtHostJob *job, const KtField *field, const char *dir, void *at)
{
	g_autofree char *path =
		*field->source == '/' ? NULL : g_strconcat(dir, "/", field->source, NULL);
	const char *source = path ? path : field->source;
	g_autofree char *line = NULL;
	/* A blank line is the empty set, as of "isolated". */
	KtState state = read_line(job, source, field->type == KT_TYPE_CPUSET, &line);

	set_member(job, field, state, line, kt_facts_origin(job->facts, source), at);
}

void
kt_host_read_fields(KtHostJob *job, const KtSchema *schema, const char *dir, void *record)
{
	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		void *at = (char *)record + field->offset;
		if (field->type == KT_TYPE_RECORD)
			kt_host_read_fields(job, field->schema, dir, at);
		else if (field->form != KT_FORM_CODE)
			read_field(job, field, dir, at);
	}
}

/* What follows "KEY:". The meminfo of a node has "Node 0 " in front of every key. */
static const char *
find_key(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *at = strstr(text, key); at; at = strstr(at + 1, key)) {
		if ((at == text || g_ascii_isspace(at[-1])) && at[length] == ':')
			return at + length + 1;
	}
	return NULL;
}

KtOptU64
kt_host_meminfo(KtHostJob *job, const char *text, const char *key, const char *path)
{
	const char *value = find_key(text, key);
	KtOptU64 result = {.origin = kt_facts_origin(job->facts, path), .state = KT_STATE_ABSENT};

	if (!value)
		return result;
	value += strspn(value, " \t");

	g_autofree char *digits = g_strndup(value, strspn(value, "0123456789"));
	bool is_kib = g_str_has_prefix(value + strlen(digits), " kB");
	result.state =
		is_kib && g_ascii_string_to_unsigned(digits, 10, 0, UINT64_MAX, &result.v, NULL)
			? KT_STATE_VALUE
			: KT_STATE_BROKEN;
	return result;
}

KtOptStr
kt_host_str(KtHostJob *job, const char *text, const char *origin)
{
	return (KtOptStr){
		.v = kt_arena_strdup(job->facts->arena, text),
		.state = KT_STATE_VALUE,
		.origin = kt_facts_origin(job->facts, origin),
	};
}

KtOptStr
kt_host_line_str(KtHostJob *job, const char *path)
{
	g_autofree char *line = NULL;
	KtState state = kt_host_line(job, path, &line);

	return (KtOptStr){
		.v = kt_arena_strdup(job->facts->arena, line),
		.state = state,
		.origin = kt_facts_origin(job->facts, path),
	};
}

KtOptU64
kt_host_u64(KtHostJob *job, uint64_t number, const char *origin)
{
	return (KtOptU64){
		.v = number,
		.state = KT_STATE_VALUE,
		.origin = kt_facts_origin(job->facts, origin),
	};
}

KtOptBool
kt_host_bool(KtHostJob *job, bool value, const char *origin)
{
	return (KtOptBool){
		.v = value,
		.state = KT_STATE_VALUE,
		.origin = kt_facts_origin(job->facts, origin),
	};
}

KtOptCpuset
kt_host_cpuset(KtHostJob *job, const KtCpuset *set, const char *origin)
{
	return (KtOptCpuset){
		.v = kt_facts_cpuset(job->facts, set),
		.state = KT_STATE_VALUE,
		.origin = kt_facts_origin(job->facts, origin),
	};
}

void *
kt_host_take(KtHostJob *job, GArray *items)
{
	size_t size = (size_t)items->len * g_array_get_element_size(items);
	void *copy = kt_arena_alloc(job->facts->arena, size);

	if (size > 0)
		memcpy(copy, items->data, size);
	g_array_unref(items);
	return copy;
}
