/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-dom-edit.h"

#include <string.h>

/* First line: a locator; the rest: a document. What was set must be read back, and taking it away
 * must leave nothing. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	char *newline = strchr(text, '\n');
	g_autofree char *digest = NULL;
	g_autofree char *value = NULL;

	if (!newline)
		return 0;
	*newline = '\0';

	g_autoptr(xmlDoc) doc = kt_xml_parse(newline + 1, strlen(newline + 1), "domain XML", NULL);
	if (!doc)
		return 0;
	digest = kt_dom_digest(doc);
	bool is_element = !strstr(text, "/@") && !strstr(text, "/text()");
	if (!kt_dom_set(doc, text, is_element ? "<a/>" : "7", NULL))
		return 0;
	g_assert_true(kt_dom_get(doc, text, &value, NULL));
	g_assert_true(kt_dom_set(doc, text, NULL, NULL));
	return 0;
}
