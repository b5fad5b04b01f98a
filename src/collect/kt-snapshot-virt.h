/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* libvirt's answers inside a snapshot: one JSON document, the XML texts as files of their own, so
 * that a recorded host can be read and its changes reviewed. */

#include "kt-json.h"
#include "kt-members.h"

#define KT_SNAPSHOT_VIRT "virt.json"

/* A copy of @virt in which every text that is XML is replaced by {"file": "virt/..."}, and those
 * files in @members. New reference. Errors: LIMIT. */
KtJson *kt_snapshot_virt_split(const KtJson *virt, KtMembers *members, GError **error)
	KT_WARN_UNUSED;

/* The inverse, in place. A file that is missing or named twice is an error (PARSE). */
bool kt_snapshot_virt_join(KtJson *virt, const KtMembers *members, GError **error) KT_WARN_UNUSED;

/* A new text for the string @text below @key (NULL in an array), or NULL to leave it. */
typedef char *KtSnapshotMap(const char *key, const char *text, void *data);

/* Gives every string in @json, at any depth, to @map. NULL is nothing to do. */
void kt_snapshot_virt_map(KtJson *json, KtSnapshotMap *map, void *data);
