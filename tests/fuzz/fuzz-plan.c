/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-plan.h"

/* A plan that is accepted is written and read as the same plan. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(KtJson) json = kt_json_parse((const char *)data, size, "plan", NULL);
	g_autoptr(KtPlan) plan = json ? kt_plan_from_json(json, NULL) : NULL;

	if (!plan)
		return 0;
	g_autoptr(KtJson) written = kt_plan_to_json(plan);
	g_autoptr(KtPlan) again = kt_plan_from_json(written, NULL);
	g_assert_nonnull(again);
	g_autoptr(KtJson) rewritten = kt_plan_to_json(again);
	g_assert_true(json_equal(written, rewritten));
	return 0;
}
