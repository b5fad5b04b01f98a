/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-round.h"

/* The whole way of a guest's definition: XML to facts, all practices, the plan, and the planned
 * changes made in the XML. What comes out is a definition again, and goes the same way. */

/* A well-kept host; a libFuzzer binary is started in the source's top folder. */
static KtFacts *
load_host(void)
{
	const char *path = g_getenv("KVMTUNE_FUZZ_HOST");
	g_autofree char *text = NULL;
	size_t length = 0;

	g_assert_true(
		g_file_get_contents(path ? path : "tests/cases/base.json", &text, &length, NULL));
	g_autoptr(KtJson) json = kt_json_parse(text, length, "host", NULL);
	KtFacts *facts = kt_facts_new();
	bool ok = json && kt_facts_merge_json(facts, json, NULL);
	g_assert_true(ok);
	return facts;
}

static void
go_round(const KtFacts *host, const char *xml, int n_rounds)
{
	g_auto(KtRound) round = {0};
	g_autoptr(GError) error = NULL;

	if (!kt_round_run(host, xml, KT_WORKLOAD_THROUGHPUT, &round, &error)) {
		g_assert_nonnull(error);
		return;
	}
	if (n_rounds > 1)
		go_round(host, round.xml, n_rounds - 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static KtFacts *host;
	g_autofree char *text = g_strndup((const char *)data, size);

	if (!host)
		host = load_host();
	go_round(host, text, 2);
	return 0;
}
