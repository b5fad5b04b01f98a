/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Everything that is known about a host and its guests at one moment.
 *
 * Filled once by collect/, then treated as immutable; practices, placement, plan and report only
 * read it. All memory belongs to one arena: kt_facts_unref() of the last owner frees it whole.
 */

#include "kt-facts-guest.h"
#include "kt-facts-host.h"
#include "kt-facts-image.h"

#define KT_FACTS_SCHEMA_VERSION 1

typedef struct KtFactsMeta {
	KtOptStr tool_version;
	KtOptI64 collected_us; /* wall clock, UTC */
	KtOptStr root;         /* "/", or the path of the directory or snapshot */
	KtOptStr uri;          /* libvirt connection */
	KtOptBool is_remote;   /* guests run on another host than the one read */
	KtOptBool is_privileged;
	KtOptU64 libvirt_version; /* major * 1000000 + minor * 1000 + release */
	KtOptU64 qemu_version;
	KtOptStr libvirt_problem; /* why no guests could be read */
} KtFactsMeta;

typedef struct KtFacts {
	KtFactsMeta meta;
	KtHost host;
	KtGuestList guests;
	KtImageList images; /* of the disks of all guests, sorted by path */
	/* not part of the JSON: */
	KtArena *arena;
	GPtrArray *origins;     /* const char *, index 0 is "" */
	GHashTable *origin_ids; /* text -> id */
	GHashTable *cpusets;    /* interned */
	int refs;
} KtFacts;

extern const KtSchema kt_facts_schema;

/* Facts of which nothing is known yet (all UNSET), with one reference. */
KtFacts *kt_facts_new(void);
KtFacts *kt_facts_ref(KtFacts *facts);
void kt_facts_unref(KtFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtFacts, kt_facts_unref)

/* Id of the origin text (a path, "live XML of 'web1'"); the same text gives the same id. When all
 * 65535 ids are used up, 0 (no origin). */
uint16_t kt_facts_origin(KtFacts *facts, const char *text);

/* The text of an origin, "" for 0. Borrowed. */
const char *kt_facts_origin_text(const KtFacts *facts, uint16_t origin);

/* The one copy of @set in the arena: equal sets share it. */
const KtCpuset *kt_facts_cpuset(KtFacts *facts, const KtCpuset *set);

/* {"schema_version", "meta", "host", "guests", "images"}; new reference. */
KtJson *kt_facts_to_json(const KtFacts *facts);

/* Lays the JSON form (complete or a part of it) over @facts. Errors: PARSE, LIMIT. */
bool kt_facts_merge_json(KtFacts *facts, const KtJson *json, GError **error) KT_WARN_UNUSED;

/* SHA-256 (hexadecimal) of the JSON form: two equal digests are equal facts. Free with g_free. */
char *kt_facts_digest(const KtFacts *facts);

/* The guest with this UUID, or NULL. */
const KtGuest *kt_facts_find_guest(const KtFacts *facts, const char *uuid);

/* The configuration file of this path, or NULL when the facts have none. Its text may be unknown.
 */
const KtConfigFile *kt_facts_find_file(const KtHost *host, const char *path);

/* Puts the images in the order that kt_facts_find_image() needs; for who fills them. */
void kt_facts_sort_images(KtFacts *facts);

/* The image of this path, or NULL when nobody looked at it. */
const KtImage *kt_facts_find_image(const KtFacts *facts, const char *path);
