/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_HALF, /* unmap that unmaps nothing */
	FAULT_SPEED,
} Fault;

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;
	bool is_unmap = kt_opt_is(disk->detect_zeroes, "unmap");

	if (!kt_sink_needs_look(out, disk->detect_zeroes, "detect_zeroes") ||
	    !kt_sink_needs_look(out, disk->discard, "the discard mode"))
		return KT_VERDICT_UNKNOWN;
	if (kt_guest_wants_speed(view) && (is_unmap || kt_opt_is(disk->detect_zeroes, "on")))
		*ret_fault = FAULT_SPEED;
	else
		*ret_fault =
			is_unmap && !kt_opt_is(disk->discard, "unmap") ? FAULT_HALF : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out,
			fault == FAULT_HALF ? "looks for zeroes, and then unmaps nothing"
					    : "looks through every write for zeroes");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->disk->detect_zeroes),
			 "detect_zeroes='%s'%s",
			 subject->disk->detect_zeroes.v,
			 fault == FAULT_HALF ? " without discard='unmap' is the same as 'on'" : "");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *locator = kt_guest_disk_place(view, "driver/@detect_zeroes", out);

	if (!locator)
		return;
	kt_guest_change(view, locator, view->disk->detect_zeroes, NULL, out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_disk_detect_zeroes) = {
	.id = "guest.disk.detect-zeroes",
	.title = "Writes are not searched for zeroes without need",
	.why = "detect_zeroes reads every byte that the guest writes, on the CPU of the host; it "
	       "pays while images are copied or converted, seldom after that.",
	.cost = "Images that are written full of zeroes grow again.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: driver, detect_zeroes",
			"QEMU: qapi/block-core.json, BlockdevDetectZeroesOptions",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep detect_zeroes",
	.effect = "CPU time of QEMU at the same write load",
	.evaluate = evaluate,
};
