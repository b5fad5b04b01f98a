/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * An instance with something else in it than it has: the questions of --what-if and --admit.
 *
 * The instance is changed in place, before it is solved.
 */

#include "kt-instance.h"

/*
 * One change, as text:
 *   add=8:32         a guest of 8 vCPUs and 32 GiB; add=3x8:32 three of them
 *   without-node=1   the node is gone: no CPU, no memory
 *   double=db        twice the vCPUs and the memory; it starts anew
 *   without=db       the guest is gone
 * A note tells each. Errors: USAGE, LIMIT.
 */
bool kt_what_if(KtInstance *instance, const char *text, GError **error) KT_WARN_UNUSED;

/* The guests of @json, as an instance has them: {"guests": [...]}, or one guest alone. Nobody who
 * runs gives way to them. Errors: PARSE, LIMIT. */
bool kt_what_if_admit(KtInstance *instance, const KtJson *json, GError **error) KT_WARN_UNUSED;
