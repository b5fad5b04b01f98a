/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What an administrator may set of a guest: a row each.
 *
 * A key is what a person types ("pin.vcpu.3"); its '*' stands for the number or name of the thing
 * (vCPU, IOThread, disk, NIC). The same '*' stands in the locators: that of the live call and that
 * of the domain XML. A setting without live locator changes with the guest's next start.
 */

#include "kt-error.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Longest text: a title is a line (libvirt itself has no limit). */
#define KT_SETTING_TEXT_BYTES 200

typedef enum KtSettingKind {
	KT_SETTING_UNSET = 0,
	KT_SETTING_NUMBER,   /* min..max */
	KT_SETTING_SIZE,     /* KiB; "4G", "512M" are understood */
	KT_SETTING_CPUS,     /* list of CPUs of the host: "0-3,^2" */
	KT_SETTING_NODES,    /* list of NUMA nodes of the host */
	KT_SETTING_WORD,     /* one of .words */
	KT_SETTING_NAME,     /* a name that libvirt judges: CPU model, machine type */
	KT_SETTING_PRESENCE, /* yes or no: an empty element that is there or not */
	KT_SETTING_DIMM,     /* kt-memory-wish.h */
	KT_SETTING_VIRTIO_MEM,
	KT_SETTING_TEXT, /* a line for people */
	KT_SETTING_N,
} KtSettingKind;

typedef enum KtSettingOf {
	KT_SETTING_OF_GUEST = 0,
	KT_SETTING_OF_VCPU,
	KT_SETTING_OF_IOTHREAD,
	KT_SETTING_OF_DISK,      /* by target name */
	KT_SETTING_OF_NIC,       /* by MAC address */
	KT_SETTING_OF_SLOT,      /* for memory, from 0 */
	KT_SETTING_OF_NAME,      /* that its maker gave it */
	KT_SETTING_OF_HOST_DISK, /* by path: "/dev/sda" */
	KT_SETTING_OF_N,
} KtSettingOf;

typedef struct KtSetting {
	const char *key;
	const char *live; /* locator of KT_KNOB_DOMAIN_LIVE, or NULL */
	const char *xml;  /* locator in the domain XML, or NULL: only a running guest has it */
	/* The whole element that is written where libvirt takes no empty one; '%s' is the value. */
	const char *element;
	const char *words; /* of KT_SETTING_WORD, separated by blanks */
	const char *unit;  /* for people; NULL = none */
	const char *doc;   /* what it is, one line */
	uint64_t min;
	uint64_t max;
	KtSettingKind kind;
	KtSettingOf of;
	/* What the XML says by leaving the place out, as the live call names it: "unlimited", "0".
	 * NULL: there is no such value. */
	const char *absent;
} KtSetting;

extern const KtSetting kt_settings[];
extern const size_t kt_n_settings;

/* The row of @key, and what its '*' stands for (to be freed with g_free; NULL without '*').
 * Errors: USAGE, with the nearest keys as hint. */
const KtSetting *kt_setting_find(const char *key, char **ret_of, GError **error) KT_WARN_UNUSED;

/* @pattern with its '*' replaced by @of. NULL stays NULL. Free with g_free. */
char *kt_setting_fill(const char *pattern, const char *of);

/* @text as the row keeps it: a number in KiB, a CPU list in normal form, a word. "default" and
 * the row's .absent become NULL, which leaves the place out. Errors: USAGE. */
bool kt_setting_parse(const KtSetting *setting, const char *text, char **ret_value, GError **error)
	KT_WARN_UNUSED;
