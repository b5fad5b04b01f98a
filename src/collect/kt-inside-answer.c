/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-inside-answer.h"

#include "kt-agent.h"
#include "kt-plan.h"

#include <string.h>

/* 1 TiB. Blocks of 2 GiB are the largest that Linux makes on x86 and arm64. */
#define MAX_BLOCK_BYTES ((uint64_t)1 << 40)

static const virTypedParameter *
find(const virTypedParameter *params, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (strncmp(params[i].field, name, VIR_TYPED_PARAM_FIELD_LENGTH) == 0)
			return &params[i];
	}
	return NULL;
}

static bool
is_clean(const char *text, size_t max)
{
	if (strlen(text) > max || !g_utf8_validate(text, -1, NULL))
		return false;
	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		if (g_unichar_iscntrl(g_utf8_get_char(p)))
			return false;
	}
	return true;
}

static KtOptStr
read_text(const virTypedParameter *params, int n, const char *name, size_t max, KtArena *arena)
{
	const virTypedParameter *param = find(params, n, name);

	if (!param)
		return (KtOptStr){.state = KT_STATE_ABSENT};
	if (param->type != VIR_TYPED_PARAM_STRING || !param->value.s ||
	    !is_clean(param->value.s, max))
		return (KtOptStr){.state = KT_STATE_BROKEN};
	return (KtOptStr){.v = kt_arena_strdup(arena, param->value.s), .state = KT_STATE_VALUE};
}

static bool
read_number(const virTypedParameter *params, int n, const char *name, uint64_t *ret_number)
{
	const virTypedParameter *param = find(params, n, name);

	if (param && param->type == VIR_TYPED_PARAM_UINT)
		*ret_number = param->value.ui;
	else if (param && param->type == VIR_TYPED_PARAM_ULLONG)
		*ret_number = param->value.ul;
	else
		return false;
	return true;
}

static KtOptU64
read_kib(const virTypedParameter *params, int n, const char *name)
{
	uint64_t bytes = 0;

	if (!find(params, n, name))
		return (KtOptU64){.state = KT_STATE_ABSENT};
	/* libvirt hands on a negative number as one beyond it. */
	if (!read_number(params, n, name, &bytes) || bytes > INT64_MAX)
		return (KtOptU64){.state = KT_STATE_BROKEN};
	return (KtOptU64){.v = bytes / 1024, .state = KT_STATE_VALUE};
}

static KtOptCpuset
read_cpuset(const virTypedParameter *params, int n, const char *name, KtArena *arena)
{
	const virTypedParameter *param = find(params, n, name);
	KtCpuset *set = kt_arena_new0(arena, KtCpuset, 1);

	if (!param)
		return (KtOptCpuset){.state = KT_STATE_ABSENT};
	if (param->type != VIR_TYPED_PARAM_STRING || !param->value.s ||
	    !kt_cpuset_parse_list(param->value.s, set, NULL))
		return (KtOptCpuset){.state = KT_STATE_BROKEN};
	return (KtOptCpuset){.v = set, .state = KT_STATE_VALUE};
}

void
kt_inside_read_vcpus(const virTypedParameter *params, int n, KtArena *arena, KtInside *inside)
{
	inside->vcpus = read_cpuset(params, n, "vcpus", arena);
	inside->vcpus_online = read_cpuset(params, n, "online", arena);
	inside->vcpus_offlinable = read_cpuset(params, n, "offlinable", arena);
}

void
kt_inside_read_os(const virTypedParameter *params, int n, KtArena *arena, KtInside *inside)
{
	inside->os_name = read_text(params, n, "os.pretty-name", KT_INSIDE_MAX_TEXT, arena);
	if (inside->os_name.state == KT_STATE_ABSENT)
		inside->os_name = read_text(params, n, "os.name", KT_INSIDE_MAX_TEXT, arena);
	inside->os_id = read_text(params, n, "os.id", KT_INSIDE_MAX_TEXT, arena);
	inside->os_version = read_text(params, n, "os.version-id", KT_INSIDE_MAX_TEXT, arena);
	inside->kernel = read_text(params, n, "os.kernel-release", KT_INSIDE_MAX_TEXT, arena);
}

/* What stands at "fs.<i>.<rest>". */
static char *
mount_name(unsigned i, const char *rest)
{
	return g_strdup_printf("fs.%u.%s", i, rest);
}

static KtOptStr
read_mount_text(const virTypedParameter *params, int n, unsigned i, const char *rest, size_t max,
		KtArena *arena)
{
	g_autofree char *name = mount_name(i, rest);

	return read_text(params, n, name, max, arena);
}

static KtOptU64
read_mount_kib(const virTypedParameter *params, int n, unsigned i, const char *rest)
{
	g_autofree char *name = mount_name(i, rest);

	return read_kib(params, n, name);
}

static KtOptStr
read_mount_disks(const virTypedParameter *params, int n, unsigned i, KtArena *arena)
{
	g_autofree char *counter = mount_name(i, "disk.count");
	g_autoptr(GString) disks = g_string_new(NULL);
	uint64_t n_disks = 0;

	if (!read_number(params, n, counter, &n_disks))
		return (KtOptStr){.state = KT_STATE_ABSENT};
	for (unsigned j = 0; j < MIN(n_disks, (uint64_t)n); j++) {
		g_autofree char *name = g_strdup_printf("fs.%u.disk.%u.alias", i, j);
		KtOptStr disk = read_text(params, n, name, KT_INSIDE_MAX_TEXT, arena);
		if (kt_known(disk))
			g_string_append_printf(disks, "%s%s", disks->len ? " " : "", disk.v);
	}
	if (!disks->len)
		return (KtOptStr){.state = KT_STATE_ABSENT};
	return (KtOptStr){.v = kt_arena_strdup(arena, disks->str), .state = KT_STATE_VALUE};
}

void
kt_inside_read_mounts(const virTypedParameter *params, int n, KtArena *arena, KtInside *inside)
{
	uint64_t n_mounts = 0;

	inside->mounts = (KtInsideMountList){.state = KT_STATE_BROKEN};
	/* Of no file system libvirt says nothing at all. */
	if (find(params, n, "fs.count") && !read_number(params, n, "fs.count", &n_mounts))
		return;
	if (n_mounts > KT_INSIDE_MAX_MOUNTS)
		return;
	KtInsideMount *mounts = kt_arena_new0(arena, KtInsideMount, n_mounts);
	for (unsigned i = 0; i < n_mounts; i++) {
		mounts[i] = (KtInsideMount){
			.mountpoint = read_mount_text(
				params, n, i, "mountpoint", KT_INSIDE_MAX_PATH, arena),
			.type = read_mount_text(params, n, i, "fstype", KT_INSIDE_MAX_TEXT, arena),
			.disks = read_mount_disks(params, n, i, arena),
			.total_kib = read_mount_kib(params, n, i, "total-bytes"),
			.used_kib = read_mount_kib(params, n, i, "used-bytes"),
		};
	}
	inside->mounts =
		(KtInsideMountList){.v = mounts, .n = (uint32_t)n_mounts, .state = KT_STATE_VALUE};
}

/* NULL: no disk, or none whose files are looked at. */
static const char *
disk_name(const virTypedParameter *params, int n, unsigned i)
{
	g_autofree char *name_key = g_strdup_printf("disk.%u.name", i);
	g_autofree char *part_key = g_strdup_printf("disk.%u.partition", i);
	const virTypedParameter *name = find(params, n, name_key);
	const virTypedParameter *part = find(params, n, part_key);

	if (!name || name->type != VIR_TYPED_PARAM_STRING || !name->value.s)
		return NULL;
	if (part && (part->type != VIR_TYPED_PARAM_BOOLEAN || part->value.b))
		return NULL;
	if (!g_str_has_prefix(name->value.s, "/dev/"))
		return NULL;
	const char *end = name->value.s + strlen("/dev/");
	return kt_inside_is_disk(end) ? end : NULL;
}

void
kt_inside_read_disks(const virTypedParameter *params, int n, KtArena *arena, KtInside *inside)
{
	KtInsideDisk *disks = kt_arena_new0(arena, KtInsideDisk, KT_INSIDE_MAX_DISKS);
	uint64_t n_all = 0;
	uint32_t n_disks = 0;

	inside->disks = (KtInsideDiskList){.state = KT_STATE_BROKEN};
	if (find(params, n, "disk.count") && !read_number(params, n, "disk.count", &n_all))
		return;
	for (unsigned i = 0; i < MIN(n_all, (uint64_t)n) && n_disks < KT_INSIDE_MAX_DISKS; i++) {
		const char *name = disk_name(params, n, i);
		if (name)
			disks[n_disks++].name = (KtOptStr){.v = kt_arena_strdup(arena, name),
							   .state = KT_STATE_VALUE};
	}
	inside->disks = (KtInsideDiskList){.v = disks, .n = n_disks, .state = KT_STATE_VALUE};
}

/* "[none] mq-deadline" -> "none mq-deadline". */
static char *
without_brackets(const char *text)
{
	GString *words = g_string_new(NULL);

	for (const char *p = text; *p; p++) {
		if (*p != '[' && *p != ']')
			g_string_append_c(words, *p);
	}
	return g_strstrip(g_string_free(words, FALSE));
}

void
kt_inside_read_scheduler(const char *text, KtArena *arena, KtInsideDisk *disk)
{
	g_autofree char *all = without_brackets(text);
	g_autofree char *now = kt_syntax_value(KT_SYNTAX_CHOICE, text);
	g_autofree char *shown = g_strconcat("[", now, "]", NULL);

	disk->scheduler = (KtOptStr){.state = KT_STATE_BROKEN};
	disk->schedulers = disk->scheduler;
	if (!*now || strpbrk(now, " \t") || !strstr(text, shown) ||
	    !is_clean(all, KT_INSIDE_MAX_TEXT))
		return;
	disk->scheduler = (KtOptStr){.v = kt_arena_strdup(arena, now), .state = KT_STATE_VALUE};
	disk->schedulers = (KtOptStr){.v = kt_arena_strdup(arena, all), .state = KT_STATE_VALUE};
}

void
kt_inside_read_blocks(const KtJson *blocks, KtArena *arena, KtInside *inside)
{
	KtCpuset *all = kt_arena_new0(arena, KtCpuset, 1);
	KtCpuset *online = kt_arena_new0(arena, KtCpuset, 1);
	bool is_fine = kt_agent_blocks(blocks, all, online, NULL);
	KtState state = is_fine ? KT_STATE_VALUE : KT_STATE_BROKEN;

	inside->memory_blocks = (KtOptCpuset){.v = all, .state = state};
	inside->memory_blocks_online = (KtOptCpuset){.v = online, .state = state};
}

void
kt_inside_read_block_size(const KtJson *info, KtInside *inside)
{
	const KtJson *size = json_object_get(info, "size");
	uint64_t bytes = json_is_integer(size) ? (uint64_t)json_integer_value(size) : 0;

	inside->memory_block_kib = (KtOptU64){.state = KT_STATE_BROKEN};
	if (bytes >= 1024 && bytes <= MAX_BLOCK_BYTES && bytes % 1024 == 0)
		inside->memory_block_kib = (KtOptU64){.v = bytes / 1024, .state = KT_STATE_VALUE};
}
