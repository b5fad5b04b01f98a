/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-actuator.h"
#include "kt-file.h"

#include <string.h>

/* Whole configuration files: own drop-ins, and foreign files that lose a line. */

static KtReading *
file_read(KtMachine *machine, const KtStep *step, GError **error)
{
	const char *path = step->edits[0].locator;
	g_autoptr(KtReading) reading = kt_reading_new();
	g_autoptr(KtBlob) blob = kt_file_read(machine->root, path, error);

	if (!blob)
		return NULL;
	if (blob->exists) {
		size_t length = 0;
		const char *data = g_bytes_get_data(blob->bytes, &length);
		g_autofree char *text = g_strndup(data ? data : "", length);
		kt_reading_add_value(reading, text);
		reading->mark = kt_mark_bytes(blob->bytes);
	} else {
		kt_reading_add_value(reading, NULL);
		reading->mark = kt_mark_text(NULL);
	}
	g_ptr_array_add(reading->blobs, g_steal_pointer(&blob));
	g_ptr_array_add(reading->blobs, kt_file_parent(machine->root, path));
	return g_steal_pointer(&reading);
}

static bool
file_write(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	const KtBlob *old = before->blobs->pdata[0];
	const char *text = step->edits[0].to;
	g_autoptr(GBytes) bytes = text ? g_bytes_new(text, strlen(text)) : NULL;
	/* Shallow: what the file keeps of its old self is only read. New files get the
	 * permissions that distributions give to theirs. */
	const KtBlob blob = {
		.path = (char *)step->edits[0].locator,
		.exists = text != NULL,
		.bytes = bytes,
		.mode = old->exists ? old->mode : 0644,
		.uid = old->uid,
		.gid = old->gid,
		.xattrs = old->xattrs,
	};

	return kt_file_put(machine->root, &blob, error);
}

static bool
file_restore(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	for (guint i = 0; i < before->blobs->len; i++) {
		const KtBlob *blob = before->blobs->pdata[i];
		if (blob->is_dir && blob->exists)
			continue;
		if (!kt_file_put(machine->root, blob, error))
			return false;
	}
	return true;
}

static bool
file_sweep(KtMachine *machine, const KtStep *step, GError **error)
{
	return kt_file_sweep(machine->root, step->edits[0].locator, error);
}

const KtActuator kt_actuator_file = {
	.knob = KT_KNOB_FILE,
	.read = file_read,
	.write = file_write,
	.restore = file_restore,
	.sweep = file_sweep,
};
