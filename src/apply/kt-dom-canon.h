/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Canonical text of an element: two elements that mean the same to libvirt have the same text. */

#include <glib.h>
#include <libxml/tree.h>

/* Attributes sorted, text trimmed, children grouped by name in the order of the names; within one
 * name the order stays, except that controllers are sorted. Free with g_free. */
char *kt_dom_canonical(const xmlNode *node);
