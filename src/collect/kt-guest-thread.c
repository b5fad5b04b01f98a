/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-thread.h"

#include "kt-guest-value.h"

#include <string.h>

/* QEMU names its threads with debug-threads=on, which libvirt always asks for; the names are in
 * QEMU's calls of qemu_thread_create(). vhost threads are named by the kernel (drivers/vhost),
 * since Linux 6.4 they are threads of the process. The first row that fits counts. */
static const struct {
	const char *prefix;
	const char *role;
	bool is_whole;   /* the prefix is the name */
	bool has_number; /* follows the prefix; a row without a number there does not fit */
} rows[] = {
	{.prefix = "CPU ", .role = "vcpu", .has_number = true}, /* "CPU 0/KVM", "CPU 0/TCG" */
	{.prefix = "ALL CPUs/", .role = "vcpu"},                /* TCG with one thread */
	{.prefix = "IO iothread", .role = "iothread", .has_number = true},
	{.prefix = "IO mon_iothread", .role = "emulator"},
	{.prefix = "vhost-", .role = "vhost"},
	{.prefix = "worker", .role = "worker", .is_whole = true},
	{.prefix = "call_rcu", .role = "emulator", .is_whole = true},
	{.prefix = "vnc_worker", .role = "emulator"},
	{.prefix = "SPICE Worker", .role = "emulator"},
};

const char *
kt_guest_thread_role(const char *name, bool is_main, uint64_t *ret_number, bool *ret_has_number)
{
	*ret_has_number = false;
	if (is_main)
		return "emulator";

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		size_t length = strlen(rows[i].prefix);
		if (strncmp(name, rows[i].prefix, length) != 0 ||
		    (rows[i].is_whole && name[length]))
			continue;
		if (!rows[i].has_number)
			return rows[i].role;
		g_autofree char *digits =
			g_strndup(name + length, strspn(name + length, "0123456789"));
		if (!kt_guest_number(digits, ret_number))
			continue;
		*ret_has_number = true;
		return rows[i].role;
	}
	return "other";
}

/* Value of "KEY:\tvalue" in /proc/PID/status, proc(5). Free with g_free. */
static char *
status_value(const char *status, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = status; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) == 0 && line[length] == ':')
			return g_strstrip(
				g_strndup(line + length + 1, strcspn(line + length + 1, "\n")));
	}
	return NULL;
}

/* @key: "Cpus_allowed" or "Mems_allowed", a mask; its list stands beside it. */
static KtOptCpuset
read_set(KtFacts *facts, const char *status, const char *key, uint16_t origin)
{
	g_autofree char *list_key = g_strconcat(key, "_list", NULL);
	g_autofree char *list = status_value(status, list_key);
	g_autofree char *mask = list ? NULL : status_value(status, key);
	KtOptCpuset opt = {.state = list || mask ? KT_STATE_BROKEN : KT_STATE_ABSENT,
			   .origin = origin};
	KtCpuset set = {0};

	if ((list && kt_cpuset_parse_list(list, &set, NULL)) ||
	    (mask && kt_cpuset_parse_mask(mask, &set, NULL))) {
		opt.v = kt_facts_cpuset(facts, &set);
		opt.state = KT_STATE_VALUE;
	}
	return opt;
}

static void
set_name(KtFacts *facts, const char *name, bool is_main, uint16_t origin, KtThread *thread)
{
	bool has_number = false;

	thread->name = (KtOptStr){.v = kt_arena_strdup(facts->arena, name),
				  .state = KT_STATE_VALUE,
				  .origin = origin};
	thread->number = (KtOptU64){.state = KT_STATE_ABSENT, .origin = origin};
	thread->role = (KtOptStr){
		.v = kt_guest_thread_role(name, is_main, &thread->number.v, &has_number),
		.state = KT_STATE_VALUE,
		.origin = origin,
	};
	if (has_number)
		thread->number.state = KT_STATE_VALUE;
}

/* False when the thread is gone. */
static bool
read_thread(KtRoot *root, KtFacts *facts, const char *dir, const char *tid, bool is_main,
	    KtThread *thread)
{
	g_autofree char *path = g_strconcat(dir, "/", tid, "/status", NULL);
	g_autofree char *status = NULL;
	uint16_t origin = kt_facts_origin(facts, path);
	KtState state = kt_root_read(root, path, &status, NULL);

	if (state == KT_STATE_ABSENT || !kt_guest_number(tid, &thread->tid.v))
		return false;
	thread->tid.state = KT_STATE_VALUE;
	thread->tid.origin = origin;
	if (state != KT_STATE_VALUE) {
		thread->name = (KtOptStr){.state = state, .origin = origin};
		thread->role = thread->name;
		thread->number = (KtOptU64){.state = state, .origin = origin};
		thread->affinity = (KtOptCpuset){.state = state, .origin = origin};
		thread->nodes = thread->affinity;
		return true;
	}

	g_autofree char *name = status_value(status, "Name");
	set_name(facts, name ? name : "", is_main, origin, thread);
	thread->affinity = read_set(facts, status, "Cpus_allowed", origin);
	thread->nodes = read_set(facts, status, "Mems_allowed", origin);
	return true;
}

static int
compare_tids(const void *a, const void *b)
{
	const KtThread *left = a;
	const KtThread *right = b;

	return (left->tid.v > right->tid.v) - (left->tid.v < right->tid.v);
}

/* Members of the control group that are kernel threads of vhost, but no threads of the process. */
static void
add_foreign_vhosts(KtRoot *root, KtFacts *facts, const char *thread_list, char **own,
		   GArray *threads)
{
	g_autofree char *text = NULL;

	if (kt_root_read(root, thread_list, &text, NULL) != KT_STATE_VALUE)
		return;
	g_auto(GStrv) tids = g_strsplit_set(text, " \n", -1);
	for (size_t i = 0; tids[i]; i++) {
		KtThread thread = {0};
		if (!*tids[i] || g_strv_contains((const char *const *)own, tids[i]) ||
		    !read_thread(root, facts, "/proc", tids[i], false, &thread))
			continue;
		if (kt_opt_is(thread.role, "vhost"))
			g_array_append_val(threads, thread);
	}
}

KtThreadList
kt_guest_threads(KtRoot *root, KtFacts *facts, uint64_t pid, const char *thread_list)
{
	g_autofree char *dir = g_strdup_printf("/proc/%" G_GUINT64_FORMAT "/task", pid);
	g_autofree char *main_tid = g_strdup_printf("%" G_GUINT64_FORMAT, pid);
	g_auto(GStrv) tids = NULL;
	KtThreadList list = {.state = kt_root_list(root, dir, &tids),
			     .origin = kt_facts_origin(facts, dir)};

	if (list.state != KT_STATE_VALUE)
		return list;

	g_autoptr(GArray) threads = g_array_new(FALSE, FALSE, sizeof(KtThread));
	for (size_t i = 0; tids[i]; i++) {
		KtThread thread = {0};
		bool is_main = g_str_equal(tids[i], main_tid);
		if (read_thread(root, facts, dir, tids[i], is_main, &thread))
			g_array_append_val(threads, thread);
	}
	g_array_sort(threads, compare_tids);
	if (thread_list)
		add_foreign_vhosts(root, facts, thread_list, tids, threads);

	list.n = threads->len;
	list.v = kt_arena_new0(facts->arena, KtThread, threads->len);
	if (threads->len)
		memcpy(list.v, threads->data, threads->len * sizeof(KtThread));
	return list;
}
