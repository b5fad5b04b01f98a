/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#define CPUFREQ "/sys/devices/system/cpu/cpufreq"

/* One word for all policies. */
static KtOptStr
governor(KtHostJob *job, char *const *names)
{
	KtOptStr common = {.state = KT_STATE_ABSENT};

	for (; *names; names++) {
		if (!g_str_has_prefix(*names, "policy"))
			continue;
		g_autofree char *path = g_strdup_printf(CPUFREQ "/%s/scaling_governor", *names);
		KtOptStr one = kt_host_line_str(job, path);
		if (one.state == KT_STATE_ABSENT)
			continue;
		if (one.state != KT_STATE_VALUE)
			return one;
		if (!kt_known(common))
			common = one;
		else if (!kt_opt_is(one, common.v))
			return kt_host_str(job, "mixed", CPUFREQ);
	}
	common.origin = kt_facts_origin(job->facts, CPUFREQ);
	return common;
}

void
kt_host_collect_cpu(KtHostJob *job)
{
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(job->root, CPUFREQ, &names);
	KtOptStr none = {.state = state, .origin = kt_facts_origin(job->facts, CPUFREQ)};

	job->host->cpu.governor = state == KT_STATE_VALUE ? governor(job, names) : none;
}
