/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-solver.h"

/* An instance that is accepted is written and read as the same one, and has an answer. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const KtSearchLimits limits = {
		.work = 2000,
		.max_moves = UINT64_MAX,
		.max_kib = UINT64_MAX,
	};
	g_autoptr(KtJson) json = kt_json_parse((const char *)data, size, "instance", NULL);
	g_autoptr(KtInstance) instance = json ? kt_instance_from_json(json, NULL) : NULL;

	if (!instance)
		return 0;
	g_autoptr(KtJson) written = kt_instance_to_json(instance);
	g_autoptr(KtInstance) again = kt_instance_from_json(written, NULL);
	g_assert_nonnull(again);
	g_autoptr(KtJson) rewritten = kt_instance_to_json(again);
	g_assert_true(json_equal(written, rewritten));

	g_autoptr(KtSolution) solution = kt_solver_run(instance, &limits);
	g_autoptr(KtJson) answer = kt_solution_to_json(instance, solution, /* elapsed_us= */ 0);
	g_assert_true(json_is_object(answer));
	return 0;
}
