/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-pci.h"

#include "kt-block-use.h"
#include "kt-collect-irq.h"
#include "kt-mounts.h"
#include "kt-pci-address.h"

#include <string.h>

#define DEVICES "/sys/bus/pci/devices"
#define GROUPS  "/sys/kernel/iommu_groups"
#define BLOCKS  "/sys/class/block"
/* Devices that guests name, and their groups: more is no host. */
#define MAX_DEVICES 4096

typedef struct Job {
	KtFacts *facts;
	KtRoot *root;
	GHashTable *addresses; /* address -> is it assigned? */
	GArray *mounts;        /* read when the first device of the host is met */
	char *swaps;
	char **blocks;
} Job;

static void
job_clear(Job *job)
{
	g_clear_pointer(&job->addresses, g_hash_table_unref);
	g_clear_pointer(&job->mounts, g_array_unref);
	g_clear_pointer(&job->swaps, g_free);
	g_clear_pointer(&job->blocks, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_clear)

static void
add_address(Job *job, char *address, bool is_assigned)
{
	if (!address)
		return;
	if (g_hash_table_size(job->addresses) >= MAX_DEVICES ||
	    (!is_assigned && g_hash_table_contains(job->addresses, address)))
		g_free(address);
	else
		g_hash_table_replace(job->addresses, address, GINT_TO_POINTER(is_assigned));
}

static void
add_config(Job *job, const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->hostdev_list.n; i++)
		add_address(job, kt_pci_address_of_hostdev(&config->hostdev_list.v[i]), true);
	for (uint32_t i = 0; i < config->nics.n; i++)
		add_address(job, kt_pci_address_of_nic(&config->nics.v[i]), true);
}

/* Last part of what a link leads to: "../../../bus/pci/drivers/vfio-pci". */
static KtOptStr
link_name(Job *job, const char *address, const char *name)
{
	g_autofree char *path = g_strdup_printf(DEVICES "/%s/%s", address, name);
	g_autofree char *target = NULL;
	KtOptStr opt = {.state = kt_root_link(job->root, path, &target),
			.origin = kt_facts_origin(job->facts, path)};

	if (opt.state == KT_STATE_VALUE) {
		g_autofree char *base = g_path_get_basename(target);
		opt.v = kt_arena_strdup(job->facts->arena, base);
	}
	return opt;
}

static KtOptU64
read_group(Job *job, const char *address)
{
	KtOptStr name = link_name(job, address, "iommu_group");
	KtOptU64 group = {.state = name.state, .origin = name.origin};
	guint64 number = 0;

	if (!kt_known(name))
		return group;
	if (g_ascii_string_to_unsigned(name.v, 10, 0, UINT32_MAX, &number, NULL))
		group.v = number;
	else
		group.state = KT_STATE_BROKEN;
	return group;
}

/* Documentation/ABI/testing/sysfs-bus-pci, numa_node: -1 where the firmware says nothing. */
static KtOptU64
read_node(Job *job, const char *address)
{
	g_autofree char *path = g_strdup_printf(DEVICES "/%s/numa_node", address);
	g_autofree char *line = NULL;
	KtOptU64 node = {.state = kt_root_read_line(job->root, path, &line),
			 .origin = kt_facts_origin(job->facts, path)};

	if (node.state != KT_STATE_VALUE)
		return node;
	if (g_str_has_prefix(line, "-"))
		node.state = KT_STATE_ABSENT;
	else
		node.state = kt_root_read_u64(job->root, path, &node.v);
	return node;
}

static KtOptStr
read_class(Job *job, const char *address)
{
	g_autofree char *path = g_strdup_printf(DEVICES "/%s/class", address);
	g_autofree char *line = NULL;
	KtOptStr opt = {.state = kt_root_read_line(job->root, path, &line),
			.origin = kt_facts_origin(job->facts, path)};

	if (opt.state == KT_STATE_VALUE)
		opt.v = kt_arena_strdup(job->facts->arena, line);
	return opt;
}

/* An interface that is up, or a port of a bridge or bond. Free with g_free. */
static char *
net_use(Job *job, const char *address)
{
	g_autofree char *dir = g_strdup_printf(DEVICES "/%s/net", address);
	g_auto(GStrv) names = NULL;

	if (kt_root_list(job->root, dir, &names) != KT_STATE_VALUE)
		return NULL;
	for (size_t i = 0; names[i]; i++) {
		g_autofree char *state = g_strdup_printf("%s/%s/operstate", dir, names[i]);
		g_autofree char *master = g_strdup_printf("%s/%s/master", dir, names[i]);
		g_autofree char *word = NULL;
		g_autofree char *target = NULL;
		if (kt_root_link(job->root, master, &target) == KT_STATE_VALUE) {
			g_autofree char *bridge = g_path_get_basename(target);
			return g_strdup_printf("%s is a port of %s", names[i], bridge);
		}
		if (kt_root_read_line(job->root, state, &word) == KT_STATE_VALUE &&
		    g_str_equal(word, "up"))
			return g_strdup_printf("%s is up", names[i]);
	}
	return NULL;
}

static void
look_at_blocks(Job *job)
{
	g_autofree char *mountinfo = NULL;

	if (job->mounts)
		return;
	if (kt_root_read(job->root, "/proc/self/mountinfo", &mountinfo, NULL) != KT_STATE_VALUE)
		mountinfo = g_strdup("");
	job->mounts = kt_mounts_parse(mountinfo);
	(void)kt_root_read(job->root, "/proc/swaps", &job->swaps, NULL);
	if (kt_root_list(job->root, BLOCKS, &job->blocks) != KT_STATE_VALUE)
		job->blocks = g_new0(char *, 1);
}

/* The links in /sys/class/block lead through the directory of the controller. */
static char *
disk_use(Job *job, const char *address)
{
	g_autofree char *part = g_strdup_printf("/%s/", address);

	look_at_blocks(job);
	for (size_t i = 0; job->blocks[i]; i++) {
		g_autofree char *path = g_strconcat(BLOCKS "/", job->blocks[i], NULL);
		g_autofree char *target = NULL;
		if (kt_root_link(job->root, path, &target) != KT_STATE_VALUE ||
		    !strstr(target, part))
			continue;
		char *use = kt_block_use(job->root, path, job->mounts, job->swaps);
		if (use)
			return use;
	}
	return NULL;
}

static KtOptStr
read_use(Job *job, const KtPciDevice *device)
{
	KtOptStr use = {.state = KT_STATE_ABSENT, .origin = device->driver.origin};
	bool is_own = kt_known(device->driver) && !kt_opt_is(device->driver, "vfio-pci");
	g_autofree char *text = is_own ? net_use(job, device->address.v) : NULL;

	if (is_own && !text)
		text = disk_use(job, device->address.v);
	if (text)
		use = (KtOptStr){.v = kt_arena_strdup(job->facts->arena, text),
				 .state = KT_STATE_VALUE,
				 .origin = device->driver.origin};
	return use;
}

static KtOptCpuset
read_irqs(Job *job, const KtPciDevice *device)
{
	KtOptCpuset cpus = {.state = KT_STATE_ABSENT, .origin = device->address.origin};
	KtIrqSum sum = {0};

	if (!device->is_assigned.v)
		return cpus;
	kt_irq_add_up(job->root, device->address.v, &sum);
	cpus.state = sum.state;
	if (sum.state != KT_STATE_VALUE)
		return cpus;
	KtCpuset *copy = kt_arena_new0(job->facts->arena, KtCpuset, 1);
	*copy = sum.cpus;
	cpus.v = copy;
	return cpus;
}

static void
read_device(Job *job, const char *address, KtPciDevice *device)
{
	g_autofree char *path = g_strconcat(DEVICES "/", address, NULL);
	uint16_t origin = kt_facts_origin(job->facts, path);
	bool is_assigned = GPOINTER_TO_INT(g_hash_table_lookup(job->addresses, address)) != 0;

	device->address = (KtOptStr){.v = kt_arena_strdup(job->facts->arena, address),
				     .state = KT_STATE_VALUE,
				     .origin = origin};
	device->is_assigned =
		(KtOptBool){.v = is_assigned, .state = KT_STATE_VALUE, .origin = origin};
	device->class_id = read_class(job, address);
	device->driver = link_name(job, address, "driver");
	device->iommu_group = read_group(job, address);
	device->node = read_node(job, address);
	device->physical = link_name(job, address, "physfn");
	device->use = read_use(job, device);
	device->irq_cpus = read_irqs(job, device);
}

/* All members of the groups of the assigned devices. */
static void
add_groups(Job *job)
{
	g_autoptr(GList) assigned = g_hash_table_get_keys(job->addresses);
	g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func(g_free);

	for (GList *at = assigned; at; at = at->next)
		g_ptr_array_add(copies, g_strdup(at->data));
	for (guint i = 0; i < copies->len; i++) {
		KtOptU64 group = read_group(job, copies->pdata[i]);
		g_auto(GStrv) names = NULL;
		if (!kt_known(group))
			continue;
		g_autofree char *dir =
			g_strdup_printf(GROUPS "/%" G_GUINT64_FORMAT "/devices", group.v);
		if (kt_root_list(job->root, dir, &names) != KT_STATE_VALUE)
			continue;
		for (size_t j = 0; names[j]; j++)
			add_address(job, g_strdup(names[j]), false);
	}
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(a, b);
}

void
kt_collect_pci(KtFacts *facts, KtRoot *root)
{
	g_auto(Job) job = {
		.facts = facts,
		.root = root,
		.addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};
	KtPciDeviceList *list = &facts->host.pci_devices;

	list->state = facts->guests.state;
	list->origin = kt_facts_origin(facts, DEVICES);
	if (list->state != KT_STATE_VALUE)
		return;
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		add_config(&job, &facts->guests.v[i].live);
		add_config(&job, &facts->guests.v[i].inactive);
	}
	add_groups(&job);

	g_autoptr(GList) addresses = g_hash_table_get_keys(job.addresses);
	addresses = g_list_sort(addresses, compare_texts);
	list->v = kt_arena_new0(facts->arena, KtPciDevice, g_hash_table_size(job.addresses));
	for (GList *at = addresses; at; at = at->next)
		read_device(&job, at->data, &list->v[list->n++]);
}
