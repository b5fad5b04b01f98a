/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-guest-check.h"

/* libvirt and QEMU release notes: freePageReporting since 6.9.0, free-page-reporting since 5.1. */
#define VERSION_LIBVIRT 6009000
#define VERSION_QEMU    5001000

static bool
is_able(const KtView *view, const KtGuestConfig *config)
{
	return kt_guest_libvirt_from(view, VERSION_LIBVIRT) &&
	       kt_guest_qemu_from(view, VERSION_QEMU) && !kt_opt_true(config->hugepages) &&
	       !kt_opt_true(config->locked) && kt_known(config->hostdevs) &&
	       config->hostdevs.v == 0 && kt_known(config->balloon) &&
	       g_str_has_prefix(config->balloon.v, "virtio");
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtOptU64 total = view->host->memory.total_kib;

	if (kt_guest_wants_speed(view))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, config->balloon, "the model of <memballoon>") ||
	    !kt_sink_needs_look(out, config->balloon_reporting, "freePageReporting"))
		return KT_VERDICT_UNKNOWN;
	if (!is_able(view, config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, total, "the memory of the host"))
		return KT_VERDICT_UNKNOWN;
	if (!view->counting)
		return KT_VERDICT_OK;
	*ret_fault =
		view->counting->normal_kib > total.v && !kt_opt_is(config->balloon_reporting, "on");
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtOptU64 total = view->host->memory.total_kib;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "memory that the guest freed stays with it, and it is short");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->balloon_reporting),
			 "<memballoon> without freePageReporting='on'");
	kt_sink_evidence(out,
			 total.origin,
			 "guests have %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " MiB",
			 view->counting->normal_kib / 1024,
			 total.v / 1024);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_guest_change(view,
			"/domain/devices/memballoon/@freePageReporting",
			view->config->balloon_reporting,
			"on",
			out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_mem_free_page_reporting) = {
	.id = "guest.mem.free-page-reporting",
	.title = "Guests of a crowded host hand freed pages back",
	.why = "What a guest once touched stays allocated on the host even when the guest has "
	       "freed it; with free page reporting its kernel tells, and the host takes the pages "
	       "back without anybody inflating a balloon.",
	.cost = "Pages that were given back have to be faulted in again. The guest needs Linux "
		"5.7; others ignore it.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Memory balloon device, freePageReporting "
			"(6.9.0)",
			"Linux: mm/page_reporting.c",
			"Virtual I/O Device (VIRTIO) 1.2, 5.5.6.7 Free Page Reporting",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A1 memballoon",
	.effect = "RSS of QEMU against used memory in the guest",
	.evaluate = evaluate,
};
