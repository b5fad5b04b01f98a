/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Why a guest does not start. */

#include "kt-session.h"
#include "kt-why.h"

/* Looks at guest @word: the log of its last start, its definition, and what libvirt makes of that.
 * Nothing is started, unless @is_trial: then a guest that is off is started, paused, and ended
 * again at once; it runs no instruction. Errors: NOT_FOUND; for a trial also UNSUPPORTED (it runs,
 * or has a saved state, which a start would use up). */
KtWhy *kt_session_why(KtSession *session, const char *word, bool is_trial, GError **error)
	KT_WARN_UNUSED;

/* The same about a text alone: messages that somebody has. */
KtWhy *kt_session_why_text(const char *text, size_t length);
