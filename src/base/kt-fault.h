/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Fault points: named places where a test can make the program die or fail.
 *
 * Compiled in only with -Dfault_injection=true. The environment says what happens:
 *   KVMTUNE_FAULT=NAME:N:kill      the process gets SIGKILL at the N-th passage (from 1)
 *   KVMTUNE_FAULT=NAME:N:stop      it gets SIGSTOP: somebody else acts now, then lets it go on
 *   KVMTUNE_FAULT=NAME:N:ERRNO     KT_FAULT() yields that errno number once
 *   KVMTUNE_FAULT=NAME:N:ERRNO+    the same at every later passage too
 *   KVMTUNE_FAULT_LOG=FILE         appends one line per passage: the names that exist
 * NAME may be '*' (any point). KVMTUNE_MUTANT names a deliberate defect ("no-fsync",
 * "write-before-intent"): the suites must catch it, or they have no teeth.
 */

#include <stdbool.h>

#ifdef KT_FAULT_INJECTION
/* 0, or the errno to fail with here. */
int kt_fault(const char *name);
bool kt_mutant(const char *name);
#define KT_FAULT(name)  kt_fault(name)
#define KT_MUTANT(name) kt_mutant(name)
#else
#define KT_FAULT(name)  0
#define KT_MUTANT(name) false
#endif
