/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-settings.h"

#include "kt-pending.h"
#include "kt-phrase.h"
#include "kt-report-audit.h"
#include "kt-report-inside.h"
#include "kt-table.h"

static bool
is_told(const KtSettingRow *row)
{
	bool is_default =
		row->setting->absent && g_strcmp0(row->effective, row->setting->absent) == 0;

	return row->live || row->config || (row->effective && !is_default) || row->inside;
}

static const char *
cell(const char *value)
{
	return value ? value : "-";
}

/* Neighbours that say the same stand in one line: pin.vcpu.0-15. */
static bool
is_same(const KtSettingRow *a, const KtSettingRow *b)
{
	bool is_numbered =
		a->setting->of == KT_SETTING_OF_VCPU || a->setting->of == KT_SETTING_OF_IOTHREAD;

	return is_numbered && a->setting == b->setting && g_strcmp0(a->live, b->live) == 0 &&
	       g_strcmp0(a->config, b->config) == 0 && g_strcmp0(a->effective, b->effective) == 0;
}

static char *
key_of(const KtSettingRow *first, const KtSettingRow *last)
{
	const char *unit = is_told(first) ? first->setting->unit : NULL;
	g_autofree char *range = g_strdup_printf("%s-%s", first->of, last->of);
	g_autofree char *key =
		first == last ? g_strdup(first->key) : kt_setting_fill(first->setting->key, range);

	return unit ? g_strdup_printf("%s (%s)", key, unit) : g_steal_pointer(&key);
}

static void
add_rows(KtTable *table, const KtGuest *guest, const KtSettingRow *first, const KtSettingRow *last)
{
	g_autofree char *key = key_of(first, last);
	bool has_inside = kt_inside_is_asked(&guest->inside);
	const char *pending = kt_setting_row_is_pending(guest, first) ? "at its next start" : "";
	const char *cells[] = {
		key,
		cell(first->live),
		cell(first->config),
		cell(first->effective),
		has_inside ? cell(first->inside) : pending,
		has_inside ? pending : first->setting->doc,
		first->setting->doc,
	};

	kt_table_add(table, cells);
	if (*pending)
		kt_table_ink(table, has_inside ? 5 : 4, KT_INK_MEDIUM);
}

static void
add_drift(const GPtrArray *drift, GString *out)
{
	if (drift->len)
		g_string_append(out,
				"\n"
				"In the kernel, but not what libvirt set (guest.drift):\n");
	for (guint i = 0; i < drift->len; i++)
		g_string_append_printf(out, "  %s\n", (const char *)drift->pdata[i]);
}

static KtTable *
new_table(const KtGuest *guest, const KtStyle *style)
{
	static const KtColumn usual[] = {
		{.title = "SETTING"},
		{.title = "LIVE"},
		{.title = "CONFIG"},
		{.title = "EFFECTIVE"},
		{.title = ""},
		{.title = "WHAT IT IS", .is_wrapped = true},
	};
	static const KtColumn with_inside[] = {
		{.title = "SETTING"},
		{.title = "LIVE"},
		{.title = "CONFIG"},
		{.title = "EFFECTIVE"},
		{.title = "IN GUEST"},
		{.title = ""},
		{.title = "WHAT IT IS", .is_wrapped = true},
	};
	bool has_inside = kt_inside_is_asked(&guest->inside);
	size_t n = has_inside ? G_N_ELEMENTS(with_inside) : G_N_ELEMENTS(usual);

	return kt_table_new(has_inside ? with_inside : usual, style->is_verbose ? n : n - 1, style);
}

void
kt_report_settings(const KtGuest *guest, const GPtrArray *rows, const GPtrArray *drift, bool is_all,
		   const KtStyle *style, GString *out)
{
	g_autoptr(KtTable) table = new_table(guest, style);
	g_autofree char *about = kt_phrase_guest(guest);
	unsigned n_left = 0;

	for (guint i = 0, end = 0; i < rows->len; i = end) {
		for (end = i + 1; end < rows->len; end++) {
			if (!is_same(rows->pdata[i], rows->pdata[end]))
				break;
		}
		if (is_all || is_told(rows->pdata[i]))
			add_rows(table, guest, rows->pdata[i], rows->pdata[end - 1]);
		else
			n_left += end - i;
	}
	g_string_append_printf(out, "%s (%s)\n", kt_phrase_guest_name(guest), about);
	kt_table_print(table, out);
	if (n_left)
		g_string_append_printf(
			out, "%u more that are not set: --verbose shows them\n", n_left);
	add_drift(drift, out);
	kt_report_inside(guest, style, out);
}

KtJson *
kt_report_settings_json(const KtGuest *guest, const GPtrArray *rows, const GPtrArray *drift)
{
	KtJson *json = json_object();
	KtJson *about = json_object();
	KtJson *array = json_array();
	KtJson *lines = json_array();

	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-settings");
	kt_json_set_str(about, "name", guest->name.v);
	kt_json_set_str(about, "uuid", guest->uuid.v);
	kt_json_set_str(about, "state", guest->state.v);
	kt_json_set(json, "guest", about);
	for (guint i = 0; i < rows->len; i++) {
		const KtSettingRow *row = rows->pdata[i];
		KtJson *item = json_object();
		kt_json_set_str(item, "key", row->key);
		kt_json_set_str(item, "live", row->live);
		kt_json_set_str(item, "config", row->config);
		kt_json_set_str(item, "effective", row->effective);
		if (kt_inside_is_asked(&guest->inside))
			kt_json_set_str(item, "in_guest", row->inside);
		kt_json_set_str(item, "unit", row->setting->unit);
		kt_json_set(item, "can_change_live", json_boolean(row->setting->live != NULL));
		kt_json_set(
			item, "is_pending", json_boolean(kt_setting_row_is_pending(guest, row)));
		json_array_append_new(array, item);
	}
	for (guint i = 0; i < drift->len; i++)
		kt_json_append_str(lines, drift->pdata[i]);
	kt_json_set(json, "settings", array);
	kt_json_set(json, "drift", lines);
	if (kt_inside_is_asked(&guest->inside))
		kt_json_set(json, "inside", kt_schema_to_json(&kt_inside_schema, &guest->inside));
	return json;
}
