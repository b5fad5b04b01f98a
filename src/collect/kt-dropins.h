/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Folders of drop-in files, as systemd, kmod and others read them: files sorted by name whatever
 * their folder, of files of one name only that of the first folder, and a link to /dev/null masks a
 * name. Sources: sysctl.d(5), "Configuration directories and precedence"; tmpfiles.d(5);
 * modprobe.d(5); udev(7).
 */

#include "kt-root.h"

/* Called for each file that counts, in order. @path: what an administrator would edit, one link
 * followed. */
typedef void KtDropinVisit(const char *path, void *data);

/* Visits the files of @dirs, the folder that counts most first, NULL-terminated, whose names end in
 * @suffix. Returns DENIED or BROKEN when there may be files that nobody could see, else VALUE. */
KtState kt_dropins_visit(KtRoot *root, const char *const *dirs, const char *suffix,
			 KtDropinVisit *visit, void *data);
