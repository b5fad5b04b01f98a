/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Snapshots that can be shown to strangers.
 *
 * Names of hosts, guests, users, pools, networks and image files, UUIDs, MACs, WWNs, serial
 * numbers, IP addresses, IQNs: each gets one pseudonym, used everywhere: in files, XML, directory
 * listings, links and the paths themselves, so that a replay finds what belongs together. Titles,
 * descriptions, comments and the metadata of other programs are taken out. What practices judge
 * (numbers, kernel settings, distribution, hardware models, well-known directories) stays.
 */

#include "kt-pseudonym.h"
#include "kt-snapshot.h"

/* Changes @snapshot in place; it should have been redacted before. */
void kt_snapshot_anonymise(KtSnapshot *snapshot);

/* The two visits of domain XML: notes its names, or replaces them. NULL when it cannot be parsed.
 */
void kt_anonymise_note_xml(KtPseudonyms *names, const char *xml);
char *kt_anonymise_xml(KtPseudonyms *names, const char *xml);
