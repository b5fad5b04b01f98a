/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-objective.h"

int64_t
kt_terms_sum(const KtTerms *terms)
{
	return terms->remote + terms->l3 + terms->smt + terms->device + terms->overcommit;
}

void
kt_terms_add(KtTerms *terms, const KtTerms *more)
{
	terms->remote += more->remote;
	terms->l3 += more->l3;
	terms->smt += more->smt;
	terms->device += more->device;
	terms->overcommit += more->overcommit;
}

static int64_t
divide(int64_t dividend, int64_t divisor)
{
	return (dividend + divisor / 2) / divisor;
}

int64_t
kt_cost_remote(const KtInstance *instance, const KtInstGuest *guest, const KtInstCell *cells,
	       const uint8_t *nodes, uint32_t n)
{
	int64_t spill = guest->has_vnuma ? KT_COST_SPILL_PERMILLE : 1000;
	int64_t sum = 0;

	/* Cell g reads (1 - spill) + spill/n of its data from its own cell, spill/n from others. */
	for (uint32_t g = 0; g < n; g++) {
		int64_t far = 0;
		for (uint32_t h = 0; h < n; h++) {
			int64_t extra = instance->distance[nodes[g]][nodes[h]] - KT_INSTANCE_LOCAL;
			far += extra * (g == h ? (1000 - spill) * n + spill : spill);
		}
		sum += far * (int64_t)cells[g].vcpus;
	}
	return divide(sum * (int64_t)guest->priority * (int64_t)guest->memory_bound_permille,
		      INT64_C(1000) * KT_INSTANCE_LOCAL * n);
}

int64_t
kt_cost_device(const KtInstance *instance, const KtInstGuest *guest, const KtInstCell *cells,
	       const uint8_t *nodes, uint32_t n)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < guest->n_devices; i++) {
		const KtInstDevice *device = &guest->devices[i];
		for (uint32_t g = 0; g < n; g++)
			sum += (int64_t)(cells[g].vcpus * device->share_permille) *
			       (instance->distance[nodes[g]][device->node] - KT_INSTANCE_LOCAL);
	}
	return divide(sum * (int64_t)guest->priority, KT_INSTANCE_LOCAL);
}

int64_t
kt_cost_l3(const KtInstGuest *guest, uint32_t extra)
{
	return (int64_t)(guest->priority * guest->vcpus * extra) * KT_COST_L3_PERMILLE;
}

int64_t
kt_cost_smt(const KtInstGuest *guest, uint32_t beside)
{
	return (int64_t)(guest->priority * beside) * KT_COST_SMT_PERMILLE;
}

int64_t
kt_cost_overcommit(const int32_t *vcpus, const int32_t *cpus, uint32_t n_nodes)
{
	int64_t all_vcpus = 0;
	int64_t all_cpus = 0;
	int64_t sum = 0;

	for (uint32_t n = 0; n < n_nodes; n++) {
		all_vcpus += vcpus[n];
		all_cpus += cpus[n];
	}
	if (all_vcpus == 0 || all_cpus == 0)
		return 0;

	/* Up to a CPU for each vCPU nobody waits, however uneven that is. */
	int64_t mean = MAX(divide(all_vcpus * 1000, all_cpus), 1000);
	for (uint32_t n = 0; n < n_nodes; n++) {
		if (cpus[n] == 0)
			continue;
		int64_t above = divide((int64_t)vcpus[n] * 1000, cpus[n]) - mean;
		if (above > 0)
			sum += divide(cpus[n] * above * above, 1000);
	}
	return sum;
}

int64_t
kt_cost_move(const KtInstance *instance, uint64_t kib, bool is_repinned)
{
	int64_t horizon = MAX((int64_t)instance->horizon_s, 1);
	int64_t permille = (int64_t)(kib >> 10) * KT_COST_MOVE_PERMILLE_PER_GIB / 1024 +
			   (is_repinned ? KT_COST_REPIN_PERMILLE : 0);

	if (kib == 0 && !is_repinned)
		return 0;
	return MAX(permille * 1000 / horizon, 1);
}
