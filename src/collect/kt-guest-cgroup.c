/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cgroup.h"

#include "kt-guest-io-limits.h"

#include <string.h>

/* Where every distribution and systemd mount the hierarchies. */
#define MOUNT "/sys/fs/cgroup"
/* mm/page_counter.h: PAGE_COUNTER_MAX pages of 64 KiB at most, which is what no limit reads as. */
#define V1_UNLIMITED (UINT64_C(0x7fffffffffff0000))

/* /proc/PID/cgroup, cgroups(7): "ID:controllers:path", with ID 0 and no controllers for v2. */
typedef struct Line {
	const char *id;
	const char *controllers;
	const char *path;
} Line;

static bool
split_line(char *text, Line *ret_line)
{
	char *rest = text;

	ret_line->id = strsep(&rest, ":");
	ret_line->controllers = strsep(&rest, ":");
	ret_line->path = rest;
	return rest != NULL;
}

static bool
has_name(const char *controllers, const char *controller)
{
	g_auto(GStrv) names = g_strsplit(controllers, ",", -1);

	return g_strv_contains((const char *const *)names, controller);
}

/* The line that says where the controller has the process: v1 wins, for in a hybrid setup the v2
 * hierarchy has no controllers. */
static bool
find_line(char *text, const char *controller, Line *ret_line)
{
	char *rest = text;
	bool is_found = false;

	for (char *at = strsep(&rest, "\n"); at; at = strsep(&rest, "\n")) {
		Line line = {NULL};
		if (!split_line(at, &line))
			continue;
		if (has_name(line.controllers, controller)) {
			*ret_line = line;
			return true;
		}
		if (!*line.controllers) {
			*ret_line = line;
			is_found = true;
		}
	}
	return is_found;
}

/* v1 hierarchies without a group for the emulator have QEMU in the guest's own: "qemu-1-NAME" with
 * ".libvirt-qemu" behind it, or a scope of systemd. NULL when it is neither. */
static char *
own_group(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);

	return g_str_has_suffix(name, ".libvirt-qemu") || g_str_has_prefix(name, "machine-qemu")
		       ? g_strdup(path)
		       : NULL;
}

/* libvirt's vircgroup.c: QEMU runs in "emulator" below the guest's group, on hosts with systemd
 * with a "libvirt" in between. NULL when the process is in no such group. */
static char *
guest_group(const char *path)
{
	g_autofree char *group = g_strdup(path);
	bool is_libvirt = false;

	if (g_str_has_suffix(group, "/emulator")) {
		*strrchr(group, '/') = '\0';
		is_libvirt = true;
	}
	if (g_str_has_suffix(group, "/libvirt")) {
		*strrchr(group, '/') = '\0';
		is_libvirt = true;
	}
	return is_libvirt ? g_steal_pointer(&group) : NULL;
}

/* v1 hierarchies are mounted under the names of their controllers; "cpu" is a link to it. */
static char *
hierarchy(KtRoot *root, const Line *line, const char *controller)
{
	if (!*line->controllers)
		return g_strdup(MOUNT);
	g_autofree char *own = g_strconcat(MOUNT "/", line->controllers, NULL);
	if (kt_root_exists(root, own))
		return g_steal_pointer(&own);
	return g_strconcat(MOUNT "/", controller, NULL);
}

/* What the control groups of one guest are read with. */
typedef struct Groups {
	KtRoot *root;
	KtFacts *facts;
	const char *text; /* of /proc/PID/cgroup */
} Groups;

/* Where a controller has the guest. */
typedef struct Place {
	char *outer; /* weights: systemd's scope, else the guest's own group */
	char *inner; /* limits, and the groups of threads: below the scope when there is one */
	bool is_v1;
} Place;

static void
place_clear(Place *place)
{
	g_free(place->outer);
	g_free(place->inner);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

/* libvirt: src/util/vircgrouppriv.h, virCgroupGetNested(): systemd resets what it finds in a scope
 * when it reads its units again, so limits are kept a level below. */
static char *
inner_group(const char *path, const char *outer)
{
	g_autofree char *nested = g_strconcat(outer, "/libvirt", NULL);

	return g_str_has_prefix(path, nested) ? g_steal_pointer(&nested) : g_strdup(outer);
}

/* False when libvirt made no group there. @has_emulator: QEMU's own threads must have one. */
static bool
find_place(const Groups *groups, const char *controller, bool has_emulator, Place *ret_place)
{
	g_autofree char *text = g_strdup(groups->text);
	Line line = {NULL};

	if (!find_line(text, controller, &line))
		return false;
	g_autofree char *group = guest_group(line.path);
	if (!group && !has_emulator && *line.controllers)
		group = own_group(line.path);
	if (!group)
		return false;
	g_autofree char *mount = hierarchy(groups->root, &line, controller);
	g_autofree char *inner = inner_group(line.path, group);
	ret_place->outer = g_strconcat(mount, group, NULL);
	ret_place->inner = g_strconcat(mount, inner, NULL);
	ret_place->is_v1 = *line.controllers != '\0';
	return true;
}

/* The line of a file; its state and where it stands go into any KtOpt*. */
#define read_into(groups, dir, file, opt)                                                          \
	read_file(groups, dir, file, &(opt)->state, &(opt)->origin)

static char *
read_file(const Groups *groups, const char *dir, const char *file, KtState *ret_state,
	  uint16_t *ret_origin)
{
	g_autofree char *path = g_strconcat(dir, "/", file, NULL);
	char *line = NULL;

	*ret_state = kt_root_read_line(groups->root, path, &line);
	if (*ret_state != KT_STATE_ABSENT)
		*ret_origin = kt_facts_origin(groups->facts, path);
	return line;
}

static void
set_number(KtOptU64 *opt, const char *text)
{
	if (opt->state == KT_STATE_VALUE &&
	    !g_ascii_string_to_unsigned(text, 10, 0, INT64_MAX, &opt->v, NULL))
		opt->state = KT_STATE_BROKEN;
}

/* Of a file that may be "100", or "default 100" and lines of devices. */
static void
read_weight(const Groups *groups, const char *dir, const char *file, KtOptU64 *ret_weight)
{
	static const char word[] = "default ";
	g_autofree char *line = read_into(groups, dir, file, ret_weight);

	set_number(ret_weight, line && g_str_has_prefix(line, word) ? line + strlen(word) : line);
}

static void
read_quota_v1(const Groups *groups, const char *dir, KtOptI64 *ret_quota, KtOptU64 *ret_period)
{
	g_autofree char *quota = read_into(groups, dir, "cpu.cfs_quota_us", ret_quota);
	g_autofree char *period = read_into(groups, dir, "cpu.cfs_period_us", ret_period);

	if (ret_quota->state == KT_STATE_VALUE &&
	    !g_ascii_string_to_signed(quota, 10, -1, INT64_MAX, &ret_quota->v, NULL))
		ret_quota->state = KT_STATE_BROKEN;
	set_number(ret_period, period);
}

/* "max 100000" or "50000 100000". */
static void
read_quota_v2(const Groups *groups, const char *dir, KtOptI64 *ret_quota, KtOptU64 *ret_period)
{
	g_autofree char *line = read_into(groups, dir, "cpu.max", ret_quota);
	char *period = line ? strchr(line, ' ') : NULL;

	ret_period->state = ret_quota->state;
	ret_period->origin = ret_quota->origin;
	if (ret_quota->state != KT_STATE_VALUE)
		return;
	if (!period) {
		ret_period->state = ret_quota->state = KT_STATE_BROKEN;
		return;
	}
	*period = '\0';
	set_number(ret_period, period + 1);
	if (g_str_equal(line, "max"))
		ret_quota->v = -1;
	else if (!g_ascii_string_to_signed(line, 10, 0, INT64_MAX, &ret_quota->v, NULL))
		ret_quota->state = KT_STATE_BROKEN;
}

static void
read_quota(const Groups *groups, const Place *place, const char *group, KtOptI64 *ret_quota,
	   KtOptU64 *ret_period)
{
	g_autofree char *dir = g_strconcat(place->inner, group, NULL);

	if (place->is_v1)
		read_quota_v1(groups, dir, ret_quota, ret_period);
	else
		read_quota_v2(groups, dir, ret_quota, ret_period);
}

static void
read_limit(const Groups *groups, const Place *place, const char *v1, const char *v2,
	   KtOptU64 *ret_limit)
{
	g_autofree char *line = read_into(groups, place->inner, place->is_v1 ? v1 : v2, ret_limit);

	if (ret_limit->state != KT_STATE_VALUE)
		return;
	if (g_str_equal(line, "max"))
		ret_limit->v = V1_UNLIMITED;
	else
		set_number(ret_limit, line);
	ret_limit->v = ret_limit->v >= V1_UNLIMITED ? KT_MEMORY_UNLIMITED_KIB : ret_limit->v / 1024;
}

static void
read_cpu(const Groups *groups, unsigned iothread, KtGuestEffective *effective,
	 char **ret_thread_list)
{
	g_autofree char *iothread_group = g_strdup_printf("/iothread%u", iothread);
	g_auto(Place) place = {NULL};

	if (!find_place(groups, "cpu", /* has_emulator= */ true, &place))
		return;
	read_weight(groups,
		    place.outer,
		    place.is_v1 ? "cpu.shares" : "cpu.weight",
		    &effective->cpu_shares);
	read_quota(groups, &place, "", &effective->global_quota_us, &effective->global_period_us);
	read_quota(groups, &place, "/vcpu0", &effective->cpu_quota_us, &effective->cpu_period_us);
	read_quota(groups,
		   &place,
		   "/emulator",
		   &effective->emulator_quota_us,
		   &effective->emulator_period_us);
	if (iothread)
		read_quota(groups,
			   &place,
			   iothread_group,
			   &effective->iothread_quota_us,
			   &effective->iothread_period_us);
	*ret_thread_list = g_strconcat(
		place.inner, place.is_v1 ? "/emulator/tasks" : "/emulator/cgroup.threads", NULL);
}

/* Linux: block/bfq-cgroup.c, block/blk-iocost.c; libvirt writes bfq's where it is. */
static void
read_io(const Groups *groups, const KtBlkioDeviceList *devices, KtGuestEffective *effective)
{
	g_auto(Place) place = {NULL};

	if (!find_place(groups, "blkio", /* has_emulator= */ false, &place))
		return;
	read_weight(groups,
		    place.outer,
		    place.is_v1 ? "blkio.bfq.weight" : "io.bfq.weight",
		    &effective->io_weight);
	if (effective->io_weight.state == KT_STATE_ABSENT)
		read_weight(groups,
			    place.outer,
			    place.is_v1 ? "blkio.weight" : "io.weight",
			    &effective->io_weight);
	effective->io_limits =
		kt_guest_io_limits(groups->root, groups->facts, place.inner, place.is_v1, devices);
}

static void
read_memory(const Groups *groups, KtGuestEffective *effective)
{
	g_auto(Place) place = {NULL};

	if (!find_place(groups, "memory", /* has_emulator= */ false, &place))
		return;
	read_limit(groups,
		   &place,
		   "memory.limit_in_bytes",
		   "memory.max",
		   &effective->memory_limit_kib);
	read_limit(groups,
		   &place,
		   "memory.soft_limit_in_bytes",
		   "memory.high",
		   &effective->soft_limit_kib);
	read_limit(groups,
		   &place,
		   "memory.memsw.limit_in_bytes",
		   "memory.swap.max",
		   &effective->swap_limit_kib);
}

void
kt_guest_cgroup_unknown(KtState state, KtGuestEffective *effective)
{
	KtOptU64 *const numbers[] = {
		&effective->cpu_shares,
		&effective->io_weight,
		&effective->memory_limit_kib,
		&effective->soft_limit_kib,
		&effective->swap_limit_kib,
		&effective->cpu_period_us,
		&effective->global_period_us,
		&effective->emulator_period_us,
		&effective->iothread_period_us,
	};
	KtOptI64 *const quotas[] = {
		&effective->cpu_quota_us,
		&effective->global_quota_us,
		&effective->emulator_quota_us,
		&effective->iothread_quota_us,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
		numbers[i]->state = state;
	effective->io_limits.state = state;
	for (size_t i = 0; i < G_N_ELEMENTS(quotas); i++)
		quotas[i]->state = state;
}

/* 0 = none. */
static unsigned
first_iothread(const KtGuestConfig *live)
{
	if (kt_known(live->iothread_ids))
		return kt_cpuset_next(live->iothread_ids.v, 1);
	return kt_known(live->iothreads) && live->iothreads.v > 0 ? 1 : 0;
}

void
kt_guest_cgroup_read(KtRoot *root, KtFacts *facts, KtGuest *guest, char **ret_thread_list)
{
	KtGuestEffective *effective = &guest->effective;
	g_autofree char *path =
		g_strdup_printf("/proc/%" G_GUINT64_FORMAT "/cgroup", effective->pid.v);
	g_autofree char *text = NULL;
	KtState state = kt_root_read(root, path, &text, NULL);
	const Groups groups = {.root = root, .facts = facts, .text = text};

	kt_guest_cgroup_unknown(state == KT_STATE_VALUE ? KT_STATE_ABSENT : state, effective);
	if (state != KT_STATE_VALUE)
		return;
	read_cpu(&groups, first_iothread(&guest->live), effective, ret_thread_list);
	read_io(&groups, &guest->live.blkio_devices, effective);
	read_memory(&groups, effective);
}
