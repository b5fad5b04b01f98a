/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host.h"

#include "kt-collect-host-private.h"

bool
kt_collect_host(KtFacts *facts, KtRoot *root, const char *topology_xml, char **ret_topology_xml,
		GError **error)
{
	g_autoptr(GArray) config_files = g_array_new(FALSE, TRUE, sizeof(KtConfigFile));
	g_autofree char *xml = NULL;
	KtHostJob job = {
		.facts = facts,
		.host = &facts->host,
		.root = root,
		.config_files = config_files,
	};

	if (!kt_host_collect_topology(&job, topology_xml, &xml, error))
		return false;
	kt_host_read_fields(&job, &kt_host_schema, /* dir= */ "", job.host);
	kt_host_collect_system(&job);
	kt_host_collect_xen(&job);
	kt_host_collect_cpu(&job);
	kt_host_collect_memory(&job);
	kt_host_collect_kvm(&job);
	kt_host_collect_sysctl(&job);
	kt_host_collect_sysctl_files(&job);
	kt_host_collect_blocks(&job);
	kt_host_collect_mounts(&job);
	kt_host_collect_net(&job);
	kt_host_collect_irqs(&job);
	kt_host_collect_irqbalance(&job);
	kt_host_collect_modules(&job);
	kt_host_collect_cgroup(&job);
	kt_host_collect_agents(&job);
	kt_host_collect_config_files(&job);
	kt_host_collect_boot_files(&job);
	kt_host_collect_tuned(&job);
	if (ret_topology_xml)
		*ret_topology_xml = g_steal_pointer(&xml);
	return true;
}
