/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image-header.h"

#include <string.h>

/* Headers that nobody's qemu-img makes. */

#define CLUSTER 65536

typedef struct Bytes {
	uint8_t v[2 * CLUSTER];
	size_t n;
} Bytes;

static void
put_be(Bytes *bytes, size_t at, uint64_t number, size_t width)
{
	for (size_t i = 0; i < width; i++)
		bytes->v[at + i] = (uint8_t)(number >> (8 * (width - 1 - i)));
	bytes->n = MAX(bytes->n, at + width);
}

static void
put_le(Bytes *bytes, size_t at, uint64_t number, size_t width)
{
	for (size_t i = 0; i < width; i++)
		bytes->v[at + i] = (uint8_t)(number >> (8 * i));
	bytes->n = MAX(bytes->n, at + width);
}

static void
put_text(Bytes *bytes, size_t at, const char *text)
{
	memcpy(bytes->v + at, text, strlen(text));
	bytes->n = MAX(bytes->n, at + strlen(text));
}

/* A small qcow2 v3 of 1 GiB. */
static void
make_qcow2(Bytes *bytes)
{
	memset(bytes, 0, sizeof(*bytes));
	put_text(bytes, 0, "QFI\xfb");
	put_be(bytes, 4, 3, 4);
	put_be(bytes, 20, 16, 4);
	put_be(bytes, 24, UINT64_C(1) << 30, 8);
	put_be(bytes, 36, 2, 4);
	put_be(bytes, 96, 4, 4);
	put_be(bytes, 100, 104, 4);
	bytes->n = CLUSTER;
}

static void
make_qed(Bytes *bytes)
{
	memset(bytes, 0, sizeof(*bytes));
	memcpy(bytes->v, "QED", 4);
	put_le(bytes, 4, CLUSTER, 4);
	put_le(bytes, 8, 4, 4);
	put_le(bytes, 12, 1, 4);
	put_le(bytes, 48, UINT64_C(1) << 30, 8);
	bytes->n = CLUSTER;
}

static void
make_vmdk(Bytes *bytes)
{
	memset(bytes, 0, sizeof(*bytes));
	put_text(bytes, 0, "KDMV");
	put_le(bytes, 4, 1, 4);
	put_le(bytes, 12, 2048, 8);
	put_le(bytes, 20, 128, 8);
	put_le(bytes, 28, 1, 8);
	put_le(bytes, 36, 20, 8);
	put_le(bytes, 44, 512, 4);
	put_text(bytes, 512, "# Disk DescriptorFile\ncreateType=\"monolithicSparse\"\n");
	bytes->n = CLUSTER;
}

static bool
try_read(const Bytes *bytes, KtImageHeader *ret_header, GError **error)
{
	KtImageSource source = kt_image_source_of_bytes(bytes->v, bytes->n, "disk.img");
	KtImageFormat format = KT_IMAGE_FORMAT_UNSET;
	bool is_read = kt_image_probe(&source, &format, NULL) &&
		       kt_image_header_read(&source, format, ret_header, error);

	g_assert_cmpuint(source.n_read, <=, KT_IMAGE_MAX_READ);
	return is_read;
}

static void
assert_good(const Bytes *bytes, KtImageHeader *ret_header)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(try_read(bytes, ret_header, &error));
	g_assert_no_error(error);
}

/* It is refused, the message names the file and says @what, and there is a hint. */
static void
assert_bad(const Bytes *bytes, const char *what)
{
	g_auto(KtImageHeader) header = {0};
	g_autoptr(GError) error = NULL;

	g_assert_false(try_read(bytes, &header, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
	g_assert_nonnull(strstr(error->message, "'disk.img'"));
	g_assert_nonnull(kt_error_hint(error));
	if (!strstr(error->message, what))
		g_error("'%s' does not say '%s'", error->message, what);
}

typedef struct Fault {
	size_t at;
	uint64_t number;
	size_t width;
	const char *what;
} Fault;

static void
test_qcow2_faults(void)
{
	static const Fault faults[] = {
		{.at = 4, .number = 4, .width = 4, .what = "version 4"},
		{.at = 16, .number = 10, .width = 4, .what = NULL}, /* without an offset */
		{.at = 20, .number = 8, .width = 4, .what = "clusters of 2^8"},
		{.at = 20, .number = 22, .width = 4, .what = "clusters of 2^22"},
		{.at = 20, .number = UINT32_MAX, .width = 4, .what = "clusters of"},
		{.at = 24, .number = UINT64_MAX, .width = 8, .what = "8 EiB"},
		{.at = 32, .number = 3, .width = 4, .what = "encryption method 3"},
		{.at = 36, .number = 0x400001, .width = 4, .what = "L1 table"},
		{.at = 60, .number = 65537, .width = 4, .what = "65537 snapshots"},
		{.at = 64, .number = 17, .width = 8, .what = NULL}, /* no snapshots, no table */
		{.at = 96, .number = 7, .width = 4, .what = "refcounts"},
		{.at = 100, .number = 96, .width = 4, .what = "header of 96"},
		{.at = 100, .number = 108, .width = 4, .what = "header of 108"},
		{.at = 100, .number = UINT32_MAX, .width = 4, .what = "header of"},
		{.at = 8, .number = UINT64_MAX, .width = 8, .what = "outside the first cluster"},
		{.at = 104, .number = 0x7fffffff, .width = 4, .what = NULL}, /* unknown */
		{.at = 108, .number = UINT32_MAX, .width = 4, .what = NULL}, /* of the end mark */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		const Fault *fault = &faults[i];
		Bytes bytes;
		g_auto(KtImageHeader) header = {0};
		make_qcow2(&bytes);
		put_be(&bytes, fault->at, fault->number, fault->width);
		if (fault->what)
			assert_bad(&bytes, fault->what);
		else
			assert_good(&bytes, &header);
	}
}

static void
test_qcow2_names(void)
{
	Bytes bytes;
	g_auto(KtImageHeader) header = {0};

	make_qcow2(&bytes);
	put_be(&bytes, 8, 1024, 8);
	put_be(&bytes, 16, 8, 4);
	put_text(&bytes, 1024, "base.img");
	assert_good(&bytes, &header);
	g_assert_cmpstr(header.backing, ==, "base.img");
	g_assert_null(header.backing_format);

	put_text(&bytes, 1026, "\x1b");
	assert_bad(&bytes, "backing name is no text");
	put_text(&bytes, 1026, "\xff");
	assert_bad(&bytes, "backing name is no text");
	put_be(&bytes, 16, 1024, 4);
	assert_bad(&bytes, "1024 bytes, not 1 to 1023");
	put_be(&bytes, 8, CLUSTER - 4, 8);
	put_be(&bytes, 16, 8, 4);
	assert_bad(&bytes, "outside the first cluster");
}

static void
test_qcow2_extensions(void)
{
	Bytes bytes;
	g_auto(KtImageHeader) header = {0};
	g_auto(KtImageHeader) again = {0};

	make_qcow2(&bytes);
	put_be(&bytes, 104, 0xe2792aca, 4);
	put_be(&bytes, 108, 5, 4);
	put_text(&bytes, 112, "qcow2");
	put_be(&bytes, 120, 0x44415441, 4);
	put_be(&bytes, 124, 3, 4);
	put_text(&bytes, 128, "d.1");
	put_be(&bytes, 136, 0x23852875, 4);
	put_be(&bytes, 140, 24, 4);
	put_be(&bytes, 144, 7, 4);
	assert_good(&bytes, &header);
	g_assert_cmpstr(header.backing_format, ==, "qcow2");
	g_assert_cmpstr(header.data_file, ==, "d.1");
	g_assert_cmpuint(header.n_bitmaps, ==, 7);

	put_be(&bytes, 140, CLUSTER, 4);
	assert_bad(&bytes, "header extension");
	put_be(&bytes, 108, 16, 4);
	assert_bad(&bytes, "name of 16 bytes");

	/* The same one twice: the last counts, nothing is lost. */
	make_qcow2(&bytes);
	for (size_t at = 104; at < 136; at += 16) {
		put_be(&bytes, at, 0xe2792aca, 4);
		put_be(&bytes, at + 4, 3, 4);
		put_text(&bytes, at + 8, "raw");
	}
	assert_good(&bytes, &again);
	g_assert_cmpstr(again.backing_format, ==, "raw");
}

/* A table of entries that all point far away: little is read, and the sum has a limit. */
static void
test_qcow2_snapshots(void)
{
	Bytes bytes;
	g_auto(KtImageHeader) header = {0};

	make_qcow2(&bytes);
	bytes.n = sizeof(bytes.v);
	put_be(&bytes, 60, 2, 4);
	put_be(&bytes, 64, CLUSTER, 8);
	put_be(&bytes, CLUSTER + 32, 4096, 4);
	put_be(&bytes, CLUSTER + 40 + 32, 1, 4);
	put_be(&bytes, CLUSTER + 40 + 36, 8, 4);
	put_be(&bytes, CLUSTER + 80, 8192, 8);
	assert_good(&bytes, &header);
	g_assert_cmpuint(header.n_snapshots, ==, 2);
	g_assert_cmpuint(header.vm_state_bytes, ==, 4096 + 8192);

	put_be(&bytes, CLUSTER + 80, UINT64_MAX, 8);
	assert_bad(&bytes, "8 EiB of memory");
	put_be(&bytes, CLUSTER + 36, UINT32_MAX, 4);
	assert_bad(&bytes, "ends before");
	put_be(&bytes, 64, CLUSTER + 8, 8);
	assert_bad(&bytes, "not aligned");
}

typedef void (*Maker)(Bytes *bytes);

/* Cut at every length: an error or a header, and never a byte behind the end. */
static void
test_cut(void)
{
	static const Maker makers[] = {[0] = make_qcow2, [1] = make_qed, [2] = make_vmdk};

	for (size_t i = 0; i < G_N_ELEMENTS(makers); i++) {
		Bytes whole;
		makers[i](&whole);
		for (size_t n = 0; n <= 640; n++) {
			g_autofree uint8_t *part = g_memdup2(whole.v, MAX(n, 1));
			KtImageSource source = kt_image_source_of_bytes(part, n, "cut");
			g_auto(KtImageHeader) header = {0};
			KtImageFormat format = KT_IMAGE_FORMAT_UNSET;
			g_assert_true(kt_image_probe(&source, &format, NULL));
			if (kt_image_header_read(&source, format, &header, NULL))
				g_assert_cmpint(header.format, ==, format);
		}
	}
}

static void
test_qed_faults(void)
{
	static const Fault faults[] = {
		{.at = 4, .number = 1000, .width = 4, .what = "clusters of 1000"},
		{.at = 4, .number = 128 << 20, .width = 4, .what = "clusters of"},
		{.at = 8, .number = 0, .width = 4, .what = "tables of 0"},
		{.at = 8, .number = 32, .width = 4, .what = "tables of 32"},
		{.at = 16, .number = 1, .width = 8, .what = "outside the header"},
		{.at = 48, .number = UINT64_MAX, .width = 8, .what = "8 EiB"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		Bytes bytes;
		make_qed(&bytes);
		put_le(&bytes, faults[i].at, faults[i].number, faults[i].width);
		assert_bad(&bytes, faults[i].what);
	}

	Bytes bytes;
	g_auto(KtImageHeader) header = {0};
	make_qed(&bytes);
	put_le(&bytes, 16, 7, 8);
	put_le(&bytes, 56, 64, 4);
	put_le(&bytes, 60, 4, 4);
	put_text(&bytes, 64, "base");
	assert_good(&bytes, &header);
	g_assert_true(header.is_dirty);
	g_assert_cmpstr(header.backing, ==, "base");
	g_assert_cmpstr(header.backing_format, ==, "raw");
}

static void
test_vmdk_faults(void)
{
	static const Fault faults[] = {
		{.at = 4, .number = 9, .width = 4, .what = "version 9"},
		{.at = 12, .number = UINT64_MAX, .width = 8, .what = "8 EiB"},
		{.at = 20, .number = 0, .width = 8, .what = "grains of 0"},
		{.at = 20, .number = UINT64_MAX, .width = 8, .what = "grains of"},
		{.at = 28, .number = UINT64_MAX, .width = 8, .what = "behind the end"},
		{.at = 28, .number = 100, .width = 8, .what = "no createType"},
		{.at = 44, .number = 1024, .width = 4, .what = "tables of 1024"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		Bytes bytes;
		make_vmdk(&bytes);
		put_le(&bytes, faults[i].at, faults[i].number, faults[i].width);
		assert_bad(&bytes, faults[i].what);
	}
}

static void
test_vmdk_descriptor(void)
{
	static const char text[] = "# Disk DescriptorFile\r\n"
				   "version=1\r\n"
				   "createType = \"twoGbMaxExtentFlat\"\r\n"
				   "parentFileNameHint=\"parent.vmdk\"\r\n"
				   "RW 2048 FLAT \"a b-f001.vmdk\" 0\r\n"
				   "RDONLY 4096 SPARSE \"a-f002.vmdk\"\r\n"
				   "RW 99999999999999999999 FLAT \"no\" 0\r\n"
				   "RWX 1 FLAT \"no\" 0\r\n"
				   "RW 9007199254740992 ZERO\r\n"
				   "RW 9007199254740992 ZERO\r\n";
	KtImageSource source = kt_image_source_of_bytes(text, strlen(text), "a.vmdk");
	g_auto(KtImageHeader) header = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(kt_image_header_read(&source, KT_IMAGE_FORMAT_VMDK, &header, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(header.variant, ==, "twoGbMaxExtentFlat");
	g_assert_cmpstr(header.backing, ==, "parent.vmdk");
	g_assert_cmpuint(header.n_extents, ==, 3);
	g_assert_cmpuint(
		header.virtual_bytes, ==, (2048 + 4096 + UINT64_C(9007199254740992)) * 512);
}

static void
test_probe(void)
{
	static const struct {
		const char *bytes;
		size_t n;
		KtImageFormat format;
	} rows[] = {
		{.bytes = "", .n = 0, .format = KT_IMAGE_FORMAT_RAW},
		{.bytes = "QFI", .n = 3, .format = KT_IMAGE_FORMAT_RAW},
		{.bytes = "QFI\xfb\0\0\0\1", .n = 8, .format = KT_IMAGE_FORMAT_QCOW},
		{.bytes = "QFI\xfb\0\0\0\2", .n = 8, .format = KT_IMAGE_FORMAT_QCOW2},
		{.bytes = "QFI\xfb\0\0\0\x9", .n = 8, .format = KT_IMAGE_FORMAT_QCOW2},
		{.bytes = "QED\0", .n = 4, .format = KT_IMAGE_FORMAT_QED},
		{.bytes = "QEDx", .n = 4, .format = KT_IMAGE_FORMAT_RAW},
		{.bytes = "COWD", .n = 4, .format = KT_IMAGE_FORMAT_VMDK},
		{.bytes = "LUKS\xba\xbe\0\1", .n = 8, .format = KT_IMAGE_FORMAT_LUKS},
		{.bytes = "conec"
			  "tix",
		 .n = 8,
		 .format = KT_IMAGE_FORMAT_VPC},
		{.bytes = "vhdxfile", .n = 8, .format = KT_IMAGE_FORMAT_VHDX},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		KtImageSource source = kt_image_source_of_bytes(rows[i].bytes, rows[i].n, "x");
		KtImageFormat format = KT_IMAGE_FORMAT_UNSET;
		g_assert_true(kt_image_probe(&source, &format, NULL));
		g_assert_cmpint(format, ==, rows[i].format);
	}
}

static void
test_names(void)
{
	for (KtImageFormat i = KT_IMAGE_FORMAT_RAW; i < KT_IMAGE_FORMAT_N; i++)
		g_assert_cmpint(kt_image_format_from_name(kt_image_format_name(i)), ==, i);
	g_assert_cmpint(kt_image_format_from_name("unset"), ==, KT_IMAGE_FORMAT_N);
	g_assert_cmpint(kt_image_format_from_name(NULL), ==, KT_IMAGE_FORMAT_N);
}

/* A raw disk has the size of its file, whatever a guest wrote to it. */
static void
test_raw(void)
{
	Bytes bytes;
	g_auto(KtImageHeader) header = {0};

	make_qcow2(&bytes);
	KtImageSource source = kt_image_source_of_bytes(bytes.v, bytes.n, "raw");
	g_assert_true(kt_image_header_read(&source, KT_IMAGE_FORMAT_RAW, &header, NULL));
	g_assert_cmpuint(header.virtual_bytes, ==, CLUSTER);
	g_assert_cmpuint(source.n_read, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/image-header/probe", test_probe);
	g_test_add_func("/image-header/names", test_names);
	g_test_add_func("/image-header/raw", test_raw);
	g_test_add_func("/image-header/cut", test_cut);
	g_test_add_func("/image-header/qcow2/faults", test_qcow2_faults);
	g_test_add_func("/image-header/qcow2/names", test_qcow2_names);
	g_test_add_func("/image-header/qcow2/extensions", test_qcow2_extensions);
	g_test_add_func("/image-header/qcow2/snapshots", test_qcow2_snapshots);
	g_test_add_func("/image-header/qed/faults", test_qed_faults);
	g_test_add_func("/image-header/vmdk/faults", test_vmdk_faults);
	g_test_add_func("/image-header/vmdk/descriptor", test_vmdk_descriptor);
	return g_test_run();
}
