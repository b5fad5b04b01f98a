/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cmdline.h"

#include <string.h>

KtVerdict
kt_guest_cmdline_gate(const KtGuestConfig *config, KtSink *out)
{
	if (!kt_sink_needs_look(out, config->os_cmdline, "the kernel command line of <os>"))
		return KT_VERDICT_UNKNOWN;
	return kt_known(config->os_cmdline) && !kt_guest_is_windows(config)
		       ? KT_VERDICT_OK
		       : KT_VERDICT_NOT_APPLICABLE;
}

/* What follows "key" in @word: NULL when it is another, "" without a value. */
static const char *
value_of(const char *word, const char *key)
{
	size_t length = strlen(key);

	if (strncmp(word, key, length) != 0)
		return NULL;
	if (word[length] == '=')
		return word + length + 1;
	return word[length] ? NULL : "";
}

char *
kt_guest_cmdline_arg(const KtGuestConfig *config, const char *key)
{
	g_auto(GStrv) words = g_strsplit(config->os_cmdline.v, " ", -1);
	const char *last = NULL;

	for (size_t i = 0; words[i]; i++) {
		const char *value = value_of(words[i], key);
		last = value ? value : last;
	}
	return g_strdup(last);
}

char *
kt_guest_cmdline_edit(const KtGuestConfig *config, const char *key, const char *more)
{
	g_auto(GStrv) words = g_strsplit(config->os_cmdline.v, " ", -1);
	GString *line = g_string_new(NULL);

	for (size_t i = 0; words[i]; i++) {
		if (*words[i] && !(key && value_of(words[i], key)))
			g_string_append_printf(line, "%s%s", line->len ? " " : "", words[i]);
	}
	if (more)
		g_string_append_printf(line, "%s%s", line->len ? " " : "", more);
	return g_string_free(line, FALSE);
}

void
kt_guest_cmdline_advise(const KtView *view, const char *to, KtSink *out)
{
	kt_sink_advice(out,
		       "The line as it should be, for <cmdline> ('virsh edit %s'): %s",
		       kt_guest_name(view->guest),
		       *to ? to : "none at all");
}
