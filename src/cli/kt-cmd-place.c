/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-clock.h"
#include "kt-command.h"
#include "kt-fleet.h"
#include "kt-input.h"
#include "kt-instance-facts.h"
#include "kt-place-plan.h"
#include "kt-planning.h"
#include "kt-report-place-svg.h"
#include "kt-solver.h"
#include "kt-what-if.h"

#include <string.h>
#include <time.h>

/* KT_INSTANCE_MAX_GUESTS guests with pins for hundreds of vCPUs. */
#define MAX_INSTANCE_BYTES ((size_t)64 * 1024 * 1024)
/* An hour: what is not found then is not found by waiting. */
#define MAX_BUDGET_MS     UINT64_C(3600000)
#define DEFAULT_BUDGET_MS 200
/* The budget is work; a machine slower than this many times is stopped by the clock. */
#define PATIENCE 10
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

/* What is looked at: an instance of a file, or the host with its facts. */
typedef struct Subject {
	KtInstance *instance;
	KtAudit *audit; /* NULL with --instance */
} Subject;

static void
clear_subject(Subject *subject)
{
	g_clear_pointer(&subject->instance, kt_instance_free);
	g_clear_pointer(&subject->audit, kt_audit_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, clear_subject)

static KtInstance *
read_file(const char *path, GError **error)
{
	g_autoptr(KtJson) json = kt_input_read_json(path, MAX_INSTANCE_BYTES, error);
	KtInstance *instance = json ? kt_instance_from_json(json, error) : NULL;

	if (json && !instance)
		kt_prefix(error, "%s", kt_input_name(path));
	return instance;
}

/* --what-if and --admit. */
static bool
change_subject(KtCli *cli, KtInstance *instance, GError **error)
{
	char **changes = cli->options.what_if;

	for (size_t i = 0; changes && changes[i]; i++) {
		if (!kt_what_if(instance, changes[i], error))
			return false;
	}
	if (!cli->options.admit)
		return true;

	g_autoptr(KtJson) json = kt_input_read_json(cli->options.admit, MAX_INSTANCE_BYTES, error);
	if (!json || !kt_what_if_admit(instance, json, error))
		return false;
	/* Who runs stays, unless that makes room. */
	instance->horizon_s = 1;
	return true;
}

static bool
is_hypothetical(const KtCli *cli)
{
	return cli->options.what_if || cli->options.admit;
}

static bool
write_svg(const KtCli *cli, const Subject *subject, const KtSolution *solution, GError **error)
{
	const char *path = cli->options.svg;
	g_autofree char *text = NULL;
	g_autoptr(GError) problem = NULL;

	if (!path)
		return true;
	text = kt_report_place_svg(subject->instance, solution);
	if (g_file_set_contents(path, text, (gssize)strlen(text), &problem))
		return true;
	return kt_throw(error, KT_ERROR_IO, "write '%s': %s", path, problem->message);
}

static bool
read_subject(KtCli *cli, Subject *subject, GError **error)
{
	/* Facts are wanted, not findings: the cheapest practice is enough. */
	static const char *const practices[] = {"host.swappiness", NULL};
	static const KtSelection selection = {.only = practices};
	uint32_t horizon_s = 0;

	if (cli->options.horizon &&
	    !kt_parse_duration(cli->options.horizon, "--horizon", MAX_HORIZON_S, &horizon_s, error))
		return false;
	if (cli->options.instance) {
		subject->instance = read_file(cli->options.instance, error);
	} else {
		KtSession *session = kt_cli_session(cli, error);
		subject->audit = session ? kt_session_audit(session, &selection, error) : NULL;
		if (subject->audit)
			subject->instance = kt_instance_from_facts(
				subject->audit->facts, kt_session_policy(session), error);
	}
	if (!subject->instance || !change_subject(cli, subject->instance, error))
		return false;
	if (horizon_s > 0)
		subject->instance->horizon_s = horizon_s;
	return true;
}

/* The plan of the host's placement; with -o it is saved, and otherwise offered. */
static bool
put_plan(KtCli *cli, const Subject *subject, const KtSolution *solution, GError **error)
{
	const KtPlanOptions plan_options = {.tool_version = KT_VERSION};
	const char *path = cli->options.output;
	KtSession *session = kt_cli_session(cli, error);
	g_autoptr(KtPlan) plan = !session ? NULL
					  : kt_place_plan(subject->audit->facts,
							  kt_session_policy(session),
							  subject->instance,
							  solution,
							  &plan_options,
							  error);

	if (!plan || (path && !kt_planning_write(plan, path, error)))
		return false;
	if (cli->options.json)
		return true;
	if (plan->n_steps == 0)
		g_string_append(cli->out, "\nEverybody is there already: nothing to apply.\n");
	else if (path)
		g_string_append_printf(cli->out, "\nNext: kvmtune apply %s\n", path);
	else
		g_string_append(cli->out,
				"\nNext: kvmtune place -o FILE, review, and kvmtune apply FILE\n");
	return true;
}

static int64_t
read_ns(clockid_t clock)
{
	struct timespec now = {0};

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t
now_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

static bool
run_fleet(KtCli *cli, GError **error)
{
	g_autoptr(KtFleet) fleet = NULL;
	g_autoptr(KtJson) json = kt_input_read_json(cli->options.fleet, MAX_INSTANCE_BYTES, error);
	uint64_t median_ns = 0;
	uint64_t p99_ns = 0;

	fleet = json ? kt_fleet_from_json(json, error) : NULL;
	if (!fleet)
		return json ? kt_prefix(error, "%s", kt_input_name(cli->options.fleet)) : false;

	int64_t start_ns = now_ns();
	kt_fleet_run(fleet, now_ns, &median_ns, &p99_ns);
	int64_t elapsed_ns = now_ns() - start_ns;
	KtJson *answer = kt_fleet_to_json(fleet);
	kt_json_set_u64(answer, "elapsed_us", (uint64_t)elapsed_ns / 1000);
	kt_json_set_u64(answer, "median_ns", median_ns);
	kt_json_set_u64(answer, "p99_ns", p99_ns);
	kt_cli_put_json(cli, answer);
	return true;
}

static void
put_solution(KtCli *cli, const Subject *subject, const KtSolution *solution, uint64_t elapsed_us,
	     uint64_t cpu_us)
{
	KtJson *answer = kt_solution_to_json(subject->instance, solution, elapsed_us);

	kt_json_set_u64(answer, "cpu_us", cpu_us);
	kt_cli_put_json(cli, answer);
}

static bool
run(KtCli *cli, GError **error)
{
	int64_t deadline_us = 0;
	KtSearchLimits limits = {0};
	g_auto(Subject) subject = {0};

	if (cli->options.fleet)
		return run_fleet(cli, error);
	if (cli->options.output && (is_hypothetical(cli) || cli->options.instance))
		return kt_throw(error,
				KT_ERROR_USAGE,
				"--output is for a plan of this host as it is, without --instance, "
				"--what-if and --admit");
	if (!read_subject(cli, &subject, error) || !read_limits(cli, &deadline_us, &limits, error))
		return false;

	int64_t start_us = kt_clock_boottime_us();
	/* On a machine that others use too, only this tells how long it takes. */
	int64_t start_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
	g_autoptr(KtSolution) solution = kt_solver_run(subject.instance, &limits);
	uint64_t cpu_us = (uint64_t)(read_ns(CLOCK_THREAD_CPUTIME_ID) - start_ns) / 1000;
	uint64_t elapsed_us = (uint64_t)(kt_clock_boottime_us() - start_us);
	if (cli->options.json)
		put_solution(cli, &subject, solution, elapsed_us, cpu_us);
	else
		kt_report_place(subject.instance, solution, &cli->style, cli->out);
	if (!write_svg(cli, &subject, solution, error))
		return false;
	return !subject.audit || is_hypothetical(cli) || put_plan(cli, &subject, solution, error);
}

static const KtOptionId options[] = {
	KT_OPTION_INSTANCE,
	KT_OPTION_BUDGET,
	KT_OPTION_MAX_MOVES,
	KT_OPTION_MAX_MOVE_GIB,
	KT_OPTION_HORIZON,
	KT_OPTION_WHAT_IF,
	KT_OPTION_ADMIT,
	KT_OPTION_SVG,
	KT_OPTION_FLEET,
	KT_OPTION_OUTPUT,
	KT_OPTION_DEEP,
	KT_OPTION_UNSET,
};

KT_COMMAND(place) = {
	.name = "place",
	.summary = "where all guests of a host go best, with proof",
	.description =
		"Places guests jointly on NUMA nodes, L3 groups and cores: what it costs, how far "
		"that can be from the best, which guests move and in which order, and why a guest "
		"has no place. With -o the placement of this host is saved as a plan: pins, and "
		"nodes for memory. Nothing is changed.",
	.examples = "kvmtune place --deep\n"
		    "kvmtune place -o place.plan\n"
		    "kvmtune place --instance host.json\n"
		    "kvmtune place --what-if without-node=1,add=3x8:32\n"
		    "kvmtune place --admit guest.json --svg map.svg\n"
		    "kvmtune place --instance host.json --json --budget 1000",
	.options = options,
	.group = KT_VERB_GROUP_LOOK,
	.run = run,
};
