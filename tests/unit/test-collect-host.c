/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Simple facts of the host, and what becomes of them when files are missing, closed or damaged. */

#include "kt-collect-host.h"
#include "kt-snapshot.h"
#include "kt-test-tree.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

typedef struct Fact {
	const char *pointer;
	const char *expected; /* ' stands for " */
} Fact;

/* clang-format off: rows are data and read best one to a line */
static const Fact server_facts[] = {
	{.pointer = "host/system/architecture", .expected = "'x86_64'"},
	{.pointer = "host/system/boot_id", .expected = "'06956f3b-3325-4a87-b884-92de704ba0db'"},
	{.pointer = "host/system/bootloader", .expected = "'grub-debian'"},
	{.pointer = "host/system/cmdline",
	 .expected = "'BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet'"},
	{.pointer = "host/system/distribution", .expected = "'debian'"},
	{.pointer = "host/system/distribution_like", .expected = "{'state':'absent'}"},
	{.pointer = "host/system/distribution_name",
	 .expected = "'Debian GNU/Linux 12 (bookworm)'"},
	{.pointer = "host/system/distribution_version", .expected = "'12'"},
	{.pointer = "host/system/hostname", .expected = "'server'"},
	{.pointer = "host/system/hypervisor", .expected = "{'state':'absent'}"},
	{.pointer = "host/system/init", .expected = "'systemd'"},
	{.pointer = "host/system/kernel", .expected = "'6.1.0-25-amd64'"},
	{.pointer = "host/system/lockdown", .expected = "'integrity'"},
	{.pointer = "host/system/uptime_s", .expected = "1234567"},
	{.pointer = "host/system/xen_capabilities", .expected = "{'state':'absent'}"},
	{.pointer = "host/cpu/governor", .expected = "'performance'"},
	{.pointer = "host/cpu/isolated", .expected = "''"},
	{.pointer = "host/cpu/nohz_full", .expected = "''"},
	{.pointer = "host/cpu/online", .expected = "'0-15'"},
	{.pointer = "host/cpu/smt_active", .expected = "true"},
	{.pointer = "host/cpu/smt_control", .expected = "'on'"},
	{.pointer = "host/memory/available_kib", .expected = "200000000"},
	{.pointer = "host/memory/hugepage_default_kib", .expected = "2048"},
	{.pointer = "host/memory/swap_free_kib", .expected = "8388000"},
	{.pointer = "host/memory/swap_total_kib", .expected = "8388604"},
	{.pointer = "host/memory/total_kib", .expected = "263840000"},
	{.pointer = "host/memory/huge_pools/0",
	 .expected =
		 "{'free':60,'overcommit':0,'reserved':1,'size_kib':2048,'surplus':2,'total':64}"},
	{.pointer = "host/memory/huge_pools/1/size_kib", .expected = "1048576"},
	{.pointer = "host/memory/huge_pools/1/total", .expected = "0"},
	{.pointer = "host/memory/huge_pools/1/free", .expected = "{'state':'absent'}"},
	{.pointer = "host/kvm/builtin", .expected = "false"},
	{.pointer = "host/kvm/device", .expected = "true"},
	{.pointer = "host/kvm/enable_virt_at_load", .expected = "{'state':'absent'}"},
	{.pointer = "host/kvm/halt_poll_ns", .expected = "200000"},
	{.pointer = "host/kvm/halt_poll_ns_grow", .expected = "2"},
	{.pointer = "host/kvm/halt_poll_ns_grow_start", .expected = "10000"},
	{.pointer = "host/kvm/halt_poll_ns_shrink", .expected = "0"},
	{.pointer = "host/kvm/halt_poll_ns_writable", .expected = "true"},
	{.pointer = "host/kvm/nested", .expected = "'Y'"},
	{.pointer = "host/thp/defrag", .expected = "'madvise'"},
	{.pointer = "host/thp/enabled", .expected = "'always'"},
	{.pointer = "host/thp/shmem_enabled", .expected = "'never'"},
	{.pointer = "host/ksm/advisor_mode", .expected = "{'state':'absent'}"},
	{.pointer = "host/ksm/full_scans", .expected = "7"},
	{.pointer = "host/ksm/general_profit", .expected = "-4096"},
	{.pointer = "host/ksm/merge_across_nodes", .expected = "1"},
	{.pointer = "host/ksm/pages_shared", .expected = "1"},
	{.pointer = "host/ksm/pages_sharing", .expected = "2"},
	{.pointer = "host/ksm/pages_to_scan", .expected = "100"},
	{.pointer = "host/ksm/pages_unshared", .expected = "3"},
	{.pointer = "host/ksm/pages_volatile", .expected = "4"},
	{.pointer = "host/ksm/run", .expected = "1"},
	{.pointer = "host/sysctl/aio_max_nr", .expected = "65536"},
	{.pointer = "host/sysctl/aio_nr", .expected = "2048"},
	{.pointer = "host/sysctl/conntrack_buckets", .expected = "262144"},
	{.pointer = "host/sysctl/conntrack_count", .expected = "16"},
	{.pointer = "host/sysctl/conntrack_drop", .expected = "16"},
	{.pointer = "host/sysctl/conntrack_max", .expected = "262144"},
	{.pointer = "host/sysctl/min_free_kib", .expected = "67584"},
	{.pointer = "host/sysctl/numa_balancing", .expected = "1"},
	{.pointer = "host/sysctl/swappiness", .expected = "60"},
	{.pointer = "host/sysctl/tcp_tw_recycle", .expected = "{'state':'absent'}"},
	{.pointer = "host/swaps",
	 .expected = "[{'device':'/dev/sda2','kind':'partition','size_kib':8388604}]"},
	{.pointer = "host/workqueue/cpumask", .expected = "'32-39'"},
	{.pointer = "host/workqueue/cpumask_requested", .expected = "{'state':'absent'}"},
	{.pointer = "host/workqueue/writeback_cpumask", .expected = "'0-1'"},
	{.pointer = "host/modules", .expected = "[{'name':'kvm'},{'name':'kvm_intel'}]"},
	{.pointer = "host/cgroup/controllers", .expected = "'cpuset cpu io memory hugetlb pids'"},
	{.pointer = "host/cgroup/version", .expected = "'v2'"},
	{.pointer = "host/agents", .expected = "[]"},
	{.pointer = "host/config_files", .expected = "[]"},
	{.pointer = "host/sysctl_lines", .expected = "[]"},
};

/* One file is changed, one fact follows. */
static const struct {
	const char *path;
	const char *text;
	const char *pointer;
	const char *expected;
} changes[] = {
	{.path = "/sys/kernel/mm/ksm/run", .text = "2", .pointer = "host/ksm/run", .expected = "2"},
	{.path = "/sys/kernel/mm/ksm/run",
	 .text = "",
	 .pointer = "host/ksm/run",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/kernel/mm/ksm/run",
	 .text = "-1\n",
	 .pointer = "host/ksm/run",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/kernel/mm/ksm/run",
	 .text = "1 2\n",
	 .pointer = "host/ksm/run",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/kernel/mm/ksm/run",
	 .text = "1\n2\n",
	 .pointer = "host/ksm/run",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/kernel/mm/ksm/run",
	 .text = "99999999999999999999\n",
	 .pointer = "host/ksm/run",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/kernel/mm/ksm/general_profit",
	 .text = "-9223372036854775808\n",
	 .pointer = "host/ksm/general_profit",
	 .expected = "-9223372036854775808"},
	{.path = "/sys/kernel/mm/ksm/general_profit",
	 .text = "9223372036854775808\n",
	 .pointer = "host/ksm/general_profit",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/kernel/mm/ksm/advisor_mode",
	 .text = "none [scan-time]\n",
	 .pointer = "host/ksm/advisor_mode",
	 .expected = "'scan-time'"},
	{.path = "/sys/kernel/security/lockdown",
	 .text = "none\n",
	 .pointer = "host/system/lockdown",
	 .expected = "'none'"},
	{.path = "/sys/kernel/security/lockdown",
	 .text = "[]\n",
	 .pointer = "host/system/lockdown",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/kernel/security/lockdown",
	 .text = "none integrity\n",
	 .pointer = "host/system/lockdown",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/kernel/security/lockdown",
	 .text = "none [integrity\n",
	 .pointer = "host/system/lockdown",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/devices/system/cpu/isolated",
	 .text = "2-3,8\n",
	 .pointer = "host/cpu/isolated",
	 .expected = "'2-3,8'"},
	{.path = "/sys/devices/system/cpu/isolated",
	 .text = "3-2\n",
	 .pointer = "host/cpu/isolated",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/devices/system/cpu/isolated",
	 .text = "8192\n",
	 .pointer = "host/cpu/isolated",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/devices/system/cpu/isolated",
	 .text = "",
	 .pointer = "host/cpu/isolated",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/devices/virtual/workqueue/cpumask",
	 .text = "\n",
	 .pointer = "host/workqueue/cpumask",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/devices/virtual/workqueue/cpumask",
	 .text = "f,zz\n",
	 .pointer = "host/workqueue/cpumask",
	 .expected = "{'state':'broken'}"},
	{.path = "/sys/devices/system/cpu/smt/active",
	 .text = "0\n",
	 .pointer = "host/cpu/smt_active",
	 .expected = "false"},
	{.path = "/sys/devices/system/cpu/smt/active",
	 .text = "2\n",
	 .pointer = "host/cpu/smt_active",
	 .expected = "{'state':'broken'}"},
	{.path = "/proc/sys/kernel/hostname",
	 .text = "a\033[2Jb\n",
	 .pointer = "host/system/hostname",
	 .expected = "{'state':'broken'}"},
	{.path = "/proc/sys/kernel/hostname",
	 .text = "\xff\xfe\n",
	 .pointer = "host/system/hostname",
	 .expected = "{'state':'broken'}"},
	{.path = "/proc/sys/net/ipv4/tcp_tw_recycle",
	 .text = "1\n",
	 .pointer = "host/sysctl/tcp_tw_recycle",
	 .expected = "1"},
	{.path = "/sys/module/kvm/parameters/enable_virt_at_load",
	 .text = "N\n",
	 .pointer = "host/kvm/enable_virt_at_load",
	 .expected = "'N'"},
};
/* clang-format on */

static void
test_values(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_server(2, 4, 2);
	g_autoptr(KtFacts) collected = kt_test_collect(tree, NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(server_facts); i++)
		kt_test_assert_fact(collected, server_facts[i].pointer, server_facts[i].expected);
}

static void
test_forms(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		g_autoptr(KtTestTree) tree = kt_test_tree_server(1, 2, 1);
		kt_test_tree_put(tree, changes[i].path, changes[i].text);
		kt_test_assert_collects(tree, changes[i].pointer, changes[i].expected);
	}
}

static void
test_nul(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_server(1, 2, 1);

	kt_test_tree_put_bytes(tree, "/sys/kernel/mm/ksm/run", "1\0\n", 3);
	kt_test_assert_collects(tree, "host/ksm/run", "{'state':'broken'}");
}

static void
test_long_line(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_server(1, 2, 1);
	g_autofree char *line = g_strnfill(64 * 1024 + 1, 'x');

	kt_test_tree_put(tree, "/proc/cmdline", line);
	kt_test_assert_collects(tree, "host/system/cmdline", "{'state':'broken'}");
	line[64 * 1024] = '\0';
	kt_test_tree_put(tree, "/proc/cmdline", line);
	g_autofree char *expected = g_strdup_printf("'%s'", line);
	kt_test_assert_collects(tree, "host/system/cmdline", expected);
}

static void
test_origins(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_server(2, 4, 2);
	g_autoptr(KtFacts) facts = kt_test_collect(tree, NULL);
	const KtHost *host = &facts->host;

#define ORIGIN(member) kt_facts_origin_text(facts, host->member.origin)
	g_assert_cmpstr(ORIGIN(thp.enabled), ==, "/sys/kernel/mm/transparent_hugepage/enabled");
	g_assert_cmpstr(ORIGIN(ksm.advisor_mode), ==, "/sys/kernel/mm/ksm/advisor_mode");
	g_assert_cmpstr(ORIGIN(memory.total_kib), ==, "/proc/meminfo");
	g_assert_cmpstr(ORIGIN(blocks.v[0].scheduler), ==, "/sys/block/sda/queue/scheduler");
	g_assert_cmpstr(ORIGIN(memory.huge_pools.v[0].free),
			==,
			"/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
	g_assert_cmpstr(ORIGIN(swaps), ==, "/proc/swaps");
#undef ORIGIN
}

/* A root that gives every question the same answer. */
static KtState answer;

static KtState
same_read(void *data, const char *path, char **ret_text, size_t *ret_length)
{
	return answer;
}

static KtState
same_list(void *data, const char *path, char ***ret_names)
{
	return answer;
}

static KtState
same_link(void *data, const char *path, char **ret_target)
{
	return answer;
}

static KtState
same_mode(void *data, const char *path, uint32_t *ret_mode)
{
	return answer;
}

static void
count_states(const KtJson *json, const char *wanted, size_t *ret_wanted, size_t *ret_other)
{
	const char *state = json_string_value(json_object_get(json, "state"));
	const char *key = NULL;
	KtJson *value = NULL;

	if (state && g_str_equal(state, wanted))
		(*ret_wanted)++;
	else if (!json_is_object(json))
		(*ret_other)++;
	if (state)
		return;
	json_object_foreach ((KtJson *)json, key, value) {
		count_states(value, wanted, ret_wanted, ret_other);
	}
}

static void
test_same_answer(const void *data)
{
	static const KtRootOps ops = {
		.read = same_read,
		.list = same_list,
		.link = same_link,
		.mode = same_mode,
	};
	const Fact *fact = data;
	g_autoptr(KtRoot) root = kt_root_new(&ops, NULL);
	g_autoptr(KtFacts) facts = kt_facts_new();
	size_t wanted = 0;
	size_t other = 0;

	answer = kt_state_from_name(fact->pointer);
	g_assert_true(kt_collect_host(facts, root, NULL, NULL, NULL));
	g_autoptr(KtJson) json = kt_facts_to_json(facts);
	g_autofree char *text = kt_json_print(json);
	count_states(json_object_get(json, "host"), fact->pointer, &wanted, &other);
	g_test_message("%zu %s, %zu other\n%s", wanted, fact->pointer, other, text);
	g_assert_cmpuint(wanted, >=, 60);
	g_assert_cmpuint(other, ==, g_ascii_strtoull(fact->expected, NULL, 10));
}

/* Whatever stands in the files: no crash, no endless loop, no JSON that cannot be read back. The
 * seed is printed by --verbose and set by --seed. */
static void
damage(KtTestTree *tree, const char *path)
{
	static const char alphabet[] = "0123456789-,[]. \n\t\0\377kBabx/=#%";
	char bytes[64];
	size_t length = (size_t)g_test_rand_int_range(0, sizeof(bytes));
	g_autofree char *old = g_strdup(kt_test_tree_text(tree, path));

	for (size_t i = 0; i < length; i++)
		bytes[i] = alphabet[g_test_rand_int_range(0, sizeof(alphabet) - 1)];
	if (g_test_rand_bit() && *old) {
		/* Keep the text but for one byte. */
		old[g_test_rand_int_range(0, (gint32)strlen(old))] = bytes[0];
		kt_test_tree_put(tree, path, old);
	} else {
		kt_test_tree_put_bytes(tree, path, bytes, length);
	}
}

static void
test_damage(void)
{
	unsigned rounds = g_test_slow() ? 20000 : 300;

	for (unsigned round = 0; round < rounds; round++) {
		g_autoptr(KtTestTree) tree = kt_test_tree_server(1, 2, 1);
		g_autoptr(GPtrArray) files = kt_test_tree_files(tree);
		gint32 n = g_test_rand_int_range(1, 20);
		while (n-- > 0)
			damage(tree, files->pdata[g_test_rand_int_range(0, (gint32)files->len)]);

		g_autoptr(KtFacts) facts = kt_test_collect(tree, NULL);
		g_autoptr(KtJson) json = kt_facts_to_json(facts);
		g_autofree char *text = kt_json_print(json);
		g_autoptr(KtJson) parsed = kt_json_parse(text, strlen(text), "facts", NULL);
		g_autoptr(KtFacts) copy = kt_facts_new();
		g_autoptr(GError) error = NULL;
		g_assert_nonnull(parsed);
		g_assert_true(kt_facts_merge_json(copy, parsed, &error));
		g_autofree char *digest = kt_facts_digest(facts);
		g_autofree char *digest_of_copy = kt_facts_digest(copy);
		g_assert_cmpstr(digest, ==, digest_of_copy);
	}
}

static char *
read_stripped(const char *path)
{
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return g_strstrip(text);
}

/* This machine, against what the C library says about it. */
static void
test_live(void)
{
	g_autoptr(KtRoot) root = kt_root_open("/", NULL);
	g_autoptr(KtFacts) facts = kt_facts_new();
	g_autofree char *xml = NULL;
	g_autoptr(GError) error = NULL;
	const KtHost *host = &facts->host;
	struct utsname name;
	struct sysinfo info;

	g_assert_true(kt_collect_host(facts, root, NULL, &xml, &error));
	g_assert_no_error(error);
	g_assert_cmpint(uname(&name), ==, 0);
	g_assert_cmpint(sysinfo(&info), ==, 0);
	g_assert_cmpstr(host->system.hostname.v, ==, name.nodename);
	g_assert_cmpstr(host->system.kernel.v, ==, name.release);
	g_assert_cmpstr(host->system.architecture.v, ==, name.machine);
	g_assert_cmpuint(host->memory.total_kib.v, ==, info.totalram / 1024 * info.mem_unit);
	g_assert_cmpuint(host->memory.swap_total_kib.v, ==, info.totalswap / 1024 * info.mem_unit);
	g_assert_cmpuint(host->memory.page_kib.v, ==, (uint64_t)sysconf(_SC_PAGESIZE) / 1024);
	g_assert_cmpuint(host->cpu.list.n, ==, (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	g_assert_cmpuint(
		kt_cpuset_count(host->cpu.online.v), ==, (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	g_assert_cmpuint(labs((long)host->system.uptime_s.v - info.uptime), <=, 2);
	g_assert_nonnull(strstr(xml, "<topology"));

	g_autofree char *swappiness = read_stripped("/proc/sys/vm/swappiness");
	g_autofree char *expected =
		g_strdup_printf("%" G_GUINT64_FORMAT, host->sysctl.swappiness.v);
	g_assert_cmpstr(swappiness, ==, expected);
}

static KtFacts *
collect_root(KtRoot *root, const char *xml, char **ret_xml)
{
	KtFacts *facts = kt_facts_new();
	g_autoptr(GError) error = NULL;

	g_assert_true(kt_collect_host(facts, root, xml, ret_xml, &error));
	g_assert_no_error(error);
	return facts;
}

/* A snapshot of this machine says what the machine said, fact by fact: whatever the collectors ask
 * for is recorded, and nothing is asked for past the root. */
static void
test_replay_live(void)
{
	g_autoptr(KtRoot) root = kt_root_open("/", NULL);
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("test");
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, root);
	g_autofree char *xml = NULL;
	g_autoptr(KtFacts) facts = collect_root(recorder, NULL, &xml);
	g_autoptr(KtRoot) replay = kt_snapshot_replay(snapshot);
	g_autoptr(KtFacts) replayed = collect_root(replay, xml, NULL);
	g_autoptr(KtJson) json = kt_facts_to_json(facts);
	g_autoptr(KtJson) json_of_replay = kt_facts_to_json(replayed);
	g_autofree char *text = kt_json_print(json);
	g_autofree char *text_of_replay = kt_json_print(json_of_replay);

	g_assert_cmpstr(text, ==, text_of_replay);
}

/* Twice the same machine is twice the same facts, in the same order. */
static void
test_deterministic(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_server(2, 4, 2);
	g_autoptr(KtFacts) one = kt_test_collect(tree, NULL);
	g_autoptr(KtFacts) two = kt_test_collect(tree, NULL);
	g_autofree char *digest = kt_facts_digest(one);
	g_autofree char *again = kt_facts_digest(two);

	g_assert_cmpstr(digest, ==, again);
}

int
main(int argc, char **argv)
{
	/* The facts that are known of a host without any file: no /dev/kvm, no boot loader to
	 * edit, no sysctl files, no drop-ins, no numad. */
	static const Fact absent = {.pointer = "absent", .expected = "9"};
	static const Fact denied = {.pointer = "denied", .expected = "0"};
	static const Fact broken = {.pointer = "broken", .expected = "0"};

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/collect/host/values", test_values);
	g_test_add_func("/collect/host/forms", test_forms);
	g_test_add_func("/collect/host/nul", test_nul);
	g_test_add_func("/collect/host/long-line", test_long_line);
	g_test_add_func("/collect/host/origins", test_origins);
	g_test_add_data_func("/collect/host/absent", &absent, test_same_answer);
	g_test_add_data_func("/collect/host/denied", &denied, test_same_answer);
	g_test_add_data_func("/collect/host/broken", &broken, test_same_answer);
	g_test_add_func("/collect/host/damage", test_damage);
	g_test_add_func("/collect/host/deterministic", test_deterministic);
	g_test_add_func("/collect/host/live", test_live);
	g_test_add_func("/collect/host/replay-live", test_replay_live);
	return g_test_run();
}
