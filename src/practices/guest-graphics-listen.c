/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* Red Hat Enterprise Linux 9 and its rebuilds have a QEMU without SPICE. */
#define WITHOUT_SPICE_FROM 9

static bool
is_red_hat(const KtHost *host)
{
	static const char *const names[] = {"rhel", "centos", "rocky", "almalinux", NULL};

	return kt_known(host->system.distribution) &&
	       g_strv_contains(names, host->system.distribution.v);
}

static bool
has_spice(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->graphics.n; i++) {
		if (kt_opt_is(config->graphics.v[i].type, "spice"))
			return true;
	}
	return false;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtOptStr version = view->host->system.distribution_version;

	if (!kt_sink_needs(out, subject->config->graphics, "the remote screens"))
		return KT_VERDICT_UNKNOWN;
	if (!has_spice(subject->config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs_look(out, view->host->system.distribution, "the distribution"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = is_red_hat(view->host) && kt_known(version) &&
		     g_ascii_strtoull(version.v, NULL, 10) >= WITHOUT_SPICE_FROM;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtSystem *system = &view->host->system;

	kt_sink_severity(out, KT_SEVERITY_CRITICAL);
	kt_sink_summary(out, "will not start: this QEMU has no SPICE");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->graphics),
			 "<graphics type='spice'>");
	kt_sink_evidence(out,
			 system->distribution_version.origin,
			 "the host is %s %s, whose QEMU is built without it",
			 system->distribution.v,
			 system->distribution_version.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "Make it <graphics type='vnc'> with <listen type='none'/> or a socket, and "
		       "take out channels and redirected devices of SPICE ('virsh edit %s').",
		       kt_guest_name(view->guest));
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_graphics_listen) = {
	.id = "guest.graphics.listen",
	.title = "The remote screen is one that this QEMU has",
	.why = "A guest that was made elsewhere names SPICE, which not every QEMU is built with: "
	       "Red Hat took it out in RHEL 9. libvirt then refuses the start. Addresses, "
	       "passwords and TLS are for sec.graphics.",
	.cost = "VNC has no sound, no clipboard and no USB of the viewer's machine.",
	.sources =
		(const char *const[]){
			"Red Hat: Considerations in adopting RHEL 9, Virtualization: SPICE",
			"libvirt: formatdomain.html, Graphical framebuffers",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh domcapabilities | grep -A8 '<graphics'",
	.effect = "the guest starts",
	.evaluate = evaluate,
};
