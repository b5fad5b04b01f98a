/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What libvirt answered, as plain data.
 *
 * A live collection fetches a dump and then reads it; a replay reads a saved dump. So there is one
 * code path, and a snapshot holds by construction what the audit saw. What could not be had is a
 * state of the member, as everywhere: ABSENT (the driver has no such thing, or the guest has no
 * such view), DENIED, BROKEN (no answer, or nonsense).
 *
 * Secrets: XML is asked for without VIR_DOMAIN_XML_SECURE, but what was passed through to QEMU or
 * to the firmware stands in it as it is. Nothing stores a dump but a snapshot, which redacts it
 * (kt-snapshot-redact.h).
 */

#include "kt-facts-inside.h"

/* A domain description larger than this is not read: BROKEN. */
#define KT_VIRT_MAX_XML ((size_t)(8 * 1024 * 1024))

typedef struct KtVirtDomain {
	KtOptStr name;
	KtOptStr uuid;
	KtOptU64 id;    /* absent when not active */
	KtOptStr state; /* in the words of virsh domstate: "running", "shut off"... */
	KtOptBool is_persistent;
	KtOptBool autostart;
	KtOptBool managed_save;
	KtOptStr live_xml;     /* absent when not active */
	KtOptStr inactive_xml; /* absent when transient */
	KtOptU64 haltpoll_success_ns;
	KtOptU64 haltpoll_fail_ns;
	KtInside inside; /* UNSET unless agents were asked */
} KtVirtDomain;
KT_LIST(KtVirtDomainList, KtVirtDomain);

typedef struct KtVirtDump {
	KtOptStr tool_version;
	KtOptI64 collected_us;
	KtOptBool is_privileged;
	KtOptStr uri; /* as libvirt gives it after connecting; as asked for when that failed */
	KtOptStr hostname;
	KtOptU64 libvirt_version;
	KtOptU64 qemu_version;
	KtOptStr pid_dir; /* where the driver keeps NAME.pid of each QEMU process */
	KtOptU64 n_calls; /* questions put to libvirt */
	KtOptStr problem; /* why the list of guests is missing or incomplete, with the hint */
	KtVirtDomainList domains;
	/* not part of the JSON: */
	KtArena *arena;
} KtVirtDump;

extern const KtSchema kt_virt_dump_schema;

/* Empty: every member is unset. */
KtVirtDump *kt_virt_dump_new(void);
void kt_virt_dump_free(KtVirtDump *dump);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtVirtDump, kt_virt_dump_free)

/* JSON form, XML texts included; new reference. */
KtJson *kt_virt_dump_to_json(const KtVirtDump *dump);

/* The inverse. Error: PARSE. */
KtVirtDump *kt_virt_dump_from_json(const KtJson *json, GError **error) KT_WARN_UNUSED;
