/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-agent.h"

#include "kt-virt-error.h"

#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>
#include <string.h>

/* How long libvirt may need to reach an agent after its own start; on a host without KVM it was
 * seen to take 200 ms. */
#define REACH_MS 1000

/* After a call that failed: true, a moment later, when libvirt had not reached the agent and may
 * still do so. A libvirt that was just started knows that an agent is there before it has reached
 * it. @begin_us: when the first try began, g_get_monotonic_time(). */
static bool
may_retry(int64_t begin_us)
{
	const virError *virt = virGetLastError();
	int64_t end_us = begin_us + REACH_MS * (G_USEC_PER_SEC / 1000);

	if (!virt || virt->code != VIR_ERR_AGENT_UNRESPONSIVE || g_get_monotonic_time() > end_us)
		return false;
	(void)g_poll(NULL, 0, REACH_MS / 10);
	return true;
}

KtJson *
kt_agent_parse(const char *text, size_t length, GError **error)
{
	g_autoptr(KtJson) json = kt_json_parse(text, length, "answer of the agent", error);
	KtJson *value = json_object_get(json, "return");

	if (json && !value)
		kt_throw(error, KT_ERROR_PARSE, "the agent's answer returns nothing");
	return value ? json_incref(value) : NULL;
}

KtJson *
kt_agent_ask(virDomainPtr domain, const char *command, KtJson *arguments, int seconds,
	     GError **error)
{
	g_autoptr(KtJson) question = json_object();

	kt_json_set_str(question, "execute", command);
	if (arguments)
		kt_json_set(question, "arguments", arguments);
	g_autofree char *line = kt_json_print_compact(question);
	int64_t begin_us = g_get_monotonic_time();
	char *text = NULL;
	do {
		text = virDomainQemuAgentCommand(domain, line, seconds, 0);
	} while (!text && may_retry(begin_us));
	if (!text) {
		kt_throw_virt(error, command);
		return NULL;
	}
	KtJson *value = kt_agent_parse(text, strlen(text), error);
	free(text); /* allocated by libvirt with malloc */
	if (!value)
		kt_prefix(error, "%s", command);
	return value;
}

int
kt_agent_vcpus(virDomainPtr domain, virTypedParameterPtr *ret_params, unsigned *ret_n)
{
	int64_t begin_us = g_get_monotonic_time();
	int rc = -1;

	do {
		rc = virDomainGetGuestVcpus(domain, ret_params, ret_n, 0);
	} while (rc < 0 && may_retry(begin_us));
	return rc;
}

/* libvirt hands on the words of the agent, not the class of its error: QEMU, qapi/qmp-dispatch.c.
 */
KtState
kt_agent_state(const GError *error)
{
	if (strstr(error->message, "has been disabled"))
		return KT_STATE_DENIED;
	if (strstr(error->message, "has not been found"))
		return KT_STATE_ABSENT;
	return kt_virt_state(error);
}

static bool
add_block(const KtJson *block, KtCpuset *all, KtCpuset *online)
{
	const KtJson *is_online = json_object_get(block, "online");
	const KtJson *index = json_object_get(block, "phys-index");

	if (!json_is_boolean(is_online) || !json_is_integer(index) ||
	    json_integer_value(index) < 0 || json_integer_value(index) >= KT_CPUSET_BITS)
		return false;
	kt_cpuset_add(all, (unsigned)json_integer_value(index));
	if (json_is_true(is_online))
		kt_cpuset_add(online, (unsigned)json_integer_value(index));
	return true;
}

bool
kt_agent_blocks(const KtJson *blocks, KtCpuset *ret_all, KtCpuset *ret_online, GError **error)
{
	KtCpuset all = {0};
	KtCpuset online = {0};
	bool is_fine = json_is_array(blocks);

	for (size_t i = 0; is_fine && i < json_array_size(blocks); i++)
		is_fine = add_block(json_array_get(blocks, i), &all, &online);
	if (!is_fine || kt_cpuset_count(&all) != json_array_size(blocks))
		return kt_throw(error, KT_ERROR_PARSE, "the agent's list of memory blocks is none");
	*ret_all = all;
	*ret_online = online;
	return true;
}

bool
kt_agent_limit(virDomainPtr domain, int seconds, GError **error)
{
	if (virDomainAgentSetResponseTimeout(domain, seconds, 0) < 0)
		return kt_throw_virt(error, "limit the time of the agent");
	return true;
}

void
kt_agent_unlimit(virDomainPtr domain)
{
	(void)virDomainAgentSetResponseTimeout(domain, VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK, 0);
}
