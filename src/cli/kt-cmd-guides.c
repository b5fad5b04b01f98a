/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-guides.h"

/* A bit for each truth that --verdict names; 0 = all. */
static bool
parse_verdicts(const KtCli *cli, unsigned *ret_truths, GError **error)
{
	unsigned truths = 0;

	for (size_t i = 0; cli->options.verdicts && cli->options.verdicts[i]; i++) {
		KtTruth truth = kt_truth_from_name(cli->options.verdicts[i]);
		if (truth == KT_TRUTH_N)
			return kt_throw_hint(error,
					     KT_ERROR_USAGE,
					     "wrong, outdated, depends or right",
					     "--verdict: '%s' is no verdict",
					     cli->options.verdicts[i]);
		truths |= 1U << truth;
	}
	*ret_truths = truths;
	return true;
}

/* Each pattern has to fit something, whatever the verdicts. */
static bool
check_patterns(const KtCli *cli, GError **error)
{
	for (size_t i = 0; i < cli->n_args; i++) {
		const char *const pattern[] = {cli->args[i], NULL};
		g_autoptr(GPtrArray) sayings = kt_sayings(pattern, 0);
		if (sayings->len == 0)
			return kt_throw_hint(
				error,
				KT_ERROR_USAGE,
				"the table at the end of 'kvmtune guides' has the names",
				"no guide claims anything about '%s'",
				cli->args[i]);
	}
	return true;
}

static bool
run(KtCli *cli, GError **error)
{
	unsigned truths = 0;

	if (!parse_verdicts(cli, &truths, error) || !check_patterns(cli, error))
		return false;

	g_autoptr(GPtrArray) sayings = kt_sayings((const char *const *)cli->args, truths);
	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_guides_json(sayings));
	else
		kt_report_guides(sayings, &cli->style, cli->out);
	return true;
}

static const KtOptionId options[] = {
	KT_OPTION_VERDICT,
	KT_OPTION_VERBOSE,
	KT_OPTION_UNSET,
};

KT_COMMAND(guides) = {
	.name = "guides",
	.summary = "what tuning guides claim, and whether it is so",
	.synopsis = "[PATTERN...]",
	.description =
		"Lists what widely read guides claim: wrong, outdated, right, or depending on "
		"something that the guide does not say; with the reason and the practice that "
		"stands for it. PATTERN is the name of a guide ('cookbook', 'sles'), the id of a "
		"practice, or 'host' or 'guest'; it may hold stars. With --verbose also the reasons of right "
		"claims, and the sources.",
	.examples = "kvmtune guides sles --verdict wrong,outdated\n"
		    "kvmtune guides 'host.hugepages-*'",
	.options = options,
	.max_args = SIZE_MAX,
	.complete = KT_COMPLETE_PRACTICE,
	.group = KT_VERB_GROUP_LOOK,
	.run = run,
};
