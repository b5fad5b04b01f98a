/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The way that most practices about guests go: what the next start uses is judged first; when that
 * is well, what runs now, where the same fault only waits for the next start.
 */

#include "kt-guest-os.h"

/* One of the two configurations of a guest, and the part of it that the scope names. */
typedef struct KtSubject {
	const KtGuestConfig *config;
	const KtDisk *disk;
	const KtNic *nic;
} KtSubject;

typedef struct KtGuestCheck {
	/* OK, FINDING with *@ret_fault set to a number that the practice gives it, or why it cannot
	 * be judged. @out may be NULL. */
	KtVerdict (*judge)(const KtView *view, const KtSubject *subject, unsigned *ret_fault,
			   KtSink *out);
	/* Severity, summary and evidence. */
	void (*tell)(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out);
	/* Changes and advice; not for a fault that only what runs has. */
	void (*propose)(const KtView *view, unsigned fault, KtSink *out);
	/* How what runs is mended before its next start, where that can be. May be NULL. */
	void (*hasten)(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out);
} KtGuestCheck;

/* The verdict about the view's target; its remarks are in @out then. */
KtVerdict kt_guest_check(const KtView *view, const KtGuestCheck *check, KtSink *out);

/* Origin of a member, or of the configuration when it has none. */
#define kt_subject_origin(subject, opt)                                                            \
	((opt).origin ? (opt).origin : (subject)->config->type.origin)

/* A change of the definition from what the fact holds, unless it is so already. */
void kt_guest_change(const KtView *view, const char *locator, KtOptStr from, const char *to,
		     KtSink *out);
void kt_guest_change_u64(const KtView *view, const char *locator, KtOptU64 from, const char *to,
			 KtSink *out);

/* Can changes of what runs go with those of the definition? Not where the guest does not run, nor
 * where its definition cannot be changed, unless what runs is all there is. */
bool kt_guest_has_live(const KtView *view);

/* Place of the view's disk or NIC in the XML, with @rest ("driver/@queues") behind it. NULL when
 * there is no telling it from others: says so. Free with g_free. */
char *kt_guest_disk_place(const KtView *view, const char *rest, KtSink *out);
char *kt_guest_nic_place(const KtView *view, const char *rest, KtSink *out);

/* Class latency or throughput. */
bool kt_guest_wants_speed(const KtView *view);

/* x86_64 or i686. */
bool kt_guest_is_x86(const KtGuestConfig *config);

/* Is libvirt, or QEMU, certainly of this version or newer? As major * 1000000 + minor * 1000. */
bool kt_guest_libvirt_from(const KtView *view, uint64_t version);
bool kt_guest_qemu_from(const KtView *view, uint64_t version);

typedef struct KtMachineType {
	char *family; /* "pc-q35" */
	unsigned major;
	unsigned minor;
} KtMachineType;

/* "pc-q35-7.2" taken apart. False for machine types with versions of a distribution
 * ("pc-q35-rhel9.2.0") or none ("microvm"). */
bool kt_guest_machine(const KtGuestConfig *config, KtMachineType *ret_machine);
void kt_machine_type_clear(KtMachineType *machine);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KtMachineType, kt_machine_type_clear)
