/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "kept",
		.value = 8,
		.max = 64,
		.doc = "slots that the memory present at boot takes [eng]",
	},
};

/* The first guest that may plug more modules than there are slots, and has a vhost device. */
static const KtGuest *
find_guest(const KtFacts *facts, uint64_t slots)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		bool has_vhost = false;
		for (uint32_t j = 0; j < config->nics.n; j++)
			has_vhost |= kt_opt_is(config->nics.v[j].model, "virtio");
		if (has_vhost && kt_known(config->max_memory_slots) &&
		    config->max_memory_slots.v > slots)
			return guest;
	}
	return NULL;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->kvm.vhost_max_mem_regions;
	uint64_t kept = kt_view_param(view, "kept");
	const KtGuest *guest = NULL;
	KtCensus census = {0};

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "vhost.max_mem_regions") ||
	    !kt_census_needs(view, KT_CENSUS_DEFINED, &census, out))
		return KT_VERDICT_UNKNOWN;
	guest = find_guest(view->facts, now.v - MIN(now.v, kept));
	if (!guest)
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "memory hotplug of a guest will run out of vhost slots");
	kt_sink_number(out, now, "vhost.max_mem_regions", "");
	kt_sink_evidence(out,
			 kt_census_config(guest)->max_memory_slots.origin,
			 "guest %s may plug %" G_GUINT64_FORMAT " modules",
			 kt_known(guest->name) ? guest->name.v : "without name",
			 kt_census_config(guest)->max_memory_slots.v);
	kt_sink_advice(out,
		       "Write 'options vhost max_mem_regions=509' to a file of /etc/modprobe.d; it "
		       "counts when vhost is loaded again, after all guests are off, or at boot.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: drivers/vhost/vhost.c, parameter max_mem_regions",
	"QEMU 7.2: hw/virtio/vhost.c, vhost_has_free_slot()",
	NULL,
};

KT_PRACTICE(host_vhost_mem_regions) = {
	.id = "host.vhost-mem-regions",
	.title = "Memory hotplug does not run out of vhost slots",
	.why = "vhost maps guest memory in slots, 64 by default, and each plugged module "
	       "takes one. A guest that may take more modules than there are slots fails to "
	       "plug the last of them: 'a used vhost backend has no free memory slots left'."
	       " The number of network cards has nothing to do with it.",
	.cost = "A little kernel memory per device. The module must be loaded again, with all"
		" guests off.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "cat /sys/module/vhost/parameters/max_mem_regions",
	.effect = "the last memory module can be plugged",
	.evaluate = evaluate,
};
