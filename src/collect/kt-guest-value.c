/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-value.h"

#include <glib.h>
#include <string.h>

#define BYTES_PER_KIB 1024

bool
kt_guest_number(const char *text, uint64_t *ret_number)
{
	uint64_t number = 0;
	const char *at = text;

	while (g_ascii_isspace(*at))
		at++;
	if (!g_ascii_isdigit(*at))
		return false;
	for (; g_ascii_isdigit(*at); at++) {
		if (!g_uint64_checked_mul(&number, number, 10) ||
		    !g_uint64_checked_add(&number, number, (uint64_t)(*at - '0')))
			return false;
	}
	while (g_ascii_isspace(*at))
		at++;
	if (*at)
		return false;
	*ret_number = number;
	return true;
}

/* Bytes in one @unit, 0 when there is no such unit. */
static uint64_t
unit_bytes(const char *unit)
{
	static const char letters[] = "kmgtpe";
	const char *letter = *unit ? strchr(letters, g_ascii_tolower(*unit)) : NULL;
	uint64_t bytes = 1;

	if (!g_ascii_strcasecmp(unit, "b") || !g_ascii_strcasecmp(unit, "byte") ||
	    !g_ascii_strcasecmp(unit, "bytes"))
		return 1;
	if (!letter)
		return 0;

	bool is_binary = !unit[1] || !g_ascii_strcasecmp(unit + 1, "iB");
	if (!is_binary && g_ascii_strcasecmp(unit + 1, "B") != 0)
		return 0;
	for (const char *at = letters; at <= letter; at++)
		bytes *= is_binary ? 1024 : 1000;
	return bytes;
}

bool
kt_guest_size_kib(uint64_t number, const char *unit, uint64_t *ret_kib)
{
	uint64_t factor = unit_bytes(unit ? unit : "KiB");
	uint64_t bytes = 0;

	/* Whole KiB per unit: no detour over bytes, which would overflow first. */
	if (factor && factor % BYTES_PER_KIB == 0)
		return g_uint64_checked_mul(ret_kib, number, factor / BYTES_PER_KIB);
	if (!factor || !g_uint64_checked_mul(&bytes, number, factor))
		return false;
	*ret_kib = bytes / BYTES_PER_KIB + (bytes % BYTES_PER_KIB != 0);
	return true;
}
