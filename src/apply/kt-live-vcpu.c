/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-agent.h"
#include "kt-live-private.h"

/* vCPUs of a running guest: how many are plugged in, and which its system uses. */

#define AGENT_S 5

typedef struct Wanted {
	int n;
} Wanted;

static int
count(virDomainPtr domain)
{
	return virDomainGetVcpusFlags(domain, VIR_DOMAIN_AFFECT_LIVE);
}

static bool
get_vcpus(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	int n = count(domain);

	if (n < 0)
		return kt_throw_virt(error, "read the number of vCPUs");
	*ret_value = g_strdup_printf("%d", n);
	return true;
}

/* What the agent says under @name: "vcpus", "online", "offlinable". */
static bool
ask(virDomainPtr domain, const char *name, KtCpuset *ret_set, GError **error)
{
	virTypedParameterPtr params = NULL;
	unsigned n = 0;
	const char *list = NULL;

	if (!kt_agent_limit(domain, AGENT_S, error))
		return false;
	int rc = kt_agent_vcpus(domain, &params, &n);
	if (rc < 0)
		kt_throw_virt(error, "ask the guest's agent for its vCPUs");
	kt_agent_unlimit(domain);
	if (rc < 0)
		return false;
	bool ok = virTypedParamsGetString(params, (int)n, name, &list) == 1 &&
		  kt_cpuset_parse_list(list, ret_set, NULL);
	virTypedParamsFree(params, (int)n);
	return ok ? true
		  : kt_throw(error, KT_ERROR_PARSE, "the agent tells nothing of '%s' vCPUs", name);
}

static bool
put_online(virDomainPtr domain, const KtCpuset *set, bool is_online, GError **error)
{
	g_autofree char *list = kt_cpuset_to_list(set);

	if (kt_cpuset_is_empty(set))
		return true;
	if (!kt_agent_limit(domain, AGENT_S, error))
		return false;
	int rc = virDomainSetGuestVcpus(domain, list, is_online, 0);
	if (rc < 0)
		kt_throw_virt(error, "have the guest's agent switch vCPUs");
	kt_agent_unlimit(domain);
	return rc >= 0;
}

static bool
get_online(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	KtCpuset online = {0};

	if (!ask(domain, "online", &online, error))
		return false;
	*ret_value = kt_cpuset_to_list(&online);
	return true;
}

static bool
set_online(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	KtCpuset wanted = {0};
	KtCpuset now = {0};

	if (!value || !kt_cpuset_parse_list(value, &wanted, error) ||
	    !ask(domain, "online", &now, error))
		return value ? false
			     : kt_throw(error, KT_ERROR_PARSE, "a guest needs a vCPU online");
	KtCpuset on = wanted;
	KtCpuset off = now;
	kt_cpuset_and_not(&on, &now);
	kt_cpuset_and_not(&off, &wanted);
	return put_online(domain, &on, /* is_online= */ true, error) &&
	       put_online(domain, &off, /* is_online= */ false, error);
}

/* All that the guest sees by now is online; more may appear a moment after they were plugged in. */
static bool
are_online(virDomainPtr domain, void *data)
{
	const Wanted *wanted = data;
	KtCpuset there = {0};
	KtCpuset online = {0};

	if (!ask(domain, "vcpus", &there, NULL) || !ask(domain, "online", &online, NULL))
		return true;
	KtCpuset off = there;
	kt_cpuset_and_not(&off, &online);
	(void)!put_online(domain, &off, /* is_online= */ true, NULL);
	return (int)kt_cpuset_count(&there) >= wanted->n;
}

static bool
is_reached(virDomainPtr domain, void *data)
{
	const Wanted *wanted = data;

	return count(domain) == wanted->n;
}

static bool
take_out(virDomainPtr domain, Wanted *wanted, GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (virDomainSetVcpusFlags(domain, (unsigned)wanted->n, VIR_DOMAIN_AFFECT_LIVE) < 0)
		kt_throw_virt(&problem, "take vCPUs out");
	/* "timed out" may be too early, and "done" may be no effect. */
	bool is_refused = problem && !g_strstr_len(problem->message, -1, "timed out");
	if (!is_refused && kt_live_wait(domain, is_reached, wanted, KT_LIVE_PATIENCE_S - AGENT_S))
		return true;
	return kt_throw_hint(
		error,
		is_refused ? KT_ERROR_UNSUPPORTED : KT_ERROR_TIMEOUT,
		"set vcpus-online inside the guest instead, or change its definition "
		"with --config: its next start has fewer; vCPUs that were there at its "
		"start cannot be taken out",
		"the guest keeps %d vCPUs%s%s",
		count(domain),
		problem ? ": " : "",
		problem ? problem->message : "");
}

static bool
set_vcpus(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	guint64 n = 0;
	int now = count(domain);

	if (!value || !g_ascii_string_to_unsigned(value, 10, 1, UINT16_MAX, &n, NULL))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"'%s' is no number of vCPUs",
				value ? value : "(absent)");
	Wanted wanted = {.n = (int)n};
	if (now > wanted.n)
		return take_out(domain, &wanted, error);
	if (virDomainSetVcpusFlags(domain, (unsigned)n, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return kt_throw_virt(error, "change the number of vCPUs");
	if (kt_live_has_agent(domain))
		(void)kt_live_wait(domain, are_online, &wanted, AGENT_S);
	return true;
}

const KtLiveOps kt_live_vcpus = {.get = get_vcpus, .set = set_vcpus};

const KtLiveOps kt_live_online = {.get = get_online, .set = set_online};
