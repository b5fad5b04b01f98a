/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-shell-text.h"

static KtOptCpuset
banned(KtHostJob *job, const char *text, const char *path)
{
	KtCpuset cpus = {0};
	KtState state = kt_shell_get_cpus(text, KT_IRQBALANCE_BANNED, &cpus);

	if (state == KT_STATE_VALUE)
		return kt_host_cpuset(job, &cpus, path);
	return (KtOptCpuset){.state = state, .origin = kt_facts_origin(job->facts, path)};
}

/* Debian's unit reads the first, those of Red Hat, SUSE and openEuler the second. */
void
kt_host_collect_irqbalance(KtHostJob *job)
{
	static const char *const paths[] = {"/etc/default/irqbalance", "/etc/sysconfig/irqbalance"};
	KtIrqbalance *irqbalance = &job->host->irqbalance;

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autofree char *text = NULL;
		KtState state = kt_host_text(job, paths[i], &text);
		uint16_t origin = kt_facts_origin(job->facts, paths[i]);

		irqbalance->file = (KtOptStr){.state = state, .origin = origin};
		irqbalance->banned = (KtOptCpuset){.state = state, .origin = origin};
		if (state == KT_STATE_ABSENT)
			continue;
		if (state != KT_STATE_VALUE)
			return;
		irqbalance->file = kt_host_str(job, paths[i], paths[i]);
		irqbalance->banned = banned(job, text, paths[i]);
		kt_host_add_config_file(job, paths[i], state, text);
		return;
	}
}
