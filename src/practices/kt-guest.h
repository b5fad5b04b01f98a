/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What the practices about guests share: whether a guest can be judged at all, and the remarks
 * that belong to every change of a definition.
 */

#include "kt-practice.h"

/* Somebody looked: there is a value, or surely none. */
#define kt_looked(opt) ((opt).state == KT_STATE_VALUE || (opt).state == KT_STATE_ABSENT)

/* OK when the guest can be judged, else what evaluate() has to return: UNKNOWN when its XML could
 * not be read, NOT_APPLICABLE for what does not run in QEMU (types "test", "xen"...). */
KtVerdict kt_guest_gate(const KtView *view, KtSink *out);

/* Do the facts of the host belong to the host that runs the guest? */
bool kt_guest_is_local(const KtView *view);

/* Same, and says so if not. */
bool kt_guest_needs_local(const KtView *view, KtSink *out);

/* Is the guest of this view emulated (TCG), without KVM? */
bool kt_guest_is_emulated(const KtGuestConfig *config);

/* The name for commands in advice; never NULL. */
const char *kt_guest_name(const KtGuest *guest);

/* Is there exactly one disk of this name, or NIC of this address, so that a locator finds it? A
 * pair of NICs for failover has one address. */
bool kt_guest_has_one_disk(const KtGuestConfig *config, KtOptStr target);
bool kt_guest_has_one_nic(const KtGuestConfig *config, KtOptStr mac);

/* Advice that goes with every change of the definition: a transient guest has none to change, and
 * a managed save image brings its own. */
void kt_guest_remark(const KtView *view, KtSink *out);

/* Can things inside the guest be changed: its metadata allows that (guest-exec='yes'), it runs, and
 * libvirt can be told which guest is meant? */
bool kt_guest_is_open(const KtView *view);

/* Proposes the file @path inside the guest with @text, where that can be changed and there is no
 * such file: one that is there already is somebody's. @now: the fact about it. False: somebody has
 * to be told what to do by hand. */
bool kt_guest_lay_file(const KtView *view, const char *path, KtOptStr now, const char *text,
		       KtSink *out) KT_WARN_UNUSED;
