/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-os.h"

#include <string.h>

/* Cards of the 1990s, emulated register by register. */
static const char *const emulated[] = {"rtl8139", "e1000", "pcnet", "ne2k_pci", "ne2k_isa", NULL};

static bool
is_x86(const KtGuestConfig *config)
{
	return kt_opt_is(config->architecture, "x86_64") || kt_opt_is(config->architecture, "i686");
}

/* The model that the guest sees, or NULL when the facts do not tell. On x86 an interface without
 * a model becomes an rtl8139. */
static const char *
model_of(const KtGuestConfig *config, const KtNic *nic)
{
	if (kt_known(nic->model))
		return nic->model.v;
	return nic->model.state == KT_STATE_ABSENT && is_x86(config) ? "rtl8139" : NULL;
}

static bool
is_emulated(const char *model)
{
	return model && g_strv_contains(emulated, model);
}

static bool
has_virtio_nic(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->nics.n; i++) {
		const KtOptStr model = config->nics.v[i].model;
		if (kt_known(model) && g_str_has_prefix(model.v, "virtio"))
			return true;
	}
	return false;
}

static const char *
virtio_disk(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->disks.n; i++) {
		const KtDisk *disk = &config->disks.v[i];
		if (kt_opt_is(disk->bus, "virtio") && kt_known(disk->target))
			return disk->target.v;
	}
	return NULL;
}

/* Says why the guest can drive a virtio NIC; false when nothing in the facts says so. */
static bool
tell_capable(const KtGuestConfig *config, KtSink *out)
{
	const KtOptStr os = config->os_id;
	const char *disk = virtio_disk(config);
	bool is_windows = kt_guest_is_windows(config);

	if (kt_guest_has_virtio(config)) {
		kt_sink_evidence(out, os.origin, "the guest runs %s", os.v);
		return true;
	}
	if (has_virtio_nic(config)) {
		kt_sink_evidence(out, config->nics.origin, "another NIC of the guest is virtio");
		return true;
	}
	/* Linux got virtio_blk and virtio_net together (2.6.24); Windows installs each alone. */
	if (disk && !is_windows) {
		kt_sink_evidence(
			out, config->disks.origin, "the guest drives virtio disk %s", disk);
		return true;
	}
	kt_sink_evidence(out,
			 os.origin ? os.origin : config->type.origin,
			 "whether the guest has a virtio-net driver is not known");
	return false;
}

static const KtNic *
live_nic(const KtView *view)
{
	for (uint32_t i = 0; view->live && i < view->live->nics.n; i++) {
		const KtNic *nic = &view->live->nics.v[i];
		if (kt_known(nic->mac) && kt_opt_is(view->nic->mac, nic->mac.v))
			return nic;
	}
	return NULL;
}

static void
propose(const KtView *view, KtSink *out)
{
	const KtNic *nic = view->nic;

	if (!kt_guest_has_one_nic(view->config, nic->mac)) {
		kt_sink_advice(
			out,
			"The NIC has no address of its own to find it by: set its model with "
			"'virsh edit'.");
		return;
	}

	g_autofree char *locator = g_strdup_printf(
		"/domain/devices/interface[mac/@address='%s']/model/@type", nic->mac.v);
	kt_sink_domain_xml(
		out, view->guest, locator, kt_known(nic->model) ? nic->model.v : NULL, "virtio");
	kt_guest_remark(view, out);
}

static KtVerdict
judge_live(const KtView *view, KtSink *out)
{
	const KtNic *nic = live_nic(view);
	const char *model = nic ? model_of(view->live, nic) : NULL;

	if (!is_emulated(model))
		return KT_VERDICT_OK;
	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "the running guest still has an emulated %s network card", model);
	kt_sink_evidence(out, nic->model.origin, "<model type='%s'/> in the running guest", model);
	return KT_VERDICT_PENDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtNic *nic = view->nic;
	const char *model = model_of(view->config, nic);
	KtVerdict gate = kt_guest_gate(view, out);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (kt_opt_is(nic->type, "hostdev") || kt_opt_is(nic->type, "vdpa"))
		return KT_VERDICT_NOT_APPLICABLE;
	if (nic->model.state == KT_STATE_ABSENT && kt_known(view->config->architecture) &&
	    !is_x86(view->config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!model) {
		kt_sink_evidence(out, nic->model.origin, "the model of the NIC is not known");
		return KT_VERDICT_UNKNOWN;
	}
	if (!is_emulated(model))
		return judge_live(view, out);

	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "emulated %s network card instead of virtio", model);
	kt_sink_evidence(out,
			 nic->model.origin ? nic->model.origin : view->config->type.origin,
			 kt_known(nic->model) ? "<model type='%s'/>"
					      : "no <model>, which stands for %s",
			 model);
	if (!tell_capable(view->config, out))
		return KT_VERDICT_UNKNOWN;
	propose(view, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_net_model) = {
	.id = "guest.net.model",
	.title = "Network cards are virtio, not emulated",
	.why = "Every packet through an emulated card costs several exits to QEMU, which imitates "
	       "its registers; virtio hands over batches through shared memory, and vhost takes "
	       "them in the kernel.",
	.cost = "The guest needs the driver (all Linux kernels since 2.6.25; Windows: virtio-win). "
		"It sees a new card in the old slot with the old address; rules that name the "
		"driver, and Windows' own settings of the card, have to be set again.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Setting the NIC model",
			"QEMU: docs/system/devices/net.rst",
			"Virtual I/O Device (VIRTIO) 1.2, 5.1 Network Device",
			"osinfo-db 20221130: devices per operating system",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_NIC,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "virsh domiflist DOMAIN; inside the guest: lspci -nn | grep -i eth",
	.effect = "packets per second and host CPU at the same load (iperf3, sar -n DEV)",
	.evaluate = evaluate,
};
