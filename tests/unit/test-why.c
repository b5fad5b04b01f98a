/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-practice.h"
#include "kt-start-log.h"
#include "kt-symptom.h"

#include <string.h>

static bool
is_practice(const char *id)
{
	for (size_t i = 0; i < kt_n_practices; i++) {
		if (g_str_equal(kt_practices[i]->id, id))
			return true;
	}
	return false;
}

static void
test_rows_are_complete(void)
{
	for (size_t i = 0; i < kt_n_symptoms; i++) {
		const KtSymptom *row = &kt_symptoms[i];
		g_autofree char *lower = g_ascii_strdown(row->pattern, -1);
		g_auto(GStrv) ids = g_strsplit(row->practices, " ", -1);
		g_assert_cmpstr(row->pattern, ==, lower);
		g_assert_cmpuint(strlen(row->pattern), >=, 8);
		g_assert_true(*row->means && *row->todo && *row->source);
		g_assert_false(g_str_has_suffix(row->means, "."));
		for (size_t j = 0; *row->practices && ids[j]; j++) {
			if (!is_practice(ids[j]))
				g_error("'%s': there is no practice '%s'", row->pattern, ids[j]);
		}
	}
}

/* A row that another one hides would never be seen. */
static void
test_no_row_is_hidden(void)
{
	for (size_t i = 0; i < kt_n_symptoms; i++) {
		g_auto(GStrv) parts = g_strsplit(kt_symptoms[i].pattern, "*", -1);
		g_autofree char *message = g_strjoinv(" qqq ", parts);
		const KtSymptom *found = kt_symptom_find(message);
		if (found != &kt_symptoms[i])
			g_error("'%s' is hidden by '%s'",
				kt_symptoms[i].pattern,
				found ? found->pattern : "nothing");
	}
}

/* As programs said it. */
static void
test_real_messages(void)
{
	static const struct {
		const char *text;
		const char *practice; /* the first one */
	} rows[] = {
		{.text = "error: internal error: shares '0' must be in range [2, 262144]",
		 .practice = "guest.cpu.shares"},
		{.text = "qemu-system-x86_64: Address space limit 0xffffffffff < 0x1013fffffff "
			 "phys-bits too low (40)",
		 .practice = "guest.cpu.phys-bits"},
		{.text = "qemu-system-x86_64: unable to map backing store for guest RAM: Cannot "
			 "allocate memory",
		 .practice = "host.hugepages-pool"},
		{.text = "error: unsupported configuration: NUMA node 7 is unavailable",
		 .practice = "guest.numa.tune"},
		{.text = "error: internal error: Unknown CPU feature no-such",
		 .practice = "guest.cpu.features"},
		{.text = "error: unsupported configuration: guest CPU doesn't match specification: "
			 "missing features: avx512f",
		 .practice = "guest.cpu.features"},
		{.text = "Failed to get shared \"write\" lock\nIs another process using the image "
			 "[/a.qcow2]?",
		 .practice = ""},
		{.text = "qemu-system-x86_64: -machine pc-i440fx-0.9: unsupported machine type",
		 .practice = "guest.machine"},
		{.text = "error: cannot limit locked memory of process 22 to 8: Operation not "
			 "permitted",
		 .practice = "guest.mem.locked"},
		{.text = "error: Requested operation is not valid: format of backing image "
			 "'/b.img' of image '/a.qcow2' was not specified in the image metadata",
		 .practice = "image.chain"},
		{.text = "error: cannot set CPU affinity on process 77: Invalid argument",
		 .practice = "guest.vcpu.pin"},
		{.text = "error: Unable to write to '/sys/fs/cgroup/cpuset/machine/cpuset.cpus': "
			 "Invalid argument",
		 .practice = "guest.vcpu.pin"},
		{.text = "could not read keymap file: 'xx'", .practice = "guest.graphics.keymap"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const KtSymptom *symptom = kt_symptom_find(rows[i].text);
		g_assert_nonnull(symptom);
		g_auto(GStrv) ids = g_strsplit(symptom->practices, " ", -1);
		g_assert_cmpstr(ids[0] ? ids[0] : "", ==, rows[i].practice);
	}
	g_assert_null(kt_symptom_find(""));
	g_assert_null(kt_symptom_find("error: something that nobody has ever said"));
}

static const char log_text[] =
	"2026-11-20 10:00:00.000+0000: starting up libvirt version: 9.0.0, qemu version: 7.2.22\n"
	"LC_ALL=C \\\n/usr/bin/qemu-system-x86_64 \\\n-name guest=old,debug-threads=on \\\n-msg "
	"timestamp=on\n"
	"qemu-system-x86_64: of the old start\n"
	"2026-11-20 11:00:00.000+0000: shutting down, reason=crashed\n"
	"2026-11-21 12:34:56.789+0000: starting up libvirt version: 9.0.0, qemu version: 7.2.22\n"
	"LC_ALL=C \\\n/usr/bin/qemu-system-x86_64 \\\n-name guest=web1,debug-threads=on \\\n-msg "
	"timestamp=on\n"
	"2026-11-21T12:34:57.000000Z qemu-system-x86_64: phys-bits too low (40)\n"
	"2026-11-21T12:34:57.000000Z qemu-system-x86_64: phys-bits too low (40)\n"
	"\x1b[31mred\x07\n\n"
	"2026-11-21 12:34:58.000+0000: shutting down, reason=failed\n";

static void
test_log(void)
{
	g_autoptr(KtStartLog) log = kt_start_log_parse(log_text, strlen(log_text));

	g_assert_cmpstr(log->started, ==, "2026-11-21 12:34:56.789+0000");
	g_assert_cmpstr(log->reason, ==, "failed");
	g_assert_cmpuint(log->messages->len, ==, 2);
	g_assert_nonnull(strstr(log->messages->pdata[0], "phys-bits too low"));
	g_assert_cmpstr(log->messages->pdata[1], ==, "[31mred");
}

static void
test_log_limits(void)
{
	g_autofree char *many = g_malloc(1024 * 1024);
	g_autoptr(KtStartLog) none = kt_start_log_parse("", 0);

	g_assert_null(none->started);
	for (size_t i = 0; i < 1024 * 1024; i++)
		many[i] = (char)(i % 7 == 0 ? '\n' : 'a' + i * 31 % 17);
	g_autoptr(GPtrArray) messages = kt_start_log_messages(many, 1024 * 1024);
	g_assert_cmpuint(messages->len, <=, KT_START_LOG_MAX_LINES);
	memset(many, 'x', 1024 * 1024);
	g_autoptr(GPtrArray) one = kt_start_log_messages(many, 1024 * 1024);
	g_assert_cmpuint(one->len, ==, 1);
	g_assert_cmpuint(strlen(one->pdata[0]), ==, KT_START_LOG_MAX_LINE);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/why/rows-are-complete", test_rows_are_complete);
	g_test_add_func("/why/no-row-is-hidden", test_no_row_is_hidden);
	g_test_add_func("/why/real-messages", test_real_messages);
	g_test_add_func("/why/log", test_log);
	g_test_add_func("/why/log-limits", test_log_limits);
	return g_test_run();
}
