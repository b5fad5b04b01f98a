/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-snapshot.h"

#include <string.h>

/* Both roots answer from the entry: the recorder asks once and fills it, the replay only looks. So
 * what a collector saw and what it will see cannot differ. */

typedef struct Recorder {
	KtSnapshot *snapshot;
	KtRoot *root;
} Recorder;

static KtState
given(KtState state)
{
	return state == KT_STATE_UNSET ? KT_STATE_ABSENT : state;
}

static KtState
give_text(const KtSnapshotEntry *entry, char **ret_text, size_t *ret_length)
{
	if (entry->read != KT_STATE_VALUE)
		return given(entry->read);

	size_t length = 0;
	const void *bytes = g_bytes_get_data(entry->text, &length);
	char *text = g_malloc(length + 1);
	if (length > 0)
		memcpy(text, bytes, length);
	text[length] = 0;
	*ret_text = text;
	*ret_length = length;
	return KT_STATE_VALUE;
}

static KtState
give_names(const KtSnapshotEntry *entry, char ***ret_names)
{
	if (entry->list == KT_STATE_VALUE)
		*ret_names = g_strdupv(entry->names);
	return given(entry->list);
}

static KtState
give_target(const KtSnapshotEntry *entry, char **ret_target)
{
	if (entry->link == KT_STATE_VALUE)
		*ret_target = g_strdup(entry->target);
	return given(entry->link);
}

static KtState
give_mode(const KtSnapshotEntry *entry, uint32_t *ret_mode)
{
	if (entry->mode == KT_STATE_VALUE)
		*ret_mode = entry->st_mode;
	return given(entry->mode);
}

/* What was never asked is answered as for a path that is not there. */
static const KtSnapshotEntry *
replay_entry(KtSnapshot *snapshot, const char *path)
{
	static const KtSnapshotEntry nothing = {.read = KT_STATE_UNSET};
	const KtSnapshotEntry *entry = kt_snapshot_find(snapshot, path);

	return entry ? entry : &nothing;
}

static KtState
replay_read(void *data, const char *path, char **ret_text, size_t *ret_length)
{
	return give_text(replay_entry(data, path), ret_text, ret_length);
}

static KtState
replay_list(void *data, const char *path, char ***ret_names)
{
	return give_names(replay_entry(data, path), ret_names);
}

static KtState
replay_link(void *data, const char *path, char **ret_target)
{
	return give_target(replay_entry(data, path), ret_target);
}

static KtState
replay_mode(void *data, const char *path, uint32_t *ret_mode)
{
	return give_mode(replay_entry(data, path), ret_mode);
}

static const KtRootOps replay_ops = {
	.read = replay_read,
	.list = replay_list,
	.link = replay_link,
	.mode = replay_mode,
};

KtRoot *
kt_snapshot_replay(KtSnapshot *snapshot)
{
	return kt_root_new(&replay_ops, snapshot);
}

/* NULL when nothing more may be kept: then the answer only passes through. */
static KtSnapshotEntry *
recorder_entry(Recorder *recorder, const char *path)
{
	KtSnapshot *snapshot = recorder->snapshot;
	KtSnapshotEntry *entry = snapshot->overflow ? NULL : kt_snapshot_entry(snapshot, path);

	if (!entry && !snapshot->overflow)
		snapshot->overflow = g_strdup(path);
	return entry;
}

/* The entry stays usable beyond the limit: the snapshot is void then, this run is not. */
static void
recorder_count(Recorder *recorder, const char *path, size_t n_bytes)
{
	KtSnapshot *snapshot = recorder->snapshot;

	snapshot->n_bytes += n_bytes;
	if (snapshot->n_bytes > KT_SNAPSHOT_MAX_RECORDED && !snapshot->overflow)
		snapshot->overflow = g_strdup(path);
}

static bool
is_environment(const char *path)
{
	return g_str_has_prefix(path, "/proc/") && g_str_has_suffix(path, "/environ");
}

static KtState
record_read(void *data, const char *path, char **ret_text, size_t *ret_length)
{
	Recorder *recorder = data;
	KtSnapshotEntry *entry = recorder_entry(recorder, path);
	size_t length = 0;
	char *text = NULL;

	if (is_environment(path)) {
		if (entry)
			entry->read = KT_STATE_DENIED;
		return KT_STATE_DENIED;
	}
	if (!entry)
		return kt_root_read(recorder->root, path, ret_text, ret_length);
	if (entry->read == KT_STATE_UNSET) {
		entry->read = kt_root_read(recorder->root, path, &text, &length);
		if (entry->read == KT_STATE_VALUE)
			entry->text = g_bytes_new_take(text, length);
		recorder_count(recorder, path, length);
	}
	return give_text(entry, ret_text, ret_length);
}

static KtState
record_list(void *data, const char *path, char ***ret_names)
{
	Recorder *recorder = data;
	KtSnapshotEntry *entry = recorder_entry(recorder, path);

	if (!entry)
		return kt_root_list(recorder->root, path, ret_names);
	if (entry->list == KT_STATE_UNSET) {
		entry->list = kt_root_list(recorder->root, path, &entry->names);
		for (char **name = entry->names; name && *name; name++)
			recorder_count(recorder, path, strlen(*name));
	}
	return give_names(entry, ret_names);
}

static KtState
record_link(void *data, const char *path, char **ret_target)
{
	Recorder *recorder = data;
	KtSnapshotEntry *entry = recorder_entry(recorder, path);

	if (!entry)
		return kt_root_link(recorder->root, path, ret_target);
	if (entry->link == KT_STATE_UNSET) {
		entry->link = kt_root_link(recorder->root, path, &entry->target);
		recorder_count(recorder, path, entry->target ? strlen(entry->target) : 0);
	}
	return give_target(entry, ret_target);
}

static KtState
record_mode(void *data, const char *path, uint32_t *ret_mode)
{
	Recorder *recorder = data;
	KtSnapshotEntry *entry = recorder_entry(recorder, path);

	if (!entry)
		return kt_root_mode(recorder->root, path, ret_mode);
	if (entry->mode == KT_STATE_UNSET)
		entry->mode = kt_root_mode(recorder->root, path, &entry->st_mode);
	return give_mode(entry, ret_mode);
}

static const KtRoot *
record_inner(void *data)
{
	return ((Recorder *)data)->root;
}

static const KtRootOps record_ops = {
	.read = record_read,
	.list = record_list,
	.link = record_link,
	.mode = record_mode,
	.inner = record_inner,
	.free = g_free,
};

KtRoot *
kt_snapshot_record(KtSnapshot *snapshot, KtRoot *root)
{
	Recorder *recorder = g_new0(Recorder, 1);

	recorder->snapshot = snapshot;
	recorder->root = root;
	g_free(snapshot->meta.root);
	snapshot->meta.root = g_strdup(kt_root_path(root));
	return kt_root_new(&record_ops, recorder);
}
