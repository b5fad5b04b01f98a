/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What tests of boot loaders share: hosts in a folder that is entered with chroot(2), whose tools
 * are scripts for busybox. */

#include "kt-test-change.h"

/* One argument set, or taken away. */
typedef struct KtTestBootChange {
	const char *key;
	const char *from;
	const char *to;
	const char *text; /* in the command lines afterwards; NULL: the key is not */
} KtTestBootChange;

/* Of hosts whose kernels get "quiet mitigations=auto". */
extern const KtTestBootChange kt_test_boot_changes[];
extern const size_t kt_test_boot_n_changes;

/* For set-up: is there any point in it? */
bool kt_test_boot_can_chroot(void);

/* For tests: skips the test and is false where the tools cannot run. */
bool kt_test_boot_can_run(void);

/* The shell and the programs that the scripts use. */
void kt_test_boot_busybox(const KtTestChange *test);
void kt_test_boot_program(const KtTestChange *test, const char *path, const char *text);

/* Everything in /etc and /boot with owners and permissions, as text. Free with g_free. */
char *kt_test_boot_look(const KtTestChange *test);

/* How often a file holds @text. */
unsigned kt_test_boot_count(const KtTestChange *test, const char *path, const char *text);

/* A plan of one argument; valid until the next call. */
const KtTestEdit *kt_test_boot_argument(const char *key, const char *from, const char *to);

/* Setting an argument fails with @code and these words; all files are as before. */
void kt_test_boot_refused(KtTestChange *test, int code, const char *words);

/* Undoes, which must succeed. */
void kt_test_boot_undo(KtTestChange *test, uint32_t id);
