/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-clock.h"
#include "kt-command.h"
#include "kt-detach.h"
#include "kt-fd.h"
#include "kt-instance-facts.h"
#include "kt-place-plan.h"
#include "kt-solver.h"

#include <syslog.h>

/*
 * libvirt waits for its hooks and ends a start whose hook fails, and it must not be called from
 * one (https://libvirt.org/hooks.html). So the hook starts another kvmtune and is done; that one
 * asks libvirt about the guest, which answers once the start is over, and pins it as 'apply'
 * would. Whatever goes wrong is a line in the system's log: the guest runs as it is defined.
 */

/* Where it is best is found within a ms for one guest; ten times as long stops it. A rule of
 * kvmtune. */
#define BUDGET_MS 20
#define PATIENCE  10
/* Guests that start at once are placed one after the other, since two that plan at the same time
 * would take the same CPUs: so long the last one waits. */
#define MAX_WAIT_MS 60000

static bool
is_late(void *data)
{
	const int64_t *deadline_us = data;

	return kt_clock_boottime_us() > *deadline_us;
}

/* The pins of the guest that has started; everybody else stays. */
static KtPlan *
make_plan(KtSession *session, const char *name, GError **error)
{
	/* Facts are wanted, not findings: the cheapest practice is enough. */
	static const char *const practices[] = {"host.swappiness", NULL};
	static const KtSelection selection = {.only = practices};
	const KtPlanOptions options = {.tool_version = KT_VERSION};
	const KtPolicy *policy = kt_session_policy(session);
	g_autoptr(KtAudit) audit = kt_session_audit(session, &selection, error);
	g_autoptr(KtInstance) instance =
		audit ? kt_instance_from_facts(audit->facts, policy, error) : NULL;
	int64_t deadline_us =
		kt_clock_boottime_us() + (int64_t)BUDGET_MS * PATIENCE * G_TIME_SPAN_MILLISECOND;
	const KtSearchLimits limits = {
		.work = (uint64_t)BUDGET_MS * KT_SOLVER_WORK_PER_MS,
		.max_moves = UINT64_MAX,
		.max_kib = UINT64_MAX,
		.is_over = is_late,
		.data = &deadline_us,
	};

	if (!instance || !kt_instance_take_newcomer(instance, audit->facts, name, error))
		return NULL;

	g_autoptr(KtSolution) solution = kt_solver_run(instance, &limits);
	const KtPlaced *placed = &solution->guests[instance->newcomer];
	if (!placed->is_placed) {
		kt_throw(error, KT_ERROR_LIMIT, "there is no place for it: %s", placed->reason);
		return NULL;
	}
	return kt_place_plan(audit->facts, policy, instance, solution, &options, error);
}

static bool
place(KtCli *cli, const char *name, GError **error)
{
	const KtApplyOptions options = {.is_dry_run = cli->options.dry_run};
	kt_autofd lock = -1;
	KtTxn *txn = NULL;
	KtSession *session = kt_cli_session(cli, error);

	if (!session || !kt_detach_lock(MAX_WAIT_MS, &lock, error))
		return false;
	g_autoptr(KtPlan) plan = make_plan(session, name, error);
	if (!plan)
		return false;
	if (plan->n_steps == 0) {
		if (!cli->options.json)
			g_string_append_printf(cli->out, "'%s' is there already.\n", name);
		return true;
	}

	g_autoptr(GError) problem = NULL;
	bool ok = kt_session_apply(session, plan, &options, cli->cancellable, &txn, &problem);
	kt_cli_put_txn(cli, txn, problem);
	if (ok)
		syslog(LOG_NOTICE, "guest '%s' is placed: %u steps", name, plan->n_steps);
	kt_txn_free(txn);
	if (!ok)
		g_propagate_error(error, g_steal_pointer(&problem));
	return ok;
}

/* Gives back at once. Nothing of the child is libvirt's: it reads what its hooks print until the
 * last of them has closed its end. */
static void
leave_behind(const KtCli *cli, const char *name)
{
	const KtSessionOptions own = {
		.root = cli->options.root,
		.uri = cli->options.connect,
		.state_dir = cli->options.state_dir,
		.config = cli->options.config_file,
	};
	const char *const words[] = {"hook", "--", name};
	g_autoptr(GPtrArray) argv = kt_detach_argv(&own);
	g_autoptr(GError) problem = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		g_ptr_array_add(argv, g_strdup(words[i]));
	g_ptr_array_add(argv, NULL);
	if (!kt_detach_spawn(argv, &problem))
		syslog(LOG_WARNING, "guest '%s' is not placed: %s", name, problem->message);
}

static bool
run(KtCli *cli, GError **error)
{
	const char *name = cli->args[0];
	bool has_started = cli->n_args >= 3 && g_str_equal(cli->args[1], "started") &&
			   g_str_equal(cli->args[2], "begin");
	g_autoptr(GError) problem = NULL;

	openlog(KT_PROGRAM, LOG_PID, LOG_DAEMON);
	if (cli->n_args > 1) {
		if (has_started)
			leave_behind(cli, name);
		return true;
	}
	if (place(cli, name, &problem))
		return true;
	syslog(LOG_WARNING, "guest '%s' is not placed: %s", name, problem->message);
	g_propagate_error(error, g_steal_pointer(&problem));
	return false;
}

static const KtOptionId options[] = {
	KT_OPTION_DRY_RUN,
	KT_OPTION_UNSET,
};

KT_COMMAND(hook) = {
	.name = "hook",
	.summary = "as libvirt's qemu hook: places guests that start",
	.synopsis = "GUEST [OPERATION SUB-OPERATION [EXTRA]]",
	.description =
		"Called by libvirt (see docs/placement.md how to install it), it places a guest "
		"that has started beside the others, which stay where they are: its vCPUs, "
		"emulator and IOThreads are pinned while it runs; its definition stays as it is, "
		"and guests that have pins or nodes of their own are left alone. The call comes "
		"back at once and never fails a start: what is not possible is told in the "
		"system's log. With GUEST alone that is done now, and told here.",
	.examples = "kvmtune hook web1\n"
		    "kvmtune hook web1 --dry-run",
	.options = options,
	.min_args = 1,
	.max_args = 4,
	.complete = KT_COMPLETE_DOMAIN,
	.group = KT_VERB_GROUP_OTHER,
	.tells_transactions = true,
	.run = run,
};
