/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-slice-cpus.h"

bool
kt_slice_cpus_is(const char *path)
{
	return g_str_has_prefix(path, "/sys/fs/cgroup/") &&
	       g_str_has_suffix(path, ".slice/cpuset.cpus");
}

KtState
kt_slice_cpus_read(KtRoot *root, const char *path, char **ret_list)
{
	g_autofree char *list = NULL;
	g_autofree char *possible = NULL;
	KtState state = kt_root_read_line(root, path, &list);

	if (state != KT_STATE_VALUE)
		return state;
	if (!*list && kt_root_read_line(root, "/sys/devices/system/cpu/possible", &possible) ==
			      KT_STATE_VALUE)
		*ret_list = g_steal_pointer(&possible);
	else
		*ret_list = g_steal_pointer(&list);
	return KT_STATE_VALUE;
}
