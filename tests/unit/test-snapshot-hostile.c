/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Snapshots made by an enemy, or by a bad line: a clear error, quickly, and nothing on disk. */

#include "kt-snapshot-archive.h"
#include "kt-snapshot.h"
#include "kt-test-host.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <unistd.h>

#define BLOCK    512
#define MANIFEST "{\"schema_version\":1,\"created\":\"2026-01-02T03:04:05Z\"}"

/* A ustar header (POSIX.1-2017, pax, "ustar Interchange Format"); @size as it stands in the field.
 */
static void
add_header(GByteArray *tar, const char *name, char type, const char *size, const char *link)
{
	char block[BLOCK] = "";
	unsigned sum = 0;

	g_strlcpy(block, name, 100);
	memcpy(block + 100, "0000600", 8);
	memcpy(block + 108, "0000000", 8);
	memcpy(block + 116, "0000000", 8);
	memcpy(block + 124, size, 12);
	memcpy(block + 136, "00000000000", 12);
	memset(block + 148, ' ', 8);
	block[156] = type;
	g_strlcpy(block + 157, link, 100);
	memcpy(block + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	g_snprintf(block + 148, 8, "%06o", sum);
	g_byte_array_append(tar, (const guint8 *)block, BLOCK);
}

static void
add_file(GByteArray *tar, const char *name, const char *text)
{
	g_autofree char *size = g_strdup_printf("%011zo", strlen(text));
	static const guint8 zeros[BLOCK] = {0};
	size_t rest = strlen(text) % BLOCK;

	add_header(tar, name, '0', size, "");
	g_byte_array_append(tar, (const guint8 *)text, (guint)strlen(text));
	if (rest)
		g_byte_array_append(tar, zeros, (guint)(BLOCK - rest));
}

static GByteArray *
new_tar(void)
{
	GByteArray *tar = g_byte_array_new();

	add_file(tar, KT_SNAPSHOT_MANIFEST, MANIFEST);
	return tar;
}

static GBytes *
end_tar(GByteArray *tar)
{
	static const guint8 zeros[2 * BLOCK] = {0};

	g_byte_array_append(tar, zeros, sizeof(zeros));
	return g_byte_array_free_to_bytes(tar);
}

static la_ssize_t
collect(struct archive *archive, void *data, const void *bytes, size_t length)
{
	g_byte_array_append(data, bytes, (guint)length);
	return (la_ssize_t)length;
}

/* One layer of compression around the bytes. */
static GBytes *
compress(GBytes *bytes, const char *filter)
{
	GByteArray *out = g_byte_array_new();
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	size_t length = 0;
	const void *data = g_bytes_get_data(bytes, &length);

	g_assert_cmpint(archive_write_add_filter_by_name(archive, filter), ==, ARCHIVE_OK);
	archive_write_set_format_raw(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	g_assert_cmpint(archive_write_open(archive, out, NULL, collect, NULL), ==, ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_write_header(archive, entry);
	g_assert_cmpint(archive_write_data(archive, data, length), ==, (la_ssize_t)length);
	archive_entry_free(entry);
	archive_write_free(archive);
	return g_byte_array_free_to_bytes(out);
}

static KtSnapshot *
open_bytes(GBytes *bytes, GError **error)
{
	g_autoptr(KtMembers) members = kt_snapshot_archive_read_bytes(bytes, "FILE", error);

	return members ? kt_snapshot_from_members(members, true, "FILE", error) : NULL;
}

/* An error of this code that names the file, says @part, and has a hint where the file is at fault
 * and somebody can do something about it. */
static void
assert_refused(GBytes *bytes, int code, const char *part)
{
	g_autoptr(GError) error = NULL;
	gint64 begin = g_get_monotonic_time();
	g_autoptr(KtSnapshot) snapshot = open_bytes(bytes, &error);

	g_assert_null(snapshot);
	g_test_message("%s", error->message);
	g_assert_error(error, KT_ERROR, code);
	g_assert_nonnull(strstr(error->message, "'FILE'"));
	g_assert_nonnull(strstr(error->message, part));
	g_assert_cmpint(g_get_monotonic_time() - begin, <, 10 * G_USEC_PER_SEC);
}

static void
assert_tar_refused(GByteArray *tar, int code, const char *part)
{
	g_autoptr(GBytes) plain = end_tar(tar);
	g_autoptr(GBytes) packed = compress(plain, "gzip");

	assert_refused(plain, code, part);
	assert_refused(packed, code, part);
}

static void
test_all_filters(void)
{
	static const char *const names[] = {"gzip", "zstd", "xz", NULL};
	g_autoptr(GBytes) plain = end_tar(new_tar());
	g_autoptr(GError) error = NULL;
	g_autoptr(KtSnapshot) snapshot = open_bytes(plain, &error);

	g_assert_no_error(error);
	g_assert_nonnull(snapshot);
	for (size_t i = 0; names[i]; i++) {
		g_autoptr(GBytes) packed = compress(plain, names[i]);
		g_autoptr(KtSnapshot) same = open_bytes(packed, &error);
		g_assert_no_error(error);
		g_assert_cmpint(same->meta.created_us, ==, INT64_C(1767323045000000));
	}
}

/* As `tar -C DIR -cf FILE .` makes it. */
static void
test_made_by_hand(void)
{
	GByteArray *tar = g_byte_array_new();
	g_autoptr(GError) error = NULL;

	add_header(tar, "./", '5', "00000000000", "");
	add_file(tar, "./" KT_SNAPSHOT_MANIFEST, MANIFEST);
	add_header(tar, "./root/", '5', "00000000000", "");
	add_file(tar, "./root/proc/uptime", "1.00 2.00\n");
	add_file(tar, "./README", "about this host\n");
	g_autoptr(GBytes) plain = end_tar(tar);
	g_autoptr(KtSnapshot) snapshot = open_bytes(plain, &error);
	g_assert_no_error(error);
	g_assert_nonnull(kt_snapshot_find(snapshot, "/proc/uptime"));
}

static GBytes *
real_archive(void)
{
	char *dir = kt_test_dir();
	g_autofree char *path = g_build_filename(dir, "x", NULL);
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) host = kt_test_root(kt_test_host);
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, host);
	g_autoptr(KtJson) virt = kt_test_virt();
	char *text = NULL;
	size_t length = 0;

	for (const KtTestAnswer *row = kt_test_host; row->path; row++) {
		g_autofree char *unused = NULL;
		(void)kt_root_read(recorder, row->path, &unused, NULL);
	}
	kt_snapshot_set_virt(snapshot, virt);
	g_assert_true(kt_snapshot_write(snapshot, false, path, NULL));
	g_assert_true(g_file_get_contents(path, &text, &length, NULL));
	kt_test_remove(dir);
	return g_bytes_new_take(text, length);
}

/* The uncompressed tar of a compressed one. */
static GBytes *
uncompress(GBytes *bytes)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry = NULL;
	GByteArray *out = g_byte_array_new();
	guint8 chunk[4096];
	la_ssize_t n = 0;

	archive_read_support_filter_all(archive);
	archive_read_support_format_raw(archive);
	archive_read_open_memory(archive, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_assert_cmpint(archive_read_next_header(archive, &entry), ==, ARCHIVE_OK);
	while ((n = archive_read_data(archive, chunk, sizeof(chunk))) > 0)
		g_byte_array_append(out, chunk, (guint)n);
	archive_read_free(archive);
	return g_byte_array_free_to_bytes(out);
}

/* Cut off anywhere: refused as damaged, or nothing but the end mark was missing. */
static void
assert_cut(GBytes *whole, size_t length, size_t n_paths)
{
	g_autoptr(GBytes) cut = g_bytes_new_from_bytes(whole, 0, length);
	g_autoptr(GError) error = NULL;
	g_autoptr(KtSnapshot) snapshot = open_bytes(cut, &error);

	if (snapshot) {
		g_assert_cmpuint(g_hash_table_size(snapshot->entries), ==, n_paths);
		return;
	}
	g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
	g_assert_nonnull(strstr(error->message, "'FILE'"));
	g_assert_nonnull(kt_error_hint(error));
}

static void
test_truncated(void)
{
	g_autoptr(GBytes) packed = real_archive();
	g_autoptr(GBytes) plain = uncompress(packed);
	g_autoptr(KtSnapshot) whole = open_bytes(packed, NULL);
	size_t n_paths = whole ? g_hash_table_size(whole->entries) : 0;

	g_assert_cmpuint(n_paths, >, 20);
	for (size_t at = 0; at < g_bytes_get_size(plain); at += BLOCK)
		assert_cut(plain, at, n_paths);
	for (size_t at = 0; at < g_bytes_get_size(packed); at++)
		assert_cut(packed, at, n_paths);
}

/* Bits flipped anywhere: an error or a snapshot, never more. */
static void
test_flipped(void)
{
	g_autoptr(GBytes) packed = real_archive();
	g_autoptr(GBytes) plain = uncompress(packed);

	for (unsigned i = 0; i < 3000; i++) {
		GBytes *from = i % 2 ? packed : plain;
		size_t length = 0;
		g_autofree guint8 *copy = g_bytes_unref_to_data(
			g_bytes_new(g_bytes_get_data(from, NULL), g_bytes_get_size(from)), &length);
		for (int n = g_test_rand_int_range(1, 5); n > 0; n--)
			copy[g_test_rand_int_range(0, (int)length)] ^=
				(guint8)(1 << g_test_rand_int_range(0, 8));
		g_autoptr(GBytes) bytes = g_bytes_new(copy, length);
		g_autoptr(GError) error = NULL;
		g_autoptr(KtSnapshot) snapshot = open_bytes(bytes, &error);
		g_assert_true(!snapshot == !!error);
	}
}

static void
test_no_archive(void)
{
	static const char *const texts[] = {
		"", "x", "#!/bin/sh\nexit 1\n", "\x1f\x8b", "\x28\xb5\x2f\xfd"};
	g_autofree char *zeros = g_malloc0(10240);
	g_autoptr(GBytes) blank = g_bytes_new(zeros, 10240);
	g_autoptr(GBytes) plain = end_tar(new_tar());
	g_autoptr(GBytes) once = compress(plain, "gzip");
	g_autoptr(GBytes) twice = compress(once, "gzip");

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GBytes) bytes = g_bytes_new(texts[i], strlen(texts[i]));
		assert_refused(bytes, KT_ERROR_PARSE, "");
	}
	assert_refused(blank, KT_ERROR_PARSE, "no snapshot archive");
	assert_refused(twice, KT_ERROR_PARSE, "damaged");
	GByteArray *tar = g_byte_array_new();
	add_file(tar, "etc/passwd", "x");
	assert_tar_refused(tar, KT_ERROR_PARSE, "holds no 'kvmtune-snapshot.json'");
}

static void
test_bad_names(void)
{
	static const char *const names[] = {
		"../x",
		"root/../../etc/shadow",
		"/etc/shadow",
		"root//x",
		"root/./x",
		"..",
		"root/..",
		"root/x/",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		GByteArray *tar = new_tar();
		add_file(tar, names[i], "evil\n");
		/* libarchive takes a file with a final '/' for a directory */
		if (g_str_has_suffix(names[i], "x/")) {
			g_byte_array_unref(tar);
			continue;
		}
		assert_tar_refused(tar, KT_ERROR_PARSE, "outside the snapshot");
	}
}

static void
test_special_files(void)
{
	static const struct {
		char type;
		const char *link, *part;
	} rows[] = {
		{'1', KT_SNAPSHOT_MANIFEST, "a link"},
		{'2', "/etc/shadow", "a link"},
		{'3', "", "special file"},
		{'4', "", "special file"},
		{'6', "", "special file"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		GByteArray *tar = new_tar();
		add_header(tar, "root/proc/cmdline", rows[i].type, "00000000000", rows[i].link);
		assert_tar_refused(tar, KT_ERROR_PARSE, rows[i].part);
	}
}

static void
test_duplicate(void)
{
	GByteArray *tar = new_tar();
	add_file(tar, "root/x", "1");
	add_file(tar, "root/x", "2");
	assert_tar_refused(tar, KT_ERROR_PARSE, "'root/x' is there twice");
}

static void
test_huge_sizes(void)
{
	/* octal 8 GiB - 1; base 256 (GNU): 2^62, and -1 */
	static const char huge[12] = "77777777777";
	static const char base256[12] = "\x80\0\0\0\x40\0\0\0\0\0\0";
	static const char negative[12] = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
	static const char *const sizes[] = {huge, base256, negative};

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		GByteArray *tar = new_tar();
		add_header(tar, "root/x", '0', sizes[i], "");
		g_autoptr(GBytes) plain = end_tar(tar);
		g_autoptr(GError) error = NULL;
		g_assert_null(open_bytes(plain, &error));
		g_assert_nonnull(strstr(error->message, "'FILE'"));
	}
}

/* GNU.sparse.* of pax: 1 GiB out of nothing. */
static void
test_sparse(void)
{
	static const char pax[] =
		"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n31 GNU.sparse.name=root/sparse\n"
		"34 GNU.sparse.realsize=1073741824\n";
	g_autofree char *size = g_strdup_printf("%011zo", strlen(pax));
	static const guint8 zeros[BLOCK] = {0};
	GByteArray *tar = new_tar();

	add_header(tar, "pax", 'x', size, "");
	g_byte_array_append(tar, (const guint8 *)pax, sizeof(pax) - 1);
	g_byte_array_append(tar, zeros, BLOCK - (sizeof(pax) - 1) % BLOCK);
	/* the map, filled to a block, and one byte of data */
	g_autofree char *map = g_strdup_printf("%-511s\nx", "1\n1073741823\n1\n");
	add_file(tar, "GNUSparseFile.0/root/sparse", map);
	assert_tar_refused(tar, KT_ERROR_PARSE, "'root/sparse' is a sparse file");
}

/* 1 GiB of zeros in some kilobytes: stopped at the first header, not after unpacking. */
static void
test_bomb(void)
{
	g_autofree char *zeros = g_strnfill(1 << 20, ' ');
	GByteArray *large = new_tar();
	GByteArray *many = new_tar();

	add_header(large, "root/x", '0', "10000000000", "");
	for (unsigned i = 0; i < 32; i++)
		g_byte_array_append(large, (const guint8 *)zeros, 1 << 20);
	assert_tar_refused(large, KT_ERROR_LIMIT, "more than 16 MiB");

	for (unsigned i = 0; i < 260; i++) {
		g_autofree char *name = g_strdup_printf("root/%u", i);
		add_header(many, name, '0', "00004000000", "");
		g_byte_array_append(many, (const guint8 *)zeros, 1 << 20);
	}
	g_autoptr(GBytes) plain = end_tar(many);
	g_autoptr(GBytes) packed = compress(plain, "gzip");
	assert_refused(plain, KT_ERROR_LIMIT, "more than 256 MiB");
	assert_refused(packed, KT_ERROR_LIMIT, "more than 256 MiB unpacked");
}

static void
test_too_many(void)
{
	GByteArray *files = new_tar();
	GByteArray *dirs = new_tar();

	for (unsigned i = 0; i < KT_MEMBERS_MAX; i++) {
		g_autofree char *name = g_strdup_printf("root/%u", i);
		add_header(files, name, '0', "00000000000", "");
	}
	assert_tar_refused(files, KT_ERROR_LIMIT, "more than 300000 members");
	for (unsigned i = 0; g_test_slow() && i <= 2 * KT_MEMBERS_MAX; i++)
		add_header(dirs, "root/d/", '5', "00000000000", "");
	g_autoptr(GBytes) plain = end_tar(dirs);
	g_autoptr(GBytes) packed = compress(plain, "gzip");
	if (g_test_slow())
		assert_refused(packed, KT_ERROR_LIMIT, "too many members");
}

/* What stands in the JSON members, with what is said about it. */
static void
test_bad_json(void)
{
	static const struct {
		const char *name, *text, *part;
		int code;
	} rows[] = {
		{"states.json", "[]", "not an object", KT_ERROR_PARSE},
		{"states.json", "{\"/x\":", "line 1", KT_ERROR_PARSE},
		{"states.json",
		 "{\"/x\":\"absent\",\"/x\":\"absent\"}",
		 "duplicate",
		 KT_ERROR_PARSE},
		{"states.json",
		 "{\"/x\":\"absent\",\"/./x\":\"absent\"}",
		 "'/./x'",
		 KT_ERROR_PARSE},
		{"states.json", "{\"/x\":\"value\"}", "no usable answer", KT_ERROR_PARSE},
		{"states.json", "{\"/x\":\"unset\"}", "no usable answer", KT_ERROR_PARSE},
		{"states.json", "{\"/x\":7}", "no usable answer", KT_ERROR_PARSE},
		{"states.json", "{\"x\":\"absent\"}", "is no path", KT_ERROR_PARSE},
		{"states.json", "{\"/%zz\":\"absent\"}", "is no path", KT_ERROR_PARSE},
		{"states.json", "{\"/here\":\"absent\"}", "no usable answer", KT_ERROR_PARSE},
		{"dirs.json", "{\"/x\":\"absent\"}", "no usable answer", KT_ERROR_PARSE},
		{"dirs.json", "{\"/x\":[\"a/b\"]}", "no usable answer", KT_ERROR_PARSE},
		{"dirs.json", "{\"/x\":[\"\"]}", "no usable answer", KT_ERROR_PARSE},
		{"dirs.json", "{\"/x\":[null]}", "no usable answer", KT_ERROR_PARSE},
		{"dirs.json", "{\"/x\":{\"state\":\"value\"}}", "no usable answer", KT_ERROR_PARSE},
		{"links.json", "{\"/x\":[]}", "no usable answer", KT_ERROR_PARSE},
		{"modes.json", "{\"/x\":\"0888\"}", "no usable answer", KT_ERROR_PARSE},
		{"modes.json", "{\"/x\":\"7777777\"}", "no usable answer", KT_ERROR_PARSE},
		{"modes.json", "{\"/x\":420}", "no usable answer", KT_ERROR_PARSE},
		{"virt.json", "{\"a\":{\"file\":\"virt/no.xml\"}}", "missing", KT_ERROR_PARSE},
		{"virt.json", "{\"a\":{\"file\":\"root/here\"}}", "missing", KT_ERROR_PARSE},
		{"virt.json",
		 "{\"a\":{\"file\":\"virt/a\"},\"b\":{\"file\":\"virt/a\"}}",
		 "twice",
		 KT_ERROR_PARSE},
		{"virt.json", "{\"a\":{\"file\":\"virt/b\"}}", "not UTF-8", KT_ERROR_PARSE},
		{"virt.json",
		 "{\"domains\":[{\"a\":{\"file\":\"x\"}}]}",
		 "missing",
		 KT_ERROR_PARSE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		GByteArray *tar = new_tar();
		add_file(tar, "root/here", "x");
		add_file(tar, "virt/a", "<a/>");
		add_file(tar, "virt/b", "\xff\xfe");
		add_file(tar, rows[i].name, rows[i].text);
		assert_tar_refused(tar, rows[i].code, rows[i].part);
	}
}

static void
test_deep_json(void)
{
	g_autofree char *brackets = g_strnfill(700000, '[');
	g_autofree char *deep = g_strnfill(3000, '[');
	GByteArray *wide_tar = new_tar();
	GByteArray *deep_tar = new_tar();

	add_file(wide_tar, "dirs.json", brackets);
	assert_tar_refused(wide_tar, KT_ERROR_LIMIT, "too many values");
	add_file(deep_tar, "dirs.json", deep);
	assert_tar_refused(deep_tar, KT_ERROR_PARSE, "depth");
}

static void
test_bad_manifest(void)
{
	static const struct {
		const char *text, *part;
		int code;
	} rows[] = {
		{"", "line 1", KT_ERROR_PARSE},
		{"{}", "schema_version", KT_ERROR_PARSE},
		{"{\"schema_version\":2}",
		 "has format 2, this kvmtune reads up to 1",
		 KT_ERROR_UNSUPPORTED},
		{"{\"schema_version\":1}", "'created'", KT_ERROR_PARSE},
		{"{\"schema_version\":1,\"created\":\"yesterday\"}", "no time", KT_ERROR_PARSE},
		{"{\"schema_version\":1,\"created\":\"2026-01-01T00:00:00Z\",\"root\":5}",
		 "root",
		 KT_ERROR_PARSE},
		{"{\"schema_version\":1,\"created\":\"2026-01-01T00:00:00Z\",\"members\":9}",
		 "1 of 9",
		 KT_ERROR_PARSE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		GByteArray *tar = g_byte_array_new();
		add_file(tar, KT_SNAPSHOT_MANIFEST, rows[i].text);
		assert_tar_refused(tar, rows[i].code, rows[i].part);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hostile/all-filters", test_all_filters);
	g_test_add_func("/hostile/made-by-hand", test_made_by_hand);
	g_test_add_func("/hostile/truncated", test_truncated);
	g_test_add_func("/hostile/flipped", test_flipped);
	g_test_add_func("/hostile/no-archive", test_no_archive);
	g_test_add_func("/hostile/names", test_bad_names);
	g_test_add_func("/hostile/special-files", test_special_files);
	g_test_add_func("/hostile/duplicate", test_duplicate);
	g_test_add_func("/hostile/sizes", test_huge_sizes);
	g_test_add_func("/hostile/sparse", test_sparse);
	g_test_add_func("/hostile/bomb", test_bomb);
	g_test_add_func("/hostile/too-many", test_too_many);
	g_test_add_func("/hostile/json", test_bad_json);
	g_test_add_func("/hostile/deep-json", test_deep_json);
	g_test_add_func("/hostile/manifest", test_bad_manifest);
	return g_test_run();
}
