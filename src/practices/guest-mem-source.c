/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_USELESS, /* shared with nobody, dense */
	FAULT_PRIVATE, /* a peer that cannot see the memory */
} Fault;

/* A device whose other end maps the guest's memory, or NULL. */
static const char *
find_peer(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->filesystems.n; i++) {
		if (kt_opt_is(config->filesystems.v[i].driver, "virtiofs"))
			return "virtiofs";
	}
	for (uint32_t i = 0; i < config->nics.n; i++) {
		if (kt_opt_is(config->nics.v[i].type, "vhostuser"))
			return "a NIC of type vhostuser";
	}
	for (uint32_t i = 0; i < config->disks.n; i++) {
		if (kt_opt_is(config->disks.v[i].source_type, "vhostuser"))
			return "a disk of type vhostuser";
	}
	return NULL;
}

static bool
is_shared(const KtGuestConfig *config)
{
	bool is_by_default = kt_opt_is(config->memory_access, "shared");
	bool is_all = is_by_default || config->cells.n > 0;

	for (uint32_t i = 0; i < config->cells.n; i++) {
		const KtOptStr access = config->cells.v[i].access;
		is_all &= kt_known(access) ? kt_opt_is(access, "shared") : is_by_default;
	}
	return is_all;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs_look(out, config->memory_access, "the access of the memory") ||
	    !kt_sink_needs_look(out, config->memory_source, "the source of the memory") ||
	    !kt_sink_needs(out, config->cells, "the NUMA cells of <cpu>") ||
	    !kt_sink_needs(out, config->filesystems, "the list of <filesystem>") ||
	    !kt_sink_needs(out, config->nics, "the list of NICs"))
		return KT_VERDICT_UNKNOWN;
	if (find_peer(config))
		*ret_fault = is_shared(config) ? FAULT_NONE : FAULT_PRIVATE;
	else
		*ret_fault = view->workload == KT_WORKLOAD_DENSE && is_shared(config)
				     ? FAULT_USELESS
				     : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const char *peer = find_peer(config);

	kt_sink_severity(out, fault == FAULT_PRIVATE ? KT_SEVERITY_CRITICAL : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			fault == FAULT_PRIVATE ? "its memory is private, and a device must share it"
					       : "shared memory without a need: no KSM, no THP");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->memory_access),
			 "%s, %s",
			 is_shared(config) ? "access is shared" : "access is not shared",
			 peer ? peer : "and no device needs it");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = view->config;

	if (fault == FAULT_USELESS || config->cells.n > 0) {
		kt_sink_advice(out,
			       fault == FAULT_USELESS
				       ? "Take <source> and <access> out of <memoryBacking> with "
					 "'virsh edit %s'."
				       : "Set memAccess='shared' in every <cell> with 'virsh edit "
					 "%s'.",
			       kt_guest_name(view->guest));
		return;
	}
	if (config->memory_source.state == KT_STATE_ABSENT && !kt_opt_true(config->hugepages))
		kt_guest_change(view,
				"/domain/memoryBacking/source/@type",
				config->memory_source,
				"memfd",
				out);
	kt_guest_change(
		view, "/domain/memoryBacking/access/@mode", config->memory_access, "shared", out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_mem_source) = {
	.id = "guest.mem.source",
	.title = "Memory is shared with those who need it, and only them",
	.why = "virtiofsd and vhost-user switches read and write the memory of the guest; when it "
	       "is private they cannot, and the device does not work or the guest does not start. "
	       "Shared without a need it loses KSM and transparent huge pages of anonymous "
	       "memory.",
	.cost = "Shared memory follows shmem_enabled of the host instead of THP enabled.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Memory Backing, access",
			"libvirt: kbase/virtiofs.html",
			"QEMU: docs/interop/vhost-user.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A6 memoryBacking",
	.effect = "the device works in the guest",
	.evaluate = evaluate,
};
