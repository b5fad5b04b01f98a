/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Things in text that identify a machine and can be recognised by their form alone. */

#include <stdbool.h>
#include <stddef.h>

typedef enum KtPattern {
	KT_PATTERN_UNSET = 0,
	KT_PATTERN_UUID,     /* RFC 9562: 8-4-4-4-12 hexadecimal digits */
	KT_PATTERN_UUID_HEX, /* the same without dashes, as in /etc/machine-id */
	KT_PATTERN_MAC,      /* six octets with colons */
	KT_PATTERN_MAC_NAME, /* "enx" and twelve digits (systemd.net-naming-scheme(7)) */
	KT_PATTERN_WIDE_MAC, /* seven and more octets: WWN, InfiniBand */
	KT_PATTERN_IPV4,
	KT_PATTERN_IPV6,
	KT_PATTERN_IQN, /* RFC 3720 "iqn.", NVMe base specification "nqn." */
	KT_PATTERN_N,
} KtPattern;

/* Which pattern begins at @text + @at, and how long it is; KT_PATTERN_UNSET when none does. What
 * says nothing about anybody (loopback, any, broadcast, netmasks, the MACs of zeros and ones) is
 * none. With @has_addresses false IP addresses are not looked for: version numbers look alike. */
KtPattern kt_pattern_at(const char *text, size_t length, size_t at, bool has_addresses,
			size_t *ret_length);
