/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-markup.h"
#include "kt-predict.h"

#include <string.h>

#define UUID "00000000-0000-4000-8000-000000000001"

static KtFacts *
facts_from(const char *text)
{
	g_autofree char *quoted = g_strdelimit(g_strdup(text), "'", '"');
	g_autoptr(GError) error = NULL;
	g_autoptr(KtJson) json = kt_json_parse(quoted, strlen(quoted), "facts", &error);
	g_autoptr(KtFacts) facts = kt_facts_new();
	bool ok = false;

	g_assert_no_error(error);
	ok = kt_facts_merge_json(facts, json, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	return g_steal_pointer(&facts);
}

static char *
show(const KtFacts *facts)
{
	g_autoptr(KtJson) json = kt_facts_to_json(facts);
	char *text = kt_json_print_compact(json);

	return g_strdelimit(text, "\"", '\'');
}

/* A row: facts, one change, and what has to be in the facts afterwards. */
typedef struct Row {
	const char *name;
	const char *facts;
	KtChange change;
	const char *has;
	bool is_refused;
} Row;

#define HOST(members) "{'host': {" members "}}"
#define GUEST(view, members)                                                                       \
	"{'guests': [{'uuid': '" UUID "', 'is_active': true, '" view "': {" members "}}]}"
#define INACTIVE(members)                                                                          \
	GUEST("inactive", "'type': 'kvm', 'vcpus_max': 4, 'memory_kib': 8" members)
#define XML(place, value)                                                                          \
	{                                                                                          \
		.knob = KT_KNOB_DOMAIN_XML, .target = "guest/" UUID, .locator = (place),           \
		.to = (value)                                                                      \
	}
#define LIVE(place, value)                                                                         \
	{                                                                                          \
		.knob = KT_KNOB_DOMAIN_LIVE, .target = "guest/" UUID, .locator = (place),          \
		.to = (value)                                                                      \
	}
#define ON_HOST(kind, place, value)                                                                \
	{                                                                                          \
		.knob = (kind), .target = "host", .locator = (place), .to = (value)                \
	}
#define POOL  "/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages"
#define DISKS ", 'disks': [{'target': 'vda', 'cache': 'none'}, {'target': 'vdb', 'io': 'threads'}]"

/* clang-format off: rows read best one to a case */
static const Row rows[] = {
	{
		.name = "sysctl",
		.facts = HOST("'sysctl': {'swappiness': 60}"),
		.change = ON_HOST(KT_KNOB_VALUE, "/proc/sys/vm/swappiness", "10"),
		.has = "'swappiness':10",
	},
	{
		.name = "choice",
		.facts = HOST("'thp': {'enabled': 'never'}"),
		.change = ON_HOST(KT_KNOB_VALUE, "/sys/kernel/mm/transparent_hugepage/enabled",
				  "madvise"),
		.has = "'enabled':'madvise'",
	},
	{
		.name = "mask",
		.facts = HOST("'workqueue': {'cpumask': '0-7'}"),
		.change = ON_HOST(KT_KNOB_VALUE, "/sys/devices/virtual/workqueue/cpumask", "f3"),
		.has = "'cpumask':'0-1,4-7'",
	},
	{
		.name = "parameter-beside-its-mode",
		.facts = HOST("'kvm': {'halt_poll_ns': 1, 'halt_poll_ns_writable': false}"),
		.change = ON_HOST(KT_KNOB_VALUE, "/sys/module/kvm/parameters/halt_poll_ns", "5"),
		.has = "'halt_poll_ns':5,'halt_poll_ns_writable':false",
	},
	{
		.name = "block",
		.facts = HOST(
			"'blocks': [{'name': 'sda', 'scheduler': 'none', 'schedulers': 'none bfq'}]"),
		.change = ON_HOST(KT_KNOB_VALUE, "/sys/block/sda/queue/scheduler", "bfq"),
		.has = "'scheduler':'bfq','schedulers':'none bfq'",
	},
	{
		.name = "block-unknown",
		.facts = HOST("'blocks': [{'name': 'sda'}]"),
		.change = ON_HOST(KT_KNOB_VALUE, "/sys/block/sdb/queue/scheduler", "bfq"),
		.is_refused = true,
	},
	{
		.name = "pool",
		.facts = HOST(
			"'nodes': [{'id': 1, 'free_kib': 8192, 'huge_pools': [{'size_kib': 2048, 'total': 1, 'free': 1}]}],"
			"'memory': {'available_kib': 9000, 'huge_pools': [{'size_kib': 2048, 'total': 5, 'free': 2}]}"),
		.change = ON_HOST(KT_KNOB_VALUE, POOL, "3"),
		.has = "'memory':{'available_kib':4904,'huge_pools':[{'free':4,'size_kib':2048,'total':7}]},"
		       "'nodes':[{'free_kib':4096,'huge_pools':[{'free':3,'size_kib':2048,'total':3}]",
	},
	{
		.name = "no-such-fact",
		.facts = HOST("'sysctl': {'swappiness': 60}"),
		.change = ON_HOST(KT_KNOB_VALUE, "/proc/sys/kernel/panic", "10"),
		.is_refused = true,
	},
	{
		.name = "not-a-number",
		.facts = HOST("'sysctl': {'swappiness': 60}"),
		.change = ON_HOST(KT_KNOB_VALUE, "/proc/sys/vm/swappiness", "ten"),
		.is_refused = true,
	},
	{
		.name = "argument-changed",
		.facts = HOST("'system': {'cmdline': 'ro kvm.x=1 quiet kvm.x=2'}"),
		.change = ON_HOST(KT_KNOB_BOOT_ARG, "kvm.x", "3"),
		.has = "'cmdline':'ro kvm.x=3 quiet'",
	},
	{
		.name = "argument-added",
		.facts = HOST("'system': {'cmdline': 'ro kvm.xy=1'}"),
		.change = ON_HOST(KT_KNOB_BOOT_ARG, "kvm.x", ""),
		.has = "'cmdline':'ro kvm.xy=1 kvm.x'",
	},
	{
		.name = "argument-removed",
		.facts = HOST("'system': {'cmdline': 'elevator=noop'}"),
		.change = ON_HOST(KT_KNOB_BOOT_ARG, "elevator", NULL),
		.has = "'cmdline':''",
	},
	{
		.name = "argument-unknown-line",
		.facts = HOST("'system': {'cmdline': {'state': 'denied'}}"),
		.change = ON_HOST(KT_KNOB_BOOT_ARG, "elevator", NULL),
		.is_refused = true,
	},
	{
		.name = "file-new",
		.facts = HOST(
			"'config_files': [], 'sysctl_lines': [{'file': '/usr/lib/sysctl.d/10-a.conf', 'line': 1, 'key': 'a', 'value': '1'},"
			" {'file': '/etc/sysctl.d/99-z.conf', 'line': 1, 'key': 'z', 'value': '1'}]"),
		.change =
			ON_HOST(KT_KNOB_FILE, "/etc/sysctl.d/80-k.conf", "# x\n-net/core/b = 2 \n"),
		.has = "{'file':'/usr/lib/sysctl.d/10-a.conf','key':'a','line':1,'value':'1'},"
		       "{'file':'/etc/sysctl.d/80-k.conf','key':'net.core.b','line':2,'value':'2'},"
		       "{'file':'/etc/sysctl.d/99-z.conf',",
	},
	{
		.name = "file-replaced",
		.facts = HOST(
			"'config_files': [{'path': '/etc/sysctl.conf', 'text': 'a=1', 'is_own': false}],"
			"'sysctl_lines': [{'file': '/etc/sysctl.conf', 'line': 1, 'key': 'a', 'value': '1'}]"),
		.change = ON_HOST(KT_KNOB_FILE, "/etc/sysctl.conf", "\n"),
		.has = "'config_files':[{'is_own':false,'path':'/etc/sysctl.conf','text':'\\n'}],'cpu'",
	},
	{
		.name = "file-removed",
		.facts = HOST(
			"'config_files': [{'path': '/etc/modprobe.d/k.conf', 'text': 'a', 'is_own': true}]"),
		.change = ON_HOST(KT_KNOB_FILE, "/etc/modprobe.d/k.conf", NULL),
		.has = "'config_files':[]",
	},
	{
		.name = "files-unknown",
		.facts = HOST("'config_files': {'state': 'denied'}"),
		.change = ON_HOST(KT_KNOB_FILE, "/etc/modprobe.d/k.conf", "x"),
		.is_refused = true,
	},
	{
		.name = "xml-attribute",
		.facts = INACTIVE(DISKS),
		.change = XML("/domain/devices/disk[target/@dev='vdb']/driver/@cache", "writeback"),
		.has = "[{'cache':'none','target':'vda'},{'cache':'writeback','io':'threads','target':'vdb'}]",
	},
	{
		.name = "xml-attribute-gone",
		.facts = INACTIVE(DISKS),
		.change = XML("/domain/devices/disk[target/@dev='vdb']/driver/@io", NULL),
		.has = "{'io':{'state':'absent'},'target':'vdb'}",
	},
	{
		.name = "xml-no-such-fact",
		.facts = INACTIVE(DISKS),
		.change = XML("/domain/devices/disk[target/@dev='vda']/driver/@copy_on_read", "on"),
		.is_refused = true,
	},
	{
		.name = "xml-text",
		.facts = INACTIVE(""),
		.change = XML("/domain/iothreads/text()", "2"),
		.has = "'iothreads':2",
	},
	{
		.name = "xml-pin-new",
		.facts = INACTIVE(", 'vcpu_pins': [{'vcpu': 0, 'cpus': '1'}]"),
		.change = XML("/domain/cputune/vcpupin[@vcpu='1']/@cpuset", "2-3"),
		.has = "[{'cpus':'1','vcpu':0},{'cpus':'2-3','vcpu':1}]",
	},
	{
		.name = "xml-pin-gone",
		.facts = INACTIVE(
			", 'vcpu_pins': [{'vcpu': 0, 'cpus': '1'}, {'vcpu': 1, 'cpus': '2'}]"),
		.change = XML("/domain/cputune/vcpupin[@vcpu='0']", NULL),
		.has = "'vcpu_pins':[{'cpus':'2','vcpu':1}]",
	},
	{
		.name = "xml-flag",
		.facts = INACTIVE(", 'nosharepages': false"),
		.change = XML("/domain/memoryBacking/nosharepages", "<nosharepages/>"),
		.has = "'nosharepages':true",
	},
	{
		.name = "xml-flag-gone",
		.facts = INACTIVE(", 'nosharepages': true"),
		.change = XML("/domain/memoryBacking/nosharepages", NULL),
		.has = "'nosharepages':false",
	},
	{
		.name = "xml-element-with-list",
		.facts = INACTIVE(", 'hugepages': false, 'hugepage_uses': []"),
		.change = XML(
			"/domain/memoryBacking/hugepages",
			"<hugepages><page size='2048' unit='KiB'/><page size='1048576' nodeset='1'/></hugepages>"),
		.has = "'hugepage_uses':[{'nodeset':{'state':'absent'},'size_kib':2048},"
		       "{'nodeset':'1','size_kib':1048576}],'hugepages':true",
	},
	{
		.name = "xml-below-a-flag",
		.facts = INACTIVE(", 'hugepages': false, 'hugepage_uses': []"),
		.change = XML("/domain/memoryBacking/hugepages/page[@size='2048']/@nodeset", "0"),
		.has = "'hugepage_uses':[{'nodeset':'0','size_kib':2048}],'hugepages':true",
	},
	{
		.name = "xml-device-new",
		.facts = INACTIVE(", 'rngs': []"),
		.change = XML(
			"/domain/devices/rng",
			"<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"),
		.has = "'rngs':[{'backend':'random','has_rate':false,'model':'virtio','source':'/dev/urandom'}]",
	},
	{
		.name = "xml-device-text",
		.facts = INACTIVE(", 'rngs': [{'source': '/dev/random'}]"),
		.change = XML("/domain/devices/rng/backend/text()", "/dev/urandom"),
		.has = "'rngs':[{'source':'/dev/urandom'}]",
	},
	{
		.name = "xml-device-gone",
		.facts = INACTIVE(", 'rngs': [{'source': '/dev/random'}]"),
		.change = XML("/domain/devices/rng", NULL),
		.has = "'rngs':[]",
	},
	{
		.name = "xml-counts",
		.facts = INACTIVE(", 'cpu_mode': 'host-model'"),
		.change = XML(
			"/domain/cpu",
			"<cpu mode='custom' match='exact'><model>EPYC</model><feature policy='require' name='a'/>"
			"<feature policy='force' name='b'/><feature policy='disable' name='c'/></cpu>"),
		.has = "'cpu_features':3,'cpu_features_required':2,'cpu_match':'exact','cpu_migratable':"
		       "{'state':'absent'},'cpu_mode':'custom','cpu_model':'EPYC'",
	},
	{
		.name = "xml-default-of-vcpus",
		.facts = INACTIVE(", 'vcpus': 2"),
		.change = XML("/domain/vcpu/@current", NULL),
		.has = "'vcpus':4",
	},
	{
		.name = "xml-not-well-formed",
		.facts = INACTIVE(", 'rngs': []"),
		.change = XML("/domain/devices/rng", "<rng><backend></rng>"),
		.is_refused = true,
	},
	{
		.name = "xml-transient-guest",
		.facts = GUEST("live", "'type': 'kvm'"),
		.change = XML("/domain/iothreads/text()", "2"),
		.is_refused = true,
	},
	{
		.name = "live-pin",
		.facts =
			"{'host': {'cpu': {'online': '0-7'}}, 'guests': [{'uuid': '" UUID
			"', 'is_active': true,"
			"'live': {'type': 'kvm'}, 'effective': {'threads': [{'role': 'vcpu', 'number': 1, 'affinity': '0-7'},"
			"{'role': 'vcpu', 'number': 0, 'affinity': '0-7'}]}}]}",
		.change = LIVE("vcpupin/1", "3"),
		.has = "'effective':{'threads':[{'affinity':'3','number':1,'role':'vcpu'},"
		       "{'affinity':'0-7','number':0,'role':'vcpu'}]},'inactive':{},'inside':{},'is_active':true,"
		       "'live':{'type':'kvm','vcpu_pins':[{'cpus':'3','vcpu':1}]}",
	},
	{
		.name = "live-iothread-unpin",
		.facts = GUEST("live",
			       "'type': 'kvm', 'iothread_pins': [{'iothread': 1, 'cpus': '2'}]"),
		.change = LIVE("iothreadpin/1", NULL),
		.has = "'iothread_pins':[]",
	},
	{
		.name = "live-emulator",
		.facts = GUEST("live", "'type': 'kvm'"),
		.change = LIVE("emulatorpin", "0-1"),
		.has = "'emulator_pin':'0-1'",
	},
	{
		.name = "live-shares",
		.facts = GUEST("live", "'type': 'kvm'"),
		.change = LIVE("cpu_shares", "2048"),
		.has = "'effective':{'cpu_shares':2048},'inactive':{},'inside':{},'is_active':true,'live':{'cpu_shares':2048,",
	},
	{
		.name = "live-vcpus-online",
		.facts = GUEST("inside", "'vcpus_online': '0-1'"),
		.change = LIVE("vcpus-online", "0-3"),
		.has = "'inside':{'vcpus_online':'0-3'}",
	},
	{
		.name = "live-vcpus-online-nobody-asked",
		.facts = GUEST("live", "'type': 'kvm'"),
		.change = LIVE("vcpus-online", "0-3"),
		.is_refused = true,
	},
	{
		.name = "live-unknown-call",
		.facts = GUEST("live", "'type': 'kvm'"),
		.change = LIVE("blkio_weight", "100"),
		.is_refused = true,
	},
	{
		.name = "no-knob",
		.facts = HOST("'sysctl': {'swappiness': 60}"),
		.change = ON_HOST(KT_KNOB_UNSET, "/proc/sys/vm/swappiness", "10"),
		.is_refused = true,
	},
};
/* clang-format on */

static void
test_row(const void *data)
{
	const Row *row = data;
	g_autoptr(KtFacts) facts = facts_from(row->facts);
	g_autofree char *before = show(facts);
	bool is_done = kt_predict(facts, &row->change);
	g_autofree char *after = show(facts);

	g_assert_cmpint(is_done, ==, !row->is_refused);
	if (row->is_refused) {
		g_assert_cmpstr(before, ==, after);
		return;
	}
	if (strstr(after, row->has))
		return;
	g_test_message("%s\nis not in\n%s", row->has, after);
	g_test_fail();
}

static void
test_copy(void)
{
	g_autoptr(KtFacts) facts = facts_from(rows[0].facts);
	g_autoptr(KtFacts) copy = kt_facts_copy(facts);
	g_autofree char *digest = kt_facts_digest(facts);
	g_autofree char *same = kt_facts_digest(copy);

	g_assert_cmpstr(digest, ==, same);
	g_assert_true(kt_predict(copy, &rows[0].change));
	g_autofree char *untouched = kt_facts_digest(facts);
	g_assert_cmpstr(digest, ==, untouched);
}

static void
test_markup(void)
{
	static const char *const broken[] = {
		"",
		"text",
		"<a>",
		"<a/><b/>",
		"<a b></a>",
		"<a>&unknown;</a>",
	};
	g_autoptr(KtMarkup) root = kt_markup_parse("<a x='1'>\n  <b/>t &lt; u<b y='2'/>\n</a>");
	GString *deep = g_string_new(NULL);

	g_assert_nonnull(root);
	g_assert_cmpstr(root->name, ==, "a");
	g_assert_cmpstr(root->text, ==, "t < u");
	g_assert_cmpstr(kt_markup_attribute(root, "x"), ==, "1");
	g_assert_null(kt_markup_attribute(root, "y"));
	g_assert_cmpuint(root->children->len, ==, 2);
	g_assert_true(kt_markup_child(root, "b") == root->children->pdata[0]);
	g_assert_null(kt_markup_child(root, "c"));

	for (int i = 0; i < 100; i++)
		g_string_append(deep, "<a>");
	g_assert_null(kt_markup_parse(deep->str));
	for (int i = 0; i < 100; i++)
		g_string_append(deep, "</a>");
	g_assert_null(kt_markup_parse(deep->str));
	g_string_free(deep, TRUE);
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
		g_autoptr(KtMarkup) none = kt_markup_parse(broken[i]);
		g_assert_null(none);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/predict/%s", rows[i].name);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/predict/copy", test_copy);
	g_test_add_func("/markup", test_markup);
	return g_test_run();
}
