/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Memory of an arena: zeroed, aligned, never shared. */

#include "kt-arena.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static bool
is_filled(const uint8_t *bytes, size_t size, uint8_t value)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != value)
			return false;
	}
	return true;
}

/* Sizes around the border between shared and own blocks, and up to several blocks. */
static size_t
random_size(void)
{
	static const gint32 limits[] = {1, 64, 4096, 16 * 1024 + 64, 200 * 1024};
	gint32 limit = limits[g_test_rand_int_range(0, G_N_ELEMENTS(limits))];

	return (size_t)g_test_rand_int_range(0, limit + 1);
}

static void
test_alloc(void)
{
	enum { N = 2000 };
	g_autoptr(KtArena) arena = kt_arena_new();
	g_autofree uint8_t **bytes = g_new0(uint8_t *, N);
	g_autofree size_t *sizes = g_new0(size_t, N);

	for (size_t i = 0; i < N; i++) {
		sizes[i] = random_size();
		bytes[i] = kt_arena_alloc(arena, sizes[i]);
		g_assert_nonnull(bytes[i]);
		g_assert_cmpuint((uintptr_t)bytes[i] % alignof(max_align_t), ==, 0);
		g_assert_true(is_filled(bytes[i], sizes[i], 0));
		memset(bytes[i], (int)(i % 255) + 1, sizes[i]);
	}
	for (size_t i = 0; i < N; i++)
		g_assert_true(is_filled(bytes[i], sizes[i], (uint8_t)(i % 255 + 1)));
}

static void
test_empty(void)
{
	g_autoptr(KtArena) arena = kt_arena_new();

	g_assert_nonnull(kt_arena_alloc(arena, 0));
	kt_arena_free(kt_arena_new());
	kt_arena_free(NULL);
}

static void
test_texts(void)
{
	g_autoptr(KtArena) arena = kt_arena_new();
	g_autofree char *large = g_strnfill(300 * 1024, 'x');
	char text[] = "hello";

	char *copy = kt_arena_strdup(arena, text);
	text[0] = 'j';
	g_assert_cmpstr(copy, ==, "hello");
	g_assert_cmpstr(kt_arena_strndup(arena, "hello", 2), ==, "he");
	g_assert_cmpstr(kt_arena_strndup(arena, "", 0), ==, "");
	g_assert_cmpstr(kt_arena_strdup(arena, large), ==, large);
	g_assert_cmpstr(kt_arena_printf(arena, "%s-%d", "cpu", 7), ==, "cpu-7");
	g_assert_null(kt_arena_strdup(arena, NULL));
	g_assert_null(kt_arena_strndup(arena, NULL, 3));
	g_assert_cmpstr(copy, ==, "hello");
}

/* Asking for more than memory can hold aborts; it never wraps around to a small block. */
static void
test_overflow(void)
{
	if (g_test_subprocess()) {
		g_autoptr(KtArena) arena = kt_arena_new();
		volatile size_t size = SIZE_MAX - 4;
		(void)kt_arena_alloc(arena, size);
		return;
	}
	g_test_trap_subprocess(NULL, 0, 0);
	g_test_trap_assert_failed();
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/arena/alloc", test_alloc);
	g_test_add_func("/arena/empty", test_empty);
	g_test_add_func("/arena/texts", test_texts);
	g_test_add_func("/arena/overflow", test_overflow);
	return g_test_run();
}
