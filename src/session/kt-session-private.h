/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Shared by the files of this folder. */

#include "kt-collect.h"
#include "kt-log.h"
#include "kt-machine.h"
#include "kt-pending.h"
#include "kt-session.h"
#include "kt-source.h"

/* How long a verb waits for another one that holds the lock: long enough for a verb that is just
 * ending, short enough for a person. */
#define KT_SESSION_LOCK_MS 2000

struct KtSession {
	char *root;
	char *uri;
	char *state_dir;
	char *config;
	bool is_deep;
	bool is_inside;
	uint32_t deadline_ms;
	KtSource *source;
	bool is_virt_taken; /* libvirt's answers are no longer in the snapshot */
	KtPolicy *policy;
};

/* Opens the state directory, made when @is_writing, and takes the lock then. Errors also when the
 * root is a snapshot. */
KtStateDir *kt_session_state(KtSession *session, bool is_writing, uint32_t wait_ms, GError **error)
	KT_WARN_UNUSED;

/* Reads @root and libvirt. What libvirt said stays in ret_collected->virt, also of a snapshot;
 * NULL without libvirt. @inside_words: whose agents are asked, when any are (kt-collect.h). */
bool kt_session_collect(KtSession *session, KtRoot *root, const char *const *inside_words,
			KtCollected *ret_collected, GError **error) KT_WARN_UNUSED;

/* Position of the guest that @word names. Errors: NOT_FOUND, or why there are no guests. */
bool kt_session_find_guest(const KtFacts *facts, const char *word, uint32_t *ret_index,
			   GError **error) KT_WARN_UNUSED;

/* As kt_session_settings(), and how many devices of each kind there are in both definitions:
 * KtPending * array, in the order of names. */
GPtrArray *kt_session_views(KtSession *session, const char *word, KtFacts **ret_facts,
			    uint32_t *ret_guest, GPtrArray **ret_devices, GError **error)
	KT_WARN_UNUSED;

/* The machine that the session changes. Clear with kt_machine_clear(). */
void kt_session_machine(KtSession *session, const char *uri, KtMachine *ret_machine);
