/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Collecting: from a host, a copy of one, or a snapshot, to facts. The only way into this layer.
 *
 * Reads only. What is absent, denied or damaged becomes a state of the facts; in particular, a host
 * without libvirt is judged without guests, and meta.libvirt_problem says why.
 */

#include "kt-facts.h"
#include "kt-root.h"
#include "kt-virt-dump.h"

/* What safety.md's "a stuck libvirtd never hangs kvmtune" allows a command. */
#define KT_COLLECT_DEADLINE_MS 30000u

typedef struct KtCollectOptions {
	KtRoot *root;             /* borrowed; NULL = live "/" */
	const KtVirtDump *virt;   /* borrowed; replayed answers of libvirt, or NULL */
	const char *topology_xml; /* hwloc XML to use instead of discovery, or NULL */
	const KtJson *images;     /* borrowed; what an earlier run kept of images, or NULL */
	/* libvirt URI; "" = do not connect. NULL = default: VIRSH_DEFAULT_CONNECT_URI,
	 * LIBVIRT_DEFAULT_URI, libvirt's own choice; no connection when the root is not live. */
	const char *uri;
	bool is_deep;   /* also memory per node */
	bool is_inside; /* also ask the agents in guests; a replay has what was asked then */
	const char *const *inside_words; /* only guests with these names, UUIDs or numbers; NULL =
					  * all */
	uint32_t deadline_ms;            /* for all of libvirt, and again for all images; 0 =
					  * KT_COLLECT_DEADLINE_MS */
} KtCollectOptions;

typedef struct KtCollected {
	KtFacts *facts;
	KtVirtDump *virt;   /* NULL when options->virt was given */
	char *topology_xml; /* NULL when the host was not read */
	KtJson *images;     /* NULL when nobody looked at images */
} KtCollected;

/* Frees the contents. */
void kt_collected_clear(KtCollected *collected);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KtCollected, kt_collected_clear)

/* Guests are sorted by name. Errors: only what makes every judgement impossible (a root that cannot
 * be opened, topology XML or kept images that cannot be parsed). */
bool kt_collect(const KtCollectOptions *options, KtCollected *ret_collected, GError **error)
	KT_WARN_UNUSED;
