/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Words and short phrases that several reports share. */

#include "kt-facts.h"
#include "kt-finding.h"
#include "kt-paper.h"

/* Longest value that is shown within a sentence: half of a line of 80. */
#define KT_PHRASE_VALUE_COLUMNS 40

/* The ink that a severity is written in. */
KtInk kt_phrase_ink(KtSeverity severity);

/* "now", "at the guest's next start", "at the next boot". */
const char *kt_phrase_effect(KtEffect effect);

/* When a change becomes and stays true: "now and at every boot". */
const char *kt_phrase_change_effect(const KtChange *change);

/* "(absent)", "(empty)", the value, or its beginning with "..." when it is long or has several
 * lines. Free with g_free. */
char *kt_phrase_value(const char *value);

/* "no finding", "1 finding", "3 findings". Free with g_free. */
char *kt_phrase_count(unsigned n, const char *noun);

/* "1 critical, 3 high, 2 low": the findings by severity, "" when there is none. Free with g_free.
 */
char *kt_phrase_findings(const KtAudit *audit);

/* "Debian GNU/Linux 12, Linux 6.1.0, x86_64": what is known of it. Free with g_free. */
char *kt_phrase_system(const KtHost *host);

/* The same with "64 CPUs, 2 nodes, 251 GiB". Free with g_free. */
char *kt_phrase_host(const KtHost *host);

/* The host's name, or "this host". Borrowed. */
const char *kt_phrase_hostname(const KtHost *host);

/* "running, 4 vCPUs, 8 GiB". Free with g_free. */
char *kt_phrase_guest(const KtGuest *guest);

/* "web1", or "(unnamed guest)". Borrowed. */
const char *kt_phrase_guest_name(const KtGuest *guest);

/* "512 MiB", "1.5 GiB": at most one decimal. Free with g_free. */
char *kt_phrase_kib(uint64_t kib);
