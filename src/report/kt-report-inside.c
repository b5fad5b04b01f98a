/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-inside.h"

#include "kt-phrase.h"
#include "kt-table.h"

static void
put_system(const KtInside *inside, GString *out)
{
	g_autofree char *name = kt_text_clean(kt_known(inside->os_name) ? inside->os_name.v : "");
	g_autofree char *kernel = kt_text_clean(kt_known(inside->kernel) ? inside->kernel.v : "");

	if (!*name && !*kernel)
		return;
	g_string_append_printf(out,
			       "  system: %s%s%s%s\n",
			       name,
			       *name && *kernel ? ", " : "",
			       *kernel ? "kernel " : "",
			       kernel);
}

static void
put_vcpus(const KtInside *inside, GString *out)
{
	if (!kt_known(inside->vcpus) || !kt_known(inside->vcpus_online))
		return;
	g_autofree char *all = kt_cpuset_to_list(inside->vcpus.v);
	g_autofree char *online = kt_cpuset_to_list(inside->vcpus_online.v);
	g_string_append_printf(out, "  vCPUs: uses %s of %s\n", online, all);
}

static void
put_memory(const KtInside *inside, GString *out)
{
	if (!kt_known(inside->memory_blocks) || !kt_known(inside->memory_blocks_online))
		return;
	g_autofree char *size = kt_known(inside->memory_block_kib)
					? kt_phrase_kib(inside->memory_block_kib.v)
					: g_strdup("unknown size");
	g_string_append_printf(out,
			       "  memory: uses %u of %u blocks of %s\n",
			       (unsigned)kt_cpuset_count(inside->memory_blocks_online.v),
			       (unsigned)kt_cpuset_count(inside->memory_blocks.v),
			       size);
}

static void
put_disks(const KtInside *inside, GString *out)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (uint32_t i = 0; i < inside->disks.n; i++) {
		const KtInsideDisk *disk = &inside->disks.v[i];
		if (kt_known(disk->name) && kt_known(disk->scheduler))
			g_string_append_printf(text,
					       "%s%s %s",
					       text->len ? ", " : "",
					       disk->name.v,
					       disk->scheduler.v);
	}
	g_autofree char *clean = kt_text_clean(text->str);
	if (*clean)
		g_string_append_printf(out, "  I/O schedulers: %s\n", clean);
}

static char *
kib_cell(KtOptU64 kib)
{
	return kt_known(kib) ? kt_phrase_kib(kib.v) : g_strdup("-");
}

static void
put_mounts(const KtInside *inside, const KtStyle *style, GString *out)
{
	static const KtColumn columns[] = {
		{.title = "MOUNTED ON"},
		{.title = "TYPE"},
		{.title = "SIZE", .is_right = true},
		{.title = "USED", .is_right = true},
		{.title = "DISKS"},
	};
	g_autoptr(KtTable) table = kt_table_new(columns, G_N_ELEMENTS(columns), style);

	if (!kt_known(inside->mounts) || !inside->mounts.n)
		return;
	for (uint32_t i = 0; i < inside->mounts.n; i++) {
		const KtInsideMount *mount = &inside->mounts.v[i];
		g_autofree char *total = kib_cell(mount->total_kib);
		g_autofree char *used = kib_cell(mount->used_kib);
		const char *cells[] = {
			kt_known(mount->mountpoint) ? mount->mountpoint.v : "-",
			kt_known(mount->type) ? mount->type.v : "-",
			total,
			used,
			kt_known(mount->disks) ? mount->disks.v : "-",
		};
		kt_table_add(table, cells);
	}
	g_string_append_c(out, '\n');
	kt_table_print(table, out);
}

void
kt_report_inside(const KtGuest *guest, const KtStyle *style, GString *out)
{
	const KtInside *inside = &guest->inside;

	if (!kt_inside_is_asked(inside))
		return;
	g_string_append_c(out, '\n');
	g_string_append(out, "in the guest\n");
	put_system(inside, out);
	put_vcpus(inside, out);
	put_memory(inside, out);
	put_disks(inside, out);
	if (kt_known(inside->trouble)) {
		g_autofree char *trouble = kt_text_clean(inside->trouble.v);
		g_string_append_printf(out, "  not all is known: %s\n", trouble);
	}
	put_mounts(inside, style, out);
}
