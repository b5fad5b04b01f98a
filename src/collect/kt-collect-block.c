/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

#define BLOCK "/sys/block"

/* Kernel names (Documentation/admin-guide/devices.txt); behind the prefix follows a letter of a
 * disk or a number. */
static const struct {
	const char *prefix;
	const char *kind;
	bool is_lettered;
} kinds[] = {
	{.prefix = "dm-", .kind = "dm"},
	{.prefix = "loop", .kind = "loop"},
	{.prefix = "md", .kind = "md"},
	{.prefix = "md_", .kind = "md", .is_lettered = true},
	{.prefix = "mmcblk", .kind = "mmc"},
	{.prefix = "nbd", .kind = "nbd"},
	{.prefix = "nvme", .kind = "nvme"},
	{.prefix = "sd", .kind = "scsi", .is_lettered = true},
	{.prefix = "vd", .kind = "virtio", .is_lettered = true},
	{.prefix = "xvd", .kind = "xen", .is_lettered = true},
	{.prefix = "zram", .kind = "zram"},
};

static const char *
kind_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (!g_str_has_prefix(name, kinds[i].prefix))
			continue;
		char next = name[strlen(kinds[i].prefix)];
		if (kinds[i].is_lettered ? g_ascii_isalnum(next) : g_ascii_isdigit(next))
			return kinds[i].kind;
	}
	return "other";
}

typedef struct Device {
	KtHostJob *job;
	const char *name;
	char *dir; /* "/sys/block/sda" */
} Device;

static char *
below(const Device *device, const char *path)
{
	return g_strconcat(device->dir, "/", path, NULL);
}

static bool
attribute_is(const Device *device, const char *attribute, const char *expected)
{
	g_autofree char *path = below(device, attribute);
	g_autofree char *line = NULL;

	return kt_host_line(device->job, path, &line) == KT_STATE_VALUE &&
	       g_str_equal(line, expected);
}

/* Memory disks, loop devices that nothing is attached to, and the paths of NVMe multipath, whose
 * queue is that of the device above them. */
static bool
is_skipped(const Device *device)
{
	if (g_str_has_prefix(device->name, "ram"))
		return true;
	if (g_str_has_prefix(device->name, "loop"))
		return attribute_is(device, "size", "0");
	return attribute_is(device, "hidden", "1");
}

static KtOptStr
none(const Device *device, KtState state, const char *path)
{
	return (KtOptStr){
		.state = state,
		.origin = kt_facts_origin(device->job->facts, path),
	};
}

/* Words without the brackets. */
static char *
strip_brackets(const char *line)
{
	g_auto(GStrv) words = g_strsplit_set(line, "[] \t", /* max_tokens= */ -1);
	GString *plain = g_string_new(NULL);

	for (size_t i = 0; words[i]; i++) {
		if (*words[i])
			g_string_append_printf(plain, "%s%s", plain->len ? " " : "", words[i]);
	}
	return g_string_free(plain, FALSE);
}

/* "none [mq-deadline]", or "none" alone where nothing can be chosen. */
static void
read_scheduler(const Device *device, KtBlock *block)
{
	g_autofree char *path = below(device, "queue/scheduler");
	g_autofree char *line = NULL;
	KtState state = kt_host_line(device->job, path, &line);
	g_autofree char *choice = line ? kt_host_choice(line) : NULL;

	if (!line || !choice) {
		state = line ? KT_STATE_BROKEN : state;
		block->scheduler = none(device, state, path);
		block->schedulers = block->scheduler;
		block->is_switchable.state = state;
		block->is_switchable.origin = block->scheduler.origin;
		return;
	}

	g_autofree char *all = strip_brackets(line);
	block->scheduler = kt_host_str(device->job, choice, path);
	block->schedulers = kt_host_str(device->job, all, path);
	block->is_switchable = kt_host_bool(device->job, strchr(line, '[') != NULL, path);
}

/* One directory per queue of blk-mq; devices without a queue of their own (dm, md) have none. */
static KtOptU64
hw_queues(const Device *device)
{
	g_autofree char *path = below(device, "mq");
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(device->job->root, path, &names);
	uint64_t n = 0;

	for (size_t i = 0; names && names[i]; i++)
		n += g_ascii_isdigit(*names[i]);
	if (state == KT_STATE_VALUE && n > 0)
		return kt_host_u64(device->job, n, path);
	return (KtOptU64){
		.state = state == KT_STATE_VALUE ? KT_STATE_ABSENT : state,
		.origin = kt_facts_origin(device->job->facts, path),
	};
}

static bool
is_multipath(const Device *device, const char *holder)
{
	g_autofree char *path = g_strdup_printf(BLOCK "/%s/dm/uuid", holder);
	g_autofree char *uuid = NULL;

	return kt_host_line(device->job, path, &uuid) == KT_STATE_VALUE &&
	       g_str_has_prefix(uuid, "mpath-");
}

static KtOptBool
is_multipath_leg(const Device *device)
{
	g_autofree char *path = below(device, "holders");
	g_auto(GStrv) holders = NULL;
	KtState state = kt_root_list(device->job->root, path, &holders);
	bool is_leg = false;

	if (state != KT_STATE_VALUE)
		return (KtOptBool){
			.state = state,
			.origin = kt_facts_origin(device->job->facts, path),
		};
	for (size_t i = 0; holders[i] && !is_leg; i++)
		is_leg = is_multipath(device, holders[i]);
	return kt_host_bool(device->job, is_leg, path);
}

/* The first of two files that is there. */
static KtOptStr
first_line(const Device *device, const char *one, const char *other)
{
	g_autofree char *path = below(device, one);
	g_autofree char *other_path = below(device, other);
	KtOptStr value = kt_host_line_str(device->job, path);

	return value.state == KT_STATE_ABSENT ? kt_host_line_str(device->job, other_path) : value;
}

/* "megaraid_sas" for ".../host0/target0:2:0/0:2:0:0/block/sda". */
static char *
driver_of(const Device *device, const char *link)
{
	const char *host = strstr(link, "/host");
	char *driver = NULL;

	if (!host)
		return NULL;
	g_autofree char *path = g_strdup_printf(
		"/sys/class/scsi_host/%.*s/proc_name", (int)strcspn(host + 1, "/"), host + 1);
	return kt_host_line(device->job, path, &driver) == KT_STATE_VALUE ? driver : NULL;
}

static KtOptStr
transport(const Device *device)
{
	g_autofree char *link = NULL;
	KtState state = kt_root_link(device->job->root, device->dir, &link);

	if (state != KT_STATE_VALUE)
		return none(device, state, device->dir);

	g_autofree char *driver = driver_of(device, link);
	return kt_host_str(device->job, kt_host_transport(link, driver), device->dir);
}

static void
read_block(const Device *device, KtBlock *block)
{
	const char *kind = kind_of(device->name);
	bool is_scsi = g_str_equal(kind, "scsi");

	block->name = kt_host_str(device->job, device->name, device->dir);
	block->kind = kt_host_str(device->job, kind, device->dir);
	block->transport = is_scsi ? transport(device) : none(device, KT_STATE_ABSENT, device->dir);
	kt_host_read_fields(device->job, &kt_block_schema, device->dir, block);
	read_scheduler(device, block);
	block->hw_queues = hw_queues(device);
	block->is_multipath_leg = is_multipath_leg(device);
	block->serial = first_line(device, "serial", "device/serial");
	block->wwn = first_line(device, "wwid", "device/wwid");
}

void
kt_host_collect_blocks(KtHostJob *job)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtBlock));
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(job->root, BLOCK, &names);

	for (size_t i = 0; names && names[i] && i <= KT_HOST_MAX_ITEMS; i++) {
		g_autofree char *dir = g_strconcat(BLOCK "/", names[i], NULL);
		Device device = {.job = job, .name = names[i], .dir = dir};
		KtBlock block = {0};
		if (is_skipped(&device))
			continue;
		read_block(&device, &block);
		g_array_append_val(items, block);
	}
	kt_host_set_list(job, &job->host->blocks, items, state, BLOCK);
}
