/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_USELESS, /* nobody can see it */
	FAULT_CIRRUS,
} Fault;

static const KtVideo *
find_video(const KtGuestConfig *config, bool is_cirrus)
{
	for (uint32_t i = 0; i < config->videos.n; i++) {
		const KtVideo *video = &config->videos.v[i];
		if (is_cirrus ? kt_opt_is(video->model, "cirrus")
			      : kt_known(video->model) && !kt_opt_is(video->model, "none"))
			return video;
	}
	return NULL;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	bool is_lean = view->workload == KT_WORKLOAD_DENSE || view->workload == KT_WORKLOAD_LATENCY;

	if (!kt_sink_needs(out, config->videos, "the list of <video>") ||
	    !kt_sink_needs(out, config->graphics, "the list of <graphics>") ||
	    !kt_sink_needs(out, config->consoles, "the consoles") ||
	    !kt_sink_needs(out, config->hostdevs, "the assigned devices"))
		return KT_VERDICT_UNKNOWN;
	if (find_video(config, /* is_cirrus= */ true))
		*ret_fault = FAULT_CIRRUS;
	else if (is_lean && find_video(config, /* is_cirrus= */ false) && config->graphics.n == 0 &&
		 config->consoles.v > 0 && config->hostdevs.v == 0)
		*ret_fault = FAULT_USELESS;
	else
		*ret_fault = FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtVideo *video = find_video(subject->config, fault == FAULT_CIRRUS);

	if (!video)
		return;
	kt_sink_severity(out, fault == FAULT_CIRRUS ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			fault == FAULT_CIRRUS ? "a cirrus video card of 1995"
					      : "a video card that nobody can see");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, video->model),
			 "<model type='%s'/>%s",
			 video->model.v,
			 fault == FAULT_CIRRUS ? "" : ", no <graphics>, and a console");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	if (fault == FAULT_USELESS || view->config->videos.n != 1) {
		kt_sink_advice(out,
			       fault == FAULT_USELESS
				       ? "<video><model type='none'/></video> with 'virsh edit %s' "
					 "takes it away."
				       : "Choose vga, virtio or none for each <video> with 'virsh "
					 "edit %s'.",
			       kt_guest_name(view->guest));
		return;
	}
	kt_guest_change(view,
			"/domain/devices/video/model/@type",
			view->config->videos.v[0].model,
			"vga",
			out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_video) = {
	.id = "guest.video",
	.title = "The video card is a modern one, or none",
	.why = "cirrus emulates a card of 1995, knows no large screens, and its code had a long "
	       "row of security faults; libvirt still chooses it where nobody says otherwise. A "
	       "card on a server without a screen costs memory and attack surface.",
	.cost = "The guest sees another card: Windows may ask for a restart, a guest that names "
		"its driver in its X configuration has to be told.",
	.sources =
		(const char *const[]){
			"QEMU: default video card is stdvga since 2.2 (docs/system/qemu-options, "
			"-vga)",
			"libvirt: formatdomain.html, Video devices",
			"Gerd Hoffmann, \"VGA and other display devices in qemu\" (2019)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A3 \"<video\"",
	.effect = "screen sizes that the guest offers; RSS of QEMU",
	.evaluate = evaluate,
};
