/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/*
 * The promise of snapshots: their facts are the facts of the host, for this machine, for a real
 * guest and for every recorded host; made anonymous, they differ in names only.
 */

#include "kt-collect.h"
#include "kt-embed.h"
#include "kt-snapshot-anonymise.h"
#include "kt-snapshot-redact.h"
#include "kt-snapshot.h"
#include "kt-source.h"
#include "kt-test-host.h"

#include <string.h>

static KtEmbed *embed; /* NULL: this machine cannot */

/* Members of facts that may hold a name. */
static const char *const named[] = {
	"name",        "uuid",          "hostname",   "boot_id", "serial",  "wwn",
	"source",      "mac",           "text",       "reason",  "cmdline", "target",
	"device",      "uri",           "problem",    "path",    "backing", "data_file",
	"mount_point", "mount_options", "mountpoint", "trouble",
};

static bool
is_named(const char *key)
{
	for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
		if (g_strcmp0(key, named[i]) == 0)
			return true;
	return false;
}

static void
assert_alike(const char *key, const KtJson *a, const KtJson *b)
{
	const char *member = NULL;
	KtJson *value = NULL;
	size_t i = 0;

	if (json_is_string(a) && json_is_string(b) && is_named(key))
		return;
	if (!json_is_array(a) && !json_is_object(a)) {
		if (!json_equal((KtJson *)a, (KtJson *)b))
			g_test_message("'%s' differs", key);
		g_assert_true(json_equal((KtJson *)a, (KtJson *)b));
		return;
	}
	g_assert_cmpint(json_typeof(a), ==, json_typeof(b));
	g_assert_cmpuint(json_array_size(a), ==, json_array_size(b));
	json_array_foreach (a, i, value)
		assert_alike(key, value, json_array_get(b, i));
	g_assert_cmpuint(json_object_size(a), ==, json_object_size(b));
	json_object_foreach ((KtJson *)a, member, value)
		assert_alike(member, value, json_object_get(b, member));
}

/* Images as an object by what is no name: their order is that of their paths. */
static KtJson *
by_file_id(const KtJson *images)
{
	KtJson *object = json_object();
	KtJson *image = NULL;
	size_t i = 0;

	json_array_foreach (images, i, image) {
		const char *id = json_string_value(json_object_get(image, "file_id"));
		json_object_set(object, id ? id : "?", image);
	}
	return object;
}

/* Everything but when and where they were collected. */
static KtJson *
facts_of(const KtCollected *collected)
{
	KtJson *json = kt_facts_to_json(collected->facts);

	json_object_del(json, "meta");
	if (json_object_get(json, "images"))
		kt_json_set(json, "images", by_file_id(json_object_get(json, "images")));
	return json;
}

static KtJson *
replay(KtSnapshot *snapshot)
{
	g_autoptr(KtRoot) root = kt_snapshot_replay(snapshot);
	g_autoptr(GError) error = NULL;
	g_autoptr(KtVirtDump) virt =
		snapshot->virt ? kt_virt_dump_from_json(snapshot->virt, &error) : NULL;
	g_auto(KtCollected) collected = {NULL};

	g_assert_no_error(error);
	const KtCollectOptions options = {
		.root = root,
		.virt = virt,
		.topology_xml = snapshot->topology_xml,
		.images = snapshot->images,
		.uri = "",
	};
	bool is_ok = kt_collect(&options, &collected, &error);
	g_assert_no_error(error);
	g_assert_true(is_ok);
	return facts_of(&collected);
}

/* Through the file, as a stranger gets it. */
static KtSnapshot *
save_and_open(KtSnapshot *snapshot, bool is_anonymous)
{
	char *dir = kt_test_dir();
	g_autofree char *path = g_build_filename(dir, "host.tar.gz", NULL);
	g_autoptr(GError) error = NULL;
	KtSnapshot *again = NULL;

	if (kt_snapshot_write(snapshot, is_anonymous, path, &error))
		again = kt_snapshot_open(path, &error);
	g_assert_no_error(error);
	kt_test_remove(dir);
	return again;
}

/* Records while collecting, and compares with what the files then say. */
static void
check_recording(KtRoot *root, const KtVirtDump *virt, const char *topology_xml,
		const KtJson *images, const char *uri)
{
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, root);
	g_autoptr(GError) error = NULL;
	g_auto(KtCollected) collected = {NULL};
	const KtCollectOptions options = {
		.root = recorder,
		.virt = virt,
		.topology_xml = topology_xml,
		.images = images,
		.uri = uri,
	};

	bool is_ok = kt_collect(&options, &collected, &error);
	g_assert_no_error(error);
	g_assert_true(is_ok);
	g_autoptr(KtJson) dump = kt_virt_dump_to_json(virt ? virt : collected.virt);
	kt_snapshot_set_virt(snapshot, dump);
	kt_snapshot_set_topology(snapshot, topology_xml ? topology_xml : collected.topology_xml);
	kt_snapshot_set_images(snapshot, images ? images : collected.images);

	g_autoptr(KtJson) before = facts_of(&collected);
	g_autoptr(KtSnapshot) saved = save_and_open(snapshot, false);
	g_autoptr(KtJson) after = replay(saved);
	assert_alike("facts", before, after);
	g_assert_true(json_equal(before, after));

	g_autoptr(KtSnapshot) anonymous = save_and_open(snapshot, true);
	g_autoptr(KtJson) nameless = replay(anonymous);
	assert_alike("facts", before, nameless);
}

static void
test_this_machine(void)
{
	g_autoptr(KtRoot) root = kt_root_open("/", NULL);

	check_recording(root, NULL, NULL, NULL, "");
}

static void
test_guest(void)
{
	g_autoptr(KtRoot) root = kt_root_open("/", NULL);
	g_autofree char *disk =
		embed ? g_build_filename(kt_embed_root(embed), "wages.img", NULL) : NULL;
	g_autofree char *devices = g_strdup_printf(
		"<interface type='user'><mac address='52:54:00:12:34:56'/><model type='virtio'/>"
		"</interface><graphics type='vnc' port='-1' autoport='yes' passwd='hush'/>"
		"<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
		"<source file='%s'/><target dev='vda' bus='virtio'/></disk>",
		disk);
	g_autofree char *xml = kt_embed_xml("pay-roll",
					    "<iothreads>1</iothreads><cputune><shares>512</shares>"
					    "<vcpupin vcpu='0' cpuset='0'/></cputune>",
					    devices);

	if (!embed) {
		g_test_skip("no embedded libvirt with QEMU here");
		return;
	}
	g_assert_true(g_file_set_contents(disk, "MBR", -1, NULL));
	kt_embed_define(embed, xml);
	kt_embed_start(embed, "pay-roll", /* is_paused= */ true);
	g_assert_nonnull(kt_embed_conn(embed));
	check_recording(root, NULL, NULL, NULL, kt_embed_uri(embed));
	kt_embed_destroy(embed, "pay-roll");
}

/* hwloc 2.9.0 dies of each of these; kvmtune does not. */
static void
test_evil_topology(void)
{
#define OBJECT(type) "<object type='" type "' os_index='0' cpuset='0x1' nodeset='0x1' gp_index='1'"
	static const char incomplete[] = OBJECT("Machine") ">" OBJECT("PU") "/></object>";
	static const char *const objects[] = {
		incomplete,
		"<object type='Machine' gp_index='1'/>",
		"",
	};
#undef OBJECT
	g_autoptr(KtSnapshot) nothing = kt_snapshot_new("1.2.3");
	g_autoptr(KtRoot) root = kt_snapshot_replay(nothing);

	for (size_t i = 0; i < G_N_ELEMENTS(objects); i++) {
		g_autofree char *xml = g_strdup_printf(
			"<?xml version='1.0'?>\n<topology version='2.0'>%s</topology>\n",
			objects[i]);
		const KtCollectOptions options = {.root = root, .topology_xml = xml, .uri = ""};
		g_auto(KtCollected) collected = {NULL};
		g_autoptr(GError) error = NULL;
		g_assert_false(kt_collect(&options, &collected, &error));
		g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
	}
}

static void
test_recorded_host(const void *data)
{
	const char *path = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(KtSource) source = kt_source_open(path, &error);

	g_assert_no_error(error);
	g_assert_nonnull(source->snapshot);
	g_assert_nonnull(source->snapshot->meta.about);
	g_autoptr(KtVirtDump) virt =
		source->snapshot->virt ? kt_virt_dump_from_json(source->snapshot->virt, &error)
				       : NULL;
	g_assert_no_error(error);
	check_recording(
		source->root, virt, source->snapshot->topology_xml, source->snapshot->images, "");
}

static void
add_recorded_hosts(void)
{
	g_autofree char *dir = g_build_filename(g_getenv("KVMTUNE_TEST_DATA"), "..", "hosts", NULL);
	g_autoptr(GDir) listing = g_dir_open(dir, 0, NULL);

	if (!listing)
		return;
	for (const char *name = g_dir_read_name(listing); name; name = g_dir_read_name(listing)) {
		g_autofree char *path = g_build_filename(dir, name, NULL);
		g_autofree char *manifest = g_build_filename(path, KT_SNAPSHOT_MANIFEST, NULL);
		g_autofree char *test = g_strconcat("/snapshot/facts/", name, NULL);
		if (g_file_test(manifest, G_FILE_TEST_EXISTS))
			g_test_add_data_func_full(
				test, g_steal_pointer(&path), test_recorded_host, g_free);
	}
}

int
main(int argc, char **argv)
{
	embed = kt_embed_new(NULL);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/snapshot/facts", test_this_machine);
	g_test_add_func("/snapshot/facts/guest", test_guest);
	g_test_add_func("/snapshot/facts/evil-topology", test_evil_topology);
	if (g_getenv("KVMTUNE_TEST_DATA"))
		add_recorded_hosts();

	int status = g_test_run();
	kt_embed_free(embed);
	return status;
}
