/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What tests of changes share: a small host in a folder, plans as rows, and transactions that can
 * be cut off as if kvmtune had been killed there.
 */

#include "kt-apply.h"
#include "kt-undo.h"

typedef struct KtTestChange {
	char *dir;   /* the host's root */
	char *state; /* state directory, outside of it */
	KtRoot *root;
	KtMachine machine;
	KtStateDir *state_dir; /* locked */
} KtTestChange;

/* One step. Rows of one group stand together; a row without path ends them. */
typedef struct KtTestEdit {
	uint32_t group;
	KtKnob knob;
	const char *path;
	const char *from;
	const char *to;
	KtSyntax syntax; /* UNSET = PLAIN */
} KtTestEdit;

/* A host that has nothing but a boot id ("boot-1"). */
void kt_test_change_init(KtTestChange *test);
void kt_test_change_clear(KtTestChange *test);

/* Closes and opens everything, as the next kvmtune would. */
void kt_test_change_reopen(KtTestChange *test);

/* Text of a file of the host; NULL = absent. Free with g_free. */
void kt_test_put(const KtTestChange *test, const char *path, const char *text);
char *kt_test_get(const KtTestChange *test, const char *path);
void kt_test_remove_file(const KtTestChange *test, const char *path);

#define kt_test_assert_file(test, path, wanted)                                                    \
	do {                                                                                       \
		g_autofree char *kt_test_text = kt_test_get((test), (path));                       \
		g_assert_cmpstr(kt_test_text, ==, (wanted));                                       \
	} while (0)

KtPlan *kt_test_plan(const KtTestEdit *rows);

/* Applies; *@error is set when it failed. */
KtTxn *kt_test_apply(KtTestChange *test, const KtTestEdit *rows, GError **error);

/* Undoes, which is also what recovery does with an interrupted transaction. */
KtTxn *kt_test_undo(KtTestChange *test, uint32_t id, GError **error);

/* Applies, which must succeed, and gives the transaction's number. */
uint32_t kt_test_applied(KtTestChange *test, const KtTestEdit *rows);

KtLog *kt_test_log(const KtTestChange *test, uint32_t id);

/* Path of a file of transaction @id. Free with g_free. */
char *kt_test_txn_path(const KtTestChange *test, uint32_t id, const char *name);

/* Keeps the first @n_lines of the journal, as if kvmtune had been killed before the next one. */
void kt_test_cut_journal(const KtTestChange *test, uint32_t id, unsigned n_lines);

/* Mounts a small file system that only this process sees and that ends with it; @options are those
 * of mount(8) for a tmpfs, "ro" of them makes it read-only. Call it in a subprocess of the test.
 * False, and the test skipped, where that is not allowed. */
bool kt_test_mount(const char *path, const char *options);
void kt_test_unmount(void);

void kt_test_remove_tree(const char *path);
