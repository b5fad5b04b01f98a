/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What an administrator asks for by name ("cpu.shares=2048"), as a plan. Pure.
 *
 * The plan has one group: all of it or nothing. Its steps are those of any other plan; what they
 * find is not known here, so every edit's .from is to be filled in by whoever can read the guest.
 */

#include "kt-plan.h"
#include "kt-setting.h"

typedef struct KtRequest {
	const char *const *assignments; /* "KEY=VALUE", NULL-terminated */
	bool is_live_only;
	bool is_config_only;
	const char *tool_version;
} KtRequest;

/* Errors: USAGE (no such setting, a value that it cannot have), UNSUPPORTED (this guest cannot have
 * it now; the hint says what would make it possible). */
KtPlan *kt_request_plan(KtFacts *facts, uint32_t guest, const KtRequest *request, GError **error)
	KT_WARN_UNUSED;
