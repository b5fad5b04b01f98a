/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The host as it was read, as a problem of placement.
 *
 * All guests that run or start with the host take part, under their libvirt names. Those of class
 * latency are dedicated, the others shared. Where a running guest is: where its memory was found
 * (read with --deep), else the node that it is bound to, else that of its pins. What cannot be told
 * is a note.
 */

#include "kt-facts.h"
#include "kt-instance.h"
#include "kt-policy.h"

/* Errors: UNSUPPORTED when nodes or CPUs of the host are not known. Free with kt_instance_free. */
KtInstance *kt_instance_from_facts(const KtFacts *facts, const KtPolicy *policy, GError **error)
	KT_WARN_UNUSED;

/* Makes the running guest @name one that has no place yet, and lets all others stay where they are.
 * It is then instance->newcomer. Errors: NOT_FOUND when it does not run, UNSUPPORTED when it has
 * pins or nodes of its own, which are not for others to change. */
bool kt_instance_take_newcomer(KtInstance *instance, const KtFacts *facts, const char *name,
			       GError **error) KT_WARN_UNUSED;
