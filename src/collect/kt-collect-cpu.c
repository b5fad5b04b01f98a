/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

#define CPUFREQ  "/sys/devices/system/cpu/cpufreq"
#define MODALIAS "/sys/devices/system/cpu/modalias"

/* One word for all policies. */
static KtOptStr
common_line(KtHostJob *job, char *const *names, const char *file)
{
	KtOptStr common = {.state = KT_STATE_ABSENT};

	for (; *names; names++) {
		if (!g_str_has_prefix(*names, "policy"))
			continue;
		g_autofree char *path = g_strdup_printf(CPUFREQ "/%s/%s", *names, file);
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

/* "cpu:type:x86,...:feature:,0000,...,0085" (arch/x86/kernel/cpu/match.c). Either feature. */
static KtOptBool
has_feature(KtHostJob *job, const char *one, const char *other)
{
	g_autofree char *line = NULL;
	KtState state = kt_host_line(job, MODALIAS, &line);
	const char *features = line ? strstr(line, ":feature:") : NULL;

	if (state == KT_STATE_VALUE && !(g_str_has_prefix(line, "cpu:type:x86") && features))
		state = KT_STATE_ABSENT;
	if (state != KT_STATE_VALUE)
		return (KtOptBool){
			.state = state,
			.origin = kt_facts_origin(job->facts, MODALIAS),
		};
	return kt_host_bool(job, strstr(features, one) || strstr(features, other), MODALIAS);
}

void
kt_host_collect_cpu(KtHostJob *job)
{
	KtCpuTopology *cpu = &job->host->cpu;
	const struct {
		const char *file;
		KtOptStr *value;
	} rows[] = {
		{.file = "scaling_governor", .value = &cpu->governor},
		{.file = "scaling_driver", .value = &cpu->freq_driver},
		{.file = "energy_performance_preference", .value = &cpu->epp},
	};
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(job->root, CPUFREQ, &names);
	KtOptStr none = {.state = state, .origin = kt_facts_origin(job->facts, CPUFREQ)};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		*rows[i].value =
			state == KT_STATE_VALUE ? common_line(job, names, rows[i].file) : none;
	/* arch/x86/include/asm/cpufeatures.h: word 4 bit 5 is VMX, word 6 bit 2 is SVM; word 3
	 * bit 24 is NONSTOP_TSC, which Linux sets for CPUID 80000007h EDX bit 8. */
	cpu->has_virt = has_feature(job, ",0085", ",00C2");
	cpu->has_invtsc = has_feature(job, ",0078", ",0078");
}
