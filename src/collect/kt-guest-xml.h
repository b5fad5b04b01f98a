/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Domain XML to facts.
 *
 * Elements and attributes that no fact needs are passed over. What the XML does not say is ABSENT,
 * except where libvirt defines what its absence means: a flag element is false, `vcpus` is
 * `vcpus_max`, `current_memory_kib` is `memory_kib`. XML that cannot be parsed makes every member
 * BROKEN and is no error of the collection.
 */

#include "kt-facts.h"
#include "kt-xml.h"

/* Name space of kvmtune's element in the metadata:
 * <kvmtune:tune xmlns:kvmtune="..." class="latency" guest-exec="yes">
 *   <kvmtune:waive practice="guest.rng" reason="..." until="2027-01-31"/>
 * </kvmtune:tune> */
#define KT_GUEST_XMLNS "https://kvmtune.org/xmlns/domain/1.0"

/* What one view says in its metadata. */
typedef struct KtGuestTune {
	bool is_present;
	KtOptStr workload;
	KtOptStr guest_exec;
	KtWaiverList waivers;
} KtGuestTune;

/* kvmtune's element in the metadata of @root, or NULL. */
const xmlNode *kt_guest_xml_tune(const xmlNode *root);

/* Reads @xml into *@ret_config and *@ret_tune; memory belongs to the arena of @facts. @origin says
 * what it is, "live XML of 'web1'". */
void kt_guest_xml_read(KtFacts *facts, const char *xml, const char *origin,
		       KtGuestConfig *ret_config, KtGuestTune *ret_tune);

/* Sets every member to @state. */
void kt_guest_xml_unknown(KtFacts *facts, KtState state, const char *origin,
			  KtGuestConfig *ret_config);
