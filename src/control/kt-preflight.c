/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-preflight-private.h"

#include "kt-finding.h"

#include <string.h>

uint64_t
kt_case_number(const KtCase *c, const char *key, KtOptU64 now)
{
	for (guint i = 0; i < c->wishes->len; i++) {
		const KtWish *wish = c->wishes->pdata[i];
		if (g_str_equal(wish->setting->key, key) && wish->value)
			return g_ascii_strtoull(wish->value, NULL, 10);
	}
	return kt_known(now) ? now.v : 0;
}

bool
kt_case_libvirt_before(const KtCase *c, uint64_t version)
{
	const KtOptU64 now = c->facts->meta.libvirt_version;

	return kt_known(now) && now.v < version;
}

static bool
has_iothread(const KtCase *c, uint64_t number)
{
	const KtOptCpuset ids = c->config->iothread_ids;

	if (kt_known(ids) && ids.v && number < KT_CPUSET_BITS &&
	    kt_cpuset_has(ids.v, (unsigned)number))
		return true;
	return number <= kt_case_number(c, "iothreads", c->config->iothreads);
}

static bool
throw_none(const KtCase *c, const char *what, const char *hint, GError **error)
{
	return kt_throw_hint(
		error, KT_ERROR_NOT_FOUND, hint, "the guest has no %s '%s'", what, c->wish->of);
}

static bool
check_thread(const KtCase *c, GError **error)
{
	bool is_vcpu = c->wish->setting->of == KT_SETTING_OF_VCPU;
	uint64_t n_max = kt_case_number(c, "vcpus.max", c->config->vcpus_max);
	guint64 number = 0;

	if (!g_ascii_string_to_unsigned(c->wish->of, 10, 0, UINT32_MAX, &number, NULL))
		return throw_none(c, is_vcpu ? "vCPU" : "IOThread", "it is a number", error);
	if (is_vcpu)
		return !n_max || number < n_max
			       ? true
			       : throw_none(c, "vCPU", "they are numbered from 0", error);
	return has_iothread(c, number) ? true
				       : throw_none(c, "IOThread", "set iothreads=N first", error);
}

static bool
check_disk(const KtCase *c, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (uint32_t i = 0; i < c->config->disks.n; i++) {
		const KtOptStr target = c->config->disks.v[i].target;
		if (kt_opt_is(target, c->wish->of))
			return true;
		if (kt_known(target))
			g_string_append_printf(
				names, "%s%s", names->len ? ", " : "its disks: ", target.v);
	}
	if (c->config->disks.state != KT_STATE_VALUE)
		return true;
	return throw_none(c, "disk", names->len ? names->str : NULL, error);
}

static bool
check_nic(const KtCase *c, GError **error)
{
	for (uint32_t i = 0; i < c->config->nics.n; i++) {
		if (kt_opt_is(c->config->nics.v[i].mac, c->wish->of))
			return true;
	}
	if (c->config->nics.state != KT_STATE_VALUE)
		return true;
	return throw_none(c, "NIC", "'virsh domiflist' shows the addresses", error);
}

/* libvirt 9.0 under systemd ends when it is asked for the weights of devices (a NULL path in
 * virSystemd's call to set them), and cgroup v1 takes them with a scheduler that is gone only. */
static bool
check_host_disk(const KtCase *c, GError **error)
{
	bool is_path = g_str_has_prefix(c->wish->of, "/dev/") && !strpbrk(c->wish->of, "'\",<>& ");

	if (!is_path)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "for example blkio./dev/sda.read-bytes-sec",
				     "'%s' is no block device of the host",
				     c->wish->of);
	if (!g_str_has_suffix(c->wish->setting->key, ".weight"))
		return true;
	return kt_throw_hint(
		error,
		KT_ERROR_UNSUPPORTED,
		"blkio.weight is for all devices, blkio.*.read-bytes-sec a limit of one",
		"weights of single devices crash libvirt 9.0 under systemd, and need a "
		"scheduler on cgroup v1 (cfq) that Linux 5.0 took out");
}

static bool
check_of(const KtCase *c, GError **error)
{
	switch (c->wish->setting->of) {
	case KT_SETTING_OF_VCPU:
	case KT_SETTING_OF_IOTHREAD:
		return check_thread(c, error);
	case KT_SETTING_OF_DISK:
		return check_disk(c, error);
	case KT_SETTING_OF_NIC:
		return check_nic(c, error);
	case KT_SETTING_OF_SLOT:
	case KT_SETTING_OF_NAME:
		return kt_case_memory(c, error);
	case KT_SETTING_OF_HOST_DISK:
		return check_host_disk(c, error);
	case KT_SETTING_OF_GUEST:
	case KT_SETTING_OF_N:
	default:
		return true;
	}
}

static bool
check_cpus(const KtCase *c, GError **error)
{
	const KtOptCpuset online = c->facts->host.cpu.online;
	KtCpuset wanted = {0};

	if (!kt_known(online) || kt_opt_true(c->facts->meta.is_remote) ||
	    !kt_cpuset_parse_list(c->wish->value, &wanted, NULL))
		return true;
	kt_cpuset_and_not(&wanted, online.v);
	if (kt_cpuset_is_empty(&wanted))
		return true;

	g_autofree char *missing = kt_cpuset_to_list(&wanted);
	g_autofree char *there = kt_cpuset_to_list(online.v);
	g_autofree char *hint = g_strdup_printf("CPUs %s are online", there);
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     hint,
			     "%s: the host has no CPU %s online",
			     c->wish->setting->key,
			     missing);
}

static bool
check_nodes(const KtCase *c, GError **error)
{
	const KtNodeList *nodes = &c->facts->host.nodes;
	KtCpuset wanted = {0};
	KtCpuset have = {0};

	if (nodes->state != KT_STATE_VALUE || kt_opt_true(c->facts->meta.is_remote) ||
	    !kt_cpuset_parse_list(c->wish->value, &wanted, NULL))
		return true;
	for (uint32_t i = 0; i < nodes->n; i++) {
		if (kt_known(nodes->v[i].id) && nodes->v[i].id.v < KT_CPUSET_BITS)
			kt_cpuset_add(&have, (unsigned)nodes->v[i].id.v);
	}
	kt_cpuset_and_not(&wanted, &have);
	if (kt_cpuset_is_empty(&wanted))
		return true;

	g_autofree char *missing = kt_cpuset_to_list(&wanted);
	return kt_throw(error,
			KT_ERROR_UNSUPPORTED,
			"%s: the host has no NUMA node %s",
			c->wish->setting->key,
			missing);
}

static bool
throw_above(const KtCase *c, const char *limit_key, uint64_t limit, GError **error)
{
	g_autofree char *hint =
		g_strdup_printf("set %s as well; it counts from the next start on", limit_key);

	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     hint,
			     "%s: %s is above the guest's %s of %" G_GUINT64_FORMAT,
			     c->wish->setting->key,
			     c->wish->value,
			     limit_key,
			     limit);
}

/* libvirt: src/qemu/qemu_driver.c, qemuDomainSetMemoryParameters. */
static bool
check_limits(const KtCase *c, GError **error)
{
	uint64_t hard = kt_case_number(c, "memory.hard-limit", c->running->hard_limit_kib);
	uint64_t swap =
		kt_case_number(c, "memory.swap-hard-limit", c->running->swap_hard_limit_kib);

	if (!g_str_has_suffix(c->wish->setting->key, "hard-limit") || !hard || !swap ||
	    hard <= swap)
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     "set both, or one to 'unlimited'",
			     "memory.hard-limit of %" G_GUINT64_FORMAT
			     " KiB is above memory.swap-hard-limit of %" G_GUINT64_FORMAT,
			     hard,
			     swap);
}

/* One setting may not be above another. */
static bool
check_order(const KtCase *c, GError **error)
{
	const char *key = c->wish->setting->key;
	uint64_t value = g_ascii_strtoull(c->wish->value, NULL, 10);
	uint64_t n_max = kt_case_number(c, "vcpus.max", c->config->vcpus_max);
	uint64_t max_kib = kt_case_number(c, "memory.max", c->config->memory_kib);

	if (g_str_equal(key, "vcpus") && n_max && value > n_max)
		return throw_above(c, "vcpus.max", n_max, error);
	if (g_str_equal(key, "memory") && max_kib && value > max_kib)
		return throw_above(c, "memory.max", max_kib, error);
	return true;
}

/* A weight that the version of control groups does not know keeps the guest from starting. */
static bool
check_shares(const KtCase *c, GError **error)
{
	const KtOptStr version = c->facts->host.cgroup.version;
	uint64_t value = g_ascii_strtoull(c->wish->value, NULL, 10);
	bool is_v2 = kt_opt_is(version, "v2");

	if (!g_str_equal(c->wish->setting->key, "cpu.shares") || !kt_known(version) ||
	    kt_opt_true(c->facts->meta.is_remote))
		return true;
	if (is_v2 ? value <= 10000 : value >= 2)
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     is_v2 ? "1 to 10000, 100 is the default" : "2 to 262144",
			     "cpu.shares: %s is no weight of control groups %s",
			     c->wish->value,
			     version.v);
}

/* libvirt: io='native' takes cache none or directsync. */
static bool
check_native(const KtCase *c, GError **error)
{
	const char *cache = NULL;

	if (!g_str_equal(c->wish->setting->key, "disk.*.io") ||
	    !g_str_equal(c->wish->value, "native"))
		return true;
	for (uint32_t i = 0; i < c->config->disks.n; i++) {
		const KtDisk *disk = &c->config->disks.v[i];
		if (kt_opt_is(disk->target, c->wish->of))
			cache = kt_known(disk->cache) ? disk->cache.v : "default";
	}
	for (guint i = 0; i < c->wishes->len; i++) {
		const KtWish *wish = c->wishes->pdata[i];
		if (g_str_equal(wish->setting->key, "disk.*.cache") &&
		    g_str_equal(wish->of, c->wish->of))
			cache = wish->value ? wish->value : "default";
	}
	if (!cache || g_str_equal(cache, "none") || g_str_equal(cache, "directsync"))
		return true;
	g_autofree char *hint = g_strdup_printf("set disk.%s.cache=none as well", c->wish->of);
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     hint,
			     "disk.%s.io: native needs cache none or directsync, it is %s",
			     c->wish->of,
			     cache);
}

/* virtio-blk takes queues and an IOThread; a SCSI disk has those of its controller. */
static bool
check_virtio(const KtCase *c, GError **error)
{
	const char *key = c->wish->setting->key;

	if (!g_str_equal(key, "disk.*.queues") && !g_str_equal(key, "disk.*.iothread"))
		return true;
	for (uint32_t i = 0; i < c->config->disks.n; i++) {
		const KtDisk *disk = &c->config->disks.v[i];
		if (kt_opt_is(disk->target, c->wish->of) && kt_known(disk->bus) &&
		    !g_str_equal(disk->bus.v, "virtio"))
			return kt_throw_hint(error,
					     KT_ERROR_UNSUPPORTED,
					     "only virtio disks have their own; a SCSI disk uses "
					     "those of its controller",
					     "disk %s is on bus '%s'",
					     c->wish->of,
					     disk->bus.v);
	}
	if (g_str_has_suffix(key, ".queues"))
		return true;
	uint64_t number = g_ascii_strtoull(c->wish->value, NULL, 10);
	return has_iothread(c, number)
		       ? true
		       : kt_throw_hint(error,
				       KT_ERROR_UNSUPPORTED,
				       "set iothreads=N as well",
				       "the guest has no IOThread %" G_GUINT64_FORMAT,
				       number);
}

/* An <iothread> or a pin may refer to a thread that would go. */
static bool
check_iothreads(const KtCase *c, GError **error)
{
	const KtDiskList *disks = &c->config->disks;
	uint64_t n = g_ascii_strtoull(c->wish->value, NULL, 10);

	if (!g_str_equal(c->wish->setting->key, "iothreads"))
		return true;
	for (uint32_t i = 0; i < disks->n; i++) {
		if (kt_known(disks->v[i].iothread) && disks->v[i].iothread.v > n)
			return kt_throw_hint(error,
					     KT_ERROR_UNSUPPORTED,
					     "give the disk another IOThread as well",
					     "iothreads: disk %s uses IOThread %" G_GUINT64_FORMAT,
					     kt_known(disks->v[i].target) ? disks->v[i].target.v
									  : "?",
					     disks->v[i].iothread.v);
	}
	return true;
}

static bool
check_value(const KtCase *c, GError **error)
{
	const char *key = c->wish->setting->key;

	if (g_str_equal(key, "vcpus") && !kt_case_vcpus(c, error))
		return false;
	if (g_str_equal(key, "memory") && !kt_case_balloon(c, error))
		return kt_prefix(error, "%s", key);
	return check_limits(c, error) && check_order(c, error) && check_shares(c, error) &&
	       check_native(c, error) && check_virtio(c, error) && check_iothreads(c, error);
}

bool
kt_preflight(const KtFacts *facts, const KtGuest *guest, const KtWish *wish,
	     const GPtrArray *wishes, GError **error)
{
	bool is_running = kt_opt_true(guest->is_active) && kt_known(guest->live.type);
	const KtCase c = {
		.facts = facts,
		.guest = guest,
		.config = kt_guest_config(guest),
		.running = is_running ? &guest->live : kt_guest_config(guest),
		.wish = wish,
		.wishes = wishes,
	};

	if (!check_of(&c, error)) {
		g_autofree char *key = kt_setting_fill(wish->setting->key, wish->of);
		bool is_memory = wish->setting->of == KT_SETTING_OF_SLOT ||
				 wish->setting->of == KT_SETTING_OF_NAME;
		return is_memory ? kt_prefix(error, "%s", key) : false;
	}
	if (!wish->value)
		return true;
	/* Those of vcpus.online are the guest's own. */
	if (wish->setting->kind == KT_SETTING_CPUS && wish->setting->xml)
		return check_cpus(&c, error);
	if (wish->setting->kind == KT_SETTING_NODES)
		return check_nodes(&c, error);
	return check_value(&c, error);
}

/* A number of vCPUs that leaves a core half full shows an odd topology inside. */
static void
remark_vcpus(const KtGuest *guest, const KtWish *wish, GPtrArray *notes)
{
	const KtOptU64 cores = kt_guest_config(guest)->cores;
	uint64_t n = wish->value ? g_ascii_strtoull(wish->value, NULL, 10) : 0;

	if (kt_known(cores) && cores.v > 1 && n % cores.v != 0)
		g_ptr_array_add(notes,
				g_strdup_printf("%" G_GUINT64_FORMAT
						" vCPUs are no multiple of the %" G_GUINT64_FORMAT
						" cores of its sockets: it sees a socket that is "
						"not full",
						n,
						cores.v));
}

void
kt_preflight_remarks(const KtGuest *guest, const KtWish *wish, GPtrArray *notes)
{
	const KtGuestConfig *config = kt_guest_config(guest);
	const char *key = wish->setting->key;
	bool has_devices = kt_known(config->hostdevs) && config->hostdevs.v > 0;
	const char *note = NULL;

	if (g_str_equal(key, "vcpus"))
		remark_vcpus(guest, wish, notes);
	if (g_str_equal(key, "memory") && has_devices)
		note = "memory of a guest with assigned devices is pinned: its balloon gives the "
		       "host nothing back";
	else if (g_str_equal(key, "memory") && kt_opt_true(config->hugepages))
		note = "the guest is made of huge pages: its balloon gives the host next to "
		       "nothing back";
	else if (wish->setting->kind == KT_SETTING_DIMM && has_devices)
		note = "with assigned devices all new memory is pinned at once: it takes longer";
	else if (wish->setting->kind == KT_SETTING_DIMM)
		note = "whether its system takes the memory into use is its own rule "
		       "(memhp_default_state, udev) where no agent answers";
	else if (wish->setting->kind == KT_SETTING_VIRTIO_MEM)
		note = "QEMU 7.2 cannot take a virtio-mem device out: undo makes it empty, and says "
		       "that it stays until the guest stops";
	if (note)
		g_ptr_array_add(notes, g_strdup(note));
}
