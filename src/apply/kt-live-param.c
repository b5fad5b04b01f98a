/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-live-param.h"

#include "kt-live-private.h"

#include <libvirt/virterror.h>
#include <string.h>

#define UNLIMITED "unlimited"
/* What cgroup v1 gives for a memory limit that was never set (LONG_MAX rounded down to pages, in
 * KiB); libvirt passes it on. */
#define MEMORY_MAX_KIB 9007199254740988ULL
/* libvirt: src/util/vircgroup.h, VIR_CGROUP_CPU_QUOTA_MAX, which "max" of cgroup v2 becomes. */
#define QUOTA_MAX_US 17592186044415LL
/* libvirt: src/remote/remote_protocol.x, REMOTE_DOMAIN_BLOCK_IO_TUNE_PARAMETERS_MAX, and the same
 * of the other families: a daemon refuses to be asked for more. */
#define MAX_PARAMS    32
#define MAX_OF_OTHERS 16
#define READY_S       2 /* [eng] */

typedef struct Params {
	virTypedParameter v[MAX_PARAMS];
	int n;
} Params;

static void
params_clear(Params *params)
{
	virTypedParamsClear(params->v, params->n);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Params, params_clear)

typedef struct Family {
	const char *prefix;
	int (*get)(virDomainPtr domain, const char *device, virTypedParameterPtr params, int *n);
	int (*set)(virDomainPtr domain, const char *device, virTypedParameterPtr params, int n);
	int max;           /* parameters that may be asked for */
	bool has_device;   /* DISK stands between prefix and name */
	bool is_by_device; /* the value is a list "PATH,NUMBER,PATH,NUMBER" */
} Family;

static int
get_sched(virDomainPtr domain, const char *device, virTypedParameterPtr params, int *n)
{
	return virDomainGetSchedulerParametersFlags(domain, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

static int
set_sched(virDomainPtr domain, const char *device, virTypedParameterPtr params, int n)
{
	return virDomainSetSchedulerParametersFlags(domain, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

static int
get_memory(virDomainPtr domain, const char *device, virTypedParameterPtr params, int *n)
{
	return virDomainGetMemoryParameters(domain, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

static int
set_memory(virDomainPtr domain, const char *device, virTypedParameterPtr params, int n)
{
	return virDomainSetMemoryParameters(domain, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

/* Without device weights: libvirt 9.0 under systemd dies of them. */
static int
get_blkio(virDomainPtr domain, const char *device, virTypedParameterPtr params, int *n)
{
	return virDomainGetBlkioParameters(domain, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

static int
set_blkio(virDomainPtr domain, const char *device, virTypedParameterPtr params, int n)
{
	return virDomainSetBlkioParameters(domain, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

static int
get_iotune(virDomainPtr domain, const char *device, virTypedParameterPtr params, int *n)
{
	return virDomainGetBlockIoTune(domain, device, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

static int
set_iotune(virDomainPtr domain, const char *device, virTypedParameterPtr params, int n)
{
	return virDomainSetBlockIoTune(domain, device, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

static int
get_numa(virDomainPtr domain, const char *device, virTypedParameterPtr params, int *n)
{
	return virDomainGetNumaParameters(domain, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

static int
set_numa(virDomainPtr domain, const char *device, virTypedParameterPtr params, int n)
{
	return virDomainSetNumaParameters(domain, params, n, VIR_DOMAIN_AFFECT_LIVE);
}

static const Family families[] = {
	{.prefix = "sched/", .get = get_sched, .set = set_sched, .max = MAX_OF_OTHERS},
	{.prefix = "memory/", .get = get_memory, .set = set_memory, .max = MAX_OF_OTHERS},
	{.prefix = "blkio/", .get = get_blkio, .set = set_blkio, .max = MAX_OF_OTHERS},
	{.prefix = "iotune/",
	 .get = get_iotune,
	 .set = set_iotune,
	 .max = MAX_PARAMS,
	 .has_device = true},
	{.prefix = "numa/", .get = get_numa, .set = set_numa, .max = MAX_OF_OTHERS},
	{.prefix = "blkio-device/",
	 .get = get_blkio,
	 .set = set_blkio,
	 .max = MAX_OF_OTHERS,
	 .has_device = true,
	 .is_by_device = true},
};

/* A locator in its parts. */
typedef struct Place {
	const Family *family;
	char *device; /* or NULL */
	const char *name;
} Place;

static void
place_clear(Place *place)
{
	g_free(place->device);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

static bool
parse(const char *locator, Place *place)
{
	for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
		const Family *family = &families[i];
		if (!g_str_has_prefix(locator, family->prefix))
			continue;
		const char *rest = locator + strlen(family->prefix);
		const char *slash = strrchr(rest, '/');
		if (family->has_device != (slash != NULL))
			return false;
		place->family = family;
		place->device = slash ? g_strndup(rest, (size_t)(slash - rest)) : NULL;
		place->name = slash ? slash + 1 : rest;
		return *place->name && strlen(place->name) < VIR_TYPED_PARAM_FIELD_LENGTH &&
		       (!place->device || *place->device);
	}
	return false;
}

bool
kt_live_param_is(const char *locator)
{
	g_auto(Place) place = {0};

	return parse(locator, &place);
}

typedef struct Reading {
	const Place *place;
	Params *params;
	bool is_read;
} Reading;

static virTypedParameterPtr
find_param(Params *params, const char *name)
{
	for (int i = 0; i < params->n; i++) {
		if (g_str_equal(params->v[i].field, name))
			return &params->v[i];
	}
	return NULL;
}

/* A driver that has just been opened finds the guest's control groups a moment after the guest
 * (libvirt 9.0, qemuProcessReconnect runs in a thread), and says meanwhile that they are not
 * mounted. And while systemd gives a group another weight, libvirt may not see its quotas. */
static bool
is_answered(virDomainPtr domain, void *data)
{
	Reading *reading = data;
	Params *params = reading->params;

	params_clear(params);
	params->n = reading->place->family->max;
	reading->is_read = reading->place->family->get(
				   domain, reading->place->device, params->v, &params->n) >= 0;
	if (reading->is_read)
		return find_param(params, reading->place->name) != NULL;
	params->n = 0;
	return (unsigned)virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID;
}

static virTypedParameterPtr
read_param(virDomainPtr domain, const Place *place, Params *params, GError **error)
{
	Reading reading = {.place = place, .params = params};

	(void)kt_live_wait(domain, is_answered, &reading, READY_S);
	if (!reading.is_read) {
		kt_throw_virt(error, "read the setting");
		return NULL;
	}
	virTypedParameterPtr param = find_param(params, place->name);
	if (!param)
		kt_throw(error,
			 KT_ERROR_NOT_FOUND,
			 "the guest has no setting '%s' (its control group lacks it, or libvirt "
			 "does)",
			 place->name);
	return param;
}

/* A device that the list does not name has no limit. */
static char *
number_of(const char *list, const char *device)
{
	g_auto(GStrv) words = g_strsplit(list, ",", -1);

	for (size_t i = 0; words[i] && words[i + 1]; i += 2) {
		if (g_str_equal(words[i], device))
			return g_strdup(words[i + 1]);
	}
	return g_strdup("0");
}

static char *
print(const Place *place, const virTypedParameter *param)
{
	bool is_limit = g_str_has_suffix(param->field, "_limit");

	switch (param->type) {
	case VIR_TYPED_PARAM_INT:
		return g_strdup_printf("%d", param->value.i);
	case VIR_TYPED_PARAM_UINT:
		return g_strdup_printf("%u", param->value.ui);
	case VIR_TYPED_PARAM_LLONG:
		if (param->value.l < 0 || param->value.l >= QUOTA_MAX_US)
			return g_strdup(UNLIMITED);
		return g_strdup_printf("%lld", param->value.l);
	case VIR_TYPED_PARAM_ULLONG:
		if (is_limit && param->value.ul >= MEMORY_MAX_KIB)
			return g_strdup(UNLIMITED);
		return g_strdup_printf("%llu", param->value.ul);
	case VIR_TYPED_PARAM_STRING:
		return place->family->is_by_device ? number_of(param->value.s, place->device)
						   : g_strdup(param->value.s);
	default:
		return NULL;
	}
}

/* Puts @value into @param, whose type libvirt has said. */
static bool
put(virTypedParameterPtr param, const char *value)
{
	bool is_unlimited = g_str_equal(value, UNLIMITED);
	guint64 number = 0;

	if (is_unlimited && param->type == VIR_TYPED_PARAM_LLONG) {
		param->value.l = -1;
		return true;
	}
	if (is_unlimited && g_str_has_suffix(param->field, "_limit")) {
		param->value.ul = VIR_DOMAIN_MEMORY_PARAM_UNLIMITED;
		return true;
	}
	if (!g_ascii_string_to_unsigned(value, 10, 0, INT64_MAX, &number, NULL))
		return false;
	if (param->type == VIR_TYPED_PARAM_INT && number <= INT_MAX)
		param->value.i = (int)number;
	else if (param->type == VIR_TYPED_PARAM_UINT && number <= UINT_MAX)
		param->value.ui = (unsigned)number;
	else if (param->type == VIR_TYPED_PARAM_LLONG)
		param->value.l = (long long)number;
	else if (param->type == VIR_TYPED_PARAM_ULLONG)
		param->value.ul = number;
	else
		return false;
	return true;
}

bool
kt_live_param_get(virDomainPtr domain, const char *locator, char **ret_value, GError **error)
{
	g_auto(Place) place = {0};
	g_auto(Params) params = {.n = 0};

	if (!parse(locator, &place))
		return kt_throw(
			error, KT_ERROR_PARSE, "'%s' is no live setting of a guest", locator);

	const virTypedParameter *param = read_param(domain, &place, &params, error);
	if (!param)
		return false;
	char *value = print(&place, param);
	if (!value)
		return kt_throw(error, KT_ERROR_UNSUPPORTED, "'%s' is no number or text", locator);
	*ret_value = value;
	return true;
}

static bool
set_text(virDomainPtr domain, const Place *place, const char *value, GError **error)
{
	bool is_by_device = place->family->is_by_device;
	g_autofree char *text =
		is_by_device ? g_strdup_printf("%s,%s", place->device, value) : g_strdup(value);
	virTypedParameterPtr params = NULL;
	int n = 0;
	int max = 0;

	if (is_by_device && !g_ascii_string_to_unsigned(value, 10, 0, INT64_MAX, NULL, NULL))
		return kt_throw(error, KT_ERROR_PARSE, "'%s' is no number", value);
	(void)virTypedParamsAddString(&params, &n, &max, place->name, text);
	int rc = place->family->set(domain, place->device, params, n);
	virTypedParamsFree(params, n);
	return rc == 0 ? true : kt_throw_virt(error, "change the setting");
}

bool
kt_live_param_set(virDomainPtr domain, const char *locator, const char *value, GError **error)
{
	g_auto(Place) place = {0};
	g_auto(Params) params = {.n = 0};

	if (!parse(locator, &place))
		return kt_throw(
			error, KT_ERROR_PARSE, "'%s' is no live setting of a guest", locator);

	if (!value)
		return kt_throw(error, KT_ERROR_UNSUPPORTED, "'%s' cannot be made absent", locator);
	virTypedParameterPtr param = read_param(domain, &place, &params, error);
	if (!param)
		return false;
	if (param->type == VIR_TYPED_PARAM_STRING)
		return set_text(domain, &place, value, error);
	if (!put(param, value))
		return kt_throw(
			error, KT_ERROR_PARSE, "'%s' is no value of '%s'", value, place.name);
	if (place.family->set(domain, place.device, param, 1) < 0)
		return kt_throw_virt(error, "change the setting");
	return true;
}
