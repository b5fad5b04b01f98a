/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

#define MEMINFO "/proc/meminfo"
#define SWAPS   "/proc/swaps"

static void
collect_meminfo(KtHostJob *job)
{
	KtMemory *memory = &job->host->memory;
	const struct {
		const char *key;
		KtOptU64 *value;
	} rows[] = {
		{.key = "CommitLimit", .value = &memory->commit_limit_kib},
		{.key = "Hugepagesize", .value = &memory->hugepage_default_kib},
		{.key = "MemAvailable", .value = &memory->available_kib},
		{.key = "MemTotal", .value = &memory->total_kib},
		{.key = "SwapFree", .value = &memory->swap_free_kib},
		{.key = "SwapTotal", .value = &memory->swap_total_kib},
	};
	g_autofree char *text = NULL;
	KtState state = kt_host_text(job, MEMINFO, &text);
	KtOptU64 none = {.state = state, .origin = kt_facts_origin(job->facts, MEMINFO)};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		*rows[i].value = text ? kt_host_meminfo(job, text, rows[i].key, MEMINFO) : none;
}

/* "hugepages-2048kB" (Documentation/admin-guide/mm/hugetlbpage.rst). */
static bool
parse_pool_name(const char *name, uint64_t *ret_size_kib)
{
	static const char prefix[] = "hugepages-";

	if (!g_str_has_prefix(name, prefix) || !g_str_has_suffix(name, "kB"))
		return false;

	const char *digits = name + strlen(prefix);
	g_autofree char *size = g_strndup(digits, strlen(digits) - strlen("kB"));
	return g_ascii_string_to_unsigned(size, 10, 1, UINT64_MAX, ret_size_kib, NULL);
}

static int
compare_pools(const void *a, const void *b)
{
	const KtHugePool *left = a;
	const KtHugePool *right = b;

	return (left->size_kib.v > right->size_kib.v) - (left->size_kib.v < right->size_kib.v);
}

KtHugePoolList
kt_host_huge_pools(KtHostJob *job, const char *dir)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtHugePool));
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(job->root, dir, &names);
	KtHugePoolList list = {0};

	for (size_t i = 0; names && names[i]; i++) {
		g_autofree char *path = g_strconcat(dir, "/", names[i], NULL);
		KtHugePool pool = {0};
		uint64_t size_kib = 0;
		if (!parse_pool_name(names[i], &size_kib))
			continue;
		pool.size_kib = kt_host_u64(job, size_kib, path);
		kt_host_read_fields(job, &kt_huge_pool_schema, path, &pool);
		g_array_append_val(items, pool);
	}
	g_array_sort(items, compare_pools);
	kt_host_set_list(job, &list, items, state, dir);
	return list;
}

static const char *
swap_kind(const char *device, const char *type)
{
	g_autofree char *name = g_path_get_basename(device);

	if (g_str_has_prefix(name, "zram"))
		return "zram";
	return g_str_equal(type, "file") ? "file" : "partition";
}

/* "Filename Type Size Used Priority", white space in the name as octal escapes (mm/swapfile.c). */
static bool
parse_swap(KtHostJob *job, const char *line, KtSwap *ret_swap)
{
	g_auto(GStrv) words = g_strsplit_set(line, " \t", /* max_tokens= */ -1);
	const char *fields[3] = {NULL};
	size_t n = 0;
	uint64_t size_kib = 0;

	for (size_t i = 0; words[i] && n < G_N_ELEMENTS(fields); i++) {
		if (*words[i])
			fields[n++] = words[i];
	}
	if (n < G_N_ELEMENTS(fields) ||
	    !g_ascii_string_to_unsigned(fields[2], 10, 0, UINT64_MAX, &size_kib, NULL))
		return false;

	g_autofree char *device = g_strcompress(fields[0]);
	ret_swap->device = kt_host_str(job, device, SWAPS);
	ret_swap->kind = kt_host_str(job, swap_kind(device, fields[1]), SWAPS);
	ret_swap->size_kib = kt_host_u64(job, size_kib, SWAPS);
	return true;
}

static void
collect_swaps(KtHostJob *job)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtSwap));
	g_autofree char *text = NULL;
	KtState state = kt_host_text(job, SWAPS, &text);
	char *cursor = text;

	/* The first line is the heading. */
	strsep(&cursor, "\n");
	for (char *line = strsep(&cursor, "\n"); line; line = strsep(&cursor, "\n")) {
		KtSwap swap = {0};
		if (!*line)
			continue;
		if (items->len > KT_HOST_MAX_ITEMS || !parse_swap(job, line, &swap)) {
			state = KT_STATE_BROKEN;
			break;
		}
		g_array_append_val(items, swap);
	}
	kt_host_set_list(job, &job->host->swaps, items, state, SWAPS);
}

void
kt_host_collect_memory(KtHostJob *job)
{
	collect_meminfo(job);
	collect_swaps(job);
	job->host->memory.huge_pools = kt_host_huge_pools(job, "/sys/kernel/mm/hugepages");
}
