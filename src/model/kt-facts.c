/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-facts.h"

static const KtField meta_fields[] = {
	KT_FIELD(KtFactsMeta, tool_version, .doc = "version of kvmtune that collected"),
	KT_FIELD(KtFactsMeta, collected_us, .unit = "us", .doc = "when, UTC since 1970"),
	KT_FIELD(KtFactsMeta, root, .doc = "root that the host was read from"),
	KT_FIELD(KtFactsMeta, uri, .source = "virConnectGetURI", .doc = "libvirt connection"),
	KT_FIELD(KtFactsMeta, is_remote, .doc = "the guests run on another host"),
	KT_FIELD(KtFactsMeta, is_privileged, .doc = "collected as root"),
	KT_FIELD(KtFactsMeta, libvirt_version, .source = "virConnectGetLibVersion",
		 .doc = "major * 1000000 + minor * 1000 + release"),
	KT_FIELD(KtFactsMeta, qemu_version, .source = "virConnectGetVersion",
		 .doc = "same encoding, of the hypervisor"),
	KT_FIELD(KtFactsMeta, libvirt_problem, .doc = "why no guests could be read"),
};
static KT_SCHEMA(meta_schema, KtFactsMeta, meta_fields, .doc = "how the facts came about");

static const KtField facts_fields[] = {
	KT_FIELD_RECORD(KtFacts, meta, meta_schema, .doc = "how the facts came about"),
	KT_FIELD_RECORD(KtFacts, host, kt_host_schema, .doc = "the host"),
	KT_FIELD_LIST(KtFacts, guests, kt_guest_schema, .doc = "its guests, sorted by name"),
	KT_FIELD_LIST(KtFacts, images, kt_image_schema,
		      .doc = "images of their disks, sorted by path"),
};
KT_SCHEMA(kt_facts_schema, KtFacts, facts_fields, .doc = "a host and its guests at one moment");

static guint
hash_cpuset(const void *set)
{
	return kt_cpuset_hash(set);
}

static gboolean
equal_cpusets(const void *a, const void *b)
{
	return kt_cpuset_equal(a, b);
}

KtFacts *
kt_facts_new(void)
{
	KtFacts *facts = g_new0(KtFacts, 1);

	facts->refs = 1;
	facts->arena = kt_arena_new();
	facts->origins = g_ptr_array_new();
	facts->origin_ids = g_hash_table_new(g_str_hash, g_str_equal);
	facts->cpusets = g_hash_table_new(hash_cpuset, equal_cpusets);
	g_ptr_array_add(facts->origins, (void *)"");
	return facts;
}

KtFacts *
kt_facts_ref(KtFacts *facts)
{
	g_atomic_int_inc(&facts->refs);
	return facts;
}

void
kt_facts_unref(KtFacts *facts)
{
	if (!facts || !g_atomic_int_dec_and_test(&facts->refs))
		return;

	g_hash_table_unref(facts->cpusets);
	g_hash_table_unref(facts->origin_ids);
	g_ptr_array_unref(facts->origins);
	kt_arena_free(facts->arena);
	g_free(facts);
}

uint16_t
kt_facts_origin(KtFacts *facts, const char *text)
{
	void *known = g_hash_table_lookup(facts->origin_ids, text);

	if (known)
		return (uint16_t)GPOINTER_TO_UINT(known);
	if (facts->origins->len > UINT16_MAX)
		return 0;

	char *copy = kt_arena_strdup(facts->arena, text);
	uint16_t id = (uint16_t)facts->origins->len;
	g_ptr_array_add(facts->origins, copy);
	g_hash_table_insert(facts->origin_ids, copy, GUINT_TO_POINTER(id));
	return id;
}

const char *
kt_facts_origin_text(const KtFacts *facts, uint16_t origin)
{
	g_return_val_if_fail(origin < facts->origins->len, "");
	return facts->origins->pdata[origin];
}

const KtCpuset *
kt_facts_cpuset(KtFacts *facts, const KtCpuset *set)
{
	KtCpuset *known = g_hash_table_lookup(facts->cpusets, set);

	if (known)
		return known;

	KtCpuset *copy = kt_arena_new0(facts->arena, KtCpuset, 1);
	*copy = *set;
	g_hash_table_add(facts->cpusets, copy);
	return copy;
}

KtJson *
kt_facts_to_json(const KtFacts *facts)
{
	KtJson *json = json_object();
	g_autoptr(KtJson) members = kt_schema_to_json(&kt_facts_schema, facts);

	kt_json_set_u64(json, "schema_version", KT_FACTS_SCHEMA_VERSION);
	json_object_update(json, members);
	return json;
}

bool
kt_facts_merge_json(KtFacts *facts, const KtJson *json, GError **error)
{
	g_autoptr(KtJson) members = json_copy((KtJson *)json);

	if (!json_is_object(members))
		return kt_throw(error, KT_ERROR_PARSE, "facts must be an object");

	json_object_del(members, "schema_version");
	return kt_schema_from_json(&kt_facts_schema, members, facts->arena, facts, error);
}

char *
kt_facts_digest(const KtFacts *facts)
{
	g_autoptr(KtJson) json = kt_facts_to_json(facts);
	g_autofree char *text = kt_json_print_compact(json);

	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

const KtGuest *
kt_facts_find_guest(const KtFacts *facts, const char *uuid)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		if (kt_opt_is(facts->guests.v[i].uuid, uuid))
			return &facts->guests.v[i];
	}
	return NULL;
}

static int
compare_images(const void *a, const void *b)
{
	return g_strcmp0(((const KtImage *)a)->path.v, ((const KtImage *)b)->path.v);
}

void
kt_facts_sort_images(KtFacts *facts)
{
	if (facts->images.n > 1)
		qsort(facts->images.v, facts->images.n, sizeof(KtImage), compare_images);
}

const KtConfigFile *
kt_facts_find_file(const KtHost *host, const char *path)
{
	for (uint32_t i = 0; i < host->config_files.n; i++) {
		if (kt_opt_is(host->config_files.v[i].path, path))
			return &host->config_files.v[i];
	}
	return NULL;
}

const KtImage *
kt_facts_find_image(const KtFacts *facts, const char *path)
{
	const KtImage wanted = {.path = {.v = path}};

	if (facts->images.n == 0)
		return NULL;
	return bsearch(&wanted, facts->images.v, facts->images.n, sizeof(KtImage), compare_images);
}
