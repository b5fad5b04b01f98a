/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-sections.h"

#include "kt-practice.h"

#include <string.h>

static void
entry_free(void *data)
{
	KtEntry *entry = data;

	g_ptr_array_unref(entry->alike);
	g_free(entry);
}

static void
section_free(void *data)
{
	KtSection *section = data;

	g_ptr_array_unref(section->entries);
	g_ptr_array_unref(section->alike);
	g_free(section);
}

bool
kt_result_is_of_guest(const KtResult *result)
{
	return result->target.scope >= KT_SCOPE_GUEST;
}

const char *
kt_result_short_target(const KtResult *result)
{
	const char *slash = strrchr(result->target_path, '/');

	return slash ? slash + 1 : result->target_path;
}

static KtSection *
section_of(GPtrArray *sections, const KtGuest *guest)
{
	for (guint i = 0; i < sections->len; i++) {
		KtSection *section = sections->pdata[i];
		if (section->guest == guest)
			return section;
	}

	KtSection *section = g_new0(KtSection, 1);
	section->guest = guest;
	section->entries = g_ptr_array_new_with_free_func(entry_free);
	section->alike = g_ptr_array_new();
	g_ptr_array_add(sections, section);
	return section;
}

static bool
is_alike(const KtResult *a, const KtResult *b)
{
	return a->practice == b->practice && a->severity == b->severity;
}

static void
add_entry(KtSection *section, const KtResult *result, bool is_folded)
{
	/* Results of one practice follow each other. */
	guint n = section->entries->len;
	KtEntry *last = n ? section->entries->pdata[n - 1] : NULL;

	if (is_folded && last && is_alike(last->result, result)) {
		g_ptr_array_add(last->alike, (void *)result);
		return;
	}

	KtEntry *entry = g_new0(KtEntry, 1);
	entry->result = result;
	entry->alike = g_ptr_array_new();
	g_ptr_array_add(section->entries, entry);
}

static int
compare_entries(const void *a, const void *b)
{
	const KtEntry *left = *(const KtEntry *const *)a;
	const KtEntry *right = *(const KtEntry *const *)b;

	return (int)right->result->severity - (int)left->result->severity;
}

static unsigned
count_severity(const KtSection *section, KtSeverity severity)
{
	unsigned n = 0;

	for (guint i = 0; i < section->entries->len; i++) {
		const KtEntry *entry = section->entries->pdata[i];
		if (entry->result->severity == severity)
			n += 1 + entry->alike->len;
	}
	return n;
}

/* More critical findings go first, then more high ones, and so on. */
static int
compare_sections(const void *a, const void *b)
{
	const KtSection *left = *(const KtSection *const *)a;
	const KtSection *right = *(const KtSection *const *)b;

	for (KtSeverity s = KT_SEVERITY_CRITICAL; s > KT_SEVERITY_UNSET; s--) {
		unsigned n_left = count_severity(left, s);
		unsigned n_right = count_severity(right, s);
		if (n_left != n_right)
			return n_left > n_right ? -1 : 1;
	}
	/* Guests stand in one array, in order of their names. */
	if (!left->guest || !right->guest)
		return (left->guest != NULL) - (right->guest != NULL);
	return (left->guest > right->guest) - (left->guest < right->guest);
}

static char *
signature(const KtSection *section)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < section->entries->len; i++) {
		const KtEntry *entry = section->entries->pdata[i];
		g_string_append_printf(text,
				       "%d %s %u\n",
				       (int)entry->result->severity,
				       entry->result->practice->id,
				       entry->alike->len);
	}
	return g_string_free(text, FALSE);
}

/* Moves the guests of later sections into the first that has the same findings. */
static GPtrArray *
fold(GPtrArray *sections)
{
	GPtrArray *folded = g_ptr_array_new_with_free_func(section_free);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	g_ptr_array_set_free_func(sections, NULL);
	for (guint i = 0; i < sections->len; i++) {
		KtSection *section = sections->pdata[i];
		g_autofree char *key = section->guest ? signature(section) : g_strdup("");
		KtSection *first = g_hash_table_lookup(seen, key);
		if (first) {
			g_ptr_array_add(first->alike, (void *)section->guest);
			section_free(section);
			continue;
		}
		g_hash_table_insert(seen, g_steal_pointer(&key), section);
		g_ptr_array_add(folded, section);
	}
	g_ptr_array_unref(sections);
	return folded;
}

GPtrArray *
kt_sections_build(const KtAudit *audit, bool is_folded)
{
	GPtrArray *sections = g_ptr_array_new_with_free_func(section_free);

	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (result->verdict != KT_VERDICT_FINDING)
			continue;
		const KtGuest *guest = kt_result_is_of_guest(result)
					       ? &audit->facts->guests.v[result->target.index]
					       : NULL;
		add_entry(section_of(sections, guest), result, is_folded);
	}
	for (guint i = 0; i < sections->len; i++) {
		KtSection *section = sections->pdata[i];
		g_ptr_array_sort(section->entries, compare_entries);
	}
	g_ptr_array_sort(sections, compare_sections);
	return is_folded ? fold(sections) : sections;
}
