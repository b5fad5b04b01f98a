/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A memory device of a guest in one line, as settings and live calls name it:
 *
 *   DIMM         "1048576@0": KiB, and node of the guest; "1048576" of a guest without nodes
 *   virtio-mem   "262144/1048576@0": KiB asked for, KiB at most, node
 *
 * A DIMM is found by its slot, a virtio-mem device by its alias "ua-NAME": these two libvirt keeps
 * in the definition too.
 */

#include "kt-error.h"

#include <stdint.h>

/* Smallest step of a virtio-mem device on x86: QEMU, hw/virtio/virtio-mem.c, the size of a
 * transparent huge page. */
#define KT_VIRTIO_MEM_BLOCK_KIB 2048

typedef struct KtMemoryWish {
	uint64_t requested_kib; /* virtio-mem only */
	uint64_t size_kib;
	uint64_t node;
	bool has_node;
} KtMemoryWish;

/* Sizes in KiB, or with k, M, G, T (and iB). Without '/' a virtio-mem device is asked for whole.
 * Errors: PARSE. */
bool kt_memory_wish_parse(const char *text, bool is_virtio, KtMemoryWish *ret_wish, GError **error)
	KT_WARN_UNUSED;

/* The normal form. Free with g_free. */
char *kt_memory_wish_print(const KtMemoryWish *wish, bool is_virtio);

/* The <memory> element of the domain XML; @of is the slot or the name. Free with g_free. */
char *kt_memory_wish_xml(const KtMemoryWish *wish, bool is_virtio, const char *of);

/* A size in KiB as people type it: "512", "4G", "2MiB". False: it is none. */
bool kt_parse_kib(const char *text, uint64_t *ret_kib) KT_WARN_UNUSED;
