/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-os.h"

#include <string.h>

#define WINDOWS "http://microsoft.com/"

/* Systems whose own kernel drives virtio-net, by the URI of libosinfo's metadata and the first
 * major version (osinfo-db 20221130, device 1af4:1000). Words instead of a version ("rolling",
 * "unstable") are newer than every number. */
static const struct {
	const char *prefix;
	uint64_t first;
} capable[] = {
	{.prefix = "http://almalinux.org/almalinux/", .first = 8},
	{.prefix = "http://alpinelinux.org/alpinelinux/", .first = 3},
	{.prefix = "http://altlinux.org/alt/", .first = 8},
	{.prefix = "http://archlinux.org/archlinux/", .first = 0},
	{.prefix = "http://centos.org/centos-stream/", .first = 8},
	{.prefix = "http://centos.org/centos/", .first = 6},
	{.prefix = "http://debian.org/debian/", .first = 5},
	{.prefix = "http://fedoraproject.org/coreos/", .first = 0},
	{.prefix = "http://fedoraproject.org/fedora/", .first = 9},
	{.prefix = "http://fedoraproject.org/silverblue/", .first = 28},
	{.prefix = "http://freebsd.org/freebsd/", .first = 10},
	{.prefix = "http://gentoo.org/gentoo/", .first = 0},
	{.prefix = "http://libosinfo.org/linux/", .first = 2016},
	{.prefix = "http://mageia.org/mageia/", .first = 1},
	{.prefix = "http://manjaro.org/manjaro/", .first = 0},
	{.prefix = "http://nixos.org/nixos/", .first = 20},
	{.prefix = "http://openbsd.org/openbsd/", .first = 6},
	{.prefix = "http://opensuse.org/opensuse/", .first = 13},
	{.prefix = "http://oracle.com/ol/", .first = 6},
	{.prefix = "http://pureos.net/pureos/", .first = 9},
	{.prefix = "http://redhat.com/rhel-atomic/", .first = 7},
	{.prefix = "http://redhat.com/rhel/", .first = 6},
	{.prefix = "http://rockylinux.org/rocky/", .first = 8},
	{.prefix = "http://scientificlinux.org/scientificlinux/", .first = 6},
	{.prefix = "http://suse.com/sle/", .first = 15},
	{.prefix = "http://suse.com/sled/", .first = 12},
	{.prefix = "http://suse.com/slem/", .first = 5},
	{.prefix = "http://suse.com/sles/", .first = 12},
	{.prefix = "http://system76.com/popos/", .first = 17},
	{.prefix = "http://ubuntu.com/ubuntu/", .first = 8},
	{.prefix = "http://voidlinux.org/voidlinux/", .first = 0},
};

bool
kt_guest_is_windows(const KtGuestConfig *config)
{
	return kt_known(config->os_id) && g_str_has_prefix(config->os_id.v, WINDOWS);
}

/* Makers of osinfo-db whose systems are not Linux. */
bool
kt_guest_is_linux(const KtGuestConfig *config)
{
	static const char *const others[] = {
		WINDOWS,
		"http://freebsd.org/",
		"http://openbsd.org/",
		"http://netbsd.org/",
		"http://apple.com/",
		"http://sun.com/",
		"http://dragonflybsd.org/",
		"http://haiku-os.org/",
		"http://novell.com/",
		"http://omnios.org/",
		"http://smartos.org/",
		"http://hyperbola.info/hyperbolabsd",
		"http://oracle.com/solaris",
	};

	if (!kt_known(config->os_id))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		if (g_str_has_prefix(config->os_id.v, others[i]))
			return false;
	}
	return true;
}

/* osinfo-db: win/2k, win/2k3, win/2k8r2, win/2k22 are servers (2k is both); win/xp, win/7, win/11
 * are not. */
bool
kt_guest_is_windows_client(const KtGuestConfig *config)
{
	const char *const start = WINDOWS "win/";

	return kt_known(config->os_id) && g_str_has_prefix(config->os_id.v, start) &&
	       !g_str_has_prefix(config->os_id.v + strlen(start), "2k");
}

static bool
is_capable(const char *os)
{
	for (size_t i = 0; i < G_N_ELEMENTS(capable); i++) {
		if (!g_str_has_prefix(os, capable[i].prefix))
			continue;
		const char *version = os + strlen(capable[i].prefix);
		return !g_ascii_isdigit(*version) ||
		       g_ascii_strtoull(version, NULL, 10) >= capable[i].first;
	}
	return false;
}

bool
kt_guest_has_virtio(const KtGuestConfig *config)
{
	return kt_known(config->os_id) && is_capable(config->os_id.v);
}

bool
kt_guest_predates_virtio(const KtGuestConfig *config)
{
	static const char *const old[] = {
		"http://freedos.org/",
		"http://novell.com/netware/",
		"http://redhat.com/rhl/",
		WINDOWS "ms", /* MS-DOS */
		WINDOWS "winnt/",
		WINDOWS "win/1.",
		WINDOWS "win/2.",
		WINDOWS "win/3.",
		WINDOWS "win/95",
		WINDOWS "win/98",
		WINDOWS "win/me",
	};

	for (size_t i = 0; kt_known(config->os_id) && i < G_N_ELEMENTS(old); i++) {
		if (g_str_has_prefix(config->os_id.v, old[i]))
			return true;
	}
	return false;
}
