/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Help and the documents of verbs, from the rows. */

#include "kt-command.h"

/* At most 24 lines of 80 columns, so that a terminal shows them at once. */
void kt_help_program(GString *out);
void kt_help_command(const KtCommand *command, GString *out);

/* All of it as Markdown (docs/commands.md). */
void kt_help_markdown(GString *out);

/* The sections COMMANDS, OPTIONS and EXIT STATUS of kvmtune(1), as reStructuredText. */
void kt_help_rst(GString *out);
