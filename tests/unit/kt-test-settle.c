/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-test-settle.h"

#include <string.h>

/* One chance in @n. */
static bool
once_in(int n)
{
	return g_test_rand_int_range(0, n) == 0;
}

/* Of pools of one size only the first stays. */
static void
drop_doubles(KtHugePoolList *pool_list)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < pool_list->n; i++) {
		bool is_double = false;
		for (uint32_t j = 0; j < n; j++)
			is_double |= pool_list->v[j].size_kib.v == pool_list->v[i].size_kib.v;
		if (!is_double)
			pool_list->v[n++] = pool_list->v[i];
	}
	pool_list->n = n;
}

static void
sum_pool(const KtNodeList *nodes, KtHugePool *pool)
{
	pool->total.v = 0;
	pool->free.v = 0;
	for (uint32_t i = 0; i < nodes->n; i++) {
		for (uint32_t j = 0; j < nodes->v[i].huge_pools.n; j++) {
			KtHugePool *own = &nodes->v[i].huge_pools.v[j];
			if (own->size_kib.v != pool->size_kib.v)
				continue;
			own->free.v = MIN(own->free.v, own->total.v);
			pool->total.v += kt_known(own->total) ? own->total.v : 0;
			pool->free.v += kt_known(own->free) ? own->free.v : 0;
		}
	}
}

static void
leave_idle(const KtHugePoolList *pools)
{
	for (uint32_t i = 0; i < pools->n; i++)
		pools->v[i].free.v = pools->v[i].total.v;
}

/* Pools of the host are those of its nodes together, and only free pages can be promised
 * (mm/hugetlb.c of Linux: resv_huge_pages is at most free_huge_pages). */
static void
settle_pools(KtHost *host)
{
	bool is_idle = once_in(3);

	drop_doubles(&host->memory.huge_pools);
	for (uint32_t i = 0; i < host->nodes.n; i++)
		drop_doubles(&host->nodes.v[i].huge_pools);
	for (uint32_t i = 0; is_idle && i < host->nodes.n; i++)
		leave_idle(&host->nodes.v[i].huge_pools);
	for (uint32_t i = 0; i < host->memory.huge_pools.n; i++) {
		KtHugePool *pool = &host->memory.huge_pools.v[i];
		sum_pool(&host->nodes, pool);
		pool->reserved.v = MIN(pool->reserved.v, pool->free.v);
	}
}

/* The chosen scheduler is one of those that can be. */
static void
settle_blocks(KtFacts *facts)
{
	for (uint32_t i = 0; i < facts->host.blocks.n; i++) {
		KtBlock *block = &facts->host.blocks.v[i];
		if (kt_known(block->scheduler) && kt_known(block->schedulers) &&
		    !strstr(block->schedulers.v, block->scheduler.v))
			block->schedulers.v = kt_arena_printf(
				facts->arena, "%s %s", block->schedulers.v, block->scheduler.v);
	}
}

/* Sysctl files and the assignments in them. */
static void
settle_sysctl(KtFacts *facts)
{
	static const char *const hosts[] = {
		"{'config_files': [], 'sysctl_lines': []}",
		"{'config_files': {'state': 'denied'}, 'sysctl_lines': {'state': 'denied'}}",
		"{'config_files': [{'path': '/etc/sysctl.conf', 'is_own': false,"
		"   'text': '# old\\nnet/ipv4/tcp_tw_recycle = 1\\nvm.swappiness=5\\n'}],"
		" 'sysctl_lines': [{'file': '/etc/sysctl.conf', 'line': 2,"
		"   'key': 'net.ipv4.tcp_tw_recycle', 'value': '1'},"
		"  {'file': '/etc/sysctl.conf', 'line': 3, 'key': 'vm.swappiness', 'value': '5'}]}",
		"{'config_files': [], 'sysctl_lines': [{'file': '/usr/lib/sysctl.d/10-x.conf',"
		"   'line': 1, 'key': 'net.ipv4.tcp_tw_recycle', 'value': '0'}]}",
		"{'config_files': [{'path': '/etc/default/grub', 'is_own': false,"
		"   'text': 'GRUB_CMDLINE_LINUX=a\\nGRUB_CMDLINE_LINUX=b\\n'}],"
		" 'sysctl_lines': []}",
		"{'config_files': [], 'sysctl_lines': [{'file': '/etc/sysctl.conf', 'line': 1,"
		"   'key': 'kernel.numa_balancing_scan_size_mb', 'value': '256'},"
		"  {'file': '/etc/sysctl.conf', 'line': 2, 'key': 'fs.file-max', 'value': '1000'}]}",
	};
	g_autofree char *text = g_strdup(hosts[g_test_rand_int_range(0, (int)G_N_ELEMENTS(hosts))]);
	g_autoptr(KtJson) json = NULL;
	g_autoptr(GError) error = NULL;

	g_strdelimit(text, "'", '"');
	json = kt_json_parse(text, strlen(text), "sysctl", &error);
	g_assert_no_error(error);

	g_autoptr(KtJson) all = json_pack("{s:O}", "host", json);
	bool ok = kt_facts_merge_json(facts, all, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

/* One record a path, in their order, as the collector gives them. */
static void
settle_images(KtFacts *facts)
{
	KtImageList *images = &facts->images;
	uint32_t n = 0;

	kt_facts_sort_images(facts);
	for (uint32_t i = 0; i < images->n; i++) {
		const KtImage *image = &images->v[i];
		if (!kt_known(image->path) ||
		    (n > 0 && g_str_equal(images->v[n - 1].path.v, image->path.v)))
			continue;
		images->v[n++] = *image;
	}
	images->n = n;
}

/* Half of the disks have an image that is what the XML says. */
static void
settle_disks(const KtImageList *images, const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->disks.n && images->n > 0; i++) {
		const KtImage *image = &images->v[g_test_rand_int_range(0, (gint32)images->n)];
		KtDisk *disk = &config->disks.v[i];
		if (once_in(2) || !kt_known(image->format))
			continue;
		disk->source_type = (KtOptStr){.v = "file", .state = KT_STATE_VALUE};
		disk->source = image->path;
		disk->format = image->format;
		disk->device.state = KT_STATE_ABSENT;
	}
}

/* libvirt has each feature, and one pin of each thread, at most once. */
static void
settle_twins(KtGuestConfig *config)
{
	KtCpuFeatureList *features = &config->cpu_policies;
	KtIothreadPinList *pins = &config->iothread_pins;
	KtVcpuPinList *vcpus = &config->vcpu_pins;

	for (uint32_t i = 1; i < features->n; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (kt_known(features->v[i].name) &&
			    kt_opt_is(features->v[j].name, features->v[i].name.v))
				features->n = i;
		}
	}
	for (uint32_t i = 1; i < pins->n; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (pins->v[j].iothread.v == pins->v[i].iothread.v)
				pins->n = i;
		}
	}
	for (uint32_t i = 1; i < vcpus->n; i++) {
		for (uint32_t j = 0; j < i; j++) {
			if (vcpus->v[j].vcpu.v == vcpus->v[i].vcpu.v)
				vcpus->n = i;
		}
	}
}

/* What no collector leaves absent (fill_defaults() in collect/kt-guest-xml.c). */
static void
settle_config(KtGuestConfig *config)
{
	settle_twins(config);
	if (config->vcpus.state == KT_STATE_ABSENT)
		config->vcpus = config->vcpus_max;
	if (config->current_memory_kib.state == KT_STATE_ABSENT)
		config->current_memory_kib = config->memory_kib;
	/* Without the element there is nothing in it. */
	if (kt_known(config->hugepages) && !config->hugepages.v)
		config->hugepage_uses.n = 0;
	if (kt_known(config->hyperv) && !config->hyperv.v) {
		const KtOptStr none = {.state = KT_STATE_ABSENT};
		config->hyperv_mode = none;
		config->hv_relaxed = none;
		config->hv_vapic = none;
		config->hv_spinlocks = none;
		config->hv_vpindex = none;
		config->hv_synic = none;
		config->hv_stimer = none;
	}
}

/* Controllers have models of their type. */
static void
settle_controllers(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->controllers.n; i++) {
		KtController *controller = &config->controllers.v[i];
		bool is_pci = kt_opt_is(controller->model, "pcie-root") ||
			      kt_opt_is(controller->model, "pcie-root-port");
		if (kt_known(controller->model))
			controller->type =
				(KtOptStr){.v = is_pci ? "pci" : "scsi", .state = KT_STATE_VALUE};
	}
}

/* A guest has a live configuration exactly when it runs. */
static void
settle_guests(KtFacts *facts)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		KtGuest *guest = &facts->guests.v[i];
		settle_controllers(&guest->live);
		settle_disks(&facts->images, &guest->live);
		settle_disks(&facts->images, &guest->inactive);
		settle_controllers(&guest->inactive);
		if (!kt_opt_true(guest->is_active)) {
			guest->live = (KtGuestConfig){0};
			guest->effective = (KtGuestEffective){0};
		}
		if (!kt_opt_true(guest->is_persistent))
			guest->inactive = (KtGuestConfig){0};
		settle_config(&guest->live);
		settle_config(&guest->inactive);
	}
}

static const KtOptBool yes = {.v = true, .state = KT_STATE_VALUE};
static const KtOptBool no = {.v = false, .state = KT_STATE_VALUE};

/* Most NICs say nothing of queues. */
static void
stage_nics(KtGuest *guest)
{
	for (uint32_t i = 0; i < guest->inactive.nics.n; i++)
		guest->inactive.nics.v[i].queues = (KtOptU64){.state = KT_STATE_ABSENT};
	for (uint32_t i = 0; i < guest->live.nics.n; i++)
		guest->live.nics.v[i].queues = (KtOptU64){.state = KT_STATE_ABSENT};
}

static KtOptU64
number(uint64_t value)
{
	return (KtOptU64){.v = value, .state = KT_STATE_VALUE};
}

static KtOptStr
word(const char *text)
{
	return (KtOptStr){.v = text, .state = KT_STATE_VALUE};
}

/* Fast disks on one IOThread, on hosts that are new enough for several. */
static void
stage_fast_disks(KtFacts *facts, KtGuest *guest)
{
	facts->meta.libvirt_version = number(11003000);
	facts->meta.qemu_version = number(10000000);
	guest->is_persistent = yes;
	guest->workload = word("throughput");
	guest->inactive.type = word("kvm");
	guest->inactive.vcpus_max = number(4);
	for (uint32_t i = 0; i < guest->inactive.disks.n; i++) {
		guest->inactive.disks.v[i].bus = word("virtio");
		guest->inactive.disks.v[i].iothread = number(1);
		guest->inactive.disks.v[i].has_iothread_map = no;
	}
}

/* Half of a cluster. */
static void
stage_shared_disks(KtGuest *guest)
{
	guest->is_persistent = yes;
	guest->inactive.type = word("kvm");
	for (uint32_t i = 0; i < guest->inactive.disks.n; i++) {
		KtDisk *disk = &guest->inactive.disks.v[i];
		disk->device = word("lun");
		disk->bus = word("scsi");
		disk->shareable = yes;
		disk->readonly = no;
		disk->reservations = (KtOptStr){.state = KT_STATE_ABSENT};
	}
}

static KtOptCpuset
set_of(KtFacts *facts, unsigned id)
{
	KtCpuset set = {{0}};

	kt_cpuset_add(&set, id);
	return (KtOptCpuset){.v = kt_facts_cpuset(facts, &set), .state = KT_STATE_VALUE};
}

/* Two guests with common memory on two nodes. */
static void
stage_sharing(KtFacts *facts)
{
	static KtShmem ring = {.name = {.v = "ring", .state = KT_STATE_VALUE}};

	for (unsigned i = 0; i < 2 && i < facts->guests.n; i++) {
		KtGuest *guest = &facts->guests.v[i];
		guest->is_active = no;
		guest->autostart = yes;
		guest->is_persistent = yes;
		guest->inactive.type = word("kvm");
		guest->inactive.shmems = (KtShmemList){.v = &ring, .n = 1, .state = KT_STATE_VALUE};
		guest->inactive.numa_nodeset = set_of(facts, i);
		guest->inactive.vcpu_pins.n = 0;
		guest->inactive.vcpu_cpuset = (KtOptCpuset){.state = KT_STATE_ABSENT};
	}
}

/* A guest whose memory stayed where it was when it was pinned. */
static void
stage_strayed(KtFacts *facts, KtGuest *guest)
{
	KtGuestEffective *effective = &guest->effective;

	if (facts->host.nodes.n == 0)
		return;
	guest->is_active = yes;
	guest->live.type = word("kvm");
	guest->live.vcpus = number(1);
	guest->live.vcpus_max = number(1);
	guest->live.vcpu_pins.n = 0;
	guest->live.vcpu_pins.state = KT_STATE_VALUE;
	guest->live.cells.n = 0;
	guest->live.vcpu_cpuset = facts->host.nodes.v[0].cpus;
	effective->node_memory.v = kt_arena_new0(facts->arena, KtNodeMemory, 1);
	effective->node_memory.n = 1;
	effective->node_memory.state = KT_STATE_VALUE;
	effective->node_memory.v[0] =
		(KtNodeMemory){.node = number(1), .memory_kib = number(1000000)};
}

static void
stage_devices(KtFacts *facts)
{
	KtGuest *guest = &facts->guests.v[0];

	if (once_in(8))
		stage_fast_disks(facts, guest);
	else if (once_in(8))
		stage_shared_disks(guest);
	else if (once_in(8))
		stage_sharing(facts);
	else if (once_in(6))
		stage_strayed(facts, guest);
}

/* Situations of several facts, which chance alone makes too rarely. */
static void
stage(KtFacts *facts)
{
	KtGuest *guest = facts->guests.n ? &facts->guests.v[0] : NULL;

	if (guest)
		stage_devices(facts);
	if (guest && once_in(4))
		stage_nics(guest);
	if (guest && once_in(4)) {
		/* A guest on static huge pages that starts with the host. */
		guest->is_active = no;
		guest->autostart = yes;
		guest->is_persistent = yes;
		guest->inactive.hugepages = yes;
		guest->inactive.hugepage_uses.n = 0;
	} else if (guest && once_in(4)) {
		/* More memory promised than there is. */
		guest->is_active = yes;
		guest->live.hugepages = no;
		guest->live.memory_kib =
			(KtOptU64){.v = UINT64_C(1) << 30, .state = KT_STATE_VALUE};
	}
}

KtFacts *
kt_test_facts_settle(KtFacts *facts)
{
	stage(facts);
	settle_pools(&facts->host);
	settle_blocks(facts);
	settle_sysctl(facts);
	settle_images(facts);
	settle_guests(facts);
	return facts;
}
