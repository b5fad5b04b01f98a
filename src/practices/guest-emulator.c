/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

#include <string.h>

#define OLD "qemu-system-i386"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (kt_guest_is_emulated(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->emulator, "the path of QEMU"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = g_str_has_suffix(config->emulator.v, OLD);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "runs in " OLD ", which nobody uses with KVM");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->emulator),
			 "<emulator>%s</emulator>",
			 subject->config->emulator.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtOptStr emulator = view->config->emulator;
	size_t length = strlen(emulator.v) - strlen(OLD);
	g_autofree char *to = g_strdup_printf("%.*sqemu-system-x86_64", (int)length, emulator.v);

	kt_guest_change(view, "/domain/devices/emulator/text()", emulator, to, out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_emulator) = {
	.id = "guest.emulator",
	.title = "Guests on KVM run in qemu-system-x86_64",
	.why = "The 32-bit build of QEMU is tested and packaged for emulation only; with KVM the "
	       "64-bit one runs 32-bit guests as well.",
	.cost = "None that is known; the guest sees the same hardware.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Devices, emulator",
			"QEMU: docs/about/deprecated.rst (32-bit hosts, KVM)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep emulator",
	.effect = "the guest starts; comm of its process",
	.evaluate = evaluate,
};
