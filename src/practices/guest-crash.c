/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static bool
wants_action(const KtGuestConfig *config)
{
	return kt_known(config->on_crash) && (g_str_has_prefix(config->on_crash.v, "coredump") ||
					      kt_opt_is(config->on_crash, "restart"));
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs_look(out, config->on_crash, "<on_crash>") ||
	    !kt_sink_needs(out, config->panics, "the panic devices"))
		return KT_VERDICT_UNKNOWN;
	/* pseries and s390 tell by themselves (libvirt: formatdomain.html, panic device). */
	if (!kt_guest_is_x86(config))
		return KT_VERDICT_NOT_APPLICABLE;
	*ret_fault = wants_action(config) && config->panics.v == 0;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "what shall follow a crash never happens");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->on_crash),
			 "<on_crash>%s</on_crash> and no <panic> device",
			 subject->config->on_crash.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_domain_xml(out, view->guest, "/domain/devices/panic", NULL, "<panic model='isa'/>");
	kt_sink_advice(out,
		       "Linux inside needs the module pvpanic; where kdump writes a dump itself, "
		       "let it finish: on_crash=preserve.");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_crash) = {
	.id = "guest.crash",
	.title = "A crash of the guest reaches the host",
	.why = "libvirt learns of a panic inside only through a panic device; without one "
	       "<on_crash> does nothing, and a guest that crashed stands still for ever.",
	.cost = "The guest is then restarted or dumped while its own crash dump may still run.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Events configuration; panic device",
			"QEMU: docs/specs/pvpanic.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep \"on_crash\\|<panic\"",
	.effect = "'echo c > /proc/sysrq-trigger' in a test guest: event crashed (virsh event)",
	.evaluate = evaluate,
};
