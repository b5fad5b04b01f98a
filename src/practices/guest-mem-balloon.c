/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

#define PERIOD_S "10"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_BLIND,   /* no statistics */
	FAULT_LATENCY, /* inflated under a guest that must be quick */
	FAULT_VAIN,    /* inflated, but nothing comes back */
} Fault;

static bool
is_inflated(const KtGuestConfig *config)
{
	return kt_known(config->memory_kib) && kt_known(config->current_memory_kib) &&
	       config->current_memory_kib.v < config->memory_kib.v;
}

static bool
gives_nothing(const KtGuestConfig *config)
{
	return kt_opt_true(config->hugepages) ||
	       (kt_known(config->hostdevs) && config->hostdevs.v > 0);
}

static bool
is_blind(const KtView *view, const KtGuestConfig *config)
{
	return !kt_guest_wants_speed(view) &&
	       (!kt_known(config->balloon_period_s) || config->balloon_period_s.v == 0);
}

static bool
has_virtio(const KtGuestConfig *config)
{
	return kt_known(config->balloon) && g_str_has_prefix(config->balloon.v, "virtio");
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs_look(out, config->balloon, "the model of <memballoon>"))
		return KT_VERDICT_UNKNOWN;
	if (!has_virtio(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, config->balloon_period_s, "the period of its statistics"))
		return KT_VERDICT_UNKNOWN;
	if (is_inflated(config) && gives_nothing(config))
		*ret_fault = FAULT_VAIN;
	else if (is_inflated(config) && view->workload == KT_WORKLOAD_LATENCY)
		*ret_fault = FAULT_LATENCY;
	else
		*ret_fault = is_blind(view, config) ? FAULT_BLIND : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	kt_sink_severity(out, fault == FAULT_BLIND ? KT_SEVERITY_LOW : KT_SEVERITY_MEDIUM);
	if (fault == FAULT_BLIND) {
		kt_sink_summary(out, "nobody can see how much memory the guest uses");
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->balloon_period_s),
				 "<memballoon> without <stats period='...'/>");
		return;
	}
	kt_sink_summary(out,
			fault == FAULT_VAIN
				? "the balloon takes memory that the host does not get"
				: "the balloon holds memory of a guest that must be quick");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->current_memory_kib),
			 "<currentMemory> %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " MiB%s",
			 config->current_memory_kib.v / 1024,
			 config->memory_kib.v / 1024,
			 fault != FAULT_VAIN              ? ""
			 : kt_opt_true(config->hugepages) ? ", on static huge pages"
							  : ", with assigned devices");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	const KtGuestConfig *live = &view->guest->live;
	g_autofree char *all = g_strdup_printf("%" G_GUINT64_FORMAT, config->memory_kib.v);

	if (fault != FAULT_BLIND) {
		kt_guest_change_u64(
			view, "/domain/currentMemory/text()", config->current_memory_kib, all, out);
		kt_sink_advice(out,
			       "'virsh setmem %s %s' gives it back to the running guest; what it "
			       "shall never have belongs into <memory>.",
			       kt_guest_name(view->guest),
			       all);
	}
	if (is_blind(view, config)) {
		kt_guest_change_u64(view,
				    "/domain/devices/memballoon/stats/@period",
				    config->balloon_period_s,
				    PERIOD_S,
				    out);
		/* Of a guest without definition the other fault stays. */
		if (kt_guest_has_live(view) && (fault == FAULT_BLIND || config != live) &&
		    has_virtio(live) && kt_looked(live->balloon_period_s) && is_blind(view, live))
			kt_sink_domain_live(out, view->guest, "stats-period", "0", PERIOD_S);
	}
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_mem_balloon) = {
	.id = "guest.mem.balloon",
	.title = "The balloon is seen, and used where it helps",
	.why = "Without a period the guest reports nothing, and nobody can tell what it could "
	       "spare. On static huge pages or with assigned devices the balloon takes memory "
	       "from the guest that the host does not get back.",
	.cost = "The guest wakes up every ten seconds to count. A guest that shall not be seen "
		"into keeps it off.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Memory balloon device",
			"QEMU: hw/virtio/virtio-balloon.c, ram_block_discard_is_disabled()",
			"Virtual I/O Device (VIRTIO) 1.2, 5.5",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dommemstat DOMAIN",
	.effect = "usable and last_update in virsh dommemstat; RSS of QEMU",
	.evaluate = evaluate,
};
