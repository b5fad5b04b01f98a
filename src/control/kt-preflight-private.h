/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Shared by the files of preflight. */

#include "kt-preflight.h"

typedef struct KtCase {
	const KtFacts *facts;
	const KtGuest *guest;
	const KtGuestConfig *config;
	/* What runs, when it runs and is known, else the definition: what is plugged in now has to
	 * fit here. */
	const KtGuestConfig *running;
	const KtWish *wish;
	const GPtrArray *wishes;
} KtCase;

/* The number wished for at @key, else @now; 0 = not known. */
uint64_t kt_case_number(const KtCase *c, const char *key, KtOptU64 now);

/* Is libvirt certainly older than @version (major * 1000000 + minor * 1000)? */
bool kt_case_libvirt_before(const KtCase *c, uint64_t version);

/* Memory devices: kinds DIMM and VIRTIO_MEM, and the balloon. */
bool kt_case_memory(const KtCase *c, GError **error) KT_WARN_UNUSED;
bool kt_case_balloon(const KtCase *c, GError **error) KT_WARN_UNUSED;

/* Key "vcpus". */
bool kt_case_vcpus(const KtCase *c, GError **error) KT_WARN_UNUSED;
