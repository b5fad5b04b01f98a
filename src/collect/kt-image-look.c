/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image-look.h"

#include "kt-fd.h"
#include "kt-image-header.h"
#include "kt-root.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Not named by all C libraries of the supported distributions (linux/stat.h of 5.8 and 6.1). */
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0
#endif
#ifndef STATX_DIOALIGN
#define STATX_DIOALIGN 0
#endif

/* st_blocks counts these, whatever the file system's own blocks are (stat(2)). */
#define STAT_BLOCK 512

typedef struct Look {
	KtArena *arena;
	KtImage *image;
	int fd; /* -1 when it could not be opened */
} Look;

static KtOptStr
known_str(const Look *look, const char *text)
{
	return (KtOptStr){
		.v = kt_arena_strdup(look->arena, text),
		.state = text ? KT_STATE_VALUE : KT_STATE_ABSENT,
	};
}

static KtOptU64
known_u64(uint64_t number)
{
	return (KtOptU64){.v = number, .state = KT_STATE_VALUE};
}

/* A number that formats without such a thing have as 0. */
static KtOptU64
number_or_absent(uint64_t number)
{
	return (KtOptU64){.v = number, .state = number ? KT_STATE_VALUE : KT_STATE_ABSENT};
}

static KtOptBool
known_bool(bool value)
{
	return (KtOptBool){.v = value, .state = KT_STATE_VALUE};
}

static bool
pread_fd(void *data, uint64_t offset, void *buffer, size_t length, size_t *ret_got, GError **error)
{
	const Look *look = data;
	size_t got = 0;

	while (got < length) {
		ssize_t n =
			pread(look->fd, (char *)buffer + got, length - got, (off_t)(offset + got));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return kt_throw_errno(error, errno, "read '%s'", look->image->path.v);
		if (n == 0)
			break;
		got += (size_t)n;
	}
	*ret_got = got;
	return true;
}

static void
set_problem(const Look *look, const char *text)
{
	look->image->problem = known_str(look, text);
}

/* How far the image is allocated already. An internal snapshot keeps clusters of its own, so that
 * the length of the file says nothing then; nor does that of a device. */
static KtOptStr
preallocation(const Look *look, const KtImageHeader *header)
{
	const KtImage *image = look->image;
	bool is_qcow2 = header->format == KT_IMAGE_FORMAT_QCOW2;
	KtOptStr unknown = {.state = KT_STATE_ABSENT};

	if (!kt_opt_is(image->kind, "file") || header->n_snapshots > 0 || header->has_data_file ||
	    (!is_qcow2 && header->format != KT_IMAGE_FORMAT_RAW))
		return unknown;
	if (image->allocated_bytes.v >= header->virtual_bytes && header->virtual_bytes > 0)
		return known_str(look, "full");
	/* Clusters are never given back, so a file that is longer than the disk has them all. */
	return known_str(look,
			 is_qcow2 && image->size_bytes.v >= header->virtual_bytes ? "metadata"
										  : "off");
}

static void
set_header(const Look *look, const KtImageHeader *header)
{
	KtImage *image = look->image;

	image->variant = known_str(look, header->variant);
	image->version = number_or_absent(header->version);
	image->virtual_bytes = number_or_absent(header->virtual_bytes);
	image->cluster_bytes = number_or_absent(header->cluster_bytes);
	image->refcount_bits = number_or_absent(header->refcount_bits);
	image->has_subclusters = known_bool(header->has_subclusters);
	image->has_lazy_refcounts = known_bool(header->has_lazy_refcounts);
	image->is_dirty = known_bool(header->is_dirty);
	image->is_corrupt = known_bool(header->is_corrupt);
	image->has_unknown_features = known_bool(header->has_unknown_features);
	image->compression = known_str(look, header->compression);
	image->encryption = known_str(look, header->encryption);
	image->snapshots = known_u64(header->n_snapshots);
	image->vm_state_bytes = known_u64(header->vm_state_bytes);
	image->bitmaps = known_u64(header->n_bitmaps);
	image->preallocation = preallocation(look, header);
	image->backing = known_str(look, header->backing);
	image->backing_format = known_str(look, header->backing_format);
	image->data_file = known_str(look, header->data_file);
}

static void
read_header(Look *look)
{
	KtImage *image = look->image;
	KtImageSource source = {
		.pread = pread_fd,
		.data = look,
		.name = image->path.v,
		.size = image->size_bytes.v,
	};
	KtImageFormat format = KT_IMAGE_FORMAT_UNSET;
	g_auto(KtImageHeader) header = {0};
	g_autoptr(GError) error = NULL;

	if (!kt_image_probe(&source, &format, &error)) {
		set_problem(look, error->message);
		return;
	}
	image->format = known_str(look, kt_image_format_name(format));
	if (kt_image_header_read(&source, format, &header, &error))
		set_header(look, &header);
	else
		set_problem(look, error->message);
}

static void
read_flags(const Look *look)
{
	KtImage *image = look->image;
	int flags = 0;

	if (look->fd < 0)
		return;
	if (ioctl(look->fd, FS_IOC_GETFLAGS, &flags) == 0)
		image->is_nocow = known_bool(flags & FS_NOCOW_FL);
	else
		image->is_nocow.state = KT_STATE_ABSENT;
}

static void
read_device(const Look *look)
{
	KtImage *image = look->image;
	uint64_t size = 0;
	int sector = 0;

	image->is_nocow.state = KT_STATE_ABSENT;
	image->allocated_bytes.state = KT_STATE_ABSENT;
	image->size_bytes.state = KT_STATE_UNSET;
	image->direct_align_bytes.state = KT_STATE_UNSET;
	if (look->fd < 0)
		return;
	if (ioctl(look->fd, BLKGETSIZE64, &size) == 0)
		image->size_bytes = known_u64(size);
	if (ioctl(look->fd, BLKSSZGET, &sector) == 0 && sector > 0)
		image->direct_align_bytes = known_u64((uint64_t)sector);
}

static uint64_t
direct_align(const struct statx *info)
{
#if STATX_DIOALIGN
	if (info->stx_mask & STATX_DIOALIGN)
		return info->stx_dio_offset_align;
#endif
	return 0;
}

static void
set_stat(const Look *look, const struct statx *info, uint64_t *ret_mount_id)
{
	KtImage *image = look->image;
	g_autofree char *mode = g_strdup_printf("%04o", info->stx_mode & 07777u);
	bool is_block = S_ISBLK(info->stx_mode);
	g_autofree char *file_id =
		is_block
			? g_strdup_printf("block %u:%u", info->stx_rdev_major, info->stx_rdev_minor)
			: g_strdup_printf("%u:%u %" G_GUINT64_FORMAT,
					  info->stx_dev_major,
					  info->stx_dev_minor,
					  (uint64_t)info->stx_ino);

	image->kind = known_str(look, is_block ? "block" : "file");
	image->file_id = known_str(look, file_id);
	image->size_bytes = known_u64(info->stx_size);
	image->allocated_bytes = known_u64(info->stx_blocks * STAT_BLOCK);
	image->mode = known_str(look, mode);
	image->owner = known_u64(info->stx_uid);
	image->group = known_u64(info->stx_gid);
	image->direct_align_bytes = number_or_absent(direct_align(info));
#if STATX_MNT_ID
	*ret_mount_id = info->stx_mask & STATX_MNT_ID ? info->stx_mnt_id : 0;
#endif
}

/* Only the owner may leave the times alone (open(2)). */
static int
open_quietly(int path_fd)
{
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", path_fd);
	int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(path, flags | O_NOATIME);

	return fd < 0 && errno == EPERM ? open(path, flags) : fd;
}

static void
give_up(const Look *look, KtState state, const char *problem)
{
	if (problem)
		set_problem(look, problem);
	kt_image_fill(look->image, state);
}

void
kt_image_look(const char *path, KtArena *arena, KtImage *image, uint64_t *ret_mount_id)
{
	/* Without opening it yet: a tape rewinds when it is, a fifo waits. */
	kt_autofd path_fd = open(path, O_PATH | O_CLOEXEC);
	kt_autofd fd = -1;
	Look look = {.arena = arena, .image = image, .fd = -1};
	struct statx info;

	*ret_mount_id = 0;
	image->path = known_str(&look, path);
	if (path_fd < 0 || statx(path_fd,
				 "",
				 AT_EMPTY_PATH,
				 STATX_BASIC_STATS | STATX_MNT_ID | STATX_DIOALIGN,
				 &info) != 0) {
		KtState state = kt_state_from_errno(errno);
		give_up(&look, state, state == KT_STATE_ABSENT ? NULL : g_strerror(errno));
		return;
	}
	if (!S_ISREG(info.stx_mode) && !S_ISBLK(info.stx_mode)) {
		give_up(&look, KT_STATE_BROKEN, "neither a file nor a block device");
		return;
	}

	set_stat(&look, &info, ret_mount_id);
	fd = open_quietly(path_fd);
	look.fd = fd;
	KtState state = fd < 0 ? kt_state_from_errno(errno) : KT_STATE_BROKEN;
	if (fd < 0)
		set_problem(&look, g_strerror(errno));
	if (S_ISBLK(info.stx_mode))
		read_device(&look);
	else
		read_flags(&look);
	if (fd >= 0)
		read_header(&look);
	kt_image_fill(image, state);
}
