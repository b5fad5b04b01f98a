/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The use cases: what a verb does, without argv and without printing.
 *
 * A session is one root, one libvirt connection and one state directory. Only the functions that
 * say so write anything.
 */

#include "kt-engine.h"
#include "kt-plan-build.h"
#include "kt-record.h"
#include "kt-request.h"
#include "kt-setting-row.h"

#include <gio/gio.h>

typedef struct KtSessionOptions {
	const char *root;      /* "/", a directory, or a snapshot; NULL = "/" */
	const char *uri;       /* libvirt URI; NULL = default, "" = do not connect */
	const char *state_dir; /* NULL = /var/lib/kvmtune below the root */
	const char *config;    /* NULL = /etc/kvmtune/kvmtune.conf below the root, and conf.d */
	bool is_deep;
	bool is_inside;       /* ask the agents in guests too */
	uint32_t deadline_ms; /* of libvirt; 0 = 30 s */
} KtSessionOptions;

typedef struct KtSession KtSession;

/* Reads the configuration; opens nothing else yet. @options is copied. */
KtSession *kt_session_new(const KtSessionOptions *options, GError **error) KT_WARN_UNUSED;
void kt_session_free(KtSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtSession, kt_session_free)

/* The policy read from the configuration; verbs may add to it before they audit. Borrowed. */
KtPolicy *kt_session_policy(KtSession *session);

/* Collects and judges. Read-only. */
KtAudit *kt_session_audit(KtSession *session, const KtSelection *selection, GError **error)
	KT_WARN_UNUSED;

/* The settings of guest @word, KtSettingRow * array. @ret_facts: to be told about it; free with
 * kt_facts_unref. Read-only. */
GPtrArray *kt_session_settings(KtSession *session, const char *word, KtFacts **ret_facts,
			       uint32_t *ret_guest, GError **error) KT_WARN_UNUSED;

/* The plan for what is asked of guest @word, with what its steps find now. Read-only. */
KtPlan *kt_session_request(KtSession *session, const char *word, const KtRequest *request,
			   GError **error) KT_WARN_UNUSED;

/* Saves what an audit reads; @path "-" is standard output. */
bool kt_session_snapshot(KtSession *session, const char *path, bool is_anonymised, GError **error)
	KT_WARN_UNUSED;

typedef struct KtApplyOptions {
	bool is_dry_run;           /* check and report, write nothing */
	uint32_t confirm_within_s; /* 0 = keep without confirmation */
} KtApplyOptions;

/* Applies @plan. Writes. Returns the record also when an error is set (ROLLED_BACK, INCOMPLETE,
 * STALE, CANCELLED): the caller prints both. *@ret_txn is NULL when nothing was begun. */
bool kt_session_apply(KtSession *session, const KtPlan *plan, const KtApplyOptions *options,
		      GCancellable *cancellable, KtTxn **ret_txn, GError **error) KT_WARN_UNUSED;

/* Keeps an unconfirmed transaction; @id 0 = the newest unconfirmed one. Writes. */
bool kt_session_confirm(KtSession *session, uint32_t id, KtTxn **ret_txn, GError **error)
	KT_WARN_UNUSED;

/* Reads every step of applied transactions back; @id 0 = all that are applied. Steps that a later
 * transaction changed again are judged there only. Read-only. KtTxn * array. */
GPtrArray *kt_session_verify(KtSession *session, uint32_t id, GError **error) KT_WARN_UNUSED;

/* Puts back what transaction @id changed; 0 = the newest applied one. Writes unless @is_dry_run. */
bool kt_session_undo(KtSession *session, uint32_t id, bool is_dry_run, KtTxn **ret_txn,
		     GError **error) KT_WARN_UNUSED;

/* Ends interrupted transactions and undoes those whose confirmation is overdue. Writes. Gives the
 * transactions it acted on (KtTxn *), possibly none. */
GPtrArray *kt_session_recover(KtSession *session, GError **error) KT_WARN_UNUSED;

/* All transactions, oldest first, without reading the machine. KtTxn * array. Read-only. */
GPtrArray *kt_session_history(KtSession *session, GError **error) KT_WARN_UNUSED;

/* The timer of --confirm-within: waits for the deadline of @id and undoes it when nobody
 * confirmed. Blocks. Writes. */
bool kt_session_wait_confirm(KtSession *session, uint32_t id, GError **error) KT_WARN_UNUSED;
