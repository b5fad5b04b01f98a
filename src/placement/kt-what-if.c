/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-what-if.h"

#include "kt-instance-private.h"

#include <string.h>

#define KIB_PER_GIB UINT64_C(1048576)
/* A TiB for each GiB of a person's typing error is enough. */
#define MAX_GIB UINT64_C(1048576)
/* Of all who run together: the search multiplies it by a million (PENALTY). */
#define MAX_WEIGHT (UINT64_C(1) << 40)

static void
add_note(KtInstance *instance, const char *note)
{
	uint32_t n = instance->n_notes;
	const char **notes = kt_arena_new0(instance->arena, const char *, n + 1);

	for (uint32_t i = 0; i < n; i++)
		notes[i] = instance->notes[i];
	notes[n] = note;
	instance->notes = notes;
	instance->n_notes = n + 1;
}

/* Room for @more guests behind those that are there. */
static KtInstGuest *
grow(KtInstance *instance, uint32_t more, GError **error)
{
	uint32_t n = instance->n_guests;

	if (more > KT_INSTANCE_MAX_GUESTS - n) {
		kt_throw(error,
			 KT_ERROR_LIMIT,
			 "%u more guests: at most %d can be placed",
			 more,
			 KT_INSTANCE_MAX_GUESTS);
		return NULL;
	}
	KtInstGuest *guests = kt_arena_new0(instance->arena, KtInstGuest, (size_t)n + more);
	for (uint32_t v = 0; v < n; v++)
		guests[v] = instance->guests[v];
	instance->guests = guests;
	return guests + n;
}

static const char *
free_name(const KtInstance *instance, unsigned *number)
{
	for (;;) {
		const char *name = kt_arena_printf(instance->arena, "new-%u", ++*number);
		if (kt_instance_find_guest(instance, name) < 0)
			return name;
	}
}

/* "3x8:32" */
static bool
add_guests(KtInstance *instance, const char *text, GError **error)
{
	uint32_t n_nodes = instance->n_nodes;
	const char *times = strchr(text, 'x');
	const char *sizes = times ? times + 1 : text;
	g_auto(GStrv) parts = g_strsplit(sizes, ":", 3);
	g_autofree char *count = times ? g_strndup(text, (size_t)(times - text)) : g_strdup("1");
	guint64 n = 0;
	guint64 vcpus = 0;
	guint64 gib = 0;
	unsigned number = 0;

	if (g_strv_length(parts) != 2 ||
	    !g_ascii_string_to_unsigned(count, 10, 1, KT_INSTANCE_MAX_GUESTS, &n, NULL) ||
	    !g_ascii_string_to_unsigned(parts[0], 10, 1, KT_INSTANCE_MAX_VCPUS, &vcpus, NULL) ||
	    !g_ascii_string_to_unsigned(parts[1], 10, 1, MAX_GIB, &gib, NULL))
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "add=8:32 is a guest of 8 vCPUs and 32 GiB, add=3x8:32 three",
				     "'%s' is no number of vCPUs and GiB",
				     text);
	KtInstGuest *guests = grow(instance, (uint32_t)n, error);
	if (!guests)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		guests[i] = (KtInstGuest){
			.name = free_name(instance, &number),
			.vcpus = vcpus,
			.memory_kib = gib * KIB_PER_GIB,
			.page_kib = 4,
			.priority = 1,
			.max_cells = 8,
			.memory_bound_permille = 1000,
			.smt = KT_SMT_PREFER,
			.has_vnuma = true,
			.allowed = n_nodes == 64 ? UINT64_MAX : (UINT64_C(1) << n_nodes) - 1,
			.apart = -1,
		};
		instance->n_guests++;
	}
	add_note(instance,
		 kt_arena_printf(instance->arena,
				 "what if: %" G_GUINT64_FORMAT " more, each %" G_GUINT64_FORMAT
				 " vCPUs and %" G_GUINT64_FORMAT " GiB",
				 n,
				 vcpus,
				 gib));
	return true;
}

static bool
remove_node(KtInstance *instance, const char *text, GError **error)
{
	guint64 id = 0;
	int n = g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &id, NULL)
			? kt_instance_find_node(instance, id)
			: -1;

	if (n < 0)
		return kt_throw(error, KT_ERROR_USAGE, "there is no node '%s'", text);

	KtInstNode *node = &instance->nodes[n];
	for (uint32_t c = 0; c < node->n_cores; c++) {
		KtInstCore *core = &instance->cores[node->first_core + c];
		for (uint16_t i = 0; i < core->n_cpus; i++)
			kt_cpuset_remove(&instance->cpus, core->cpus[i]);
		core->n_cpus = 0;
	}
	instance->is_changed = true;
	node->n_cores = 0;
	node->n_groups = 0;
	node->n_pools = 0;
	node->memory_kib = 0;
	node->reserved_kib = 0;
	for (uint32_t v = 0; v < instance->n_guests; v++)
		instance->guests[v].allowed &= ~(UINT64_C(1) << n);
	add_note(instance,
		 kt_arena_printf(
			 instance->arena, "what if: without node %" G_GUINT64_FORMAT, node->id));
	return true;
}

static int
find_guest(const KtInstance *instance, const char *name, GError **error)
{
	int v = kt_instance_find_guest(instance, name);

	if (v < 0)
		kt_throw(error, KT_ERROR_USAGE, "there is no guest '%s'", name);
	return v;
}

static bool
double_guest(KtInstance *instance, const char *name, GError **error)
{
	int v = find_guest(instance, name, error);

	if (v < 0)
		return false;

	KtInstGuest *guest = &instance->guests[v];
	KtInstCell *cells = kt_arena_new0(instance->arena, KtInstCell, guest->n_cells + 1);
	if (guest->vcpus * 2 > KT_INSTANCE_MAX_VCPUS || guest->memory_kib * 2 > KT_INSTANCE_MAX_KIB)
		return kt_throw(error, KT_ERROR_LIMIT, "twice '%s' is too large", name);
	guest->vcpus *= 2;
	guest->memory_kib *= 2;
	for (uint32_t i = 0; i < guest->n_cells; i++)
		cells[i] = (KtInstCell){.vcpus = guest->cells[i].vcpus * 2,
					.memory_kib = guest->cells[i].memory_kib * 2};
	guest->cells = guest->n_cells > 0 ? cells : NULL;
	instance->is_changed = true;
	/* It starts anew, so it can go anywhere and be cut. */
	guest->n_current = 0;
	guest->is_adrift = false;
	guest->is_fixed = false;
	guest->current_cpus = NULL;
	guest->max_cells = MAX(guest->max_cells, 8);
	add_note(instance,
		 kt_arena_printf(instance->arena,
				 "what if: '%s' with %" G_GUINT64_FORMAT
				 " vCPUs and %" G_GUINT64_FORMAT " MiB",
				 name,
				 guest->vcpus,
				 guest->memory_kib / 1024));
	return true;
}

static bool
remove_guest(KtInstance *instance, const char *name, GError **error)
{
	int v = find_guest(instance, name, error);

	if (v < 0)
		return false;
	const char *note = kt_arena_printf(instance->arena, "what if: without '%s'", name);
	for (uint32_t w = (uint32_t)v; w + 1 < instance->n_guests; w++)
		instance->guests[w] = instance->guests[w + 1];
	instance->n_guests--;
	instance->is_changed = true;
	add_note(instance, note);
	return true;
}

bool
kt_what_if(KtInstance *instance, const char *text, GError **error)
{
	static const struct {
		const char *word;
		bool (*change)(KtInstance *instance, const char *text, GError **error);
	} rows[] = {
		{.word = "add=", .change = add_guests},
		{.word = "without-node=", .change = remove_node},
		{.word = "double=", .change = double_guest},
		{.word = "without=", .change = remove_guest},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_str_has_prefix(text, rows[i].word))
			return rows[i].change(instance, text + strlen(rows[i].word), error);
	}
	return kt_throw_hint(error,
			     KT_ERROR_USAGE,
			     "add=[COUNTx]VCPUS:GIB, without-node=ID, double=GUEST, without=GUEST",
			     "'%s' is no change that --what-if knows",
			     text);
}

/* Newcomers together weigh less than a single vCPU that runs. */
static void
favour_running(KtInstance *instance, uint32_t n_before)
{
	uint64_t newcomers = 1;
	uint64_t running = 1;

	for (uint32_t v = 0; v < instance->n_guests; v++)
		*(v < n_before ? &running : &newcomers) +=
			instance->guests[v].priority * instance->guests[v].vcpus;
	for (uint32_t v = 0; v < n_before; v++)
		instance->guests[v].favour = MAX(MIN(newcomers, MAX_WEIGHT / running), 1);
}

bool
kt_what_if_admit(KtInstance *instance, const KtJson *json, GError **error)
{
	bool is_list = json_is_array(json_object_get(json, "guests"));
	g_autoptr(KtJson) wrapped = is_list ? json_incref((json_t *)json) : json_object();
	g_autoptr(GHashTable) apart = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) notes = g_ptr_array_new();
	KtInReader reader = {
		.instance = instance, .apart = apart, .notes = notes, .where = "--admit"};
	KtInstGuest *before = instance->guests;
	uint32_t n_before = instance->n_guests;

	if (!json_is_object(json))
		return kt_throw(error, KT_ERROR_PARSE, "--admit has to be a guest, or a list");
	if (!is_list) {
		KtJson *list = json_array();
		json_array_append(list, (json_t *)json);
		kt_json_set(wrapped, "guests", list);
	}
	instance->n_guests = 0;
	bool ok = kt_in_guests(&reader, wrapped, error);
	const KtInstGuest *added = instance->guests;
	uint32_t n_added = instance->n_guests;
	instance->guests = before;
	instance->n_guests = n_before;
	if (!ok)
		return false;

	KtInstGuest *guests = grow(instance, n_added, error);
	for (uint32_t i = 0; guests && i < n_added; i++) {
		if (kt_instance_find_guest(instance, added[i].name) >= 0)
			return kt_throw(error,
					KT_ERROR_PARSE,
					"there is a guest '%s' already",
					added[i].name);
		guests[i] = added[i];
		instance->n_guests++;
	}
	for (guint i = 0; i < notes->len; i++)
		add_note(instance, notes->pdata[i]);
	instance->n_admitted = n_added;
	favour_running(instance, n_before);
	return guests != NULL;
}
