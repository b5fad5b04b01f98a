/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-elsewhere.h"

const KtElsewhere kt_elsewhere[] = {
#define ELSEWHERE(row_id, row_kind, row_home, row_why, row_source)                                 \
	{                                                                                          \
		.id = (row_id),                                                                    \
		.kind = KT_ELSEWHERE_##row_kind,                                                   \
		.home = (row_home),                                                                \
		.why = (row_why),                                                                  \
		.source = (row_source),                                                            \
	},
#include "elsewhere.inc"
#undef ELSEWHERE
};
const size_t kt_n_elsewhere = G_N_ELEMENTS(kt_elsewhere);

const KtElsewhere *
kt_elsewhere_find(const char *id)
{
	for (size_t i = 0; i < kt_n_elsewhere; i++) {
		if (g_str_equal(kt_elsewhere[i].id, id))
			return &kt_elsewhere[i];
	}
	return NULL;
}

const char *
kt_elsewhere_kind_name(KtElsewhereKind kind)
{
	static const char *const names[KT_ELSEWHERE_N] = {
		[KT_ELSEWHERE_RULE] = "rule",
		[KT_ELSEWHERE_PRACTICE] = "practice",
		[KT_ELSEWHERE_COMMAND] = "command",
	};

	return names[kind];
}

bool
kt_elsewhere_is_awaited(const KtElsewhere *row)
{
	return row->kind == KT_ELSEWHERE_PRACTICE && !kt_practice_find(row->home);
}
