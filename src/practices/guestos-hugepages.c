/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cmdline.h"

#include <string.h>

#define KIB_PER_GIB UINT64_C(1048576)
/* Linux on x86 without a size: pages of 2 MiB. */
#define DEFAULT_KIB 2048

/* Memory that the pools of the command line take, and the largest page size asked for. */
static uint64_t
pool_of(const KtGuestConfig *config, uint64_t *ret_page_kib)
{
	g_auto(GStrv) words = g_strsplit(config->os_cmdline.v, " ", -1);
	uint64_t page_kib = DEFAULT_KIB;
	uint64_t pool_kib = 0;

	*ret_page_kib = 0;
	for (size_t i = 0; words[i]; i++) {
		if (g_str_has_prefix(words[i], "default_hugepagesz=") ||
		    g_str_has_prefix(words[i], "hugepagesz=")) {
			const char *size = strchr(words[i], '=') + 1;
			page_kib = strpbrk(size, "Gg") ? KIB_PER_GIB : DEFAULT_KIB;
		}
		if (!g_str_has_prefix(words[i], "hugepages="))
			continue;
		uint64_t n = g_ascii_strtoull(words[i] + strlen("hugepages="), NULL, 10);
		pool_kib += MIN(n, UINT32_MAX) * page_kib;
		*ret_page_kib = MAX(*ret_page_kib, page_kib);
	}
	return pool_kib;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	KtVerdict verdict = kt_guest_cmdline_gate(subject->config, out);
	uint64_t page_kib = 0;

	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!kt_sink_needs(out, subject->config->memory_kib, "the memory of the guest"))
		return KT_VERDICT_UNKNOWN;
	uint64_t pool_kib = pool_of(subject->config, &page_kib);
	if (pool_kib == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	*ret_fault = pool_kib / 100 >
		     subject->config->memory_kib.v / 10000 * kt_view_param(view, "most_percent");
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	uint64_t page_kib = 0;
	uint64_t pool_kib = pool_of(subject->config, &page_kib);

	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "huge pages inside leave too little for the rest");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->os_cmdline),
			 "its kernel sets %" G_GUINT64_FORMAT " MiB aside, in pages of "
			 "%" G_GUINT64_FORMAT " KiB",
			 pool_kib / 1024,
			 page_kib);
	kt_sink_number(out, subject->config->memory_kib, "<memory>", " KiB");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "Give the guest more memory, or its pool fewer pages (hugepages= in "
		       "<cmdline>): programs that do not ask for such pages cannot use them, and "
		       "are killed when the rest is gone.");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

static const KtParam params[] = {
	{
		.name = "most_percent",
		.value = 80,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "share of the guest's memory that its pool of huge pages may take [eng]",
	},
};

KT_PRACTICE(guestos_hugepages) = {
	.id = "guestos.hugepages",
	.title = "Huge pages inside a guest leave it room to live",
	.why = "Pages that are set aside for a database are taken from everything else in the "
	       "guest: its kernel, page cache and all other programs share what is left, and the "
	       "balloon cannot take back a single one.",
	.cost = "A database with a smaller pool uses small pages for the rest of its memory.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/mm/hugetlbpage.rst",
			"Linux: Documentation/admin-guide/kernel-parameters.txt, hugepages=",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "in the guest 'grep Huge /proc/meminfo; free -m'",
	.effect = "MemAvailable in the guest under load",
	.evaluate = evaluate,
};
