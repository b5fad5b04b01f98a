# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What tools/check-source knows: lex (C as tokens and functions), rules, exceptions."""
