/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Processors and memory nodes: found by hwloc in a copied tree, and replayed from its XML. */

#include "kt-collect-host.h"
#include "kt-snapshot.h"
#include "kt-test-host.h"
#include "kt-test-tree.h"

#include <hwloc.h>
#include <string.h>
#include <time.h>

/* Collects from a copy of the tree on disk, which hwloc reads by itself. */
static KtFacts *
collect_from_disk(const KtTestTree *tree, char **ret_xml)
{
	char *dir = kt_test_dir();
	KtFacts *facts = kt_facts_new();
	g_autoptr(GError) error = NULL;

	kt_test_tree_save(tree, dir);
	g_autoptr(KtRoot) root = kt_root_open(dir, NULL);
	g_assert_true(kt_collect_host(facts, root, NULL, ret_xml, &error));
	g_assert_no_error(error);
	kt_test_remove(dir);
	return facts;
}

static void
assert_server(const KtFacts *facts)
{
	kt_test_assert_fact(facts, "host/cpu/packages", "2");
	kt_test_assert_fact(facts, "host/cpu/cores", "8");
	g_assert_cmpuint(facts->host.cpu.list.n, ==, 16);
	kt_test_assert_fact(
		facts, "host/cpu/list/0", "{'core':0,'id':0,'l3':0,'node':0,'package':0}");
	kt_test_assert_fact(
		facts, "host/cpu/list/5", "{'core':5,'id':5,'l3':1,'node':1,'package':1}");
	/* The second thread of the last core of the second package. */
	kt_test_assert_fact(
		facts, "host/cpu/list/15", "{'core':7,'id':15,'l3':1,'node':1,'package':1}");
	kt_test_assert_fact(facts,
			    "host/cpu/l3",
			    "[{'cpus':'0-3,8-11','id':0,'size_kib':32768},"
			    "{'cpus':'4-7,12-15','id':1,'size_kib':32768}]");
	kt_test_assert_fact(facts, "host/memory/page_kib", "4");
	g_assert_cmpuint(facts->host.nodes.n, ==, 3);
	kt_test_assert_fact(facts,
			    "host/nodes/0/distances",
			    "[{'to':0,'value':10},{'to':1,'value':21},{'to':2,'value':22}]");
	kt_test_assert_fact(facts, "host/nodes/1/id", "1");
	kt_test_assert_fact(facts, "host/nodes/1/cpus", "'4-7,12-15'");
	kt_test_assert_fact(facts, "host/nodes/1/memory_kib", "131072000");
	kt_test_assert_fact(facts, "host/nodes/1/free_kib", "1001");
	kt_test_assert_fact(facts,
			    "host/nodes/1/distances",
			    "[{'to':0,'value':20},{'to':1,'value':10},{'to':2,'value':22}]");
	kt_test_assert_fact(facts,
			    "host/nodes/1/huge_pools",
			    "[{'free':30,'overcommit':{'state':'absent'},"
			    "'reserved':{'state':'absent'},'size_kib':2048,'surplus':0,"
			    "'total':32}]");
	/* Memory only, and kept. */
	kt_test_assert_fact(facts, "host/nodes/2/id", "2");
	kt_test_assert_fact(facts, "host/nodes/2/cpus", "''");
	kt_test_assert_fact(facts, "host/nodes/2/memory_kib", "131072000");
}

static void
test_directory(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_server(2, 4, 2);
	g_autofree char *xml = NULL;
	g_autoptr(KtFacts) facts = collect_from_disk(tree, &xml);

	assert_server(facts);
	g_assert_null(g_getenv("HWLOC_FSROOT"));
	g_assert_null(g_getenv("HWLOC_THISSYSTEM"));
}

/* The XML stands in for sysfs, to the last fact. */
static void
test_replay(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_server(2, 4, 2);
	g_autofree char *xml = NULL;
	g_autofree char *again = NULL;
	g_autoptr(KtFacts) facts = collect_from_disk(tree, &xml);
	g_autoptr(KtRoot) root = kt_test_tree_root(tree);
	g_autoptr(KtFacts) replayed = kt_facts_new();
	g_autoptr(GError) error = NULL;

	g_assert_true(kt_collect_host(replayed, root, xml, &again, &error));
	g_assert_no_error(error);
	assert_server(replayed);
	g_assert_cmpstr(xml, ==, again);

	/* The link of a disk is lost by saving the tree. */
	replayed->host.blocks = facts->host.blocks;
	g_autofree char *digest = kt_facts_digest(facts);
	g_autofree char *digest_of_replay = kt_facts_digest(replayed);
	g_assert_cmpstr(digest, ==, digest_of_replay);
}

/* The machine that the test runs on must not shine through. */
static void
test_no_processors(void)
{
	static const char *const pointers[] = {
		"host/cpu/list",
		"host/cpu/l3",
		"host/cpu/cores",
		"host/cpu/packages",
		"host/nodes",
		"host/memory/page_kib",
	};
	g_autoptr(KtTestTree) tree = kt_test_tree_new();
	g_autofree char *xml = NULL;

	kt_test_tree_put(tree, "/proc/uptime", "1.0 1.0\n");
	g_autoptr(KtFacts) facts = collect_from_disk(tree, &xml);
	g_autoptr(KtFacts) replayed = kt_test_collect(tree, NULL);
	kt_test_tree_put(tree, "/sys/devices/system/cpu/uevent", "");
	g_autoptr(KtFacts) damaged = collect_from_disk(tree, &xml);
	for (size_t i = 0; i < G_N_ELEMENTS(pointers); i++) {
		kt_test_assert_fact(facts, pointers[i], "{'state':'absent'}");
		kt_test_assert_fact(replayed, pointers[i], "{'state':'absent'}");
		kt_test_assert_fact(damaged, pointers[i], "{'state':'broken'}");
	}
	g_assert_null(xml);
}

static void
test_bad_xml(void)
{
	static const char *const texts[] = {
		"", "<topology", "{}", "<a/>", "<topology version='2.0'/>"};
	g_autoptr(KtTestTree) tree = kt_test_tree_server(1, 2, 1);
	g_autoptr(KtRoot) root = kt_test_tree_root(tree);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(KtFacts) facts = kt_facts_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *xml = NULL;
		g_assert_false(kt_collect_host(facts, root, texts[i], &xml, &error));
		g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
		g_assert_null(xml);
	}
}

/* What the administrator set for other programs does not change what kvmtune sees. */
static void
test_environment(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_server(2, 4, 2);
	g_autofree char *xml = NULL;

	g_setenv("HWLOC_SYNTHETIC", "pu:64", TRUE);
	g_setenv("HWLOC_FSROOT", "/nowhere", TRUE);
	g_setenv("HWLOC_COMPONENTS", "synthetic,stop", TRUE);
	g_autoptr(KtFacts) facts = collect_from_disk(tree, &xml);
	assert_server(facts);
}

static char *
synthetic_xml(const char *description)
{
	hwloc_topology_t topology = NULL;
	char *buffer = NULL;
	int length = 0;

	g_assert_cmpint(hwloc_topology_init(&topology), ==, 0);
	g_assert_cmpint(hwloc_topology_set_synthetic(topology, description), ==, 0);
	g_assert_cmpint(hwloc_topology_load(topology), ==, 0);
	g_assert_cmpint(hwloc_topology_export_xmlbuffer(topology, &buffer, &length, 0), ==, 0);
	char *xml = g_strdup(buffer);
	hwloc_free_xmlbuffer(topology, buffer);
	hwloc_topology_destroy(topology);
	return xml;
}

/* Many L3 domains and nodes per package, and no file of sysfs that says so. */
static void
test_synthetic(void)
{
	g_autofree char *xml = synthetic_xml("pack:2 numa:4 l3:4 core:8 pu:2");
	g_autoptr(KtTestTree) tree = kt_test_tree_new();
	g_autoptr(KtFacts) facts = kt_test_collect(tree, xml);
	const KtHost *host = &facts->host;

	g_assert_cmpuint(host->cpu.list.n, ==, 512);
	g_assert_cmpuint(host->cpu.l3.n, ==, 32);
	g_assert_cmpuint(host->nodes.n, ==, 8);
	kt_test_assert_fact(facts, "host/cpu/cores", "256");
	kt_test_assert_fact(facts, "host/cpu/packages", "2");
	kt_test_assert_fact(
		facts, "host/cpu/list/511", "{'core':255,'id':511,'l3':31,'node':7,'package':1}");
	kt_test_assert_fact(facts, "host/nodes/7/cpus", "'448-511'");
	for (uint32_t i = 0; i < host->cpu.list.n; i++) {
		const KtCpu *cpu = &host->cpu.list.v[i];
		g_assert_cmpuint(cpu->id.v, ==, i);
		g_assert_true(kt_cpuset_has(host->cpu.l3.v[cpu->l3.v].cpus.v, i));
		g_assert_true(kt_cpuset_has(host->nodes.v[cpu->node.v].cpus.v, i));
	}
}

/* Packages keep the kernel's numbers, cores are counted. */
static void
test_numbers(void)
{
	g_autofree char *xml = synthetic_xml("pack:2(indexes=3,7) core:2(indexes=0,8,0,8) pu:1");
	g_autoptr(KtTestTree) tree = kt_test_tree_new();
	g_autoptr(KtFacts) facts = kt_test_collect(tree, xml);

	kt_test_assert_fact(facts,
			    "host/cpu/list/2",
			    "{'core':2,'id':2,'l3':{'state':'absent'},'node':0,'package':7}");
	kt_test_assert_fact(facts, "host/cpu/l3", "{'state':'absent'}");
	kt_test_assert_fact(facts, "host/nodes/0/distances", "{'state':'absent'}");
	kt_test_assert_fact(facts, "host/nodes/0/free_kib", "{'state':'absent'}");
}

/* More CPUs than a set can hold. */
static void
test_beyond_limit(void)
{
	g_autofree char *xml = synthetic_xml("l3:2 pu:2(indexes=0,1,2,9000)");
	g_autoptr(KtTestTree) tree = kt_test_tree_new();
	g_autoptr(KtFacts) facts = kt_test_collect(tree, xml);

	g_assert_cmpuint(facts->host.cpu.list.n, ==, 3);
	kt_test_assert_fact(facts, "host/cpu/l3/0/cpus", "'0-1'");
	kt_test_assert_fact(facts, "host/cpu/l3/1/cpus", "{'state':'broken'}");
	kt_test_assert_fact(facts, "host/nodes/0/cpus", "{'state':'broken'}");
}

static double
cpu_ms(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A recorded host with 512 CPUs, 40 disks and 3000 processes. The bound is ten times what it takes
 * without sanitizers: it finds a loop of loops, not a busy machine. */
static void
test_speed(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_server(2, 128, 2);
	g_autofree char *xml = synthetic_xml("pack:2 numa:4 l3:4 core:8 pu:2");
	g_autoptr(KtRoot) root = kt_test_tree_root(tree);

	for (unsigned i = 0; i < 3000; i++) {
		g_autofree char *path = g_strdup_printf("/proc/%u/comm", i + 1);
		kt_test_tree_put(tree, path, "kworker/u8:1\n");
	}
	for (unsigned i = 0; i < 512; i++) {
		g_autofree char *path = g_strdup_printf(
			"/sys/devices/system/cpu/cpufreq/policy%u/scaling_governor", i);
		kt_test_tree_put(tree, path, "performance\n");
	}
	for (unsigned i = 0; i < 40; i++) {
		g_autofree char *path = g_strdup_printf("/sys/block/nvme%un1/queue/scheduler", i);
		kt_test_tree_put(tree, path, "[none] mq-deadline\n");
	}

	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("test");
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, root);
	g_autoptr(KtFacts) recorded = kt_facts_new();
	g_assert_true(kt_collect_host(recorded, recorder, xml, NULL, NULL));

	g_autoptr(KtRoot) replay = kt_snapshot_replay(snapshot);
	g_autoptr(KtFacts) replayed = kt_facts_new();
	double begin = cpu_ms();
	g_assert_true(kt_collect_host(replayed, replay, xml, NULL, NULL));
	double took = cpu_ms() - begin;
	g_test_minimized_result(took, "%.1f ms", took);
	g_assert_cmpfloat(took, <, 200);
	g_assert_cmpuint(replayed->host.cpu.list.n, ==, 512);
	g_assert_cmpuint(replayed->host.blocks.n, ==, 41);
	kt_test_assert_fact(replayed, "host/cpu/governor", "'performance'");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/collect/topology/directory", test_directory);
	g_test_add_func("/collect/topology/replay", test_replay);
	g_test_add_func("/collect/topology/no-processors", test_no_processors);
	g_test_add_func("/collect/topology/bad-xml", test_bad_xml);
	g_test_add_func("/collect/topology/environment", test_environment);
	g_test_add_func("/collect/topology/synthetic", test_synthetic);
	g_test_add_func("/collect/topology/numbers", test_numbers);
	g_test_add_func("/collect/topology/beyond-limit", test_beyond_limit);
	g_test_add_func("/collect/topology/speed", test_speed);
	return g_test_run();
}
