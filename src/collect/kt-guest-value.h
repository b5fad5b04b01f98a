/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Texts of domain XML to values, by libvirt's rules. */

#include <stdbool.h>
#include <stdint.h>

/* Decimal number, white space around it allowed. */
bool kt_guest_number(const char *text, uint64_t *ret_number);

/* Size in KiB of @number times @unit, rounded up as libvirt does. Units as in virScaleInteger
 * (libvirt, src/util/virutil.c): "b", "bytes"; "k", "KiB" and so on are powers of 1024, "KB" and
 * so on powers of 1000, up to E, in any case; NULL is KiB. False for others and on overflow. */
bool kt_guest_size_kib(uint64_t number, const char *unit, uint64_t *ret_kib);
