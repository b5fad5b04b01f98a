/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* QEMU: include/hw/acpi/acpi_dev_interface.h and hw/i386/pc.c, ACPI_MAX_RAM_SLOTS. */
#define MOST_SLOTS 256

/* Linux: arch/x86/include/asm/sparsemem.h, SECTION_SIZE_BITS 27: the smallest memory block. */
#define BLOCK_KIB (UINT64_C(1) << (27 - 10))

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_ODD, /* a DIMM that does not come online, nor those behind it */
	FAULT_SLOTS,
	FAULT_MACHINE, /* older than pc 2.1 */
} Fault;

static const KtMemoryDevice *
find_odd(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->memory_devices.n; i++) {
		const KtMemoryDevice *device = &config->memory_devices.v[i];
		if (kt_opt_is(device->model, "dimm") && kt_known(device->size_kib) &&
		    device->size_kib.v % BLOCK_KIB != 0)
			return device;
	}
	return NULL;
}

static bool
is_too_old(const KtGuestConfig *config)
{
	g_auto(KtMachineType) machine = {.family = NULL};

	return kt_guest_machine(config, &machine) && g_str_has_prefix(machine.family, "pc-") &&
	       (machine.major < 2 || (machine.major == 2 && machine.minor < 1));
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs_look(out, config->max_memory_kib, "<maxMemory>"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_known(config->max_memory_kib))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, config->max_memory_slots, "its slots") ||
	    !kt_sink_needs(out, config->memory_devices, "the memory devices"))
		return KT_VERDICT_UNKNOWN;
	if (is_too_old(config))
		*ret_fault = FAULT_MACHINE;
	else if (kt_known(config->max_memory_slots) && config->max_memory_slots.v > MOST_SLOTS)
		*ret_fault = FAULT_SLOTS;
	else
		*ret_fault = kt_guest_is_x86(config) && find_odd(config) ? FAULT_ODD : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtMemoryDevice *odd = find_odd(config);
	uint16_t origin = kt_subject_origin(subject, config->max_memory_kib);

	if (fault == FAULT_ODD && odd) {
		kt_sink_severity(out, KT_SEVERITY_HIGH);
		kt_sink_summary(out, "a DIMM that the guest cannot use, nor those behind it");
		kt_sink_evidence(out,
				 origin,
				 "<memory model='dimm'> of %" G_GUINT64_FORMAT
				 " MiB is no multiple of %" G_GUINT64_FORMAT,
				 odd->size_kib.v / 1024,
				 BLOCK_KIB / 1024);
		return;
	}
	kt_sink_severity(out, KT_SEVERITY_CRITICAL);
	if (fault == FAULT_MACHINE) {
		kt_sink_summary(out, "will not start: machine type too old for <maxMemory>");
		kt_sink_evidence(out, origin, "<maxMemory> with machine='%s'", config->machine.v);
	} else {
		kt_sink_summary(out, "will not start: more than %d memory slots", MOST_SLOTS);
		kt_sink_evidence(out,
				 origin,
				 "<maxMemory slots='%" G_GUINT64_FORMAT "'>",
				 config->max_memory_slots.v);
	}
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	if (fault == FAULT_SLOTS) {
		kt_guest_change_u64(view,
				    "/domain/maxMemory/@slots",
				    view->config->max_memory_slots,
				    G_STRINGIFY(MOST_SLOTS),
				    out);
		kt_guest_remark(view, out);
		return;
	}
	kt_sink_advice(out,
		       fault == FAULT_MACHINE
			       ? "Memory can be plugged in from pc-i440fx-2.1 and pc-q35-2.1 on; "
				 "take <maxMemory> out or a newer type with 'virsh edit %s'."
			       : "Make its size a multiple of the guest's memory block "
				 "(/sys/devices/system/memory/block_size_bytes inside, 128 MiB "
				 "or more) with 'virsh edit %s'.",
		       kt_guest_name(view->guest));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_mem_hotplug) = {
	.id = "guest.mem.hotplug",
	.title = "Memory that is plugged in can be used",
	.why = "Linux takes memory in blocks of 128 MiB at least; libvirt and QEMU accept other "
	       "sizes, the guest does not bring them online, and every DIMM behind one is out of "
	       "line as well. More than 256 slots or a machine type before 2.1 keep the guest "
	       "from starting.",
	.cost = "None.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Memory Allocation, maxMemory; Memory devices",
			"Linux: Documentation/admin-guide/mm/memory-hotplug.rst",
			"QEMU: hw/i386/pc.c, ACPI_MAX_RAM_SLOTS",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep -A6 \"<memory model\\|<maxMemory\"; "
		"inside: lsmem",
	.effect = "MemTotal in the guest after a hotplug",
	.evaluate = evaluate,
};
