/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-file.h"
#include "kt-test-change.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Files of the machine: read with all that belongs to them, replaced whole. */

#define XATTR "user.kvmtune"

static void
setup(KtTestChange *test, const void *data)
{
	kt_test_change_init(test);
	kt_test_put(test, "/etc/a.conf", "old\n");
}

static void
teardown(KtTestChange *test, const void *data)
{
	kt_test_change_clear(test);
}

static char *
full(const KtTestChange *test, const char *path)
{
	return g_build_filename(test->dir, path, NULL);
}

static GStatBuf
stat_of(const KtTestChange *test, const char *path)
{
	g_autofree char *name = full(test, path);
	GStatBuf info = {0};

	g_assert_cmpint(g_stat(name, &info), ==, 0);
	return info;
}

static KtBlob *
read_blob(const KtTestChange *test, const char *path)
{
	g_autoptr(GError) error = NULL;
	KtBlob *blob = kt_file_read(test->root, path, &error);

	g_assert_no_error(error);
	return blob;
}

static void
put_text(const KtTestChange *test, const char *path, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	const KtBlob blob = {
		.path = (char *)path,
		.exists = true,
		.bytes = bytes,
		.mode = 0644,
		.uid = getuid(),
		.gid = getgid(),
	};

	bool ok = kt_file_put(test->root, &blob, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
put_absent(const KtTestChange *test, const char *path, bool is_dir)
{
	g_autoptr(GError) error = NULL;
	const KtBlob blob = {.path = (char *)path, .is_dir = is_dir};

	bool ok = kt_file_put(test->root, &blob, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

/* Owner, permissions and attributes come back, not only the bytes. */
static void
test_all_of_it(KtTestChange *test, const void *data)
{
	g_autofree char *path = full(test, "/etc/a.conf");
	char value[8] = "";
	bool is_root = getuid() == 0;
	bool has_xattr = setxattr(path, XATTR, "a\0b", 3, 0) == 0;

	g_assert_cmpint(g_chmod(path, 04751), ==, 0);
	if (is_root) {
		g_assert_cmpint(chown(path, 12, 34), ==, 0);
		g_assert_cmpint(g_chmod(path, 04751), ==, 0);
	}
	g_autoptr(KtBlob) before = read_blob(test, "/etc/a.conf");
	put_text(test, "/etc/a.conf", "new\n");
	g_assert_cmpuint(stat_of(test, "/etc/a.conf").st_mode & 07777, ==, 0644);

	g_autoptr(GError) error = NULL;
	g_assert_true(kt_file_put(test->root, before, &error));
	kt_test_assert_file(test, "/etc/a.conf", "old\n");
	g_assert_cmpuint(stat_of(test, "/etc/a.conf").st_mode & 07777, ==, 04751);
	if (is_root) {
		g_assert_cmpuint(stat_of(test, "/etc/a.conf").st_uid, ==, 12);
		g_assert_cmpuint(stat_of(test, "/etc/a.conf").st_gid, ==, 34);
	}
	if (has_xattr) {
		g_assert_cmpint(getxattr(path, XATTR, value, sizeof(value)), ==, 3);
		g_assert_cmpmem(value, 3, "a\0b", 3);
	}
}

static void
test_absent(KtTestChange *test, const void *data)
{
	g_autoptr(KtBlob) blob = read_blob(test, "/etc/none.conf");
	g_autoptr(KtBlob) deep = read_blob(test, "/etc/none.d/none.conf");

	g_assert_false(blob->exists);
	g_assert_false(deep->exists);
	put_absent(test, "/etc/none.conf", /* is_dir= */ false);
	put_absent(test, "/etc/none.d/none.conf", /* is_dir= */ false);
	put_absent(test, "/etc/a.conf", /* is_dir= */ false);
	kt_test_assert_file(test, "/etc/a.conf", NULL);
}

static void
test_new_folder(KtTestChange *test, const void *data)
{
	mode_t old = umask(077);

	put_text(test, "/etc/new.d/b.conf", "b\n");
	kt_test_assert_file(test, "/etc/new.d/b.conf", "b\n");
	(void)umask(old);
	g_assert_cmpuint(stat_of(test, "/etc/new.d").st_mode & 07777, ==, 0755);
	g_assert_cmpuint(stat_of(test, "/etc/new.d/b.conf").st_mode & 07777, ==, 0644);

	put_absent(test, "/etc/new.d", /* is_dir= */ true);
	kt_test_assert_file(test, "/etc/new.d/b.conf", "b\n");
	put_absent(test, "/etc/new.d/b.conf", /* is_dir= */ false);
	put_absent(test, "/etc/new.d", /* is_dir= */ true);
	g_autofree char *path = full(test, "/etc/new.d");
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* One folder may have to be made, not a tree: that would be no configuration of this host. */
static void
test_no_tree(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = g_bytes_new("x", 1);
	const KtBlob blob = {.path = (char *)"/etc/a/b/c", .exists = true, .bytes = bytes};

	g_assert_false(kt_file_put(test->root, &blob, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_NOT_FOUND);
}

static void
add_link(const KtTestChange *test, const char *path, const char *target)
{
	g_autofree char *link = full(test, path);

	g_assert_cmpint(symlink(target, link), ==, 0);
}

static void
test_links(KtTestChange *test, const void *data)
{
	kt_test_put(test, "/usr/share/c", "target\n");
	add_link(test, "/etc/relative", "../usr/share/c");
	add_link(test, "/etc/absolute", "/usr/share/c");
	add_link(test, "/etc/twice", "relative");
	add_link(test, "/etc/escape", "../../../../usr/share/c");

	put_text(test, "/etc/relative", "1\n");
	kt_test_assert_file(test, "/usr/share/c", "1\n");
	put_text(test, "/etc/twice", "2\n");
	kt_test_assert_file(test, "/usr/share/c", "2\n");

	/* An absolute link is one inside the root. */
	put_text(test, "/etc/absolute", "3\n");
	kt_test_assert_file(test, "/usr/share/c", "3\n");
	put_text(test, "/etc/escape", "4\n");
	kt_test_assert_file(test, "/usr/share/c", "4\n");

	g_autofree char *link = full(test, "/etc/twice");
	g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
}

static void
assert_refused(const KtTestChange *test, const char *path, int code)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtBlob) blob = kt_file_read(test->root, path, &error);

	g_assert_null(blob);
	g_assert_error(error, KT_ERROR, code);
}

static void
test_not_regular(KtTestChange *test, const void *data)
{
	g_autofree char *fifo = full(test, "/etc/fifo");

	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	add_link(test, "/etc/loop", "loop");
	assert_refused(test, "/etc/fifo", KT_ERROR_UNSUPPORTED);
	assert_refused(test, "/etc", KT_ERROR_UNSUPPORTED);
	assert_refused(test, "/etc/loop", KT_ERROR_IO);
}

static void
test_sweep(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = full(test, "/etc/.b.conf.kvmtune-tmp");

	kt_test_put(test, "/etc/.a.conf.kvmtune-tmp", "half");
	kt_test_put(test, "/etc/.c.conf.kvmtune-tmp", "of another file");
	g_assert_cmpint(g_mkdir(folder, 0755), ==, 0);
	g_assert_true(kt_file_sweep(test->root, "/etc/a.conf", &error));
	g_assert_true(kt_file_sweep(test->root, "/etc/b.conf", &error));
	g_assert_true(kt_file_sweep(test->root, "/etc/none.d/d.conf", &error));
	g_assert_no_error(error);
	kt_test_assert_file(test, "/etc/.a.conf.kvmtune-tmp", NULL);
	kt_test_assert_file(test, "/etc/.c.conf.kvmtune-tmp", "of another file");
	kt_test_assert_file(test, "/etc/a.conf", "old\n");
	g_assert_true(g_file_test(folder, G_FILE_TEST_IS_DIR));
}

/* A file that stands where ours is written first must not be followed or kept. */
static void
test_hostile_temp(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = g_bytes_new("x", 1);
	const KtBlob blob = {.path = (char *)"/etc/a.conf", .exists = true, .bytes = bytes};

	kt_test_put(test, "/etc/victim", "theirs\n");
	add_link(test, "/etc/.a.conf.kvmtune-tmp", "victim");
	g_assert_false(kt_file_put(test->root, &blob, &error));
	kt_test_assert_file(test, "/etc/victim", "theirs\n");
	kt_test_assert_file(test, "/etc/a.conf", "old\n");
	/* The link was in the way, not ours: it went with the failed try. */
	put_text(test, "/etc/a.conf", "new\n");
}

static void
test_empty(KtTestChange *test, const void *data)
{
	put_text(test, "/etc/a.conf", "");
	g_autoptr(KtBlob) blob = read_blob(test, "/etc/a.conf");
	g_assert_true(blob->exists);
	g_assert_cmpuint(g_bytes_get_size(blob->bytes), ==, 0);
}

#define ADD(name, func) g_test_add("/file/" name, KtTestChange, NULL, setup, func, teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("comes-back-with-all-of-it", test_all_of_it);
	ADD("absent", test_absent);
	ADD("new-folder", test_new_folder);
	ADD("no-tree-is-made", test_no_tree);
	ADD("links", test_links);
	ADD("not-a-regular-file", test_not_regular);
	ADD("sweep", test_sweep);
	ADD("link-in-the-way", test_hostile_temp);
	ADD("empty", test_empty);
	return g_test_run();
}
