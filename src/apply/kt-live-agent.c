/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-dom-edit.h"
#include "kt-json.h"
#include "kt-live-private.h"

#include <libvirt/libvirt-qemu.h>
#include <string.h>

/* Bringing online, through the guest's agent, what was plugged in. Who has no agent, or one that
 * does not answer, does that by its own rules (udev, memhp_default_state): no error. */

#define AGENT_S 5
/* QEMU: docs/interop/qemu-ga-ref, guest-get-memory-blocks. A guest of 1 TiB with blocks of 128 MiB
 * has 8192. */
#define MAX_BLOCKS 65536

#define CHANNEL "/domain/devices/channel[target/@name='org.qemu.guest_agent.0']/target/@state"

bool
kt_live_has_agent(virDomainPtr domain)
{
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, NULL);
	g_autofree char *state = NULL;

	return doc && kt_dom_get(doc, CHANNEL, &state, NULL) && g_strcmp0(state, "connected") == 0;
}

static KtJson *
ask(virDomainPtr domain, const char *command)
{
	char *text = virDomainQemuAgentCommand(domain, command, AGENT_S, 0);
	KtJson *json = text ? kt_json_parse(text, strlen(text), "answer of the agent", NULL) : NULL;

	free(text); /* allocated by libvirt with malloc */
	return json;
}

/* The command that brings all blocks online that are not; NULL = none is off line. */
static char *
make_command(const KtJson *blocks)
{
	g_autoptr(GString) list = g_string_new(NULL);

	for (size_t i = 0; i < MIN(json_array_size(blocks), MAX_BLOCKS); i++) {
		const KtJson *block = json_array_get(blocks, i);
		const KtJson *index = json_object_get(block, "phys-index");
		if (!json_is_false(json_object_get(block, "online")) || !json_is_integer(index))
			continue;
		g_string_append_printf(list,
				       "%s{\"phys-index\":%" G_GINT64_FORMAT ",\"online\":true}",
				       list->len ? "," : "",
				       (int64_t)json_integer_value(index));
	}
	if (!list->len)
		return NULL;
	return g_strdup_printf("{\"execute\":\"guest-set-memory-blocks\",\"arguments\":"
			       "{\"mem-blks\":[%s]}}",
			       list->str);
}

/* The blocks of a DIMM appear a moment after it. */
static bool
bring_online(virDomainPtr domain, void *data)
{
	bool *is_silent = data;
	g_autoptr(KtJson) answer = ask(domain, "{\"execute\":\"guest-get-memory-blocks\"}");
	g_autofree char *command = answer ? make_command(json_object_get(answer, "return")) : NULL;

	*is_silent = !answer;
	if (!command)
		return *is_silent;
	g_autoptr(KtJson) done = ask(domain, command);
	return true;
}

void
kt_live_online_memory(virDomainPtr domain)
{
	bool is_silent = false;

	if (kt_live_has_agent(domain))
		(void)kt_live_wait(domain, bring_online, &is_silent, /* seconds= */ 3);
}
