/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-clock.h"
#include "kt-command.h"
#include "kt-input.h"
#include "kt-report-place.h"
#include "kt-solver.h"

/* KT_INSTANCE_MAX_GUESTS guests with pins for hundreds of vCPUs. */
#define MAX_INSTANCE_BYTES ((size_t)64 * 1024 * 1024)
/* An hour: what is not found then is not found by waiting. */
#define MAX_BUDGET_MS     UINT64_C(3600000)
#define DEFAULT_BUDGET_MS 200
/* The budget is work; a machine slower than this many times is stopped by the clock. */
#define PATIENCE 4
/* Ten years of 365 days. */
#define MAX_HORIZON_S ((uint32_t)10 * 365 * 86400)

static bool
read_number(const char *text, const char *option, uint64_t max, uint64_t *ret_number,
	    GError **error)
{
	guint64 number = 0;

	if (!text)
		return true;
	if (!g_ascii_string_to_unsigned(text, 10, 0, max, &number, NULL))
		return kt_throw(error,
				KT_ERROR_USAGE,
				"--%s: '%s' is no number from 0 to %" G_GUINT64_FORMAT,
				option,
				text,
				max);
	*ret_number = number;
	return true;
}

static bool
is_late(void *data)
{
	const int64_t *deadline_us = data;

	return kt_clock_boottime_us() > *deadline_us;
}

static bool
read_limits(KtCli *cli, int64_t *deadline_us, KtSearchLimits *ret_limits, GError **error)
{
	uint64_t budget_ms = DEFAULT_BUDGET_MS;
	uint64_t max_moves = UINT64_MAX;
	uint64_t max_gib = UINT64_MAX >> 20;

	if (!read_number(cli->options.budget, "budget", MAX_BUDGET_MS, &budget_ms, error) ||
	    !read_number(cli->options.max_moves, "max-moves", UINT32_MAX, &max_moves, error) ||
	    !read_number(cli->options.max_move_gib, "max-move-gib", UINT32_MAX, &max_gib, error))
		return false;
	*deadline_us = kt_clock_boottime_us() + (int64_t)budget_ms * 1000 * PATIENCE;
	*ret_limits = (KtSearchLimits){
		.work = budget_ms * KT_SOLVER_WORK_PER_MS,
		.max_moves = max_moves,
		.max_kib = max_gib << 20,
		.is_over = is_late,
		.data = deadline_us,
	};
	return true;
}

static KtInstance *
read_instance(KtCli *cli, GError **error)
{
	const char *path = cli->options.instance;
	uint32_t horizon_s = 0;

	if (!path) {
		kt_throw_hint(error,
			      KT_ERROR_USAGE,
			      "docs/place-instance-format.md tells its format",
			      "--instance FILE is missing");
		return NULL;
	}
	if (cli->options.horizon &&
	    !kt_parse_duration(cli->options.horizon, "--horizon", MAX_HORIZON_S, &horizon_s, error))
		return NULL;

	g_autoptr(KtJson) json = kt_input_read_json(path, MAX_INSTANCE_BYTES, error);
	g_autoptr(KtInstance) instance = json ? kt_instance_from_json(json, error) : NULL;
	if (json && !instance)
		kt_prefix(error, "%s", kt_input_name(path));
	if (instance && horizon_s > 0)
		instance->horizon_s = horizon_s;
	return g_steal_pointer(&instance);
}

static bool
run(KtCli *cli, GError **error)
{
	int64_t deadline_us = 0;
	KtSearchLimits limits = {0};
	g_autoptr(KtInstance) instance = read_instance(cli, error);

	if (!instance || !read_limits(cli, &deadline_us, &limits, error))
		return false;

	int64_t start_us = kt_clock_boottime_us();
	g_autoptr(KtSolution) solution = kt_solver_run(instance, &limits);
	uint64_t elapsed_us = (uint64_t)(kt_clock_boottime_us() - start_us);
	if (cli->options.json)
		kt_cli_put_json(cli, kt_solution_to_json(instance, solution, elapsed_us));
	else
		kt_report_place(instance, solution, &cli->style, cli->out);
	return true;
}

static const KtOptionId options[] = {
	KT_OPTION_INSTANCE,
	KT_OPTION_BUDGET,
	KT_OPTION_MAX_MOVES,
	KT_OPTION_MAX_MOVE_GIB,
	KT_OPTION_HORIZON,
	KT_OPTION_UNSET,
};

KT_COMMAND(place) = {
	.name = "place",
	.summary = "where all guests of a host go best, with proof",
	.description =
		"Places guests jointly on NUMA nodes, L3 groups and cores: what it costs, how far "
		"that can be from the best, which guests move and in which order, and why a guest "
		"has no place. Nothing is changed.",
	.examples = "kvmtune place --instance host.json\n"
		    "kvmtune place --instance host.json --json --budget 1000",
	.options = options,
	.group = KT_VERB_GROUP_LOOK,
	.run = run,
};
