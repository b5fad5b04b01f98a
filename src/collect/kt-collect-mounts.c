/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-mounts.h"

#define MOUNTINFO "/proc/self/mountinfo"

static bool
is_wanted(const char *type)
{
	return g_str_equal(type, "hugetlbfs") || g_str_equal(type, "nfs") ||
	       g_str_equal(type, "nfs4");
}

void
kt_host_collect_mounts(KtHostJob *job)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtHostMount));
	g_autofree char *text = NULL;
	KtState state = kt_host_text(job, MOUNTINFO, &text);
	g_autoptr(GArray) mounts = kt_mounts_parse(text ? text : "");

	for (guint i = 0; i < mounts->len; i++) {
		const KtMount *mount = &g_array_index(mounts, KtMount, i);
		if (!is_wanted(mount->type))
			continue;
		KtHostMount item = {
			.point = kt_host_str(job, mount->point, MOUNTINFO),
			.type = kt_host_str(job, mount->type, MOUNTINFO),
			.options = kt_host_str(job, mount->options, MOUNTINFO),
		};
		g_array_append_val(items, item);
	}
	kt_host_set_list(job, &job->host->mounts, items, state, MOUNTINFO);
}
