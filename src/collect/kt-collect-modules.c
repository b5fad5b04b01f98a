/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

#define MODULES "/proc/modules"

static int
compare_modules(const void *a, const void *b)
{
	return strcmp(((const KtModule *)a)->name.v, ((const KtModule *)b)->name.v);
}

void
kt_host_collect_modules(KtHostJob *job)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtModule));
	g_autofree char *text = NULL;
	KtState state = kt_host_text(job, MODULES, &text);
	char *cursor = text;

	for (char *line = strsep(&cursor, "\n"); line; line = strsep(&cursor, "\n")) {
		line[strcspn(line, " ")] = '\0';
		if (!*line || items->len > KT_HOST_MAX_ITEMS)
			continue;
		KtModule module = {.name = kt_host_str(job, line, MODULES)};
		g_array_append_val(items, module);
	}
	g_array_sort(items, compare_modules);
	kt_host_set_list(job, &job->host->modules, items, state, MODULES);
}
