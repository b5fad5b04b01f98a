/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What a practice wants changed: one value at one place. plan/ turns changes into steps and adds
 * what makes them last.
 */

#include "kt-words.h"

/* How a live VALUE is made to survive a reboot (catalogue mechanisms M1 to M5, M8). */
typedef enum KtPersist {
	KT_PERSIST_UNSET = 0,
	KT_PERSIST_NONE,     /* live only, or persistent by nature */
	KT_PERSIST_SYSCTL,   /* own file in /etc/sysctl.d */
	KT_PERSIST_TMPFILES, /* own file in /etc/tmpfiles.d */
	KT_PERSIST_MODPROBE, /* own file in /etc/modprobe.d, or a kernel argument when built in */
	KT_PERSIST_MODULE,   /* own file in /etc/modules-load.d; `persist_key` names the module */
	KT_PERSIST_SLICE,    /* own drop-in of a slice of systemd; `persist_key` is
				"system.slice AllowedCPUs" */
	KT_PERSIST_UDEV,     /* own rule in /etc/udev/rules.d; `persist_key` holds the match */
	KT_PERSIST_N,
} KtPersist;

typedef struct KtChange {
	KtKnob knob;
	KtSyntax syntax;
	KtPersist persist;
	KtEffect effect;
	KtRisk risk;
	const char *target;  /* "host", "guest/<uuid>" */
	const char *locator; /* see KtKnob */
	const char *from;    /* what the facts said; NULL = absent */
	const char *to;      /* NULL = make it absent */
	const char
		*persist_key; /* text that the persistent form needs besides the value, or NULL */
} KtChange;
