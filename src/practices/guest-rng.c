/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-guest-os.h"
#include "kt-guest.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_UNKNOWN,
	FAULT_UNLIMITED,
	FAULT_MISSING,
	FAULT_BLOCKING,
} Fault;

static Fault
judge_device(const KtView *view, const KtRng *rng)
{
	if (kt_opt_is(rng->backend, "random") && kt_opt_is(rng->source, "/dev/random")) {
		if (!kt_known(view->host->system.kernel) || !kt_guest_is_local(view))
			return FAULT_UNKNOWN;
		/* Linux commit 30c08efec888: /dev/random does not block since 5.6. */
		if (!kt_census_kernel_from(view->host, 5, 6))
			return FAULT_BLOCKING;
	}
	if (view->workload == KT_WORKLOAD_DENSE && kt_known(rng->has_rate) && !rng->has_rate.v)
		return FAULT_UNLIMITED;
	return FAULT_NONE;
}

static Fault
judge(const KtView *view, const KtGuestConfig *config)
{
	Fault worst = FAULT_NONE;

	if (!kt_known(config->rngs))
		return FAULT_UNKNOWN;
	if (config->rngs.n == 0)
		return FAULT_MISSING;
	for (uint32_t i = 0; i < config->rngs.n; i++) {
		Fault fault = judge_device(view, &config->rngs.v[i]);
		worst = MAX(worst, fault);
	}
	return worst;
}

static void
tell(const KtView *view, const KtGuestConfig *config, Fault fault, KtSink *out)
{
	uint16_t origin = config->rngs.origin ? config->rngs.origin : config->type.origin;

	switch (fault) {
	case FAULT_MISSING:
		kt_sink_severity(out, KT_SEVERITY_LOW);
		kt_sink_summary(out, "no random number device");
		kt_sink_evidence(out, origin, "no <rng> among the devices");
		break;
	case FAULT_BLOCKING:
		kt_sink_severity(out, KT_SEVERITY_MEDIUM);
		kt_sink_summary(out, "random numbers come from /dev/random, which blocks here");
		kt_sink_evidence(out, origin, "<backend model='random'>/dev/random");
		kt_sink_evidence(out,
				 view->host->system.kernel.origin,
				 "the host runs Linux %s",
				 view->host->system.kernel.v);
		break;
	case FAULT_UNLIMITED:
		kt_sink_severity(out, KT_SEVERITY_INFO);
		kt_sink_summary(out, "random number device without a rate limit");
		kt_sink_evidence(out, origin, "<rng> without <rate>");
		break;
	case FAULT_NONE:
	case FAULT_UNKNOWN:
	default:
		break;
	}
}

static void
propose(const KtView *view, Fault fault, KtSink *out)
{
	if (fault == FAULT_UNLIMITED) {
		kt_sink_advice(out,
			       "Add <rate bytes='...' period='...'/> to the <rng> of guests that "
			       "do not belong to you.");
		return;
	}
	if (fault == FAULT_BLOCKING && view->config->rngs.n > 1) {
		kt_sink_advice(out,
			       "The guest has %u such devices: keep one, with /dev/urandom behind "
			       "it.",
			       view->config->rngs.n);
		return;
	}
	if (fault == FAULT_BLOCKING)
		kt_sink_domain_xml(out,
				   view->guest,
				   "/domain/devices/rng/backend/text()",
				   "/dev/random",
				   "/dev/urandom");
	else
		kt_sink_domain_xml(out,
				   view->guest,
				   "/domain/devices/rng",
				   NULL,
				   "<rng model='virtio'><backend model='random'>/dev/urandom"
				   "</backend></rng>");
	kt_guest_remark(view, out);
}

static KtVerdict
unknown(const KtView *view, KtSink *out)
{
	if (kt_sink_needs(out, view->config->rngs, "the list of <rng>"))
		kt_sink_evidence(out,
				 view->config->rngs.origin,
				 "whether its source blocks is not known of this host");
	return KT_VERDICT_UNKNOWN;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict gate = kt_guest_gate(view, out);
	Fault fault = judge(view, view->config);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (kt_guest_predates_virtio(view->config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (fault == FAULT_UNKNOWN)
		return unknown(view, out);
	if (fault != FAULT_NONE) {
		tell(view, view->config, fault, out);
		propose(view, fault, out);
		return KT_VERDICT_FINDING;
	}

	fault = view->live ? judge(view, view->live) : FAULT_NONE;
	if (fault <= FAULT_UNKNOWN)
		return KT_VERDICT_OK;
	tell(view, view->live, fault, out);
	return KT_VERDICT_PENDING;
}

KT_PRACTICE(guest_rng) = {
	.id = "guest.rng",
	.title = "The guest gets random numbers from the host",
	.why = "A fresh guest has little to gather entropy from; early boot, key generation and TLS "
	       "wait for it. A virtio-rng device feeds the guest's kernel by itself.",
	.cost = "A few kilobytes a second of the host's random numbers. Before Linux 5.6 /dev/random "
		"blocks, and one greedy guest starves the others.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Random number generator device",
			"Linux commit 30c08efec888: /dev/random does not block since 5.6",
			"QEMU: virtio-rng-pci, rng-random",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A3 '<rng'; inside the guest: "
			 "cat /sys/devices/virtual/misc/hw_random/rng_current",
	.effect = "time from boot to 'crng init done' in the guest's kernel log",
	.evaluate = evaluate,
};
