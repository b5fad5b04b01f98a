/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The places of kt-live-place.h, several to a file; @of is what stands behind the place's prefix.
 */

#include "kt-live-place.h"
#include "kt-xml.h"

typedef struct KtLiveOps {
	bool (*get)(virDomainPtr domain, const char *of, char **ret_value, GError **error);
	bool (*set)(virDomainPtr domain, const char *of, const char *value, GError **error);
} KtLiveOps;

extern const KtLiveOps kt_live_vcpus;
extern const KtLiveOps kt_live_online;
extern const KtLiveOps kt_live_inside_file;
extern const KtLiveOps kt_live_iothreads;
extern const KtLiveOps kt_live_iothread;
extern const KtLiveOps kt_live_balloon;
extern const KtLiveOps kt_live_period;
extern const KtLiveOps kt_live_dimm;
extern const KtLiveOps kt_live_vmem;
extern const KtLiveOps kt_live_link;
extern const KtLiveOps kt_live_title;
extern const KtLiveOps kt_live_description;

/* The live XML. */
xmlDoc *kt_live_doc(virDomainPtr domain, GError **error);

/* True once @is_so says so, asked five times a second for @seconds at most. */
bool kt_live_wait(virDomainPtr domain, bool (*is_so)(virDomainPtr domain, void *data), void *data,
		  unsigned seconds);

/* Has the guest a channel to an agent that is there? */
bool kt_live_has_agent(virDomainPtr domain);

/* Brings online, through the agent, all memory blocks that are offline; nothing happens without
 * one. What came of it is seen elsewhere. */
void kt_live_online_memory(virDomainPtr domain);
