/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-cpuset.h"
#include "kt-dom-edit.h"
#include "kt-live-private.h"

#include <string.h>

/* IOThreads of a running guest: which there are, and how they poll. */

#define NONE "none"

/* QEMU: iothread.c, poll-max-ns; util/thread-pool.c, what a pool has when nobody says. */
typedef struct Param {
	const char *name;
	const char *libvirt;
	const char *stat;      /* in the statistics of the group IOTHREAD, or NULL */
	const char *attribute; /* in the live XML, where the statistics lack it */
	const char *usual;
	bool is_signed;
} Param;

static const Param params[] = {
	{.name = "poll-max-ns", .libvirt = VIR_DOMAIN_IOTHREAD_POLL_MAX_NS, .stat = "poll-max-ns"},
	{.name = "poll-grow", .libvirt = VIR_DOMAIN_IOTHREAD_POLL_GROW, .stat = "poll-grow"},
	{.name = "poll-shrink", .libvirt = VIR_DOMAIN_IOTHREAD_POLL_SHRINK, .stat = "poll-shrink"},
	{.name = "pool-min",
	 .libvirt = VIR_DOMAIN_IOTHREAD_THREAD_POOL_MIN,
	 .attribute = "thread_pool_min",
	 .usual = "0",
	 .is_signed = true},
	{.name = "pool-max",
	 .libvirt = VIR_DOMAIN_IOTHREAD_THREAD_POOL_MAX,
	 .attribute = "thread_pool_max",
	 .usual = "64",
	 .is_signed = true},
};

static bool
read_ids(virDomainPtr domain, KtCpuset *ret_ids, GError **error)
{
	virDomainIOThreadInfoPtr *infos = NULL;
	int n = virDomainGetIOThreadInfo(domain, &infos, VIR_DOMAIN_AFFECT_LIVE);

	if (n < 0)
		return kt_throw_virt(error, "read the IOThreads");
	*ret_ids = (KtCpuset){0};
	for (int i = 0; i < n; i++) {
		if (infos[i]->iothread_id < KT_CPUSET_BITS)
			kt_cpuset_add(ret_ids, infos[i]->iothread_id);
		virDomainIOThreadInfoFree(infos[i]);
	}
	free(infos); /* allocated by libvirt with malloc */
	return true;
}

static bool
get_iothreads(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	KtCpuset ids = {0};

	if (!read_ids(domain, &ids, error))
		return false;
	*ret_value = kt_cpuset_is_empty(&ids) ? g_strdup(NONE) : kt_cpuset_to_list(&ids);
	return true;
}

static bool
set_iothreads(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	KtCpuset wanted = {0};
	KtCpuset now = {0};

	if (!value || (!g_str_equal(value, NONE) && !kt_cpuset_parse_list(value, &wanted, NULL)))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"'%s' is no list of IOThreads",
				value ? value : "(absent)");
	if (!read_ids(domain, &now, error))
		return false;
	kt_cpuset_foreach (&wanted, add) {
		if (!kt_cpuset_has(&now, add) &&
		    virDomainAddIOThread(domain, add, VIR_DOMAIN_AFFECT_LIVE) < 0)
			return kt_throw_virt(error, "add an IOThread");
	}
	kt_cpuset_foreach (&now, drop) {
		if (!kt_cpuset_has(&wanted, drop) &&
		    virDomainDelIOThread(domain, drop, VIR_DOMAIN_AFFECT_LIVE) < 0)
			return kt_throw_virt(error, "take an IOThread away");
	}
	return true;
}

static const Param *
find(const char *of, unsigned *ret_number, GError **error)
{
	char *end = NULL;
	guint64 number = g_ascii_strtoull(of, &end, 10);

	for (size_t i = 0; *end == '/' && number < KT_CPUSET_BITS && i < G_N_ELEMENTS(params);
	     i++) {
		if (!g_str_equal(end + 1, params[i].name))
			continue;
		*ret_number = (unsigned)number;
		return &params[i];
	}
	kt_throw(error, KT_ERROR_PARSE, "'%s' is no parameter of an IOThread", of);
	return NULL;
}

static char *
print(const virTypedParameter *param)
{
	switch (param->type) {
	case VIR_TYPED_PARAM_UINT:
		return g_strdup_printf("%u", param->value.ui);
	case VIR_TYPED_PARAM_ULLONG:
		return g_strdup_printf("%llu", param->value.ul);
	default:
		return NULL;
	}
}

static char *
from_stats(virDomainPtr domain, const char *name)
{
	virDomainPtr domains[] = {domain, NULL};
	virDomainStatsRecordPtr *records = NULL;
	char *value = NULL;
	int n = virDomainListGetStats(domains, VIR_DOMAIN_STATS_IOTHREAD, &records, 0);

	for (int i = 0; n > 0 && i < records[0]->nparams; i++) {
		if (g_str_equal(records[0]->params[i].field, name))
			value = print(&records[0]->params[i]);
	}
	virDomainStatsRecordListFree(records);
	return value;
}

static char *
from_xml(virDomainPtr domain, unsigned number, const Param *param)
{
	g_autofree char *locator = g_strdup_printf(
		"/domain/iothreadids/iothread[@id='%u']/@%s", number, param->attribute);
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, NULL);
	char *value = NULL;

	if (!doc || !kt_dom_get(doc, locator, &value, NULL))
		return NULL;
	return value ? value : g_strdup(param->usual);
}

static bool
get_iothread(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	unsigned number = 0;
	const Param *param = find(of, &number, error);
	KtCpuset ids = {0};

	if (!param || !read_ids(domain, &ids, error))
		return false;
	if (!kt_cpuset_has(&ids, number))
		return kt_throw_hint(error,
				     KT_ERROR_NOT_FOUND,
				     "set iothreads=N first",
				     "the running guest has no IOThread %u",
				     number);
	g_autofree char *stat =
		param->stat ? g_strdup_printf("iothread.%u.%s", number, param->stat) : NULL;
	char *value = stat ? from_stats(domain, stat) : from_xml(domain, number, param);
	if (!value)
		return kt_throw(error,
				KT_ERROR_UNSUPPORTED,
				"libvirt does not tell the '%s' of an IOThread",
				param->name);
	*ret_value = value;
	return true;
}

static bool
make_param(const Param *param, const char *value, virTypedParameter *ret_param)
{
	guint64 number = 0;
	bool is_long = g_str_equal(param->name, "poll-max-ns");
	guint64 max = is_long ? INT64_MAX : param->is_signed ? INT_MAX : UINT_MAX;

	if (!value || !g_ascii_string_to_unsigned(value, 10, 0, max, &number, NULL))
		return false;
	g_strlcpy(ret_param->field, param->libvirt, sizeof(ret_param->field));
	if (is_long) {
		ret_param->type = VIR_TYPED_PARAM_ULLONG;
		ret_param->value.ul = number;
	} else if (param->is_signed) {
		ret_param->type = VIR_TYPED_PARAM_INT;
		ret_param->value.i = (int)number;
	} else {
		ret_param->type = VIR_TYPED_PARAM_UINT;
		ret_param->value.ui = (unsigned)number;
	}
	return true;
}

static bool
set_iothread(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	unsigned number = 0;
	const Param *param = find(of, &number, error);
	virTypedParameter wanted = {0};

	if (!param)
		return false;
	if (!make_param(param, value, &wanted))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"'%s' is no value of '%s'",
				value ? value : "(absent)",
				param->name);
	if (virDomainSetIOThreadParams(domain, number, &wanted, 1, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return kt_throw_virt(error, "change the IOThread");
	return true;
}

const KtLiveOps kt_live_iothreads = {.get = get_iothreads, .set = set_iothreads};

const KtLiveOps kt_live_iothread = {.get = get_iothread, .set = set_iothread};
