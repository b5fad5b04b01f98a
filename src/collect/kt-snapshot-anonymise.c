/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-snapshot-anonymise.h"

#include "kt-snapshot-redact.h"
#include "kt-snapshot-virt.h"

#include <string.h>

/* libvirt cuts a guest's name after this many characters where paths must be short
 * (virDomainDefGetShortName(), libvirt 9.0). */
#define SHORT_NAME 20

#define HWLOC_DOCTYPE "<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">"
#define POLICY_DIR    "/etc/kvmtune/"
/* How files of kvmtune begin (plan/kt-expand.c). */
#define OWN_HEADER "# Managed by kvmtune"

/* Words that facts are made of and that no file of the kernel need have said: programs, threads,
 * and values of domain XML (libvirt, docs/formatdomain.rst). Not even a guest, or a volume group,
 * of such a name may change them. */
static const char reserved_words[] =
	"tuned numad irqbalance ksmtuned qemu kvm KVM libvirtd virtqemud systemd firecracker "
	"cloud hypervisor xen CPU IO worker mon iothread vhost vnc call rcu Name State Pid Cpus "
	"allowed list Mems default none root machine slice scope emulator vcpu "
	"hvm x86 aarch64 host model custom passthrough maximum exact minimum strict full partial "
	"static auto interleave preferred restrictive memfd anonymous file shared private on off yes "
	"no virtio transitional scsi sata ide usb fdc sd disk cdrom floppy lun block network volume "
	"dir nvme vhostuser qcow2 raw writeback writethrough directsync unsafe native threads io "
	"uring bridge direct user ethernet internal hostdev random builtin egd pci pcie rtl8139 "
	"e1000 e1000e lsilogic lsisas1068 pcnet ne2k";

/* What the text of a file is: in itself a name, or a text with names in it. */
typedef enum FileKind {
	FILE_UNSET = 0,
	FILE_TEXT,
	FILE_HOST,
	FILE_SERIAL,
	FILE_PATH,
	FILE_KIND_N,
} FileKind;

typedef struct FileRow {
	const char *ending;
	FileKind kind;
} FileRow;

/* Documentation/ABI/{stable,testing} of Linux 6.12 */
static const FileRow file_rows[] = {
	{.ending = "/proc/sys/kernel/hostname", .kind = FILE_HOST},
	{.ending = "/proc/sys/kernel/domainname", .kind = FILE_HOST},
	{.ending = "/etc/hostname", .kind = FILE_HOST},
	{.ending = "/dm/name", .kind = FILE_PATH},
	{.ending = "/loop/backing_file", .kind = FILE_PATH},
	{.ending = "/dm/uuid", .kind = FILE_SERIAL},
	{.ending = "/serial", .kind = FILE_SERIAL},
	{.ending = "/wwid", .kind = FILE_SERIAL},
	{.ending = "/eui", .kind = FILE_SERIAL},
	{.ending = "/nguid", .kind = FILE_SERIAL},
	{.ending = "/unique_id", .kind = FILE_SERIAL},
	{.ending = "/sas_address", .kind = FILE_SERIAL},
	{.ending = "/port_name", .kind = FILE_SERIAL},
	{.ending = "/node_name", .kind = FILE_SERIAL},
	{.ending = "/vpd_pg80", .kind = FILE_SERIAL},
	{.ending = "/vpd_pg83", .kind = FILE_SERIAL},
	{.ending = "_serial", .kind = FILE_SERIAL},
	{.ending = "_asset_tag", .kind = FILE_SERIAL},
};

static FileKind
file_kind(const char *path)
{
	for (size_t i = 0; i < G_N_ELEMENTS(file_rows); i++)
		if (g_str_has_suffix(path, file_rows[i].ending))
			return file_rows[i].kind;
	return FILE_TEXT;
}

static KtTextKind
text_kind(const char *path)
{
	static const char *const of_process[] = {"/comm", "/status", "/stat", "/version"};

	/* A volume group may be called "rhel", and then that is still the distribution. */
	if (g_str_has_suffix(path, "/os-release"))
		return KT_TEXT_KERNEL;
	if (kt_snapshot_is_free_text(path))
		return KT_TEXT_FREE;
	for (size_t i = 0; g_str_has_prefix(path, "/proc/") && i < G_N_ELEMENTS(of_process); i++)
		if (g_str_has_suffix(path, of_process[i]))
			return KT_TEXT_PROCESS;
	return KT_TEXT_KERNEL;
}

static char *
entry_text(const KtSnapshotEntry *entry)
{
	size_t length = 0;
	const char *text = g_bytes_get_data(entry->text, &length);

	return g_strndup(text ? text : "", length);
}

/* "naa.5000c500a1b2c3d4", "mpath-36005...", "0x5000...": the type stays, what follows is the name.
 */
static const char *
serial_of(const char *text)
{
	static const char *const types[] = {
		"naa.", "eui.", "nvme.", "t10.", "uuid.", "mpath-", "LVM-", "CRYPT-", "0x"};

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_str_has_prefix(text, types[i]))
			return text + strlen(types[i]);
	return text;
}

/* The full name, its first part, and the DNS domain behind it. */
static void
note_host(KtPseudonyms *names, const char *text)
{
	const char *dot = strchr(text, '.');
	g_autofree char *first = g_strndup(text, dot ? (size_t)(dot - text) : strlen(text));

	if (!*text || *text == '(' || g_str_equal(first, "localhost"))
		return;
	kt_pseudonyms_note(names, KT_NAME_HOST, text);
	kt_pseudonyms_note_alias(names, KT_NAME_HOST, text, first);
	if (dot && strchr(dot + 1, '.'))
		kt_pseudonyms_note(names, KT_NAME_DOMAIN, dot + 1);
}

static void
note_guest(KtPseudonyms *names, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, "-", -1);
	g_autofree char *escaped = g_strjoinv("\\x2d", parts);
	g_autofree char *shortened =
		g_utf8_substring(name, 0, MIN(SHORT_NAME, g_utf8_strlen(name, -1)));

	kt_pseudonyms_note(names, KT_NAME_GUEST, name);
	kt_pseudonyms_note_alias(names, KT_NAME_GUEST, name, escaped);
	kt_pseudonyms_note_alias(names, KT_NAME_GUEST, name, shortened);
}

static void
note_file(KtPseudonyms *names, const char *path, const KtSnapshotEntry *entry)
{
	g_autofree char *text = entry_text(entry);
	FileKind kind = file_kind(path);
	bool has_form = kt_pseudonyms_scan(names, text_kind(path), text, strlen(text));

	g_strstrip(text);
	if (kind == FILE_HOST)
		note_host(names, text);
	else if (kind == FILE_PATH)
		kt_pseudonyms_note_path(names, text);
	else if (kind == FILE_SERIAL && !has_form)
		kt_pseudonyms_note(names, KT_NAME_SERIAL, serial_of(text));
	else if (*text == '<' && text_kind(path) == KT_TEXT_FREE)
		kt_anonymise_note_xml(names, text);
}

/* "qemu+ssh://user@host:port/system" */
static void
note_uri(KtPseudonyms *names, const char *text)
{
	g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);

	if (!uri)
		return;
	kt_pseudonyms_note(names, KT_NAME_USER, g_uri_get_user(uri));
	if (g_uri_get_host(uri))
		note_host(names, g_uri_get_host(uri));
}

static void
note_virt(KtPseudonyms *names, const KtJson *virt)
{
	const char *uri = json_string_value(json_object_get(virt, "uri"));
	const char *host = json_string_value(json_object_get(virt, "hostname"));
	const char *pid_dir = json_string_value(json_object_get(virt, "pid_dir"));
	size_t i = 0;
	KtJson *domain = NULL;

	if (uri)
		note_uri(names, uri);
	if (host)
		note_host(names, host);
	if (pid_dir)
		kt_pseudonyms_set_guest_dir(names, pid_dir);
	json_array_foreach (json_object_get(virt, "domains"), i, domain) {
		const char *name = json_string_value(json_object_get(domain, "name"));
		if (name && *name)
			note_guest(names, name);
	}
}

static bool
is_xml(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '<';
}

/* Of a guest's agent: what is mounted where says whose guest it is. */
static bool
is_mountpoint(const char *key)
{
	return key && g_str_equal(key, "mountpoint");
}

static char *
note_string(const char *key, const char *text, void *data)
{
	if (is_mountpoint(key))
		kt_pseudonyms_note_path(data, text);
	else if (is_xml(text))
		kt_anonymise_note_xml(data, text);
	else
		kt_pseudonyms_scan(data, KT_TEXT_FREE, text, strlen(text));
	return NULL;
}

/* hwloc's export names its DTD, which nobody needs and our parser refuses. */
static char *
without_doctype(const char *topology_xml)
{
	const char *begin = strstr(topology_xml, HWLOC_DOCTYPE);

	if (!begin)
		return g_strdup(topology_xml);
	return g_strdup_printf(
		"%.*s%s", (int)(begin - topology_xml), topology_xml, begin + strlen(HWLOC_DOCTYPE));
}

/* Members of KtImage that are paths of images (kt-facts-image.c). */
static bool
is_image_path(const char *key)
{
	static const char *const keys[] = {"path", "backing", "data_file", NULL};

	return key && g_strv_contains(keys, key);
}

static char *
note_image(const char *key, const char *text, void *data)
{
	if (is_image_path(key))
		kt_pseudonyms_note_path(data, text);
	else
		kt_pseudonyms_scan(data, KT_TEXT_FREE, text, strlen(text));
	return NULL;
}

static char *
translate_image(const char *key, const char *text, void *data)
{
	if (is_image_path(key))
		return kt_pseudonym_of_path(data, text);
	return kt_pseudonyms_translate(data, KT_TEXT_FREE, text, strlen(text), NULL);
}

static void
note_snapshot(KtPseudonyms *names, KtSnapshot *snapshot)
{
	GHashTableIter iter;
	void *path = NULL, *entry = NULL;

	note_virt(names, snapshot->virt);
	kt_snapshot_virt_map(snapshot->virt, note_string, names);
	kt_snapshot_virt_map(snapshot->images, note_image, names);
	if (snapshot->topology_xml) {
		g_autofree char *topology = without_doctype(snapshot->topology_xml);
		kt_anonymise_note_xml(names, topology);
	}
	g_hash_table_iter_init(&iter, snapshot->entries);
	while (g_hash_table_iter_next(&iter, &path, &entry)) {
		KtTextKind kind = text_kind(path);
		KtSnapshotEntry *answers = entry;
		kt_pseudonyms_scan(names, kind, path, strlen(path));
		if (answers->target)
			kt_pseudonyms_scan(names, kind, answers->target, strlen(answers->target));
		for (char **name = answers->names; name && *name; name++)
			kt_pseudonyms_scan(names, kind, *name, strlen(*name));
		if (answers->read == KT_STATE_VALUE)
			note_file(names, path, answers);
	}
}

/* Words of the kernel: its own paths, and what it says in its own files. */
static void
observe_snapshot(KtPseudonyms *names, const KtSnapshot *snapshot)
{
	GHashTableIter iter;
	void *path = NULL, *entry = NULL;

	kt_pseudonyms_observe(names, reserved_words, strlen(reserved_words));
	g_hash_table_iter_init(&iter, snapshot->entries);
	while (g_hash_table_iter_next(&iter, &path, &entry)) {
		const KtSnapshotEntry *answers = entry;
		if (text_kind(path) != KT_TEXT_KERNEL)
			continue;
		kt_pseudonyms_observe(names, path, strlen(path));
		if (answers->read != KT_STATE_VALUE || file_kind(path) != FILE_TEXT)
			continue;
		size_t length = 0;
		const char *text = g_bytes_get_data(answers->text, &length);
		kt_pseudonyms_observe(names, text ? text : "", length);
	}
}

static char *
translate_xml(KtPseudonyms *names, const char *xml)
{
	char *text = kt_anonymise_xml(names, xml);

	return text ? text : g_strdup(KT_REDACTED_XML);
}

static char *
translate_string(const char *key, const char *text, void *data)
{
	if (is_mountpoint(key))
		return kt_pseudonym_of_path(data, text);
	/* What libvirt and an agent said of a failure, in their own words. */
	if (key && g_str_equal(key, "trouble"))
		return g_strdup("withheld");
	if (is_xml(text))
		return translate_xml(data, text);
	if (key && g_str_equal(key, "name"))
		return g_strdup(kt_pseudonym_of(data, KT_NAME_GUEST, text));
	if (key && g_str_equal(key, "hostname"))
		return g_strdup(kt_pseudonym_of(data, KT_NAME_HOST, text));
	return kt_pseudonyms_translate(data, KT_TEXT_FREE, text, strlen(text), NULL);
}

/* Comments in settings are for the people of that host; the line stays, since facts count lines.
 * The header of kvmtune's own files is kept. */
static char *
without_comments(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		char *begin = *line + strspn(*line, " \t");
		if ((*begin == '#' || *begin == ';') && !g_str_has_prefix(begin, OWN_HEADER))
			begin[1] = 0;
	}
	return g_strjoinv("\n", lines);
}

/* A line of kvmtune.conf(5): guests are named by keys and in "[waive ID GUEST]", whatever they are
 * called; reasons are for the people of that host. */
static char *
translate_policy_line(KtPseudonyms *names, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 3);
	g_auto(GStrv) sides = g_strsplit(line, "=", 2);
	g_autofree char *key = g_strstrip(g_strdup(sides[0] ? sides[0] : ""));
	const char *guest = kt_pseudonym_of(names, KT_NAME_GUEST, key);

	if (g_str_has_prefix(line, "[waive ") && words[1] && words[2]) {
		g_autofree char *target = g_strndup(words[2], strcspn(words[2], "]"));
		return g_strdup_printf(
			"[waive %s %s]", words[1], kt_pseudonym_of(names, KT_NAME_GUEST, target));
	}
	if (g_str_equal(key, "reason"))
		return g_strdup("reason = withheld");
	if (guest != key && sides[1])
		return g_strconcat(guest, " =", sides[1], NULL);
	return kt_pseudonyms_translate(names, KT_TEXT_FREE, line, strlen(line), NULL);
}

static char *
translate_policy(KtPseudonyms *names, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		g_autofree char *old = *line;
		*line = translate_policy_line(names, old);
	}
	return g_strjoinv("\n", lines);
}

/* The whole text is a name; what was around it (type, final newline) stays. */
static char *
translate_name(KtPseudonyms *names, FileKind kind, const char *text)
{
	g_autofree char *trimmed = g_strstrip(g_strdup(text));
	const char *original = kind == FILE_SERIAL ? serial_of(trimmed) : trimmed;
	const char *begin = strstr(text, original);
	KtNameKind of = kind == FILE_SERIAL ? KT_NAME_SERIAL : KT_NAME_HOST;
	g_autofree char *path = kind == FILE_PATH ? kt_pseudonym_of_path(names, original) : NULL;
	const char *pseudonym = path ? path : kt_pseudonym_of(names, of, original);

	if (pseudonym == original)
		return kt_pseudonyms_translate(names, KT_TEXT_FREE, text, strlen(text), NULL);
	return g_strdup_printf(
		"%.*s%s%s", (int)(begin - text), text, pseudonym, begin + strlen(original));
}

static bool
has_comments(const char *path)
{
	return !g_str_has_prefix(path, "/proc/") && !g_str_has_prefix(path, "/sys/");
}

static GBytes *
translate_file(KtPseudonyms *names, const char *path, GBytes *bytes)
{
	size_t length = 0;
	const char *raw = g_bytes_get_data(bytes, &length);
	KtTextKind kind = text_kind(path);
	FileKind file = file_kind(path);
	g_autofree char *text = g_strndup(raw ? raw : "", length);
	char *new = NULL;

	if (memchr(text, 0, length)) {
		new = kt_pseudonyms_translate(names, kind, raw, length, &length);
		return g_bytes_new_take(new, length);
	}
	if (kind == KT_TEXT_FREE && is_xml(text)) {
		new = translate_xml(names, text);
	} else if (file != FILE_TEXT) {
		new = translate_name(names, file, text);
	} else {
		g_autofree char *bare =
			has_comments(path) ? without_comments(text) : g_strdup(text);
		new = g_str_has_prefix(path, POLICY_DIR)
			      ? translate_policy(names, bare)
			      : kt_pseudonyms_translate(names, kind, bare, strlen(bare), NULL);
	}
	return g_bytes_new_take(new, strlen(new));
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
translate_in_place(KtPseudonyms *names, KtTextKind kind, char **text)
{
	g_autofree char *old = *text;

	if (old)
		*text = kt_pseudonyms_translate(names, kind, old, strlen(old), NULL);
}

static void
translate_entry(KtPseudonyms *names, const char *path, KtSnapshotEntry *entry)
{
	KtTextKind kind = text_kind(path);

	translate_in_place(names, kind, &entry->target);
	for (char **name = entry->names; name && *name; name++)
		translate_in_place(names, kind, name);
	if (entry->names)
		qsort(entry->names, g_strv_length(entry->names), sizeof(char *), compare_texts);
	if (entry->text) {
		GBytes *new = translate_file(names, path, entry->text);
		g_bytes_unref(entry->text);
		entry->text = new;
	}
}

static void
translate_entries(KtPseudonyms *names, KtSnapshot *snapshot)
{
	g_autoptr(GHashTable) old = g_steal_pointer(&snapshot->entries);
	GHashTableIter iter;
	void *path = NULL, *entry = NULL;

	snapshot->entries = kt_snapshot_new_entries();
	g_hash_table_iter_init(&iter, old);
	while (g_hash_table_iter_next(&iter, &path, &entry)) {
		translate_entry(names, path, entry);
		char *key =
			kt_pseudonyms_translate(names, text_kind(path), path, strlen(path), NULL);
		g_hash_table_iter_steal(&iter);
		g_free(path);
		g_hash_table_insert(snapshot->entries, key, entry);
	}
}

void
kt_snapshot_anonymise(KtSnapshot *snapshot)
{
	g_autoptr(KtPseudonyms) names = kt_pseudonyms_new();

	note_snapshot(names, snapshot);
	kt_pseudonyms_seal(names);
	observe_snapshot(names, snapshot);

	kt_snapshot_virt_map(snapshot->virt, translate_string, names);
	kt_snapshot_virt_map(snapshot->images, translate_image, names);
	translate_entries(names, snapshot);
	translate_in_place(names, KT_TEXT_FREE, &snapshot->meta.root);
	translate_in_place(names, KT_TEXT_FREE, &snapshot->meta.about);
	if (snapshot->topology_xml) {
		g_autofree char *old = snapshot->topology_xml;
		g_autofree char *topology = without_doctype(old);
		snapshot->topology_xml = translate_xml(names, topology);
	}
	snapshot->meta.is_anonymised = true;
}
