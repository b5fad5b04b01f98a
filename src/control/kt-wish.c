/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-wish.h"

#include "kt-memory-wish.h"

#include <string.h>

#define NO_IOTHREADS "none"

void
kt_wish_free(KtWish *wish)
{
	if (!wish)
		return;
	g_free(wish->of);
	g_free(wish->value);
	g_free(wish);
}

static bool
is_key(const KtWish *wish, const char *key)
{
	return g_str_equal(wish->setting->key, key);
}

/* A thing that the live call can take away whole. */
static bool
can_go(const KtSetting *setting)
{
	return setting->kind == KT_SETTING_DIMM || setting->kind == KT_SETTING_VIRTIO_MEM ||
	       setting->kind == KT_SETTING_TEXT;
}

static bool
is_above(const KtWish *wish, KtOptU64 limit)
{
	return wish->value && kt_known(limit) && g_ascii_strtoull(wish->value, NULL, 10) > limit.v;
}

const char *
kt_wish_why_not_live(const KtFacts *facts, const KtGuest *guest, const KtWish *wish)
{
	const KtSetting *setting = wish->setting;
	bool is_list = setting->kind == KT_SETTING_CPUS && kt_known(facts->host.cpu.online);
	bool can_be_default =
		setting->absent || can_go(setting) || is_list || is_key(wish, "iothreads");

	if (!setting->live)
		return "libvirt and QEMU fix it at the start";
	if (!wish->value && !can_be_default)
		return "libvirt cannot take it away";
	/* Without <numatune> libvirt would take the nodes, as strict, and then never change them
	 * again: no undo. */
	if (is_key(wish, "numa.nodeset") && !kt_opt_is(guest->live.numa_mode, "restrictive"))
		return "libvirt moves memory only with numa.mode restrictive";
	if (is_key(wish, "vcpus") && is_above(wish, guest->live.vcpus_max))
		return "it was started for fewer vCPUs";
	if (is_key(wish, "memory") && is_above(wish, guest->live.memory_kib))
		return "it was started with less memory";
	return NULL;
}

static KtCpuset
live_iothreads(const KtGuestConfig *config)
{
	KtCpuset ids = {0};

	if (kt_known(config->iothread_ids))
		return *config->iothread_ids.v;
	if (kt_known(config->iothreads) && config->iothreads.v > 0 &&
	    config->iothreads.v < KT_CPUSET_BITS)
		kt_cpuset_add_range(&ids, 1, (unsigned)config->iothreads.v);
	return ids;
}

/* New ones get the lowest free numbers, as the definition will give them; the highest go. */
static char *
iothread_list(const KtGuest *guest, const char *value)
{
	KtCpuset ids = live_iothreads(&guest->live);
	uint64_t n = value ? g_ascii_strtoull(value, NULL, 10) : 0;

	for (unsigned id = 1; id < KT_CPUSET_BITS && kt_cpuset_count(&ids) < n; id++)
		kt_cpuset_add(&ids, id);
	for (unsigned id = KT_CPUSET_BITS; id-- > 0 && kt_cpuset_count(&ids) > n;)
		kt_cpuset_remove(&ids, id);
	return kt_cpuset_is_empty(&ids) ? g_strdup(NO_IOTHREADS) : kt_cpuset_to_list(&ids);
}

char *
kt_wish_live_value(const KtFacts *facts, const KtGuest *guest, const KtWish *wish)
{
	if (is_key(wish, "iothreads"))
		return iothread_list(guest, wish->value);
	if (wish->value)
		return g_strdup(wish->value);
	if (can_go(wish->setting))
		return NULL;
	return wish->setting->absent ? g_strdup(wish->setting->absent)
				     : kt_cpuset_to_list(facts->host.cpu.online.v);
}

char *
kt_wish_xml_place(const KtWish *wish)
{
	char *place = kt_setting_fill(wish->setting->xml, wish->of);

	/* A whole element takes the place of its attribute. */
	if (place && wish->setting->element)
		*strrchr(place, '/') = '\0';
	return place;
}

/* libvirt leaves @current out where every vCPU is plugged in. */
static bool
is_all_vcpus(const KtGuest *guest, const KtWish *wish)
{
	const KtOptU64 n_max = guest->inactive.vcpus_max;

	return is_key(wish, "vcpus") && kt_known(n_max) &&
	       g_ascii_strtoull(wish->value, NULL, 10) == n_max.v;
}

char *
kt_wish_xml_value(const KtGuest *guest, const KtWish *wish)
{
	const KtSetting *setting = wish->setting;
	bool is_virtio = setting->kind == KT_SETTING_VIRTIO_MEM;
	KtMemoryWish memory = {0};

	if (!wish->value || is_all_vcpus(guest, wish))
		return NULL;
	if ((is_virtio || setting->kind == KT_SETTING_DIMM) &&
	    kt_memory_wish_parse(wish->value, is_virtio, &memory, NULL))
		return kt_memory_wish_xml(&memory, is_virtio, wish->of);
	if (!setting->element)
		return g_strdup(wish->value);

	g_auto(GStrv) halves = g_strsplit(setting->element, "%s", 2);
	return g_strjoinv(wish->value, halves);
}

const KtMemoryDevice *
kt_wish_device(const KtGuestConfig *config, const KtWish *wish)
{
	bool is_virtio = wish->setting->kind == KT_SETTING_VIRTIO_MEM;
	g_autofree char *alias = g_strdup_printf("ua-%s", wish->of);

	for (uint32_t i = 0; i < config->memory_devices.n; i++) {
		const KtMemoryDevice *device = &config->memory_devices.v[i];
		if (is_virtio
			    ? kt_opt_is(device->model, "virtio-mem") &&
				      kt_opt_is(device->alias, alias)
			    : kt_opt_is(device->model, "dimm") && kt_opt_is(device->slot, wish->of))
			return device;
	}
	return NULL;
}

int64_t
kt_wish_growth_kib(const KtGuest *guest, const KtWish *wish, int64_t *ret_plugged)
{
	bool is_virtio = wish->setting->kind == KT_SETTING_VIRTIO_MEM;
	const KtMemoryDevice *old = NULL;
	KtMemoryWish memory = {0};

	*ret_plugged = 0;
	if (!is_virtio && wish->setting->kind != KT_SETTING_DIMM)
		return 0;
	old = kt_wish_device(&guest->inactive, wish);
	if (wish->value && !kt_memory_wish_parse(wish->value, is_virtio, &memory, NULL))
		return 0;
	int64_t growth = (int64_t)memory.size_kib -
			 (int64_t)(old && kt_known(old->size_kib) ? old->size_kib.v : 0);
	*ret_plugged = is_virtio ? 0 : growth;
	return growth;
}

unsigned
kt_wish_free_slot(const KtGuest *guest)
{
	const KtGuestConfig *const views[] = {&guest->live, &guest->inactive};
	KtCpuset used = {0};

	for (size_t v = 0; v < G_N_ELEMENTS(views); v++) {
		for (uint32_t i = 0; i < views[v]->memory_devices.n; i++) {
			const KtMemoryDevice *device = &views[v]->memory_devices.v[i];
			guint64 slot = 0;
			if (kt_opt_is(device->model, "dimm") && kt_known(device->slot) &&
			    g_ascii_string_to_unsigned(
				    device->slot.v, 10, 0, KT_CPUSET_BITS - 1, &slot, NULL))
				kt_cpuset_add(&used, (unsigned)slot);
		}
	}
	unsigned free_slot = 0;
	while (free_slot < KT_CPUSET_BITS - 1 && kt_cpuset_has(&used, free_slot))
		free_slot++;
	return free_slot;
}
