/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-shell-text.h"

#include <string.h>

#define GRUB    "/etc/default/grub"
#define XL_CONF "/etc/xen/xl.conf"

/* Arguments of Xen, not of Linux: their names are those of GRUB's 20_linux_xen. The second is
 * appended to the first, and the last of two same arguments counts. */
static const char *const variables[] = {"GRUB_CMDLINE_XEN", "GRUB_CMDLINE_XEN_DEFAULT"};

static KtOptStr
dom0_mem(KtHostJob *job)
{
	g_autofree char *text = NULL;
	KtOptStr fact = {
		.state = kt_host_text(job, GRUB, &text),
		.origin = kt_facts_origin(job->facts, GRUB),
	};

	if (fact.state != KT_STATE_VALUE)
		return fact;
	fact.state = KT_STATE_ABSENT;
	for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
		g_autofree char *value = NULL;
		KtShellState state = kt_shell_get(text, variables[i], &value);
		if (state == KT_SHELL_COMPLEX)
			return (KtOptStr){.state = KT_STATE_BROKEN, .origin = fact.origin};
		g_auto(GStrv) words = g_strsplit(value ? value : "", " ", /* max_tokens= */ 1000);
		for (size_t j = 0; words[j]; j++) {
			if (g_str_has_prefix(words[j], "dom0_mem="))
				fact = kt_host_str(job, words[j] + strlen("dom0_mem="), GRUB);
		}
	}
	return fact;
}

/* autoballoon="off"|"on"|"auto"|0|1 (xl.conf(5)); blanks around '=' are allowed. */
static KtOptStr
autoballoon(KtHostJob *job)
{
	g_autofree char *text = NULL;
	KtOptStr fact = {
		.state = kt_host_text(job, XL_CONF, &text),
		.origin = kt_facts_origin(job->facts, XL_CONF),
	};

	if (fact.state != KT_STATE_VALUE)
		return fact;
	fact.state = KT_STATE_ABSENT;
	g_auto(GStrv) lines = g_strsplit(text, "\n", /* max_tokens= */ 10000);
	for (size_t i = 0; lines[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(lines[i], "=", 2);
		if (g_strv_length(parts) < 2 || !g_str_equal(g_strstrip(parts[0]), "autoballoon"))
			continue;
		char *value = g_strstrip(parts[1]);
		value += strspn(value, "\"'");
		value[strcspn(value, "\"' \t#")] = '\0';
		const char *word = g_str_equal(value, "0") ? "off" : value;
		if (g_str_equal(value, "1"))
			word = "on";
		fact = kt_host_str(job, word, XL_CONF);
	}
	return fact;
}

void
kt_host_collect_xen(KtHostJob *job)
{
	KtSystem *system = &job->host->system;
	KtOptStr capabilities = system->xen_capabilities;

	system->xen_dom0_mem.state = KT_STATE_ABSENT;
	system->xen_autoballoon.state = KT_STATE_ABSENT;
	if (!kt_known(capabilities) || !strstr(capabilities.v, "control_d"))
		return;
	system->xen_dom0_mem = dom0_mem(job);
	system->xen_autoballoon = autoballoon(job);
}
