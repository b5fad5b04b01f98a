/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-memory-wish.h"
#include "kt-preflight-private.h"

#include <string.h>

/* Memory devices: all that libvirt, QEMU, Linux and Windows ask of them, before any is told. */

#define MIB (UINT64_C(1) << 10)
#define GIB (UINT64_C(1) << 20)

/* Linux: arch/x86/mm/init_64.c, probe_memory_block_size(): blocks of 128 MiB, up to 2 GiB on guests
 * of 64 GiB and more. A DIMM that is no multiple does not come online, nor do those behind it. */
#define BLOCK_KIB     (128 * MIB)
#define BIG_BLOCK_KIB (2 * GIB)
#define BIG_GUEST_KIB (64 * GIB)

/* Linux describes each page of 4096 bytes with 64, and page tables come on top; twice that, as the
 * guide of openEuler for memory hot-plugging asks. */
#define MOST_TIMES 32

/* x86: the size that the kernel takes without hugepagesz= (arch/x86/mm/hugetlbpage.c). */
#define USUAL_HUGE_KIB (2 * MIB)

/* Linux: drivers/vhost/vhost.c, max_mem_regions; QEMU: hw/virtio/vhost-user.c,
 * VHOST_MEMORY_BASELINE_NREGIONS of backends without CONFIGURE_MEM_SLOTS. */
#define VHOST_REGIONS      64
#define VHOST_USER_REGIONS 8
/* Regions of a guest without memory devices, besides one for each cell: below 4 GiB, above, and
 * firmware [eng]. */
#define BOOT_REGIONS 3

typedef struct Device {
	const KtCase *c;
	const KtGuestConfig *config; /* what it has to fit */
	KtMemoryWish memory;
	bool is_virtio;
} Device;

#define REFUSE(hint, ...) kt_throw_hint(error, KT_ERROR_UNSUPPORTED, hint, __VA_ARGS__)

static bool
check_machine(const Device *device, GError **error)
{
	g_auto(KtMachineType) machine = {.family = NULL};
	bool is_arm = kt_opt_is(device->config->architecture, "aarch64");

	if (!kt_guest_machine(device->config, &machine))
		return true;
	/* QEMU: hw/i386/pc.c, maxmem and slots from 2.1 on; hw/arm/virt.c, ACPI GED from 4.2 on. */
	unsigned version = machine.major * 100 + machine.minor;
	if (version >= (is_arm ? 402u : 201u))
		return true;
	return REFUSE("set machine to a newer type, and restart the guest",
		      "machine '%s' takes no memory while it runs, %s does",
		      device->config->machine.v,
		      is_arm ? "virt-4.2" : "2.1");
}

static bool
check_ceiling(const Device *device, GError **error)
{
	const KtGuestConfig *config = device->config;
	bool needs_slots = !device->is_virtio || kt_case_libvirt_before(device->c, 9005000);
	uint64_t ceiling = kt_case_number(device->c, "memory.ceiling", config->max_memory_kib);
	uint64_t slots = kt_case_number(device->c, "memory.slots", config->max_memory_slots);
	guint64 slot = 0;

	if (!ceiling || (needs_slots && !slots))
		return REFUSE("set memory.ceiling=SIZE memory.slots=16 --config, and restart it",
			      "the guest has no <maxMemory>%s: nothing can be plugged in",
			      ceiling ? " with slots" : "");
	if (!device->is_virtio &&
	    (!g_ascii_string_to_unsigned(device->c->wish->of, 10, 0, UINT16_MAX, &slot, NULL) ||
	     slot >= slots))
		return REFUSE("'virsh dumpxml' shows the memory devices that take the others",
			      "the guest has slots 0 to %" G_GUINT64_FORMAT ", and no slot '%s'",
			      slots - 1,
			      device->c->wish->of);
	if (kt_known(config->memory_kib) &&
	    config->memory_kib.v + device->memory.size_kib > ceiling)
		return REFUSE("set memory.ceiling=SIZE --config, and restart it",
			      "%" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT
			      " KiB are above its <maxMemory> of %" G_GUINT64_FORMAT,
			      config->memory_kib.v,
			      device->memory.size_kib,
			      ceiling);
	return true;
}

static bool
check_node(const Device *device, GError **error)
{
	const KtCellList *cells = &device->config->cells;
	g_autoptr(GString) ids = g_string_new(NULL);

	/* libvirt: news of 9.6.0, it makes a cell of its own. */
	if (cells->n == 0 && kt_case_libvirt_before(device->c, 9006000))
		return REFUSE("give it a <cell> in <cpu><numa>, and restart it",
			      "the guest has no NUMA node, and libvirt before 9.6 needs one");
	if (cells->n > 0 && !device->memory.has_node)
		return REFUSE("for example 1G@0", "say which of the guest's nodes gets it");
	for (uint32_t i = 0; i < cells->n; i++) {
		if (kt_known(cells->v[i].id) && cells->v[i].id.v == device->memory.node)
			return true;
		if (kt_known(cells->v[i].id))
			g_string_append_printf(ids,
					       "%s%" G_GUINT64_FORMAT,
					       ids->len ? ", " : "it has ",
					       cells->v[i].id.v);
	}
	if (cells->n == 0)
		return true;
	return REFUSE(
		ids->str, "the guest has no NUMA node %" G_GUINT64_FORMAT, device->memory.node);
}

static bool
check_block(const Device *device, GError **error)
{
	const KtOptU64 memory = device->config->memory_kib;
	uint64_t block = kt_known(memory) && memory.v >= BIG_GUEST_KIB ? BIG_BLOCK_KIB : BLOCK_KIB;

	if (device->is_virtio)
		block = KT_VIRTIO_MEM_BLOCK_KIB;
	if (device->memory.size_kib % block == 0 &&
	    device->memory.requested_kib % KT_VIRTIO_MEM_BLOCK_KIB == 0)
		return true;
	g_autofree char *hint =
		g_strdup_printf("%" G_GUINT64_FORMAT "M would be one",
				(device->memory.size_kib / block + 1) * block / MIB);
	return REFUSE(hint,
		      "the size is no multiple of the guest's memory block of %" G_GUINT64_FORMAT
		      " MiB%s",
		      block / MIB,
		      device->is_virtio ? ""
					: ": it would not come online, nor what comes after it");
}

static bool
check_huge_pages(const Device *device, GError **error)
{
	const KtGuestConfig *config = device->config;
	uint64_t page = 0;

	if (!kt_opt_true(config->hugepages))
		return true;
	for (uint32_t i = 0; i < config->hugepage_uses.n; i++) {
		const KtHugepageUse *use = &config->hugepage_uses.v[i];
		if (kt_known(use->size_kib))
			page = MAX(page, use->size_kib.v);
	}
	page = page ? page : USUAL_HUGE_KIB;
	if (device->memory.size_kib % page == 0)
		return true;
	g_autofree char *hint = g_strdup_printf("%" G_GUINT64_FORMAT "M would be one",
						(device->memory.size_kib / page + 1) * page / MIB);
	return REFUSE(hint,
		      "the size is no multiple of the huge pages of %" G_GUINT64_FORMAT
		      " KiB that the guest is made of",
		      page);
}

/* What the kernel of the guest needs to describe new memory comes out of the old. */
static bool
check_ratio(const Device *device, GError **error)
{
	const KtOptU64 have = device->config->current_memory_kib;

	if (!kt_known(have) || device->memory.size_kib <= have.v * MOST_TIMES)
		return true;
	g_autofree char *hint = g_strdup_printf("%" G_GUINT64_FORMAT "M at most, in one step",
						have.v * MOST_TIMES / MIB);
	return REFUSE(hint,
		      "more than %d times the guest's %" G_GUINT64_FORMAT
		      " KiB: it could hang while it takes it in",
		      MOST_TIMES,
		      have.v);
}

static bool
check_regions(const Device *device, GError **error)
{
	const KtGuestConfig *config = device->config;
	const KtOptU64 most = device->c->facts->host.kvm.vhost_max_mem_regions;
	uint64_t regions = BOOT_REGIONS + config->cells.n + config->memory_devices.n + 1;
	uint64_t limit = kt_known(most) ? most.v : VHOST_REGIONS;
	bool has_vhost = false;
	bool has_vhost_user = false;

	for (uint32_t i = 0; i < config->nics.n; i++) {
		const KtNic *nic = &config->nics.v[i];
		has_vhost |= !kt_opt_is(nic->type, "user") && kt_opt_is(nic->model, "virtio") &&
			     !kt_opt_is(nic->backend, "qemu");
		has_vhost_user |= kt_opt_is(nic->type, "vhostuser");
	}
	if (has_vhost_user && regions > VHOST_USER_REGIONS)
		return REFUSE("fewer and larger devices, or a backend with CONFIGURE_MEM_SLOTS",
			      "a vhost-user backend may map %d regions of memory, this would make "
			      "%" G_GUINT64_FORMAT,
			      VHOST_USER_REGIONS,
			      regions);
	if (!has_vhost || regions <= limit)
		return true;
	return REFUSE("fewer and larger devices, or more max_mem_regions of the module vhost",
		      "vhost maps %" G_GUINT64_FORMAT
		      " regions of memory, this would make %" G_GUINT64_FORMAT,
		      limit,
		      regions);
}

/* Windows finds nothing when the first memory that is plugged in is not on node 0. */
static bool
check_windows(const Device *device, GError **error)
{
	const KtGuestConfig *config = device->config;
	bool is_windows = kt_known(config->os_id) && strstr(config->os_id.v, "microsoft.com");

	if (!is_windows || config->memory_devices.n > 0 || device->memory.node == 0)
		return true;
	return REFUSE("plug the first one into node 0",
		      "Windows does not see memory whose first device is on another node than 0");
}

static bool
check_taken(const Device *device, bool *ret_is_there, GError **error)
{
	const KtMemoryDevice *there = kt_wish_device(device->config, device->c->wish);

	*ret_is_there = there != NULL;
	if (!there || !kt_known(there->size_kib))
		return true;
	bool is_same = there->size_kib.v == device->memory.size_kib &&
		       (!kt_known(there->node) || there->node.v == device->memory.node);
	if (is_same)
		return true;
	return REFUSE("take it out first ('default'), or use another one",
		      "there is one already, of %" G_GUINT64_FORMAT " KiB",
		      there->size_kib.v);
}

static bool
check_name(const KtCase *c, GError **error)
{
	guint64 slot = 0;
	bool is_name = *c->wish->of != '\0';

	if (c->wish->setting->of == KT_SETTING_OF_SLOT)
		is_name = g_ascii_string_to_unsigned(c->wish->of, 10, 0, 255, &slot, NULL) &&
			  (c->wish->of[0] != '0' || slot == 0);
	else
		for (const char *p = c->wish->of; *p; p++)
			is_name &= g_ascii_isalnum(*p) || *p == '-' || *p == '_';
	return is_name ? true
		       : REFUSE("a slot is a number from 0 to 255, a name has letters, digits, - and _",
				"'%s' is no memory device",
				c->wish->of);
}

bool
kt_case_memory(const KtCase *c, GError **error)
{
	Device device = {
		.c = c,
		.config = c->running,
		.is_virtio = c->wish->setting->kind == KT_SETTING_VIRTIO_MEM,
	};
	bool is_there = false;

	if (!check_name(c, error))
		return false;
	if (!c->wish->value)
		return kt_wish_device(c->running, c->wish) || kt_wish_device(c->config, c->wish) ||
		       REFUSE("'kvmtune get DOMAIN' shows which it has", "there is none");
	if (!kt_memory_wish_parse(c->wish->value, device.is_virtio, &device.memory, error) ||
	    !check_taken(&device, &is_there, error))
		return false;
	if (is_there)
		return check_block(&device, error);
	return check_machine(&device, error) && check_node(&device, error) &&
	       check_ceiling(&device, error) && check_block(&device, error) &&
	       check_huge_pages(&device, error) && check_ratio(&device, error) &&
	       check_windows(&device, error) && check_regions(&device, error);
}

bool
kt_case_balloon(const KtCase *c, GError **error)
{
	if (!kt_opt_is(c->running->balloon, "none"))
		return true;
	return REFUSE("give it a <memballoon model='virtio'/>, and restart it",
		      "the guest has no balloon: its memory stays as it was at the start");
}
