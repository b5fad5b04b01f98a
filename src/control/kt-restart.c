/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-restart.h"

KtRestart *
kt_restart_new(void)
{
	KtRestart *restart = g_new0(KtRestart, 1);

	restart->pending = g_ptr_array_new_with_free_func((GDestroyNotify)kt_pending_free);
	restart->mended = g_ptr_array_new_with_free_func(g_free);
	restart->brought = g_ptr_array_new_with_free_func(g_free);
	restart->disks = g_ptr_array_new_with_free_func(g_free);
	return restart;
}

void
kt_restart_free(KtRestart *restart)
{
	if (!restart)
		return;
	g_free(restart->name);
	g_free(restart->uuid);
	g_free(restart->uri);
	g_ptr_array_unref(restart->pending);
	g_ptr_array_unref(restart->mended);
	g_ptr_array_unref(restart->brought);
	g_ptr_array_unref(restart->disks);
	g_free(restart->problem);
	g_free(restart);
}

const char *
kt_restart_end_name(KtRestartEnd end)
{
	static const char *const names[KT_RESTART_N] = {
		[KT_RESTART_PLANNED] = "planned",
		[KT_RESTART_DONE] = "done",
		[KT_RESTART_UNTRUE] = "not-all-true",
		[KT_RESTART_STILL_RUNNING] = "still-running",
		[KT_RESTART_INTERRUPTED] = "interrupted",
		[KT_RESTART_AS_BEFORE] = "as-before",
		[KT_RESTART_OFF] = "off",
	};

	return end < KT_RESTART_N ? names[end] : NULL;
}
