/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Settings by name: keys, values, and the places that they stand for. */

#include "kt-dom-edit.h"
#include "kt-live-place.h"
#include "kt-setting.h"

#include <string.h>

static const KtSetting *
find(const char *key, char **ret_of)
{
	g_autoptr(GError) error = NULL;
	const KtSetting *setting = kt_setting_find(key, ret_of, &error);

	g_assert_no_error(error);
	return setting;
}

static void
test_find(void)
{
	static const struct {
		const char *typed;
		const char *key;
		const char *of;
		const char *xml;
	} rows[] = {
		{.typed = "cpu.shares",
		 .key = "cpu.shares",
		 .xml = "/domain/cputune/shares/text()"},
		{
			.typed = "pin.vcpu.12",
			.key = "pin.vcpu.*",
			.of = "12",
			.xml = "/domain/cputune/vcpupin[@vcpu='12']/@cpuset",
		},
		{
			.typed = "disk.vda.cache",
			.key = "disk.*.cache",
			.of = "vda",
			.xml = "/domain/devices/disk[target/@dev='vda']/driver/@cache",
		},
		{
			.typed = "nic.52:54:00:00:00:01.queues",
			.key = "nic.*.queues",
			.of = "52:54:00:00:00:01",
			.xml = "/domain/devices/interface[mac/@address='52:54:00:00:00:01']/driver/"
			       "@queues",
		},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *of = NULL;
		const KtSetting *setting = find(rows[i].typed, &of);
		g_autofree char *xml = kt_setting_fill(setting->xml, of);
		g_assert_cmpstr(setting->key, ==, rows[i].key);
		g_assert_cmpstr(of, ==, rows[i].of);
		g_assert_cmpstr(xml, ==, rows[i].xml);
	}
}

static void
test_find_nothing(void)
{
	static const char *const keys[] = {"", "cpu", "cpu.share", "pin.vcpu.", "disk..cache", "*"};

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *of = NULL;
		g_assert_null(kt_setting_find(keys[i], &of, &error));
		g_assert_error(error, KT_ERROR, KT_ERROR_USAGE);
		g_assert_null(of);
	}
}

static void
test_parse(void)
{
	static const struct {
		const char *key;
		const char *typed;
		const char *value; /* NULL = left out */
		bool is_bad;
	} rows[] = {
		{.key = "cpu.shares", .typed = "200", .value = "200"},
		{.key = "cpu.shares", .typed = "0", .is_bad = true},
		{.key = "cpu.shares", .typed = "-1", .is_bad = true},
		{.key = "cpu.shares", .typed = "1e3", .is_bad = true},
		{.key = "cpu.shares", .typed = "99999999999999999999", .is_bad = true},
		{.key = "cpu.shares", .typed = "", .is_bad = true},
		{.key = "cpu.shares", .typed = "default"},
		{.key = "cpu.vcpu-quota", .typed = "unlimited"},
		{.key = "cpu.vcpu-quota", .typed = "999", .is_bad = true},
		{.key = "cpu.vcpu-period", .typed = "unlimited", .is_bad = true},
		{.key = "memory", .typed = "2048", .value = "2048"},
		{.key = "memory", .typed = "4G", .value = "4194304"},
		{.key = "memory", .typed = "512MiB", .value = "524288"},
		{.key = "memory", .typed = "3k", .is_bad = true},
		{.key = "memory", .typed = "4GB", .is_bad = true},
		{.key = "memory", .typed = "18446744073709551615T", .is_bad = true},
		{.key = "memory", .typed = " 4G", .is_bad = true},
		{.key = "memory", .typed = "G", .is_bad = true},
		{.key = "pin.emulator", .typed = "0-3,^2", .value = "0-1,3"},
		{.key = "pin.emulator", .typed = "3,1,2", .value = "1-3"},
		{.key = "pin.emulator", .typed = ",", .is_bad = true},
		{.key = "disk.*.cache", .typed = "none", .value = "none"},
		{.key = "disk.*.cache", .typed = "fast", .is_bad = true},
		{.key = "disk.*.cache", .typed = "default"},
		{.key = "disk.*.total-iops-sec", .typed = "0"},
		{.key = "memory.hugepages", .typed = "yes", .value = "<hugepages/>"},
		{.key = "memory.hugepages", .typed = "no"},
		{.key = "memory.hugepages", .typed = "2", .is_bad = true},
		{.key = "machine", .typed = "pc-q35-7.2", .value = "pc-q35-7.2"},
		{.key = "machine", .typed = "a'/><x b='", .is_bad = true},
		{.key = "dimm.*", .typed = "1GiB@0", .value = "1048576@0"},
		{.key = "dimm.*", .typed = "1G", .value = "1048576"},
		{.key = "dimm.*", .typed = "1G@", .is_bad = true},
		{.key = "dimm.*", .typed = "1G@0@1", .is_bad = true},
		{.key = "dimm.*", .typed = "1/2@0", .is_bad = true},
		{.key = "dimm.*", .typed = "0@0", .is_bad = true},
		{.key = "dimm.*", .typed = "@0", .is_bad = true},
		{.key = "dimm.*", .typed = "default"},
		{.key = "virtio-mem.*", .typed = "256M/1G@1", .value = "262144/1048576@1"},
		{.key = "virtio-mem.*", .typed = "1G@1", .value = "1048576/1048576@1"},
		{.key = "virtio-mem.*", .typed = "2G/1G@1", .is_bad = true},
		{.key = "virtio-mem.*", .typed = "1/1/1@1", .is_bad = true},
		{.key = "nic.*.link", .typed = "up"},
		{.key = "nic.*.link", .typed = "down", .value = "down"},
		{.key = "title", .typed = "a 'b' <c>", .value = "a 'b' <c>"},
		{.key = "title", .typed = "a\nb", .is_bad = true},
		{.key = "title", .typed = "\xff", .is_bad = true},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *of = NULL;
		g_autofree char *value = NULL;
		const KtSetting *setting = find(rows[i].key, &of);
		bool ok = kt_setting_parse(setting, rows[i].typed, &value, &error);
		if (ok == rows[i].is_bad || g_strcmp0(value, rows[i].value) != 0)
			g_error("%s=%s: %s", rows[i].key, rows[i].typed, value ? value : "(none)");
	}
}

/* Every row can be carried out: its places are ones that the actuators know. */
static void
test_places(void)
{
	static const char xml[] = "<domain/>";
	static const char *const own[] = {
		"cpu_shares", "emulatorpin", "vcpupin/1", "iothreadpin/1"};
	g_autoptr(xmlDoc) doc = kt_xml_parse(xml, strlen(xml), "test", NULL);

	for (size_t i = 0; i < kt_n_settings; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *live = kt_setting_fill(kt_settings[i].live, "1");
		g_autofree char *place = kt_setting_fill(kt_settings[i].xml, "1");
		g_autofree char *value = NULL;
		g_assert_true(place || live);
		g_assert_true(!place || kt_dom_get(doc, place, &value, &error));
		g_assert_no_error(error);
		g_assert_true(!kt_settings[i].element || strstr(kt_settings[i].element, "%s"));
		if (live && !kt_live_place_is(live)) {
			bool is_own = false;
			for (size_t j = 0; j < G_N_ELEMENTS(own); j++)
				is_own |= g_str_equal(live, own[j]);
			g_assert_true(is_own);
		}
		g_assert_nonnull(kt_settings[i].doc);
		g_assert_true((kt_settings[i].kind == KT_SETTING_WORD) ==
			      (kt_settings[i].words != NULL));
	}
}

static void
test_live_locators(void)
{
	static const char *const good[] = {
		"sched/vcpu_quota",
		"iotune/vda/read_bytes_sec",
		"vcpus",
		"dimm/0",
		"iothread/1/poll-grow",
		"blkio-device//dev/sda/device_read_bytes_sec",
		"numa/numa_nodeset",
	};
	static const char *const bad[] = {
		"", "sched", "sched/", "sched/a/b", "iotune/vda", "vcpus/1", "dimm/", "balloon/1"};

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(kt_live_place_is(good[i]));
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(kt_live_place_is(bad[i]));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/setting/find", test_find);
	g_test_add_func("/setting/find-nothing", test_find_nothing);
	g_test_add_func("/setting/parse", test_parse);
	g_test_add_func("/setting/places", test_places);
	g_test_add_func("/setting/live-locators", test_live_locators);
	return g_test_run();
}
