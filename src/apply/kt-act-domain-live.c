/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-actuator.h"
#include "kt-fault.h"
#include "kt-live-param.h"
#include "kt-live-place.h"

#include <string.h>

/* Live libvirt calls on a running guest: affinities, the CPU weight, and the places of
 * kt-live-place.h. */

#define MAP_BYTES (KT_CPUSET_BITS / 8)
/* libvirt's own limit (VIR_DOMAIN_VCPUS_MAX in its RPC protocol is 16384). */
#define MAX_VCPUS 16384

typedef enum Kind {
	KIND_VCPU_PIN = 1,
	KIND_EMULATOR_PIN,
	KIND_IOTHREAD_PIN,
	KIND_CPU_SHARES,
	KIND_PLACE,
} Kind;

typedef struct Call {
	char *uuid;
	Kind kind;
	unsigned number;
	KtCpuset cpus;   /* pins: in or out */
	uint64_t shares; /* weight: in or out */
	char *locator;   /* of another place */
	char *value;     /* of it: in or out; NULL = not there */
	bool is_active;  /* out */
	unsigned id;     /* out: of the guest's process */
} Call;

static void
call_clear(void *data)
{
	Call *call = data;

	g_free(call->uuid);
	g_free(call->locator);
	g_free(call->value);
}

static void
call_release(Call *call)
{
	g_atomic_rc_box_release_full(call, call_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_release)

static bool
parse_locator(const char *locator, Call *call)
{
	static const struct {
		const char *prefix;
		Kind kind;
	} numbered[] = {
		{.prefix = "vcpupin/", .kind = KIND_VCPU_PIN},
		{.prefix = "iothreadpin/", .kind = KIND_IOTHREAD_PIN},
	};

	if (g_str_equal(locator, "emulatorpin"))
		call->kind = KIND_EMULATOR_PIN;
	if (g_str_equal(locator, "cpu_shares"))
		call->kind = KIND_CPU_SHARES;
	if (kt_live_place_is(locator)) {
		call->kind = KIND_PLACE;
		call->locator = g_strdup(locator);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(numbered); i++) {
		guint64 number = 0;
		if (!g_str_has_prefix(locator, numbered[i].prefix))
			continue;
		if (!g_ascii_string_to_unsigned(locator + strlen(numbered[i].prefix),
						10,
						0,
						MAX_VCPUS - 1,
						&number,
						NULL))
			return false;
		call->kind = numbered[i].kind;
		call->number = (unsigned)number;
	}
	return call->kind != 0;
}

static Call *
call_new(const KtStep *step, GError **error)
{
	g_autoptr(Call) call = g_atomic_rc_box_new0(Call);
	const char *slash = strchr(step->target, '/');

	call->uuid = g_strdup(slash ? slash + 1 : "");
	if (parse_locator(step->edits[0].locator, call))
		return g_steal_pointer(&call);
	kt_throw(error,
		 KT_ERROR_PARSE,
		 "'%s' is no live setting of a guest",
		 step->edits[0].locator);
	return NULL;
}

static void
map_to_set(const unsigned char *map, KtCpuset *set)
{
	*set = (KtCpuset){0};
	for (unsigned cpu = 0; cpu < KT_CPUSET_BITS; cpu++) {
		if (map[cpu / 8] >> (cpu % 8) & 1)
			kt_cpuset_add(set, cpu);
	}
}

static int
set_to_map(const KtCpuset *set, unsigned char *map)
{
	unsigned last = 0;

	memset(map, 0, MAP_BYTES);
	kt_cpuset_foreach (set, cpu) {
		map[cpu / 8] |= (unsigned char)(1u << (cpu % 8));
		last = cpu;
	}
	return (int)(last / 8 + 1);
}

static bool
get_vcpu_pin(virDomainPtr domain, Call *call, GError **error)
{
	int n = (int)call->number + 1;
	g_autofree unsigned char *maps = g_malloc0((size_t)n * MAP_BYTES);
	int got = virDomainGetVcpuPinInfo(domain, n, maps, MAP_BYTES, VIR_DOMAIN_AFFECT_LIVE);

	if (got < 0)
		return kt_throw_virt(error, "read the affinity");
	if (got < n)
		return kt_throw(
			error, KT_ERROR_NOT_FOUND, "the guest has no vCPU %u", call->number);
	map_to_set(maps + (size_t)call->number * MAP_BYTES, &call->cpus);
	return true;
}

static bool
get_emulator_pin(virDomainPtr domain, Call *call, GError **error)
{
	unsigned char map[MAP_BYTES] = {0};

	if (virDomainGetEmulatorPinInfo(domain, map, MAP_BYTES, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return kt_throw_virt(error, "read the affinity");
	map_to_set(map, &call->cpus);
	return true;
}

static bool
get_iothread_pin(virDomainPtr domain, Call *call, GError **error)
{
	virDomainIOThreadInfoPtr *infos = NULL;
	int n = virDomainGetIOThreadInfo(domain, &infos, VIR_DOMAIN_AFFECT_LIVE);
	bool is_found = false;

	if (n < 0)
		return kt_throw_virt(error, "read the IOThreads");
	for (int i = 0; i < n; i++) {
		unsigned char map[MAP_BYTES] = {0};
		if (infos[i]->iothread_id == call->number) {
			memcpy(map, infos[i]->cpumap, (size_t)MIN(infos[i]->cpumaplen, MAP_BYTES));
			map_to_set(map, &call->cpus);
			is_found = true;
		}
		virDomainIOThreadInfoFree(infos[i]);
	}
	free(infos); /* allocated by libvirt with malloc */
	if (!is_found)
		return kt_throw(
			error, KT_ERROR_NOT_FOUND, "the guest has no IOThread %u", call->number);
	return true;
}

static bool
get_cpu_shares(virDomainPtr domain, Call *call, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autofree char *text = NULL;
	guint64 shares = 0;

	if (!kt_live_param_get(domain, "sched/" VIR_DOMAIN_SCHEDULER_CPU_SHARES, &text, &problem)) {
		if (g_error_matches(problem, KT_ERROR, KT_ERROR_NOT_FOUND))
			return kt_throw(error,
					KT_ERROR_UNSUPPORTED,
					"the guest has no weight (no cpu cgroup)");
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	if (!g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, &shares, NULL))
		return kt_throw(error, KT_ERROR_PARSE, "the guest's weight is '%s'", text);
	call->shares = shares;
	return true;
}

static bool
get(virDomainPtr domain, Call *call, GError **error)
{
	switch (call->kind) {
	case KIND_VCPU_PIN:
		return get_vcpu_pin(domain, call, error);
	case KIND_EMULATOR_PIN:
		return get_emulator_pin(domain, call, error);
	case KIND_IOTHREAD_PIN:
		return get_iothread_pin(domain, call, error);
	case KIND_CPU_SHARES:
		return get_cpu_shares(domain, call, error);
	case KIND_PLACE:
		return kt_live_place_get(domain, call->locator, &call->value, error);
	default:
		g_assert_not_reached();
	}
}

static bool
set_cpu_shares(virDomainPtr domain, const Call *call, GError **error)
{
	virTypedParameterPtr params = NULL;
	int n = 0;
	int max = 0;

	(void)virTypedParamsAddULLong(
		&params, &n, &max, VIR_DOMAIN_SCHEDULER_CPU_SHARES, call->shares);
	int rc = virDomainSetSchedulerParametersFlags(domain, params, n, VIR_DOMAIN_AFFECT_LIVE);
	virTypedParamsFree(params, n);
	return rc == 0 ? true : kt_throw_virt(error, "set the weight");
}

static bool
set(virDomainPtr domain, Call *call, GError **error)
{
	unsigned char map[MAP_BYTES];
	int length = set_to_map(&call->cpus, map);
	int rc = -1;

	switch (call->kind) {
	case KIND_VCPU_PIN:
		rc = virDomainPinVcpuFlags(
			domain, call->number, map, length, VIR_DOMAIN_AFFECT_LIVE);
		break;
	case KIND_EMULATOR_PIN:
		rc = virDomainPinEmulator(domain, map, length, VIR_DOMAIN_AFFECT_LIVE);
		break;
	case KIND_IOTHREAD_PIN:
		rc = virDomainPinIOThread(
			domain, call->number, map, length, VIR_DOMAIN_AFFECT_LIVE);
		break;
	case KIND_CPU_SHARES:
		return set_cpu_shares(domain, call, error);
	case KIND_PLACE:
		return kt_live_place_set(domain, call->locator, call->value, error);
	default:
		g_assert_not_reached();
	}
	return rc == 0 ? true : kt_throw_virt(error, "set the affinity");
}

static bool
with_domain(virConnectPtr conn, Call *call, bool (*func)(virDomainPtr, Call *, GError **),
	    bool is_reading, GError **error)
{
	virDomainPtr domain = virDomainLookupByUUIDString(conn, call->uuid);

	if (!domain)
		return kt_throw_virt(error, "find the guest");
	/* "No answer" is not "does not run": undo would take the value for gone. */
	int is_active = virDomainIsActive(domain);
	call->is_active = is_active > 0;
	call->id = virDomainGetID(domain);

	bool ok = is_active < 0 ? kt_throw_virt(error, "ask whether the guest runs")
		  : !call->is_active && is_reading ? true
						   : func(domain, call, error);
	(void)virDomainFree(domain);
	return ok;
}

static bool
read_in_worker(virConnectPtr conn, void *data, GError **error)
{
	return with_domain(conn, data, get, /* is_reading= */ true, error);
}

static bool
write_in_worker(virConnectPtr conn, void *data, GError **error)
{
	return with_domain(conn, data, set, /* is_reading= */ false, error);
}

static bool
run(KtMachine *machine, const KtStep *step, KtVirtFunc func, Call *call, GError **error)
{
	KtVirtConn *virt = kt_machine_virt(machine, error);
	g_autofree char *title = g_strdup_printf("'%s' of %s", step->edits[0].locator, step->title);

	if (!virt)
		return false;
	bool ok = kt_virt_conn_call(virt, title, func, call, call_clear, error);
	return ok ? true : kt_prefix(error, "%s", step->title);
}

/* A guest that was never pinned reports every CPU that the host could have; only those online
 * mean anything. */
static void
drop_offline(KtMachine *machine, KtCpuset *cpus)
{
	g_autofree char *list = NULL;
	KtCpuset online = {0};

	if (kt_root_read_line(machine->root, "/sys/devices/system/cpu/online", &list) ==
		    KT_STATE_VALUE &&
	    kt_cpuset_parse_list(list, &online, NULL) && kt_cpuset_intersects(cpus, &online))
		kt_cpuset_and(cpus, &online);
}

static char *
describe(KtMachine *machine, Call *call)
{
	if (call->kind == KIND_CPU_SHARES)
		return g_strdup_printf("%" G_GUINT64_FORMAT, call->shares);
	if (call->kind == KIND_PLACE)
		return g_strdup(call->value);
	drop_offline(machine, &call->cpus);
	return kt_cpuset_to_list(&call->cpus);
}

/* A guest that does not run has no live value: absent, with no context. A file inside it lives on
 * when it stops, but nobody can look then. */
static KtReading *
live_read(KtMachine *machine, const KtStep *step, GError **error)
{
	g_autoptr(KtReading) reading = kt_reading_new();
	g_autoptr(Call) call = call_new(step, error);

	if (!call || !run(machine, step, read_in_worker, call, error))
		return NULL;
	bool is_inside = g_str_has_prefix(step->edits[0].locator, KT_PLACE_INSIDE);
	if (is_inside && !call->is_active) {
		kt_throw_hint(error,
			      KT_ERROR_UNSUPPORTED,
			      "start it, and do it again",
			      "%s does not run: nobody can look inside",
			      step->title);
		return NULL;
	}
	if (call->is_active) {
		g_autofree char *value = describe(machine, call);
		kt_reading_add_value(reading, value);
	} else {
		kt_reading_add_value(reading, NULL);
	}
	if (call->is_active && !is_inside)
		reading->context = g_strdup_printf("guest-run-%u", call->id);
	kt_reading_mark_values(reading);
	return g_steal_pointer(&reading);
}

static bool
set_value(KtMachine *machine, const KtStep *step, const char *value, GError **error)
{
	g_autoptr(Call) call = call_new(step, error);
	int fault = KT_FAULT("domain-before-live");

	if (!call)
		return false;
	if (fault)
		return kt_throw_errno(error, fault, "set '%s'", step->edits[0].locator);
	if (!value && call->kind != KIND_PLACE)
		return kt_throw(error,
				KT_ERROR_UNSUPPORTED,
				"'%s' cannot be made absent",
				step->edits[0].locator);
	if (call->kind == KIND_PLACE) {
		call->value = g_strdup(value);
	} else if (call->kind == KIND_CPU_SHARES) {
		guint64 shares = 0;
		if (!g_ascii_string_to_unsigned(value, 10, 1, UINT32_MAX, &shares, NULL))
			return kt_throw(error, KT_ERROR_PARSE, "'%s' is no CPU weight", value);
		call->shares = shares;
	} else if (!kt_cpuset_parse_list(value, &call->cpus, error)) {
		return false;
	}
	return run(machine, step, write_in_worker, call, error);
}

static bool
live_write(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	return set_value(machine, step, step->edits[0].to, error);
}

static bool
live_restore(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	return set_value(machine, step, before->values->pdata[0], error);
}

/* Places that move step by step: memory that the guest gives back, vCPUs that are plugged in. */
static bool
live_is_between(KtMachine *machine, const KtStep *step, const KtReading *before,
		const KtReading *now, bool is_stopped)
{
	const char *values[] = {before->values->pdata[0], now->values->pdata[0], step->edits[0].to};
	guint64 numbers[G_N_ELEMENTS(values)];
	bool is_gradual = g_str_equal(step->edits[0].locator, "balloon") ||
			  g_str_equal(step->edits[0].locator, "vcpus");

	if (!is_gradual || !is_stopped)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		if (!values[i] ||
		    !g_ascii_string_to_unsigned(values[i], 10, 0, UINT64_MAX, &numbers[i], NULL))
			return false;
	}
	return numbers[1] > MIN(numbers[0], numbers[2]) && numbers[1] < MAX(numbers[0], numbers[2]);
}

const KtActuator kt_actuator_domain_live = {
	.knob = KT_KNOB_DOMAIN_LIVE,
	.read = live_read,
	.write = live_write,
	.restore = live_restore,
	.is_between = live_is_between,
};
