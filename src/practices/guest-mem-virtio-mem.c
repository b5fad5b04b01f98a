/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_DIMM,  /* whole pieces, although a device that resizes would do */
	FAULT_HELD,  /* the guest has not followed */
	FAULT_BLOCK, /* steps smaller than a page */
} Fault;

static uint64_t
page_of(const KtGuestConfig *config)
{
	uint64_t page_kib = 0;

	for (uint32_t i = 0; i < config->hugepage_uses.n; i++) {
		if (kt_known(config->hugepage_uses.v[i].size_kib))
			page_kib = MAX(page_kib, config->hugepage_uses.v[i].size_kib.v);
	}
	return page_kib;
}

static Fault
judge_device(const KtView *view, const KtGuestConfig *config, const KtMemoryDevice *device)
{
	uint64_t page_kib = page_of(config);
	bool is_thin = view->workload == KT_WORKLOAD_GENERAL || view->workload == KT_WORKLOAD_DENSE;

	/* libvirt 7.9.0, QEMU 5.1. */
	if (kt_opt_is(device->model, "dimm"))
		return is_thin && kt_guest_libvirt_from(view, 7009000) &&
				       kt_guest_qemu_from(view, 5001000)
			       ? FAULT_DIMM
			       : FAULT_NONE;
	if (!kt_opt_is(device->model, "virtio-mem"))
		return FAULT_NONE;
	if (kt_known(device->block_kib) && page_kib && device->block_kib.v % page_kib != 0)
		return FAULT_BLOCK;
	return config == view->live && kt_known(device->requested_kib) &&
			       kt_known(device->current_kib) &&
			       device->requested_kib.v != device->current_kib.v
		       ? FAULT_HELD
		       : FAULT_NONE;
}

static const KtMemoryDevice *
find(const KtView *view, const KtGuestConfig *config, Fault *ret_fault)
{
	const KtMemoryDevice *found = NULL;

	*ret_fault = FAULT_NONE;
	for (uint32_t i = 0; i < config->memory_devices.n; i++) {
		Fault fault = judge_device(view, config, &config->memory_devices.v[i]);
		if (fault <= *ret_fault)
			continue;
		*ret_fault = fault;
		found = &config->memory_devices.v[i];
	}
	return found;
}

static void
tell(const KtView *view, const KtGuestConfig *config, KtSink *out)
{
	Fault fault = FAULT_NONE;
	const KtMemoryDevice *device = find(view, config, &fault);
	uint16_t origin =
		config->memory_devices.origin ? config->memory_devices.origin : config->type.origin;

	if (!device)
		return;
	switch (fault) {
	case FAULT_BLOCK:
		kt_sink_severity(out, KT_SEVERITY_HIGH);
		kt_sink_summary(out, "virtio-mem in steps that are no whole huge pages");
		kt_sink_evidence(out,
				 origin,
				 "<block> of %" G_GUINT64_FORMAT " KiB, pages of %" G_GUINT64_FORMAT
				 " KiB",
				 device->block_kib.v,
				 page_of(config));
		kt_sink_advice(out,
			       "Set <block> to the size of the huge pages or a multiple of it "
			       "('virsh edit %s').",
			       kt_guest_name(view->guest));
		break;
	case FAULT_HELD:
		kt_sink_severity(out, KT_SEVERITY_MEDIUM);
		kt_sink_summary(out, "the guest has not taken, or given, what was asked for");
		kt_sink_evidence(out,
				 origin,
				 "virtio-mem: requested %" G_GUINT64_FORMAT
				 " KiB, current %" G_GUINT64_FORMAT " KiB",
				 device->requested_kib.v,
				 device->current_kib.v);
		kt_sink_advice(out,
			       "More memory needs the driver (Linux 5.8) and a rule that brings it "
			       "online in the guest; less needs memory that can be moved "
			       "(memhp_default_state=online_movable).");
		break;
	case FAULT_DIMM:
		kt_sink_severity(out, KT_SEVERITY_INFO);
		kt_sink_summary(out, "memory in whole DIMMs, which hardly ever come out again");
		kt_sink_evidence(out,
				 origin,
				 "<memory model='dimm'> of %" G_GUINT64_FORMAT " KiB",
				 kt_known(device->size_kib) ? device->size_kib.v : 0);
		kt_sink_advice(
			out,
			"A <memory model='virtio-mem'> of the size of all DIMMs together "
			"grows and shrinks in steps of 2 MiB; guests with Linux 5.8 or newer "
			"have the driver.");
		break;
	case FAULT_NONE:
	default:
		break;
	}
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict verdict = kt_guest_gate(view, out);
	Fault fault = FAULT_NONE;

	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!kt_sink_needs(out, view->config->memory_devices, "the memory devices") ||
	    !kt_sink_needs(out, view->config->hugepage_uses, "the sizes of huge pages"))
		return KT_VERDICT_UNKNOWN;
	if (view->config->memory_devices.n == 0 &&
	    (!view->live || view->live->memory_devices.n == 0))
		return KT_VERDICT_NOT_APPLICABLE;
	if (find(view, view->config, &fault)) {
		tell(view, view->config, out);
		return KT_VERDICT_FINDING;
	}
	if (!view->live || !find(view, view->live, &fault))
		return KT_VERDICT_OK;
	tell(view, view->live, out);
	/* What the guest does with its memory does not wait for a start. */
	return fault == FAULT_HELD ? KT_VERDICT_FINDING : KT_VERDICT_PENDING;
}

KT_PRACTICE(guest_mem_virtio_mem) = {
	.id = "guest.mem.virtio-mem",
	.title = "Memory that comes and goes is virtio-mem",
	.why = "A DIMM is plugged and unplugged as a whole, and the guest refuses to let go of one "
	       "that holds a page it cannot move. virtio-mem grows and shrinks in small steps, "
	       "knows what the guest has really taken, and needs no slot.",
	.cost = "The guest needs Linux 5.8, or the Windows driver.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Memory devices, virtio-mem (7.9.0)",
			"Virtual I/O Device (VIRTIO) 1.2, 5.15 Memory Device",
			"Linux 5.8: drivers/virtio/virtio_mem.c",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml DOMAIN | grep -A12 \"model='virtio-mem'\"",
	.effect = "requested and current in the live XML; MemTotal in the guest",
	.evaluate = evaluate,
};
