/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-slice-cpus.h"

#include <string.h>

#define CGROUP      "/sys/fs/cgroup"
#define CONTROLLERS CGROUP "/cgroup.controllers"
/* Where systemd and elogind mount v2 beside v1 (systemd: docs/CGROUP_DELEGATION.md). */
#define UNIFIED CGROUP "/unified/cgroup.controllers"
#define CGROUPS "/proc/cgroups"
#define IO_COST CGROUP "/io.cost.qos"

/* "#subsys_name hierarchy num_cgroups enabled" (cgroups(7)): the names whose last number is 1. */
static char *
enabled_names(char *text)
{
	GString *names = g_string_new(NULL);
	char *cursor = text;

	for (char *line = strsep(&cursor, "\n"); line; line = strsep(&cursor, "\n")) {
		if (*line == '#' || !g_str_has_suffix(line, "\t1"))
			continue;
		g_string_append_printf(
			names, "%s%.*s", names->len ? " " : "", (int)strcspn(line, "\t"), line);
	}
	return g_string_free(names, FALSE);
}

static KtOptStr
v1_controllers(KtHostJob *job)
{
	g_autofree char *text = NULL;
	KtState state = kt_host_text(job, CGROUPS, &text);

	if (state != KT_STATE_VALUE)
		return (KtOptStr){
			.state = state,
			.origin = kt_facts_origin(job->facts, CGROUPS),
		};

	g_autofree char *names = enabled_names(text);
	return kt_host_str(job, names, CGROUPS);
}

/* Every v1 hierarchy is a directory, and some may be links to it ("cpu"). */
static KtState
has_hierarchies(KtHostJob *job)
{
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(job->root, CGROUP, &names);

	return state == KT_STATE_VALUE && !*names ? KT_STATE_ABSENT : state;
}

/* "254:0 enable=1 ctrl=auto rpct=..." for each device that somebody has set
 * (Documentation/admin-guide/cgroup-v2.rst, io.cost.qos). */
static KtOptStr
io_cost(KtHostJob *job)
{
	g_autofree char *text = NULL;
	KtState state = kt_host_text(job, IO_COST, &text);
	g_autoptr(GString) on = g_string_new(NULL);
	char *cursor = text;

	if (state != KT_STATE_VALUE)
		return (KtOptStr){.state = state, .origin = kt_facts_origin(job->facts, IO_COST)};
	for (char *line = strsep(&cursor, "\n"); line; line = strsep(&cursor, "\n")) {
		if (strstr(line, " enable=1"))
			g_string_append_printf(
				on, "%s%.*s", on->len ? " " : "", (int)strcspn(line, " "), line);
	}
	return kt_host_str(job, on->str, IO_COST);
}

/* All of them while AllowedCPUs= is not set (systemd.resource-control(5)). */
static KtOptCpuset
slice_cpus(KtHostJob *job, const char *path)
{
	KtOptCpuset fact = {.origin = kt_facts_origin(job->facts, path)};
	g_autofree char *line = NULL;
	KtCpuset cpus = {0};

	fact.state = kt_slice_cpus_read(job->root, path, &line);
	if (fact.state != KT_STATE_VALUE)
		return fact;
	if (kt_cpuset_parse_list(line, &cpus, NULL))
		return kt_host_cpuset(job, &cpus, path);
	fact.state = KT_STATE_BROKEN;
	return fact;
}

void
kt_host_collect_cgroup(KtHostJob *job)
{
	KtCgroup *cgroup = &job->host->cgroup;
	KtState state = has_hierarchies(job);

	cgroup->io_cost = io_cost(job);
	cgroup->system_cpus = slice_cpus(job, CGROUP "/system.slice/cpuset.cpus");
	cgroup->user_cpus = slice_cpus(job, CGROUP "/user.slice/cpuset.cpus");
	if (state != KT_STATE_VALUE) {
		cgroup->version = (KtOptStr){
			.state = state,
			.origin = kt_facts_origin(job->facts, CGROUP),
		};
		cgroup->controllers = cgroup->version;
		return;
	}
	if (kt_root_exists(job->root, CONTROLLERS)) {
		cgroup->version = kt_host_str(job, "v2", CONTROLLERS);
		cgroup->controllers = kt_host_line_str(job, CONTROLLERS);
		return;
	}
	cgroup->version =
		kt_host_str(job, kt_root_exists(job->root, UNIFIED) ? "hybrid" : "v1", CGROUP);
	cgroup->controllers = v1_controllers(job);
}
