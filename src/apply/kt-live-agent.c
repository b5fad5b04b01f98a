/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-agent.h"
#include "kt-dom-edit.h"
#include "kt-live-private.h"

/* Bringing online, through the guest's agent, what was plugged in. Who has no agent, or one that
 * does not answer, does that by its own rules (udev, memhp_default_state): no error. */

#define AGENT_S 5

#define CHANNEL "/domain/devices/channel[target/@name='" KT_AGENT_CHANNEL "']/target/@state"

bool
kt_live_has_agent(virDomainPtr domain)
{
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, NULL);
	g_autofree char *state = NULL;

	return doc && kt_dom_get(doc, CHANNEL, &state, NULL) && g_strcmp0(state, "connected") == 0;
}

static bool
read_blocks(virDomainPtr domain, KtCpuset *ret_all, KtCpuset *ret_online, GError **error)
{
	g_autoptr(KtJson) blocks =
		kt_agent_ask(domain, "guest-get-memory-blocks", NULL, AGENT_S, error);

	return blocks && kt_agent_blocks(blocks, ret_all, ret_online, error);
}

static void
switch_on(virDomainPtr domain, const KtCpuset *blocks)
{
	KtJson *list = json_array();
	KtJson *arguments = json_object();

	kt_cpuset_foreach (blocks, number) {
		KtJson *wish = json_object();
		kt_json_set_u64(wish, "phys-index", number);
		kt_json_set_bool(wish, "online", true);
		json_array_append_new(list, wish);
	}
	kt_json_set(arguments, "mem-blks", list);
	g_autoptr(KtJson) done G_GNUC_UNUSED =
		kt_agent_ask(domain, "guest-set-memory-blocks", arguments, AGENT_S, NULL);
}

/* The blocks of a DIMM appear a moment after it. */
static bool
bring_online(virDomainPtr domain, void *data)
{
	bool *is_silent = data;
	KtCpuset off = {0};
	KtCpuset online = {0};

	*is_silent = !read_blocks(domain, &off, &online, NULL);
	if (*is_silent)
		return true;
	kt_cpuset_and_not(&off, &online);
	if (kt_cpuset_is_empty(&off))
		return false;
	switch_on(domain, &off);
	return true;
}

void
kt_live_online_memory(virDomainPtr domain)
{
	bool is_silent = false;

	if (kt_live_has_agent(domain))
		(void)kt_live_wait(domain, bring_online, &is_silent, /* seconds= */ 3);
}
