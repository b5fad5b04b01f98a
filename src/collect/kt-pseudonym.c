/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-pseudonym-private.h"

#include <string.h>

/* A name of digits only is a name in free text from this length: no counter of a host has it. */
#define MIN_DIGITS 8

static const char *const prefixes[KT_NAME_N] = {
	[KT_NAME_GUEST] = "guest-",
	[KT_NAME_HOST] = "host-",
	[KT_NAME_DOMAIN] = "domain-",
	[KT_NAME_USER] = "user-",
	[KT_NAME_DISK] = "disk-",
	[KT_NAME_DIR] = "dir-",
	[KT_NAME_POOL] = "pool-",
	[KT_NAME_NETWORK] = "net-",
	[KT_NAME_SERIAL] = "serial-",
};

/* Directories that say nothing about whose they are. */
static const char *const common_dirs[] = {
	"backup",  "boot",    "by-id",  "by-label", "by-partlabel", "by-partuuid", "by-path",
	"by-uuid", "cache",   "data",   "dev",      "disk",         "disks",       "etc",
	"export",  "home",    "images", "img",      "iso",          "isos",        "kvm",
	"lib",     "libvirt", "local",  "log",      "machine",      "mapper",      "media",
	"mnt",     "nfs",     "nvram",  "opt",      "pool",         "pools",       "qemu",
	"root",    "run",     "save",   "share",    "snapshots",    "srv",         "storage",
	"swtpm",   "tmp",     "usr",    "var",      "virt",         "vm",          "vms",
	"volumes",
};

static void
name_free(void *data)
{
	KtName *name = data;

	g_free(name->original);
	g_free(name->alias_of);
	g_free(name->pseudonym);
	g_free(name);
}

KtPseudonyms *
kt_pseudonyms_new(void)
{
	KtPseudonyms *names = g_new0(KtPseudonyms, 1);

	for (size_t i = 0; i < KT_NAME_N; i++)
		names->names[i] = g_hash_table_new(g_str_hash, g_str_equal);
	names->all = g_ptr_array_new_with_free_func(name_free);
	names->words = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	return names;
}

void
kt_pseudonyms_free(KtPseudonyms *names)
{
	if (!names)
		return;

	for (size_t i = 0; i < KT_NAME_N; i++)
		g_hash_table_unref(names->names[i]);
	g_hash_table_unref(names->words);
	g_ptr_array_unref(names->all);
	g_free(names->guest_dir);
	g_free(names);
}

KtName *
kt_name_add(KtPseudonyms *names, KtNameKind kind, const char *original)
{
	KtName *name = original ? g_hash_table_lookup(names->names[kind], original) : NULL;

	if (name || !original || !*original)
		return name;
	name = g_new0(KtName, 1);
	name->kind = kind;
	name->original = g_strdup(original);
	g_ptr_array_add(names->all, name);
	g_hash_table_insert(names->names[kind], name->original, name);
	return name;
}

void
kt_pseudonyms_note(KtPseudonyms *names, KtNameKind kind, const char *original)
{
	kt_name_add(names, kind, original);
}

void
kt_pseudonyms_note_alias(KtPseudonyms *names, KtNameKind kind, const char *original,
			 const char *alias)
{
	if (g_strcmp0(original, alias) == 0 || g_hash_table_contains(names->names[kind], alias))
		return;

	KtName *name = kt_name_add(names, kind, alias);
	if (name)
		name->alias_of = g_strdup(original);
}

void
kt_pseudonyms_set_guest_dir(KtPseudonyms *names, const char *dir)
{
	g_free(names->guest_dir);
	names->guest_dir = g_strconcat(dir, "/", NULL);
}

/* "/dev/sda" is the kernel's name, and everybody has one. */
static bool
is_kernel_device(const char *path)
{
	return g_str_has_prefix(path, "/dev/") && !strchr(path + strlen("/dev/"), '/');
}

static bool
is_common_dir(const char *part)
{
	for (size_t i = 0; i < G_N_ELEMENTS(common_dirs); i++)
		if (g_str_equal(part, common_dirs[i]))
			return true;
	return !*part;
}

/* Begin of ".qcow2", or the end: the extension says how a disk is used. */
static size_t
stem_length(const char *file)
{
	const char *dot = strrchr(file, '.');

	if (!dot || dot == file || strlen(dot) > 6)
		return strlen(file);
	return (size_t)(dot - file);
}

/* Calls @each for the parts of @path that need a pseudonym and puts together what it returns. */
static char *
map_path(KtPseudonyms *names, const char *path,
	 const char *(*each)(KtPseudonyms *names, KtNameKind kind, const char *part))
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);
	GString *out = g_string_new(NULL);

	for (size_t i = 0; parts[i]; i++) {
		bool is_last = !parts[i + 1];
		bool is_home = i > 0 && g_str_equal(parts[i - 1], "home");
		size_t n_stem = is_last ? stem_length(parts[i]) : strlen(parts[i]);
		g_autofree char *stem = g_strndup(parts[i], n_stem);
		KtNameKind kind = is_last ? KT_NAME_DISK : is_home ? KT_NAME_USER : KT_NAME_DIR;
		if (i > 0)
			g_string_append_c(out, '/');
		bool is_common = is_common_dir(stem) && !parts[i][n_stem];
		if (!is_common)
			g_string_append(out, each(names, kind, stem));
		else
			g_string_append(out, stem);
		g_string_append(out, parts[i] + n_stem);
	}
	return g_string_free(out, FALSE);
}

static const char *
note_part(KtPseudonyms *names, KtNameKind kind, const char *part)
{
	kt_name_add(names, kind, part);
	return part;
}

static const char *
part_pseudonym(KtPseudonyms *names, KtNameKind kind, const char *part)
{
	return kt_pseudonym_of(names, kind, part);
}

void
kt_pseudonyms_note_path(KtPseudonyms *names, const char *path)
{
	if (!path || !*path || is_kernel_device(path))
		return;
	if (strchr(path, '/'))
		kt_name_add(names, KT_NAME_UNSET, path);
	g_free(map_path(names, path, note_part));
}

char *
kt_pseudonym_of_path(KtPseudonyms *names, const char *path)
{
	return is_kernel_device(path) ? g_strdup(path) : map_path(names, path, part_pseudonym);
}

static char *
wide_mac(const char *original, size_t number)
{
	GString *text = g_string_new(NULL);
	size_t n = (strlen(original) + 1) / 3;

	for (size_t i = 0; i + 2 < n; i++)
		g_string_append(text, "00:");
	g_string_append_printf(text, "%02zx:%02zx", number >> 8 & 0xff, number & 0xff);
	return g_string_free(text, FALSE);
}

/* Pseudonyms from ranges that stand for nobody: UUID version 4 of zeros; the MAC prefix of QEMU;
 * RFC 5737 and, beyond 254, RFC 2544; RFC 3849; RFC 2606. */
static char *
form_pseudonym(const KtName *name, size_t number)
{
	size_t high = number >> 16 & 0xff, middle = number >> 8 & 0xff, low = number & 0xff;

	if (name->kind == KT_NAME_UUID)
		return g_strdup_printf("00000000-0000-4000-8000-%012zu", number);
	if (name->kind == KT_NAME_MAC)
		return g_strdup_printf("52:54:00:%02zx:%02zx:%02zx", high, middle, low);
	if (name->kind == KT_NAME_WIDE_MAC)
		return wide_mac(name->original, number);
	if (name->kind == KT_NAME_IPV4 && number < 255)
		return g_strdup_printf("192.0.2.%zu", number);
	if (name->kind == KT_NAME_IPV4)
		return g_strdup_printf("198.18.%zu.%zu", middle, low);
	if (name->kind == KT_NAME_IPV6)
		return g_strdup_printf("2001:db8::%zx", number);
	return g_strdup_printf("%.3s.2000-01.example:%zu", name->original, number);
}

static char *
make_pseudonym(const KtName *name, size_t number, int width)
{
	const char *prefix = prefixes[name->kind];

	return prefix ? g_strdup_printf("%s%0*zu", prefix, width, number)
		      : form_pseudonym(name, number);
}

static int
compare_originals(const void *a, const void *b)
{
	return strcmp((*(const KtName *const *)a)->original, (*(const KtName *const *)b)->original);
}

static void
number_kind(KtPseudonyms *names, KtNameKind kind)
{
	g_autoptr(GPtrArray) sorted = g_ptr_array_new();

	for (guint i = 0; i < names->all->len; i++) {
		KtName *name = names->all->pdata[i];
		if (name->kind == kind && !name->alias_of)
			g_ptr_array_add(sorted, name);
	}
	g_ptr_array_sort(sorted, compare_originals);

	g_autofree char *last = g_strdup_printf("%u", sorted->len);
	int width = (int)strlen(last);
	for (guint i = 0; i < sorted->len; i++) {
		KtName *name = sorted->pdata[i];
		name->pseudonym = make_pseudonym(name, i + 1, width);
	}
}

static void
finish_alias(KtPseudonyms *names, KtName *name)
{
	name->pseudonym = g_strdup(kt_pseudonym_of(names, name->kind, name->alias_of));
}

static void
find_core(KtName *name)
{
	const char *begin = name->original;
	const char *end = begin + strlen(begin);

	while (begin < end && !kt_name_is_word(*begin))
		begin++;
	while (end > begin && !kt_name_is_word(end[-1]))
		end--;
	name->core = begin;
	name->n_core = (size_t)(end - begin);
	name->is_ordinary = name->kind != KT_NAME_UNSET && name->n_core < MIN_DIGITS &&
			    strspn(begin, G_CSET_DIGITS ".-_ ") >= name->n_core;
}

static void
index_name(KtPseudonyms *names, KtName *name)
{
	find_core(name);

	size_t n = kt_name_word_length(name->core, name->n_core);
	if (n == 0 || n > KT_NAME_MAX_WORD || name->kind >= KT_NAME_UUID)
		return;
	g_autofree char *word = g_strndup(name->core, n);
	GPtrArray *same = g_hash_table_lookup(names->words, word);
	if (!same) {
		same = g_ptr_array_new();
		g_hash_table_insert(names->words, g_steal_pointer(&word), same);
	}
	g_ptr_array_add(same, name);
}

/* Longest first; of equal ones the kind that comes first. */
static int
compare_names(const void *a, const void *b)
{
	const KtName *one = *(const KtName *const *)a, *two = *(const KtName *const *)b;

	if (one->n_core != two->n_core)
		return one->n_core < two->n_core ? 1 : -1;
	if (one->kind != two->kind)
		return one->kind < two->kind ? -1 : 1;
	/* "name_" before "name", which has the same core */
	return strcmp(two->original, one->original);
}

void
kt_pseudonyms_seal(KtPseudonyms *names)
{
	GHashTableIter iter;
	void *same = NULL;

	for (KtNameKind kind = KT_NAME_GUEST; kind < KT_NAME_N; kind++)
		number_kind(names, kind);
	for (guint i = 0; i < names->all->len; i++) {
		KtName *name = names->all->pdata[i];
		if (name->alias_of)
			finish_alias(names, name);
		else if (name->kind == KT_NAME_UNSET)
			name->pseudonym = map_path(names, name->original, part_pseudonym);
		index_name(names, name);
	}
	g_hash_table_iter_init(&iter, names->words);
	while (g_hash_table_iter_next(&iter, NULL, &same))
		g_ptr_array_sort(same, compare_names);
}

const char *
kt_pseudonym_of(const KtPseudonyms *names, KtNameKind kind, const char *original)
{
	const KtName *name = original ? g_hash_table_lookup(names->names[kind], original) : NULL;

	return name && name->pseudonym ? name->pseudonym : original;
}
