/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-guest.h"

#include "kt-guest-cgroup.h"
#include "kt-guest-process.h"
#include "kt-guest-xml.h"
#include "kt-virt-uri.h"

#include <string.h>

static KtOptStr
copy_str(KtFacts *facts, KtOptStr opt, const char *origin)
{
	if (opt.v)
		opt.v = kt_arena_strdup(facts->arena, opt.v);
	opt.origin = kt_facts_origin(facts, origin);
	return opt;
}

static KtOptBool
copy_bool(KtFacts *facts, KtOptBool opt, const char *origin)
{
	opt.origin = kt_facts_origin(facts, origin);
	return opt;
}

static KtOptU64
copy_u64(KtFacts *facts, KtOptU64 opt, const char *origin)
{
	opt.origin = kt_facts_origin(facts, origin);
	return opt;
}

static void
read_view(KtFacts *facts, KtOptStr xml, const char *origin, KtGuestConfig *config,
	  KtGuestTune *tune)
{
	if (kt_known(xml))
		kt_guest_xml_read(facts, xml.v, origin, config, tune);
	else if (xml.state == KT_STATE_DENIED || xml.state == KT_STATE_BROKEN)
		kt_guest_xml_unknown(facts, xml.state, origin, config);
}

/* Metadata is a statement about the guest, not about its process: what the stored definition says
 * holds at once, and without a restart. */
static void
read_views(KtFacts *facts, const KtVirtDomain *domain, KtGuest *guest)
{
	const char *name = kt_known(domain->name) ? domain->name.v : "?";
	g_autofree char *live = g_strdup_printf("live XML of '%s'", name);
	g_autofree char *inactive = g_strdup_printf("inactive XML of '%s'", name);
	KtGuestTune live_tune = {.is_present = false};
	KtGuestTune inactive_tune = {.is_present = false};

	read_view(facts, domain->live_xml, live, &guest->live, &live_tune);
	read_view(facts, domain->inactive_xml, inactive, &guest->inactive, &inactive_tune);

	const KtGuestTune *tune =
		inactive_tune.is_present || !live_tune.is_present ? &inactive_tune : &live_tune;
	if (!tune->waivers.state && live_tune.waivers.state)
		tune = &live_tune;
	guest->workload = tune->workload;
	guest->guest_exec = tune->guest_exec;
	guest->waivers = tune->waivers;
}

static void
read_inside(KtFacts *facts, const KtVirtDomain *domain, KtGuest *guest)
{
	g_autoptr(KtJson) json = kt_schema_to_json(&kt_inside_schema, &domain->inside);
	g_autofree char *origin =
		g_strdup_printf("agent of '%s'", kt_known(domain->name) ? domain->name.v : "?");

	/* Numbers above what JSON can hold come out as the largest it can. */
	if (!kt_schema_from_json(
		    &kt_inside_schema, json, facts->arena, &guest->inside, /* error= */ NULL))
		kt_inside_set_state(&guest->inside, KT_STATE_BROKEN);
	kt_schema_set_origin(&kt_inside_schema, kt_facts_origin(facts, origin), &guest->inside);
}

static void
read_guest(KtFacts *facts, const KtVirtDomain *domain, KtGuest *guest)
{
	static const char list[] = "virConnectListAllDomains";
	static const char stats[] = "virConnectGetAllDomainStats";

	guest->name = copy_str(facts, domain->name, list);
	guest->uuid = copy_str(facts, domain->uuid, list);
	guest->id = copy_u64(facts, domain->id, list);
	guest->state = copy_str(facts, domain->state, stats);
	guest->is_active = (KtOptBool){.v = kt_known(domain->id),
				       .state = KT_STATE_VALUE,
				       .origin = kt_facts_origin(facts, list)};
	guest->is_persistent = copy_bool(facts, domain->is_persistent, list);
	guest->autostart = copy_bool(facts, domain->autostart, list);
	guest->managed_save = copy_bool(facts, domain->managed_save, list);
	read_views(facts, domain, guest);
	read_inside(facts, domain, guest);
	guest->effective.haltpoll_success_ns = copy_u64(facts, domain->haltpoll_success_ns, stats);
	guest->effective.haltpoll_fail_ns = copy_u64(facts, domain->haltpoll_fail_ns, stats);
}

static int
compare_guests(const void *a, const void *b)
{
	const KtGuest *left = a;
	const KtGuest *right = b;
	int order = g_strcmp0(left->name.v, right->name.v);

	return order ? order : g_strcmp0(left->uuid.v, right->uuid.v);
}

/* A stopped guest has no process: that is known without looking. */
static void
read_processes(KtFacts *facts, const KtVirtDump *dump, KtRoot *root, bool is_deep)
{
	const char *pid_dir = kt_known(dump->pid_dir) ? dump->pid_dir.v : NULL;
	g_autoptr(KtProcesses) processes = kt_processes_new(root, pid_dir);
	bool is_qemu = kt_known(dump->uri) && kt_virt_uri_is_qemu(dump->uri.v);

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		KtGuest *guest = &facts->guests.v[i];
		bool is_nameable = kt_known(guest->name) && kt_known(guest->uuid);
		if (is_qemu && guest->is_active.v && is_nameable) {
			kt_guest_process_read(processes, facts, is_deep, guest);
			continue;
		}
		guest->effective.pid.state = KT_STATE_ABSENT;
		kt_guest_cgroup_unknown(KT_STATE_ABSENT, &guest->effective);
		guest->effective.threads.state = KT_STATE_ABSENT;
	}
}

void
kt_collect_guests(KtFacts *facts, const KtVirtDump *dump, KtRoot *root, bool is_deep)
{
	KtGuestList *guests = &facts->guests;
	const KtVirtDomainList *domains = &dump->domains;

	guests->state = domains->state;
	guests->origin = kt_facts_origin(facts, "virConnectListAllDomains");
	if (domains->state != KT_STATE_VALUE)
		return;

	guests->n = domains->n;
	guests->v = kt_arena_new0(facts->arena, KtGuest, domains->n);
	for (uint32_t i = 0; i < domains->n; i++)
		read_guest(facts, &domains->v[i], &guests->v[i]);
	if (guests->n > 1)
		qsort(guests->v, guests->n, sizeof(KtGuest), compare_guests);
	if (root)
		read_processes(facts, dump, root, is_deep);
}
