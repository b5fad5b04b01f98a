/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Places as people call them: "vm.swappiness" for the file below /proc/sys. */

#include "kt-words.h"

#include <stdbool.h>

/* The name of what @locator means for @knob: the sysctl key, "kernel argument X", "pin of vCPU 0",
 * "cpu/model" and "cpu mode" for the text and an attribute of an element below <domain>; paths stay
 * as they are. Free with g_free. */
char *kt_place_name(KtKnob knob, const char *locator);
