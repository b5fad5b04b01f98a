/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-root.h"

#include "kt-fd.h"
#include "kt-rootdir.h"

#include <errno.h>

struct KtRoot {
	const KtRootOps *ops;
	void *data;
};

KtState
kt_state_from_errno(int errno_value)
{
	switch (errno_value) {
	case ENOENT:
	case ENOTDIR:
	case ENODEV:
	case ENXIO:
	case ESRCH:
		return KT_STATE_ABSENT;
	case EACCES:
	case EPERM:
		return KT_STATE_DENIED;
	default:
		return KT_STATE_BROKEN;
	}
}

KtRoot *
kt_root_new(const KtRootOps *ops, void *data)
{
	KtRoot *root = g_new0(KtRoot, 1);

	root->ops = ops;
	root->data = data;
	return root;
}

KtRoot *
kt_root_open(const char *path, GError **error)
{
	KtRootDir *dir = kt_rootdir_open(path, error);

	return dir ? kt_root_new(&kt_rootdir_ops, dir) : NULL;
}

void
kt_root_free(KtRoot *root)
{
	if (!root)
		return;

	if (root->ops->free)
		root->ops->free(root->data);
	g_free(root);
}

static const KtRootDir *
as_dir(const KtRoot *root)
{
	if (root->ops->inner)
		return as_dir(root->ops->inner(root->data));
	return root->ops == &kt_rootdir_ops ? root->data : NULL;
}

bool
kt_root_is_live(const KtRoot *root)
{
	const KtRootDir *dir = as_dir(root);

	return dir && kt_rootdir_is_live(dir);
}

int
kt_root_dirfd(const KtRoot *root)
{
	const KtRootDir *dir = as_dir(root);

	return dir ? kt_rootdir_fd(dir) : -1;
}

const char *
kt_root_path(const KtRoot *root)
{
	const KtRootDir *dir = as_dir(root);

	return dir ? kt_rootdir_path(dir) : NULL;
}

int
kt_root_open_file(const KtRoot *root, const char *path, int flags)
{
	const KtRootDir *dir = as_dir(root);

	if (dir)
		return kt_rootdir_open_file(dir, path, flags);
	errno = EROFS;
	return -1;
}

KtState
kt_root_read(KtRoot *root, const char *path, char **ret_text, size_t *ret_length)
{
	size_t length = 0;
	KtState state = root->ops->read(root->data, path, ret_text, &length);

	if (state == KT_STATE_VALUE && ret_length)
		*ret_length = length;
	return state;
}

KtState
kt_root_read_line(KtRoot *root, const char *path, char **ret_text)
{
	KtState state = kt_root_read(root, path, ret_text, NULL);

	if (state == KT_STATE_VALUE)
		g_strstrip(*ret_text);
	return state;
}

KtState
kt_root_read_u64(KtRoot *root, const char *path, uint64_t *ret_number)
{
	g_autofree char *text = NULL;
	KtState state = kt_root_read_line(root, path, &text);

	if (state != KT_STATE_VALUE)
		return state;
	return g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, ret_number, NULL)
		       ? KT_STATE_VALUE
		       : KT_STATE_BROKEN;
}

KtState
kt_root_list(KtRoot *root, const char *path, char ***ret_names)
{
	return root->ops->list(root->data, path, ret_names);
}

KtState
kt_root_link(KtRoot *root, const char *path, char **ret_target)
{
	return root->ops->link(root->data, path, ret_target);
}

KtState
kt_root_mode(KtRoot *root, const char *path, uint32_t *ret_mode)
{
	return root->ops->mode(root->data, path, ret_mode);
}

bool
kt_root_exists(KtRoot *root, const char *path)
{
	uint32_t mode = 0;

	return kt_root_mode(root, path, &mode) == KT_STATE_VALUE;
}
