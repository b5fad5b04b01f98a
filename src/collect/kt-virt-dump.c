/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-virt-dump.h"

/* Rows are data and read best one to a line. */
/* clang-format off */

static const KtField domain_fields[] = {
	KT_FIELD(KtVirtDomain, name, .source = "virDomainGetName"),
	KT_FIELD(KtVirtDomain, uuid, .source = "virDomainGetUUIDString"),
	KT_FIELD(KtVirtDomain, id, .source = "virDomainGetID"),
	KT_FIELD(KtVirtDomain, state, .source = "virConnectGetAllDomainStats"),
	KT_FIELD(KtVirtDomain, is_persistent, .source = "virConnectListAllDomains"),
	KT_FIELD(KtVirtDomain, autostart, .source = "virConnectListAllDomains"),
	KT_FIELD(KtVirtDomain, managed_save, .source = "virConnectListAllDomains"),
	KT_FIELD(KtVirtDomain, live_xml, .source = "virDomainGetXMLDesc"),
	KT_FIELD(KtVirtDomain, inactive_xml, .source = "virDomainGetXMLDesc"),
	KT_FIELD(KtVirtDomain, haltpoll_success_ns, .source = "virConnectGetAllDomainStats"),
	KT_FIELD(KtVirtDomain, haltpoll_fail_ns, .source = "virConnectGetAllDomainStats"),
	KT_FIELD_RECORD(KtVirtDomain, inside, kt_inside_schema, .source = "guest agent"),
};
static KT_SCHEMA(domain_schema, KtVirtDomain, domain_fields, .doc = "a guest");

static const KtField dump_fields[] = {
	KT_FIELD(KtVirtDump, tool_version, .doc = "version of kvmtune that asked"),
	KT_FIELD(KtVirtDump, collected_us, .unit = "us", .doc = "when, UTC since 1970"),
	KT_FIELD(KtVirtDump, is_privileged, .doc = "asked as root"),
	KT_FIELD(KtVirtDump, uri, .source = "virConnectGetURI"),
	KT_FIELD(KtVirtDump, hostname, .source = "virConnectGetHostname"),
	KT_FIELD(KtVirtDump, libvirt_version, .source = "virConnectGetLibVersion"),
	KT_FIELD(KtVirtDump, qemu_version, .source = "virConnectGetVersion"),
	KT_FIELD(KtVirtDump, pid_dir, .doc = "directory of the driver's pid files"),
	KT_FIELD(KtVirtDump, n_calls, .doc = "questions put to libvirt"),
	KT_FIELD(KtVirtDump, problem, .doc = "why guests are missing"),
	KT_FIELD_LIST(KtVirtDump, domains, domain_schema, .source = "virConnectListAllDomains"),
};
KT_SCHEMA(kt_virt_dump_schema, KtVirtDump, dump_fields, .doc = "answers of libvirt");

/* clang-format on */

KtVirtDump *
kt_virt_dump_new(void)
{
	KtVirtDump *dump = g_new0(KtVirtDump, 1);

	dump->arena = kt_arena_new();
	return dump;
}

void
kt_virt_dump_free(KtVirtDump *dump)
{
	if (!dump)
		return;

	kt_arena_free(dump->arena);
	g_free(dump);
}

KtJson *
kt_virt_dump_to_json(const KtVirtDump *dump)
{
	return kt_schema_to_json(&kt_virt_dump_schema, dump);
}

KtVirtDump *
kt_virt_dump_from_json(const KtJson *json, GError **error)
{
	g_autoptr(KtVirtDump) dump = kt_virt_dump_new();

	if (!kt_schema_from_json(&kt_virt_dump_schema, json, dump->arena, dump, error)) {
		kt_prefix(error, "answers of libvirt");
		return NULL;
	}
	return g_steal_pointer(&dump);
}
