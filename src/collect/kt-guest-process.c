/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-process.h"

#include "kt-guest-cgroup.h"
#include "kt-guest-thread.h"
#include "kt-guest-value.h"

#include <string.h>

struct KtProcesses {
	KtRoot *root;
	const char *pid_dir;
	GHashTable *pids;   /* UUID -> pid, of all QEMU processes; NULL until needed */
	KtState scan_state; /* what a UUID that is not in there means */
};

KtProcesses *
kt_processes_new(KtRoot *root, const char *pid_dir)
{
	KtProcesses *processes = g_new0(KtProcesses, 1);

	processes->root = root;
	processes->pid_dir = pid_dir;
	return processes;
}

void
kt_processes_free(KtProcesses *processes)
{
	if (!processes)
		return;

	g_clear_pointer(&processes->pids, g_hash_table_unref);
	g_free(processes);
}

/* The argument after "-uuid" (qemuBuildCommandLine always gives it), or NULL. */
static const char *
find_uuid(const char *cmdline, size_t length)
{
	for (const char *at = cmdline; at < cmdline + length; at += strlen(at) + 1) {
		const char *next = at + strlen(at) + 1;
		if (g_str_equal(at, "-uuid"))
			return next < cmdline + length ? next : NULL;
	}
	return NULL;
}

/* The UUID on the command line of a process. Free with g_free. */
static KtState
read_uuid(const KtProcesses *processes, const char *pid, char **ret_uuid)
{
	g_autofree char *path = g_strdup_printf("/proc/%s/cmdline", pid);
	g_autofree char *cmdline = NULL;
	size_t length = 0;
	KtState state = kt_root_read(processes->root, path, &cmdline, &length);

	if (state != KT_STATE_VALUE)
		return state;
	*ret_uuid = g_strdup(find_uuid(cmdline, length));
	return *ret_uuid ? KT_STATE_VALUE : KT_STATE_ABSENT;
}

static bool
is_pid(const char *name)
{
	return *name && strspn(name, "0123456789") == strlen(name);
}

/* Only the command lines of what calls itself QEMU are read: those of others are none of kvmtune's
 * business, and a snapshot keeps what was read. */
static bool
is_qemu(const KtProcesses *processes, const char *pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%s/comm", pid);
	g_autofree char *comm = NULL;

	return kt_root_read_line(processes->root, path, &comm) == KT_STATE_VALUE &&
	       (g_str_has_prefix(comm, "qemu") || g_str_equal(comm, "kvm"));
}

static void
scan(KtProcesses *processes)
{
	g_auto(GStrv) names = NULL;

	processes->pids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	processes->scan_state = kt_root_list(processes->root, "/proc", &names);
	if (processes->scan_state != KT_STATE_VALUE)
		return;

	processes->scan_state = KT_STATE_ABSENT;
	for (size_t i = 0; names[i]; i++) {
		char *uuid = NULL;
		if (!is_pid(names[i]) || !is_qemu(processes, names[i]))
			continue;
		KtState state = read_uuid(processes, names[i], &uuid);
		if (state == KT_STATE_VALUE)
			g_hash_table_insert(processes->pids, uuid, g_strdup(names[i]));
		else if (state == KT_STATE_DENIED)
			processes->scan_state = KT_STATE_DENIED;
	}
}

static KtOptU64
pid_value(KtFacts *facts, const char *pid, const char *origin)
{
	KtOptU64 opt = {.state = KT_STATE_BROKEN, .origin = kt_facts_origin(facts, origin)};

	if (kt_guest_number(pid, &opt.v))
		opt.state = KT_STATE_VALUE;
	return opt;
}

/* False when there is no pid file or it is not about this guest. */
static bool
pid_from_file(const KtProcesses *processes, KtFacts *facts, KtGuest *guest)
{
	const char *name = guest->name.v;
	g_autofree char *pid = NULL;
	g_autofree char *uuid = NULL;

	if (!processes->pid_dir || strchr(name, '/'))
		return false;

	g_autofree char *path = g_strdup_printf("%s/%s.pid", processes->pid_dir, name);
	if (kt_root_read_line(processes->root, path, &pid) != KT_STATE_VALUE || !is_pid(pid) ||
	    read_uuid(processes, pid, &uuid) != KT_STATE_VALUE ||
	    g_ascii_strcasecmp(uuid, guest->uuid.v) != 0)
		return false;
	guest->effective.pid = pid_value(facts, pid, path);
	return true;
}

static void
pid_from_scan(KtProcesses *processes, KtFacts *facts, KtGuest *guest)
{
	if (!processes->pids)
		scan(processes);

	const char *pid = g_hash_table_lookup(processes->pids, guest->uuid.v);
	guest->effective.pid = (KtOptU64){.state = processes->scan_state,
					  .origin = kt_facts_origin(facts, "/proc")};
	if (!pid)
		return;
	g_autofree char *path = g_strdup_printf("/proc/%s/cmdline", pid);
	guest->effective.pid = pid_value(facts, pid, path);
}

/* Resident memory per node out of numa_maps (proc(5)): "... N0=12 N1=3 kernelpagesize_kB=4". */
static void
add_line(const char *line, uint64_t *kib_of_node)
{
	const char *size = strstr(line, " kernelpagesize_kB=");
	uint64_t page_kib = size ? g_ascii_strtoull(strchr(size, '=') + 1, NULL, 10) : 0;

	for (const char *at = strstr(line, " N"); at; at = strstr(at + 1, " N")) {
		char *end = NULL;
		uint64_t node = g_ascii_strtoull(at + 2, &end, 10);
		if (*end == '=' && node < KT_CPUSET_BITS)
			kib_of_node[node] += g_ascii_strtoull(end + 1, NULL, 10) * page_kib;
	}
}

static void
set_node_memory(KtFacts *facts, const uint64_t *kib_of_node, KtNodeMemoryList *ret_list)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < KT_CPUSET_BITS; i++)
		n += kib_of_node[i] > 0;
	ret_list->v = kt_arena_new0(facts->arena, KtNodeMemory, n);
	for (uint32_t i = 0; i < KT_CPUSET_BITS; i++) {
		if (!kib_of_node[i])
			continue;
		ret_list->v[ret_list->n++] = (KtNodeMemory){
			.node = {.v = i, .state = KT_STATE_VALUE, .origin = ret_list->origin},
			.memory_kib = {.v = kib_of_node[i],
				       .state = KT_STATE_VALUE,
				       .origin = ret_list->origin},
		};
	}
}

static void
read_node_memory(const KtProcesses *processes, KtFacts *facts, KtGuestEffective *effective)
{
	g_autofree char *path =
		g_strdup_printf("/proc/%" G_GUINT64_FORMAT "/numa_maps", effective->pid.v);
	g_autofree char *text = NULL;
	g_autofree uint64_t *kib_of_node = g_new0(uint64_t, KT_CPUSET_BITS);
	KtNodeMemoryList *list = &effective->node_memory;

	list->origin = kt_facts_origin(facts, path);
	list->state = kt_root_read(processes->root, path, &text, NULL);
	if (list->state != KT_STATE_VALUE)
		return;

	char *rest = text;
	for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n"))
		add_line(line, kib_of_node);
	set_node_memory(facts, kib_of_node, list);
}

void
kt_guest_process_read(KtProcesses *processes, KtFacts *facts, bool is_deep, KtGuest *guest)
{
	KtGuestEffective *effective = &guest->effective;

	if (!pid_from_file(processes, facts, guest))
		pid_from_scan(processes, facts, guest);
	if (!kt_known(effective->pid)) {
		kt_guest_cgroup_unknown(effective->pid.state, effective);
		effective->threads.state = effective->pid.state;
		effective->node_memory.state = is_deep ? effective->pid.state : KT_STATE_UNSET;
		return;
	}

	g_autofree char *thread_list = NULL;
	kt_guest_cgroup_read(processes->root, facts, guest, &thread_list);
	effective->threads =
		kt_guest_threads(processes->root, facts, effective->pid.v, thread_list);
	if (is_deep)
		read_node_memory(processes, facts, effective);
}
