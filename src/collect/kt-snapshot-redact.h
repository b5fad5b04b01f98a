/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * No snapshot leaves kvmtune with secrets in it.
 *
 * Domain XML: passwords, keys, secrets, cookies, values given to firmware and QEMU's environment;
 * arguments of qemu:commandline that mention one. Files: settings with a secret's name
 * (kt-secret.h) in everything that people write, and kernel files whose own name says so. XML that
 * is not well-formed cannot be searched: a text that is not well-formed either takes its place.
 */

#include "kt-snapshot.h"

/* Stands for XML that nobody could search; it does not parse, as what was there did not. */
#define KT_REDACTED_XML "<left-out reason='not well-formed'>"

/* Changes @snapshot in place. */
void kt_snapshot_redact(KtSnapshot *snapshot);

/* True for a path whose text comes from people or programs, not from the kernel: settings, command
 * lines, mounts. */
bool kt_snapshot_is_free_text(const char *path);
