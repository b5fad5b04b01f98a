/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest.h"

/* Differences that are named one by one. */
#define MOST_SHOWN 8

/* What both definitions say in the same words. Sizes that the balloon or hotplug moves, and what
 * libvirt writes out only for the running guest, are left aside. */
typedef struct Row {
	const char *name;
	size_t offset;
	KtType type;
} Row;

#define ROW_OF(record, member, text)                                                               \
	{                                                                                          \
		.name = (text), .offset = offsetof(record, member),                                \
		.type = KT_TYPE_OF(((record *)NULL)->member)                                       \
	}
#define ROW(member, text)  ROW_OF(KtGuestConfig, member, text)
#define DISK(member, text) ROW_OF(KtDisk, member, text)
#define NIC(member, text)  ROW_OF(KtNic, member, text)

static const Row rows[] = {
	ROW(machine, "machine type"),
	ROW(memory_kib, "memory"),
	ROW(max_memory_kib, "maxMemory"),
	ROW(vcpus_max, "most vCPUs"),
	ROW(vcpu_cpuset, "CPUs of all threads"),
	ROW(sockets, "sockets"),
	ROW(cores, "cores"),
	ROW(threads, "threads"),
	ROW(dies, "dies"),
	ROW(cpu_shares, "CPU weight"),
	ROW(cpu_quota_us, "quota of a vCPU"),
	ROW(cpu_period_us, "period of a vCPU"),
	ROW(global_quota_us, "quota of the guest"),
	ROW(global_period_us, "period of the guest"),
	ROW(emulator_quota_us, "quota of QEMU"),
	ROW(emulator_period_us, "period of QEMU"),
	ROW(iothread_quota_us, "quota of an IOThread"),
	ROW(iothread_period_us, "period of an IOThread"),
	ROW(emulator_pin, "emulator pin"),
	ROW(iothreads, "IOThreads"),
	ROW(numa_mode, "numatune mode"),
	ROW(numa_nodeset, "numatune nodes"),
	ROW(hugepages, "huge pages"),
	ROW(nosharepages, "nosharepages"),
	ROW(locked, "locked memory"),
	ROW(memory_source, "source of memory"),
	ROW(memory_access, "access of memory"),
	ROW(hard_limit_kib, "hard_limit"),
	ROW(soft_limit_kib, "soft_limit"),
	ROW(swap_hard_limit_kib, "swap_hard_limit"),
	ROW(balloon_period_s, "period of the balloon's statistics"),
	ROW(blkio_weight, "I/O weight"),
	ROW(acpi, "ACPI"),
	ROW(on_crash, "on_crash"),
	ROW(emulator, "emulator"),
};

static const Row disk_rows[] = {
	DISK(cache, "cache"),
	DISK(io, "io"),
	DISK(discard, "discard"),
	DISK(detect_zeroes, "detect_zeroes"),
	DISK(queues, "queues"),
	DISK(iothread, "IOThread"),
	DISK(is_throttled, "<iotune>"),
};

static const Row nic_rows[] = {
	NIC(model, "model"),
	NIC(queues, "queues"),
	NIC(backend, "driver"),
};

/* Quotas; libvirt writes -1 for one that was lifted. */
static char *
quota_text(KtOptI64 quota)
{
	return quota.v > 0 && quota.v < KT_QUOTA_UNLIMITED_US
		       ? g_strdup_printf("%" G_GINT64_FORMAT, quota.v)
		       : g_strdup("-");
}

/* NULL: nobody looked; "-": not there. Free with g_free. */
static char *
text_of(const void *record, const Row *row)
{
	const void *member = (const char *)record + row->offset;
	const KtOptStr *text = member;
	const KtOptU64 *number = member;
	const KtOptI64 *quota = member;
	const KtOptBool *flag = member;
	const KtOptCpuset *set = member;
	KtState state = row->type == KT_TYPE_STR      ? text->state
			: row->type == KT_TYPE_U64    ? number->state
			: row->type == KT_TYPE_I64    ? quota->state
			: row->type == KT_TYPE_CPUSET ? set->state
						      : flag->state;

	if (state != KT_STATE_VALUE)
		return state == KT_STATE_ABSENT ? g_strdup("-") : NULL;
	if (row->type == KT_TYPE_STR)
		return g_strdup(text->v);
	if (row->type == KT_TYPE_U64)
		return g_strdup_printf("%" G_GUINT64_FORMAT, number->v);
	if (row->type == KT_TYPE_I64)
		return quota_text(*quota);
	return row->type == KT_TYPE_CPUSET ? kt_cpuset_to_list(set->v)
					   : g_strdup(flag->v ? "yes" : "no");
}

typedef struct Comparison {
	const KtView *view;
	KtSink *out; /* NULL: only counts */
	unsigned n;
} Comparison;

static void
show(Comparison *comparison, const char *name, const char *now, const char *next)
{
	comparison->n++;
	if (comparison->out && comparison->n <= MOST_SHOWN)
		kt_sink_evidence(comparison->out,
				 comparison->view->config->type.origin,
				 "%s: %s runs, %s at the next start",
				 name,
				 now,
				 next);
}

/* @of: name of the disk or NIC, or NULL. */
static void
compare_row(Comparison *comparison, const Row *row, const char *of, const void *now,
	    const void *next)
{
	g_autofree char *runs = text_of(now, row);
	g_autofree char *defined = text_of(next, row);
	g_autofree char *name = of ? g_strdup_printf("%s of %s", row->name, of) : NULL;

	if (runs && defined && !g_str_equal(runs, defined))
		show(comparison, name ? name : row->name, runs, defined);
}

static void
compare_disks(Comparison *comparison)
{
	const KtDiskList *next = &comparison->view->config->disks;
	const KtDiskList *now = &comparison->view->live->disks;

	for (uint32_t i = 0; i < next->n * now->n; i++) {
		const KtDisk *defined = &next->v[i / now->n];
		const KtDisk *runs = &now->v[i % now->n];
		if (!kt_known(runs->target) || !kt_opt_is(defined->target, runs->target.v))
			continue;
		for (size_t j = 0; j < G_N_ELEMENTS(disk_rows); j++)
			compare_row(comparison, &disk_rows[j], runs->target.v, runs, defined);
	}
}

static void
compare_nics(Comparison *comparison)
{
	const KtNicList *next = &comparison->view->config->nics;
	const KtNicList *now = &comparison->view->live->nics;

	for (uint32_t i = 0; i < next->n * now->n; i++) {
		const KtNic *defined = &next->v[i / now->n];
		const KtNic *runs = &now->v[i % now->n];
		if (!kt_guest_has_one_nic(comparison->view->config, runs->mac) ||
		    !kt_guest_has_one_nic(comparison->view->live, runs->mac) ||
		    !kt_opt_is(defined->mac, runs->mac.v))
			continue;
		for (size_t j = 0; j < G_N_ELEMENTS(nic_rows); j++)
			compare_row(comparison, &nic_rows[j], runs->mac.v, runs, defined);
	}
}

/* The pins of vCPUs and of IOThreads have the same layout: a number and a set. */
G_STATIC_ASSERT(sizeof(KtVcpuPin) == sizeof(KtIothreadPin));
G_STATIC_ASSERT(offsetof(KtVcpuPin, cpus) == offsetof(KtIothreadPin, cpus));

/* "0: 0-3, 1: 4-7", or "-". */
static char *
pins_text(const void *items, uint32_t n)
{
	const KtVcpuPin *pins = items;
	GString *text = g_string_new(NULL);

	for (uint32_t i = 0; i < n; i++) {
		g_autofree char *list =
			kt_known(pins[i].cpus) ? kt_cpuset_to_list(pins[i].cpus.v) : g_strdup("?");
		g_string_append_printf(text,
				       "%s%" G_GUINT64_FORMAT ": %s",
				       text->len ? ", " : "",
				       pins[i].vcpu.v,
				       list);
	}
	if (n == 0)
		g_string_append_c(text, '-');
	return g_string_free(text, FALSE);
}

static void
compare_pins(Comparison *comparison)
{
	const KtGuestConfig *now = comparison->view->live;
	const KtGuestConfig *next = comparison->view->config;
	g_autofree char *vcpus_now = pins_text(now->vcpu_pins.v, now->vcpu_pins.n);
	g_autofree char *vcpus_next = pins_text(next->vcpu_pins.v, next->vcpu_pins.n);
	g_autofree char *ios_now = pins_text(now->iothread_pins.v, now->iothread_pins.n);
	g_autofree char *ios_next = pins_text(next->iothread_pins.v, next->iothread_pins.n);

	if (kt_known(now->vcpu_pins) && kt_known(next->vcpu_pins) &&
	    !g_str_equal(vcpus_now, vcpus_next))
		show(comparison, "pins of vCPUs", vcpus_now, vcpus_next);
	if (kt_known(now->iothread_pins) && kt_known(next->iothread_pins) &&
	    !g_str_equal(ios_now, ios_next))
		show(comparison, "pins of IOThreads", ios_now, ios_next);
}

/* How many settings differ; with @out, names them. */
static unsigned
compare(const KtView *view, KtSink *out)
{
	Comparison comparison = {.view = view, .out = out};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		compare_row(&comparison, &rows[i], NULL, view->live, view->config);
	compare_pins(&comparison);
	compare_disks(&comparison);
	compare_nics(&comparison);
	return comparison.n;
}

static KtVerdict
judge_saved(const KtView *view, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "the next start restores a saved state and its settings");
	kt_sink_evidence(out, view->guest->managed_save.origin, "there is a managed save image");
	kt_sink_advice(
		out,
		"What is changed meanwhile is in the definition, but not in the guest: start "
		"it, shut it down inside, start it again. 'virsh managedsave-remove %s' "
		"throws away what was in its memory.",
		kt_guest_name(view->guest));
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict gate = kt_guest_gate(view, out);
	bool is_persistent = kt_opt_true(view->guest->is_persistent);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_sink_needs(out, view->guest->managed_save, "whether there is a saved state") ||
	    !kt_sink_needs(out, view->guest->is_persistent, "whether the guest is persistent"))
		return KT_VERDICT_UNKNOWN;
	if (view->guest->managed_save.v)
		return judge_saved(view, out);
	if (!view->live || !is_persistent)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, view->live->type, "the XML of the running guest"))
		return KT_VERDICT_UNKNOWN;

	unsigned n = compare(view, NULL);
	if (n == 0)
		return KT_VERDICT_OK;
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out,
			"%u setting%s of the next start %s not what runs",
			n,
			n == 1 ? "" : "s",
			n == 1 ? "is" : "are");
	(void)compare(view, out);
	kt_sink_advice(out,
		       "A shutdown and a start make them true; a reboot inside does not. What was "
		       "changed for the running guest alone is lost then.");
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_pending_change) = {
	.id = "guest.pending-change",
	.title = "What runs is what is configured",
	.why = "libvirt keeps two definitions of a running guest. Changes for the next start "
	       "wait, unseen, until somebody restarts it for another reason, and what was changed "
	       "live alone is gone then. With a managed save image the next start takes the old "
	       "settings out of that.",
	.cost = "None: it is a remark.",
	.sources =
		(const char *const[]){
			"libvirt: virDomainGetXMLDesc, VIR_DOMAIN_XML_INACTIVE",
			"libvirt: virDomainManagedSave",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.check_by_hand = "diff <(virsh dumpxml DOMAIN) <(virsh dumpxml --inactive DOMAIN)",
	.effect = "number of settings that differ",
	.evaluate = evaluate,
};
