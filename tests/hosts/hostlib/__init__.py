# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Machines that were never built: how the synthetic recorded hosts are made."""
