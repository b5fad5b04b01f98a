/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-opt.h"

static const char *const names[KT_STATE_N] = {
	[KT_STATE_UNSET] = "unset",
	[KT_STATE_VALUE] = "value",
	[KT_STATE_ABSENT] = "absent",
	[KT_STATE_DENIED] = "denied",
	[KT_STATE_BROKEN] = "broken",
};

const char *
kt_state_name(KtState state)
{
	g_return_val_if_fail(state < KT_STATE_N, "unset");
	return names[state];
}

KtState
kt_state_from_name(const char *name)
{
	for (KtState state = KT_STATE_UNSET; state < KT_STATE_N; state++) {
		if (g_strcmp0(names[state], name) == 0)
			return state;
	}
	return KT_STATE_N;
}
