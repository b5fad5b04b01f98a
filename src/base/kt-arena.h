/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * An arena: many small allocations, one free.
 *
 * Facts, plans and results live in arenas, so nothing inside them has an owner of its own. Memory
 * is zeroed and aligned for any type. Running out of memory aborts, as everywhere in GLib.
 */

#include <glib.h>

typedef struct KtArena KtArena;

/* An empty arena; what is allocated from it dies with kt_arena_free(). */
KtArena *kt_arena_new(void);
void kt_arena_free(KtArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtArena, kt_arena_free)

/* Zeroed memory of @size bytes, valid until the arena is freed; never NULL, not even for 0. */
void *kt_arena_alloc(KtArena *arena, size_t size);
#define kt_arena_new0(arena, Type, n) ((Type *)kt_arena_alloc((arena), sizeof(Type) * (n)))

/* Copies; NULL stays NULL. */
char *kt_arena_strdup(KtArena *arena, const char *text);
char *kt_arena_strndup(KtArena *arena, const char *text, size_t length);
char *kt_arena_printf(KtArena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);
