/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static unsigned
count_floppies(const KtGuestConfig *config)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < config->disks.n; i++)
		n += kt_opt_is(config->disks.v[i].device, "floppy");
	return n;
}

/* USB ports and channels of SPICE in a guest without it. */
static unsigned
count_spice(const KtGuestConfig *config)
{
	unsigned n = kt_known(config->redirdevs) ? (unsigned)MIN(config->redirdevs.v, 1000) : 0;

	for (uint32_t i = 0; i < config->channels.n; i++)
		n += kt_opt_is(config->channels.v[i].type, "spicevmc");
	for (uint32_t i = 0; i < config->graphics.n; i++) {
		if (kt_opt_is(config->graphics.v[i].type, "spice"))
			return 0;
	}
	return n;
}

static unsigned
count_tablets(const KtGuestConfig *config)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < config->inputs.n; i++)
		n += kt_opt_is(config->inputs.v[i].type, "tablet");
	return n;
}

/* "1 floppy drive, 2 sound cards"; empty when there is nothing. Free with g_free. */
static char *
list_unused(const KtGuestConfig *config)
{
	bool is_blind = config->graphics.n == 0;
	const struct {
		const char *name;
		uint64_t n;
	} kinds[] = {
		{.name = "floppy drive", .n = count_floppies(config)},
		{.name = "parallel port", .n = config->parallels.v},
		{.name = "sound card", .n = is_blind ? config->sounds.v : 0},
		{.name = "tablet", .n = is_blind ? count_tablets(config) : 0},
		{.name = "SPICE device", .n = count_spice(config)},
	};
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].n)
			g_string_append_printf(text,
					       "%s%" G_GUINT64_FORMAT " %s%s",
					       text->len ? ", " : "",
					       kinds[i].n,
					       kinds[i].name,
					       kinds[i].n == 1 ? "" : "s");
	}
	return g_string_free(text, FALSE);
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs(out, config->disks, "the list of disks") ||
	    !kt_sink_needs(out, config->graphics, "the list of <graphics>") ||
	    !kt_sink_needs(out, config->channels, "the list of <channel>") ||
	    !kt_sink_needs(out, config->inputs, "the input devices") ||
	    !kt_sink_needs(out, config->sounds, "the sound cards") ||
	    !kt_sink_needs(out, config->parallels, "the parallel ports"))
		return KT_VERDICT_UNKNOWN;

	g_autofree char *list = list_unused(config);
	*ret_fault = *list != '\0';
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	g_autofree char *list = list_unused(config);

	kt_sink_severity(
		out, view->workload == KT_WORKLOAD_DENSE ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out, "devices that nobody uses");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->disks),
			 "%s%s",
			 list,
			 config->graphics.n == 0 ? ", and no <graphics>" : "");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "Take them out with 'virsh edit %s'; keep the console and the channel of "
		       "the agent.",
		       kt_guest_name(view->guest));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_devices_unused) = {
	.id = "guest.devices.unused",
	.title = "The guest has no devices that nobody uses",
	.why = "Each emulated device costs memory and wake-ups and is code of QEMU that the guest "
	       "can attack: the floppy drive gave its name to a well-known hole. What needs a "
	       "screen is of no use without one.",
	.cost = "Windows may look for a device that has gone.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Devices",
			"CVE-2015-3456 (floppy controller)",
			"QEMU: docs/system/security.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep "
			 "\"<sound\\|<redirdev\\|<parallel\\|floppy\"",
	.effect = "RSS and wake-ups of QEMU (perf stat) of an idle guest",
	.evaluate = evaluate,
};
