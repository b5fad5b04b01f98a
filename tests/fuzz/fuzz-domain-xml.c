/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-guest-xml.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(KtFacts) facts = kt_facts_new();
	KtGuest guest = {0};
	KtGuestTune tune = {0};

	kt_guest_xml_read(facts, text, "fuzz", &guest.inactive, &tune);
	g_autoptr(KtJson) json G_GNUC_UNUSED = kt_schema_to_json(&kt_guest_schema, &guest);
	return 0;
}
