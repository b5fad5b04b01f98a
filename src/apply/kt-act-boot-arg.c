/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-actuator.h"
#include "kt-boot-line.h"
#include "kt-boot-loader.h"
#include "kt-fault.h"
#include "kt-file.h"

#include <string.h>

/* Arguments of the kernel command line of the next boot. */

static bool
read_blobs(KtRoot *root, const KtBootLoader *loader, const char *key, GPtrArray *blobs,
	   GError **error)
{
	g_autoptr(GPtrArray) files = loader->files(root, key);

	for (guint i = 0; i < files->len; i++) {
		KtBlob *blob = kt_file_read(root, files->pdata[i], error);
		if (!blob)
			return false;
		g_ptr_array_add(blobs, blob);
	}
	return true;
}

static GPtrArray *
read_all(KtMachine *machine, const KtBootLoader *loader, const char *key, GError **error)
{
	g_autoptr(GPtrArray) blobs = g_ptr_array_new_with_free_func((GDestroyNotify)kt_blob_free);

	return read_blobs(machine->root, loader, key, blobs, error) ? g_steal_pointer(&blobs)
								    : NULL;
}

/* The value that all entries agree on. Entries that disagree, and none at all, are named as such,
 * which no plan expects, so such a host is refused rather than guessed at. */
static char *
agreed_value(const GPtrArray *lines, const char *key)
{
	if (lines->len == 0)
		return g_strdup("(no boot entry)");

	g_autofree char *first = kt_boot_line_get(lines->pdata[0], key);
	for (guint i = 0; i < lines->len; i++) {
		g_autofree char *value = kt_boot_line_get(lines->pdata[i], key);
		if (g_strcmp0(first, value) != 0 || kt_boot_line_count(lines->pdata[i], key) > 1)
			return g_strdup("(the boot entries disagree)");
	}
	return g_steal_pointer(&first);
}

/* The mark covers the value and our own file, not the generated entries: a kernel update may
 * generate them anew at any time. */
static char *
make_mark(const KtBootLoader *loader, const char *key, const char *value, const GPtrArray *blobs)
{
	g_autofree char *path = loader->own_file ? loader->own_file(key) : NULL;
	const KtBlob *own = path ? kt_boot_blob_find(blobs, path) : NULL;
	g_autofree char *file = own && own->bytes ? kt_mark_bytes(own->bytes) : g_strdup("-");
	g_autofree char *argument = kt_mark_text(value);
	g_autofree char *text = g_strdup_printf("%s %s", argument, file);

	return own && own->exists ? kt_mark_text(text) : g_steal_pointer(&argument);
}

static KtReading *
boot_read(KtMachine *machine, const KtStep *step, GError **error)
{
	const KtEdit *edit = &step->edits[0];
	g_autoptr(KtReading) reading = kt_reading_new();
	const KtBootLoader *loader = kt_boot_loader_find(machine->root, error);

	if (!loader || !read_blobs(machine->root, loader, edit->locator, reading->blobs, error))
		return NULL;

	g_autoptr(GPtrArray) lines = loader->lines(reading->blobs);
	g_autofree char *value = agreed_value(lines, edit->locator);
	kt_reading_add_value(reading, value);
	reading->mark = make_mark(loader, edit->locator, value, reading->blobs);
	return g_steal_pointer(&reading);
}

/* Generating the entries must change our argument and nothing else: otherwise somebody's edit was
 * waiting for it, and it is not ours to make that true. */
static bool
check_only_ours(KtMachine *machine, const KtBootLoader *loader, const char *key,
		const KtReading *before, GError **error)
{
	g_autoptr(GPtrArray) now = read_all(machine, loader, key, error);
	g_autofree char *own = loader->own_file ? loader->own_file(key) : NULL;

	if (!now)
		return false;
	/* A tool that makes everything anew has nobody's edits waiting. */
	for (guint i = 0; i < now->len && !loader->is_sealed; i++) {
		const KtBlob *blob = now->pdata[i];
		const KtBlob *old = kt_boot_blob_find(before->blobs, blob->path);
		if (g_strcmp0(blob->path, own) == 0)
			continue;
		g_autofree char *new_text = kt_boot_blob_text(blob);
		g_autofree char *old_text = old ? kt_boot_blob_text(old) : g_strdup("");
		if (!kt_boot_text_differs_only_in(old_text, new_text, key))
			return kt_throw_hint(
				error,
				KT_ERROR_VERIFY,
				"the configuration of the boot loader has changes that were never "
				"generated: run its own tool (update-grub) first and look at the result",
				"'%s' would change in more than '%s'",
				blob->path,
				key);
	}
	return true;
}

typedef struct PutBack {
	KtMachine *machine;
	const KtReading *before;
	const char *key;
	const char *own; /* our own file, or NULL */
	bool is_forced;  /* also files that differ in more than our argument */
} PutBack;

/* Puts the files back as they were, those that differ in our argument only; *@ret_is_whole false:
 * some file has changed otherwise since. */
static bool
put_files(const PutBack *job, bool *ret_is_whole, GError **error)
{
	const GPtrArray *blobs = job->before->blobs;

	*ret_is_whole = true;
	for (guint i = 0; i < blobs->len; i++) {
		const KtBlob *old = blobs->pdata[i];
		bool is_own = g_strcmp0(old->path, job->own) == 0;
		g_autoptr(KtBlob) now = kt_file_read(job->machine->root, old->path, error);
		if (!now)
			return false;
		if (!is_own && (!old->exists || !now->exists)) {
			*ret_is_whole &= old->exists == now->exists;
			continue;
		}
		g_autofree char *old_text = kt_boot_blob_text(old);
		g_autofree char *new_text = kt_boot_blob_text(now);
		if (!is_own && !job->is_forced &&
		    !kt_boot_text_differs_only_in(old_text, new_text, job->key)) {
			*ret_is_whole = false;
			continue;
		}
		if (old->exists == now->exists && g_str_equal(old_text, new_text))
			continue;
		if (!kt_file_put(job->machine->root, old, error))
			return false;
	}
	return true;
}

/* The files say what they said before; the firmware may read something else. */
static bool
put_back(const PutBack *job, const KtBootLoader *loader, bool *ret_is_whole, GError **error)
{
	return put_files(job, ret_is_whole, error) &&
	       (!loader->install || loader->install(job->machine, error));
}

/* Says of the argument what @before said, by the tool of the loader. */
static bool
set_back(KtMachine *machine, const KtBootLoader *loader, const char *key, const GPtrArray *before,
	 GError **error)
{
	g_autoptr(GPtrArray) lines = loader->lines(before);
	g_autoptr(GPtrArray) now = read_all(machine, loader, key, error);
	g_autofree char *value = agreed_value(lines, key);

	return now && loader->set(machine, key, value, now, error);
}

/* Have kernels come or gone? Each has one line, and the kernel is its second word. */
static bool
has_same_kernels(const KtBootLoader *loader, const GPtrArray *before, const GPtrArray *now)
{
	g_autoptr(GPtrArray) old_lines = loader->lines(before);
	g_autoptr(GPtrArray) new_lines = loader->lines(now);
	bool is_same = old_lines->len == new_lines->len && before->len == now->len;

	for (guint i = 0; is_same && i < before->len; i++) {
		const KtBlob *a = before->pdata[i];
		const KtBlob *b = now->pdata[i];
		is_same = g_str_equal(a->path, b->path);
	}
	for (guint i = 0; is_same && loader->regenerate && i < old_lines->len; i++) {
		g_auto(GStrv) a = g_strsplit_set(old_lines->pdata[i], " \t", 3);
		g_auto(GStrv) b = g_strsplit_set(new_lines->pdata[i], " \t", 3);
		is_same = g_strcmp0(a[1], b[1]) == 0;
	}
	return is_same;
}

/* Do the entries say of the argument what those of @before say? */
static bool
is_put_back(const KtBootLoader *loader, const char *key, const GPtrArray *before,
	    const GPtrArray *now)
{
	g_autoptr(GPtrArray) old_lines = loader->lines(before);
	g_autoptr(GPtrArray) new_lines = loader->lines(now);
	g_autofree char *wanted = agreed_value(old_lines, key);
	g_autofree char *actual = agreed_value(new_lines, key);

	return g_strcmp0(wanted, actual) == 0;
}

static bool
boot_restore(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	const char *key = step->edits[0].locator;
	const KtBootLoader *loader = kt_boot_loader_find(machine->root, error);
	g_autofree char *own = loader && loader->own_file ? loader->own_file(key) : NULL;
	g_autoptr(GPtrArray) now = loader ? read_all(machine, loader, key, error) : NULL;
	bool is_whole = false;

	if (!now)
		return false;
	if (loader->is_sealed)
		return is_put_back(loader, key, before->blobs, now) ||
		       set_back(machine, loader, key, before->blobs, error);
	/* When our own tool was stopped, or we before looking at what it has made, then that is
	 * what is there, and nothing of it was asked for. */
	bool is_forced = before->is_of_stopped && has_same_kernels(loader, before->blobs, now);
	const PutBack job = {
		.machine = machine,
		.before = before,
		.key = key,
		.own = own,
		.is_forced = is_forced,
	};
	if (!put_back(&job, loader, &is_whole, error))
		return false;
	g_autoptr(GPtrArray) then = read_all(machine, loader, key, error);
	if (!then)
		return false;
	if (is_whole && is_put_back(loader, key, before->blobs, then))
		return true;
	/* A kernel came or went since: its entries stay, only our argument goes. */
	if (loader->own_file)
		return loader->regenerate(machine, error);
	return set_back(machine, loader, key, before->blobs, error);
}

static bool
boot_write(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	const KtEdit *edit = &step->edits[0];
	const KtBootLoader *loader = kt_boot_loader_find(machine->root, error);
	g_autoptr(GError) ignored = NULL;
	bool is_whole = false;
	int fault = KT_FAULT("boot-before-write");

	if (!loader)
		return false;
	if (fault)
		return kt_throw_errno(error, fault, "set the kernel argument '%s'", edit->locator);
	if (!kt_boot_line_is_clean(edit->locator, edit->to))
		return kt_throw(error,
				KT_ERROR_UNSUPPORTED,
				"'%s=%s' cannot stand on a kernel command line",
				edit->locator,
				edit->to ? edit->to : "");
	if (loader->set(machine, edit->locator, edit->to, before->blobs, error) &&
	    check_only_ours(machine, loader, edit->locator, before, error))
		return true;

	if (loader->is_sealed) {
		(void)set_back(machine, loader, edit->locator, before->blobs, &ignored);
		return false;
	}
	/* Generating again would make the foreign edit true: the files go back as they were. */
	g_autofree char *own = loader->own_file ? loader->own_file(edit->locator) : NULL;
	const PutBack job = {
		.machine = machine,
		.before = before,
		.key = edit->locator,
		.own = own,
		.is_forced = true,
	};
	(void)put_back(&job, loader, &is_whole, &ignored);
	return false;
}

/* Is our own file absent, as it was, or as we write it? */
static bool
is_own_ours(const KtBootLoader *loader, const KtEdit *edit, const KtReading *before,
	    const KtReading *now)
{
	g_autofree char *path = loader->own_file ? loader->own_file(edit->locator) : NULL;
	const KtBlob *own = path ? kt_boot_blob_find(now->blobs, path) : NULL;

	if (!own || !own->exists)
		return true;

	const KtBlob *old = kt_boot_blob_find(before->blobs, path);
	g_autofree char *text = kt_boot_blob_text(own);
	g_autofree char *ours = loader->own_text(edit->locator, edit->to);
	return g_str_equal(text, ours) ||
	       (old && old->exists && g_bytes_equal(old->bytes, own->bytes));
}

/* Every entry has the old argument or the new one. */
static bool
boot_is_between(KtMachine *machine, const KtStep *step, const KtReading *before,
		const KtReading *now, bool is_stopped)
{
	const KtEdit *edit = &step->edits[0];
	const KtBootLoader *loader = kt_boot_loader_find(machine->root, NULL);
	g_autoptr(GPtrArray) lines = loader ? loader->lines(now->blobs) : NULL;
	bool has_new = false;

	if (!loader || !is_own_ours(loader, edit, before, now))
		return false;
	for (guint i = 0; i < lines->len; i++) {
		g_autofree char *value = kt_boot_line_get(lines->pdata[i], edit->locator);
		bool is_new = kt_syntax_equal(edit->syntax, edit->to, value);
		has_new |= is_new;
		if (kt_boot_line_count(lines->pdata[i], edit->locator) > 1 ||
		    (!is_new && !kt_syntax_equal(edit->syntax, edit->from, value)))
			return false;
	}
	/* Files without an entry are what a tool leaves that was killed while it wrote them. */
	return is_stopped || (lines->len && has_new);
}

static bool
boot_sweep(KtMachine *machine, const KtStep *step, GError **error)
{
	const KtBootLoader *loader = kt_boot_loader_find(machine->root, error);
	g_autoptr(GPtrArray) files =
		loader ? loader->files(machine->root, step->edits[0].locator) : NULL;

	for (guint i = 0; files && i < files->len; i++) {
		if (!kt_file_sweep(machine->root, files->pdata[i], error))
			return false;
	}
	return loader != NULL;
}

const KtActuator kt_actuator_boot_arg = {
	.knob = KT_KNOB_BOOT_ARG,
	.read = boot_read,
	.write = boot_write,
	.restore = boot_restore,
	.is_between = boot_is_between,
	.sweep = boot_sweep,
};
