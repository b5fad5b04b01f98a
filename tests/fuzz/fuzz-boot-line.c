/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-boot-line.h"

#include <stdbool.h>
#include <string.h>

/* Does @text end where one more argument stands alone, neither glued to padding nor to blanks? */
static bool
ends_in_a_word(const char *text)
{
	size_t length = strlen(text);

	return length && !strchr("# \t\n\"'", text[length - 1]);
}

/* Taking an argument out leaves none of it; adding one is seen as that alone. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *rest = kt_boot_line_without(text, "kvm.x");
	g_autoptr(GPtrArray) lines G_GNUC_UNUSED = kt_boot_grub_lines(text);
	g_autofree char *options G_GNUC_UNUSED = kt_boot_bls_options(text);
	g_autofree char *value G_GNUC_UNUSED = kt_boot_line_get(text, "kvm.x");

	g_assert_cmpuint(kt_boot_line_count(rest, "kvm.x"), ==, 0);
	g_assert_true(kt_boot_text_differs_only_in(text, text, "kvm.x"));
	if (ends_in_a_word(text)) {
		g_autofree char *more = g_strconcat(text, " kvm.x=7", NULL);
		g_assert_true(kt_boot_text_differs_only_in(text, more, "kvm.x"));
		g_assert_false(kt_boot_text_differs_only_in(text, more, "kvm.y"));
	}
	return 0;
}
