/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include <glib.h>
#include <string.h>

/* Replays every file of the folder named on the command line, and for each a number of small
 * deterministic mutations: cut short, bytes changed, a piece repeated. A crash, a sanitizer's
 * report or a hang fails the test; there is nothing else to assert. */

#define MUTATIONS 200

static GByteArray *
mutate(GRand *rand, const guint8 *data, size_t size)
{
	GByteArray *copy = g_byte_array_append(g_byte_array_new(), data, (guint)size);

	switch (g_rand_int_range(rand, 0, 4)) {
	case 0:
		if (size)
			g_byte_array_set_size(copy, (guint)g_rand_int_range(rand, 0, (gint32)size));
		break;
	case 1:
		for (int i = 0; size && i < 4; i++)
			copy->data[g_rand_int_range(rand, 0, (gint32)size)] =
				(guint8)g_rand_int_range(rand, 0, 256);
		break;
	case 2:
		if (size)
			copy->data[g_rand_int_range(rand, 0, (gint32)size)] ^=
				(guint8)(1 << g_rand_int_range(rand, 0, 8));
		break;
	default:
		if (size) {
			guint from = (guint)g_rand_int_range(rand, 0, (gint32)size);
			g_byte_array_append(copy, data + from, (guint)size - from);
		}
		break;
	}
	return copy;
}

static void
replay(const void *path)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	/* Any fixed number: a failure must come again. */
	g_autoptr(GRand) rand = g_rand_new_with_seed(20261121);
	size_t size = 0;

	g_assert_true(g_file_get_contents(path, &text, &size, &error));
	(void)LLVMFuzzerTestOneInput((const uint8_t *)text, size);
	for (int i = 0; i < MUTATIONS; i++) {
		g_autoptr(GByteArray) mutant = mutate(rand, (const guint8 *)text, size);
		(void)LLVMFuzzerTestOneInput(mutant->data, mutant->len);
	}
}

static void
replay_empty(void)
{
	(void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);

	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(argv[1], 0, NULL);
	g_assert_nonnull(dir);
	for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
		g_autofree char *test = g_strconcat("/fuzz/", name, NULL);
		g_ptr_array_add(paths, g_build_filename(argv[1], name, NULL));
		g_test_add_data_func(test, paths->pdata[paths->len - 1], replay);
	}
	g_test_add_func("/fuzz/empty-input", replay_empty);
	return g_test_run();
}
