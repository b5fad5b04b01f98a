/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-start-log.h"
#include "kt-symptom.h"

#include <string.h>

static void
check(const GPtrArray *messages)
{
	g_assert_cmpuint(messages->len, <=, KT_START_LOG_MAX_LINES);
	for (guint i = 0; i < messages->len; i++) {
		const char *text = messages->pdata[i];
		g_assert_true(g_utf8_validate(text, -1, NULL));
		/* Each byte that is no UTF-8 becomes three. */
		g_assert_cmpuint(strlen(text), <=, KT_START_LOG_MAX_LINE * 3);
		for (const char *p = text; *p; p++)
			g_assert_true((guchar)*p >= ' ' && *p != 0x7f);
		(void)kt_symptom_find(text);
	}
}

/* What a guest may have written is cut and printable. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(KtStartLog) log = kt_start_log_parse((const char *)data, size);
	g_autoptr(GPtrArray) messages = kt_start_log_messages((const char *)data, size);

	check(log->messages);
	check(messages);
	g_assert_true(log->started || log->messages->len == 0);
	return 0;
}
