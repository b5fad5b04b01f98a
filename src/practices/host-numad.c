/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* Guests that somebody pinned or bound by hand: numad moves their threads and memory anyway. */
static uint32_t
count_placed(const KtFacts *facts)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		bool is_pinned = config->vcpu_pins.n > 0 || kt_known(config->vcpu_cpuset);
		bool is_bound = kt_known(config->numa_nodeset);
		n += kt_census_counts(guest) && !kt_opt_is(config->placement, "auto") &&
		     (is_pinned || is_bound);
	}
	return n;
}

static void
report(const KtView *view, uint32_t n_placed, bool is_balancing, KtSink *out)
{
	const KtHost *host = view->host;

	kt_sink_severity(out, n_placed ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			n_placed ? "numad moves guests away from where they were placed"
				 : "numad and the kernel both move guests between nodes");
	kt_sink_evidence(out, host->agents.origin, "numad is running");
	if (n_placed)
		kt_sink_evidence(out,
				 view->facts->guests.origin,
				 "%u guest%s with CPUs or nodes of their own",
				 n_placed,
				 n_placed == 1 ? "" : "s");
	if (is_balancing)
		kt_sink_number(out, host->sysctl.numa_balancing, "kernel.numa_balancing", "");
	kt_sink_advice(out,
		       "'systemctl disable --now numad'; libvirt needs only the program for "
		       "placement='auto', not the service.");
	if (n_placed)
		kt_sink_advice(out,
			       "numad leaves threads where it put them: set the pins of running "
			       "guests again with virsh vcpupin and emulatorpin.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptU64 balancing = host->sysctl.numa_balancing;
	bool is_balancing = kt_known(balancing) && (balancing.v & 1);
	KtCensus census = {0};
	uint32_t n_placed = 0;

	if (!kt_sink_needs_look(out, host->agents, "the list of programs"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_census_has_agent(host, "numad"))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	n_placed = count_placed(view->facts);
	if (n_placed == 0 && !is_balancing)
		return kt_sink_needs_look(out, balancing, "kernel.numa_balancing")
			       ? KT_VERDICT_OK
			       : KT_VERDICT_UNKNOWN;

	report(view, n_placed, is_balancing, out);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"numad 0.5: numad.c, bind_process_and_migrate_memory()",
	"Red Hat Enterprise Linux 7: Virtualization Tuning and Optimization Guide, 9.2",
	NULL,
};

KT_PRACTICE(host_numad) = {
	.id = "host.numad",
	.title = "numad does not undo the placement of guests",
	.why = "numad sets the affinity of every thread of a large process and migrates its "
	       "memory, whatever libvirt configured; what <vcpupin> says is then not what runs. "
	       "Beside the kernel's own balancing both move the same pages.",
	.cost = "None where guests are placed by hand or by the kernel. Stopping it while a large "
		"guest runs takes a moment: its memory stays where it was moved to.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"systemctl status numad; "
		"grep Cpus_allowed_list /proc/$(pidof -s qemu-system-x86_64)/task/*/status",
	.effect = "Cpus_allowed_list of vCPU threads equals the XML; numastat -p qemu",
	.evaluate = evaluate,
};
