/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-agent-file.h"
#include "kt-agent.h"
#include "kt-inside-answer.h"

#include <string.h>

/* A file inside the guest is a small text, or none. */
static void
check_file(const KtJson *value)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = kt_agent_file_text(value, "/etc/file", &error);

	g_assert_true((text == NULL) == (error != NULL));
	g_assert_true(!text || g_utf8_validate(text, -1, NULL));
	g_assert_cmpuint(text ? strlen(text) : 0, <=, KT_AGENT_FILE_MAX);
}

/* Whatever an agent says is refused, or within its limits and as a snapshot keeps it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(KtJson) value = kt_agent_parse((const char *)data, size, NULL);
	g_autoptr(GError) error = NULL;
	KtArena *arena = kt_arena_new();
	KtInside inside = {0};
	KtInside copy = {0};

	check_file(value);
	kt_inside_read_blocks(value, arena, &inside);
	kt_inside_read_block_size(value, &inside);
	if (kt_known(inside.memory_blocks)) {
		KtCpuset rest = *inside.memory_blocks_online.v;
		kt_cpuset_and_not(&rest, inside.memory_blocks.v);
		g_assert_true(kt_cpuset_is_empty(&rest));
	}
	if (kt_known(inside.memory_block_kib))
		g_assert_cmpuint(inside.memory_block_kib.v, <=, (uint64_t)1 << 30);

	g_autoptr(KtJson) json = kt_schema_to_json(&kt_inside_schema, &inside);
	bool ok = kt_schema_from_json(&kt_inside_schema, json, arena, &copy, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	kt_arena_free(arena);
	return 0;
}
