/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-predict-private.h"

#include <string.h>

/* What a call to libvirt changes of a running guest: its live configuration and its threads. */

static bool
parse_set(KtFacts *facts, const char *text, KtOptCpuset *ret_set)
{
	KtCpuset set = {0};

	if (!text) {
		*ret_set = (KtOptCpuset){.state = KT_STATE_ABSENT};
		return true;
	}
	if (!kt_cpuset_parse_list(text, &set, NULL))
		return false;
	*ret_set = (KtOptCpuset){.v = kt_facts_cpuset(facts, &set), .state = KT_STATE_VALUE};
	return true;
}

/* Threads without a pin may run on every CPU that is online. */
static void
set_affinity(KtFacts *facts, KtGuest *guest, const char *role, const KtOptU64 *number,
	     KtOptCpuset cpus)
{
	KtOptCpuset effective = kt_known(cpus) ? cpus : facts->host.cpu.online;

	for (uint32_t i = 0; i < guest->effective.threads.n; i++) {
		KtThread *thread = &guest->effective.threads.v[i];
		bool is_number =
			!number || (kt_known(thread->number) && thread->number.v == number->v);
		if (kt_opt_is(thread->role, role) && is_number && kt_known(effective))
			thread->affinity = effective;
	}
}

/* The pins of vCPUs and of IOThreads have the same layout: a number and a set. */
G_STATIC_ASSERT(sizeof(KtVcpuPin) == sizeof(KtIothreadPin));
G_STATIC_ASSERT(offsetof(KtVcpuPin, cpus) == offsetof(KtIothreadPin, cpus));

/* What a thread without a pin of its own follows. */
static KtOptCpuset
default_set(const KtFacts *facts, const KtGuest *guest)
{
	return kt_known(guest->live.vcpu_cpuset) ? guest->live.vcpu_cpuset : facts->host.cpu.online;
}

/* apply does not call libvirt for what is so already, so no pin comes into being either. CPUs that
 * went offline under a pin do not count. */
static bool
is_so(const KtFacts *facts, KtOptCpuset now, KtOptCpuset wanted)
{
	KtOptCpuset online = facts->host.cpu.online;
	KtCpuset left = {0};

	if (!kt_known(now) || !kt_known(wanted))
		return false;
	left = *now.v;
	if (kt_known(online) && kt_cpuset_intersects(now.v, online.v))
		kt_cpuset_and(&left, online.v);
	return kt_cpuset_equal(now.v, wanted.v) || kt_cpuset_equal(&left, wanted.v);
}

static KtOptCpuset
find_pin(const KtVcpuPinList *pins, uint64_t number, KtOptCpuset fallback)
{
	for (uint32_t i = 0; i < pins->n; i++) {
		if (kt_known(pins->v[i].vcpu) && pins->v[i].vcpu.v == number)
			return pins->v[i].cpus;
	}
	return fallback;
}

/* In the order of the numbers, as libvirt writes them. */
static void
put_pin(KtFacts *facts, KtVcpuPinList *pins, uint64_t number, KtOptCpuset cpus)
{
	KtVcpuPin *items = kt_arena_new0(facts->arena, KtVcpuPin, pins->n + 1);
	KtVcpuPin own = {.vcpu = {.v = number, .state = KT_STATE_VALUE}, .cpus = cpus};
	bool is_put = !kt_known(cpus);
	uint32_t n = 0;

	for (uint32_t i = 0; i < pins->n; i++) {
		bool is_known = kt_known(pins->v[i].vcpu);
		if (!is_put && is_known && pins->v[i].vcpu.v >= number) {
			items[n++] = own;
			is_put = true;
		}
		if (!is_known || pins->v[i].vcpu.v != number)
			items[n++] = pins->v[i];
	}
	if (!is_put)
		items[n++] = own;
	pins->v = items;
	pins->n = n;
	pins->state = KT_STATE_VALUE;
}

static bool
predict_pin(KtFacts *facts, KtGuest *guest, const KtChange *change)
{
	bool is_vcpu = g_str_has_prefix(change->locator, "vcpupin/");
	const char *text = strchr(change->locator, '/') + 1;
	KtOptU64 number = {.state = KT_STATE_VALUE};
	KtOptCpuset cpus = {0};

	if (!g_ascii_string_to_unsigned(text, 10, 0, KT_CPUSET_BITS, &number.v, NULL) ||
	    !parse_set(facts, change->to, &cpus))
		return false;

	if (is_vcpu) {
		if (is_so(facts,
			  find_pin(&guest->live.vcpu_pins, number.v, default_set(facts, guest)),
			  cpus))
			return true;
		put_pin(facts, &guest->live.vcpu_pins, number.v, cpus);
		set_affinity(facts, guest, "vcpu", &number, cpus);
		return true;
	}
	/* Same layout, see above. */
	KtVcpuPinList pins = {
		.v = (KtVcpuPin *)(void *)guest->live.iothread_pins.v,
		.n = guest->live.iothread_pins.n,
	};
	if (is_so(facts, find_pin(&pins, number.v, default_set(facts, guest)), cpus))
		return true;
	put_pin(facts, &pins, number.v, cpus);
	guest->live.iothread_pins.v = (KtIothreadPin *)(void *)pins.v;
	guest->live.iothread_pins.n = pins.n;
	guest->live.iothread_pins.state = KT_STATE_VALUE;
	set_affinity(facts, guest, "iothread", &number, cpus);
	return true;
}

static bool
predict_shares(KtGuest *guest, const char *text)
{
	KtOptU64 shares = {.state = KT_STATE_VALUE};

	if (!text || !g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, &shares.v, NULL))
		return false;

	KtOptU64 now = kt_known(guest->effective.cpu_shares) ? guest->effective.cpu_shares
							     : guest->live.cpu_shares;
	if (kt_known(now) && now.v == shares.v)
		return true;
	guest->live.cpu_shares = shares;
	guest->effective.cpu_shares = shares;
	return true;
}

/* The pages follow when it is one node. */
static bool
predict_nodeset(KtFacts *facts, KtGuest *guest, const char *text)
{
	KtNodeMemoryList *memory = &guest->effective.node_memory;
	KtOptCpuset nodes = {0};
	uint64_t kib = 0;

	if (!parse_set(facts, text, &nodes) || !kt_known(nodes))
		return false;
	guest->live.numa_nodeset = nodes;
	if (kt_cpuset_count(nodes.v) != 1 || memory->n == 0)
		return true;
	for (uint32_t i = 0; i < memory->n; i++)
		kib += kt_known(memory->v[i].memory_kib) ? memory->v[i].memory_kib.v : 0;
	memory->n = 1;
	memory->v[0].node.v = kt_cpuset_next(nodes.v, 0);
	memory->v[0].memory_kib.v = kib;
	return true;
}

/* "unlimited", or a number. */
static bool
parse_limit(const char *text, uint64_t *ret_number, bool *ret_is_limit)
{
	*ret_is_limit = text && !g_str_equal(text, "unlimited");
	return text && (!*ret_is_limit ||
			g_ascii_string_to_unsigned(text, 10, 0, INT64_MAX, ret_number, NULL));
}

/* libvirt writes <quota>-1</quota> into the live XML. */
static bool
predict_quota(KtGuest *guest, const char *name, const char *text)
{
	KtGuestEffective *effective = &guest->effective;
	const struct {
		const char *name;
		KtOptI64 *live;
		KtOptI64 *effective;
	} rows[] = {
		{.name = "vcpu_quota",
		 .live = &guest->live.cpu_quota_us,
		 .effective = &effective->cpu_quota_us},
		{.name = "global_quota",
		 .live = &guest->live.global_quota_us,
		 .effective = &effective->global_quota_us},
		{.name = "emulator_quota",
		 .live = &guest->live.emulator_quota_us,
		 .effective = &effective->emulator_quota_us},
		{.name = "iothread_quota",
		 .live = &guest->live.iothread_quota_us,
		 .effective = &effective->iothread_quota_us},
	};
	uint64_t number = 0;
	bool is_limit = false;

	if (!parse_limit(text, &number, &is_limit))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!g_str_equal(rows[i].name, name))
			continue;
		KtOptI64 now = kt_known(*rows[i].effective) ? *rows[i].effective : *rows[i].live;
		if (kt_known(now) && (is_limit ? now.v == (int64_t)number : now.v < 0))
			return true;
		rows[i].live->v = is_limit ? (int64_t)number : -1;
		rows[i].live->state = KT_STATE_VALUE;
		if (kt_known(*rows[i].effective))
			rows[i].effective->v = rows[i].live->v;
		return true;
	}
	return false;
}

static bool
predict_memory_limit(KtGuest *guest, const char *name, const char *text)
{
	KtGuestEffective *effective = &guest->effective;
	const struct {
		const char *name;
		KtOptU64 *live;
		KtOptU64 *effective;
	} rows[] = {
		{.name = "hard_limit",
		 .live = &guest->live.hard_limit_kib,
		 .effective = &effective->memory_limit_kib},
		{.name = "soft_limit",
		 .live = &guest->live.soft_limit_kib,
		 .effective = &effective->soft_limit_kib},
		{.name = "swap_hard_limit",
		 .live = &guest->live.swap_hard_limit_kib,
		 .effective = &effective->swap_limit_kib},
	};
	uint64_t number = 0;
	bool is_limit = false;

	if (!parse_limit(text, &number, &is_limit))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!g_str_equal(rows[i].name, name))
			continue;
		KtOptU64 now = kt_known(*rows[i].effective) ? *rows[i].effective : *rows[i].live;
		if (kt_known(now) &&
		    (is_limit ? now.v == number : now.v >= KT_MEMORY_UNLIMITED_KIB))
			return true;
		rows[i].live->v = number;
		rows[i].live->state = is_limit ? KT_STATE_VALUE : KT_STATE_ABSENT;
		if (kt_known(*rows[i].effective))
			rows[i].effective->v = is_limit ? number : KT_MEMORY_UNLIMITED_KIB;
		return true;
	}
	return false;
}

static bool
predict_period(KtGuest *guest, const char *text)
{
	KtOptU64 *period = &guest->live.balloon_period_s;
	uint64_t seconds = 0;

	if (!text || !g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &seconds, NULL))
		return false;
	if (seconds == (kt_known(*period) ? period->v : 0))
		return true;
	*period = (KtOptU64){.v = seconds, .state = seconds ? KT_STATE_VALUE : KT_STATE_ABSENT};
	return true;
}

static bool
is_inside(const char *locator)
{
	return g_str_equal(locator, "vcpus-online") || g_str_has_prefix(locator, KT_PLACE_INSIDE);
}

static KtOptStr *
find_inside(KtInside *inside, const char *path)
{
	g_autofree char *disk = kt_inside_disk_of(path);

	if (g_str_equal(path, KT_INSIDE_HOTPLUG))
		return &inside->hotplug_rules;
	if (g_str_equal(path, KT_INSIDE_DISKS))
		return &inside->disk_rules;
	for (uint32_t i = 0; disk && i < inside->disks.n; i++) {
		if (kt_opt_is(inside->disks.v[i].name, disk))
			return &inside->disks.v[i].scheduler;
	}
	return NULL;
}

/* Only --in-guest knows what is there now. */
static bool
predict_inside(KtFacts *facts, KtInside *inside, const KtChange *change)
{
	if (g_str_equal(change->locator, "vcpus-online"))
		return kt_known(inside->vcpus_online) &&
		       parse_set(facts, change->to, &inside->vcpus_online);

	KtOptStr *fact = find_inside(inside, change->locator + strlen(KT_PLACE_INSIDE));
	if (fact)
		*fact = (KtOptStr){
			.v = change->to ? kt_arena_strdup(facts->arena, change->to) : NULL,
			.state = change->to ? KT_STATE_VALUE : KT_STATE_ABSENT,
		};
	return fact != NULL;
}

bool
kt_predict_live(KtFacts *facts, KtGuest *guest, const KtChange *change)
{
	KtOptCpuset cpus = {0};

	if (!kt_opt_true(guest->is_active))
		return false;
	if (is_inside(change->locator))
		return predict_inside(facts, &guest->inside, change);
	if (g_str_equal(change->locator, "cpu_shares"))
		return predict_shares(guest, change->to);
	if (g_str_has_prefix(change->locator, "sched/"))
		return predict_quota(guest, change->locator + strlen("sched/"), change->to);
	if (g_str_has_prefix(change->locator, "memory/"))
		return predict_memory_limit(guest, change->locator + strlen("memory/"), change->to);
	if (g_str_equal(change->locator, "stats-period"))
		return predict_period(guest, change->to);
	if (g_str_equal(change->locator, "numa/numa_nodeset"))
		return predict_nodeset(facts, guest, change->to);
	if (g_str_has_prefix(change->locator, "vcpupin/") ||
	    g_str_has_prefix(change->locator, "iothreadpin/"))
		return predict_pin(facts, guest, change);
	if (!g_str_equal(change->locator, "emulatorpin") || !parse_set(facts, change->to, &cpus))
		return false;
	if (is_so(facts,
		  kt_known(guest->live.emulator_pin) ? guest->live.emulator_pin
						     : default_set(facts, guest),
		  cpus))
		return true;
	guest->live.emulator_pin = cpus;
	set_affinity(facts, guest, "emulator", /* number= */ NULL, cpus);
	return true;
}
