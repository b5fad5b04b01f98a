/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Reports about one guest, made by hand so that every kind of line occurs. */

#include "kt-golden.h"
#include "kt-report-restart.h"

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

int
main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/restart-plan", test_restart_plan);
	g_test_add_func("/report/restart", test_restart);
	g_test_add_func("/report/restart-json", test_restart_json);
	return g_test_run();
}
