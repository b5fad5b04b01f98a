/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fd.h"
#include "kt-image-fetch.h"
#include "kt-mounts.h"
#include "kt-root.h"
#include "kt-snapshot-anonymise.h"
#include "kt-snapshot-redact.h"
#include "kt-snapshot.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/stat.h>

#define CLUSTER     512
#define DEADLINE_MS 30000

static char *dir;

static char *
in_dir(const char *name)
{
	return g_build_filename(dir, name, NULL);
}

static void
put_be(uint8_t *at, uint64_t number, size_t width)
{
	for (size_t i = 0; i < width; i++)
		at[i] = (uint8_t)(number >> (8 * (width - 1 - i)));
}

static void
write_file(const char *name, const void *bytes, size_t size)
{
	g_autofree char *path = in_dir(name);

	g_assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
}

/* A qcow2 of 1 MiB on @backing, whose format is @format unless NULL. */
static void
write_qcow2(const char *name, const char *backing, const char *format)
{
	uint8_t bytes[4 * CLUSTER] = "QFI\xfb";

	put_be(bytes + 4, 3, 4);
	put_be(bytes + 20, 9, 4);
	put_be(bytes + 24, 1 << 20, 8);
	put_be(bytes + 96, 4, 4);
	put_be(bytes + 100, 104, 4);
	if (format) {
		put_be(bytes + 104, 0xe2792aca, 4);
		put_be(bytes + 108, strlen(format), 4);
		memcpy(bytes + 112, format, strlen(format));
	}
	if (backing) {
		put_be(bytes + 8, 200, 8);
		put_be(bytes + 16, strlen(backing), 4);
		memcpy(bytes + 200, backing, strlen(backing));
	}
	write_file(name, bytes, sizeof(bytes));
}

static KtOptStr
known(KtFacts *facts, const char *text)
{
	return (KtOptStr){.v = kt_arena_strdup(facts->arena, text), .state = KT_STATE_VALUE};
}

/* Facts of one guest with one disk. */
static KtFacts *
make_facts(const char *name, const char *format)
{
	KtFacts *facts = kt_facts_new();
	g_autofree char *path = *name == '/' ? g_strdup(name) : in_dir(name);
	KtGuest *guest = kt_arena_new0(facts->arena, KtGuest, 1);
	KtDisk *disk = kt_arena_new0(facts->arena, KtDisk, 1);

	disk->source_type = known(facts, "file");
	disk->source = known(facts, path);
	disk->format = known(facts, format);
	guest->inactive.disks = (KtDiskList){.v = disk, .n = 1, .state = KT_STATE_VALUE};
	facts->guests = (KtGuestList){.v = guest, .n = 1, .state = KT_STATE_VALUE};
	return facts;
}

static void
look(KtFacts *facts)
{
	g_autoptr(KtJson) images = kt_image_fetch(facts, DEADLINE_MS);
	g_autoptr(GError) error = NULL;

	g_assert_true(kt_image_merge(facts, images, &error));
	g_assert_no_error(error);
	g_assert_cmpint(facts->images.state, ==, KT_STATE_VALUE);
}

static const KtImage *
find(const KtFacts *facts, const char *name)
{
	g_autofree char *path = in_dir(name);

	return kt_facts_find_image(facts, path);
}

/* Names in headers are meant from the folder of the overlay, and absolute in the facts. */
static void
test_chain(void)
{
	g_autofree char *base = in_dir("base");
	g_autoptr(KtFacts) facts = make_facts("top", "qcow2");

	write_file("base", "boot", 4);
	write_qcow2("middle", "./base", "raw");
	write_qcow2("top", "middle", "qcow2");
	look(facts);
	g_assert_cmpuint(facts->images.n, ==, 3);

	const KtImage *top = find(facts, "top");
	g_assert_nonnull(top);
	g_assert_true(kt_opt_is(top->kind, "file"));
	g_assert_true(kt_opt_is(top->format, "qcow2"));
	g_assert_cmpuint(top->version.v, ==, 3);
	g_assert_cmpuint(top->virtual_bytes.v, ==, 1 << 20);
	g_assert_cmpuint(top->size_bytes.v, ==, 4 * CLUSTER);
	g_assert_true(kt_opt_is(top->preallocation, "off"));
	g_assert_true(kt_known(top->filesystem) && kt_known(top->mount_options));
	g_assert_cmpstr(kt_facts_origin_text(facts, top->format.origin), ==, top->path.v);
	g_assert_true(g_str_has_suffix(top->backing.v, "/middle"));
	/* The same file, though not the same name. */
	g_autofree char *dotted = g_build_filename(dir, "./base", NULL);
	const KtImage *below = kt_facts_find_image(facts, dotted);
	g_assert_nonnull(below);
	g_assert_true(kt_opt_is(below->format, "raw"));
	g_assert_cmpint(below->backing.state, ==, KT_STATE_ABSENT);
}

/* A guest may have written that header: it is shown, and what it names is not touched. */
static void
test_raw_is_not_followed(void)
{
	g_autoptr(KtFacts) facts = make_facts("top", "raw");

	write_qcow2("top", "/etc/passwd", "raw");
	look(facts);
	g_assert_cmpuint(facts->images.n, ==, 1);
	g_assert_true(kt_opt_is(facts->images.v[0].format, "qcow2"));
	g_assert_true(kt_opt_is(facts->images.v[0].backing, "/etc/passwd"));
}

/* The overlay does not say what its base is: that is looked at, and nothing below it. */
static void
test_no_format_is_not_followed(void)
{
	g_autoptr(KtFacts) facts = make_facts("top", "qcow2");

	write_qcow2("top", "middle", NULL);
	write_qcow2("middle", "/etc/passwd", "raw");
	look(facts);
	g_assert_cmpuint(facts->images.n, ==, 2);
	g_assert_null(kt_facts_find_image(facts, "/etc/passwd"));
}

static void
test_loop(void)
{
	g_autoptr(KtFacts) facts = make_facts("a", "qcow2");

	write_qcow2("a", "b", "qcow2");
	write_qcow2("b", "a", "qcow2");
	look(facts);
	g_assert_cmpuint(facts->images.n, ==, 2);
}

static void
test_long_chain(void)
{
	g_autoptr(KtFacts) facts = make_facts("l0", "qcow2");

	for (int i = 0; i < KT_IMAGE_MAX_DEPTH + 10; i++) {
		g_autofree char *name = g_strdup_printf("l%d", i);
		g_autofree char *next = g_strdup_printf("l%d", i + 1);
		write_qcow2(name, next, "qcow2");
	}
	look(facts);
	g_assert_cmpuint(facts->images.n, ==, KT_IMAGE_MAX_DEPTH + 1);
}

/* What is no path keeps its protocol only: the rest may hold a password. */
static void
test_protocols(void)
{
	static const char *const names[] = {"json:{\"file\":{\"password\":\"x\"}}",
					    "json:...",
					    "nbd://u:p@host/x",
					    "nbd:...",
					    NULL};

	for (size_t i = 0; names[i]; i += 2) {
		g_autoptr(KtFacts) facts = make_facts("top", "qcow2");
		write_qcow2("top", names[i], "raw");
		look(facts);
		g_assert_cmpuint(facts->images.n, ==, 1);
		g_assert_cmpstr(facts->images.v[0].backing.v, ==, names[i + 1]);
	}
}

static void
test_states(void)
{
	g_autofree char *fifo = in_dir("fifo");
	g_autofree char *link = in_dir("link");
	g_autofree char *target = in_dir("top");
	g_autoptr(KtFacts) absent = make_facts("nothing", "raw");
	g_autoptr(KtFacts) pipe = make_facts("fifo", "raw");
	g_autoptr(KtFacts) linked = make_facts("link", "qcow2");
	g_autoptr(KtFacts) damaged = make_facts("damaged", "qcow2");

	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	g_assert_cmpint(symlink(target, link), ==, 0);
	write_qcow2("top", NULL, NULL);
	write_file("damaged", "QFI\xfb\0\0\0\3", 8);

	look(absent);
	g_assert_cmpint(absent->images.v[0].kind.state, ==, KT_STATE_ABSENT);
	g_assert_cmpint(absent->images.v[0].format.state, ==, KT_STATE_ABSENT);
	look(pipe);
	g_assert_cmpint(pipe->images.v[0].kind.state, ==, KT_STATE_BROKEN);
	g_assert_nonnull(strstr(pipe->images.v[0].problem.v, "neither a file"));
	look(linked);
	g_assert_true(kt_opt_is(linked->images.v[0].format, "qcow2"));
	look(damaged);
	g_assert_true(kt_opt_is(damaged->images.v[0].format, "qcow2"));
	g_assert_cmpint(damaged->images.v[0].is_dirty.state, ==, KT_STATE_BROKEN);
	g_assert_nonnull(strstr(damaged->images.v[0].problem.v, "ends before"));
}

/* Reading leaves no trace: neither the times of the file nor a byte of it change. */
static void
test_untouched(void)
{
	g_autofree char *path = in_dir("top");
	struct stat before, after;
	g_autoptr(KtFacts) facts = make_facts("top", "qcow2");
	const struct timespec old[] = {[0] = {.tv_sec = 1000}, [1] = {.tv_sec = 1000}};

	write_qcow2("top", NULL, NULL);
	g_assert_cmpint(utimensat(AT_FDCWD, path, old, 0), ==, 0);
	g_assert_cmpint(stat(path, &before), ==, 0);
	look(facts);
	g_assert_cmpint(stat(path, &after), ==, 0);
	g_assert_cmpint(before.st_atim.tv_sec, ==, after.st_atim.tv_sec);
	g_assert_cmpint(before.st_mtim.tv_sec, ==, after.st_mtim.tv_sec);
}

/* A file whose open waits for ever, as on NFS without its server: fanotify(7) holds it back. */
static void
test_hang(void)
{
	g_autofree char *path = in_dir("stuck");
	kt_autofd gate = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	g_autoptr(KtFacts) facts = make_facts("stuck", "raw");

	write_file("stuck", "x", 1);
	if (gate < 0 || fanotify_mark(gate, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, path) != 0) {
		g_test_skip("no permission events here");
		return;
	}

	/* A second disk on the same mount, which is then not tried. */
	KtDisk *disks = kt_arena_new0(facts->arena, KtDisk, 2);
	disks[0] = facts->guests.v[0].inactive.disks.v[0];
	disks[1] = disks[0];
	g_autofree char *other = in_dir("top");
	disks[1].source = known(facts, other);
	facts->guests.v[0].inactive.disks =
		(KtDiskList){.v = disks, .n = 2, .state = KT_STATE_VALUE};

	int64_t begin_us = g_get_monotonic_time();
	look(facts);
	int64_t took_ms = (g_get_monotonic_time() - begin_us) / 1000;
	g_assert_cmpint(took_ms, >=, KT_IMAGE_WAIT_MS - 100);
	g_assert_cmpint(took_ms, <, 2 * KT_IMAGE_WAIT_MS);
	g_assert_cmpuint(facts->images.n, ==, 2);
	for (uint32_t i = 0; i < 2; i++) {
		g_assert_cmpint(facts->images.v[i].kind.state, ==, KT_STATE_BROKEN);
		g_assert_nonnull(strstr(facts->images.v[i].problem.v, "does not answer"));
	}
	/* Closing the group lets the thread that was left behind go. */
}

/* Runs losetup; NULL when it does not work here. Free with g_free. */
static char *
run_losetup(const char *option, const char *path)
{
	const char *argv[] = {"losetup", option, "--show", "--read-only", path, NULL};
	const char *detach[] = {"losetup", option, path, NULL};
	bool is_detach = g_str_equal(option, "--detach");
	g_autofree char *output = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL,
			  (char **)(is_detach ? detach : argv),
			  /* envp= */ NULL,
			  G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
			  NULL,
			  NULL,
			  &output,
			  NULL,
			  &status,
			  NULL) ||
	    !g_spawn_check_wait_status(status, NULL))
		return NULL;
	return g_strstrip(g_steal_pointer(&output));
}

static void
test_block_device(void)
{
	g_autofree char *path = in_dir("top");

	write_qcow2("top", NULL, NULL);
	g_assert_cmpint(truncate(path, 8 << 20), ==, 0);
	g_autofree char *device = run_losetup("--find", path);
	if (!device) {
		g_test_skip("no loop devices here");
		return;
	}

	g_autoptr(KtFacts) facts = make_facts(device, "qcow2");
	facts->guests.v[0].inactive.disks.v[0].source_type = known(facts, "block");
	look(facts);
	g_free(run_losetup("--detach", device));
	const KtImage *image = &facts->images.v[0];
	g_assert_true(kt_opt_is(image->kind, "block"));
	g_assert_true(kt_opt_is(image->format, "qcow2"));
	g_assert_cmpuint(image->size_bytes.v, ==, 8 << 20);
	g_assert_cmpuint(image->direct_align_bytes.v, >=, 512);
	g_assert_cmpint(image->allocated_bytes.state, ==, KT_STATE_ABSENT);
	g_assert_cmpint(image->filesystem.state, ==, KT_STATE_ABSENT);
	g_assert_cmpint(image->preallocation.state, ==, KT_STATE_ABSENT);
	g_assert_true(g_str_has_prefix(image->file_id.v, "block "));
}

/* What a snapshot keeps gives the same facts; with pseudonyms, paths are those of the XML. */
static void
test_snapshot(void)
{
	g_autoptr(KtFacts) facts = make_facts("top", "qcow2");
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("test");
	g_autoptr(GError) error = NULL;

	write_file("base", "boot", 4);
	write_qcow2("top", "base", "raw");
	g_autoptr(KtJson) images = kt_image_fetch(facts, DEADLINE_MS);
	kt_snapshot_set_images(snapshot, images);
	g_autoptr(KtMembers) members = kt_snapshot_to_members(snapshot, &error);
	g_assert_no_error(error);
	g_autoptr(KtSnapshot) again =
		kt_snapshot_from_members(members, /* is_archive= */ false, "test", &error);
	g_assert_no_error(error);
	g_assert_true(json_equal(again->images, images));

	kt_snapshot_redact(again);
	g_assert_true(json_equal(again->images, images));
	kt_snapshot_anonymise(again);
	g_autofree char *text = kt_json_print(again->images);
	g_assert_null(strstr(text, dir));
	g_assert_null(strstr(text, "/top"));
	g_assert_true(kt_image_merge(facts, again->images, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(facts->images.n, ==, 2);
	uint32_t overlay = kt_opt_is(facts->images.v[0].format, "raw") ? 1 : 0;
	g_assert_nonnull(kt_facts_find_image(facts, facts->images.v[overlay].backing.v));
}

static void
test_merge_refuses(void)
{
	static const char *const texts[] = {
		"{}",
		"{\"images\": {}}",
		"{\"images\": [], \"guests\": []}",
		"{\"images\": [{}]}",
		"{\"images\": [{\"path\": {\"state\": \"denied\"}}]}",
		"{\"images\": [{\"path\": \"/a\", \"no_such\": 1}]}",
		"{\"images\": [{\"path\": \"/a\", \"version\": \"three\"}]}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(KtFacts) facts = kt_facts_new();
		g_autoptr(GError) error = NULL;
		g_autoptr(KtJson) json = kt_json_parse(texts[i], strlen(texts[i]), "test", &error);
		g_assert_no_error(error);
		g_assert_false(kt_image_merge(facts, json, &error));
		g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
	}
}

static void
test_mounts(void)
{
	g_autoptr(GArray) mounts = kt_mounts_parse(
		"22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n"
		"30 22 0:5 / /srv/a\\040b rw,nosuid shared:2 master:3 - nfs4 srv:/x "
		"rw,vers=4.2,soft\n"
		"31 22 0:6 / /srv rw - tmpfs tmpfs rw\n"
		"nonsense\n"
		"x 22 0:6 / /srv rw - tmpfs tmpfs rw\n"
		"33 22 0:7 / /srv ro - xfs /dev/sdb ro\n"
		"34 22 0:7 / /short ro - xfs\n");

	g_assert_cmpuint(mounts->len, ==, 4);
	const KtMount *nfs = kt_mounts_of_path(mounts, "/srv/a b/disk");
	g_assert_cmpuint(nfs->id, ==, 30);
	g_assert_cmpstr(nfs->options, ==, "rw,nosuid,vers=4.2,soft");
	g_assert_cmpuint(kt_mounts_of_path(mounts, "/srv/a b")->id, ==, 30);
	g_assert_cmpuint(kt_mounts_of_path(mounts, "/srv/a bc")->id, ==, 33);
	g_assert_cmpuint(kt_mounts_of_path(mounts, "/srvx")->id, ==, 22);
	g_assert_cmpuint(kt_mounts_find(mounts, 31)->id, ==, 31);
	g_assert_null(kt_mounts_find(mounts, 0));
}

static void
empty_dir(void)
{
	g_autoptr(GDir) stream = g_dir_open(dir, 0, NULL);

	for (const char *name = g_dir_read_name(stream); name; name = g_dir_read_name(stream)) {
		g_autofree char *path = in_dir(name);
		g_assert_cmpint(g_unlink(path), ==, 0);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	dir = g_dir_make_tmp("kvmtune-image-XXXXXX", NULL);
	g_assert_nonnull(dir);
	g_test_add_func("/image-fetch/chain", test_chain);
	g_test_add_func("/image-fetch/raw-is-not-followed", test_raw_is_not_followed);
	g_test_add_func("/image-fetch/no-format-is-not-followed", test_no_format_is_not_followed);
	g_test_add_func("/image-fetch/loop", test_loop);
	g_test_add_func("/image-fetch/long-chain", test_long_chain);
	g_test_add_func("/image-fetch/protocols", test_protocols);
	g_test_add_func("/image-fetch/states", test_states);
	g_test_add_func("/image-fetch/untouched", test_untouched);
	g_test_add_func("/image-fetch/block-device", test_block_device);
	g_test_add_func("/image-fetch/snapshot", test_snapshot);
	g_test_add_func("/image-fetch/merge-refuses", test_merge_refuses);
	g_test_add_func("/image-fetch/mounts", test_mounts);
	g_test_add_func("/image-fetch/hang", test_hang);

	int status = g_test_run();
	empty_dir();
	g_assert_cmpint(g_rmdir(dir), ==, 0);
	g_free(dir);
	return status;
}
