/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-pattern.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

static bool
is_word(char c)
{
	return g_ascii_isalnum(c);
}

static size_t
hex_run(const char *text, size_t rest)
{
	size_t n = 0;

	while (n < rest && g_ascii_isxdigit(text[n]))
		n++;
	return n;
}

static bool
ends_word(const char *text, size_t rest, size_t length)
{
	return length == rest || !is_word(text[length]);
}

static size_t
match_uuid(const char *text, size_t rest)
{
	static const size_t groups[] = {8, 4, 4, 4, 12};
	size_t at = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
		if (i > 0 && (at >= rest || text[at++] != '-'))
			return 0;
		if (hex_run(text + at, rest - at) != groups[i])
			return 0;
		at += groups[i];
	}
	return ends_word(text, rest, at) ? at : 0;
}

static size_t
match_uuid_hex(const char *text, size_t rest)
{
	return hex_run(text, rest) == 32 && ends_word(text, rest, 32) ? 32 : 0;
}

/* Octets with colons; 0 unless there are at least six. */
static size_t
match_octets(const char *text, size_t rest, size_t *ret_octets)
{
	size_t n = 0, at = 0;

	for (;;) {
		if (hex_run(text + at, rest - at) != 2)
			return 0;
		n++;
		at += 2;
		if (at == rest || text[at] != ':')
			break;
		at++;
	}
	*ret_octets = n;
	return n >= 6 && ends_word(text, rest, at) ? at : 0;
}

static bool
is_meaningless_mac(const char *text, size_t length)
{
	return strspn(text, "0:") >= length || strspn(text, "fF:") >= length;
}

static size_t
match_mac(const char *text, size_t rest)
{
	size_t n_octets = 0;
	size_t length = match_octets(text, rest, &n_octets);

	return n_octets == 6 && !is_meaningless_mac(text, length) ? length : 0;
}

static size_t
match_wide_mac(const char *text, size_t rest)
{
	size_t n_octets = 0;
	size_t length = match_octets(text, rest, &n_octets);

	return n_octets > 6 && !is_meaningless_mac(text, length) ? length : 0;
}

static size_t
match_mac_name(const char *text, size_t rest)
{
	if (rest < 15 || memcmp(text, "enx", 3) != 0)
		return 0;
	return hex_run(text + 3, rest - 3) == 12 && ends_word(text, rest, 15) ? 15 : 0;
}

static bool
is_meaningless_ipv4(uint32_t address)
{
	uint32_t inverse = ~address;

	/* loopback, "any", and netmasks (a run of ones, then a run of zeros) */
	return address >> 24 == 127 || (inverse & (inverse + 1)) == 0;
}

/* "5.10.0-60.18.0.50" is a kernel, "ip-10.1.2.3" in a name of udev is an address. */
static bool
is_after_version(const char *text, size_t at)
{
	if (at == 0)
		return false;
	if (text[at - 1] == '-')
		return at < 3 || memcmp(text + at - 3, "ip-", 3) != 0;
	return text[at - 1] == '.' || text[at - 1] == '_';
}

static size_t
match_ipv4(const char *text, size_t length, size_t at)
{
	char address[INET_ADDRSTRLEN] = "";
	size_t n = 0;
	struct in_addr parsed;

	if (is_after_version(text, at))
		return 0;
	while (at + n < length && n < sizeof(address) - 1 &&
	       (g_ascii_isdigit(text[at + n]) || text[at + n] == '.'))
		n++;
	while (n > 0 && text[at + n - 1] == '.')
		n--;
	memcpy(address, text + at, n);
	if (!ends_word(text + at, length - at, n) || inet_pton(AF_INET, address, &parsed) != 1)
		return 0;
	return is_meaningless_ipv4(ntohl(parsed.s_addr)) ? 0 : n;
}

static size_t
match_ipv6(const char *text, size_t length, size_t at)
{
	char address[INET6_ADDRSTRLEN] = "";
	size_t n = 0, n_colons = 0;
	struct in6_addr parsed;

	if (at > 0 && (text[at - 1] == ':' || text[at - 1] == '.'))
		return 0;
	while (at + n < length && n < sizeof(address) - 1 &&
	       (g_ascii_isxdigit(text[at + n]) || text[at + n] == ':')) {
		n_colons += text[at + n] == ':';
		n++;
	}
	memcpy(address, text + at, n);
	if (n_colons < 2 || !ends_word(text + at, length - at, n) ||
	    inet_pton(AF_INET6, address, &parsed) != 1)
		return 0;
	return IN6_IS_ADDR_LOOPBACK(&parsed) || IN6_IS_ADDR_UNSPECIFIED(&parsed) ? 0 : n;
}

static size_t
match_iqn(const char *text, size_t rest)
{
	size_t n = 4;

	if (rest < 12 || (memcmp(text, "iqn.", 4) != 0 && memcmp(text, "nqn.", 4) != 0))
		return 0;
	while (n < rest && text[n] && (g_ascii_isalnum(text[n]) || strchr(".-:_", text[n])))
		n++;
	return n;
}

/* In this order: what is long and strict first. */
static const struct {
	KtPattern pattern;
	size_t (*match)(const char *text, size_t rest);
} rows[] = {
	{.pattern = KT_PATTERN_UUID, .match = match_uuid},
	{.pattern = KT_PATTERN_UUID_HEX, .match = match_uuid_hex},
	{.pattern = KT_PATTERN_MAC, .match = match_mac},
	{.pattern = KT_PATTERN_WIDE_MAC, .match = match_wide_mac},
	{.pattern = KT_PATTERN_MAC_NAME, .match = match_mac_name},
	{.pattern = KT_PATTERN_IQN, .match = match_iqn},
};

KtPattern
kt_pattern_at(const char *text, size_t length, size_t at, bool has_addresses, size_t *ret_length)
{
	const char *from = text + at;

	if (!*from || !strchr("0123456789abcdefABCDEF:nix", *from))
		return KT_PATTERN_UNSET;
	if (at > 0 && is_word(text[at - 1]))
		return KT_PATTERN_UNSET;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		if ((*ret_length = rows[i].match(from, length - at)))
			return rows[i].pattern;
	if (has_addresses && (*ret_length = match_ipv4(text, length, at)))
		return KT_PATTERN_IPV4;
	if (has_addresses && (*ret_length = match_ipv6(text, length, at)))
		return KT_PATTERN_IPV6;
	return KT_PATTERN_UNSET;
}
