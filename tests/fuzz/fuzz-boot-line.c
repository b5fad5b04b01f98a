/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-boot-line.h"

/* Taking an argument out leaves none of it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *rest = kt_boot_line_without(text, "kvm.x");
	g_autoptr(GPtrArray) lines G_GNUC_UNUSED = kt_boot_grub_lines(text);
	g_autofree char *options G_GNUC_UNUSED = kt_boot_bls_options(text);
	g_autofree char *value G_GNUC_UNUSED = kt_boot_line_get(text, "kvm.x");

	g_assert_cmpuint(kt_boot_line_count(rest, "kvm.x"), ==, 0);
	g_assert_true(kt_boot_text_differs_only_in(text, rest, "kvm.x"));
	return 0;
}
