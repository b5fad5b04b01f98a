/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-value.h"
#include "kt-guest-xml.h"
#include "kt-pci-address.h"
#include "kt-xml.h"

#include <string.h>
#include <time.h>

/* Says something about every member of KtGuestConfig. */
static const char full_xml[] =
	"<domain type='kvm' id='7'>\n"
	"  <name>web1</name>\n"
	"  <metadata>\n"
	"    <other:tune xmlns:other='https://example.org/' class='wrong'/>\n"
	"    <kvmtune:tune xmlns:kvmtune='" KT_GUEST_XMLNS "' class='latency'>\n"
	"      <kvmtune:waive practice='guest.rng' reason='no &amp; never' until='2027-01-31'/>\n"
	"      <kvmtune:waive practice='guest.iothreads'/>\n"
	"    </kvmtune:tune>\n"
	"    <libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>\n"
	"      <libosinfo:os id='http://debian.org/debian/12'/>\n"
	"    </libosinfo:libosinfo>\n"
	"  </metadata>\n"
	"  <maxMemory slots='16' unit='GB'>1</maxMemory>\n"
	"  <memory unit='MiB' dumpCore='off'>300</memory>\n"
	"  <currentMemory>200000</currentMemory>\n"
	"  <memoryBacking>\n"
	"    <hugepages><page size='1' unit='GiB' nodeset='0-1'/><page size='2048' unit='KiB'/></hugepages>\n"
	"    <nosharepages/><locked/><source type='memfd'/><access mode='shared'/>\n"
	"  </memoryBacking>\n"
	"  <vcpu placement='static' cpuset='0-7,^3' current='2'>4</vcpu>\n"
	"  <iothreads>2</iothreads>\n"
	"  <iothreadids><iothread id='2'><poll max='1000'/></iothread><iothread id='5'/>"
	"  </iothreadids>\n"
	"  <memtune>\n"
	"    <hard_limit unit='GiB'>2</hard_limit><soft_limit>1</soft_limit>\n"
	"    <swap_hard_limit>3</swap_hard_limit>\n"
	"  </memtune>\n"
	"  <vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/></vcpus>\n"
	"  <blkiotune><weight>500</weight><device><path>/dev/sda</path>\n"
	"    <weight>100</weight></device></blkiotune>\n"
	"  <cputune>\n"
	"    <shares>2048</shares>\n"
	"    <quota>-1</quota><global_quota>200000</global_quota>\n"
	"    <emulator_quota>50000</emulator_quota><iothread_quota> 40000\n</iothread_quota>\n"
	"    <period>100000</period><global_period>90000</global_period>\n"
	"    <emulator_period>80000</emulator_period><iothread_period>70000</iothread_period>\n"
	"    <vcpusched vcpus='0-1' scheduler='fifo' priority='1'/>\n"
	"    <vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='1' cpuset='2-3'/>\n"
	"    <emulatorpin cpuset='0'/>\n"
	"    <iothreadpin iothread='2' cpuset='4'/>\n"
	"  </cputune>\n"
	"  <numatune><memory mode='strict' nodeset='1' placement='static'/>\n"
	"    <memnode cellid='0' mode='strict' nodeset='1'/></numatune>\n"
	"  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
	"    <cmdline>ro quiet</cmdline></os>\n"
	"  <features><acpi/>\n"
	"    <hyperv mode='custom'><relaxed state='on'/><vapic state='on'/><spinlocks state='on'/>\n"
	"      <vpindex state='on'/><synic state='on'/><stimer state='on'/></hyperv>\n"
	"    <kvm><poll-control state='on'/></kvm>\n"
	"  </features>\n"
	"  <clock offset='utc'><timer name='rtc' present='yes' tickpolicy='catchup'\n"
	"    frequency='2600000000'/></clock>\n"
	"  <on_crash>destroy</on_crash>\n"
	"  <cpu mode='custom' match='exact' check='partial' migratable='on'>\n"
	"    <model fallback='allow'>Nehalem</model><vendor>Intel</vendor>\n"
	"    <feature policy='require' name='aes'/>\n"
	"    <feature policy='disable' name='svm'/>\n"
	"    <topology sockets='1' dies='1' cores='2' threads='2'/><maxphysaddr mode='passthrough'/>\n"
	"    <numa><cell id='0' cpus='0-3' memory='300' unit='MiB' memAccess='shared'/></numa>\n"
	"  </cpu>\n"
	"  <devices>\n"
	"    <disk type='file' device='disk' rawio='yes'>\n"
	"      <driver name='qemu' type='qcow2' cache='none' io='native' iothread='1'\n"
	"        discard='unmap' detect_zeroes='on' queues='2' error_policy='stop'\n"
	"        rerror_policy='report'>\n"
	"      <metadata_cache><max_size unit='bytes'>1048576</max_size></metadata_cache>\n"
	"      <iothreads><iothread id='2'/></iothreads></driver>\n"
	"      <iotune><total_iops_sec>100</total_iops_sec></iotune>\n"
	"      <source file='/images/a b.qcow2'><reservations managed='yes'/></source>\n"
	"      <backingStore type='file'><source file='/images/base.qcow2'/></backingStore>\n"
	"      <target dev='vda' bus='virtio'/><readonly/><shareable/><transient/>\n"
	"    </disk>\n"
	"    <controller type='scsi' index='3' model='virtio-scsi'>\n"
	"      <driver iothread='2' queues='4'/></controller>\n"
	"    <interface type='hostdev' managed='yes'>\n"
	"      <source><address type='pci' domain='0x0000' bus='0x06' slot='0x10' function='0x1'/>\n"
	"      </source><teaming type='transient' persistent='ua-1'/>\n"
	"      <mac address='52:54:00:00:00:01'/><model type='virtio'/><target dev='vnet0'/>\n"
	"      <driver name='vhost' queues='4' event_idx='on' tx_queue_size='256'/>\n"
	"    </interface>\n"
	"    <hostdev mode='subsystem' type='pci' managed='no'>\n"
	"      <source><address domain='0x0000' bus='0x07' slot='0x00' function='0x0'/></source>\n"
	"      <address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'/>\n"
	"    </hostdev><hostdev mode='subsystem' type='usb'/><shmem name='ring'/>\n"
	"    <rng model='virtio'>\n"
	"      <rate bytes='1024'/>\n"
	"      <backend model='random'>\n        /dev/urandom\n      </backend>\n"
	"    </rng>\n"
	"    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
	"    <memballoon model='virtio' autodeflate='on' freePageReporting='on'>\n"
	"      <stats period='10'/></memballoon>\n"
	"    <memory model='virtio-mem'><target><size unit='MiB'>64</size><node>0</node>\n"
	"      <block unit='KiB'>2048</block>\n"
	"      <requested unit='MiB'>32</requested><current unit='MiB'>16</current></target>\n"
	"      <alias name='ua-grow'/><address type='dimm' slot='3'/>\n"
	"    </memory>\n"
	"    <video><model type='vga'/></video><graphics type='vnc' keymap='de'/>\n"
	"    <filesystem type='mount'><driver type='virtiofs'/><target dir='share'/></filesystem>\n"
	"    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel>\n"
	"    <serial type='tcp'><source mode='bind' host='127.0.0.1' tls='yes'/></serial>\n"
	"    <console type='pty'/><input type='tablet' bus='usb'/>\n"
	"    <watchdog model='itco' action='reset'/><panic model='isa'/><sound model='ich9'/>\n"
	"    <parallel type='pty'/><redirdev bus='usb' type='spicevmc'/>\n"
	"  </devices>\n"
	"  <qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
	"    <qemu:arg value='-snapshot'/></qemu:commandline>\n"
	"</domain>\n";

typedef struct Parsed {
	KtFacts *facts;
	KtGuestConfig config;
	KtGuestTune tune;
} Parsed;

static void
parsed_clear(Parsed *parsed)
{
	g_clear_pointer(&parsed->facts, kt_facts_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Parsed, parsed_clear)

static void
parse(const char *xml, Parsed *parsed)
{
	parsed->facts = kt_facts_new();
	kt_guest_xml_read(parsed->facts, xml, "live XML of 'web1'", &parsed->config, &parsed->tune);
}

static void
assert_cpus(KtOptCpuset opt, const char *list)
{
	g_assert_true(kt_known(opt));
	g_autofree char *text = kt_cpuset_to_list(opt.v);
	g_assert_cmpstr(text, ==, list);
}

static void
assert_u64(KtOptU64 opt, uint64_t number)
{
	g_assert_true(kt_known(opt));
	g_assert_cmpuint(opt.v, ==, number);
}

static const KtSchema *
config_schema(void)
{
	for (size_t i = 0; i < kt_guest_schema.n_fields; i++) {
		if (g_str_equal(kt_guest_schema.fields[i].name, "live"))
			return kt_guest_schema.fields[i].schema;
	}
	g_assert_not_reached();
}

/* No member without a value: a row whose source is misspelt is found here. */
static void
assert_complete(const KtJson *json, const char *path)
{
	const char *key = NULL;
	KtJson *value = NULL;

	json_object_foreach ((KtJson *)json, key, value) {
		g_autofree char *name = g_strconcat(path, "/", key, NULL);
		if (json_is_object(value))
			g_error("%s has no value", name);
		if (json_is_array(value) && json_array_size(value) == 0)
			g_error("%s is empty", name);
		if (json_is_array(value))
			assert_complete(json_array_get(value, 0), name);
	}
}

static void
test_complete(void)
{
	g_auto(Parsed) parsed = {NULL};

	parse(full_xml, &parsed);
	g_autoptr(KtJson) json = kt_schema_to_json(config_schema(), &parsed.config);
	g_assert_cmpuint(json_object_size(json), ==, config_schema()->n_fields);
	assert_complete(json, "live");
}

static void
test_values(void)
{
	g_auto(Parsed) parsed = {NULL};
	const KtGuestConfig *config = &parsed.config;

	parse(full_xml, &parsed);
	g_assert_cmpstr(config->type.v, ==, "kvm");
	g_assert_cmpstr(config->machine.v, ==, "pc-q35-7.2");
	assert_u64(config->max_memory_kib, 976563);
	assert_u64(config->memory_kib, 307200);
	assert_u64(config->current_memory_kib, 200000);
	assert_u64(config->vcpus_max, 4);
	assert_u64(config->vcpus, 2);
	assert_cpus(config->vcpu_cpuset, "0-2,4-7");
	assert_u64(config->cpu_features, 2);
	assert_u64(config->cpu_features_required, 1);
	assert_cpus(config->iothread_ids, "2,5");
	g_assert_cmpstr(config->cpu_model.v, ==, "Nehalem");
	assert_u64(config->cpu_shares, 2048);
	g_assert_cmpuint(config->vcpu_pins.n, ==, 2);
	assert_cpus(config->vcpu_pins.v[0].cpus, "1");
	assert_u64(config->vcpu_pins.v[1].vcpu, 1);
	assert_cpus(config->vcpu_pins.v[1].cpus, "2-3");
	assert_cpus(config->emulator_pin, "0");
	assert_u64(config->iothread_pins.v[0].iothread, 2);
	assert_cpus(config->numa_nodeset, "1");
	assert_u64(config->hugepage_uses.v[0].size_kib, 1024 * 1024);
	assert_u64(config->hugepage_uses.v[1].size_kib, 2048);
	g_assert_cmpint(config->hugepage_uses.v[1].nodeset.state, ==, KT_STATE_ABSENT);
	assert_u64(config->hostdevs, 2);
	g_assert_cmpstr(config->os_id.v, ==, "http://debian.org/debian/12");
	g_assert_cmpstr(kt_facts_origin_text(parsed.facts, config->cpu_shares.origin),
			==,
			"live XML of 'web1'");
}

static void
test_devices(void)
{
	g_auto(Parsed) parsed = {NULL};

	parse(full_xml, &parsed);
	const KtDisk *disk = &parsed.config.disks.v[0];
	g_assert_cmpstr(disk->source.v, ==, "/images/a b.qcow2");
	g_assert_cmpstr(disk->target.v, ==, "vda");
	g_assert_cmpstr(disk->cache.v, ==, "none");
	assert_u64(disk->iothread, 1);
	g_assert_true(kt_opt_true(disk->readonly));
	assert_u64(parsed.config.controllers.v[0].iothread, 2);
	g_assert_cmpstr(parsed.config.nics.v[0].model.v, ==, "virtio");
	assert_u64(parsed.config.nics.v[0].queues, 4);
	g_assert_cmpstr(parsed.config.rngs.v[0].source.v, ==, "/dev/urandom");
	g_assert_true(kt_opt_true(parsed.config.rngs.v[0].has_rate));
	g_autofree char *nic = kt_pci_address_of_nic(&parsed.config.nics.v[0]);
	g_autofree char *device = kt_pci_address_of_hostdev(&parsed.config.hostdev_list.v[0]);
	g_assert_cmpstr(nic, ==, "0000:06:10.1");
	g_assert_cmpstr(device, ==, "0000:07:00.0");
	g_assert_null(kt_pci_address_of_hostdev(&parsed.config.hostdev_list.v[1]));
	assert_cpus(parsed.config.pci_buses, "5");
}

static void
test_tune(void)
{
	g_auto(Parsed) parsed = {NULL};

	parse(full_xml, &parsed);
	g_assert_true(parsed.tune.is_present);
	g_assert_cmpstr(parsed.tune.workload.v, ==, "latency");
	g_assert_cmpuint(parsed.tune.waivers.n, ==, 2);
	g_assert_cmpstr(parsed.tune.waivers.v[0].practice.v, ==, "guest.rng");
	g_assert_cmpstr(parsed.tune.waivers.v[0].reason.v, ==, "no & never");
	g_assert_cmpstr(parsed.tune.waivers.v[0].until.v, ==, "2027-01-31");
	g_assert_cmpint(parsed.tune.waivers.v[1].until.state, ==, KT_STATE_ABSENT);
}

static void
test_minimal(void)
{
	g_auto(Parsed) parsed = {NULL};
	const KtGuestConfig *config = &parsed.config;

	parse("<domain type='qemu'><memory>65536</memory><vcpu>1</vcpu><strange/></domain>",
	      &parsed);
	assert_u64(config->memory_kib, 65536);
	assert_u64(config->current_memory_kib, 65536);
	assert_u64(config->vcpus, 1);
	g_assert_cmpint(config->cpu_mode.state, ==, KT_STATE_ABSENT);
	g_assert_cmpint(config->cpu_shares.state, ==, KT_STATE_ABSENT);
	g_assert_cmpint(config->vcpu_cpuset.state, ==, KT_STATE_ABSENT);
	g_assert_cmpint(config->disks.state, ==, KT_STATE_VALUE);
	g_assert_cmpuint(config->disks.n, ==, 0);
	g_assert_true(kt_known(config->hugepages) && !config->hugepages.v);
	assert_u64(config->cpu_features, 0);
	g_assert_false(parsed.tune.is_present);
	g_assert_cmpint(parsed.tune.workload.state, ==, KT_STATE_ABSENT);
}

static void
test_broken_members(void)
{
	g_auto(Parsed) parsed = {NULL};

	parse("<domain><memory unit='parsec'>1</memory><vcpu cpuset='x' current='-1'>two</vcpu>"
	      "<cputune><shares>99999999999999999999</shares></cputune></domain>",
	      &parsed);
	g_assert_cmpint(parsed.config.type.state, ==, KT_STATE_ABSENT);
	g_assert_cmpint(parsed.config.memory_kib.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(parsed.config.vcpu_cpuset.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(parsed.config.vcpus.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(parsed.config.vcpus_max.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(parsed.config.cpu_shares.state, ==, KT_STATE_BROKEN);
}

static void
test_units(void)
{
	static const struct {
		uint64_t number;
		const char *unit;
		uint64_t kib; /* 0 = refused */
	} rows[] = {
		{.number = 300000, .unit = "KB", .kib = 292969},
		{.number = 1, .unit = "GB", .kib = 976563},
		{.number = 300, .unit = "M", .kib = 307200},
		{.number = 300, .unit = "MiB", .kib = 307200},
		{.number = 5, .unit = NULL, .kib = 5},
		{.number = 5, .unit = "k", .kib = 5},
		{.number = 1025, .unit = "bytes", .kib = 2},
		{.number = 1, .unit = "b", .kib = 1},
		{.number = 1, .unit = "tib", .kib = 1ull << 30},
		{.number = 16384, .unit = "EiB", .kib = 0},
		{.number = 16383, .unit = "EiB", .kib = 16383ull << 50},
		{.number = 19, .unit = "EB", .kib = 18554687500000000},
		{.number = UINT64_MAX, .unit = "KB", .kib = 0},
		{.number = 1, .unit = "", .kib = 0},
		{.number = 1, .unit = "KiBi", .kib = 0},
		{.number = 1, .unit = "Z", .kib = 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		uint64_t kib = 0;
		bool is_ok = kt_guest_size_kib(rows[i].number, rows[i].unit, &kib);
		g_assert_cmpint(is_ok, ==, rows[i].kib != 0);
		g_assert_cmpuint(kib, ==, rows[i].kib);
	}
}

static void
assert_refused(const char *xml)
{
	g_auto(Parsed) parsed = {NULL};
	clock_t begin = clock();

	parse(xml, &parsed);
	g_assert_cmpint(parsed.config.type.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(parsed.config.disks.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(parsed.tune.workload.state, ==, KT_STATE_UNSET);
	/* 1 s is the promise; sanitizers and a busy machine get some more. */
	g_assert_cmpint((clock() - begin) / CLOCKS_PER_SEC, <, 5);
}

static void
test_doctype(void)
{
	assert_refused("<!DOCTYPE domain><domain type='kvm'/>");
	assert_refused("<!DOCTYPE d SYSTEM '/etc/passwd'><domain type='kvm'/>");
	assert_refused("<!DOCTYPE d SYSTEM 'http://127.0.0.1:1/x.dtd'><domain type='kvm'/>");
	assert_refused("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
		       "<domain type='kvm'><name>&x;</name></domain>");
	assert_refused("<?xml version='1.0' encoding='UTF-7'?>"
		       "+ADwAIQ-DOCTYPE d+AD4APA-domain/+AD4-");
	assert_refused("<domain type='kvm'><name>&undeclared;</name></domain>");
}

static void
test_billion_laughs(void)
{
	g_autoptr(GString) xml = g_string_new("<!DOCTYPE d [<!ENTITY l0 'ha'>");

	for (int i = 1; i < 30; i++)
		g_string_append_printf(
			xml, "<!ENTITY l%d '&l%d;&l%d;&l%d;&l%d;'>", i, i - 1, i - 1, i - 1, i - 1);
	g_string_append(xml, "]><domain type='kvm'><name>&l29;</name></domain>");
	assert_refused(xml->str);
}

static void
test_too_large(void)
{
	g_autoptr(GString) xml = g_string_new("<domain type='kvm'><description>");

	while (xml->len <= KT_XML_MAX_BYTES)
		g_string_append(xml,
				"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\n");
	g_string_append(xml, "</description></domain>");
	assert_refused(xml->str);
}

/* @n times @piece inside a domain, closed by @end. */
static char *
repeat(const char *begin, const char *piece, size_t n, const char *end)
{
	GString *xml = g_string_new(begin);

	for (size_t i = 0; i < n; i++)
		g_string_append(xml, piece);
	g_string_append(xml, end);
	return g_string_free(xml, FALSE);
}

static void
test_deep(void)
{
	g_autofree char *deep = repeat("<domain type='kvm'>", "<a>", 100000, "");
	g_autofree char *short_deep = repeat("<domain type='kvm'>", "<a>", 5000, "");

	assert_refused(deep);
	assert_refused(short_deep);
}

static void
test_wide(void)
{
	g_autofree char *elements = repeat("<domain type='kvm'>", "<a/>", 1000000, "</domain>");
	g_autofree char *disks =
		repeat("<domain type='kvm'><devices>", "<disk/>", 150000, "</devices></domain>");
	g_auto(Parsed) parsed = {NULL};

	assert_refused(elements);
	parse(disks, &parsed);
	g_assert_cmpuint(parsed.config.disks.n, ==, 150000);
}

static void
test_quadratic(void)
{
	g_autoptr(GString) attributes = g_string_new("<domain type='kvm'><x");
	g_autoptr(GString) namespaces = g_string_new("<domain type='kvm'><x");

	for (int i = 0; i < 500000; i++)
		g_string_append_printf(attributes, " a%d=''", i);
	for (int i = 0; i < 200000; i++)
		g_string_append_printf(namespaces, " xmlns:n%d='u'", i);
	g_string_append(attributes, "/></domain>");
	g_string_append(namespaces, "/></domain>");
	assert_refused(attributes->str);
	assert_refused(namespaces->str);
}

static void
test_below_limits(void)
{
	g_autoptr(GString) xml = g_string_new("<domain type='kvm'>");
	g_auto(Parsed) parsed = {NULL};
	clock_t begin = clock();

	for (int tag = 0; tag < 190; tag++) {
		g_string_append(xml, "<x");
		for (int i = 0; i < 1000; i++)
			g_string_append_printf(xml, " a%d=''", i);
		g_string_append(xml, "/>");
	}
	g_string_append(xml, "</domain>");
	parse(xml->str, &parsed);
	g_assert_true(kt_opt_is(parsed.config.type, "kvm"));
	g_test_message("worst accepted attributes: %.2f s",
		       (double)(clock() - begin) / CLOCKS_PER_SEC);
	g_assert_cmpint((clock() - begin) / CLOCKS_PER_SEC, <, 5);
}

static void
test_junk(void)
{
	static const char *const texts[] = {
		"",
		" ",
		"<",
		"<domain",
		"<domain/><domain/>",
		"<domain type='kvm'></domain>trailing",
		"<domainsnapshot/>",
		"{\"type\": \"kvm\"}",
		"<domain type='kvm' type='qemu'/>",
		"<domain type='\xff\xfe'/>",
		"<domain type='kvm'>\x01</domain>",
		"\xff\xfe<\0d",
		"<!-- only a comment -->",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		assert_refused(texts[i]);
}

/* One byte changed, anywhere: must neither crash nor hang; run under the sanitizers too. */
static void
test_mutations(void)
{
	static const char bytes[] = "<>/='\"&;!x0 \x80";
	g_autofree char *xml = g_strdup(full_xml);
	g_autoptr(GRand) rand = g_rand_new_with_seed(20261121);

	for (size_t i = 0; i < strlen(full_xml); i++) {
		g_auto(Parsed) parsed = {NULL};
		xml[i] = bytes[g_rand_int_range(rand, 0, sizeof(bytes) - 1)];
		parse(xml, &parsed);
		g_assert_cmpint(parsed.config.disks.state, !=, KT_STATE_UNSET);
		xml[i] = full_xml[i];
	}
	for (size_t i = 0; i < strlen(full_xml); i += 7) {
		g_auto(Parsed) parsed = {NULL};
		g_autofree char *cut = g_strndup(full_xml, i);
		parse(cut, &parsed);
		g_assert_cmpint(parsed.config.type.state, ==, KT_STATE_BROKEN);
	}
}

static void
test_error_text(void)
{
	g_autoptr(GError) error = NULL;
	const char xml[] = "<domain>\n<a></b></domain>";
	const char doctype[] = "<!DOCTYPE x []><domain/>";

	g_assert_null(kt_xml_parse(xml, strlen(xml), "live XML of 'a'", &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
	g_test_message("%s", error->message);
	g_assert_true(g_str_has_prefix(error->message, "live XML of 'a', line 2: "));
	g_clear_error(&error);
	g_assert_null(kt_xml_parse(doctype, strlen(doctype), "it", &error));
	g_assert_cmpstr(error->message, ==, "it has a DOCTYPE");
}

/* 200 guests with two views each; the budget of the whole audit of such a host is 60 ms. */
static void
test_speed(void)
{
	g_autoptr(KtFacts) facts = kt_facts_new();
	clock_t begin = clock();

	for (int i = 0; i < 400; i++) {
		g_autofree char *origin = g_strdup_printf("XML %d", i);
		KtGuestConfig config = {.type.state = KT_STATE_UNSET};
		KtGuestTune tune = {.is_present = false};
		kt_guest_xml_read(facts, full_xml, origin, &config, &tune);
	}
	g_test_message("400 views of %zu bytes: %.1f ms",
		       strlen(full_xml),
		       (double)(clock() - begin) * 1000 / CLOCKS_PER_SEC);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/guest-xml/complete", test_complete);
	g_test_add_func("/guest-xml/values", test_values);
	g_test_add_func("/guest-xml/devices", test_devices);
	g_test_add_func("/guest-xml/tune", test_tune);
	g_test_add_func("/guest-xml/minimal", test_minimal);
	g_test_add_func("/guest-xml/broken-members", test_broken_members);
	g_test_add_func("/guest-xml/units", test_units);
	g_test_add_func("/guest-xml/doctype", test_doctype);
	g_test_add_func("/guest-xml/billion-laughs", test_billion_laughs);
	g_test_add_func("/guest-xml/too-large", test_too_large);
	g_test_add_func("/guest-xml/deep", test_deep);
	g_test_add_func("/guest-xml/wide", test_wide);
	g_test_add_func("/guest-xml/quadratic", test_quadratic);
	g_test_add_func("/guest-xml/below-limits", test_below_limits);
	g_test_add_func("/guest-xml/junk", test_junk);
	g_test_add_func("/guest-xml/mutations", test_mutations);
	g_test_add_func("/guest-xml/error-text", test_error_text);
	g_test_add_func("/guest-xml/speed", test_speed);
	return g_test_run();
}
