/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-virt-fetch.h"

#include "kt-clock.h"
#include "kt-virt-ask.h"
#include "kt-virt-uri.h"

#include <string.h>

/* A QEMU answers query-stats within milliseconds; this is for hundreds of them. */
#define HALTPOLL_LIMIT_MS 5000
/* More guests than any host has: a list this long comes from a broken or hostile server. */
#define MAX_GUESTS 65536

typedef struct Fetch {
	KtVirtConn *conn;
	KtVirtDump *dump;
	KtVirtGuests *guests; /* same order as dump->domains */
	GHashTable *by_uuid;  /* -> KtVirtDomain */
	bool has_kvm;
} Fetch;

static void
fetch_clear(Fetch *fetch)
{
	g_clear_pointer(&fetch->by_uuid, g_hash_table_unref);
	kt_virt_guests_unref(fetch->guests);
	kt_virt_conn_free(fetch->conn);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fetch, fetch_clear)

static KtOptStr
opt_str(const Fetch *fetch, const char *text)
{
	return (KtOptStr){.v = kt_arena_strdup(fetch->dump->arena, text), .state = KT_STATE_VALUE};
}

static void
note_problem(Fetch *fetch, const GError *error)
{
	const char *hint = kt_error_hint(error);
	g_autofree char *text =
		hint ? g_strdup_printf("%s; %s", error->message, hint) : g_strdup(error->message);

	fetch->dump->problem = opt_str(fetch, text);
}

static void
fetch_text(Fetch *fetch, KtVirtQuestion question, KtOptStr *ret_text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtVirtAnswer) answer = kt_virt_ask(fetch->conn, question, &error);

	if (answer)
		*ret_text = opt_str(fetch, answer->text);
	else
		ret_text->state = kt_virt_state(error);
}

static void
fetch_number(Fetch *fetch, KtVirtQuestion question, KtOptU64 *ret_number)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtVirtAnswer) answer = kt_virt_ask(fetch->conn, question, &error);

	if (answer)
		*ret_number = (KtOptU64){.v = answer->number, .state = KT_STATE_VALUE};
	else
		ret_number->state = kt_virt_state(error);
}

static void
fetch_about(Fetch *fetch)
{
	KtVirtDump *dump = fetch->dump;

	fetch_text(fetch, KT_VIRT_QUESTION_URI, &dump->uri);
	fetch_text(fetch, KT_VIRT_QUESTION_HOSTNAME, &dump->hostname);
	fetch_number(fetch, KT_VIRT_QUESTION_LIBVIRT_VERSION, &dump->libvirt_version);
	dump->qemu_version.state = KT_STATE_ABSENT;
	dump->pid_dir.state = KT_STATE_ABSENT;
	if (!kt_known(dump->uri) || !kt_virt_uri_is_qemu(dump->uri.v))
		return;

	g_autofree char *pid_dir = kt_virt_uri_pid_dir(dump->uri.v, g_get_user_runtime_dir());
	if (pid_dir)
		dump->pid_dir = opt_str(fetch, pid_dir);
}

static int
compare_guests(const void *a, const void *b)
{
	const virDomainPtr *left = a;
	const virDomainPtr *right = b;

	return strcmp(virDomainGetName(*left), virDomainGetName(*right));
}

static void
add_guest(Fetch *fetch, virDomainPtr guest, KtVirtDomain *domain)
{
	char uuid[VIR_UUID_STRING_BUFLEN] = "";
	unsigned id = virDomainGetID(guest);

	(void)virDomainGetUUIDString(guest, uuid);
	domain->name = opt_str(fetch, virDomainGetName(guest));
	domain->uuid = opt_str(fetch, uuid);
	domain->id.state = KT_STATE_ABSENT;
	if (id != UINT32_MAX)
		domain->id = (KtOptU64){.v = id, .state = KT_STATE_VALUE};
	g_hash_table_insert(fetch->by_uuid, (void *)domain->uuid.v, domain);
}

static bool
fetch_list(Fetch *fetch, GError **error)
{
	KtVirtDomainList *list = &fetch->dump->domains;

	fetch->guests = kt_virt_ask_guests(fetch->conn, 0, error);
	if (!fetch->guests)
		return false;
	if (fetch->guests->n > MAX_GUESTS)
		return kt_throw(error, KT_ERROR_LIMIT, "more than %d guests", MAX_GUESTS);

	size_t n = (size_t)fetch->guests->n;
	if (n > 1)
		qsort(fetch->guests->v, n, sizeof(virDomainPtr), compare_guests);
	list->v = kt_arena_new0(fetch->dump->arena, KtVirtDomain, n);
	list->n = (uint32_t)n;
	list->state = KT_STATE_VALUE;
	for (size_t i = 0; i < n; i++)
		add_guest(fetch, fetch->guests->v[i], &list->v[i]);
	return true;
}

/* A property of all guests from one filtered list; @offset is that of a KtOptBool. */
static void
fetch_property(Fetch *fetch, unsigned flag, size_t offset)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtVirtGuests) those = kt_virt_ask_guests(fetch->conn, flag, &error);
	KtVirtDomainList *list = &fetch->dump->domains;

	for (uint32_t i = 0; i < list->n; i++) {
		KtOptBool *property = (void *)((char *)&list->v[i] + offset);
		property->state = those ? KT_STATE_VALUE : kt_virt_state(error);
	}
	for (int i = 0; those && i < those->n; i++) {
		char uuid[VIR_UUID_STRING_BUFLEN] = "";
		(void)virDomainGetUUIDString(those->v[i], uuid);
		KtVirtDomain *domain = g_hash_table_lookup(fetch->by_uuid, uuid);
		if (domain)
			((KtOptBool *)(void *)((char *)domain + offset))->v = true;
	}
}

/* The words of virsh domstate (tools/virsh-util.c, virshDomainStateTypeToString). */
static const char *const state_names[] = {
	[VIR_DOMAIN_NOSTATE] = "no state",
	[VIR_DOMAIN_RUNNING] = "running",
	[VIR_DOMAIN_BLOCKED] = "idle",
	[VIR_DOMAIN_PAUSED] = "paused",
	[VIR_DOMAIN_SHUTDOWN] = "in shutdown",
	[VIR_DOMAIN_SHUTOFF] = "shut off",
	[VIR_DOMAIN_CRASHED] = "crashed",
	[VIR_DOMAIN_PMSUSPENDED] = "pmsuspended",
};

static KtVirtDomain *
find_record(const Fetch *fetch, const virDomainStatsRecord *record)
{
	char uuid[VIR_UUID_STRING_BUFLEN] = "";

	(void)virDomainGetUUIDString(record->dom, uuid);
	return g_hash_table_lookup(fetch->by_uuid, uuid);
}

static void
fetch_states(Fetch *fetch)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtVirtStats) stats =
		kt_virt_ask_stats(fetch->conn, VIR_DOMAIN_STATS_STATE, 0, &error);

	for (uint32_t i = 0; i < fetch->dump->domains.n; i++)
		fetch->dump->domains.v[i].state.state =
			stats ? KT_STATE_ABSENT : kt_virt_state(error);
	for (int i = 0; stats && i < stats->n; i++) {
		virDomainStatsRecordPtr record = stats->v[i];
		KtVirtDomain *domain = find_record(fetch, record);
		int state = -1;
		if (domain &&
		    virTypedParamsGetInt(record->params, record->nparams, "state.state", &state) ==
			    1 &&
		    state >= 0 && state < (int)G_N_ELEMENTS(state_names))
			domain->state =
				(KtOptStr){.v = state_names[state], .state = KT_STATE_VALUE};
	}
}

/* False when the guest has vanished meanwhile. */
static bool
fetch_xml(Fetch *fetch, int index, unsigned flags, KtOptStr *ret_xml)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *xml = kt_virt_ask_xml(fetch->conn, fetch->guests, index, flags, &error);

	if (!xml) {
		ret_xml->state = kt_virt_state(error);
		if (kt_virt_conn_is_dead(fetch->conn) && !kt_known(fetch->dump->problem))
			note_problem(fetch, error);
		return !g_error_matches(error, KT_ERROR, KT_ERROR_NOT_FOUND);
	}

	if (strlen(xml) <= KT_VIRT_MAX_XML)
		*ret_xml = opt_str(fetch, xml);
	else
		ret_xml->state = KT_STATE_BROKEN;
	return true;
}

/* The root element of live XML has an id; that of a guest that stopped meanwhile has none. */
static bool
is_live_xml(const char *xml)
{
	const char *begin = strstr(xml, "<domain");
	size_t length = begin ? strcspn(begin, ">") : 0;

	return begin && g_strstr_len(begin, (gssize)length, " id=");
}

static bool
fetch_views(Fetch *fetch, int index, KtVirtDomain *domain)
{
	domain->live_xml.state = KT_STATE_ABSENT;
	domain->inactive_xml.state = KT_STATE_ABSENT;
	if (kt_known(domain->id) && !fetch_xml(fetch, index, 0, &domain->live_xml))
		return false;
	if (kt_known(domain->live_xml) && !is_live_xml(domain->live_xml.v)) {
		domain->live_xml = (KtOptStr){.state = KT_STATE_ABSENT};
		domain->id = (KtOptU64){.state = KT_STATE_ABSENT};
	}
	if (kt_known(domain->live_xml) && strstr(domain->live_xml.v, "<domain type='kvm'"))
		fetch->has_kvm = true;
	if (kt_known(domain->is_persistent) && !domain->is_persistent.v)
		return true;
	return fetch_xml(fetch, index, VIR_DOMAIN_XML_INACTIVE, &domain->inactive_xml);
}

static void
fetch_all_views(Fetch *fetch)
{
	KtVirtDomainList *list = &fetch->dump->domains;
	uint32_t n_kept = 0;

	for (uint32_t i = 0; i < list->n; i++) {
		if (!fetch_views(fetch, (int)i, &list->v[i])) {
			g_hash_table_remove(fetch->by_uuid, list->v[i].uuid.v);
			continue;
		}
		list->v[n_kept] = list->v[i];
		g_hash_table_insert(
			fetch->by_uuid, (void *)list->v[n_kept].uuid.v, &list->v[n_kept]);
		n_kept++;
	}
	list->n = n_kept;
}

static void
set_haltpoll(const virDomainStatsRecord *record, const char *name, KtOptU64 *ret_ns)
{
	unsigned long long ns = 0;

	if (virTypedParamsGetULLong(record->params, record->nparams, name, &ns) == 1)
		*ret_ns = (KtOptU64){.v = ns, .state = KT_STATE_VALUE};
}

static void
fetch_haltpoll(Fetch *fetch)
{
	const unsigned flags =
		VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE | VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT;
	g_autoptr(GError) error = NULL;

	kt_virt_conn_limit_next(fetch->conn, HALTPOLL_LIMIT_MS);
	g_autoptr(KtVirtStats) stats =
		kt_virt_ask_stats(fetch->conn, VIR_DOMAIN_STATS_CPU_TOTAL, flags, &error);
	KtState state = stats ? KT_STATE_ABSENT : kt_virt_state(error);

	for (uint32_t i = 0; i < fetch->dump->domains.n; i++) {
		KtVirtDomain *domain = &fetch->dump->domains.v[i];
		if (!kt_known(domain->id))
			continue;
		domain->haltpoll_success_ns.state = state;
		domain->haltpoll_fail_ns.state = state;
	}
	for (int i = 0; stats && i < stats->n; i++) {
		KtVirtDomain *domain = find_record(fetch, stats->v[i]);
		if (!domain)
			continue;
		set_haltpoll(
			stats->v[i], "cpu.haltpoll.success.time", &domain->haltpoll_success_ns);
		set_haltpoll(stats->v[i], "cpu.haltpoll.fail.time", &domain->haltpoll_fail_ns);
	}
}

static KtVirtConn *
connect(const char *uri, uint32_t deadline_ms, bool is_privileged, GError **error)
{
	g_autoptr(GError) first = NULL;
	KtVirtConn *conn = kt_virt_conn_open(uri, /* is_readonly= */ true, deadline_ms, &first);

	/* The read-only socket can be switched off by itself (libvirtd-ro.socket). */
	if (!conn && is_privileged && g_error_matches(first, KT_ERROR, KT_ERROR_LIBVIRT))
		conn = kt_virt_conn_open(uri, /* is_readonly= */ false, deadline_ms, NULL);
	if (!conn)
		g_propagate_error(error, g_steal_pointer(&first));
	return conn;
}

static bool
fetch_guests(Fetch *fetch, GError **error)
{
	if (!fetch_list(fetch, error))
		return false;

	fetch_property(
		fetch, VIR_CONNECT_LIST_DOMAINS_PERSISTENT, offsetof(KtVirtDomain, is_persistent));
	fetch_property(
		fetch, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, offsetof(KtVirtDomain, autostart));
	fetch_property(
		fetch, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, offsetof(KtVirtDomain, managed_save));
	fetch_states(fetch);
	fetch_all_views(fetch);
	/* What can take long comes last: a libvirt that was updated probes every QEMU binary before
	 * it tells the version, and a stopped QEMU never answers. */
	if (kt_known(fetch->dump->uri) && kt_virt_uri_is_qemu(fetch->dump->uri.v))
		fetch_number(
			fetch, KT_VIRT_QUESTION_HYPERVISOR_VERSION, &fetch->dump->qemu_version);
	if (fetch->has_kvm)
		fetch_haltpoll(fetch);
	return true;
}

static void
fetch_everything(Fetch *fetch, const char *uri, uint32_t deadline_ms)
{
	g_autoptr(GError) error = NULL;

	fetch->conn = connect(uri, deadline_ms, fetch->dump->is_privileged.v, &error);
	if (fetch->conn)
		fetch_about(fetch);
	if (!fetch->conn || !fetch_guests(fetch, &error)) {
		bool is_denied = g_error_matches(error, KT_ERROR, KT_ERROR_DENIED);
		bool is_late = g_error_matches(error, KT_ERROR, KT_ERROR_TIMEOUT);
		note_problem(fetch, error);
		fetch->dump->domains.state = is_denied ? KT_STATE_DENIED
					     : is_late ? KT_STATE_BROKEN
						       : KT_STATE_ABSENT;
	}
	if (fetch->conn)
		fetch->dump->n_calls =
			(KtOptU64){.v = kt_virt_conn_count(fetch->conn), .state = KT_STATE_VALUE};
}

KtVirtDump *
kt_virt_fetch(const char *uri, uint32_t deadline_ms, bool is_privileged)
{
	KtVirtDump *dump = kt_virt_dump_new();
	g_auto(Fetch) fetch = {.dump = dump, .by_uuid = g_hash_table_new(g_str_hash, g_str_equal)};

	dump->tool_version = opt_str(&fetch, KT_VERSION);
	dump->collected_us = (KtOptI64){.v = kt_clock_wall_us(), .state = KT_STATE_VALUE};
	dump->is_privileged = (KtOptBool){.v = is_privileged, .state = KT_STATE_VALUE};
	dump->uri.state = KT_STATE_ABSENT;
	if (uri)
		dump->uri = opt_str(&fetch, uri);
	fetch_everything(&fetch, uri, deadline_ms);
	return dump;
}
