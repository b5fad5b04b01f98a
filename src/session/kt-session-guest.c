/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-session-private.h"

#include "kt-actuator.h"
#include "kt-dom-memory.h"
#include "kt-live-job.h"
#include "kt-virt-machine.h"

#include <string.h>

/* The settings of one guest: reading them side by side, and asking for others. */

static const KtVirtDomain *
find_domain(const KtVirtDump *virt, const KtGuest *guest)
{
	for (uint32_t i = 0; virt && kt_known(guest->uuid) && i < virt->domains.n; i++) {
		if (kt_opt_is(virt->domains.v[i].uuid, guest->uuid.v))
			return &virt->domains.v[i];
	}
	return NULL;
}

static xmlDoc *
parse(KtOptStr xml)
{
	return kt_known(xml) ? kt_xml_parse(xml.v, strlen(xml.v), "domain XML", NULL) : NULL;
}

/* An element that is there says "yes" by being there. */
static char *
value_at(const xmlDoc *doc, const KtSettingRow *row)
{
	g_autofree char *locator = kt_setting_fill(row->setting->xml, row->of);
	char *value = NULL;
	bool is_virtio = row->setting->kind == KT_SETTING_VIRTIO_MEM;

	if (doc && (is_virtio || row->setting->kind == KT_SETTING_DIMM))
		return kt_dom_memory(doc, is_virtio, row->of);
	if (!doc || !locator || !kt_dom_get(doc, locator, &value, NULL) || !value)
		return NULL;
	if (row->setting->kind != KT_SETTING_PRESENCE)
		return value;
	g_free(value);
	return g_strdup("yes");
}

/* Name of an element below <devices> -> how many there are of it. */
static GHashTable *
count_devices(const xmlDoc *doc)
{
	GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	const xmlNode *devices = root ? kt_xml_child(root, "devices") : NULL;

	for (const xmlNode *node = devices ? devices->children : NULL; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE || g_str_equal(node->name, "emulator"))
			continue;
		gsize n = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, node->name)) + 1;
		g_hash_table_insert(
			counts, g_strdup((const char *)node->name), GSIZE_TO_POINTER(n));
	}
	return counts;
}

static char *
count_text(GHashTable *counts, const char *name)
{
	gsize n = GPOINTER_TO_SIZE(g_hash_table_lookup(counts, name));

	return n ? g_strdup_printf("%" G_GSIZE_FORMAT, n) : NULL;
}

static int
compare_keys(const void *a, const void *b)
{
	const KtPending *const *left = a;
	const KtPending *const *right = b;

	return strcmp((*left)->key, (*right)->key);
}

static GPtrArray *
compare_devices(const xmlDoc *live, const xmlDoc *config)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)kt_pending_free);
	g_autoptr(GHashTable) runs = count_devices(live);
	g_autoptr(GHashTable) defined = count_devices(config);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	GHashTableIter iter;
	void *name = NULL;

	for (g_hash_table_iter_init(&iter, runs); g_hash_table_iter_next(&iter, &name, NULL);)
		g_hash_table_add(names, name);
	for (g_hash_table_iter_init(&iter, defined); g_hash_table_iter_next(&iter, &name, NULL);)
		g_hash_table_add(names, name);
	for (g_hash_table_iter_init(&iter, names); g_hash_table_iter_next(&iter, &name, NULL);) {
		KtPending *pending = g_new0(KtPending, 1);
		pending->key = g_strconcat("devices.", (const char *)name, NULL);
		pending->doc = "how many devices of this kind";
		pending->runs = count_text(runs, name);
		pending->defined = count_text(defined, name);
		g_ptr_array_add(list, pending);
	}
	g_ptr_array_sort(list, compare_keys);
	return list;
}

GPtrArray *
kt_session_views(KtSession *session, const char *word, KtFacts **ret_facts, uint32_t *ret_guest,
		 GPtrArray **ret_devices, GError **error)
{
	g_auto(KtCollected) collected = {0};
	const char *const words[] = {word, NULL};

	if (!kt_session_collect(session, session->source->root, words, &collected, error) ||
	    !kt_session_find_guest(collected.facts, word, ret_guest, error))
		return NULL;

	const KtGuest *guest = &collected.facts->guests.v[*ret_guest];
	const KtVirtDomain *domain = find_domain(collected.virt, guest);
	g_autoptr(xmlDoc) live = domain ? parse(domain->live_xml) : NULL;
	g_autoptr(xmlDoc) config = domain ? parse(domain->inactive_xml) : NULL;
	GPtrArray *rows = kt_setting_rows(guest);
	for (guint i = 0; i < rows->len; i++) {
		KtSettingRow *row = rows->pdata[i];
		row->live = value_at(live, row);
		row->config = value_at(config, row);
	}
	*ret_facts = kt_facts_ref(collected.facts);
	if (ret_devices)
		*ret_devices = compare_devices(live, config);
	return rows;
}

GPtrArray *
kt_session_settings(KtSession *session, const char *word, KtFacts **ret_facts, uint32_t *ret_guest,
		    GError **error)
{
	return kt_session_views(session, word, ret_facts, ret_guest, NULL, error);
}

/* What a step finds now is what it was planned for. */
static bool
fill_step(KtMachine *machine, KtPlan *plan, KtStep *step, GError **error)
{
	g_autoptr(KtReading) reading = kt_actuator(step->knob)->read(machine, step, error);

	if (!reading)
		return false;
	for (uint32_t i = 0; i < step->n_edits; i++)
		step->edits[i].from = kt_arena_strdup(plan->arena, reading->values->pdata[i]);
	return true;
}

/* A short name of a machine type stands for the newest of its kind, which is what libvirt writes
 * and what reads back. */
static bool
name_machines(KtMachine *machine, const KtGuest *guest, KtPlan *plan, KtStep *step, GError **error)
{
	const KtGuestConfig *config = kt_guest_config(guest);

	for (uint32_t i = 0; i < step->n_edits; i++) {
		KtEdit *edit = &step->edits[i];
		if (!edit->to || !g_str_equal(edit->locator, "/domain/os/type/@machine"))
			continue;
		KtVirtConn *conn = kt_machine_virt(machine, error);
		g_autofree char *name =
			conn ? kt_virt_machine_name(
				       conn,
				       kt_known(config->emulator) ? config->emulator.v : NULL,
				       kt_known(config->architecture) ? config->architecture.v
								      : NULL,
				       kt_known(config->type) ? config->type.v : NULL,
				       edit->to,
				       error)
			     : NULL;
		if (!name)
			return false;
		edit->to = kt_arena_strdup(plan->arena, name);
	}
	return true;
}

KtPlan *
kt_session_request(KtSession *session, const char *word, const KtRequest *request, GError **error)
{
	g_auto(KtCollected) collected = {0};
	g_auto(KtMachine) machine = {0};
	uint32_t guest = 0;

	if (session->source->snapshot) {
		kt_throw_hint(error,
			      KT_ERROR_UNSUPPORTED,
			      "leave out --root",
			      "a guest of snapshot '%s' cannot be changed",
			      session->root);
		return NULL;
	}
	if (!kt_session_collect(session, session->source->root, NULL, &collected, error) ||
	    !kt_session_find_guest(collected.facts, word, &guest, error))
		return NULL;

	g_autoptr(KtPlan) plan = kt_request_plan(collected.facts, guest, request, error);
	if (!plan)
		return NULL;
	kt_session_machine(session, plan->uri, &machine);
	for (uint32_t i = 0; i < plan->n_steps; i++) {
		if (plan->steps[i].knob == KT_KNOB_DOMAIN_LIVE &&
		    !kt_live_job_check(&machine, &plan->steps[i], error))
			return NULL;
		if (!name_machines(&machine,
				   &collected.facts->guests.v[guest],
				   plan,
				   &plan->steps[i],
				   error) ||
		    !fill_step(&machine, plan, &plan->steps[i], error))
			return NULL;
	}
	return g_steal_pointer(&plan);
}
