/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Snapshots: what was asked of a host, and what it answered.
 *
 * Taking one: wrap the root in a recorder, collect through it, then write. The files saved are by
 * construction the files read.
 *
 *   g_autoptr(KtSnapshot) snapshot = kt_snapshot_new(version);
 *   g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, live);
 *   ... collect from recorder ...
 *   kt_snapshot_set_virt(snapshot, virt);
 *   kt_snapshot_set_topology(snapshot, topology_xml);
 *   kt_snapshot_set_images(snapshot, images);
 *   kt_snapshot_write(snapshot, is_anonymous, path, &error)
 *
 * Using one: kt_snapshot_open() and collect from kt_snapshot_replay(); what was never asked is
 * ABSENT. The format is described in docs/snapshot-format.md. Not thread-safe.
 */

#include "kt-json.h"
#include "kt-members.h"
#include "kt-root.h"

#define KT_SNAPSHOT_SCHEMA_VERSION 1
#define KT_SNAPSHOT_MANIFEST       "kvmtune-snapshot.json"

/* What a recorder holds at most: a snapshot must not be the thing that fills a busy host. A
 * recorded host with 512 CPUs and 200 guests takes about 15 MiB (tests/hosts/cpus-512). */
#define KT_SNAPSHOT_MAX_RECORDED ((uint64_t)64 * 1024 * 1024)
#define KT_SNAPSHOT_MAX_ENTRIES  KT_MEMBERS_MAX

/* The answers for one path; KT_STATE_UNSET where that question was never asked. */
typedef struct KtSnapshotEntry {
	KtState read;
	KtState list;
	KtState link;
	KtState mode;
	uint32_t st_mode;
	GBytes *text;
	char **names;
	char *target;
} KtSnapshotEntry;

typedef struct KtSnapshotMeta {
	char *tool_version;
	int64_t created_us; /* wall clock, UTC, whole seconds */
	char *root;         /* what was recorded: "/" or a directory */
	char *about;        /* for recorded hosts of the test suite; or NULL */
	bool is_privileged; /* taken by root */
	bool is_anonymised;
} KtSnapshotMeta;

typedef struct KtSnapshot {
	KtSnapshotMeta meta;
	GHashTable *entries; /* canonical path -> KtSnapshotEntry */
	KtJson *virt;        /* libvirt's answers with the XML texts inside, or NULL */
	char *topology_xml;  /* hwloc's export, or NULL */
	KtJson *images;      /* what kt_image_fetch() gave, or NULL */
	/* of the recorder: */
	uint64_t n_bytes;
	char *overflow; /* the path that did not fit any more, or NULL */
} KtSnapshot;

/* Empty, of this moment and process. @tool_version is copied (NULL when read from a file). */
KtSnapshot *kt_snapshot_new(const char *tool_version);
void kt_snapshot_free(KtSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtSnapshot, kt_snapshot_free)

/* A root that asks @root, remembers each answer in @snapshot and gives the remembered one when
 * asked again, so that the collector cannot see more than the snapshot will. Borrows both. The
 * environment of a process (/proc/PID/environ) is DENIED without being read. When a limit is
 * reached answers still pass through, and kt_snapshot_write() fails. */
KtRoot *kt_snapshot_record(KtSnapshot *snapshot, KtRoot *root);

/* A root that gives the answers in @snapshot, which it borrows. */
KtRoot *kt_snapshot_replay(KtSnapshot *snapshot);

/* Keeps a deep copy of @virt: {"domains": [{"uuid", "name", "live_xml", "inactive_xml", ...}],
 * ...}; the other members are kept as they are. NULL: libvirt was not asked. */
void kt_snapshot_set_virt(KtSnapshot *snapshot, const KtJson *virt);
void kt_snapshot_set_topology(KtSnapshot *snapshot, const char *topology_xml);

/* Keeps a deep copy of what kt_image_fetch() gave. NULL: nobody looked at images. */
void kt_snapshot_set_images(KtSnapshot *snapshot, const KtJson *images);

/* Takes the secrets out of @snapshot, replaces what identifies people and machines by pseudonyms
 * when @is_anonymous, and saves it as @path ("-" is standard output); @snapshot is then as saved.
 * Errors: LIMIT (recorder or format), DENIED, NOT_FOUND, IO. */
bool kt_snapshot_write(KtSnapshot *snapshot, bool is_anonymous, const char *path, GError **error)
	KT_WARN_UNUSED;

/* Reads an archive ("-" is standard input) or an unpacked snapshot. Errors: PARSE, LIMIT,
 * UNSUPPORTED (newer format), NOT_FOUND, DENIED, IO; all name the file. */
KtSnapshot *kt_snapshot_open(const char *path, GError **error) KT_WARN_UNUSED;

/* The two halves of the format, for tests: tables <-> members. @what names it in messages; an
 * archive is complete only when @is_archive and its member count agree. */
KtMembers *kt_snapshot_to_members(const KtSnapshot *snapshot, GError **error) KT_WARN_UNUSED;
KtSnapshot *kt_snapshot_from_members(const KtMembers *members, bool is_archive, const char *what,
				     GError **error) KT_WARN_UNUSED;

/* True for names that the format knows, and for the directories on the way to them. */
bool kt_snapshot_is_member(const char *name);

/* True for the one spelling of a path that stands in the tables: absolute, without "//", "/./" and
 * a final "/". */
bool kt_snapshot_is_canonical(const char *path);

/* An empty table of entries, for who rebuilds one. */
GHashTable *kt_snapshot_new_entries(void);

/* The entry of @path (any spelling: "//", "/./" and a final "/" do not count), or NULL. */
KtSnapshotEntry *kt_snapshot_find(const KtSnapshot *snapshot, const char *path);

/* Same, made when missing; NULL when there are too many. */
KtSnapshotEntry *kt_snapshot_entry(KtSnapshot *snapshot, const char *path);
