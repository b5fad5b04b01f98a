/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Guests: from libvirt's answers and the processes of the root to facts. Internal to kt-collect.c.
 */

#include "kt-facts.h"
#include "kt-root.h"
#include "kt-virt-dump.h"

/* Fills facts->guests, sorted by name and UUID. @root NULL = the processes cannot be seen, because
 * the guests run on another machine. */
void kt_collect_guests(KtFacts *facts, const KtVirtDump *dump, KtRoot *root, bool is_deep);
