/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-test-boot.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void
kt_test_boot_busybox(const KtTestChange *test)
{
	static const char *const names[] = {
		"sh", "sed", "cat", "rm", "echo", "printf", "sleep", "kill"};
	g_autofree char *bin = g_build_filename(test->dir, "bin", NULL);
	g_autofree char *copy = g_build_filename(bin, "busybox", NULL);
	g_autofree char *original = g_find_program_in_path("busybox");
	g_autofree char *bytes = NULL;
	gsize length = 0;

	g_assert_true(g_file_get_contents(original, &bytes, &length, NULL));
	g_assert_cmpint(g_mkdir(bin, 0755), ==, 0);
	g_assert_true(g_file_set_contents(copy, bytes, (gssize)length, NULL));
	g_assert_cmpint(g_chmod(copy, 0755), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *link = g_build_filename(bin, names[i], NULL);
		g_assert_cmpint(symlink("busybox", link), ==, 0);
	}
}

void
kt_test_boot_program(const KtTestChange *test, const char *path, const char *text)
{
	g_autofree char *full = g_build_filename(test->dir, path, NULL);

	kt_test_put(test, path, text);
	g_assert_cmpint(g_chmod(full, 0755), ==, 0);
}

/* A statically linked shell: with a dynamic one the folder would need the C library too. */
bool
kt_test_boot_can_run(void)
{
	g_autofree char *busybox = g_find_program_in_path("busybox");
	const char *const argv[] = {"ldd", busybox, NULL};
	g_autofree char *text = NULL;

	if (getuid() != 0) {
		g_test_skip("chroot(2) takes root");
		return false;
	}
	if (!busybox ||
	    !g_spawn_sync(NULL,
			  (char **)argv,
			  NULL,
			  G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
			  NULL,
			  NULL,
			  &text,
			  NULL,
			  NULL,
			  NULL) ||
	    strstr(text, "=>")) {
		g_test_skip("no statically linked busybox (busybox-static)");
		return false;
	}
	return true;
}

/* The stand-ins are busybox scripts in a root of their own. */
bool
kt_test_boot_can_chroot(void)
{
	g_autofree char *busybox = g_find_program_in_path("busybox");

	return getuid() == 0 && busybox;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Everything below a folder, as text that two looks at the same files agree on. */
static void
look_into(const char *path, const char *name, GString *seen)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GStatBuf info = {0};

	g_assert_cmpint(g_lstat(path, &info), ==, 0);
	g_string_append_printf(seen, "%s %o %u:%u", name, info.st_mode, info.st_uid, info.st_gid);
	if (S_ISREG(info.st_mode)) {
		g_autofree char *text = NULL;
		g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
		g_string_append_printf(seen, "\n%s", text);
	}
	g_string_append_c(seen, '\n');
	for (const char *child = dir ? g_dir_read_name(dir) : NULL; child;
	     child = g_dir_read_name(dir))
		g_ptr_array_add(names, g_strdup(child));
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *full = g_build_filename(path, names->pdata[i], NULL);
		look_into(full, names->pdata[i], seen);
	}
}

char *
kt_test_boot_look(const KtTestChange *test)
{
	GString *seen = g_string_new(NULL);
	static const char *const folders[] = {"etc", "boot"};

	for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *path = g_build_filename(test->dir, folders[i], NULL);
		look_into(path, folders[i], seen);
	}
	return g_string_free(seen, FALSE);
}

const KtTestEdit *
kt_test_boot_argument(const char *key, const char *from, const char *to)
{
	static KtTestEdit rows[2];

	rows[0] = (KtTestEdit){
		.group = 1, .knob = KT_KNOB_BOOT_ARG, .path = key, .from = from, .to = to};
	return rows;
}

/* The entries that a file of the boot loader has: how many of them hold @text? */
unsigned
kt_test_boot_count(const KtTestChange *test, const char *path, const char *text)
{
	g_autofree char *all = kt_test_get(test, path);
	g_auto(GStrv) parts = g_strsplit(all, text, -1);

	return g_strv_length(parts) - 1;
}

void
kt_test_boot_refused(KtTestChange *test, int code, const char *words)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *before = kt_test_boot_look(test);
	g_autoptr(KtTxn) txn G_GNUC_UNUSED =
		kt_test_apply(test, kt_test_boot_argument("isolcpus", NULL, "2-3"), &error);
	g_autofree char *after = kt_test_boot_look(test);

	g_assert_error(error, KT_ERROR, code);
	if (!strstr(error->message, words))
		g_error("'%s' does not say '%s'", error->message, words);
	g_assert_cmpstr(after, ==, before);
}

void
kt_test_boot_undo(KtTestChange *test, uint32_t id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtTxn) txn = kt_test_undo(test, id, &error);

	g_assert_no_error(error);
	g_assert_cmpint(txn->state, ==, KT_TXN_UNDONE);
	g_assert_cmpint(txn->steps[0].outcome, !=, KT_OUTCOME_FOREIGN);
}

const KtTestBootChange kt_test_boot_changes[] = {
	{.key = "isolcpus", .to = "domain,2-7", .text = "isolcpus=domain,2-7"},
	{.key = "nosmt", .to = "", .text = "nosmt"},
	{.key = "mitigations", .from = "auto", .to = "off", .text = "mitigations=off"},
	{.key = "mitigations", .from = "auto"},
	{.key = "quiet", .from = ""},
};

const size_t kt_test_boot_n_changes = G_N_ELEMENTS(kt_test_boot_changes);
