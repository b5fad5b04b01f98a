/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fd.h"
#include "kt-image-header.h"
#include "kt-json.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

/* Images that the real qemu-img made, read by kvmtune and by 'qemu-img info'. */

static char *dir;

/* What makes an image "a" in an empty folder: arguments of qemu-img, one call each. */
typedef struct Recipe {
	const char *name;
	const char *calls[6];
	const char *format; /* of "a", when 'qemu-img info' has to be told; or NULL */
} Recipe;

#define CREATE "create -q -f qcow2 "
#define SECRET "--object secret,id=s,data=abcdef "

static const Recipe recipes[] = {
	{.name = "raw", .calls = {"create -q -f raw a 8M"}},
	{.name = "raw-falloc", .calls = {"create -q -f raw -o preallocation=falloc a 1M"}},
	{.name = "qcow2", .calls = {CREATE "a 1G"}},
	{.name = "qcow2-empty", .calls = {CREATE "a 0"}},
	{.name = "qcow2-odd-size", .calls = {CREATE "a 1000000"}},
	{.name = "qcow2-huge", .calls = {CREATE "-o cluster_size=2M a 60T"}},
	{.name = "qcow2-0.10", .calls = {CREATE "-o compat=0.10 a 1G"}},
	{.name = "qcow2-0.10-backing",
	 .calls = {CREATE "b 1G", CREATE "-o compat=0.10 -b b -F qcow2 a"}},
	{.name = "qcow2-512", .calls = {CREATE "-o cluster_size=512 a 64M"}},
	{.name = "qcow2-4k", .calls = {CREATE "-o cluster_size=4k a 64M"}},
	{.name = "qcow2-1m", .calls = {CREATE "-o cluster_size=1M a 64M"}},
	{.name = "qcow2-2m", .calls = {CREATE "-o cluster_size=2M a 64M"}},
	{.name = "qcow2-metadata", .calls = {CREATE "-o preallocation=metadata a 64M"}},
	{.name = "qcow2-falloc", .calls = {CREATE "-o preallocation=falloc a 4M"}},
	{.name = "qcow2-full", .calls = {CREATE "-o preallocation=full a 4M"}},
	{.name = "qcow2-lazy", .calls = {CREATE "-o lazy_refcounts=on a 64M"}},
	{.name = "qcow2-refcount-1", .calls = {CREATE "-o refcount_bits=1 a 64M"}},
	{.name = "qcow2-refcount-64", .calls = {CREATE "-o refcount_bits=64 a 64M"}},
	{.name = "qcow2-subclusters", .calls = {CREATE "-o extended_l2=on,cluster_size=128k a 1G"}},
	{.name = "qcow2-zstd", .calls = {CREATE "-o compression_type=zstd a 64M"}},
	{.name = "qcow2-all",
	 .calls = {CREATE
		   "-o "
		   "extended_l2=on,cluster_size=128k,compression_type=zstd,lazy_refcounts=on "
		   "a 1G"}},
	{.name = "qcow2-luks",
	 .calls = {SECRET CREATE
		   "-o encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=500 "
		   "a 8M"}},
	{.name = "qcow2-aes",
	 .calls = {SECRET CREATE "-o encrypt.format=aes,encrypt.key-secret=s a 8M"}},
	{.name = "qcow2-data-file", .calls = {CREATE "-o data_file=d a 64M"}},
	{.name = "qcow2-raw-data-file", .calls = {CREATE "-o data_file=d,data_file_raw=on a 64M"}},
	{.name = "qcow2-backing", .calls = {CREATE "b 1G", CREATE "-b b -F qcow2 a"}},
	{.name = "qcow2-backing-raw", .calls = {"create -q -f raw b 1G", CREATE "-b b -F raw a"}},
	{.name = "qcow2-backing-json",
	 .calls = {"create -q -f raw b 1G",
		   CREATE "-b json:{\"driver\":\"raw\",\"file\":{\"driver\":\"file\","
			  "\"filename\":\"b\"}} -F raw a"}},
	{.name = "qcow2-backing-no-format",
	 .calls = {CREATE "b 1G",
		   CREATE "-b b -F qcow2 a",
		   "rebase -q -u -f qcow2 -b b -F qcow2 a"}},
	{.name = "qcow2-chain",
	 .calls = {CREATE "d 1G",
		   CREATE "-b d -F qcow2 c",
		   CREATE "-b c -F qcow2 b",
		   CREATE "-b b -F qcow2 a"}},
	{.name = "qcow2-snapshots",
	 .calls = {CREATE "a 64M",
		   "snapshot -q -c one a",
		   "snapshot -q -c two a",
		   "snapshot -q -c a-rather-long-name-of-a-snapshot a"}},
	{.name = "qcow2-bitmaps",
	 .calls = {CREATE "a 64M",
		   "bitmap -f qcow2 --add a b0",
		   "bitmap -f qcow2 --add -g 1M a b1"}},
	{.name = "qcow", .calls = {"create -q -f qcow a 64M"}},
	{.name = "qcow-backing",
	 .calls = {"create -q -f raw b 64M", "create -q -f qcow -b b -F raw a"}},
	{.name = "qed", .calls = {"create -q -f qed a 64M"}},
	{.name = "qed-4k", .calls = {"create -q -f qed -o cluster_size=4k,table_size=2 a 1M"}},
	{.name = "qed-backing-raw",
	 .calls = {"create -q -f raw b 64M", "create -q -f qed -b b -F raw a"}},
	{.name = "qed-backing", .calls = {CREATE "b 64M", "create -q -f qed -b b -F qcow2 a"}},
	{.name = "vmdk", .calls = {"create -q -f vmdk a 64M"}},
	{.name = "vmdk-flat", .calls = {"create -q -f vmdk -o subformat=monolithicFlat a 64M"}},
	{.name = "vmdk-2gb-sparse",
	 .calls = {"create -q -f vmdk -o subformat=twoGbMaxExtentSparse a.vmdk 5G"}},
	{.name = "vmdk-2gb-flat",
	 .calls = {"create -q -f vmdk -o subformat=twoGbMaxExtentFlat a.vmdk 5G"}},
	{.name = "vmdk-stream", .calls = {"create -q -f vmdk -o subformat=streamOptimized a 64M"}},
	{.name = "vmdk-stream-converted",
	 .calls = {"create -q -f raw b 2M",
		   "convert -q -f raw -O vmdk -o subformat=streamOptimized b a"}},
	{.name = "vmdk-backing",
	 .calls = {"create -q -f vmdk b 64M", "create -q -f vmdk -b b -F vmdk a"}},
	{.name = "vmdk-zeroed", .calls = {"create -q -f vmdk -o zeroed_grain=on,compat6=on a 64M"}},
	{.name = "vdi", .calls = {"create -q -f vdi a 64M"}},
	{.name = "vhdx", .calls = {"create -q -f vhdx a 64M"}},
	{.name = "vpc", .calls = {"create -q -f vpc a 64M"}},
	{.name = "parallels", .calls = {"create -q -f parallels a 64M"}},
	{.name = "luks", .calls = {SECRET "create -q -f luks -o key-secret=s,iter-time=500 a 8M"}},
};

static bool
run(const char *arguments, char **ret_output)
{
	g_auto(GStrv) words = g_strsplit(arguments, " ", -1);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	int status = 0;

	g_ptr_array_add(argv, (void *)"qemu-img");
	/* "--object" is an option of the verb, which comes first. */
	bool has_object = g_str_equal(words[0], "--object");
	if (has_object)
		g_ptr_array_add(argv, words[2]);
	for (char **word = words; *word; word++) {
		if (!has_object || word != words + 2)
			g_ptr_array_add(argv, *word);
	}
	g_ptr_array_add(argv, NULL);
	return g_spawn_sync(dir,
			    (char **)argv->pdata,
			    /* envp= */ NULL,
			    G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL |
				    (ret_output ? 0 : G_SPAWN_STDOUT_TO_DEV_NULL),
			    NULL,
			    NULL,
			    ret_output,
			    NULL,
			    &status,
			    NULL) &&
	       g_spawn_check_wait_status(status, NULL);
}

static void
empty_dir(void)
{
	g_autoptr(GDir) stream = g_dir_open(dir, 0, NULL);

	for (const char *name = g_dir_read_name(stream); name; name = g_dir_read_name(stream)) {
		g_autofree char *path = g_build_filename(dir, name, NULL);
		g_assert_cmpint(g_unlink(path), ==, 0);
	}
}

static bool
pread_file(void *data, uint64_t offset, void *buffer, size_t length, size_t *ret_got,
	   GError **error)
{
	ssize_t got = pread(*(int *)data, buffer, length, (off_t)offset);

	if (got < 0)
		return kt_throw_errno(error, errno, "read");
	*ret_got = (size_t)got;
	return true;
}

static void
read_image(const char *path, KtImageHeader *ret_header)
{
	kt_autofd fd = open(path, O_RDONLY | O_CLOEXEC);
	g_autoptr(GError) error = NULL;
	KtImageFormat format = KT_IMAGE_FORMAT_UNSET;
	KtImageSource source = {.pread = pread_file, .data = &fd, .name = path};

	g_assert_cmpint(fd, >=, 0);
	source.size = (uint64_t)lseek(fd, 0, SEEK_END);
	g_assert_true(kt_image_probe(&source, &format, &error));
	g_assert_no_error(error);
	g_assert_true(kt_image_header_read(&source, format, ret_header, &error));
	g_assert_no_error(error);
	/* As little as can be: nothing that QEMU makes takes more. */
	g_assert_cmpuint(source.n_read, <, 256 * 1024);
}

static void
assert_number(const KtJson *json, const char *key, uint64_t number)
{
	const KtJson *value = json_object_get(json, key);

	if (value)
		g_assert_cmpuint((uint64_t)json_integer_value(value), ==, number);
}

static void
assert_bool(const KtJson *json, const char *key, bool expected)
{
	const KtJson *value = json_object_get(json, key);

	if (value && json_is_true(value) != expected)
		g_error("'%s' is %s, not %d",
			key,
			json_is_true(value) ? "true" : "false",
			expected);
}

static void
assert_text(const KtJson *json, const char *key, const char *text)
{
	g_assert_cmpstr(json_string_value(json_object_get(json, key)), ==, text);
}

static void
compare_qcow2(const KtJson *data, const KtImageHeader *header)
{
	const KtJson *bitmaps = json_object_get(data, "bitmaps");

	assert_text(data, "compat", header->version == 2 ? "0.10" : "1.1");
	assert_number(data, "refcount-bits", header->refcount_bits);
	assert_bool(data, "lazy-refcounts", header->has_lazy_refcounts);
	assert_bool(data, "corrupt", header->is_corrupt);
	assert_bool(data, "extended-l2", header->has_subclusters);
	assert_bool(data, "data-file-raw", header->has_raw_data_file);
	assert_text(data, "compression-type", header->compression);
	assert_text(data, "data-file", header->data_file);
	assert_text(json_object_get(data, "encrypt"), "format", header->encryption);
	g_assert_cmpuint(json_array_size(bitmaps), ==, header->n_bitmaps);
	g_assert_cmpint(header->has_data_file, ==, header->data_file != NULL);
}

static void
compare_vmdk(const KtJson *data, const KtImageHeader *header)
{
	const KtJson *extents = json_object_get(data, "extents");

	assert_text(data, "create-type", header->variant);
	g_assert_cmpuint(json_array_size(extents), ==, header->n_extents);
}

static void
compare(const KtJson *json, const KtImageHeader *header)
{
	const KtJson *specific = json_object_get(json_object_get(json, "format-specific"), "data");

	assert_text(json, "format", kt_image_format_name(header->format));
	if (header->virtual_bytes > 0)
		g_assert_cmpuint(
			(header->virtual_bytes + 511) / 512 * 512,
			==,
			(uint64_t)json_integer_value(json_object_get(json, "virtual-size")));
	if (header->cluster_bytes > 0)
		assert_number(json, "cluster-size", header->cluster_bytes);
	assert_bool(json, "dirty-flag", header->is_dirty);
	assert_bool(json, "encrypted", header->encryption != NULL);
	assert_text(json, "backing-filename", header->backing);
	if (header->backing_format)
		assert_text(json, "backing-filename-format", header->backing_format);
	g_assert_cmpuint(
		json_array_size(json_object_get(json, "snapshots")), ==, header->n_snapshots);
	if (header->format == KT_IMAGE_FORMAT_QCOW2)
		compare_qcow2(specific, header);
	if (header->format == KT_IMAGE_FORMAT_VMDK)
		compare_vmdk(specific, header);
}

/* Each image of the chain as 'qemu-img info' lists it. */
static void
compare_chain(const char *name)
{
	g_autofree char *output = NULL;
	g_autofree char *call =
		g_strdup_printf("info --output=json --backing-chain %s/%s", dir, name);
	g_autoptr(GError) error = NULL;
	KtJson *item = NULL;
	size_t i = 0;

	g_assert_true(run(call, &output));
	g_autoptr(KtJson) chain = kt_json_parse(output, strlen(output), "qemu-img", &error);
	g_assert_no_error(error);
	json_array_foreach (chain, i, item) {
		const char *path = json_string_value(json_object_get(item, "filename"));
		if (!g_path_is_absolute(path))
			continue;
		g_auto(KtImageHeader) header = {0};
		read_image(path, &header);
		compare(item, &header);
	}
	g_assert_cmpuint(i, >, 0);
}

static void
test_recipe(const void *data)
{
	const Recipe *recipe = data;
	bool is_split = strstr(recipe->calls[0], "a.vmdk") != NULL;

	empty_dir();
	for (size_t i = 0; recipe->calls[i]; i++) {
		if (!run(recipe->calls[i], NULL)) {
			g_test_skip("this qemu-img cannot make it");
			return;
		}
	}
	compare_chain(is_split ? "a.vmdk" : "a");
}

/* Sets bits of the big-endian number at @offset in the image "a". */
static void
set_byte(off_t offset, uint8_t bits)
{
	g_autofree char *path = g_build_filename(dir, "a", NULL);
	kt_autofd fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte = 0;

	g_assert_cmpint(pread(fd, &byte, 1, offset), ==, 1);
	byte |= bits;
	g_assert_cmpint(pwrite(fd, &byte, 1, offset), ==, 1);
}

static void
test_dirty(void)
{
	g_autofree char *path = g_build_filename(dir, "a", NULL);
	g_auto(KtImageHeader) header = {0};

	empty_dir();
	g_assert_true(run(CREATE "-o lazy_refcounts=on a 8M", NULL));
	set_byte(79, 1);
	read_image(path, &header);
	g_assert_true(header.is_dirty);
	g_assert_false(header.is_corrupt);
	compare_chain("a");
}

static void
test_corrupt(void)
{
	g_autofree char *path = g_build_filename(dir, "a", NULL);
	g_auto(KtImageHeader) header = {0};

	empty_dir();
	g_assert_true(run(CREATE "a 8M", NULL));
	set_byte(79, 2);
	read_image(path, &header);
	g_assert_true(header.is_corrupt);
	g_assert_false(header.is_dirty);
	compare_chain("a");
}

/* What 'qemu-img' of a newer release may write: named, and nothing else believed. */
static void
test_unknown_feature(void)
{
	g_autofree char *path = g_build_filename(dir, "a", NULL);
	g_auto(KtImageHeader) header = {0};

	empty_dir();
	g_assert_true(run(CREATE "a 8M", NULL));
	set_byte(79, 0x80);
	read_image(path, &header);
	g_assert_true(header.has_unknown_features);
}

int
main(int argc, char **argv)
{
	g_autofree char *program = g_find_program_in_path("qemu-img");

	g_test_init(&argc, &argv, NULL);
	if (!program) {
		g_test_message("no qemu-img");
		return 0;
	}
	dir = g_dir_make_tmp("kvmtune-image-XXXXXX", NULL);
	g_assert_nonnull(dir);
	for (size_t i = 0; i < G_N_ELEMENTS(recipes); i++) {
		g_autofree char *name = g_strdup_printf("/image-qemu/%s", recipes[i].name);
		g_test_add_data_func(name, &recipes[i], test_recipe);
	}
	g_test_add_func("/image-qemu/dirty", test_dirty);
	g_test_add_func("/image-qemu/corrupt", test_corrupt);
	g_test_add_func("/image-qemu/unknown-feature", test_unknown_feature);

	int status = g_test_run();
	empty_dir();
	g_assert_cmpint(g_rmdir(dir), ==, 0);
	g_free(dir);
	return status;
}
