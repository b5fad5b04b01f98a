/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Folding, names of places, and phrases. */

#include "kt-docs.h"
#include "kt-fold.h"
#include "kt-phrase.h"
#include "kt-place.h"

static void
fold(GPtrArray *folds, const char *locator, const char *from, const char *to)
{
	kt_fold_add(folds,
		    &(KtFoldItem){
			    .knob = KT_KNOB_DOMAIN_LIVE,
			    .locator = locator,
			    .from = from,
			    .to = to,
		    });
}

static void
assert_fold(const GPtrArray *folds, guint i, const char *wanted)
{
	g_autofree char *text = kt_fold_locator(folds->pdata[i]);

	g_assert_cmpstr(text, ==, wanted);
}

static void
test_fold(void)
{
	g_autoptr(GPtrArray) folds = kt_fold_new();

	fold(folds, "vcpupin/0", "0-7", "1");
	fold(folds, "vcpupin/1", "0-7", "1");
	fold(folds, "vcpupin/10", "0-7", "1");
	fold(folds, "vcpupin/9", "0-7", "1");
	fold(folds, "vcpupin/2", "0-7", "2");
	fold(folds, "emulatorpin", "0-7", "1");
	fold(folds, "vcpupin/11", NULL, "1");
	g_assert_cmpuint(folds->len, ==, 4);
	assert_fold(folds, 0, "vcpupin/0-1,9-10");
	assert_fold(folds, 1, "vcpupin/2");
	assert_fold(folds, 2, "emulatorpin");
	assert_fold(folds, 3, "vcpupin/11");
}

/* Two numbers that differ are two things, and so are two orders of the same digits. */
static void
test_fold_one_number_only(void)
{
	g_autoptr(GPtrArray) folds = kt_fold_new();

	fold(folds, "node1/pages2", "0", "1");
	fold(folds, "node2/pages3", "0", "1");
	fold(folds, "node1/pages3", "0", "1");
	g_assert_cmpuint(folds->len, ==, 2);
	assert_fold(folds, 0, "node1/pages2-3");
	assert_fold(folds, 1, "node2/pages3");
	fold(folds, "node3/pages2", "0", "1");
	g_assert_cmpuint(folds->len, ==, 3);
}

static void
test_fold_odd_numbers(void)
{
	g_autoptr(GPtrArray) folds = kt_fold_new();

	fold(folds, "a/99999999999999999999", "0", "1");
	fold(folds, "a/1", "0", "1");
	fold(folds, "a/", "0", "1");
	fold(folds, "", "0", "1");
	g_assert_cmpuint(folds->len, ==, 4);
}

static void
test_place(void)
{
	static const struct {
		KtKnob knob;
		const char *locator;
		const char *wanted;
	} rows[] = {
		/* clang-format off */
		{.knob = KT_KNOB_VALUE, .locator = "/proc/sys/vm/swappiness", .wanted = "vm.swappiness"},
		{.knob = KT_KNOB_VALUE, .locator = "/proc/sys/net/ipv4/conf/eth0.1/rp_filter",
		 .wanted = "/proc/sys/net/ipv4/conf/eth0.1/rp_filter"},
		{.knob = KT_KNOB_VALUE, .locator = "/sys/kernel/mm/ksm/run", .wanted = "/sys/kernel/mm/ksm/run"},
		{.knob = KT_KNOB_FILE, .locator = "/etc/sysctl.conf", .wanted = "/etc/sysctl.conf"},
		{.knob = KT_KNOB_BOOT_ARG, .locator = "isolcpus", .wanted = "kernel argument isolcpus"},
		{.knob = KT_KNOB_DOMAIN_LIVE, .locator = "vcpupin/3", .wanted = "pin of vCPU 3"},
		{.knob = KT_KNOB_DOMAIN_LIVE, .locator = "iothreadpin/1", .wanted = "pin of IOThread 1"},
		{.knob = KT_KNOB_DOMAIN_LIVE, .locator = "emulatorpin", .wanted = "pin of the emulator"},
		{.knob = KT_KNOB_DOMAIN_LIVE, .locator = "cpu_shares", .wanted = "cpu_shares"},
		{.knob = KT_KNOB_DOMAIN_XML, .locator = "/domain/cpu/@mode", .wanted = "cpu mode"},
		{.knob = KT_KNOB_DOMAIN_XML, .locator = "/domain/cpu/model/text()", .wanted = "cpu/model"},
		{.knob = KT_KNOB_DOMAIN_XML, .locator = "/domain/devices/rng", .wanted = "devices/rng"},
		{.knob = KT_KNOB_DOMAIN_XML, .locator = "/domain/@id", .wanted = "@id"},
		/* clang-format on */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *name = kt_place_name(rows[i].knob, rows[i].locator);
		g_assert_cmpstr(name, ==, rows[i].wanted);
	}
}

static void
assert_value(const char *value, const char *wanted)
{
	g_autofree char *text = kt_phrase_value(value);

	g_assert_cmpstr(text, ==, wanted);
}

static void
test_value(void)
{
	assert_value(NULL, "(absent)");
	assert_value("", "(empty)");
	assert_value(" 10\n", "10");
	assert_value("two\nlines", "two...");
	assert_value("0123456789012345678901234567890123456789",
		     "0123456789012345678901234567890123456789");
	assert_value("01234567890123456789012345678901234567890",
		     "0123456789012345678901234567890123456...");
}

static void
test_sizes(void)
{
	static const struct {
		uint64_t kib;
		const char *wanted;
	} rows[] = {
		{.kib = 0, .wanted = "0 KiB"},
		{.kib = 1023, .wanted = "1023 KiB"},
		{.kib = 1024, .wanted = "1 MiB"},
		{.kib = 1536, .wanted = "1.5 MiB"},
		{.kib = 263192576, .wanted = "251 GiB"},
		{.kib = UINT64_MAX, .wanted = "16777215 PiB"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = kt_phrase_kib(rows[i].kib);
		g_assert_cmpstr(text, ==, rows[i].wanted);
	}
}

static void
test_counts(void)
{
	g_autofree char *none = kt_phrase_count(0, "file");
	g_autofree char *one = kt_phrase_count(1, "file");
	g_autofree char *two = kt_phrase_count(2, "file");

	g_assert_cmpstr(none, ==, "no file");
	g_assert_cmpstr(one, ==, "1 file");
	g_assert_cmpstr(two, ==, "2 files");
}

static void
test_sentences(void)
{
	g_autofree char *text =
		kt_docs_sentences("One, e.g. this. Two? 3 is three! end. no 0.5 Four");

	g_assert_cmpstr(text, ==, "One, e.g. this.\nTwo?\n3 is three! end. no 0.5 Four");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fold/series", test_fold);
	g_test_add_func("/fold/one-number-only", test_fold_one_number_only);
	g_test_add_func("/fold/odd-numbers", test_fold_odd_numbers);
	g_test_add_func("/place", test_place);
	g_test_add_func("/phrase/value", test_value);
	g_test_add_func("/phrase/sizes", test_sizes);
	g_test_add_func("/phrase/counts", test_counts);
	g_test_add_func("/docs/sentences", test_sentences);
	return g_test_run();
}
