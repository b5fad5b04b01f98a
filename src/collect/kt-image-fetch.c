/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image-fetch.h"

#include "kt-block-use.h"
#include "kt-image-header.h"
#include "kt-image-look.h"
#include "kt-mounts.h"
#include "kt-root.h"

#include <limits.h>
#include <signal.h>
#include <string.h>

#define MOUNTINFO "/proc/self/mountinfo"
#define US_PER_MS 1000

/* One image to look at. Held by the fetch and by the thread, whoever is longer interested. */
typedef struct Look {
	char *path;
	KtArena *arena;
	KtImage image;
	uint64_t mount_id;
	GMutex lock;
	GCond changed;
	bool is_done;
} Look;

/* A path that was, or is to be, looked at. */
typedef struct Entry {
	char *path;
	KtImageFormat format; /* that it is opened as; UNSET: nobody said */
	unsigned depth;
	const KtImage *image; /* NULL: not yet */
} Entry;

typedef struct Fetch {
	GPtrArray *entries; /* of Entry, in the order they were found */
	GHashTable *known;  /* path -> Entry */
	GPtrArray *looks;   /* what has been looked at, for its memory */
	GArray *mounts;
	KtRoot *root; /* the machine itself, or NULL */
	char *swaps;
	GHashTable *dead; /* mount points that did not answer */
	KtArena *arena;
	unsigned n_hung;
	int64_t end_us;
} Fetch;

static void
clear_look(void *data)
{
	Look *look = data;

	g_mutex_clear(&look->lock);
	g_cond_clear(&look->changed);
	kt_arena_free(look->arena);
	g_free(look->path);
}

static void
unref_look(void *look)
{
	g_atomic_rc_box_release_full(look, clear_look);
}

static void
free_entry(void *data)
{
	Entry *entry = data;

	g_free(entry->path);
	g_free(entry);
}

static void
fetch_clear(Fetch *fetch)
{
	g_clear_pointer(&fetch->entries, g_ptr_array_unref);
	g_clear_pointer(&fetch->known, g_hash_table_unref);
	g_clear_pointer(&fetch->looks, g_ptr_array_unref);
	g_clear_pointer(&fetch->mounts, g_array_unref);
	g_clear_pointer(&fetch->root, kt_root_free);
	g_clear_pointer(&fetch->swaps, g_free);
	g_clear_pointer(&fetch->dead, g_hash_table_unref);
	g_clear_pointer(&fetch->arena, kt_arena_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fetch, fetch_clear)

static void *
run_look(void *data)
{
	Look *look = data;

	kt_image_look(look->path, look->arena, &look->image, &look->mount_id);
	g_mutex_lock(&look->lock);
	look->is_done = true;
	g_cond_signal(&look->changed);
	g_mutex_unlock(&look->lock);
	unref_look(look);
	return NULL;
}

/* A thread that gets no signals: they are the main thread's business. */
static bool
start_look(Look *look)
{
	sigset_t all;
	sigset_t saved;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	GThread *thread = g_thread_try_new("image", run_look, g_atomic_rc_box_acquire(look), NULL);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	if (thread)
		g_thread_unref(thread);
	else
		unref_look(look);
	return thread != NULL;
}

/* False when it does not answer; the thread is then left behind. */
static bool
wait_for(Look *look, int64_t end_us)
{
	g_mutex_lock(&look->lock);
	while (!look->is_done && g_cond_wait_until(&look->changed, &look->lock, end_us))
		;
	bool is_done = look->is_done;
	g_mutex_unlock(&look->lock);
	return is_done;
}

/* An image that cannot be looked at, for the same reason as others on that mount. */
static KtImage *
silent_image(Fetch *fetch, const char *path, const char *mount_point)
{
	KtImage *image = kt_arena_new0(fetch->arena, KtImage, 1);
	const char *problem = mount_point
				      ? kt_arena_printf(fetch->arena,
							"the file system at '%s' does not answer",
							mount_point)
				      : "no time was left to look at it";

	image->path = (KtOptStr){.v = path, .state = KT_STATE_VALUE};
	image->problem = (KtOptStr){.v = problem, .state = KT_STATE_VALUE};
	kt_image_fill(image, KT_STATE_BROKEN);
	return image;
}

static void
set_mount(const Fetch *fetch, KtImage *image, const KtMount *mount)
{
	bool is_file = kt_opt_is(image->kind, "file");
	KtState state = is_file ? KT_STATE_VALUE : KT_STATE_ABSENT;

	if (is_file && mount) {
		image->filesystem.v = kt_arena_strdup(fetch->arena, mount->type);
		image->mount_point.v = kt_arena_strdup(fetch->arena, mount->point);
		image->mount_options.v = kt_arena_strdup(fetch->arena, mount->options);
	}
	if (!kt_known(image->kind) || (is_file && !mount))
		return;
	image->filesystem.state = state;
	image->mount_point.state = state;
	image->mount_options.state = state;
}

/* "block 8:16" is the file_id of a block device. */
static void
set_use(const Fetch *fetch, KtImage *image)
{
	bool is_block = kt_opt_is(image->kind, "block") && kt_known(image->file_id) &&
			g_str_has_prefix(image->file_id.v, "block ");

	if (!kt_known(image->kind))
		return;
	image->host_use = (KtOptStr){.state = KT_STATE_ABSENT};
	if (!is_block)
		return;
	if (!fetch->root) {
		image->host_use.state = KT_STATE_BROKEN;
		return;
	}
	g_autofree char *dir =
		g_strconcat("/sys/dev/block/", image->file_id.v + strlen("block "), NULL);
	g_autofree char *use = kt_block_use(fetch->root, dir, fetch->mounts, fetch->swaps);
	if (use)
		image->host_use = (KtOptStr){
			.v = kt_arena_strdup(fetch->arena, use),
			.state = KT_STATE_VALUE,
		};
}

static KtImage *
look_at(Fetch *fetch, const Entry *entry)
{
	const KtMount *mount = kt_mounts_of_path(fetch->mounts, entry->path);
	int64_t now_us = g_get_monotonic_time();
	int64_t end_us = MIN(fetch->end_us, now_us + KT_IMAGE_WAIT_MS * US_PER_MS);

	if (mount && g_hash_table_contains(fetch->dead, mount->point))
		return silent_image(fetch, entry->path, mount->point);
	if (fetch->n_hung >= KT_IMAGE_MAX_HUNG || now_us >= fetch->end_us)
		return silent_image(fetch, entry->path, NULL);

	Look *look = g_atomic_rc_box_new0(Look);
	g_ptr_array_add(fetch->looks, look);
	g_mutex_init(&look->lock);
	g_cond_init(&look->changed);
	look->arena = kt_arena_new();
	look->path = g_strdup(entry->path);
	if (!start_look(look) || !wait_for(look, end_us)) {
		fetch->n_hung++;
		if (mount)
			g_hash_table_add(fetch->dead, mount->point);
		return silent_image(fetch, entry->path, mount ? mount->point : "/");
	}
	if (look->mount_id)
		mount = kt_mounts_find(fetch->mounts, look->mount_id);
	set_mount(fetch, &look->image, mount);
	set_use(fetch, &look->image);
	return &look->image;
}

static void
add_path(Fetch *fetch, const char *path, KtImageFormat format, unsigned depth)
{
	Entry *entry = g_hash_table_lookup(fetch->known, path);

	if (*path != '/' || strlen(path) >= PATH_MAX || depth > KT_IMAGE_MAX_DEPTH)
		return;
	if (!entry && fetch->entries->len >= KT_IMAGE_MAX)
		return;
	if (!entry) {
		entry = g_new0(Entry, 1);
		entry->path = g_strdup(path);
		entry->format = format;
		entry->depth = depth;
		g_ptr_array_add(fetch->entries, entry);
		g_hash_table_insert(fetch->known, entry->path, entry);
	}
	/* Named before without a format, or by somebody with another one. */
	if (entry->format == KT_IMAGE_FORMAT_UNSET || entry->format == KT_IMAGE_FORMAT_RAW)
		entry->format = format;
}

/* What QEMU takes for a protocol: letters before a ':' that come before any '/'. */
static bool
has_protocol(const char *name)
{
	size_t length = strcspn(name, ":/");

	return name[length] == ':';
}

/* A name in a header, as a path: relative ones are meant from the folder of the file that names
 * them (QEMU, path_combine()). What is no path keeps only its protocol, for the rest may hold
 * secrets. */
static char *
resolve(const char *name, const char *from)
{
	g_autofree char *folder = g_path_get_dirname(from);

	if (g_str_has_prefix(name, "file:/"))
		return g_strdup(name + strlen("file:"));
	if (has_protocol(name))
		return g_strdup_printf("%.*s...", (int)strcspn(name, ":") + 1, name);
	return *name == '/' ? g_strdup(name) : g_build_filename(folder, name, NULL);
}

static void
resolve_member(Fetch *fetch, KtOptStr *member, const char *from)
{
	if (!kt_known(*member))
		return;
	g_autofree char *path = resolve(member->v, from);
	member->v = kt_arena_strdup(fetch->arena, path);
}

static KtImageFormat
format_of(KtOptStr name)
{
	KtImageFormat format =
		kt_known(name) ? kt_image_format_from_name(name.v) : KT_IMAGE_FORMAT_N;

	return format == KT_IMAGE_FORMAT_N ? KT_IMAGE_FORMAT_UNSET : format;
}

/* Goes on to what this image names. The bytes of a disk that is opened as raw are the guest's, and
 * so is what they name: nothing of that is ever followed. */
static void
follow(Fetch *fetch, const Entry *entry)
{
	const KtImage *image = entry->image;

	if (entry->format == KT_IMAGE_FORMAT_UNSET || entry->format == KT_IMAGE_FORMAT_RAW ||
	    !kt_opt_is(image->format, kt_image_format_name(entry->format)))
		return;
	if (kt_known(image->backing))
		add_path(fetch,
			 image->backing.v,
			 format_of(image->backing_format),
			 entry->depth + 1);
	if (kt_known(image->data_file))
		add_path(fetch, image->data_file.v, KT_IMAGE_FORMAT_RAW, entry->depth + 1);
}

static void
add_view(Fetch *fetch, const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->disks.n; i++) {
		const KtDisk *disk = &config->disks.v[i];
		bool is_local = kt_opt_is(disk->source_type, "file") ||
				kt_opt_is(disk->source_type, "block");
		if (is_local && kt_known(disk->source))
			add_path(fetch, disk->source.v, format_of(disk->format), 0);
	}
}

static void
visit(Fetch *fetch, Entry *entry)
{
	if (!entry->image) {
		KtImage *image = look_at(fetch, entry);
		resolve_member(fetch, &image->backing, entry->path);
		resolve_member(fetch, &image->data_file, entry->path);
		entry->image = image;
	}
	follow(fetch, entry);
}

/* The list grows while it is walked, for what an image names comes behind it; and some get their
 * format only after they were visited. */
static void
visit_all(Fetch *fetch)
{
	for (guint i = 0; i < fetch->entries->len; i++)
		visit(fetch, fetch->entries->pdata[i]);
	for (guint i = 0; i < fetch->entries->len; i++)
		visit(fetch, fetch->entries->pdata[i]);
}

static int
compare_entries(const void *a, const void *b)
{
	const Entry *left = *(const Entry *const *)a;
	const Entry *right = *(const Entry *const *)b;

	return strcmp(left->path, right->path);
}

static KtJson *
to_json(Fetch *fetch)
{
	KtJson *json = json_object();
	KtJson *list = json_array();

	g_ptr_array_sort(fetch->entries, compare_entries);
	for (guint i = 0; i < fetch->entries->len; i++) {
		const Entry *entry = fetch->entries->pdata[i];
		if (entry->image)
			json_array_append_new(list,
					      kt_schema_to_json(&kt_image_schema, entry->image));
	}
	kt_json_set(json, "images", list);
	return json;
}

KtJson *
kt_image_fetch(const KtFacts *facts, uint32_t deadline_ms)
{
	g_autofree char *mountinfo = NULL;

	if (facts->guests.state != KT_STATE_VALUE)
		return NULL;
	if (!g_file_get_contents(MOUNTINFO, &mountinfo, NULL, NULL))
		mountinfo = g_strdup("");

	g_auto(Fetch) fetch = {
		.entries = g_ptr_array_new_with_free_func(free_entry),
		.known = g_hash_table_new(g_str_hash, g_str_equal),
		.looks = g_ptr_array_new_with_free_func(unref_look),
		.mounts = kt_mounts_parse(mountinfo),
		.root = kt_root_open("/", NULL),
		.dead = g_hash_table_new(g_str_hash, g_str_equal),
		.arena = kt_arena_new(),
		.end_us = g_get_monotonic_time() + (int64_t)deadline_ms * US_PER_MS,
	};
	(void)g_file_get_contents("/proc/swaps", &fetch.swaps, NULL, NULL);
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		add_view(&fetch, &facts->guests.v[i].live);
		add_view(&fetch, &facts->guests.v[i].inactive);
	}
	visit_all(&fetch);
	return to_json(&fetch);
}

bool
kt_image_merge(KtFacts *facts, const KtJson *images, GError **error)
{
	if (!images)
		return true;
	if (json_object_size(images) != 1 || !json_is_array(json_object_get(images, "images")))
		return kt_throw(error, KT_ERROR_PARSE, "images: not a list");
	if (json_array_size(json_object_get(images, "images")) > KT_IMAGE_MAX)
		return kt_throw(error, KT_ERROR_LIMIT, "images: more than %d", KT_IMAGE_MAX);
	if (!kt_facts_merge_json(facts, images, error))
		return false;
	kt_facts_sort_images(facts);
	for (uint32_t i = 0; i < facts->images.n; i++) {
		KtImage *image = &facts->images.v[i];
		if (!kt_known(image->path))
			return kt_throw(error, KT_ERROR_PARSE, "images: one without a path");
		kt_image_set_origin(image, kt_facts_origin(facts, image->path.v));
	}
	return true;
}
