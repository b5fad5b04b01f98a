/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-collect-host.h"

#include <string.h>

/* A host whose every file, link and folder holds pieces of the input. */

typedef struct Input {
	const char *data;
	size_t size;
} Input;

static KtState
give_read(void *data, const char *path, char **ret_text, size_t *ret_length)
{
	const Input *input = data;
	/* Different files begin at different places of the input. */
	size_t from = input->size ? g_str_hash(path) % input->size : 0;

	*ret_text = g_strndup(input->data + from, input->size - from);
	*ret_length = input->size - from;
	return KT_STATE_VALUE;
}

static KtState
give_list(void *data, const char *path, char ***ret_names)
{
	static const char *const names[] = {"1",
					    "16",
					    "80-a.conf",
					    "99-a.rules",
					    "hugepages-2048kB",
					    "node0",
					    "policy0",
					    "sda",
					    "x",
					    NULL};

	*ret_names = g_strdupv((char **)names);
	return KT_STATE_VALUE;
}

static KtState
give_link(void *data, const char *path, char **ret_target)
{
	const Input *input = data;

	*ret_target = g_strndup(input->data, MIN(input->size, 64));
	return KT_STATE_VALUE;
}

static KtState
give_mode(void *data, const char *path, uint32_t *ret_mode)
{
	*ret_mode = 0100644;
	return KT_STATE_VALUE;
}

static const KtRootOps ops = {
	.read = give_read,
	.list = give_list,
	.link = give_link,
	.mode = give_mode,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input input = {.data = (const char *)data, .size = size};
	g_autoptr(KtRoot) root = kt_root_new(&ops, &input);
	g_autoptr(KtFacts) facts = kt_facts_new();

	if (!kt_collect_host(facts, root, NULL, NULL, NULL))
		return 0;
	g_autoptr(KtJson) json = kt_facts_to_json(facts);
	g_autoptr(KtFacts) again = kt_facts_new();
	g_assert_true(kt_facts_merge_json(again, json, NULL));
	return 0;
}
