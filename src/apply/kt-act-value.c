/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-actuator.h"
#include "kt-fault.h"
#include "kt-fd.h"
#include "kt-file.h"
#include "kt-neighbours.h"
#include "kt-slice-cpus.h"

#include <fcntl.h>
#include <string.h>

/* Values of one file in /sys or /proc/sys. */

/* Huge pages: how often they are asked for, and how long after each other, times the number of
 * tries so far. */
#define GRADUAL_TRIES 4
#define GRADUAL_MS    200u

static bool
throw_state(GError **error, KtState state, const char *path)
{
	if (state == KT_STATE_DENIED)
		return kt_throw_hint(error,
				     KT_ERROR_DENIED,
				     "changing a host takes root",
				     "'%s' cannot be read: permission denied",
				     path);
	return kt_throw(error, KT_ERROR_IO, "'%s' cannot be read", path);
}

static KtState
read_text(KtMachine *machine, const char *path, char **ret_text)
{
	if (kt_slice_cpus_is(path))
		return kt_slice_cpus_read(machine->root, path, ret_text);
	return kt_root_read(machine->root, path, ret_text, NULL);
}

static KtReading *
value_read(KtMachine *machine, const KtStep *step, GError **error)
{
	const KtEdit *edit = &step->edits[0];
	g_autoptr(KtReading) reading = kt_reading_new();
	g_autofree char *text = NULL;
	KtState state = read_text(machine, edit->locator, &text);

	if (state == KT_STATE_DENIED || state == KT_STATE_BROKEN) {
		throw_state(error, state, edit->locator);
		return NULL;
	}
	g_autofree char *value =
		state == KT_STATE_VALUE ? kt_syntax_value(edit->syntax, text) : NULL;
	kt_reading_add_value(reading, value);
	kt_reading_mark_values(reading);
	kt_neighbours_read(machine->root, edit->locator, reading->neighbours);
	return g_steal_pointer(&reading);
}

/* A copied tree is no sysfs: there a value is a file like any other, replaced as a whole. */
static bool
write_copied(KtMachine *machine, const char *path, const char *value, GError **error)
{
	g_autoptr(KtBlob) blob = kt_file_read(machine->root, path, error);

	if (!blob)
		return false;
	if (!blob->exists)
		return kt_throw_errno(error, ENOENT, "write '%s'", path);
	g_autofree char *line = g_strconcat(value, "\n", NULL);
	g_clear_pointer(&blob->bytes, g_bytes_unref);
	blob->bytes = g_bytes_new(line, strlen(line));
	return kt_file_put(machine->root, blob, error);
}

static bool
throw_write(GError **error, int errno_value, const char *path, const char *value)
{
	static const struct {
		int errno_value;
		const char *hint;
	} hints[] = {
		{.errno_value = EACCES,
		 .hint = "the file is read-only on this kernel, or root is needed"},
		{.errno_value = EROFS,
		 .hint = "the file system is mounted read-only, as in a container"},
		{.errno_value = EPERM, .hint = "kernel lockdown or missing root forbids it"},
		{.errno_value = EINVAL, .hint = "the kernel does not accept this value now"},
		{.errno_value = ENOSPC, .hint = "the kernel has no room for this value now"},
		{.errno_value = EBUSY,
		 .hint = "the kernel is busy with the previous value; try again later"},
	};

	kt_throw_errno(error, errno_value, "write '%s' to '%s'", value, path);
	for (size_t i = 0; error && i < G_N_ELEMENTS(hints); i++) {
		if (hints[i].errno_value == errno_value)
			kt_error_set_hint(*error, hints[i].hint);
	}
	return false;
}

static bool
write_live(KtMachine *machine, const char *path, const char *value, GError **error)
{
	kt_autofd fd = kt_root_open_file(machine->root, path, O_WRONLY | O_TRUNC);
	g_autofree char *line = g_strconcat(value, "\n", NULL);
	ssize_t length = (ssize_t)strlen(line);
	ssize_t written = -1;

	if (fd < 0)
		return throw_write(error, errno, path, value);
	/* One write: the kernel takes a value whole or not at all. */
	do
		written = write(fd, line, (size_t)length);
	while (written < 0 && errno == EINTR);
	if (written < 0)
		return throw_write(error, errno, path, value);
	if (written < length)
		return kt_throw(error, KT_ERROR_IO, "'%s' took only a part of '%s'", path, value);
	return true;
}

static bool
write_value(KtMachine *machine, const char *path, const char *value, GError **error)
{
	int fault = KT_FAULT("value-before-write");

	if (fault)
		return throw_write(error, fault, path, value);
	if (!kt_root_is_live(machine->root))
		return write_copied(machine, path, value, error);
	return write_live(machine, path, value, error);
}

/* Values that the kernel reaches step by step, so that a write that was killed leaves a part of it
 * (__nr_hugepages_store_common() in mm/hugetlb.c). All others it takes whole or not at all. */
static bool
is_gradual(const char *path)
{
	return g_str_has_suffix(path, "/nr_hugepages") ||
	       g_str_has_suffix(path, "/nr_hugepages_mempolicy");
}

/* Free memory that lies in pieces makes no huge page: the kernel puts it together where it can
 * (Documentation/admin-guide/sysctl/vm.rst, compact_memory). Without it nothing is lost. */
static void
compact_memory(KtMachine *machine)
{
	kt_autofd fd = kt_root_open_file(machine->root, "/proc/sys/vm/compact_memory", O_WRONLY);

	if (fd >= 0)
		(void)!write(fd, "1\n", strlen("1\n"));
}

/* Is the value still below what is wanted? */
static bool
is_short(KtMachine *machine, const KtEdit *edit)
{
	uint64_t now = 0;
	guint64 wanted = 0;

	return kt_root_read_u64(machine->root, edit->locator, &now) == KT_STATE_VALUE &&
	       g_ascii_string_to_unsigned(edit->to, 10, 0, UINT64_MAX, &wanted, NULL) &&
	       now < wanted;
}

/* What is short after the last try reads back as less than was wanted. */
static bool
write_gradual(KtMachine *machine, const KtEdit *edit, GError **error)
{
	if (is_short(machine, edit))
		compact_memory(machine);
	bool ok = write_value(machine, edit->locator, edit->to, error);
	for (unsigned i = 1; ok && i < GRADUAL_TRIES && is_short(machine, edit); i++) {
		(void)g_poll(NULL, 0, (int)(i * GRADUAL_MS));
		compact_memory(machine);
		ok = write_value(machine, edit->locator, edit->to, error);
	}
	return ok;
}

static bool
value_write(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	const KtEdit *edit = &step->edits[0];

	if (is_gradual(edit->locator) && kt_root_is_live(machine->root))
		return write_gradual(machine, edit, error);
	return write_value(machine, edit->locator, edit->to, error);
}

/* A CHOICE shows all words; what can be written is the bracketed one. */
static bool
restore_neighbour(KtMachine *machine, const KtNeighbour *neighbour, GError **error)
{
	g_autofree char *now = NULL;
	g_autofree char *value = kt_syntax_value(KT_SYNTAX_CHOICE, neighbour->value);

	if (kt_root_read_line(machine->root, neighbour->path, &now) != KT_STATE_VALUE)
		return true;
	if (g_str_equal(now, neighbour->value))
		return true;
	return write_value(machine, neighbour->path, value, error);
}

static bool
value_restore(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	const KtEdit *edit = &step->edits[0];
	const char *value = before->values->pdata[0];
	g_autofree char *text = NULL;
	g_autofree char *now = NULL;

	if (!value)
		return kt_throw(error, KT_ERROR_IO, "'%s' did not exist before", edit->locator);
	if (read_text(machine, edit->locator, &text) == KT_STATE_VALUE)
		now = kt_syntax_value(edit->syntax, text);
	/* Writing the same value again can have side effects of its own. */
	if (g_strcmp0(now, value) != 0 && !write_value(machine, edit->locator, value, error))
		return false;
	for (guint i = 0; i < before->neighbours->len; i++) {
		if (!restore_neighbour(machine, before->neighbours->pdata[i], error))
			return false;
	}
	return true;
}

static bool
value_is_between(KtMachine *machine, const KtStep *step, const KtReading *before,
		 const KtReading *now, bool is_stopped)
{
	const KtEdit *edit = &step->edits[0];
	const char *text = now->values->pdata[0];
	guint64 from = 0;
	guint64 to = 0;
	guint64 actual = 0;

	if (!is_stopped || !is_gradual(edit->locator) || !edit->from || !text)
		return false;
	if (!g_ascii_string_to_unsigned(edit->from, 10, 0, UINT64_MAX, &from, NULL) ||
	    !g_ascii_string_to_unsigned(edit->to, 10, 0, UINT64_MAX, &to, NULL) ||
	    !g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, &actual, NULL))
		return false;
	return actual >= MIN(from, to) && actual <= MAX(from, to);
}

static bool
value_sweep(KtMachine *machine, const KtStep *step, GError **error)
{
	if (kt_root_is_live(machine->root))
		return true;
	return kt_file_sweep(machine->root, step->edits[0].locator, error);
}

const KtActuator kt_actuator_value = {
	.knob = KT_KNOB_VALUE,
	.read = value_read,
	.write = value_write,
	.restore = value_restore,
	.is_between = value_is_between,
	.sweep = value_sweep,
};
