/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-practice.h"

#define PRACTICE(symbol) extern KT_PRACTICE(symbol);
#define RETIRED(id, reason)
#include "practices.inc"
#undef PRACTICE
#undef RETIRED

const KtPractice *const kt_practices[] = {
#define PRACTICE(symbol) &kt_practice_##symbol,
#define RETIRED(id, reason)
#include "practices.inc"
#undef PRACTICE
#undef RETIRED
};
const size_t kt_n_practices = G_N_ELEMENTS(kt_practices);

static const struct {
	const char *id;
	const char *reason;
} retired[] = {
#define PRACTICE(symbol)
#define RETIRED(retired_id, why) {.id = (retired_id), .reason = (why)},
#include "practices.inc"
#undef PRACTICE
#undef RETIRED
	{.id = NULL},
};

const KtPractice *
kt_practice_find(const char *id)
{
	for (size_t i = 0; i < kt_n_practices; i++) {
		if (g_str_equal(kt_practices[i]->id, id))
			return kt_practices[i];
	}
	return NULL;
}

const char *
kt_practice_retired(const char *id)
{
	for (size_t i = 0; retired[i].id; i++) {
		if (g_str_equal(retired[i].id, id))
			return retired[i].reason;
	}
	return NULL;
}

static const KtParam *
find_param(const KtPractice *practice, const char *name)
{
	for (size_t i = 0; i < practice->n_params; i++) {
		if (g_str_equal(practice->params[i].name, name))
			return &practice->params[i];
	}
	return NULL;
}

uint64_t
kt_view_param(const KtView *view, const char *name)
{
	const KtParam *param = find_param(view->practice, name);
	g_autofree char *key = g_strdup_printf("%s/%s", view->practice->id, name);
	const char *text = g_hash_table_lookup(view->policy->params, key);
	guint64 value = 0;

	g_assert(param);
	if (text && g_ascii_string_to_unsigned(text, 10, param->min, param->max, &value, NULL))
		return value;
	return param->value;
}

bool
kt_view_is_strict(const KtView *view)
{
	return view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;
}
