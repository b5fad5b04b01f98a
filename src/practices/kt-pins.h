/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Which CPUs the threads of a guest may use, what is wrong with that, and where a single guest can
 * be put without looking at any other way to arrange all of them.
 *
 * A thread follows its own pin, else <vcpu cpuset='...'>, else it may use every CPU that is online.
 * A set that covers all of them binds nothing: it is what a reset of a pin leaves behind. Guests
 * of class latency *claim* the CPUs that their vCPUs are bound to.
 */

#include "kt-practice.h"

/* Its parameters decide for guest.emulator.pin too, so that both propose the same. */
extern KT_PRACTICE(guest_vcpu_pin);

/* One of the two configurations of a guest. */
typedef enum KtPinView {
	KT_PIN_CONFIG, /* what the next start uses */
	KT_PIN_LIVE,   /* what runs; of a guest that does not run, the same as CONFIG */
} KtPinView;

typedef struct KtPinFaults {
	KtCpuset offline;     /* named by a pin of a vCPU, but not online */
	KtCpuset contested;   /* claimed by another latency guest as well */
	const KtGuest *rival; /* that guest, or NULL */
	bool is_rival_first;  /* it comes first in the facts, so this one has to give way */
	unsigned n_nodes;     /* most NUMA nodes that one vCPU may use */
	unsigned n_cores;     /* most cores that one vCPU may use */
	unsigned n_ignored;   /* pins of vCPUs that the guest does not have */
	bool is_fatal;        /* the offline ones keep the guest from starting */
	KtSeverity severity;  /* of all this together; UNSET = nothing is wrong */
} KtPinFaults;

typedef struct KtPlacement {
	KtCpuset pool; /* class latency: a CPU for each vCPU; else the CPUs for all of them */
	KtCpuset emulator;
	bool is_one_to_one;
	bool is_live_too; /* the running guest's memory is there already */
} KtPlacement;

/* Does a pin to @cpus, some of which are not online, keep a guest from starting? */
bool kt_pins_is_fatal(const KtHost *host, const KtCpuset *cpus);

/* OK when vCPU and emulator pins of the guest can be judged, else the verdict to return. A guest
 * that numad places (placement='auto') is not for this practice. */
KtVerdict kt_pins_gate(const KtView *view, KtSink *out);

/* Can the pins of this configuration be told? */
bool kt_pins_are_known(const KtGuestConfig *config);

/* vCPUs that the guest has now, at most as many as there can be CPUs. */
unsigned kt_pins_n_vcpus(const KtGuestConfig *config);

/* The guest's own pin of a vCPU, or NULL. */
const KtCpuset *kt_pins_own(const KtGuestConfig *config, uint64_t vcpu);

/* CPUs that the vCPU, or the emulator, may use by this configuration. */
const KtCpuset *kt_pins_vcpu(const KtHost *host, const KtGuestConfig *config, uint64_t vcpu);
const KtCpuset *kt_pins_emulator(const KtHost *host, const KtGuestConfig *config);

/* The CPUs that the vCPUs are bound to; empty when they are bound to none or it is not known.
 * *@ret_has_own: at least
 * one by a pin of its own. */
void kt_pins_claim(const KtHost *host, const KtGuestConfig *config, KtCpuset *ret_claim,
		   bool *ret_has_own);

/* What is wrong with the vCPU pins of the view's guest. */
void kt_pins_judge(const KtView *view, KtPinView which, KtPinFaults *ret_faults);

/* Do these faults call for another place, rather than for a remark? */
bool kt_pins_wants_place(const KtView *view, const KtPinFaults *faults);

/* Online CPUs of the nodes that @cpus lie on. */
void kt_pins_nodes_of(const KtHost *host, const KtCpuset *cpus, KtCpuset *ret_cpus);

/* Where the guest should run. False when the facts do not decide it: *@reterr_reason is then a
 * sentence for the administrator. */
bool kt_pins_place(const KtView *view, KtPlacement *ret_placement, const char **reterr_reason);

/* Up to two CPUs (a parameter) of the nodes of @vcpus for a latency guest's emulator: none of
 * them claimed by a latency guest, isolated or in @vcpus; if possible no sibling of one that is,
 * and of the cores that are kept for the host. False when there is none, or the pins of another
 * guest are not known; @ret_cpus may be touched then. */
bool kt_pins_housekeeping(const KtView *view, const KtCpuset *vcpus, KtCpuset *ret_cpus);

/* The set of vCPU @vcpu within a placement. */
void kt_placement_vcpu(const KtPlacement *placement, unsigned vcpu, KtCpuset *ret_cpus);

/* Proposes @to in the definition and, if @is_live_too, for the running guest; what is so already
 * is left out. NULL takes the attribute away (definition only). */
void kt_pins_change_vcpu(const KtView *view, unsigned vcpu, const KtCpuset *to, bool is_live_too,
			 KtSink *out);
void kt_pins_change_emulator(const KtView *view, const KtCpuset *to, bool is_live_too, KtSink *out);
void kt_pins_change_default(const KtView *view, const KtCpuset *to, KtSink *out);
