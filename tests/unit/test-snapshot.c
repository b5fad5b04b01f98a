/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Taking a snapshot and using it: what comes out is what went in, on every way. */

#include "kt-escape.h"
#include "kt-snapshot-archive.h"
#include "kt-snapshot.h"
#include "kt-source.h"
#include "kt-test-host.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* All that can be asked about one path. */
typedef struct Answers {
	KtState read, list, link, mode;
	char *text;
	size_t length;
	char **names;
	char *target;
	uint32_t st_mode;
} Answers;

static void
answers_clear(Answers *answers)
{
	g_free(answers->text);
	g_strfreev(answers->names);
	g_free(answers->target);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answers, answers_clear)

static void
ask(KtRoot *root, const char *path, Answers *ret_answers)
{
	Answers answers = {.length = 0};

	answers.read = kt_root_read(root, path, &answers.text, &answers.length);
	answers.list = kt_root_list(root, path, &answers.names);
	answers.link = kt_root_link(root, path, &answers.target);
	answers.mode = kt_root_mode(root, path, &answers.st_mode);
	*ret_answers = answers;
}

static void
assert_same(KtRoot *a, KtRoot *b, const char *path)
{
	g_auto(Answers) one = {0}, two = {0};

	ask(a, path, &one);
	ask(b, path, &two);
	g_assert_cmpint(one.read, ==, two.read);
	g_assert_cmpmem(one.text, one.length, two.text, two.length);
	g_assert_cmpint(one.list, ==, two.list);
	if (one.names || two.names)
		g_assert_cmpstrv(one.names, two.names);
	g_assert_cmpint(one.link, ==, two.link);
	g_assert_cmpstr(one.target, ==, two.target);
	g_assert_cmpint(one.mode, ==, two.mode);
	g_assert_cmpuint(one.st_mode, ==, two.st_mode);
}

static void
assert_same_host(KtRoot *a, KtRoot *b)
{
	for (const KtTestAnswer *row = kt_test_host; row->path; row++)
		assert_same(a, b, row->path);
	assert_same(a, b, "/not/there");
}

/* A snapshot of the test host, not yet written. */
static KtSnapshot *
take(void)
{
	KtSnapshot *snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) host = kt_test_root(kt_test_host);
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, host);
	g_autoptr(KtJson) virt = kt_test_virt();

	for (const KtTestAnswer *row = kt_test_host; row->path; row++) {
		g_auto(Answers) answers = {0};
		ask(recorder, row->path, &answers);
	}
	kt_snapshot_set_virt(snapshot, virt);
	kt_snapshot_set_topology(snapshot, kt_test_topology);
	return snapshot;
}

static void
test_record_is_the_host(void)
{
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) host = kt_test_root(kt_test_host);
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, host);
	g_autoptr(KtRoot) replay = kt_snapshot_replay(snapshot);

	for (const KtTestAnswer *row = kt_test_host; row->path; row++)
		if (!g_str_equal(row->path, "/proc/1/environ"))
			assert_same(host, recorder, row->path);
	assert_same_host(recorder, replay);
}

static void
test_record_hides_environment(void)
{
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) host = kt_test_root(kt_test_host);
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, host);
	char *text = NULL;

	g_assert_cmpint(
		kt_root_read(recorder, "/proc/1/environ", &text, NULL), ==, KT_STATE_DENIED);
	g_assert_cmpint(kt_snapshot_find(snapshot, "/proc/1/environ")->read, ==, KT_STATE_DENIED);
}

/* Its path is the only one that ends in a slash. */
static void
test_root_directory(void)
{
	static const KtTestAnswer rows[] = {{.path = "/", .names = "etc proc"}, {.path = NULL}};
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) host = kt_test_root(rows);
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, host);
	g_autoptr(GError) error = NULL;

	assert_same(host, recorder, "/");
	g_autoptr(KtMembers) members = kt_snapshot_to_members(snapshot, &error);
	g_assert_no_error(error);
	g_autoptr(KtSnapshot) again = kt_snapshot_from_members(members, true, "test", &error);
	g_assert_no_error(error);
	g_autoptr(KtRoot) replay = kt_snapshot_replay(again);
	assert_same(recorder, replay, "/");
}

/* A file that changes between two reads is what it was at first, in the run and in its snapshot. */
static void
test_record_asks_once(void)
{
	char *dir = kt_test_dir();
	g_autofree char *path = g_build_filename(dir, "counter", NULL);
	g_autoptr(KtRoot) host = kt_root_open(dir, NULL);
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, host);
	uint64_t number = 0;

	g_assert_true(g_file_set_contents(path, "1\n", -1, NULL));
	g_assert_cmpint(kt_root_read_u64(recorder, "/counter", &number), ==, KT_STATE_VALUE);
	g_assert_true(g_file_set_contents(path, "2\n", -1, NULL));
	g_assert_cmpint(kt_root_read_u64(recorder, "//./counter", &number), ==, KT_STATE_VALUE);
	g_assert_cmpuint(number, ==, 1);
	g_assert_cmpstr(kt_root_path(recorder), ==, dir);
	g_assert_false(kt_root_is_live(recorder));
	kt_test_remove(dir);
}

static void
test_record_is_live(void)
{
	g_autoptr(KtRoot) live = kt_root_open("/", NULL);
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, live);
	g_autoptr(KtRoot) replay = kt_snapshot_replay(snapshot);

	g_assert_true(kt_root_is_live(recorder));
	g_assert_false(kt_root_is_live(replay));
	g_assert_cmpint(kt_root_dirfd(replay), ==, -1);
	g_assert_cmpint(kt_root_open_file(replay, "/proc", O_RDONLY), ==, -1);
	g_assert_cmpint(errno, ==, EROFS);
}

static void
test_record_limit(void)
{
	char *dir = kt_test_dir();
	g_autofree char *path = g_build_filename(dir, "large", NULL);
	g_autofree char *file = g_build_filename(dir, "snapshot", NULL);
	g_autoptr(KtRoot) host = kt_root_open(dir, NULL);
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, host);
	g_autofree char *zeros = g_strnfill(KT_ROOT_MAX_BYTES, '0');
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, zeros, (gssize)KT_ROOT_MAX_BYTES, NULL));
	for (unsigned i = 0; i < 6; i++) {
		g_autofree char *alias = g_strdup_printf("/large%u", i);
		g_autofree char *text = NULL;
		g_autofree char *link = g_build_filename(dir, alias, NULL);
		g_assert_cmpint(symlink("large", link), ==, 0);
		g_assert_cmpint(kt_root_read(recorder, alias, &text, NULL), ==, KT_STATE_VALUE);
	}
	g_assert_false(kt_snapshot_write(snapshot, false, file, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_LIMIT);
	g_assert_nonnull(strstr(error->message, "'/large4'"));
	g_assert_cmpint(access(file, F_OK), ==, -1);
	kt_test_remove(dir);
}

static void
test_members_round_trip(void)
{
	g_autoptr(KtSnapshot) snapshot = take();
	g_autoptr(KtMembers) members = kt_snapshot_to_members(snapshot, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(KtSnapshot) again = kt_snapshot_from_members(members, true, "test", &error);
	g_autoptr(KtRoot) before = kt_snapshot_replay(snapshot);

	g_assert_no_error(error);
	g_autoptr(KtRoot) after = kt_snapshot_replay(again);
	assert_same_host(before, after);
	g_assert_true(json_equal(snapshot->virt, again->virt));
	g_assert_cmpstr(again->topology_xml, ==, kt_test_topology);
	g_assert_cmpstr(again->meta.tool_version, ==, "1.2.3");
	g_assert_cmpint(again->meta.created_us, ==, snapshot->meta.created_us);
	g_assert_nonnull(kt_members_get(members, "virt/1-payroll-db.live.xml"));
	g_assert_nonnull(kt_members_get(members, "virt/2-vm.inactive.xml"));
	g_assert_nonnull(kt_members_get(members, "root/proc/meminfo"));
	g_assert_nonnull(kt_members_get(members, "root/etc/b%C3%A4r%2520/%2E%2E"));
}

static GBytes *
read_file(const char *path)
{
	char *text = NULL;
	size_t length = 0;

	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	return g_bytes_new_take(text, length);
}

static void
test_write(void)
{
	char *dir = kt_test_dir();
	g_autofree char *file = g_build_filename(dir, "host.tar.gz", NULL);
	g_autofree char *other = g_build_filename(dir, "other.tar.gz", NULL);
	g_autofree char *link = g_build_filename(dir, "link", NULL);
	g_autoptr(KtSnapshot) snapshot = take();
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) listing = NULL;
	struct stat info;

	g_assert_true(kt_snapshot_write(snapshot, false, file, &error));
	g_assert_no_error(error);
	g_assert_cmpint(stat(file, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 0777, ==, 0600);

	/* The same snapshot is the same file; a link stays one. */
	g_assert_cmpint(symlink("other.tar.gz", link), ==, 0);
	g_assert_true(g_file_set_contents(other, "old", -1, NULL));
	g_assert_true(kt_snapshot_write(snapshot, false, link, &error));
	g_assert_no_error(error);
	g_autoptr(GBytes) one = read_file(file), two = read_file(other);
	g_assert_true(g_bytes_equal(one, two));
	g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));

	listing = g_dir_open(dir, 0, NULL);
	for (const char *name = g_dir_read_name(listing); name; name = g_dir_read_name(listing))
		g_assert_null(strstr(name, "kvmtune-snapshot"));

	g_autoptr(KtSnapshot) again = kt_snapshot_open(file, &error);
	g_assert_no_error(error);
	g_autoptr(KtRoot) before = kt_snapshot_replay(snapshot), after = kt_snapshot_replay(again);
	assert_same_host(before, after);
	kt_test_remove(dir);
}

static void
assert_write_fails(const char *path, int code)
{
	g_autoptr(KtSnapshot) snapshot = take();
	g_autoptr(GError) error = NULL;

	g_assert_false(kt_snapshot_write(snapshot, false, path, &error));
	g_assert_error(error, KT_ERROR, code);
	g_assert_nonnull(strstr(error->message, path));
}

static void
test_write_fails(void)
{
	char *dir = kt_test_dir();
	g_autofree char *missing = g_build_filename(dir, "no", "file", NULL);

	assert_write_fails("/dev/full", KT_ERROR_IO);
	assert_write_fails(dir, KT_ERROR_IO);
	assert_write_fails(missing, KT_ERROR_NOT_FOUND);
	assert_write_fails("/proc/kvmtune-snapshot", KT_ERROR_NOT_FOUND);
	kt_test_remove(dir);
}

/* A disk that is full in the middle: the old file is untouched and nothing is left over. In a
 * child, for the limit cannot be raised again by everybody. */
static void
test_write_full_disk(void)
{
	char *dir = kt_test_dir();
	g_autofree char *file = g_build_filename(dir, "host.tar.gz", NULL);
	struct rlimit small = {.rlim_cur = 700, .rlim_max = 700};
	g_autofree char *text = NULL;
	int status = -1;

	g_assert_true(g_file_set_contents(file, "old", -1, NULL));
	pid_t child = fork();
	if (child == 0) {
		g_autoptr(KtSnapshot) snapshot = take();
		(void)signal(SIGXFSZ, SIG_IGN);
		(void)setrlimit(RLIMIT_FSIZE, &small);
		_exit(kt_snapshot_write(snapshot, false, file, NULL) ? 1 : 0);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "old");
	g_assert_cmpint(unlink(file), ==, 0);
	g_assert_cmpint(rmdir(dir), ==, 0);
	g_free(dir);
}

/* To a pipe and from one: "kvmtune snapshot -o - | kvmtune audit --root -". */
static void
test_stdout_and_stdin(void)
{
	g_autoptr(KtSnapshot) snapshot = take();
	int saved_out = dup(STDOUT_FILENO), saved_in = dup(STDIN_FILENO);
	int ends[2] = {-1, -1};
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(pipe(ends), ==, 0);
	g_assert_cmpint(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20), >=, 0);
	fflush(stdout);
	dup2(ends[1], STDOUT_FILENO);
	bool is_written = kt_snapshot_write(snapshot, false, "-", &error);
	dup2(saved_out, STDOUT_FILENO);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	g_autoptr(KtSnapshot) again = is_written ? kt_snapshot_open("-", &error) : NULL;
	dup2(saved_in, STDIN_FILENO);
	close(ends[0]);
	close(saved_in);
	close(saved_out);
	g_assert_no_error(error);
	g_autoptr(KtRoot) before = kt_snapshot_replay(snapshot), after = kt_snapshot_replay(again);
	assert_same_host(before, after);
}

/* As `mkdir DIR && tar -C DIR -xzf FILE` leaves it. */
static void
unpack(KtMembers *members, const char *dir)
{
	g_autoptr(GPtrArray) names = kt_members_names(members);

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(dir, names->pdata[i], NULL);
		g_autofree char *parent = g_path_get_dirname(path);
		size_t length = 0;
		const char *text =
			g_bytes_get_data(kt_members_get(members, names->pdata[i]), &length);
		g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
		g_assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
	}
}

static void
test_source_kinds(void)
{
	char *dir = kt_test_dir();
	g_autofree char *unpacked = g_build_filename(dir, "unpacked", NULL);
	g_autofree char *archive = g_build_filename(dir, "archive", NULL);
	g_autofree char *notes = g_build_filename(unpacked, "notes.txt", NULL);
	g_autoptr(KtSnapshot) snapshot = take();
	g_autoptr(KtRoot) before = kt_snapshot_replay(snapshot);
	g_autoptr(GError) error = NULL;

	g_assert_true(kt_snapshot_write(snapshot, false, archive, NULL));
	g_autoptr(KtMembers) members = kt_snapshot_to_members(snapshot, NULL);
	unpack(members, unpacked);
	/* Something else may lie beside: it is not opened, so a link to anywhere does no harm. */
	g_assert_cmpint(symlink("/dev/zero", notes), ==, 0);

	g_autoptr(KtSource) live = kt_source_open("//", &error);
	g_assert_no_error(error);
	g_assert_cmpint(live->kind, ==, KT_SOURCE_LIVE);
	g_assert_true(kt_root_is_live(live->root));
	g_autoptr(KtSource) plain = kt_source_open(dir, &error);
	g_assert_no_error(error);
	g_assert_cmpint(plain->kind, ==, KT_SOURCE_DIRECTORY);
	g_assert_null(plain->snapshot);
	g_autoptr(KtSource) tree = kt_source_open(unpacked, &error);
	g_assert_no_error(error);
	g_assert_cmpint(tree->kind, ==, KT_SOURCE_SNAPSHOT);
	assert_same_host(before, tree->root);
	g_autoptr(KtSource) packed = kt_source_open(archive, &error);
	g_assert_no_error(error);
	g_assert_cmpint(packed->kind, ==, KT_SOURCE_SNAPSHOT);
	assert_same_host(before, packed->root);
	g_assert_true(json_equal(packed->snapshot->virt, tree->snapshot->virt));

	g_assert_null(kt_source_open("/not/there", &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_NOT_FOUND);
	kt_test_remove(dir);
}

static void
test_tree_refuses(void)
{
	char *dir = kt_test_dir();
	g_autofree char *manifest = g_build_filename(dir, KT_SNAPSHOT_MANIFEST, NULL);
	g_autofree char *root = g_build_filename(dir, "root", NULL);
	g_autofree char *inner = g_build_filename(root, "pipe", NULL);
	g_autoptr(GError) link_error = NULL, pipe_error = NULL;

	g_assert_true(g_file_set_contents(
		manifest, "{\"schema_version\":1,\"created\":\"2026-01-01T00:00:00Z\"}", -1, NULL));
	g_assert_cmpint(symlink("/proc", root), ==, 0);
	g_assert_null(kt_snapshot_open(dir, &link_error));
	g_assert_error(link_error, KT_ERROR, KT_ERROR_PARSE);
	g_assert_nonnull(strstr(link_error->message, "'root' is a link"));

	g_assert_cmpint(unlink(root), ==, 0);
	g_assert_cmpint(mkdir(root, 0700), ==, 0);
	g_assert_cmpint(mkfifo(inner, 0600), ==, 0);
	g_assert_null(kt_snapshot_open(dir, &pipe_error));
	g_assert_error(pipe_error, KT_ERROR, KT_ERROR_PARSE);
	kt_test_remove(dir);
}

static void
test_escape(void)
{
	static const char *const samples[] = {
		"",
		"/",
		"/a",
		"/a%b",
		"/a b",
		"/..",
		"/../x",
		"/.hidden",
		"/...",
		"/a\n\x7f\xff\x01",
		".",
		"..",
		"a\\x2db",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autofree char *text = kt_escape(samples[i]);
		g_autofree char *back = kt_unescape(text);
		g_assert_cmpstr(back, ==, samples[i]);
		g_assert_true(g_str_is_ascii(text));
	}
	g_assert_null(kt_unescape("%"));
	g_assert_null(kt_unescape("%4"));
	g_assert_null(kt_unescape("%00"));
	g_assert_null(kt_unescape("%zz"));
	g_assert_null(kt_unescape("%41"));
	g_assert_null(kt_unescape("/.."));
	g_assert_null(kt_unescape("%c3"));
}

/* Random bytes: what is escaped comes back. */
static void
test_escape_property(void)
{
	for (unsigned i = 0; i < 20000; i++) {
		char bytes[12] = "";
		static const char likely[] = "/.%\\aZ\xc3";
		for (size_t n = (size_t)g_test_rand_int_range(0, 11), k = 0; k < n; k++)
			bytes[k] = g_test_rand_bit() ? likely[g_test_rand_int_range(0, 7)]
						     : (char)g_test_rand_int_range(1, 256);
		g_autofree char *text = kt_escape(bytes);
		g_autofree char *back = kt_unescape(text);
		g_assert_cmpstr(back, ==, bytes);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/snapshot/record/is-the-host", test_record_is_the_host);
	g_test_add_func("/snapshot/record/hides-environment", test_record_hides_environment);
	g_test_add_func("/snapshot/record/asks-once", test_record_asks_once);
	g_test_add_func("/snapshot/record/is-live", test_record_is_live);
	g_test_add_func("/snapshot/record/limit", test_record_limit);
	g_test_add_func("/snapshot/record/root", test_root_directory);
	g_test_add_func("/snapshot/members", test_members_round_trip);
	g_test_add_func("/snapshot/write", test_write);
	g_test_add_func("/snapshot/write/fails", test_write_fails);
	g_test_add_func("/snapshot/write/full-disk", test_write_full_disk);
	g_test_add_func("/snapshot/pipe", test_stdout_and_stdin);
	g_test_add_func("/snapshot/source", test_source_kinds);
	g_test_add_func("/snapshot/tree/refuses", test_tree_refuses);
	g_test_add_func("/snapshot/escape", test_escape);
	g_test_add_func("/snapshot/escape/property", test_escape_property);
	return g_test_run();
}
