/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Golden files: what a function gave when somebody last looked and found it good.
 *
 * KVMTUNE_TEST_DATA names the folder that they stand in. With KVMTUNE_TEST_REGENERATE=1 they are
 * written instead of compared: then look at "git diff".
 */

#include <glib.h>

/* Fails the test unless @text is what the file @name holds. */
void kt_golden_compare(const char *name, const char *text);
