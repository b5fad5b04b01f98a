/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * One fuzzer per parser of outside text: fuzz-NAME.c defines this function (libFuzzer's interface).
 * Built with -Dfuzzing=true and clang it is a libFuzzer binary; else fuzz-main.c replays the corpus
 * and mutations of it, as a test.
 */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
