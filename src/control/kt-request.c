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
	GPtrArray *left;    /* const char *: keys that change with the next start only */
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
parse_wishes(const KtRequest *request, GError **error)
{
	g_autoptr(GPtrArray) wishes = g_ptr_array_new_with_free_func(free_wish);

	for (size_t i = 0; request->assignments[i]; i++) {
		g_autoptr(KtWish) wish = parse_wish(request->assignments[i], error);
		if (!wish || !add_wishes(wishes, wish, error))
			return NULL;
	}
	return g_steal_pointer(&wishes);
}

/* What the live call is told for a place that the XML leaves out; NULL = there is no such value. */
static char *
live_value(const Builder *builder, const KtWish *wish)
{
	const KtOptCpuset online = builder->facts->host.cpu.online;

	if (wish->value)
		return g_strdup(wish->value);
	if (wish->setting->absent)
		return g_strdup(wish->setting->absent);
	if (wish->setting->kind == KT_SETTING_CPUS && kt_known(online))
		return kt_cpuset_to_list(online.v);
	return NULL;
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

static bool
add_live(Builder *builder, const KtWish *wish, GError **error)
{
	bool is_list = wish->setting->kind == KT_SETTING_CPUS;
	bool is_active = kt_opt_true(builder->guest->is_active);
	g_autofree char *locator = kt_setting_fill(wish->setting->live, wish->of);
	g_autofree char *value = live_value(builder, wish);

	if (is_active && locator && value) {
		add(builder,
		    KT_KNOB_DOMAIN_LIVE,
		    KT_EFFECT_LIVE,
		    is_list ? KT_SYNTAX_LIST : KT_SYNTAX_PLAIN,
		    locator,
		    value);
		return true;
	}
	if (is_active)
		g_ptr_array_add(builder->left, (void *)wish->setting->key);
	if (!builder->request->is_live_only)
		return true;
	if (!is_active)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "without --live its definition is changed",
				     "guest '%s' does not run",
				     builder->guest->name.v);
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     "without --live the definition is changed, for the next start",
			     "%s of a running guest cannot be %s",
			     wish->setting->key,
			     wish->value ? "changed" : "taken away");
}

/* libvirt leaves @current out where every vCPU is plugged in. */
static const char *
xml_value(const Builder *builder, const KtWish *wish)
{
	const KtOptU64 n_max = builder->guest->inactive.vcpus_max;
	bool is_all = g_str_equal(wish->setting->key, "vcpus") && wish->value && kt_known(n_max) &&
		      g_ascii_strtoull(wish->value, NULL, 10) == n_max.v;

	return is_all ? NULL : wish->value;
}

static bool
add_config(Builder *builder, const KtWish *wish, GError **error)
{
	const KtOptBool persistent = builder->guest->is_persistent;
	g_autofree char *locator = kt_setting_fill(wish->setting->xml, wish->of);
	bool is_list =
		wish->setting->kind == KT_SETTING_CPUS || wish->setting->kind == KT_SETTING_NODES;

	if (!kt_known(persistent) || persistent.v) {
		add(builder,
		    KT_KNOB_DOMAIN_XML,
		    KT_EFFECT_GUEST_START,
		    is_list ? KT_SYNTAX_LIST : KT_SYNTAX_PLAIN,
		    locator,
		    xml_value(builder, wish));
		return true;
	}
	if (!builder->request->is_config_only && wish->setting->live)
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     wish->setting->live ? "--live changes what runs now" : NULL,
			     "guest '%s' is transient: it has no definition to keep %s in",
			     builder->guest->name.v,
			     wish->setting->key);
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
	g_autoptr(GPtrArray) notes = g_ptr_array_new();

	for (guint i = 0; i < builder->left->len && !builder->request->is_config_only; i++)
		g_ptr_array_add(
			notes,
			(void *)kt_arena_printf(plan->arena,
						"%s cannot change while the guest runs: its next "
						"start brings it",
						(const char *)builder->left->pdata[i]));
	if (kt_opt_true(builder->guest->managed_save) && !builder->request->is_live_only)
		g_ptr_array_add(notes,
				(void *)"the guest has a managed save image: starting it restores "
					"that, with the settings of then");
	plan->n_notes = notes->len;
	plan->notes = kt_arena_new0(plan->arena, const char *, notes->len);
	for (guint i = 0; i < notes->len; i++)
		plan->notes[i] = notes->pdata[i];
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
	g_autoptr(GPtrArray) wishes = parse_wishes(request, error);
	g_autoptr(KtArena) arena = kt_arena_new();
	g_autoptr(GPtrArray) changes = g_ptr_array_new();
	g_autoptr(GPtrArray) left = g_ptr_array_new();
	Builder builder = {
		.facts = facts,
		.guest = &facts->guests.v[guest],
		.request = request,
		.arena = arena,
		.changes = changes,
		.left = left,
	};

	if (!wishes)
		return NULL;
	for (guint i = 0; i < wishes->len; i++) {
		if (!add_wish(&builder, wishes->pdata[i], wishes, error))
			return NULL;
	}
	return build(&builder, guest, error);
}
