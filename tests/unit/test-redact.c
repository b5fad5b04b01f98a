/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* What a snapshot must not show: secrets never, names not when asked; and that what is left still
 * says the same. */

#include "kt-pattern.h"
#include "kt-pseudonym.h"
#include "kt-secret.h"
#include "kt-snapshot-anonymise.h"
#include "kt-snapshot-redact.h"
#include "kt-test-host.h"

#include <string.h>

static KtSnapshot *
take(const KtTestAnswer *rows, const KtJson *virt)
{
	KtSnapshot *snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) host = kt_test_root(rows);
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, host);

	for (const KtTestAnswer *row = rows; row->path; row++) {
		g_autofree char *text = NULL, *target = NULL;
		g_auto(GStrv) names = NULL;
		(void)kt_root_read(recorder, row->path, &text, NULL);
		(void)kt_root_list(recorder, row->path, &names);
		(void)kt_root_link(recorder, row->path, &target);
	}
	kt_snapshot_set_virt(snapshot, virt);
	kt_snapshot_set_topology(snapshot, kt_test_topology);
	return snapshot;
}

/* All that would be written, names and contents, as one text. */
static char *
everything(const KtSnapshot *snapshot)
{
	g_autoptr(KtMembers) members = kt_snapshot_to_members(snapshot, NULL);
	g_autoptr(GPtrArray) names = kt_members_names(members);
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < names->len; i++) {
		size_t length = 0;
		const char *text =
			g_bytes_get_data(kt_members_get(members, names->pdata[i]), &length);
		g_string_append_printf(all, "\n=== %s\n", (const char *)names->pdata[i]);
		for (size_t k = 0; k < length; k++)
			g_string_append_c(all, text[k] ? text[k] : ' ');
	}
	return g_string_free(all, FALSE);
}

static void
assert_without(const char *text, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		const char *found = strcasestr(text, words[i]);
		if (found)
			g_test_message("%s: %.80s", words[i], MAX(text, found - 30));
		g_assert_null(found);
	}
}

static const char *
text_of(const KtSnapshot *snapshot, const char *path)
{
	const KtSnapshotEntry *entry = kt_snapshot_find(snapshot, path);

	g_assert_nonnull(entry);
	g_assert_cmpint(entry->read, ==, KT_STATE_VALUE);
	return g_bytes_get_data(entry->text, NULL);
}

static void
test_secrets_are_gone(void)
{
	g_autoptr(KtJson) virt = kt_test_virt();
	g_autoptr(KtSnapshot) snapshot = take(kt_test_host, virt);

	kt_snapshot_redact(snapshot);
	g_autofree char *all = everything(snapshot);
	assert_without(all, kt_test_secrets);
	/* what is no secret is still there */
	g_assert_nonnull(strstr(all, "iommu.passthrough=1"));
	g_assert_nonnull(strstr(all, "vconsole.keymap=de"));
	g_assert_nonnull(strstr(all, "rd.luks.key=REDACTED"));
	g_assert_nonnull(strstr(all, "keymap=\"de\""));
	g_assert_nonnull(strstr(all, "payroll-db"));
	g_assert_nonnull(strstr(all, "max_files = 1024"));
}

static void
test_secret_settings(void)
{
	static const struct {
		const char *before, *after;
	} rows[] = {
		{.before = "quiet splash", .after = "quiet splash"},
		{.before = "a.password=x y", .after = "a.password=REDACTED y"},
		{.before = "token = \"x y\"\nz=1", .after = "token = REDACTED\nz=1"},
		{.before = "# my password: x", .after = "# my password: REDACTED"},
		{.before = "X=\"a secretkey=b c\"", .after = "X=\"a secretkey=REDACTED c\""},
		{.before = "http://u:p@h/", .after = "http://REDACTED@h/"},
		{.before = "http://u@h/", .after = "http://u@h/"},
		{.before = "ip=1.2.3.4::5", .after = "ip=1.2.3.4::5"},
		{.before = "kernel.keys.maxkeys = 200", .after = "kernel.keys.maxkeys = 200"},
		{.before = "keyboard=de passive=1", .after = "keyboard=de passive=1"},
		{.before = "password", .after = "password"},
		{.before = "password=", .after = "password="},
		{.before = "key='", .after = "key=REDACTED"},
		{.before = "", .after = ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *after = kt_secret_redact_settings(rows[i].before);
		g_assert_cmpstr(after, ==, rows[i].after);
	}
}

static void
test_secret_arguments(void)
{
	static const char before[] = "qemu-pass\0-vnc\0password=1\0-m\0"
				     "1";
	static const char after[] = "qemu-pass\0-vnc\0REDACTED\0-m\0"
				    "1";
	size_t length = 0;
	g_autofree char *text = kt_secret_redact_arguments(before, sizeof(before), &length);

	g_assert_cmpmem(text, length, after, sizeof(after));
}

/* Broken XML cannot be searched: nothing of it stays, and it stays broken. */
static void
test_broken_xml(void)
{
	g_autoptr(KtJson) virt = json_pack("{s:[{s:s, s:s}]}",
					   "domains",
					   "name",
					   "x",
					   "live_xml",
					   "<domain passwd='leak'><name>");
	g_autoptr(KtSnapshot) snapshot = take(kt_test_host, virt);

	kt_snapshot_redact(snapshot);
	g_autofree char *all = everything(snapshot);
	g_assert_null(strstr(all, "leak"));
	g_assert_nonnull(strstr(all, KT_REDACTED_XML));
	kt_snapshot_anonymise(snapshot);
	g_autofree char *anonymous = everything(snapshot);
	g_assert_nonnull(strstr(anonymous, KT_REDACTED_XML));
}

static void
test_names_are_gone(void)
{
	g_autoptr(KtJson) virt = kt_test_virt();
	g_autoptr(KtSnapshot) snapshot = take(kt_test_host, virt);

	kt_snapshot_redact(snapshot);
	kt_snapshot_anonymise(snapshot);
	g_autofree char *all = everything(snapshot);
	if (g_getenv("KVMTUNE_TEST_SHOW"))
		g_printerr("%s\n", all);
	assert_without(all, kt_test_names);
	assert_without(all, kt_test_secrets);
	g_assert_true(snapshot->meta.is_anonymised);
}

/* Guests are found under their new names: pid files, groups, XML; one of them is called "vm", which
 * is a word of the kernel, and another one's disk "none". */
static void
test_names_stay_consistent(void)
{
	g_autoptr(KtJson) virt = kt_test_virt();
	g_autoptr(KtSnapshot) snapshot = take(kt_test_host, virt);

	kt_snapshot_redact(snapshot);
	kt_snapshot_anonymise(snapshot);
	g_assert_cmpstr(text_of(snapshot, "/run/libvirt/qemu/guest-1.pid"), ==, "4711\n");
	g_assert_cmpstr(text_of(snapshot, "/run/libvirt/qemu/guest-2.pid"), ==, "4712\n");
	g_assert_cmpstr(text_of(snapshot, "/proc/sys/vm/swappiness"), ==, "60\n");
	g_assert_cmpstr(
		text_of(snapshot, "/sys/block/sda/queue/scheduler"), ==, "[none] mq-deadline\n");
	g_assert_nonnull(strstr(text_of(snapshot, "/proc/4711/cgroup"),
				"machine-qemu\\x2d3\\x2dguest\\x2d1.scope"));
	g_assert_cmpstr(
		text_of(snapshot,
			"/sys/fs/cgroup/machine.slice/machine-qemu\\x2d3\\x2dguest\\x2d1.scope/libvirt/cpu.weight"),
		==,
		"100\n");
	g_assert_cmpstr(
		text_of(snapshot,
			"/sys/fs/cgroup/machine.slice/machine-qemu\\x2d4\\x2dguest\\x2d2.scope/libvirt/cpu.weight"),
		==,
		"200\n");
	g_assert_cmpstr(text_of(snapshot, "/etc/sysctl.d/10-host.conf"),
			==,
			"#\nvm.swappiness = 10\nnet.ipv4.tcp_fastopen_key = REDACTED\n");
	g_assert_nonnull(strstr(text_of(snapshot, "/etc/sysctl.d/99-kvmtune.conf"), "Managed by"));
	g_assert_cmpstr(
		text_of(snapshot, "/etc/kvmtune/kvmtune.conf"),
		==,
		"[guests]\nguest-2 = latency\n[waive guest.rng guest-1]\nreason = withheld\n");
	g_assert_nonnull(strstr(text_of(snapshot, "/proc/cmdline"), "5.10.0-60.18.0.50 "));
	g_assert_nonnull(strstr(text_of(snapshot, "/proc/cmdline"), "mitigations=off"));
	g_assert_true(g_str_has_prefix(text_of(snapshot, "/sys/block/dm-0/dm/uuid"), "mpath-"));
	g_assert_true(g_str_has_prefix(text_of(snapshot, "/sys/block/sda/device/wwid"), "naa."));
	g_assert_cmpstr(text_of(snapshot, "/proc/sys/kernel/hostname"), ==, "host-1\n");

	const KtJson *domain = json_array_get(json_object_get(snapshot->virt, "domains"), 1);
	const char *xml = json_string_value(json_object_get(domain, "inactive_xml"));
	g_assert_cmpstr(json_string_value(json_object_get(domain, "name")), ==, "guest-2");
	g_assert_nonnull(strstr(xml, "<name>guest-2</name>"));
	g_assert_nonnull(strstr(xml, "/var/lib/libvirt/images/disk-"));
	g_assert_nonnull(strstr(xml, ".raw"));
}

static void
test_patterns(void)
{
	static const struct {
		const char *text;
		KtPattern pattern;
		size_t length;
	} rows[] = {
		{"5a1b2c3d-0001-4e5f-8a9b-c0ffee000001", KT_PATTERN_UUID, 36},
		{"5A1B2C3D-0001-4E5F-8A9B-C0FFEE000001.conf", KT_PATTERN_UUID, 36},
		{"5a1b2c3d-0001-4e5f-8a9b-c0ffee0000011", KT_PATTERN_UNSET, 0},
		{"0123456789abcdef0123456789abcdef-5.1", KT_PATTERN_UUID_HEX, 32},
		{"0123456789abcdef0123456789abcdef0", KT_PATTERN_UNSET, 0},
		{"52:54:00:ab:cd:ef", KT_PATTERN_MAC, 17},
		{"00:00:00:00:00:00", KT_PATTERN_UNSET, 0},
		{"ff:ff:ff:ff:ff:ff", KT_PATTERN_UNSET, 0},
		{"50:05:07:68:01:02:03:04", KT_PATTERN_WIDE_MAC, 23},
		{"0000:00:1f.2", KT_PATTERN_UNSET, 0},
		{"12:34:56", KT_PATTERN_UNSET, 0},
		{"enx525400abcdef", KT_PATTERN_MAC_NAME, 15},
		{"10.1.2.3:22", KT_PATTERN_IPV4, 8},
		{"10.1.2.3.", KT_PATTERN_IPV4, 8},
		{"10.1.2.3.4", KT_PATTERN_UNSET, 0},
		{"127.0.0.1", KT_PATTERN_UNSET, 0},
		{"0.0.0.0", KT_PATTERN_UNSET, 0},
		{"255.255.252.0", KT_PATTERN_UNSET, 0},
		{"fe80::1", KT_PATTERN_IPV6, 7},
		{"::1", KT_PATTERN_UNSET, 0},
		{"::", KT_PATTERN_UNSET, 0},
		{"iqn.2019-04.example.acme:store7 x", KT_PATTERN_IQN, 31},
		{"", KT_PATTERN_UNSET, 0},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		size_t length = 0;
		g_test_message("'%s'", rows[i].text);
		KtPattern found =
			kt_pattern_at(rows[i].text, strlen(rows[i].text), 0, true, &length);
		g_assert_cmpint(found, ==, rows[i].pattern);
		if (found != KT_PATTERN_UNSET)
			g_assert_cmpuint(length, ==, rows[i].length);
	}
}

/* Sorted as the originals, whatever the order they were noted in. */
static void
test_pseudonyms_are_stable(void)
{
	for (unsigned round = 0; round < 20; round++) {
		g_autoptr(KtPseudonyms) names = kt_pseudonyms_new();
		for (unsigned i = 0; i < 12; i++) {
			unsigned n = (i * 5 + round) % 12;
			g_autofree char *name = g_strdup_printf("name%c", 'a' + (char)n);
			kt_pseudonyms_note(names, KT_NAME_GUEST, name);
		}
		kt_pseudonyms_seal(names);
		g_assert_cmpstr(kt_pseudonym_of(names, KT_NAME_GUEST, "namea"), ==, "guest-01");
		g_assert_cmpstr(kt_pseudonym_of(names, KT_NAME_GUEST, "namel"), ==, "guest-12");
		g_assert_cmpstr(kt_pseudonym_of(names, KT_NAME_GUEST, "other"), ==, "other");
	}
}

static void
assert_translated(const KtPseudonyms *names, const char *before, const char *after)
{
	g_autofree char *text =
		kt_pseudonyms_translate(names, KT_TEXT_FREE, before, strlen(before), NULL);

	g_assert_cmpstr(text, ==, after);
}

static void
test_pseudonyms_in_text(void)
{
	g_autoptr(KtPseudonyms) names = kt_pseudonyms_new();

	kt_pseudonyms_note(names, KT_NAME_GUEST, "web");
	kt_pseudonyms_note(names, KT_NAME_GUEST, "web-1");
	kt_pseudonyms_note(names, KT_NAME_GUEST, "_x_");
	kt_pseudonyms_note(names, KT_NAME_GUEST, "7");
	kt_pseudonyms_note(names, KT_NAME_GUEST, "vm");
	kt_pseudonyms_note_path(names, "/srv/acme/swappiness.img");
	kt_pseudonyms_seal(names);
	kt_pseudonyms_observe(names, "/proc/sys/vm/swappiness", 23);

	/* sorted: "7", "_x_", "vm", "web", "web-1" */
	assert_translated(
		names, "web web-1 web-2 webx xweb", "guest-4 guest-5 guest-4-2 webx xweb");
	assert_translated(names, "web_VARS.fd", "guest-4_VARS.fd");
	assert_translated(names, "/run/libvirt/qemu/_x_.pid", "/run/libvirt/qemu/guest-2.pid");
	assert_translated(
		names, "7 vm /run/libvirt/qemu/7.pid", "7 vm /run/libvirt/qemu/guest-1.pid");
	assert_translated(names,
			  "machine-qemu\\x2d12\\x2dvm.scope",
			  "machine-qemu\\x2d12\\x2dguest\\x2d3.scope");
	assert_translated(names,
			  "/dev/hugepages/libvirt/qemu/3-vm/ram",
			  "/dev/hugepages/libvirt/qemu/3-guest-3/ram");
	assert_translated(names,
			  "root=/srv/acme/swappiness.img swappiness=1",
			  "root=/srv/dir-1/disk-1.img swappiness=1");
	assert_translated(names,
			  "1:cpu:/machine/qemu-embed-26aa85e0-1-vm.libvirt-qemu",
			  "1:cpu:/machine/qemu-embed-26aa85e0-1-guest-3.libvirt-qemu");
	assert_translated(names, "vm.swappiness=7", "vm.swappiness=7");
}

/* Names of random form, everywhere a name can be: none is left, and every answer that is no name is
 * as before. */
static void
test_names_property(void)
{
	static const char letters[] = "abcdefghkmpqrstuvwxz0123456789-_.";

	for (unsigned round = 0; round < 200; round++) {
		char name[24] = "q";
		for (size_t n = (size_t)g_test_rand_int_range(4, 22), i = 1; i < n; i++)
			name[i] = letters[g_test_rand_int_range(0, (int)sizeof(letters) - 1)];
		g_auto(GStrv) parts = g_strsplit(name, "-", -1);
		g_autofree char *unit = g_strjoinv("\\x2d", parts);
		g_autofree char *xml = g_strdup_printf(
			"<domain><name>%s</name><devices><disk><source file='/srv/%s/%s.img'/></disk>"
			"<interface><mac address='52:54:00:%02x:%02x:99'/></interface></devices></domain>",
			name,
			name,
			name,
			round,
			round);
		g_autofree char *pid = g_strdup_printf("/run/libvirt/qemu/%s.pid", name);
		g_autofree char *group =
			g_strdup_printf("0::/machine-qemu\\x2d1\\x2d%s.scope\n", unit);
		g_autofree char *node = g_strdup_printf("Linux version 6.1.0 (me@%s)\n", name);
		const KtTestAnswer rows[] = {
			{.path = pid, .text = "12\n"},
			{.path = "/proc/12/cgroup", .text = group},
			{.path = "/proc/version", .text = node},
			{.path = "/proc/sys/vm/swappiness", .text = "60\n"},
			{.path = NULL},
		};
		g_autoptr(KtJson) virt = json_pack("{s:s, s:[{s:s, s:s}]}",
						   "pid_dir",
						   "/run/libvirt/qemu",
						   "domains",
						   "name",
						   name,
						   "live_xml",
						   xml);
		g_autoptr(KtSnapshot) snapshot = take(rows, virt);
		kt_snapshot_redact(snapshot);
		kt_snapshot_anonymise(snapshot);
		g_autofree char *all = everything(snapshot);
		g_test_message("'%s'", name);
		assert_without(all, (const char *const[]){name, unit, NULL});
		g_assert_cmpstr(text_of(snapshot, "/run/libvirt/qemu/guest-1.pid"), ==, "12\n");
		g_assert_cmpstr(text_of(snapshot, "/proc/sys/vm/swappiness"), ==, "60\n");
		g_assert_cmpstr(text_of(snapshot, "/proc/12/cgroup"),
				==,
				"0::/machine-qemu\\x2d1\\x2dguest\\x2d1.scope\n");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/redact/secrets", test_secrets_are_gone);
	g_test_add_func("/redact/settings", test_secret_settings);
	g_test_add_func("/redact/arguments", test_secret_arguments);
	g_test_add_func("/redact/broken-xml", test_broken_xml);
	g_test_add_func("/anonymise/names", test_names_are_gone);
	g_test_add_func("/anonymise/consistent", test_names_stay_consistent);
	g_test_add_func("/anonymise/patterns", test_patterns);
	g_test_add_func("/anonymise/stable", test_pseudonyms_are_stable);
	g_test_add_func("/anonymise/text", test_pseudonyms_in_text);
	g_test_add_func("/anonymise/property", test_names_property);
	return g_test_run();
}
