/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* QEMU: net/tap.c and hw/net/virtio-net.c: only vhost-user has longer transmit queues. */
#define TX_QUEUE_MOST 256

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_EVENT_IDX,
	FAULT_TX_QUEUE,
} Fault;

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtNic *nic = subject->nic;
	bool is_long = kt_known(nic->tx_queue_size) && nic->tx_queue_size.v > TX_QUEUE_MOST;

	if (!kt_sink_needs(out, nic->type, "the type of the NIC") ||
	    !kt_sink_needs_look(out, nic->event_idx, "event_idx of the NIC") ||
	    !kt_sink_needs_look(out, nic->tx_queue_size, "tx_queue_size of the NIC"))
		return KT_VERDICT_UNKNOWN;
	if (is_long && !kt_opt_is(nic->type, "vhostuser") && !kt_opt_is(nic->type, "vdpa"))
		*ret_fault = FAULT_TX_QUEUE;
	else
		*ret_fault = kt_opt_is(nic->event_idx, "off") ? FAULT_EVENT_IDX : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtNic *nic = subject->nic;

	if (fault == FAULT_TX_QUEUE) {
		kt_sink_severity(out, KT_SEVERITY_HIGH);
		kt_sink_summary(out, "a transmit queue that QEMU 10 refuses to start with");
		kt_sink_evidence(out,
				 kt_subject_origin(subject, nic->tx_queue_size),
				 "tx_queue_size='%" G_GUINT64_FORMAT "' on type '%s', which has %d",
				 nic->tx_queue_size.v,
				 nic->type.v,
				 TX_QUEUE_MOST);
		return;
	}
	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "event_idx='off' makes more interrupts and exits");
	kt_sink_evidence(out, kt_subject_origin(subject, nic->event_idx), "event_idx='off'");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtNic *nic = view->nic;
	g_autofree char *queue = kt_guest_nic_place(view, "driver/@tx_queue_size", out);
	g_autofree char *index = queue ? kt_guest_nic_place(view, "driver/@event_idx", out) : NULL;

	if (!index)
		return;
	if (fault == FAULT_TX_QUEUE)
		kt_guest_change_u64(view, queue, nic->tx_queue_size, NULL, out);
	if (kt_opt_is(nic->event_idx, "off"))
		kt_guest_change(view, index, nic->event_idx, NULL, out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_net_driver_knobs) = {
	.id = "guest.net.driver-knobs",
	.title = "Knobs of the virtio network driver are left alone",
	.why = "event_idx lets both sides say when they want to be woken; without it every packet "
	       "may interrupt. Transmit queues above 256 exist with vhost-user only; elsewhere "
	       "QEMU ignored the number for years and since 10.0 refuses it.",
	.cost = "None: both are the defaults, which old guides changed without need.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Setting NIC driver-specific options "
			"(event_idx, tx_queue_size)",
			"QEMU: hw/net/virtio-net.c, virtio_net_max_tx_queue_size()",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_NIC,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A8 \"<interface\"",
	.effect =
		"interrupts of the card in the guest (/proc/interrupts); the guest starts after an "
		"upgrade",
	.evaluate = evaluate,
};
