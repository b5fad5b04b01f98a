/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-clock.h"
#include "kt-planning.h"
#include "kt-report-plan.h"

/* A month: what lasts longer is no trial. */
#define MAX_TRIAL_S (31u * 24 * 60 * 60)

/* "18:30" is the next such time, "2026-11-22 06:00" that one; both in local time. */
static bool
parse_until(const char *text, uint32_t *ret_seconds, GError **error)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_local();
	g_autoptr(GDateTime) now = g_date_time_new_now(zone);
	g_autofree char *today = g_date_time_format(now, "%Y-%m-%d");
	bool is_time = !g_strstr_len(text, -1, "-");
	g_autofree char *full =
		is_time ? g_strdup_printf("%sT%s:00", today, text) : g_strdup_printf("%s:00", text);
	g_autoptr(GDateTime) then = g_date_time_new_from_iso8601(full, zone);

	if (!then)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "18:30, or '2026-11-22 06:00'",
				     "--until: '%s' is no time",
				     text);
	int64_t left_us = g_date_time_difference(then, now);
	if (is_time && left_us <= 0) {
		g_autoptr(GDateTime) tomorrow = g_date_time_add_days(then, 1);
		left_us = g_date_time_difference(tomorrow, now);
	}
	if (left_us <= 0 || left_us / G_USEC_PER_SEC > MAX_TRIAL_S)
		return kt_throw(error,
				KT_ERROR_USAGE,
				"--until: '%s' is over, or more than 31 days away",
				text);
	*ret_seconds = (uint32_t)(left_us / G_USEC_PER_SEC) + 1;
	return true;
}

/* How long the change is to stand; 0 = for good. */
static bool
trial_time(const KtOptions *options, uint32_t *ret_seconds, GError **error)
{
	if (options->for_time && options->until)
		return kt_throw(error, KT_ERROR_USAGE, "--for and --until say the same twice");
	if (options->for_time)
		return kt_parse_duration(
			options->for_time, "--for", MAX_TRIAL_S, ret_seconds, error);
	return !options->until || parse_until(options->until, ret_seconds, error);
}

static bool
run(KtCli *cli, GError **error)
{
	KtSession *session = kt_cli_session(cli, error);
	const KtRequest request = {
		.assignments = (const char *const *)cli->args + 1,
		.is_live_only = cli->options.live && !cli->options.config,
		.is_config_only = cli->options.config && !cli->options.live,
		.tool_version = KT_VERSION,
	};
	uint32_t trial_s = 0;

	if (!session || !trial_time(&cli->options, &trial_s, error))
		return false;

	g_autoptr(KtPlan) plan = kt_session_request(session, cli->args[0], &request, error);
	if (!plan)
		return false;
	if (cli->options.dry_run && !cli->options.json) {
		kt_report_plan(plan, &cli->style, cli->out);
		g_string_append(cli->out, "\nNothing was changed (--dry-run).\n");
		return true;
	}
	for (uint32_t i = 0; i < plan->n_notes; i++)
		kt_cli_remark(cli, "note: %s", plan->notes[i]);
	return kt_planning_apply(cli, plan, trial_s, error);
}

static const KtOptionId options[] = {
	KT_OPTION_LIVE,
	KT_OPTION_CONFIG,
	KT_OPTION_DRY_RUN,
	KT_OPTION_FOR,
	KT_OPTION_UNTIL,
	KT_OPTION_UNSET,
};

KT_COMMAND(set) = {
	.name = "set",
	.summary = "change settings of a guest; all can be undone",
	.synopsis = "DOMAIN KEY=VALUE...",
	.description =
		"Changes settings of a guest by name: in the running guest where libvirt can, and "
		"in its definition for the next start. All of it happens or nothing does. What a "
		"guest cannot have is refused before anything is written, with what would make it "
		"possible. 'default' takes a setting away. Sizes are KiB, or take k, M, G, T. The "
		"keys and what they are now: 'kvmtune get DOMAIN --verbose'.",
	.examples = "kvmtune set web1 cpu.shares=200 pin.emulator=0-1\n"
		    "kvmtune set web1 disk.vda.write-iops-sec=500 --live --for 2h\n"
		    "kvmtune set web1 vcpus=4 vcpus.max=8 --config --dry-run",
	.options = options,
	.min_args = 2,
	.max_args = SIZE_MAX,
	.complete = KT_COMPLETE_DOMAIN,
	.group = KT_VERB_GROUP_CHANGE,
	.interrupt = KT_INTERRUPT_UNSET,
	.run = run,
};
