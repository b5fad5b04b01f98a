/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Reports about one guest, made by hand so that every kind of line occurs. */

#include "kt-golden.h"
#include "kt-report-restart.h"
#include "kt-report-why.h"

#include <locale.h>

#define TIMEOUT_S 300

static void
add_pending(KtRestart *restart, const char *key, const char *doc, const char *runs,
	    const char *defined, const char *found)
{
	KtPending *pending = g_new0(KtPending, 1);

	pending->key = g_strdup(key);
	pending->doc = doc;
	pending->runs = g_strdup(runs);
	pending->defined = g_strdup(defined);
	pending->found = g_strdup(found);
	pending->is_true = g_strcmp0(defined, found) == 0;
	g_ptr_array_add(restart->pending, pending);
}

static KtRestart *
sample(KtRestartEnd end)
{
	KtRestart *restart = kt_restart_new();

	restart->name = g_strdup("web1");
	restart->uuid = g_strdup("1b4e28ba-2fa1-11d2-883f-0016d3cca427");
	restart->has_acpi = true;
	restart->has_agent = true;
	restart->end = end;
	restart->shutdown_us = 12340000;
	restart->outage_us = 2100000;
	restart->way = end == KT_RESTART_PLANNED ? NULL : "agent";
	g_ptr_array_add(restart->mended, g_strdup("guest.rng"));
	g_ptr_array_add(restart->mended, g_strdup("guest.disk.cache"));
	add_pending(restart,
		    "cpu.shares",
		    "weight of its CPU time against that of other guests",
		    "2048",
		    NULL,
		    NULL);
	add_pending(restart, "disk.vda.cache", "cache mode of the disk", NULL, "none", "none");
	add_pending(restart, "devices.rng", "how many devices of this kind", NULL, "1", NULL);
	if (end == KT_RESTART_AS_BEFORE)
		restart->problem = g_strdup("start it: cannot allocate memory");
	return restart;
}

static void
test_restart_plan(void)
{
	const KtStyle style = {.width = 80};
	g_autoptr(KtRestart) restart = sample(KT_RESTART_PLANNED);
	g_autoptr(KtRestart) nothing = kt_restart_new();
	g_autoptr(GString) out = g_string_new(NULL);

	nothing->name = g_strdup("db1");
	kt_report_restart_plan(restart, TIMEOUT_S, false, &style, out);
	restart->has_agent = false;
	g_ptr_array_set_size(restart->pending, 1);
	g_ptr_array_add(restart->brought, g_strdup("guest.vcpu.pin"));
	kt_report_restart_plan(restart, TIMEOUT_S, true, &style, out);
	kt_report_restart_plan(nothing, TIMEOUT_S, true, &style, out);
	kt_golden_compare("report/restart-plan.80.txt", out->str);
}

static void
test_restart(void)
{
	const KtStyle style = {.width = 80};
	g_autoptr(GString) out = g_string_new(NULL);

	for (KtRestartEnd end = KT_RESTART_PLANNED; end < KT_RESTART_N; end++) {
		g_autoptr(KtRestart) restart = sample(end);
		kt_report_restart(restart, &style, out);
	}
	kt_golden_compare("report/restart.80.txt", out->str);
}

static void
test_restart_json(void)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)kt_restart_free);
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(list, sample(KT_RESTART_UNTRUE));
	g_ptr_array_add(list, sample(KT_RESTART_AS_BEFORE));
	kt_throw_hint(&error, KT_ERROR_ROLLED_BACK, "a hint", "web1: it runs as before");
	g_autoptr(KtJson) json = kt_report_restarts_json(list, false, error);
	g_autofree char *text = kt_json_print(json);
	kt_golden_compare("report/restart.json", text);
}

static KtWhy *
sample_why(void)
{
	KtWhy *why = kt_why_new();
	KtObstacle *obstacle = g_new0(KtObstacle, 1);

	why->name = g_strdup("web1");
	why->uuid = g_strdup("1b4e28ba-2fa1-11d2-883f-0016d3cca427");
	why->state = g_strdup("shut off");
	why->log_path = g_strdup("/var/log/libvirt/qemu/web1.log");
	why->started = g_strdup("2026-11-21 12:34:56.789+0000");
	why->reason = g_strdup("failed");
	kt_why_add(why,
		   "QEMU's log",
		   "qemu-system-x86_64: unable to map backing store for guest RAM: Cannot allocate "
		   "memory",
		   true);
	kt_why_add(why, "QEMU's log", "qemu-system-x86_64: something new", true);
	kt_why_judge(why, NULL, NULL);

	KtWhyMessage *message = why->messages->pdata[0];
	KtWhyPractice *practice = message->practices->pdata[0];
	practice->is_finding = practice->has_changes = true;
	practice->summary = g_strdup("guests will not start: there are too few static huge pages");
	obstacle->text = g_strdup("pins name 1 CPU that is not online");
	obstacle->practice = "guest.vcpu.pin";
	obstacle->advice = g_strdup("'kvmtune explain guest.vcpu.pin'");
	g_ptr_array_add(why->obstacles, obstacle);
	return why;
}

static void
test_why(void)
{
	const KtStyle style = {.width = 80};
	g_autoptr(KtWhy) why = sample_why();
	g_autoptr(KtWhy) fine = kt_why_new();
	g_autoptr(KtWhy) runs = kt_why_new();
	g_autoptr(KtWhy) empty = kt_why_new();
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(KtJson) json = kt_report_why_json(why);
	g_autofree char *text = kt_json_print(json);

	kt_report_why(why, &style, out);
	fine->name = g_strdup("db1");
	fine->state = g_strdup("shut off");
	fine->log_path = g_strdup("/var/log/libvirt/qemu/db1.log");
	fine->log_problem = g_strdup("No such file or directory");
	kt_report_why(fine, &style, out);
	fine->trial = g_strdup("started");
	kt_report_why(fine, &style, out);
	runs->name = g_strdup("mail");
	runs->state = g_strdup("running");
	runs->is_running = true;
	kt_report_why(runs, &style, out);
	kt_report_why(empty, &style, out);
	kt_golden_compare("report/why.80.txt", out->str);
	kt_golden_compare("report/why.json", text);
	g_assert_true(kt_why_has_cause(why));
	g_assert_false(kt_why_has_cause(fine));
	g_assert_false(kt_why_has_cause(empty));
}

int
main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/restart-plan", test_restart_plan);
	g_test_add_func("/report/restart", test_restart);
	g_test_add_func("/report/restart-json", test_restart_json);
	g_test_add_func("/report/why", test_why);
	return g_test_run();
}
