/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static const KtGraphics *
find_keymap(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->graphics.n; i++) {
		if (kt_known(config->graphics.v[i].keymap))
			return &config->graphics.v[i];
	}
	return NULL;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	if (!kt_sink_needs(out, subject->config->graphics, "the list of <graphics>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = find_keymap(subject->config) != NULL;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGraphics *graphics = find_keymap(subject->config);

	if (!graphics)
		return;
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "a fixed keymap: keys of other layouts come out wrong");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, graphics->keymap),
			 "<graphics keymap='%s'>",
			 graphics->keymap.v);
}

static unsigned
count_of(const KtGraphicsList *list, KtOptStr type)
{
	unsigned n = 0;

	for (uint32_t i = 0; kt_known(type) && i < list->n; i++)
		n += kt_opt_is(list->v[i].type, type.v);
	return n;
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGraphicsList *list = &view->config->graphics;

	/* A place cannot be told from another of the same type. */
	for (uint32_t i = 0; i < list->n; i++) {
		if (!kt_known(list->v[i].keymap) || count_of(list, list->v[i].type) == 1)
			continue;
		kt_sink_advice(out,
			       "Take keymap='...' out with 'virsh edit %s'.",
			       kt_guest_name(view->guest));
		return;
	}
	for (uint32_t i = 0; i < list->n; i++) {
		const KtGraphics *graphics = &list->v[i];
		if (!kt_known(graphics->keymap))
			continue;
		g_autofree char *locator = g_strdup_printf(
			"/domain/devices/graphics[@type='%s']/@keymap", graphics->type.v);
		kt_guest_change(view, locator, graphics->keymap, NULL, out);
	}
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_graphics_keymap) = {
	.id = "guest.graphics.keymap",
	.title = "The remote screen has no fixed keymap",
	.why = "Viewers send the key itself, not the letter; with a keymap QEMU goes back to "
	       "guessing the key from the letter, which fails for every layout but that one.",
	.cost = "Very old VNC viewers that send letters only need it.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Graphical framebuffers, keymap",
			"QEMU: qemu-options, -k",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep keymap",
	.effect = "typing of AltGr keys in the viewer",
	.evaluate = evaluate,
};
