/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-place.h"

#include <glib.h>
#include <string.h>

#define SYSCTL_ROOT "/proc/sys/"

/* A component with a dot in it (eth0.100) would make the key ambiguous. */
static char *
value_name(const char *path)
{
	if (!g_str_has_prefix(path, SYSCTL_ROOT) || strchr(path, '.'))
		return g_strdup(path);

	return g_strdelimit(g_strdup(path + strlen(SYSCTL_ROOT)), "/", '.');
}

static char *
live_name(const char *locator)
{
	const char *slash = strchr(locator, '/');

	if (g_str_has_prefix(locator, KT_PLACE_INSIDE))
		return g_strdup_printf("%s inside", locator + strlen(KT_PLACE_INSIDE));
	if (g_str_has_prefix(locator, "vcpupin/"))
		return g_strdup_printf("pin of vCPU %s", slash + 1);
	if (g_str_has_prefix(locator, "iothreadpin/"))
		return g_strdup_printf("pin of IOThread %s", slash + 1);
	if (g_str_equal(locator, "emulatorpin"))
		return g_strdup("pin of the emulator");
	if (g_str_equal(locator, "numa/numa_nodeset"))
		return g_strdup("nodes of its memory");
	return g_strdup(locator);
}

/* "/domain/cpu/@mode" -> "cpu mode", "/domain/cpu/model/text()" -> "cpu/model". */
static char *
xml_name(const char *locator)
{
	const char *rest =
		g_str_has_prefix(locator, "/domain/") ? locator + strlen("/domain/") : locator;
	char *name = g_strdup(rest);
	char *last = strrchr(name, '/');

	if (!last)
		return name;
	if (g_str_equal(last, "/text()")) {
		*last = '\0';
	} else if (last[1] == '@') {
		*last = ' ';
		memmove(last + 1, last + 2, strlen(last + 2) + 1);
	}
	return name;
}

char *
kt_place_name(KtKnob knob, const char *locator)
{
	switch (knob) {
	case KT_KNOB_VALUE:
		return value_name(locator);
	case KT_KNOB_BOOT_ARG:
		return g_strdup_printf("kernel argument %s", locator);
	case KT_KNOB_DOMAIN_LIVE:
		return live_name(locator);
	case KT_KNOB_DOMAIN_XML:
		return xml_name(locator);
	case KT_KNOB_UNSET: /* a module parameter that only a boot can set */
	case KT_KNOB_FILE:
	case KT_KNOB_N:
	default:
		return g_strdup(locator);
	}
}
