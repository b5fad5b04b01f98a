/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-setting-row.h"

#include "kt-finding.h"

#include <string.h>

/* More vCPUs than libvirt allows are a broken definition. */
#define MAX_THREADS 16384

static void
row_free(void *data)
{
	KtSettingRow *row = data;

	g_free(row->of);
	g_free(row->key);
	g_free(row->live);
	g_free(row->config);
	g_free(row->effective);
	g_free(row->inside);
	g_free(row);
}

static char *
thread_cpus(const KtGuest *guest, const char *role, const char *number)
{
	guint64 wanted = number ? g_ascii_strtoull(number, NULL, 10) : 0;

	for (uint32_t i = 0; i < guest->effective.threads.n; i++) {
		const KtThread *thread = &guest->effective.threads.v[i];
		bool is_it = kt_opt_is(thread->role, role) &&
			     (!number || (kt_known(thread->number) && thread->number.v == wanted));
		if (is_it && kt_known(thread->affinity))
			return kt_cpuset_to_list(thread->affinity.v);
	}
	return NULL;
}

/* Without a quota there is nothing that a period would measure. */
static KtOptU64
period(KtOptI64 quota, KtOptU64 number)
{
	return kt_known(quota) && quota.v > 0 ? number : (KtOptU64){.state = KT_STATE_ABSENT};
}

/* Settings whose effect is a number of the control group. */
static KtOptU64
group_number(const KtGuestEffective *effective, const char *key)
{
	const struct {
		const char *key;
		KtOptU64 now;
	} rows[] = {
		{.key = "cpu.shares", .now = effective->cpu_shares},
		{.key = "cpu.vcpu-period",
		 .now = period(effective->cpu_quota_us, effective->cpu_period_us)},
		{.key = "cpu.global-period",
		 .now = period(effective->global_quota_us, effective->global_period_us)},
		{.key = "cpu.emulator-period",
		 .now = period(effective->emulator_quota_us, effective->emulator_period_us)},
		{.key = "cpu.iothread-period",
		 .now = period(effective->iothread_quota_us, effective->iothread_period_us)},
		{.key = "memory.hard-limit", .now = effective->memory_limit_kib},
		{.key = "memory.soft-limit", .now = effective->soft_limit_kib},
		{.key = "memory.swap-hard-limit", .now = effective->swap_limit_kib},
		{.key = "blkio.weight", .now = effective->io_weight},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_str_equal(rows[i].key, key))
			return rows[i].now;
	}
	return (KtOptU64){.state = KT_STATE_UNSET};
}

static KtOptI64
group_quota(const KtGuestEffective *effective, const char *key)
{
	const struct {
		const char *key;
		KtOptI64 now;
	} rows[] = {
		{.key = "cpu.vcpu-quota", .now = effective->cpu_quota_us},
		{.key = "cpu.global-quota", .now = effective->global_quota_us},
		{.key = "cpu.emulator-quota", .now = effective->emulator_quota_us},
		{.key = "cpu.iothread-quota", .now = effective->iothread_quota_us},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_str_equal(rows[i].key, key))
			return rows[i].now;
	}
	return (KtOptI64){.state = KT_STATE_UNSET};
}

/* Limits of a block device of the host, by the device's path. */
static KtOptU64
device_limit(const KtGuestEffective *effective, const char *key, const char *path)
{
	const KtIoLimit *limit = NULL;

	for (uint32_t i = 0; path && !limit && i < effective->io_limits.n; i++) {
		if (kt_opt_is(effective->io_limits.v[i].path, path))
			limit = &effective->io_limits.v[i];
	}
	if (!limit)
		return (KtOptU64){.state = KT_STATE_UNSET};
	const struct {
		const char *key;
		KtOptU64 now;
	} rows[] = {
		{.key = "blkio.*.read-bytes-sec", .now = limit->read_bytes_sec},
		{.key = "blkio.*.write-bytes-sec", .now = limit->write_bytes_sec},
		{.key = "blkio.*.read-iops-sec", .now = limit->read_iops_sec},
		{.key = "blkio.*.write-iops-sec", .now = limit->write_iops_sec},
	};
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_str_equal(rows[i].key, key))
			return rows[i].now;
	}
	return (KtOptU64){.state = KT_STATE_UNSET};
}

/* Nodes that memory of the vCPUs may come from. */
static char *
vcpu_nodes(const KtGuest *guest)
{
	for (uint32_t i = 0; i < guest->effective.threads.n; i++) {
		const KtThread *thread = &guest->effective.threads.v[i];
		if (kt_opt_is(thread->role, "vcpu") && kt_known(thread->nodes))
			return kt_cpuset_to_list(thread->nodes.v);
	}
	return NULL;
}

static char *
count_threads(const KtGuest *guest, const char *role)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < guest->effective.threads.n; i++)
		n += kt_opt_is(guest->effective.threads.v[i].role, role);
	return kt_known(guest->effective.threads) ? g_strdup_printf("%u", n) : NULL;
}

static char *
number_text(uint64_t number)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT, number);
}

static char *
effective(const KtGuest *guest, const KtSetting *setting, const char *of)
{
	const KtOptU64 number = group_number(&guest->effective, setting->key);
	const KtOptI64 quota = group_quota(&guest->effective, setting->key);
	const KtOptU64 limit = device_limit(&guest->effective, setting->key, of);

	if (kt_known(limit))
		return number_text(limit.v);
	if (kt_known(number))
		return setting->absent && number.v >= KT_MEMORY_UNLIMITED_KIB
			       ? g_strdup(setting->absent)
			       : number_text(number.v);
	if (kt_known(quota))
		return quota.v < 0 ? g_strdup(setting->absent)
				   : g_strdup_printf("%" G_GINT64_FORMAT, quota.v);
	if (g_str_equal(setting->key, "numa.nodeset"))
		return vcpu_nodes(guest);
	if (g_str_equal(setting->key, "vcpus"))
		return count_threads(guest, "vcpu");
	if (g_str_equal(setting->key, "iothreads"))
		return count_threads(guest, "iothread");
	if (setting->kind != KT_SETTING_CPUS)
		return NULL;
	if (setting->of == KT_SETTING_OF_VCPU)
		return thread_cpus(guest, "vcpu", of);
	if (setting->of == KT_SETTING_OF_IOTHREAD)
		return thread_cpus(guest, "iothread", of);
	if (g_str_equal(setting->key, "pin.emulator"))
		return thread_cpus(guest, "emulator", NULL);
	return NULL;
}

/* What the guest's own system says of the same thing. */
static char *
seen_inside(const KtInside *inside, const KtSetting *setting)
{
	const KtOptCpuset online = inside->vcpus_online;

	if (g_str_equal(setting->key, "vcpus") && kt_known(online))
		return number_text(kt_cpuset_count(online.v));
	if (g_str_equal(setting->key, "vcpus.online") && kt_known(online))
		return kt_cpuset_to_list(online.v);
	if (g_str_equal(setting->key, "memory.max") && kt_known(inside->memory_blocks_online) &&
	    kt_known(inside->memory_block_kib))
		return number_text(kt_cpuset_count(inside->memory_blocks_online.v) *
				   inside->memory_block_kib.v);
	return NULL;
}

/* Takes @of. */
static void
add(GPtrArray *rows, const KtGuest *guest, const KtSetting *setting, char *of)
{
	KtSettingRow *row = g_new0(KtSettingRow, 1);

	row->setting = setting;
	row->of = of;
	row->key = kt_setting_fill(setting->key, of);
	row->effective = effective(guest, setting, of);
	row->inside = seen_inside(&guest->inside, setting);
	g_ptr_array_add(rows, row);
}

static void
add_numbers(GPtrArray *rows, const KtGuest *guest, const KtSetting *setting, uint64_t from,
	    uint64_t to)
{
	for (uint64_t i = from; i < to && i < from + MAX_THREADS; i++)
		add(rows, guest, setting, g_strdup_printf("%" G_GUINT64_FORMAT, i));
}

static void
add_iothreads(GPtrArray *rows, const KtGuest *guest, const KtSetting *setting)
{
	const KtGuestConfig *config = kt_guest_config(guest);

	if (kt_known(config->iothread_ids)) {
		kt_cpuset_foreach (config->iothread_ids.v, id)
			add(rows, guest, setting, g_strdup_printf("%u", id));
		return;
	}
	if (kt_known(config->iothreads))
		add_numbers(rows, guest, setting, 1, config->iothreads.v + 1);
}

static void
add_devices(GPtrArray *rows, const KtGuest *guest, const KtSetting *setting)
{
	const KtGuestConfig *config = kt_guest_config(guest);
	bool is_disk = setting->of == KT_SETTING_OF_DISK;
	uint32_t n = is_disk ? config->disks.n : config->nics.n;

	for (uint32_t i = 0; i < n; i++) {
		const KtOptStr name = is_disk ? config->disks.v[i].target : config->nics.v[i].mac;
		if (kt_known(name))
			add(rows, guest, setting, g_strdup(name.v));
	}
}

/* What both views of the guest have, each once. */
static void
add_once(GPtrArray *rows, const KtGuest *guest, const KtSetting *setting, const char *of)
{
	for (guint i = 0; i < rows->len; i++) {
		const KtSettingRow *row = rows->pdata[i];
		if (row->setting == setting && g_strcmp0(row->of, of) == 0)
			return;
	}
	add(rows, guest, setting, g_strdup(of));
}

static void
add_memory(GPtrArray *rows, const KtGuest *guest, const KtGuestConfig *config,
	   const KtSetting *setting)
{
	static const char ua[] = "ua-";
	bool is_virtio = setting->kind == KT_SETTING_VIRTIO_MEM;

	for (uint32_t i = 0; i < config->memory_devices.n; i++) {
		const KtMemoryDevice *device = &config->memory_devices.v[i];
		if (!is_virtio && kt_opt_is(device->model, "dimm") && kt_known(device->slot))
			add_once(rows, guest, setting, device->slot.v);
		if (is_virtio && kt_opt_is(device->model, "virtio-mem") &&
		    kt_known(device->alias) && g_str_has_prefix(device->alias.v, ua))
			add_once(rows, guest, setting, device->alias.v + strlen(ua));
	}
}

static void
add_host_disks(GPtrArray *rows, const KtGuest *guest, const KtGuestConfig *config,
	       const KtSetting *setting)
{
	for (uint32_t i = 0; i < config->blkio_devices.n; i++) {
		if (kt_known(config->blkio_devices.v[i].path))
			add_once(rows, guest, setting, config->blkio_devices.v[i].path.v);
	}
}

GPtrArray *
kt_setting_rows(const KtGuest *guest)
{
	GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
	const KtOptU64 n_vcpus = kt_guest_config(guest)->vcpus_max;

	for (size_t i = 0; i < kt_n_settings; i++) {
		const KtSetting *setting = &kt_settings[i];
		switch (setting->of) {
		case KT_SETTING_OF_VCPU:
			if (kt_known(n_vcpus))
				add_numbers(rows, guest, setting, 0, n_vcpus.v);
			break;
		case KT_SETTING_OF_IOTHREAD:
			add_iothreads(rows, guest, setting);
			break;
		case KT_SETTING_OF_DISK:
		case KT_SETTING_OF_NIC:
			add_devices(rows, guest, setting);
			break;
		case KT_SETTING_OF_SLOT:
		case KT_SETTING_OF_NAME:
			add_memory(rows, guest, &guest->live, setting);
			add_memory(rows, guest, &guest->inactive, setting);
			break;
		case KT_SETTING_OF_HOST_DISK:
			add_host_disks(rows, guest, &guest->live, setting);
			add_host_disks(rows, guest, &guest->inactive, setting);
			break;
		case KT_SETTING_OF_GUEST:
		case KT_SETTING_OF_N:
		default:
			add(rows, guest, setting, NULL);
			break;
		}
	}
	return rows;
}
