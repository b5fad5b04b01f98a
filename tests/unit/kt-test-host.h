/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What the snapshot tests share: a host in memory whose answers can also be "denied" and "broken",
 * which no file system gives to root. */

#include "kt-json.h"
#include "kt-root.h"

#include <glib.h>

/* A row per answer; which question it answers is the member that is set. */
typedef struct KtTestAnswer {
	const char *path;
	const char *text;   /* read: VALUE */
	const char *names;  /* list: VALUE, separated by blanks */
	const char *target; /* link: VALUE */
	uint32_t mode;      /* mode: VALUE */
	KtState state;      /* of read and list, where neither text nor names is set */
} KtTestAnswer;

/* A root that answers from the rows (borrowed, ended by a row without path); ABSENT otherwise. */
KtRoot *kt_test_root(const KtTestAnswer *rows);

/* A directory that kt_test_remove() takes away with all in it. */
char *kt_test_dir(void);
void kt_test_remove(char *dir);

/* A host with a bit of everything that a snapshot can hold, and with secrets and names in it. */
extern const KtTestAnswer kt_test_host[];

/* What libvirt says about it; new reference. */
KtJson *kt_test_virt(void);

extern const char kt_test_topology[];

/* Everything in the host above that must not be seen by strangers; ended by NULL. */
extern const char *const kt_test_secrets[];
extern const char *const kt_test_names[];
