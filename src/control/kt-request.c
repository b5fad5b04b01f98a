/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-request.h"

#include "kt-plan-build.h"
#include "kt-preflight.h"

#include <string.h>

/* Stands in plans where those made by an audit name practices. */
static const KtPractice asked_for = {
	.id = KT_PLAN_ASKED_FOR,
	.title = "as asked for",
	.scope = KT_SCOPE_GUEST,
};

typedef struct Builder {
	KtFacts *facts;
	const KtGuest *guest;
	const KtRequest *request;
	KtArena *arena;
	GPtrArray *changes; /* KtChange * */
	GPtrArray *notes;   /* char *: what a person should know */
} Builder;

static KtWish *
parse_wish(const char *assignment, GError **error)
{
	const char *equals = strchr(assignment, '=');
	g_autoptr(KtWish) wish = g_new0(KtWish, 1);

	if (!equals || equals == assignment) {
		kt_throw_hint(error,
			      KT_ERROR_USAGE,
			      "for example cpu.shares=2048",
			      "'%s' is not KEY=VALUE",
			      assignment);
		return NULL;
	}
	g_autofree char *key = g_strndup(assignment, (size_t)(equals - assignment));
	wish->setting = kt_setting_find(key, &wish->of, error);
	if (!wish->setting || !kt_setting_parse(wish->setting, equals + 1, &wish->value, error))
		return NULL;
	return g_steal_pointer(&wish);
}

/* "memory+=1G@0" is "dimm.N=1G@0" with the first slot that is free. */
static char *
plain_assignment(const KtGuest *guest, const char *assignment)
{
	static const char plus[] = "memory+=";

	if (!g_str_has_prefix(assignment, plus))
		return g_strdup(assignment);
	return g_strdup_printf("dimm.%u=%s", kt_wish_free_slot(guest), assignment + strlen(plus));
}

static bool
is_numbered(const KtWish *wish)
{
	return wish->setting->of == KT_SETTING_OF_VCPU ||
	       wish->setting->of == KT_SETTING_OF_IOTHREAD;
}

static bool
is_twice(const GPtrArray *wishes, const KtWish *wish)
{
	for (guint i = 0; i < wishes->len; i++) {
		const KtWish *other = wishes->pdata[i];
		if (other->setting == wish->setting && g_strcmp0(other->of, wish->of) == 0)
			return true;
	}
	return false;
}

static bool
add_one(GPtrArray *wishes, const KtWish *wish, char *of, GError **error)
{
	KtWish *one = g_new0(KtWish, 1);

	*one = (KtWish){.setting = wish->setting, .of = of, .value = g_strdup(wish->value)};
	bool is_new = !is_twice(wishes, one);
	g_ptr_array_add(wishes, one);
	return is_new ? true
		      : kt_throw(error, KT_ERROR_USAGE, "'%s' is set twice", wish->setting->key);
}

/* "pin.vcpu.0-3" is four wishes. */
static bool
add_wishes(GPtrArray *wishes, const KtWish *wish, GError **error)
{
	KtCpuset numbers = {0};

	if (!is_numbered(wish))
		return add_one(wishes, wish, g_strdup(wish->of), error);
	if (!kt_cpuset_parse_list(wish->of, &numbers, error))
		return kt_prefix(error, "%s", wish->setting->key);
	kt_cpuset_foreach (&numbers, number) {
		if (!add_one(wishes, wish, g_strdup_printf("%u", number), error))
			return false;
	}
	return true;
}

static void
free_wish(void *wish)
{
	kt_wish_free(wish);
}

static GPtrArray *
parse_wishes(const KtGuest *guest, const KtRequest *request, GError **error)
{
	g_autoptr(GPtrArray) wishes = g_ptr_array_new_with_free_func(free_wish);

	for (size_t i = 0; request->assignments[i]; i++) {
		g_autofree char *plain = plain_assignment(guest, request->assignments[i]);
		g_autoptr(KtWish) wish = parse_wish(plain, error);
		if (!wish || !add_wishes(wishes, wish, error))
			return NULL;
	}
	return g_steal_pointer(&wishes);
}

static void
add(Builder *builder, KtKnob knob, KtEffect effect, KtSyntax syntax, const char *locator,
    const char *to)
{
	KtChange *change = kt_arena_new0(builder->arena, KtChange, 1);

	*change = (KtChange){
		.knob = knob,
		.syntax = syntax,
		.persist = KT_PERSIST_NONE,
		.effect = effect,
		.risk = KT_RISK_LOW,
		.target = kt_arena_printf(builder->arena, "guest/%s", builder->guest->uuid.v),
		.locator = kt_arena_strdup(builder->arena, locator),
		.to = kt_arena_strdup(builder->arena, to),
	};
	g_ptr_array_add(builder->changes, change);
}

static void note(const Builder *builder, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
note(const Builder *builder, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(builder->notes, g_strdup_vprintf(format, args));
	va_end(args);
}

static KtSyntax
syntax_of(const KtSetting *setting)
{
	return setting->kind == KT_SETTING_CPUS || setting->kind == KT_SETTING_NODES
		       ? KT_SYNTAX_LIST
		       : KT_SYNTAX_PLAIN;
}

static bool
add_live(Builder *builder, const KtWish *wish, GError **error)
{
	const char *key = wish->setting->key;
	bool is_active = kt_opt_true(builder->guest->is_active);
	const char *why = kt_wish_why_not_live(builder->facts, builder->guest, wish);

	if (is_active && !why) {
		g_autofree char *locator = kt_setting_fill(wish->setting->live, wish->of);
		g_autofree char *value = kt_wish_live_value(builder->facts, builder->guest, wish);
		add(builder,
		    KT_KNOB_DOMAIN_LIVE,
		    KT_EFFECT_LIVE,
		    syntax_of(wish->setting),
		    locator,
		    value);
		return true;
	}
	if (!builder->request->is_live_only && (is_active || wish->setting->xml)) {
		if (is_active)
			note(builder,
			     "%s cannot change while the guest runs (%s): its next start brings it",
			     key,
			     why);
		return true;
	}
	if (!is_active)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     wish->setting->xml ? "without --live its definition is changed"
							: "it is a setting of running guests only",
				     "guest '%s' does not run",
				     builder->guest->name.v);
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     "without --live the definition is changed, for the next start",
			     "%s of a running guest cannot be %s: %s",
			     key,
			     wish->value ? "changed" : "taken away",
			     why);
}

/* May the definition hold it? */
static bool
check_config(const Builder *builder, const KtWish *wish, GError **error)
{
	/* libvirt: news of 9.4.0, <poll> of an IOThread. */
	bool is_poll = g_str_has_prefix(wish->setting->key, "iothread.*.poll-");
	const KtOptU64 version = builder->facts->meta.libvirt_version;

	if (is_poll && kt_known(version) && version.v < 9004000)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "--live changes it until the guest stops",
				     "%s: libvirt keeps it in definitions from 9.4 on, this is "
				     "%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT,
				     wish->setting->key,
				     version.v / 1000000,
				     version.v / 1000 % 1000);
	const KtOptBool persistent = builder->guest->is_persistent;
	if (!kt_known(persistent) || persistent.v)
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     wish->setting->live ? "--live changes what runs now" : NULL,
			     "guest '%s' is transient: it has no definition to keep %s in",
			     builder->guest->name.v,
			     wish->setting->key);
}

static bool
add_config(Builder *builder, const KtWish *wish, GError **error)
{
	const KtOptBool persistent = builder->guest->is_persistent;
	bool is_kept = !kt_known(persistent) || persistent.v;

	if (!wish->setting->xml)
		return !builder->request->is_config_only ||
		       kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "it is a setting of running guests only",
				     "%s has no place in a definition",
				     wish->setting->key);
	if (!is_kept && !builder->request->is_config_only && wish->setting->live)
		return true;
	if (!check_config(builder, wish, error))
		return false;

	g_autofree char *locator = kt_wish_xml_place(wish);
	g_autofree char *value = kt_wish_xml_value(builder->guest, wish);
	add(builder,
	    KT_KNOB_DOMAIN_XML,
	    KT_EFFECT_GUEST_START,
	    syntax_of(wish->setting),
	    locator,
	    value);
	return true;
}

static void
add_size(Builder *builder, const char *locator, KtOptU64 now, int64_t growth)
{
	g_autofree char *value =
		g_strdup_printf("%" G_GINT64_FORMAT, (int64_t)(kt_known(now) ? now.v : 0) + growth);

	if (growth != 0 && kt_known(now))
		add(builder,
		    KT_KNOB_DOMAIN_XML,
		    KT_EFFECT_GUEST_START,
		    KT_SYNTAX_PLAIN,
		    locator,
		    value);
}

/* What a definition says of memory in all counts its devices; left as it is, <currentMemory> would
 * have the balloon take at the next start what was plugged in. */
static bool
add_total(Builder *builder, const GPtrArray *wishes, GError **error)
{
	const KtGuestConfig *config = &builder->guest->inactive;
	int64_t growth = 0;
	int64_t plugged = 0;

	for (guint i = 0; i < wishes->len; i++) {
		const KtWish *wish = wishes->pdata[i];
		int64_t of_balloon = 0;
		growth += kt_wish_growth_kib(builder->guest, wish, &of_balloon);
		plugged += of_balloon;
	}
	for (guint i = 0; i < wishes->len && growth != 0; i++) {
		const KtWish *wish = wishes->pdata[i];
		if (g_str_equal(wish->setting->key, "memory") ||
		    g_str_equal(wish->setting->key, "memory.max"))
			return kt_throw_hint(error,
					     KT_ERROR_USAGE,
					     "one after the other",
					     "%s changes with memory that is plugged in",
					     wish->setting->key);
	}
	add_size(builder, "/domain/memory/text()", config->memory_kib, growth);
	add_size(builder, "/domain/currentMemory/text()", config->current_memory_kib, plugged);
	return true;
}

static bool
add_wish(Builder *builder, const KtWish *wish, const GPtrArray *wishes, GError **error)
{
	if (!kt_preflight(builder->facts, builder->guest, wish, wishes, error))
		return false;
	if (!builder->request->is_config_only && !add_live(builder, wish, error))
		return false;
	return builder->request->is_live_only || add_config(builder, wish, error);
}

static const char *
summarise(const Builder *builder)
{
	g_autofree char *all = g_strjoinv(" ", (char **)builder->request->assignments);

	return kt_arena_strdup(builder->arena, all);
}

/* What a person should know who sees the plan. */
static void
remark(const Builder *builder, KtPlan *plan)
{
	if (kt_opt_true(builder->guest->managed_save) && !builder->request->is_live_only)
		note(builder,
		     "the guest has a managed save image: starting it restores that, with the "
		     "settings of then");
	plan->n_notes = builder->notes->len;
	plan->notes = kt_arena_new0(plan->arena, const char *, plan->n_notes);
	for (uint32_t i = 0; i < plan->n_notes; i++)
		plan->notes[i] = kt_arena_strdup(plan->arena, builder->notes->pdata[i]);
}

static KtPlan *
build(Builder *builder, uint32_t guest, GError **error)
{
	const KtPlanOptions options = {.tool_version = builder->request->tool_version};
	g_autoptr(GPtrArray) results = g_ptr_array_new();
	KtAudit audit = {.facts = builder->facts, .arena = builder->arena, .results = results};
	const KtTarget target = {.scope = KT_SCOPE_GUEST, .index = guest};
	g_autofree char *title = kt_target_title(builder->facts, target);
	KtResult result = {
		.practice = &asked_for,
		.target = target,
		.target_title = title,
		.verdict = KT_VERDICT_FINDING,
		.severity = KT_SEVERITY_INFO,
		.summary = summarise(builder),
		.changes = builder->changes,
	};

	g_ptr_array_add(results, &result);
	KtPlan *plan = kt_plan_build(&audit, &options, error);
	if (plan)
		remark(builder, plan);
	return plan;
}

KtPlan *
kt_request_plan(KtFacts *facts, uint32_t guest, const KtRequest *request, GError **error)
{
	g_autoptr(GPtrArray) wishes = parse_wishes(&facts->guests.v[guest], request, error);
	g_autoptr(KtArena) arena = kt_arena_new();
	g_autoptr(GPtrArray) changes = g_ptr_array_new();
	g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
	Builder builder = {
		.facts = facts,
		.guest = &facts->guests.v[guest],
		.request = request,
		.arena = arena,
		.changes = changes,
		.notes = notes,
	};

	if (!wishes)
		return NULL;
	for (guint i = 0; i < wishes->len; i++) {
		if (!add_wish(&builder, wishes->pdata[i], wishes, error))
			return NULL;
		kt_preflight_remarks(builder.guest, wishes->pdata[i], notes);
	}
	if (!request->is_live_only && !add_total(&builder, wishes, error))
		return NULL;
	return build(&builder, guest, error);
}
