/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-pending.h"

#include "kt-finding.h"

void
kt_pending_free(KtPending *pending)
{
	if (!pending)
		return;
	g_free(pending->key);
	g_free(pending->runs);
	g_free(pending->defined);
	g_free(pending->found);
	g_free(pending);
}

/* NULL for what says in words that nothing is set: libvirt writes -1 for a quota that was lifted.
 */
static const char *
plain(const KtSetting *setting, const char *value)
{
	bool is_limit = g_strcmp0(setting->absent, "unlimited") == 0;

	return g_strcmp0(value, setting->absent) == 0 || (is_limit && value && *value == '-')
		       ? NULL
		       : value;
}

bool
kt_setting_row_is_pending(const KtGuest *guest, const KtSettingRow *row)
{
	/* libvirt writes into the live XML what host-model came to. */
	bool is_expanded = g_str_has_prefix(row->setting->key, "cpu.mo") &&
			   kt_opt_is(guest->inactive.cpu_mode, "host-model");

	return kt_opt_true(guest->is_active) && kt_known(guest->inactive.type) && !is_expanded &&
	       g_strcmp0(plain(row->setting, row->live), plain(row->setting, row->config)) != 0;
}

GPtrArray *
kt_pending_list(const KtGuest *guest, const GPtrArray *rows)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)kt_pending_free);

	for (guint i = 0; i < rows->len; i++) {
		const KtSettingRow *row = rows->pdata[i];
		if (!kt_setting_row_is_pending(guest, row))
			continue;
		KtPending *pending = g_new0(KtPending, 1);
		pending->key = g_strdup(row->key);
		pending->doc = row->setting->doc;
		pending->runs = g_strdup(row->live);
		pending->defined = g_strdup(row->config);
		g_ptr_array_add(list, pending);
	}
	return list;
}

GPtrArray *
kt_pending_drift(KtFacts *facts, uint32_t guest, const KtPolicy *policy)
{
	static const char *const only[] = {"guest.drift", NULL};
	const char *const names[] = {facts->guests.v[guest].uuid.v, NULL};
	const KtSelection selection = {.only = only, .guests = names};
	g_autoptr(KtAudit) audit = kt_engine_run(facts, policy, &selection);
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		for (guint j = 0;
		     result->verdict == KT_VERDICT_FINDING && j < result->evidence->len;
		     j++) {
			const KtEvidence *evidence = result->evidence->pdata[j];
			g_ptr_array_add(lines, g_strdup(evidence->text));
		}
	}
	return lines;
}

/* Ids of the practices about the guest that are findings now. */
static GHashTable *
findings(KtFacts *facts, uint32_t guest, const KtPolicy *policy)
{
	static const char *const only[] = {"guest.*", "image.*", NULL};
	/* They speak of the difference itself. */
	static const char *const skip[] = {"guest.pending-change", NULL};
	const char *const names[] = {facts->guests.v[guest].uuid.v, NULL};
	const KtSelection selection = {.only = only, .skip = skip, .guests = names};
	g_autoptr(KtAudit) audit = kt_engine_run(facts, policy, &selection);
	bool is_host_model = kt_opt_is(facts->guests.v[guest].inactive.cpu_mode, "host-model");
	GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		const char *id = result->practice->id;
		bool is_expanded = is_host_model && g_str_has_prefix(id, "guest.cpu.");
		if (result->verdict == KT_VERDICT_FINDING && !is_expanded)
			g_hash_table_add(ids, (void *)id);
	}
	return ids;
}

static GPtrArray *
only_in(GHashTable *a, GHashTable *b)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < kt_n_practices; i++) {
		const char *id = kt_practices[i]->id;
		if (g_hash_table_contains(a, id) && !g_hash_table_contains(b, id))
			g_ptr_array_add(ids, g_strdup(id));
	}
	return ids;
}

void
kt_pending_practices(KtFacts *facts, uint32_t guest, const KtPolicy *policy, GPtrArray **ret_mended,
		     GPtrArray **ret_brought)
{
	KtGuest *about = &facts->guests.v[guest];
	KtGuestConfig defined = about->inactive;
	g_autoptr(GHashTable) next = findings(facts, guest, policy);

	/* As if what runs were defined: then both are judged by the same rules. */
	about->inactive = about->live;
	g_autoptr(GHashTable) now = findings(facts, guest, policy);
	about->inactive = defined;

	*ret_mended = only_in(now, next);
	*ret_brought = only_in(next, now);
}
