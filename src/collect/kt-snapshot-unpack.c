/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fd.h"
#include "kt-snapshot-archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK_BYTES 65536
/* GNU tar fills its last record, of up to a few MiB (--blocking-factor), with zeros. */
#define MAX_PADDING_CHUNKS 256
#define HINT_AGAIN         "copy the file again, or take a new one with 'kvmtune snapshot -o FILE'"

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Archive, archive_read_free)

/* Where the compressed bytes come from: a descriptor, or memory when it is -1. */
typedef struct Input {
	const char *what;
	int fd;
	uint8_t *chunk;
	size_t n_ready; /* in the chunk, not yet given on */
	size_t begin;   /* of these */
	uint64_t n_total;
	GConverter *inflate; /* of gzip */
	uint8_t *plain;      /* what it made; for libarchive */
	bool is_at_end;      /* of the compressed bytes */
	bool is_inflated;
	int errno_value;
	bool is_too_large;
} Input;

static void
input_clear(Input *input)
{
	g_clear_object(&input->inflate);
	g_clear_pointer(&input->plain, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Input, input_clear)

typedef struct Filter {
	const char *magic;
	size_t n_magic;
	int code;
	const char *(*version)(void); /* NULL result: this libarchive would run a program */
} Filter;

/* RFC 1952 */
static const uint8_t gzip_magic[] = {0x1f, 0x8b};

/* Magic numbers: RFC 8878 (zstd), the .xz file format 1.1.0. */
static const Filter filters[] = {
	{.magic = "\x28\xb5\x2f\xfd",
	 .n_magic = 4,
	 .code = ARCHIVE_FILTER_ZSTD,
	 .version = archive_libzstd_version},
	{.magic = "\xfd"
		  "7zXZ\0",
	 .n_magic = 6,
	 .code = ARCHIVE_FILTER_XZ,
	 .version = archive_liblzma_version},
};

/* Fills up to @size bytes; less only at the end. False with errno_value set on an error. */
static bool
input_fill(Input *input, uint8_t *into, size_t size, size_t *ret_got)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(input->fd, into + got, size - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			input->errno_value = errno;
			return false;
		}
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*ret_got = got;
	return true;
}

static la_ssize_t
fail_input(struct archive *archive, const char *text)
{
	archive_set_error(archive, EIO, "%s", text);
	return ARCHIVE_FATAL;
}

/* Makes bytes ready, none at the end. */
static la_ssize_t
input_refill(struct archive *archive, Input *input)
{
	if (input->n_ready == 0 && input->fd >= 0) {
		input->begin = 0;
		if (!input_fill(input, input->chunk, CHUNK_BYTES, &input->n_ready))
			return fail_input(archive, "read");
	}
	input->n_total += input->n_ready;
	if (input->n_total > KT_ARCHIVE_MAX_INPUT) {
		input->is_too_large = true;
		return fail_input(archive, "too large");
	}
	return (la_ssize_t)input->n_ready;
}

/* libarchive 3.6 does not look at the checksum of gzip, so that a damaged file could pass for a
 * good one; zlib does. */
static la_ssize_t
input_inflate(struct archive *archive, Input *input)
{
	while (!input->is_inflated) {
		g_autoptr(GError) error = NULL;
		size_t n_read = 0;
		size_t n_written = 0;

		if (input->n_ready == 0 && !input->is_at_end) {
			la_ssize_t n = input_refill(archive, input);
			if (n < 0)
				return n;
			input->is_at_end = n == 0;
		}
		GConverterResult result = g_converter_convert(
			input->inflate,
			input->chunk + input->begin,
			input->n_ready,
			input->plain,
			CHUNK_BYTES,
			input->is_at_end ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS,
			&n_read,
			&n_written,
			&error);
		input->begin += n_read;
		input->n_ready -= n_read;
		input->is_inflated = result == G_CONVERTER_FINISHED;
		if (result == G_CONVERTER_ERROR &&
		    (input->is_at_end ||
		     !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT)))
			return fail_input(archive, input->is_at_end ? "unexpected end" : "damaged");
		if (n_written > 0)
			return (la_ssize_t)n_written;
	}
	return 0;
}

static la_ssize_t
input_read(struct archive *archive, void *data, const void **ret_buffer)
{
	Input *input = data;
	la_ssize_t n = 0;

	if (input->inflate) {
		*ret_buffer = input->plain;
		n = input_inflate(archive, input);
	} else {
		*ret_buffer = input->chunk;
		n = input_refill(archive, input);
		input->n_ready = 0;
	}
	return n;
}

/* The checksum stands behind everything else. What libarchive leaves is padding. */
static bool
input_finish(struct archive *archive, Input *input)
{
	const void *buffer = NULL;
	la_ssize_t n = 1;

	for (unsigned i = 0; input->inflate && n > 0 && i < MAX_PADDING_CHUNKS; i++)
		n = input_read(archive, input, &buffer);
	return !input->inflate || n == 0;
}

/* What libarchive says, in the words of this program. */
static bool
throw_archive(GError **error, const Input *input, Archive *archive)
{
	const char *text = archive_error_string(archive);

	if (input->errno_value)
		return kt_throw_errno(error, input->errno_value, "read '%s'", input->what);
	if (input->is_too_large)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"'%s' has more than %u MiB",
				input->what,
				(unsigned)(KT_ARCHIVE_MAX_INPUT >> 20));
	return kt_throw_hint(error,
			     KT_ERROR_PARSE,
			     HINT_AGAIN,
			     "snapshot '%s' is damaged or cut off: %s",
			     input->what,
			     text ? text : "unexpected end");
}

static bool
throw_forbidden(GError **error, const Input *input, const char *name, const char *kind)
{
	g_autofree char *shown = g_strescape(name, NULL);

	return kt_throw_hint(error,
			     KT_ERROR_PARSE,
			     "a snapshot holds plain files only; do not use this file",
			     "snapshot '%s': member '%s' is %s",
			     input->what,
			     shown,
			     kind);
}

static bool
read_body(Archive *archive, const Input *input, size_t size, GBytes **ret_bytes, GError **error)
{
	g_autofree uint8_t *body = g_malloc(size + 1);
	size_t got = 0;

	/* One byte more than announced is asked for, so that libarchive reaches the end. */
	while (got <= size) {
		la_ssize_t n = archive_read_data(archive, body + got, size + 1 - got);
		if (n < 0)
			return throw_archive(error, input, archive);
		if (n == 0)
			break;
		got += (size_t)n;
	}
	if (got != size)
		return throw_archive(error, input, archive);
	*ret_bytes = g_bytes_new_take(g_steal_pointer(&body), size);
	return true;
}

static const char *
plain_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	/* `tar -C DIR -czf FILE .` writes "./root/..." */
	while (name && g_str_has_prefix(name, "./"))
		name += 2;
	return name;
}

static bool
read_member(Archive *archive, const Input *input, struct archive_entry *entry, KtMembers *members,
	    GError **error)
{
	const char *name = plain_name(entry);
	g_autoptr(GBytes) bytes = NULL;

	if (!name)
		return throw_forbidden(error, input, "?", "without a readable name");
	if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		return throw_forbidden(error, input, name, "a link");
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return true;
	if (archive_entry_filetype(entry) != AE_IFREG)
		return throw_forbidden(error, input, name, "a device or another special file");
	if (archive_entry_sparse_count(entry) > 0)
		return throw_forbidden(error, input, name, "a sparse file");
	if (!archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0)
		return throw_forbidden(error, input, name, "without a size");

	uint64_t size = (uint64_t)archive_entry_size(entry);
	if (!kt_members_check(members, name, size, error))
		return kt_prefix(error, "snapshot '%s'", input->what);
	return read_body(archive, input, (size_t)size, &bytes, error) &&
	       kt_members_add(members, name, bytes, error);
}

static bool
read_members(Archive *archive, const Input *input, KtMembers *members, GError **error)
{
	struct archive_entry *entry = NULL;

	/* Directories count as well: an archive of nothing but directories must end, too. */
	for (unsigned n = 0; n <= 2 * KT_MEMBERS_MAX; n++) {
		int rc = archive_read_next_header(archive, &entry);
		if (rc == ARCHIVE_EOF)
			return true;
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			return throw_archive(error, input, archive);
		if (!read_member(archive, input, entry, members, error))
			return false;
	}
	return kt_throw(error, KT_ERROR_LIMIT, "snapshot '%s' has too many members", input->what);
}

/* One filter, chosen here: libarchive's own choice would stack up to 25 of them, so that a few
 * kilobytes could keep it busy for hours before the first member. */
static bool
choose_filter(Archive *archive, Input *input, GError **error)
{
	if (input->n_ready >= sizeof(gzip_magic) &&
	    memcmp(input->chunk, gzip_magic, sizeof(gzip_magic)) == 0) {
		input->inflate =
			G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
		input->plain = g_malloc(CHUNK_BYTES);
		return true;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(filters); i++) {
		const Filter *filter = &filters[i];
		if (input->n_ready < filter->n_magic ||
		    memcmp(input->chunk, filter->magic, filter->n_magic) != 0)
			continue;
		if (!filter->version() ||
		    archive_read_append_filter(archive, filter->code) != ARCHIVE_OK)
			return kt_throw_hint(error,
					     KT_ERROR_UNSUPPORTED,
					     "pack it again with gzip",
					     "this build cannot uncompress '%s'",
					     input->what);
		return true;
	}
	/* "ustar" at 257: POSIX.1-2017, pax, "ustar Interchange Format". */
	if (input->n_ready >= 512 && memcmp(input->chunk + 257, "ustar", 5) == 0)
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_PARSE,
			     "give a directory or a file that 'kvmtune snapshot' wrote",
			     "'%s' is no snapshot archive",
			     input->what);
}

static KtMembers *
read_input(Input *input, GError **error)
{
	g_autoptr(Archive) archive = archive_read_new();
	g_autoptr(KtMembers) members = kt_members_new();

	g_assert(archive);
	archive_read_support_format_tar(archive);
	if (!choose_filter(archive, input, error))
		return NULL;
	if (archive_read_open(archive, input, NULL, input_read, NULL) != ARCHIVE_OK) {
		throw_archive(error, input, archive);
		return NULL;
	}
	if (!read_members(archive, input, members, error))
		return NULL;
	if (!input_finish(archive, input)) {
		throw_archive(error, input, archive);
		return NULL;
	}
	return g_steal_pointer(&members);
}

KtMembers *
kt_snapshot_archive_read(const char *path, GError **error)
{
	bool is_stdin = g_str_equal(path, "-");
	kt_autofd fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
				: open(path, O_RDONLY | O_CLOEXEC);
	g_autofree uint8_t *chunk = g_malloc(CHUNK_BYTES);
	g_auto(Input)
		input = {.what = is_stdin ? "standard input" : path, .fd = fd, .chunk = chunk};

	if (fd < 0) {
		kt_throw_errno(error, errno, "open '%s'", input.what);
		return NULL;
	}
	if (!input_fill(&input, chunk, CHUNK_BYTES, &input.n_ready)) {
		kt_throw_errno(error, input.errno_value, "read '%s'", input.what);
		return NULL;
	}
	return read_input(&input, error);
}

KtMembers *
kt_snapshot_archive_read_bytes(GBytes *bytes, const char *what, GError **error)
{
	size_t size = 0;
	const uint8_t *data = g_bytes_get_data(bytes, &size);
	g_auto(Input) input = {.what = what, .fd = -1, .chunk = (uint8_t *)data, .n_ready = size};

	return read_input(&input, error);
}
