/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-hwloc.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The topology of 512 CPUs takes 2 ms. */
#define MAX_LOAD_S 10

void
kt_hwloc_clear(KtHwloc *topology)
{
	if (*topology)
		hwloc_topology_destroy(*topology);
	*topology = NULL;
}

/* Variables that make hwloc look elsewhere or write to stderr (hwloc manual, "Environment
 * Variables"): a topology from there would not be that of the root. There is no other way to name
 * a root to it. */
static void
set_environment(const char *fsroot)
{
	const struct {
		const char *name;
		const char *value;
	} rows[] = {
		{.name = "HWLOC_COMPONENTS"},
		{.name = "HWLOC_CPUID_PATH"},
		{.name = "HWLOC_FSROOT", .value = fsroot},
		{.name = "HWLOC_HIDE_ERRORS", .value = "2"},
		{.name = "HWLOC_SYNTHETIC"},
		{.name = "HWLOC_THISSYSTEM", .value = fsroot ? "0" : NULL},
		{.name = "HWLOC_XMLFILE"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_strcmp0(g_getenv(rows[i].name), rows[i].value) == 0)
			continue;
		if (rows[i].value)
			g_setenv(rows[i].name, rows[i].value, TRUE);
		else
			g_unsetenv(rows[i].name);
	}
}

/* What is left out is neither read from sysfs nor kept in XML. x86 would run CPUID on every CPU of
 * the machine it runs on, no_os would count that machine's CPUs. */
static bool
configure(KtHwloc topology)
{
	static const char *const blacklist[] = {"x86", "no_os"};
	/* Groups hold the nodes that are smaller than a package (sub-NUMA clustering). */
	static const struct {
		hwloc_obj_type_t type;
		enum hwloc_type_filter_e filter;
	} kept[] = {
		{.type = HWLOC_OBJ_PACKAGE, .filter = HWLOC_TYPE_FILTER_KEEP_ALL},
		{.type = HWLOC_OBJ_CORE, .filter = HWLOC_TYPE_FILTER_KEEP_ALL},
		{.type = HWLOC_OBJ_L3CACHE, .filter = HWLOC_TYPE_FILTER_KEEP_ALL},
		{.type = HWLOC_OBJ_GROUP, .filter = HWLOC_TYPE_FILTER_KEEP_STRUCTURE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(blacklist); i++) {
		if (hwloc_topology_set_components(
			    topology, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, blacklist[i]) != 0)
			return false;
	}
	if (hwloc_topology_set_all_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE) != 0)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
		if (hwloc_topology_set_type_filter(topology, kept[i].type, kept[i].filter) != 0)
			return false;
	}
	return hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) == 0;
}

static KtState
load_trusted(const char *xml, KtHwloc *ret_topology)
{
	g_auto(KtHwloc) topology = NULL;

	if (hwloc_topology_init(&topology) != 0 || !configure(topology))
		return KT_STATE_BROKEN;
	/* The length includes the NUL (hwloc.h). */
	if (xml && (strlen(xml) > KT_ROOT_MAX_BYTES ||
		    hwloc_topology_set_xmlbuffer(topology, xml, (int)strlen(xml) + 1) != 0))
		return KT_STATE_BROKEN;
	if (hwloc_topology_load(topology) != 0)
		return KT_STATE_BROKEN;
	*ret_topology = g_steal_pointer(&topology);
	return KT_STATE_VALUE;
}

/* Never returns. */
static void
try_in_child(const char *xml)
{
	const struct rlimit no_core = {0};
	g_auto(KtHwloc) topology = NULL;

	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)alarm(MAX_LOAD_S);
	_exit(load_trusted(xml, &topology) == KT_STATE_VALUE ? 0 : 1);
}

/* hwloc trusts the XML it is given: 2.9.0 dies of an object without complete_cpuset. XML can come
 * from a stranger, so a child dies of it first. */
static bool
is_survivable(const char *xml)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		try_in_child(xml);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static KtState
load(const char *xml, KtHwloc *ret_topology)
{
	return xml && !is_survivable(xml) ? KT_STATE_BROKEN : load_trusted(xml, ret_topology);
}

static KtState
load_directory(const char *path, KtHwloc *ret_topology)
{
	g_autofree char *processors = g_build_filename(path, "sys/devices/system/cpu", NULL);

	if (!g_file_test(processors, G_FILE_TEST_IS_DIR))
		return KT_STATE_ABSENT;
	set_environment(path);
	KtState state = load(/* xml= */ NULL, ret_topology);
	set_environment(/* fsroot= */ NULL);
	return state;
}

KtState
kt_hwloc_load(const KtRoot *root, const char *xml, KtHwloc *ret_topology)
{
	const char *path = kt_root_path(root);

	set_environment(/* fsroot= */ NULL);
	if (xml || kt_root_is_live(root))
		return load(xml, ret_topology);
	/* A recording that is replayed has the XML or nothing. */
	return path ? load_directory(path, ret_topology) : KT_STATE_ABSENT;
}

char *
kt_hwloc_to_xml(KtHwloc topology)
{
	char *buffer = NULL;
	int length = 0;

	if (hwloc_topology_export_xmlbuffer(topology, &buffer, &length, /* flags= */ 0) != 0)
		return NULL;

	char *xml = g_strdup(buffer);
	hwloc_free_xmlbuffer(topology, buffer);
	return xml;
}

bool
kt_hwloc_to_cpuset(hwloc_const_bitmap_t bitmap, KtCpuset *ret_set)
{
	KtCpuset set = {0};
	int last = bitmap ? hwloc_bitmap_last(bitmap) : -1;

	if (last < 0 || last >= KT_CPUSET_BITS)
		return false;
	for (int i = hwloc_bitmap_first(bitmap); i >= 0; i = hwloc_bitmap_next(bitmap, i))
		kt_cpuset_add(&set, (unsigned)i);
	*ret_set = set;
	return true;
}
