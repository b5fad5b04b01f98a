/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
/*
 * Runs every tests/cases/<practice>/<name>.json, a test each. A practice without one of the four
 * cases that each must have is a failure, and so is a folder that belongs to no practice.
 */
#include "kt-case.h"

#include <locale.h>
#include <string.h>

/* What each practice must have a case for, and the verdict that its name promises. */
static const struct {
	const char *name;
	KtVerdict verdict; /* UNSET = any but a finding */
} mandatory[] = {
	{.name = "fires", .verdict = KT_VERDICT_FINDING},
	{.name = "quiet"},
	{.name = "absent"},
	{.name = "unknown"},
};

typedef struct CaseFile {
	char *dir; /* id with dashes */
	char *name;
} CaseFile;

static const char *
data_dir(void)
{
	const char *dir = g_getenv("KVMTUNE_TEST_DATA");

	return dir ? dir : "tests/cases";
}

static char *
dir_of(const KtPractice *practice)
{
	return g_strdelimit(g_strdup(practice->id), ".", '-');
}

static const KtPractice *
practice_of(const char *dir)
{
	for (size_t i = 0; i < kt_n_practices; i++) {
		g_autofree char *own = dir_of(kt_practices[i]);
		if (g_str_equal(own, dir))
			return kt_practices[i];
	}
	return NULL;
}

/* The name of a case is a promise about its verdict. */
static void
check_name(const CaseFile *file, const KtCase *kase)
{
	const char *verdict = json_string_value(json_object_get(kase->expect, "verdict"));

	g_assert_nonnull(verdict);
	for (size_t i = 0; i < G_N_ELEMENTS(mandatory); i++) {
		if (!g_str_equal(file->name, mandatory[i].name))
			continue;
		if (mandatory[i].verdict)
			g_assert_cmpstr(verdict, ==, kt_verdict_name(mandatory[i].verdict));
		else
			g_assert_cmpstr(verdict, !=, kt_verdict_name(KT_VERDICT_FINDING));
	}
}

static void
test_case(const void *data)
{
	const CaseFile *file = data;
	const KtPractice *practice = practice_of(file->dir);
	g_autofree char *path = g_strdup_printf("%s/%s/%s.json", data_dir(), file->dir, file->name);
	g_autoptr(GError) error = NULL;
	g_autoptr(KtCase) kase = kt_case_load(data_dir(), path, &error);

	g_assert_no_error(error);
	check_name(file, kase);
	g_autofree char *differences = kt_case_check(kase, practice);
	if (!differences)
		return;
	g_test_message("%s/%s.json:\n%s", file->dir, file->name, differences);
	g_test_fail();
}

static void
test_folder(const void *data)
{
	const char *dir = data;
	const KtPractice *practice = practice_of(dir);
	g_autofree char *base = g_build_filename(data_dir(), dir, NULL);

	if (!practice) {
		g_test_message("'%s' is the folder of no practice", dir);
		g_test_fail();
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(mandatory); i++) {
		g_autofree char *path = g_strdup_printf("%s/%s.json", base, mandatory[i].name);
		if (g_file_test(path, G_FILE_TEST_EXISTS))
			continue;
		g_test_message("practice '%s' has no case '%s'", practice->id, mandatory[i].name);
		g_test_fail();
	}
}

/* On a host that is well kept kvmtune has nothing to say but remarks. */
static void
test_base(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtFacts) facts = kt_case_load_facts(data_dir(), "base.json", &error);
	g_autoptr(KtPolicy) policy = kt_policy_new();
	g_autoptr(KtAudit) audit = NULL;

	g_assert_no_error(error);
	audit = kt_engine_run(facts, policy, /* selection= */ NULL);
	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (result->verdict == KT_VERDICT_FINDING && result->severity > KT_SEVERITY_INFO) {
			g_test_message("%s on %s: %s (%s)",
				       result->practice->id,
				       result->target_path,
				       result->summary,
				       kt_severity_name(result->severity));
			g_test_fail();
		}
		/* All that a practice can ask for is in base.json. */
		if (result->verdict == KT_VERDICT_UNKNOWN) {
			g_test_message(
				"%s on %s: unknown", result->practice->id, result->target_path);
			g_test_fail();
		}
	}
	g_assert_cmpuint(audit->score, ==, 100);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list(const char *path)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(path, /* flags= */ 0, /* error= */ NULL);

	for (const char *name = dir ? g_dir_read_name(dir) : NULL; name;
	     name = g_dir_read_name(dir))
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, compare_names);
	return names;
}

static void
case_file_free(void *data)
{
	CaseFile *file = data;

	g_free(file->dir);
	g_free(file->name);
	g_free(file);
}

static void
add_cases(const char *dir)
{
	g_autofree char *path = g_build_filename(data_dir(), dir, NULL);
	g_autoptr(GPtrArray) names = list(path);

	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		if (!g_str_has_suffix(name, ".json") || !practice_of(dir))
			continue;
		CaseFile *file = g_new0(CaseFile, 1);
		file->dir = g_strdup(dir);
		file->name = g_strndup(name, strlen(name) - strlen(".json"));
		g_autofree char *test = g_strdup_printf("/cases/%s/%s", dir, file->name);
		g_test_add_data_func_full(test, file, test_case, case_file_free);
	}
}

static void
add_folder(const char *dir)
{
	g_autofree char *test = g_strdup_printf("/cases/%s/complete", dir);

	g_test_add_data_func_full(test, g_strdup(dir), test_folder, g_free);
}

int
main(int argc, char **argv)
{
	g_autoptr(GPtrArray) names = NULL;

	setlocale(LC_ALL, "");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cases/base", test_base);
	names = list(data_dir());
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(data_dir(), names->pdata[i], NULL);
		if (g_file_test(path, G_FILE_TEST_IS_DIR) && !practice_of(names->pdata[i]))
			add_folder(names->pdata[i]);
	}
	for (size_t i = 0; i < kt_n_practices; i++) {
		g_autofree char *dir = dir_of(kt_practices[i]);
		add_folder(dir);
		add_cases(dir);
	}
	return g_test_run();
}
