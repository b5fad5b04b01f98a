/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/*
 * Guests as Debian's virt-install makes them, of all systems that osinfo-db knows, in every class:
 * they can be audited; what is proposed, made in the XML, fits libvirt's schema and is accepted by
 * its QEMU driver; and then nothing is left to propose.
 */

#include "kt-definition.h"
#include "kt-embed.h"
#include "kt-round.h"
#include "kt-snapshot.h"

#include "kt-collect.h"
#include "kt-virt-dump.h"

#include <libxml/relaxng.h>
#include <string.h>

/* A stopped guest's changes are all made at once; some make others possible. */
#define MAX_ROUNDS 3

static KtEmbed *embed;       /* NULL: libvirt's QEMU driver is not here */
static xmlRelaxNG *schema;   /* NULL: libvirt's schemas are not here */
static GHashTable *accepted; /* definition without id -> what libvirt made of it */
static GHashTable *hosts;    /* architecture -> KtFacts */
static bool has_emulator_of_arm;

static const char *
data_dir(void)
{
	const char *dir = g_getenv("KVMTUNE_TEST_DATA");

	return dir ? dir : "tests/systems";
}

/* -- libvirt -- */

typedef struct Define {
	char *xml;
	char *result;
} Define;

static void
clear_define(void *data)
{
	Define *define = data;

	g_free(define->xml);
	g_free(define->result);
}

static bool
define_call(virConnectPtr conn, void *data, GError **error)
{
	Define *define = data;
	virDomainPtr domain =
		virDomainDefineXMLFlags(conn, define->xml, VIR_DOMAIN_DEFINE_VALIDATE);

	if (!domain)
		return kt_throw_virt(error, "define the guest");
	char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE);
	define->result = g_strdup(xml);
	free(xml); /* allocated by libvirt with malloc */
	(void)virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_NVRAM);
	(void)virDomainFree(domain);
	return define->result != NULL;
}

static char *
replace(const char *xml, const char *pattern, const char *replacement)
{
	g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_DOTALL, 0, NULL);

	return g_regex_replace_literal(regex, xml, -1, 0, replacement, 0, NULL);
}

/* What libvirt makes of @xml. Guests of type kvm cannot be defined without /dev/kvm, and a TPM not
 * without swtpm: libvirt sees them as type qemu and without, kvmtune as type kvm. */
static char *
define(const char *xml)
{
	g_autofree char *bare = replace(xml, "<tpm .*</tpm>", "");
	g_autoptr(GError) error = NULL;
	Define *call = g_atomic_rc_box_new0(Define);
	char *result = NULL;

	call->xml = replace(bare, "<domain type=['\"]kvm['\"]", "<domain type='qemu'");
	bool ok = kt_virt_conn_call(
		kt_embed_conn(embed), "define", define_call, call, clear_define, &error);
	if (!ok) {
		g_test_message("%s", xml);
		g_assert_no_error(error);
		return NULL;
	}
	result = replace(call->result, "<domain type='qemu'", "<domain type='kvm'");
	g_atomic_rc_box_release_full(call, clear_define);
	return result;
}

static void
check_schema(const char *xml)
{
	xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), "guest", NULL, XML_PARSE_NONET);
	xmlRelaxNGValidCtxt *context = xmlRelaxNGNewValidCtxt(schema);

	g_assert_nonnull(doc);
	int differs = xmlRelaxNGValidateDoc(context, doc);
	if (differs)
		g_test_message("%s", xml);
	g_assert_cmpint(differs, ==, 0);
	xmlRelaxNGFreeValidCtxt(context);
	xmlFreeDoc(doc);
}

/* The definition as libvirt keeps it. Most systems have the same one but for the id in the
 * metadata, so each is asked for once. Without the architecture's emulator it stays as it is. */
static char *
accept(const KtDefinition *system, const char *xml)
{
	g_autofree char *plain = kt_definition_with_id(xml, "");
	const char *known = g_hash_table_lookup(accepted, plain);

	if (!known) {
		bool is_here =
			embed && (g_str_equal(system->arch, "x86_64") ||
				  (has_emulator_of_arm && g_str_equal(system->arch, "aarch64")));
		if (schema)
			check_schema(plain);
		char *made = is_here ? define(plain) : g_strdup(plain);
		if (!made)
			return NULL;
		g_hash_table_insert(accepted, g_strdup(plain), made);
		known = made;
	}
	return kt_definition_with_id(known, system->os_id);
}

/* -- rounds -- */

/* What is found and cannot be changed by kvmtune has to say what a person should do. */
static void
check_words(const KtAudit *audit)
{
	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (result->verdict != KT_VERDICT_FINDING || result->changes->len > 0)
			continue;
		g_test_message("%s: %s", result->practice->id, result->summary);
		g_assert_cmpuint(result->advice->len, >, 0);
	}
}

static uint32_t
count_edits(const KtRound *round)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < round->plan->n_steps; i++) {
		const KtStep *step = &round->plan->steps[i];
		if (!kt_round_is_step(step))
			continue;
		for (uint32_t j = 0; j < step->n_edits; j++)
			g_test_message("%s: '%s' -> '%s'",
				       step->edits[j].locator,
				       step->edits[j].from ? step->edits[j].from : "(absent)",
				       step->edits[j].to ? step->edits[j].to : "(absent)");
		n += step->n_edits;
	}
	return n;
}

static void
come_to_rest(const KtDefinition *system, KtWorkload workload)
{
	const KtFacts *host = g_hash_table_lookup(hosts, system->arch);
	g_autofree char *made = kt_definition_xml(system);
	g_autofree char *xml = accept(system, made);
	uint32_t n_edits = 1;

	for (int i = 0; xml && i < MAX_ROUNDS && n_edits > 0; i++) {
		g_auto(KtRound) round = {0};
		g_autoptr(GError) error = NULL;

		bool ok = kt_round_run(host, xml, workload, &round, &error);
		g_assert_no_error(error);
		if (!ok)
			return;
		check_words(round.audit);
		g_test_message("%s, round %d", kt_workload_name(workload), i + 1);
		n_edits = count_edits(&round);
		g_free(xml);
		xml = n_edits > 0 ? accept(system, round.xml) : g_strdup("");
	}
	g_assert_cmpuint(n_edits, ==, 0);
}

static void
test_system(const void *data)
{
	const KtDefinition *system = data;

	for (int class = KT_WORKLOAD_UNSET + 1; class < KT_WORKLOAD_N; class ++)
		come_to_rest(system, (KtWorkload) class);
}

/* -- what they stand on -- */

typedef struct Version {
	unsigned long qemu;
} Version;

static bool
version_call(virConnectPtr conn, void *data, GError **error)
{
	Version *version = data;

	return virConnectGetVersion(conn, &version->qemu) == 0 ||
	       kt_throw_virt(error, "ask for the version of QEMU");
}

/* The recorded hosts have versions of their own; what is proposed has to be accepted by these. */
static void
set_versions(KtFacts *facts)
{
	Version *version = g_atomic_rc_box_new0(Version);
	g_autoptr(GError) error = NULL;
	unsigned long libvirt = 0;

	if (virGetVersion(&libvirt, NULL, NULL) == 0)
		facts->meta.libvirt_version.v = libvirt;
	if (embed &&
	    kt_virt_conn_call(kt_embed_conn(embed), "version", version_call, version, NULL, &error))
		facts->meta.qemu_version.v = version->qemu;
	g_assert_no_error(error);
	g_atomic_rc_box_release(version);
}

static KtFacts *
load_host(const char *name)
{
	g_autofree char *path = g_build_filename(data_dir(), "..", "hosts", name, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_open(path, &error);
	g_assert_no_error(error);
	g_autoptr(KtRoot) root = kt_snapshot_replay(snapshot);
	KtVirtDump *virt = kt_virt_dump_from_json(snapshot->virt, &error);
	g_assert_no_error(error);
	const KtCollectOptions options = {
		.root = root,
		.virt = virt,
		.topology_xml = snapshot->topology_xml,
		.images = snapshot->images,
		.uri = "",
	};
	g_auto(KtCollected) collected = {0};
	bool ok = kt_collect(&options, &collected, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	kt_virt_dump_free(virt);
	set_versions(collected.facts);
	return kt_facts_ref(collected.facts);
}

static GPtrArray *
load_definitions(void)
{
	g_autofree char *folder = g_build_filename(data_dir(), "fixtures", NULL);

	return kt_definitions_load(folder);
}

static void
load_schema(void)
{
	static const char path[] = "/usr/share/libvirt/schemas/domain.rng";

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return;
	xmlRelaxNGParserCtxt *context = xmlRelaxNGNewParserCtxt(path);
	schema = xmlRelaxNGParse(context);
	xmlRelaxNGFreeParserCtxt(context);
	g_assert_nonnull(schema);
}

static void
test_enough(const void *data)
{
	const GPtrArray *systems = data;
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) arm = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < systems->len; i++) {
		const KtDefinition *system = systems->pdata[i];
		bool is_arm = g_str_equal(system->arch, "aarch64");
		g_hash_table_add(is_arm ? arm : names, system->name);
	}
	g_test_message("%u systems on x86_64, %u on aarch64",
		       g_hash_table_size(names),
		       g_hash_table_size(arm));
	g_assert_cmpuint(g_hash_table_size(names), >=, 60);
	g_assert_cmpuint(g_hash_table_size(arm), >=, 60);
	if (!embed)
		g_test_message("no embedded libvirt here: nothing is defined");
	else if (!has_emulator_of_arm)
		g_test_message("no emulator of aarch64 here: its guests are not defined");
	if (!schema)
		g_test_message("libvirt's schemas are not here: nothing is validated");
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;

	embed = kt_embed_new(&error);
	g_test_init(&argc, &argv, NULL);
	g_test_set_nonfatal_assertions();
	g_autoptr(GPtrArray) systems = load_definitions();
	accepted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	hosts = g_hash_table_new_full(
		g_str_hash, g_str_equal, NULL, (GDestroyNotify)kt_facts_unref);
	g_hash_table_insert(hosts, (char *)"x86_64", load_host("two-sockets-smt"));
	g_hash_table_insert(hosts, (char *)"aarch64", load_host("arm64"));
	g_autofree char *arm = g_find_program_in_path("qemu-system-aarch64");
	has_emulator_of_arm = arm != NULL;
	load_schema();

	g_test_add_data_func("/systems/enough", systems, test_enough);
	for (guint i = 0; i < systems->len; i++) {
		const KtDefinition *system = systems->pdata[i];
		g_autofree char *path = g_strdup_printf(
			"/systems/%s/%s/%s", system->arch, system->name, system->label);
		g_test_add_data_func(path, system, test_system);
	}
	int status = g_test_run();
	g_hash_table_unref(accepted);
	g_hash_table_unref(hosts);
	xmlRelaxNGFree(schema);
	kt_embed_free(embed);
	return status;
}
