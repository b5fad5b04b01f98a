/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Values that the kernel moves as a side effect of writing another one (neighbours.inc). */

#include "kt-reading.h"
#include "kt-root.h"

/* Appends the neighbours of the value @path as they are now; those that cannot be read, or not be
 * written, are left out. */
void kt_neighbours_read(KtRoot *root, const char *path, GPtrArray *neighbours);
