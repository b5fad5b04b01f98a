/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * kvmtune.conf: what the administrator decided (kvmtune.conf(5)).
 *
 *   [kvmtune]
 *   workload = latency            general, latency, throughput or dense
 *   guest_workload = general      of guests that say nothing themselves
 *
 *   [guests]
 *   web1 = throughput             by name or UUID
 *
 *   [params]
 *   host.swappiness/value = 5
 *
 *   [waive host.swappiness]       or [waive guest.rng web1]
 *   reason = measured on 2026-10-01, ticket 4711
 *   until = 2027-06-30
 *
 * Files in conf.d/ are read after it, in the order of their names; later values win. An unknown
 * group, key, practice or word is an error: a typing mistake must not silently change the meaning.
 */

#include "kt-policy.h"
#include "kt-root.h"

/* Adds the settings in @text to @policy. @what names it in errors (CONFIG). */
bool kt_config_parse(const char *text, size_t length, const char *what, KtPolicy *policy,
		     GError **error) KT_WARN_UNUSED;

/* Reads @path and the *.conf files in conf.d beside it. A file that does not exist is fine. */
bool kt_config_load(KtRoot *root, const char *path, KtPolicy *policy, GError **error)
	KT_WARN_UNUSED;
