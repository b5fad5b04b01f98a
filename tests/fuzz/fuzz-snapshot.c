/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/*
 * Snapshots from strangers: reading, redacting, making anonymous, writing and reading again.
 *
 * An input that begins with "members:" holds members one after the other, each as its name, a
 * newline, its text and a byte 0xff: so the fuzzer reaches the JSON and XML behind the checksums of
 * tar. Everything else is an archive.
 */

#include "kt-fuzz.h"
#include "kt-snapshot-anonymise.h"
#include "kt-snapshot-archive.h"
#include "kt-snapshot-redact.h"

#include <string.h>

#define MAGIC "members:"

static KtMembers *
split_members(const uint8_t *data, size_t size)
{
	g_autoptr(KtMembers) members = kt_members_new();

	while (size > 0) {
		const uint8_t *end = memchr(data, 0xff, size);
		size_t length = end ? (size_t)(end - data) : size;
		const uint8_t *newline = memchr(data, '\n', length);
		if (newline) {
			size_t n_name = (size_t)(newline - data);
			g_autofree char *name = g_strndup((const char *)data, n_name);
			g_autoptr(GBytes) text = g_bytes_new(newline + 1, length - n_name - 1);
			if (!kt_members_add(members, name, text, NULL))
				return NULL;
		}
		length += end ? 1 : 0;
		data += length;
		size -= length;
	}
	return g_steal_pointer(&members);
}

static KtMembers *
read_input(const uint8_t *data, size_t size)
{
	if (size >= strlen(MAGIC) && memcmp(data, MAGIC, strlen(MAGIC)) == 0)
		return split_members(data + strlen(MAGIC), size - strlen(MAGIC));

	g_autoptr(GBytes) bytes = g_bytes_new(data, size);
	return kt_snapshot_archive_read_bytes(bytes, "input", NULL);
}

/* What was read can be written, and what was written can be read. */
static void
check_round_trip(const KtSnapshot *snapshot)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtMembers) members = kt_snapshot_to_members(snapshot, &error);
	g_autoptr(KtSnapshot) again =
		members ? kt_snapshot_from_members(members, true, "again", &error) : NULL;

	if (!again && !g_error_matches(error, KT_ERROR, KT_ERROR_LIMIT))
		g_error("%s", error->message);
	if (again)
		g_assert_cmpuint(g_hash_table_size(again->entries),
				 ==,
				 g_hash_table_size(snapshot->entries));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(KtMembers) members = read_input(data, size);
	g_autoptr(KtSnapshot) snapshot =
		members ? kt_snapshot_from_members(members, false, "input", NULL) : NULL;

	if (!snapshot)
		return 0;
	check_round_trip(snapshot);
	kt_snapshot_redact(snapshot);
	check_round_trip(snapshot);
	kt_snapshot_anonymise(snapshot);
	check_round_trip(snapshot);
	return 0;
}
