/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-inside-fetch.h"

#include "kt-agent-file.h"
#include "kt-guest-xml.h"
#include "kt-inside-answer.h"
#include "kt-virt-conn.h"
#include "kt-virt-uri.h"
#include "kt-xml.h"

#include <string.h>

/* All questions to one guest, one answer of which may take the time of two (greeting, answer), and
 * libvirt's own overhead. */
#define CALL_LIMIT_MS ((KT_INSIDE_GUEST_S + 2 * KT_INSIDE_ANSWER_S + 2) * 1000u)

/* Shared with the worker, which may outlive who asks. */
typedef struct Talk {
	char *uuid;
	bool has_blocks; /* memory can be plugged in */
	bool is_open;    /* its owner allows to look at files */
	KtArena *arena;
	KtInside inside;
	int64_t end_us;
	bool is_silent; /* a question was left unanswered */
} Talk;

static void
talk_clear(void *data)
{
	Talk *talk = data;

	g_free(talk->uuid);
	kt_arena_free(talk->arena);
}

static void
talk_release(Talk *talk)
{
	g_atomic_rc_box_release_full(talk, talk_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Talk, talk_release)

/* Errors of libvirt repeat what the agent said. */
static void
set_trouble(KtArena *arena, KtInside *inside, const char *text)
{
	g_autofree char *cut = g_strndup(text, KT_INSIDE_MAX_TEXT);
	g_autofree char *valid = g_utf8_make_valid(cut, -1);

	if (kt_known(inside->trouble))
		return;
	for (char *p = valid; *p; p++) {
		if (g_ascii_iscntrl(*p))
			*p = '?';
	}
	inside->trouble = (KtOptStr){.v = kt_arena_strdup(arena, valid), .state = KT_STATE_VALUE};
}

/* A question failed: the state that it leaves its members in. An agent that says no has said
 * something; when libvirt gave up waiting, the next question would wait again. */
static KtState
note_error(Talk *talk, const GError *error)
{
	talk->is_silent = g_error_matches(error, KT_ERROR, KT_ERROR_TIMEOUT);
	set_trouble(talk->arena, &talk->inside, error->message);
	return kt_agent_state(error);
}

static KtState
note_failure(Talk *talk, const char *what)
{
	g_autoptr(GError) error = NULL;

	(void)kt_throw_virt(&error, what);
	return note_error(talk, error);
}

static bool
may_go_on(Talk *talk)
{
	if (talk->is_silent)
		return false;
	if (g_get_monotonic_time() < talk->end_us)
		return true;
	set_trouble(talk->arena, &talk->inside, "the agent answers too slowly");
	return false;
}

static void
ask_vcpus(virDomainPtr domain, Talk *talk)
{
	virTypedParameterPtr params = NULL;
	unsigned n = 0;

	if (kt_agent_vcpus(domain, &params, &n) < 0) {
		KtState state = note_failure(talk, "ask the agent for its vCPUs");
		talk->inside.vcpus.state = state;
		talk->inside.vcpus_online.state = state;
		talk->inside.vcpus_offlinable.state = state;
		return;
	}
	kt_inside_read_vcpus(params, (int)n, talk->arena, &talk->inside);
	virTypedParamsFree(params, (int)n);
}

static void
ask_blocks(virDomainPtr domain, Talk *talk)
{
	KtInside *inside = &talk->inside;
	g_autoptr(GError) error = NULL;
	g_autoptr(KtJson) blocks =
		kt_agent_ask(domain, "guest-get-memory-blocks", NULL, KT_INSIDE_ANSWER_S, &error);

	if (blocks) {
		kt_inside_read_blocks(blocks, talk->arena, inside);
	} else {
		inside->memory_blocks.state = note_error(talk, error);
		inside->memory_blocks_online.state = inside->memory_blocks.state;
	}
	if (!may_go_on(talk))
		return;
	g_clear_error(&error);
	g_autoptr(KtJson) info = kt_agent_ask(
		domain, "guest-get-memory-block-info", NULL, KT_INSIDE_ANSWER_S, &error);
	if (info)
		kt_inside_read_block_size(info, inside);
	else
		inside->memory_block_kib.state = note_error(talk, error);
}

static void
ask_os(virDomainPtr domain, Talk *talk)
{
	virTypedParameterPtr params = NULL;
	int n = 0;

	if (virDomainGetGuestInfo(domain, VIR_DOMAIN_GUEST_INFO_OS, &params, &n, 0) < 0) {
		KtState state = note_failure(talk, "ask the agent for its system");
		talk->inside.os_name.state = state;
		talk->inside.os_id.state = state;
		talk->inside.os_version.state = state;
		talk->inside.kernel.state = state;
		return;
	}
	kt_inside_read_os(params, n, talk->arena, &talk->inside);
	virTypedParamsFree(params, n);
}

static void
ask_mounts(virDomainPtr domain, Talk *talk)
{
	virTypedParameterPtr params = NULL;
	int n = 0;

	if (virDomainGetGuestInfo(domain, VIR_DOMAIN_GUEST_INFO_FILESYSTEM, &params, &n, 0) < 0) {
		talk->inside.mounts.state =
			note_failure(talk, "ask the agent for its file systems");
		return;
	}
	kt_inside_read_mounts(params, n, talk->arena, &talk->inside);
	virTypedParamsFree(params, n);
}

static void
ask_file(virDomainPtr domain, Talk *talk, const char *path, KtOptStr *fact)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	if (!kt_agent_file_read(domain, path, &text, &error))
		fact->state = note_error(talk, error);
	else if (text)
		*fact = (KtOptStr){.v = kt_arena_strdup(talk->arena, text),
				   .state = KT_STATE_VALUE};
	else
		fact->state = KT_STATE_ABSENT;
}

static void
ask_scheduler(virDomainPtr domain, Talk *talk, KtInsideDisk *disk)
{
	g_autofree char *path = g_strdup_printf(KT_INSIDE_SCHEDULER, disk->name.v);

	ask_file(domain, talk, path, &disk->scheduler);
	disk->schedulers.state = disk->scheduler.state;
	if (kt_known(disk->scheduler))
		kt_inside_read_scheduler(disk->scheduler.v, talk->arena, disk);
}

static void
ask_disks(virDomainPtr domain, Talk *talk)
{
	KtInsideDiskList *disks = &talk->inside.disks;
	virTypedParameterPtr params = NULL;
	int n = 0;

	if (virDomainGetGuestInfo(domain, VIR_DOMAIN_GUEST_INFO_DISKS, &params, &n, 0) < 0) {
		disks->state = note_failure(talk, "ask the agent for its disks");
		return;
	}
	kt_inside_read_disks(params, n, talk->arena, &talk->inside);
	virTypedParamsFree(params, n);
	for (uint32_t i = 0; i < disks->n; i++) {
		disks->v[i].scheduler.state = KT_STATE_BROKEN;
		disks->v[i].schedulers.state = KT_STATE_BROKEN;
		if (may_go_on(talk))
			ask_scheduler(domain, talk, &disks->v[i]);
	}
}

/* What only its files tell, and its owner has allowed to read. */
static void
ask_files(virDomainPtr domain, Talk *talk)
{
	ask_file(domain, talk, KT_INSIDE_HOTPLUG, &talk->inside.hotplug_rules);
	if (may_go_on(talk))
		ask_file(domain, talk, KT_INSIDE_DISKS, &talk->inside.disk_rules);
	if (may_go_on(talk))
		ask_disks(domain, talk);
}

static bool
talk_in_worker(virConnectPtr conn, void *data, GError **error)
{
	Talk *talk = data;
	virDomainPtr domain = virDomainLookupByUUIDString(conn, talk->uuid);

	if (!domain)
		return kt_throw_virt(error, "find the guest");
	talk->end_us = g_get_monotonic_time() + (int64_t)KT_INSIDE_GUEST_S * G_USEC_PER_SEC;
	if (!kt_agent_limit(domain, KT_INSIDE_ANSWER_S, error)) {
		(void)virDomainFree(domain);
		return false;
	}
	kt_inside_set_state(&talk->inside, KT_STATE_BROKEN);
	if (talk->is_open) {
		talk->inside.hotplug_rules.state = KT_STATE_BROKEN;
		talk->inside.disk_rules.state = KT_STATE_BROKEN;
		talk->inside.disks.state = KT_STATE_BROKEN;
	}
	ask_vcpus(domain, talk);
	if (may_go_on(talk))
		ask_os(domain, talk);
	if (may_go_on(talk))
		ask_mounts(domain, talk);
	if (talk->has_blocks && may_go_on(talk))
		ask_blocks(domain, talk);
	if (talk->is_open && may_go_on(talk))
		ask_files(domain, talk);
	if (!talk->has_blocks) {
		talk->inside.memory_blocks.state = KT_STATE_ABSENT;
		talk->inside.memory_blocks_online.state = KT_STATE_ABSENT;
		talk->inside.memory_block_kib.state = KT_STATE_ABSENT;
	}
	talk->inside.is_answering = (KtOptBool){
		.v = !talk->is_silent || kt_known(talk->inside.vcpus), .state = KT_STATE_VALUE};
	if (!kt_known(talk->inside.trouble))
		talk->inside.trouble.state = KT_STATE_ABSENT;
	kt_agent_unlimit(domain);
	(void)virDomainFree(domain);
	return true;
}

/* The answers leave the worker's memory as JSON, as they would leave the host in a snapshot. */
static bool
take(const Talk *talk, KtVirtDump *dump, KtVirtDomain *domain)
{
	g_autoptr(KtJson) json = kt_schema_to_json(&kt_inside_schema, &talk->inside);

	return kt_schema_from_json(&kt_inside_schema, json, dump->arena, &domain->inside, NULL);
}

static void
say_nothing(KtVirtDump *dump, KtVirtDomain *domain, KtState state, const char *trouble)
{
	kt_inside_set_state(&domain->inside, state);
	set_trouble(dump->arena, &domain->inside, trouble);
}

/* Why this guest's agent cannot be asked, or NULL; *@ret_has_blocks says whether memory can be
 * plugged in. */
static const char *
find_obstacle(const KtVirtDump *dump, const KtVirtDomain *domain, bool *ret_has_blocks)
{
	if (!kt_known(domain->id) || !kt_opt_is(domain->state, "running"))
		return "the guest does not run";
	if (!kt_known(dump->uri) || !kt_virt_uri_is_qemu(dump->uri.v))
		return "only guests of QEMU have an agent";

	g_autoptr(xmlDoc) doc = kt_known(domain->live_xml)
					? kt_xml_parse(domain->live_xml.v,
						       strlen(domain->live_xml.v),
						       "domain XML",
						       NULL)
					: NULL;
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	const xmlNode *devices = root ? kt_xml_child(root, "devices") : NULL;
	const xmlNode *channel = devices ? kt_xml_child(devices, "channel") : NULL;

	*ret_has_blocks = root && kt_xml_child(root, "maxMemory");
	for (; channel; channel = kt_xml_next(channel)) {
		const xmlNode *target = kt_xml_child(channel, "target");
		const char *name = target ? kt_xml_attribute(target, "name") : NULL;
		if (g_strcmp0(name, KT_AGENT_CHANNEL) != 0)
			continue;
		const char *state = kt_xml_attribute(target, "state");
		return g_strcmp0(state, "connected") == 0 ? NULL : "no agent is connected";
	}
	return "it has no channel for an agent";
}

/* Of one view: 1 allowed, 0 not, -1 it says nothing. */
static int
consent_of(KtOptStr xml)
{
	g_autoptr(xmlDoc) doc =
		kt_known(xml) ? kt_xml_parse(xml.v, strlen(xml.v), "domain XML", NULL) : NULL;
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	const xmlNode *tune = root ? kt_guest_xml_tune(root) : NULL;

	return tune ? g_strcmp0(kt_xml_attribute(tune, "guest-exec"), "yes") == 0 : -1;
}

/* The stored definition counts where it says anything. */
static bool
is_open(const KtVirtDomain *domain)
{
	int stored = consent_of(domain->inactive_xml);

	return (stored >= 0 ? stored : consent_of(domain->live_xml)) > 0;
}

static void
ask(KtVirtConn *conn, KtVirtDump *dump, KtVirtDomain *domain, bool has_blocks)
{
	g_autoptr(Talk) talk = g_atomic_rc_box_new0(Talk);
	g_autoptr(GError) error = NULL;
	g_autofree char *what = g_strdup_printf("ask the agent of '%s'", domain->name.v);

	talk->uuid = g_strdup(domain->uuid.v);
	talk->arena = kt_arena_new();
	talk->has_blocks = has_blocks;
	talk->is_open = is_open(domain);
	kt_virt_conn_limit_next(conn, CALL_LIMIT_MS);
	if (!kt_virt_conn_call(conn, what, talk_in_worker, talk, talk_clear, &error))
		say_nothing(dump, domain, kt_virt_state(error), error->message);
	else if (!take(talk, dump, domain))
		say_nothing(dump, domain, KT_STATE_BROKEN, "its answers make no sense");
}

static bool
is_wanted(const KtVirtDomain *domain, const char *const *words)
{
	g_autofree char *id =
		kt_known(domain->id) ? g_strdup_printf("%" G_GUINT64_FORMAT, domain->id.v) : NULL;

	for (size_t i = 0; words && words[i]; i++) {
		if (kt_opt_is(domain->name, words[i]) || kt_opt_is(domain->uuid, words[i]) ||
		    g_strcmp0(id, words[i]) == 0)
			return true;
	}
	return !words;
}

void
kt_inside_fetch(KtVirtDump *dump, const char *uri, const char *const *words, uint32_t deadline_ms)
{
	g_autoptr(KtVirtConn) conn = NULL;
	g_autoptr(GError) error = NULL;

	for (uint32_t i = 0; i < dump->domains.n; i++) {
		KtVirtDomain *domain = &dump->domains.v[i];
		bool has_blocks = false;
		if (!is_wanted(domain, words))
			continue;
		const char *obstacle = find_obstacle(dump, domain, &has_blocks);
		if (!obstacle && !conn && !error)
			conn = kt_virt_conn_open(
				uri, /* is_readonly= */ false, deadline_ms, &error);
		if (obstacle)
			say_nothing(dump, domain, KT_STATE_ABSENT, obstacle);
		else if (conn)
			ask(conn, dump, domain, has_blocks);
		else
			say_nothing(dump, domain, kt_virt_state(error), error->message);
	}
}
