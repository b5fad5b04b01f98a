/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-irq.h"

#include "kt-collect-host-private.h"

#include <string.h>

#define NET  "/sys/class/net"
#define NVME "/sys/class/nvme"

/* DOMAIN:BUS:SLOT.FUNCTION as sysfs writes it (drivers/pci/probe.c, pci_setup_device()). */
static bool
is_address(const char *part)
{
	static const char form[] = "xxxx:xx:xx.x";
	size_t i = 0;

	for (; form[i]; i++) {
		if (form[i] == 'x' ? !g_ascii_isxdigit(part[i]) : part[i] != form[i])
			return false;
	}
	return part[i] == '\0';
}

char *
kt_irq_address_of_link(const char *link)
{
	g_auto(GStrv) parts = g_strsplit(link, "/", /* max_tokens= */ 100);
	const char *found = NULL;

	for (size_t i = 0; parts[i]; i++) {
		if (is_address(parts[i]))
			found = parts[i];
	}
	return g_strdup(found);
}

static bool
read_cpus(KtRoot *root, const char *vector, const char *file, KtCpuset *ret_cpus)
{
	g_autofree char *path = g_strdup_printf("/proc/irq/%s/%s", vector, file);
	g_autofree char *line = NULL;

	return kt_root_read_line(root, path, &line) == KT_STATE_VALUE &&
	       kt_cpuset_parse_list(line, ret_cpus, NULL) && !kt_cpuset_is_empty(ret_cpus);
}

static void
add_vector(KtRoot *root, const char *vector, KtIrqSum *sum)
{
	KtCpuset allowed = {0};
	KtCpuset cpus = {0};

	/* A vector that no driver has asked for has no directory there. */
	if (!read_cpus(root, vector, "smp_affinity_list", &allowed))
		return;
	/* Architectures that deliver to all of the mask have an empty one (CONFIG_GENERIC_IRQ_
	 * EFFECTIVE_AFF_MASK). */
	if (!read_cpus(root, vector, "effective_affinity_list", &cpus))
		cpus = allowed;
	sum->n++;
	kt_cpuset_or(&sum->cpus, &cpus);
	if (kt_cpuset_count(&allowed) > 1)
		kt_cpuset_or(&sum->shared, &cpus);
	if (!sum->per_cpu)
		return;
	kt_cpuset_foreach (&cpus, cpu)
		sum->per_cpu[cpu]++;
}

void
kt_irq_add_up(KtRoot *root, const char *address, KtIrqSum *sum)
{
	g_autofree char *dir = g_strdup_printf("/sys/bus/pci/devices/%s/msi_irqs", address);
	g_auto(GStrv) vectors = NULL;

	sum->state = kt_root_list(root, dir, &vectors);
	if (sum->state != KT_STATE_VALUE)
		return;
	for (size_t i = 0; vectors[i] && i < KT_IRQ_MAX_VECTORS; i++)
		add_vector(root, vectors[i], sum);
	if (sum->n == 0)
		sum->state = KT_STATE_ABSENT;
}

typedef struct Scan {
	KtHostJob *job;
	GArray *items;
	uint16_t *per_cpu;
} Scan;

static void
find_busiest(const Scan *scan, const KtIrqSum *sum, KtIrqDevice *item, const char *origin)
{
	unsigned busiest = 0;

	kt_cpuset_foreach (&sum->cpus, cpu) {
		if (scan->per_cpu[cpu] > scan->per_cpu[busiest])
			busiest = cpu;
	}
	item->busiest = kt_host_u64(scan->job, busiest, origin);
	item->n_busiest = kt_host_u64(scan->job, scan->per_cpu[busiest], origin);
}

static void
add_device(Scan *scan, const char *dir, const char *name, const char *kind)
{
	g_autofree char *path = g_strconcat(dir, "/", name, NULL);
	g_autofree char *link = NULL;
	KtHostJob *job = scan->job;
	KtIrqSum sum = {.per_cpu = scan->per_cpu};

	if (kt_root_link(job->root, path, &link) != KT_STATE_VALUE)
		return;
	g_autofree char *address = kt_irq_address_of_link(link);
	if (!address)
		return;
	memset(scan->per_cpu, 0, KT_CPUSET_BITS * sizeof(*scan->per_cpu));
	kt_irq_add_up(job->root, address, &sum);
	if (sum.state != KT_STATE_VALUE)
		return;
	KtIrqDevice item = {
		.name = kt_host_str(job, name, path),
		.kind = kt_host_str(job, kind, path),
		.vectors = kt_host_u64(job, sum.n, path),
		.cpus = kt_host_cpuset(job, &sum.cpus, path),
		.shared_cpus = kt_host_cpuset(job, &sum.shared, path),
	};
	find_busiest(scan, &sum, &item, path);
	g_array_append_val(scan->items, item);
}

/* Vectors of a NIC without a link carry nothing. */
static bool
is_up(KtHostJob *job, const char *name)
{
	g_autofree char *path = g_strconcat(NET "/", name, "/operstate", NULL);
	g_autofree char *line = NULL;

	return kt_root_read_line(job->root, path, &line) == KT_STATE_VALUE &&
	       !g_str_equal(line, "down");
}

void
kt_host_collect_irqs(KtHostJob *job)
{
	g_autofree uint16_t *per_cpu = g_new0(uint16_t, KT_CPUSET_BITS);
	g_auto(GStrv) nics = NULL;
	g_auto(GStrv) nvmes = NULL;
	Scan scan = {
		.job = job,
		.items = g_array_new(FALSE, TRUE, sizeof(KtIrqDevice)),
		.per_cpu = per_cpu,
	};
	KtState state = kt_root_list(job->root, NET, &nics);

	for (size_t i = 0; state == KT_STATE_VALUE && nics[i]; i++) {
		if (is_up(job, nics[i]))
			add_device(&scan, NET, nics[i], "nic");
	}
	if (kt_root_list(job->root, NVME, &nvmes) == KT_STATE_VALUE) {
		for (size_t i = 0; nvmes[i]; i++)
			add_device(&scan, NVME, nvmes[i], "nvme");
	}
	kt_host_set_list(job, &job->host->irq_devices, scan.items, state, "/proc/irq");
}
