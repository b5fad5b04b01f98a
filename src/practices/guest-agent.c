/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-guest-os.h"

#define CHANNEL "org.qemu.guest_agent.0"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtChannelList *channels = &subject->config->channels;

	if (!kt_sink_needs(out, *channels, "the list of <channel>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = 1;
	for (uint32_t i = 0; i < channels->n; i++) {
		if (kt_opt_is(channels->v[i].name, CHANNEL))
			return KT_VERDICT_OK;
		/* It may be the one. */
		if (!kt_sink_needs_look(out, channels->v[i].name, "the name of a channel"))
			return KT_VERDICT_UNKNOWN;
	}
	return KT_VERDICT_FINDING;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "no channel for the guest agent");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->channels),
			 "no <channel> with name '" CHANNEL "'");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_domain_xml(out,
			   view->guest,
			   "/domain/devices/channel[target/@name='" CHANNEL "']",
			   NULL,
			   "<channel type='unix'><target type='virtio' name='" CHANNEL
			   "'/></channel>");
	kt_sink_advice(out,
		       "Install and start qemu-guest-agent inside (Windows: qemu-ga of "
		       "virtio-win), and let it do no more than you want.");
	kt_guest_remark(view, out);
}

/* Only --in-guest tells: an agent that was asked and kept silent. */
static KtVerdict
judge_answers(const KtView *view, KtSink *out)
{
	const KtInside *inside = &view->guest->inside;

	if (!kt_known(inside->is_answering) || inside->is_answering.v)
		return KT_VERDICT_OK;
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "its agent is connected and does not answer");
	kt_sink_evidence(out,
			 inside->is_answering.origin,
			 "%s",
			 kt_known(inside->trouble) ? inside->trouble.v : "no answer");
	kt_sink_advice(out,
		       "Restart it inside the guest ('systemctl restart qemu-guest-agent'), and "
		       "look there why it hung: a backup that freezes '%s' through it would hang "
		       "as well.",
		       kt_guest_name(view->guest));
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};
	KtVerdict verdict = kt_guest_predates_virtio(view->config)
				    ? KT_VERDICT_NOT_APPLICABLE
				    : kt_guest_check(view, &check, out);

	return verdict == KT_VERDICT_OK ? judge_answers(view, out) : verdict;
}

KT_PRACTICE(guest_agent) = {
	.id = "guest.agent",
	.title = "The guest has a channel for the guest agent",
	.why = "Only through the agent can file systems be frozen for a backup, plugged CPUs and "
	       "memory be brought online, the clock be set after a pause, and facts from inside "
	       "be seen. With --in-guest it is also seen whether it answers.",
	.cost = "The host can then act inside the guest; what the agent accepts is set in its own "
		"configuration.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Channel",
			"QEMU: docs/interop/qemu-ga.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh qemu-agent-command DOMAIN '{\"execute\":\"guest-ping\"}'",
	.effect = "'virsh domfsfreeze' and 'virsh guestvcpus' answer",
	.evaluate = evaluate,
};
