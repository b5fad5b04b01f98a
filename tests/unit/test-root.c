/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/*
 * Reading below a root. Every test runs twice: with openat2 and with the walk that replaces it, on
 * the same tree, so the two cannot differ.
 */

#include "kt-fd.h"
#include "kt-root.h"
#include "kt-rootdir.h"

#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Tree {
	char *outside; /* holds "secret" and the root */
	char *inside;
	KtRoot *root;
	const KtRootDir *dir; /* of root */
} Tree;

static const bool with_openat2 = true;
static const bool with_walk = false;

static void
put(const char *at, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(at, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
put_link(const char *at, const char *name, const char *target)
{
	g_autofree char *path = g_build_filename(at, name, NULL);

	g_assert_cmpint(symlink(target, path), ==, 0);
}

static KtRoot *
open_root(const char *path, bool uses_openat2, const KtRootDir **ret_dir)
{
	KtRootDir *dir = kt_rootdir_open(path, NULL);

	g_assert_nonnull(dir);
	kt_rootdir_set_openat2(dir, uses_openat2);
	*ret_dir = dir;
	return kt_root_new(&kt_rootdir_ops, dir);
}

static void
tree_setup(Tree *tree, const void *uses_openat2)
{
	tree->outside = g_dir_make_tmp("kvmtune-root-XXXXXX", NULL);
	tree->inside = g_build_filename(tree->outside, "root", NULL);
	put(tree->outside, "secret", "outside\n");
	put(tree->inside, "a/b/file", " 42 \n");
	put(tree->inside, "a/secret", "inside\n");
	put(tree->inside, "secret", "inside\n");
	tree->root = open_root(tree->inside, *(const bool *)uses_openat2, &tree->dir);
}

static int
remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
	return remove(path);
}

static void
tree_teardown(Tree *tree, const void *data)
{
	kt_root_free(tree->root);
	g_assert_cmpint(nftw(tree->outside, remove_one, 16, FTW_DEPTH | FTW_PHYS), ==, 0);
	g_free(tree->inside);
	g_free(tree->outside);
}

static void
assert_reads(KtRoot *root, const char *path, const char *expected)
{
	g_autofree char *text = NULL;

	g_test_message("%s", path);
	g_assert_cmpstr(kt_state_name(kt_root_read_line(root, path, &text)), ==, "value");
	g_assert_cmpstr(text, ==, expected);
}

static void
assert_state(KtRoot *root, const char *path, KtState expected)
{
	g_autofree char *text = NULL;

	g_test_message("%s", path);
	g_assert_cmpstr(
		kt_state_name(kt_root_read(root, path, &text, NULL)), ==, kt_state_name(expected));
	g_assert_null(text);
}

static void
test_read(Tree *tree, const void *data)
{
	g_autofree char *text = NULL;
	size_t length = 0;
	uint64_t number = 0;

	g_assert_cmpint(kt_root_read(tree->root, "/a/b/file", &text, &length), ==, KT_STATE_VALUE);
	g_assert_cmpstr(text, ==, " 42 \n");
	g_assert_cmpuint(length, ==, 5);
	g_assert_cmpint(kt_root_read_u64(tree->root, "/a/b/file", &number), ==, KT_STATE_VALUE);
	g_assert_cmpuint(number, ==, 42);
	assert_reads(tree->root, "a/b/file", "42");
	assert_reads(tree->root, "//a//./b/../b/file", "42");
	assert_state(tree->root, "/a/none", KT_STATE_ABSENT);
	assert_state(tree->root, "/a/b/file/x", KT_STATE_ABSENT);
	assert_state(tree->root, "/a/b/file/", KT_STATE_ABSENT);
	assert_state(tree->root, "/a/b", KT_STATE_BROKEN);
	assert_state(tree->root, "/", KT_STATE_BROKEN);
	g_assert_false(kt_root_is_live(tree->root));
	g_assert_cmpstr(kt_root_path(tree->root), ==, tree->inside);
}

static void
test_bad_numbers(Tree *tree, const void *data)
{
	static const char *const texts[] = {
		"", "\n", "-1\n", "18446744073709551616\n", "0x10\n", "1 2"};
	uint64_t number = 7;

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		put(tree->inside, "number", texts[i]);
		g_assert_cmpint(
			kt_root_read_u64(tree->root, "/number", &number), ==, KT_STATE_BROKEN);
		g_assert_cmpuint(number, ==, 7);
	}
	put(tree->inside, "number", "18446744073709551615\n");
	g_assert_cmpint(kt_root_read_u64(tree->root, "/number", &number), ==, KT_STATE_VALUE);
	g_assert_cmpuint(number, ==, UINT64_MAX);
}

/* What chroot(2) would make of these; a walk that forgets where a link stands fails here. */
static void
test_links(Tree *tree, const void *data)
{
	static const struct {
		const char *name;
		const char *target;
		const char *expected;
	} rows[] = {
		{.name = "plain", .target = "a/b/file", .expected = "42"},
		{.name = "absolute", .target = "/a/b/file", .expected = "42"},
		{.name = "a/b/up", .target = "../secret", .expected = "inside"},
		{.name = "a/b/up-twice", .target = "../../a/b/file", .expected = "42"},
		{.name = "a/b/escape", .target = "../../../../../../secret", .expected = "inside"},
		{.name = "a/escape", .target = "/../../secret", .expected = "inside"},
		{.name = "to-link", .target = "a/b/up", .expected = "inside"},
		{.name = "dir", .target = "a/b", .expected = NULL},
		{.name = "a/absolute-dir", .target = "/a/b/", .expected = NULL},
		{.name = "through", .target = "dir/../secret", .expected = "inside"},
		{.name = "through-absolute",
		 .target = "a/absolute-dir/../b/file",
		 .expected = "42"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		put_link(tree->inside, rows[i].name, rows[i].target);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].expected)
			assert_reads(tree->root, rows[i].name, rows[i].expected);
	}
	assert_reads(tree->root, "/dir/file", "42");
	assert_reads(tree->root, "/a/absolute-dir/file", "42");
	/* '..' after a link goes to the parent of its target, as in the kernel. */
	assert_reads(tree->root, "/dir/../secret", "inside");
	assert_state(tree->root, "/dir/../b/../../a/b/none", KT_STATE_ABSENT);
	assert_reads(tree->root, "/../../../secret", "inside");
	assert_state(tree->root, "/plain/", KT_STATE_ABSENT);
}

static void
test_link_loops(Tree *tree, const void *data)
{
	put_link(tree->inside, "self", "self");
	put_link(tree->inside, "ping", "a/pong");
	put_link(tree->inside, "a/pong", "/ping");
	put_link(tree->inside, "grow", "grow/grow");
	put_link(tree->inside, "dangling", "nowhere");
	assert_state(tree->root, "/self", KT_STATE_BROKEN);
	assert_state(tree->root, "/ping", KT_STATE_BROKEN);
	assert_state(tree->root, "/self/x", KT_STATE_BROKEN);
	assert_state(tree->root, "/grow", KT_STATE_BROKEN);
	assert_state(tree->root, "/dangling", KT_STATE_ABSENT);
}

/* 40 links in a row are followed, 41 are not (path_resolution(7)). */
static void
test_link_limit(Tree *tree, const void *data)
{
	put_link(tree->inside, "1", "secret");
	for (unsigned i = 2; i <= 41; i++) {
		g_autofree char *name = g_strdup_printf("%u", i);
		g_autofree char *target = g_strdup_printf("%u", i - 1);
		put_link(tree->inside, name, target);
	}
	assert_reads(tree->root, "/40", "inside");
	assert_state(tree->root, "/41", KT_STATE_BROKEN);
}

static void
test_link_target(Tree *tree, const void *data)
{
	g_autofree char *target = NULL;
	char *none = NULL;

	put_link(tree->inside, "a/link", "/a/b/../b/file");
	put_link(tree->inside, "a/dangling", "nowhere");
	g_assert_cmpint(kt_root_link(tree->root, "/a/link", &target), ==, KT_STATE_VALUE);
	g_assert_cmpstr(target, ==, "/a/b/../b/file");
	g_clear_pointer(&target, g_free);
	g_assert_cmpint(kt_root_link(tree->root, "/a/dangling", &target), ==, KT_STATE_VALUE);
	g_assert_cmpstr(target, ==, "nowhere");
	g_assert_cmpint(kt_root_link(tree->root, "/a/b/file", &none), ==, KT_STATE_ABSENT);
	g_assert_cmpint(kt_root_link(tree->root, "/a/b", &none), ==, KT_STATE_ABSENT);
	g_assert_cmpint(kt_root_link(tree->root, "/a/none", &none), ==, KT_STATE_ABSENT);
	g_assert_null(none);
}

static void
test_list_and_mode(Tree *tree, const void *data)
{
	g_auto(GStrv) names = NULL;
	uint32_t mode = 0;

	put(tree->inside, "a/Z", "");
	put(tree->inside, "a/.hidden", "");
	put_link(tree->inside, "a/link", "b/file");
	g_assert_cmpint(kt_root_list(tree->root, "/a", &names), ==, KT_STATE_VALUE);
	g_autofree char *joined = g_strjoinv(" ", names);
	g_assert_cmpstr(joined, ==, ".hidden Z b link secret");
	g_assert_cmpint(kt_root_list(tree->root, "/a/b/file", &names), ==, KT_STATE_ABSENT);
	g_assert_cmpint(kt_root_list(tree->root, "/none", &names), ==, KT_STATE_ABSENT);

	g_autofree char *path = g_build_filename(tree->inside, "a/b/file", NULL);
	g_assert_cmpint(chmod(path, 0451), ==, 0);
	g_assert_cmpint(kt_root_mode(tree->root, "/a/link", &mode), ==, KT_STATE_VALUE);
	g_assert_cmpuint(mode, ==, S_IFREG | 0451);
	g_assert_cmpint(kt_root_mode(tree->root, "/", &mode), ==, KT_STATE_VALUE);
	g_assert_true(S_ISDIR(mode));
}

/* With and without a writer: opening must not wait, reading must not either. */
static void
test_fifo(Tree *tree, const void *data)
{
	g_autofree char *path = g_build_filename(tree->inside, "fifo", NULL);

	g_assert_cmpint(mkfifo(path, 0600), ==, 0);
	assert_state(tree->root, "/fifo", KT_STATE_BROKEN);
	kt_autofd writer = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	g_assert_cmpint(writer, >=, 0);
	assert_state(tree->root, "/fifo", KT_STATE_BROKEN);
}

/* Links of procfs jump to open objects without a path lookup, out of any root. */
static void
test_magic_links(Tree *tree, const void *uses_openat2)
{
	const KtRootDir *dir = NULL;
	g_autoptr(KtRoot) proc = open_root("/proc", *(const bool *)uses_openat2, &dir);
	kt_autofd secret = -1;
	g_autofree char *path = g_build_filename(tree->outside, "secret", NULL);
	g_autofree char *name = NULL;

	secret = open(path, O_RDONLY | O_CLOEXEC);
	name = g_strdup_printf("/self/fd/%d", secret);
	assert_state(proc, name, KT_STATE_BROKEN);
	assert_state(proc, "/self/exe", KT_STATE_BROKEN);
	assert_state(proc, "/self/cwd/passwd", KT_STATE_BROKEN);
	assert_state(proc, "/self/root/etc/passwd", KT_STATE_BROKEN);
	assert_state(proc, "/self/ns/mnt", KT_STATE_BROKEN);
	g_autofree char *mounts = NULL;
	g_assert_cmpint(kt_root_read(proc, "/mounts", &mounts, NULL), ==, KT_STATE_VALUE);
	g_assert_nonnull(strchr(mounts, '\n'));
}

static void
assert_errno(const KtRootDir *dir, const char *path, int flags, int expected)
{
	kt_autofd fd = kt_rootdir_open_file(dir, path, flags);

	g_test_message("%s", path);
	g_assert_cmpint(fd, ==, -1);
	g_assert_cmpstr(g_strerror(errno), ==, g_strerror(expected));
}

static void
test_create(Tree *tree, const void *data)
{
	g_autofree char *path = g_build_filename(tree->inside, "a/new", NULL);
	struct stat info;

	put_link(tree->inside, "dangling", "/a/new");
	assert_errno(tree->dir, "/dangling", O_WRONLY | O_CREAT | O_EXCL, EEXIST);
	assert_errno(tree->dir, "/dangling", O_RDONLY | O_NOFOLLOW, ELOOP);
	assert_errno(tree->dir, "/secret", O_WRONLY | O_CREAT | O_EXCL, EEXIST);
	assert_errno(tree->dir, "/a", O_WRONLY, EISDIR);

	kt_autofd fd = kt_rootdir_open_file(tree->dir, "/dangling", O_WRONLY | O_CREAT);
	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(stat(path, &info), ==, 0);
	g_assert_cmpint(fcntl(fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
}

static size_t
count_fds(void)
{
	g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
	size_t count = 0;

	while (g_dir_read_name(dir))
		count++;
	return count;
}

static void
test_deep(Tree *tree, const void *data)
{
	g_autoptr(GString) deep = g_string_new(NULL);
	g_autofree char *target = NULL;

	for (unsigned i = 0; i < 40; i++)
		g_string_append(deep, "d/");
	g_string_append(deep, "file");
	put(tree->inside, deep->str, "deep");
	size_t before = count_fds();
	assert_reads(tree->root, deep->str, "deep");

	target = g_strnfill(3000, 'x');
	put_link(tree->inside, "long", target);
	assert_state(tree->root, "/long", KT_STATE_BROKEN);
	assert_state(tree->root, "/a/b/../../a/none/x", KT_STATE_ABSENT);
	g_assert_cmpuint(count_fds(), ==, before);
}

static void
test_limit(Tree *tree, const void *data)
{
	g_autofree char *path = g_build_filename(tree->inside, "large", NULL);

	put(tree->inside, "large", "");
	g_assert_cmpint(truncate(path, KT_ROOT_MAX_BYTES + 1), ==, 0);
	assert_state(tree->root, "/large", KT_STATE_BROKEN);
}

static void
test_open_errors(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(kt_root_open("/nowhere/at/all", &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_null(kt_root_open("/proc/version", &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_IO);
}

static void
test_live(void)
{
	g_autoptr(KtRoot) root = kt_root_open("/", NULL);
	g_autofree char *line = NULL;
	g_autofree char *expected = NULL;

	g_assert_true(kt_root_is_live(root));
	g_assert_cmpstr(kt_root_path(root), ==, "/");
	g_assert_cmpint(kt_root_read_line(root, "/proc/version", &line), ==, KT_STATE_VALUE);
	g_assert_true(g_file_get_contents("/proc/version", &expected, NULL, NULL));
	g_assert_cmpstr(line, ==, g_strstrip(expected));
}

static void
add(const char *name, void (*test)(Tree *tree, const void *data))
{
	g_autofree char *openat2 = g_strconcat("/root/openat2/", name, NULL);
	g_autofree char *walk = g_strconcat("/root/walk/", name, NULL);

	g_test_add(openat2, Tree, &with_openat2, tree_setup, test, tree_teardown);
	g_test_add(walk, Tree, &with_walk, tree_setup, test, tree_teardown);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("read", test_read);
	add("bad-numbers", test_bad_numbers);
	add("links", test_links);
	add("link-loops", test_link_loops);
	add("link-limit", test_link_limit);
	add("link-target", test_link_target);
	add("list-and-mode", test_list_and_mode);
	add("fifo", test_fifo);
	add("magic-links", test_magic_links);
	add("create", test_create);
	add("deep", test_deep);
	add("limit", test_limit);
	g_test_add_func("/root/open-errors", test_open_errors);
	g_test_add_func("/root/live", test_live);
	return g_test_run();
}
