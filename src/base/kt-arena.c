/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-arena.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Large enough that a host with 200 guests needs a few dozen blocks, small enough for a unit test.
 */
#define BLOCK_BYTES ((size_t)(64 * 1024))

typedef struct Block {
	struct Block *next;
	alignas(max_align_t) char bytes[];
} Block;

struct KtArena {
	Block *blocks;
	char *cursor;
	size_t left;
};

KtArena *
kt_arena_new(void)
{
	return g_new0(KtArena, 1);
}

void
kt_arena_free(KtArena *arena)
{
	if (!arena)
		return;

	while (arena->blocks) {
		Block *next = arena->blocks->next;
		g_free(arena->blocks);
		arena->blocks = next;
	}
	g_free(arena);
}

static void *
alloc_block(KtArena *arena, size_t size)
{
	Block *block = g_malloc0(sizeof(Block) + size);

	block->next = arena->blocks;
	arena->blocks = block;
	return block->bytes;
}

void *
kt_arena_alloc(KtArena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);

	g_assert(size < SIZE_MAX - align - sizeof(Block));
	size = (MAX(size, (size_t)1) + align - 1) / align * align;
	if (size > BLOCK_BYTES / 4)
		return alloc_block(arena, size);
	if (size > arena->left) {
		arena->cursor = alloc_block(arena, BLOCK_BYTES);
		arena->left = BLOCK_BYTES;
	}

	void *result = arena->cursor;
	arena->cursor += size;
	arena->left -= size;
	return result;
}

char *
kt_arena_strndup(KtArena *arena, const char *text, size_t length)
{
	if (!text)
		return NULL;

	char *copy = kt_arena_alloc(arena, length + 1);
	memcpy(copy, text, length);
	return copy;
}

char *
kt_arena_strdup(KtArena *arena, const char *text)
{
	return text ? kt_arena_strndup(arena, text, strlen(text)) : NULL;
}

char *
kt_arena_printf(KtArena *arena, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return kt_arena_strdup(arena, text);
}
