/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A guest that kvmtune is restarting: restart-UUID.json in the state directory.
 *
 * It is written before the guest is asked to shut down and removed when it runs again, or when
 * kvmtune gave up with the guest still running. So one that is there belongs to a kvmtune that was
 * killed meanwhile, and 'kvmtune recover' starts the guest. The file is 0600: it holds the XML of
 * what ran, with its secrets.
 */

#include "kt-state-dir.h"

#include <glib.h>

typedef struct KtRestartNote {
	char *name; /* of the guest */
	char *uuid;
	char *uri; /* of its libvirt; NULL = default */
	char *xml; /* what ran before */
} KtRestartNote;

void kt_restart_note_free(KtRestartNote *note);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtRestartNote, kt_restart_note_free)

/* Durable when it returns. Needs the lock. Errors: IO, DENIED. */
bool kt_restart_note_write(const KtStateDir *dir, const KtRestartNote *note, GError **error)
	KT_WARN_UNUSED;

/* None there is no error. */
bool kt_restart_note_remove(const KtStateDir *dir, const char *uuid, GError **error) KT_WARN_UNUSED;

/* All there are: KtRestartNote * array. What cannot be read or is no such note is left out. */
GPtrArray *kt_restart_note_list(const KtStateDir *dir);
