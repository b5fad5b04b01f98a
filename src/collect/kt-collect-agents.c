/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

/* TASK_COMM_LEN without its NUL (include/linux/sched.h). */
#define COMM_LENGTH 15

/* Programs that write the same knobs, and those that run guests outside libvirt. Those are often
 * installed with their version behind the name. */
static const struct {
	const char *name;
	const char *comm; /* where it is not the name */
	bool has_version;
} agents[] = {
	{.name = "VirtualBox", .comm = "VBoxHeadless"},
	{.name = "VirtualBox", .comm = "VirtualBoxVM"},
	{.name = "auto-cpufreq"},
	{.name = "bpftune"},
	{.name = "cloud-hypervisor", .has_version = true},
	{.name = "crosvm"},
	{.name = "firecracker", .has_version = true},
	{.name = "irqbalance"},
	{.name = "ksmtuned"},
	{.name = "numad"},
	{.name = "power-profiles-daemon"},
	{.name = "tlp"},
	{.name = "tuned"},
	{.name = "tuned-ppd"},
	{.name = "vmware-vmx"},
};

/* Started as an argument of the interpreter, tuned has its name; its unit writes this file with
 * --pid (tuned.service). The command line would say it too, but may hold secrets of others. */
static const char tuned_pid_file[] = "/run/tuned/tuned.pid";

static const char *
find_agent(const char *comm)
{
	for (size_t i = 0; i < G_N_ELEMENTS(agents); i++) {
		const char *name = agents[i].comm ? agents[i].comm : agents[i].name;
		size_t length = MIN(strlen(name), (size_t)COMM_LENGTH);
		bool has_prefix = strncmp(comm, name, length) == 0;
		if (has_prefix && (agents[i].has_version || comm[length] == '\0'))
			return agents[i].name;
	}
	return NULL;
}

static void
look_at(KtHostJob *job, const char *pid, uint64_t tuned_pid, GArray *items)
{
	g_autofree char *path = g_strconcat("/proc/", pid, "/comm", NULL);
	g_autofree char *comm = NULL;
	uint64_t number = 0;

	if (!g_ascii_string_to_unsigned(pid, 10, 1, UINT32_MAX, &number, NULL) ||
	    kt_root_read_line(job->root, path, &comm) != KT_STATE_VALUE)
		return;

	bool is_tuned = number == tuned_pid && g_str_has_prefix(comm, "python");
	const char *name = is_tuned ? "tuned" : find_agent(comm);
	if (!name)
		return;
	KtAgent agent = {
		.name = kt_host_str(job, name, path),
		.pid = kt_host_u64(job, number, path),
	};
	g_array_append_val(items, agent);
}

static int
compare_agents(const void *a, const void *b)
{
	const KtAgent *left = a;
	const KtAgent *right = b;
	int names = strcmp(left->name.v, right->name.v);

	return names != 0 ? names : (left->pid.v > right->pid.v) - (left->pid.v < right->pid.v);
}

static bool
has_processes(char *const *names)
{
	for (; *names; names++) {
		if (g_ascii_isdigit(**names))
			return true;
	}
	return false;
}

/* With the mount option hidepid the processes of others are not there at all, and "no agent" would
 * be a guess: PID 1 tells. A copied tree has no processes. */
static KtState
can_see_all(KtHostJob *job, char *const *names)
{
	uint32_t mode = 0;

	if (!g_strv_contains((const char *const *)names, "1"))
		return has_processes(names) ? KT_STATE_DENIED : KT_STATE_ABSENT;
	return kt_root_mode(job->root, "/proc/1/comm", &mode);
}

void
kt_host_collect_agents(KtHostJob *job)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtAgent));
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(job->root, "/proc", &names);
	uint64_t tuned_pid = 0;

	if (state == KT_STATE_VALUE)
		state = can_see_all(job, names);
	if (kt_root_read_u64(job->root, tuned_pid_file, &tuned_pid) != KT_STATE_VALUE)
		tuned_pid = 0;
	for (size_t i = 0; state == KT_STATE_VALUE && names[i]; i++) {
		if (g_ascii_isdigit(*names[i]))
			look_at(job, names[i], tuned_pid, items);
	}
	g_array_sort(items, compare_agents);
	kt_host_set_list(job, &job->host->agents, items, state, "/proc");
}
