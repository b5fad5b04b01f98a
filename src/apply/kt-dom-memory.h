/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Memory devices of a domain XML, as kt-memory-wish.h writes them. */

#include "kt-dom-edit.h"

/* Where the DIMM of a slot, or the virtio-mem device of a name, stands. Free with g_free. */
char *kt_dom_memory_place(bool is_virtio, const char *of);

/* What the device is, or NULL when none is there. Free with g_free. */
char *kt_dom_memory(const xmlDoc *doc, bool is_virtio, const char *of);
