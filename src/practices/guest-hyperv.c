/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_PARTLY,
	FAULT_ALL,
} Fault;

/* What Windows asks for on every tick and every wait, by name of the element. */
typedef struct Light {
	const char *name;
	size_t offset;
	const char *element;
} Light;

static const Light lights[] = {
	{.name = "relaxed",
	 .offset = offsetof(KtGuestConfig, hv_relaxed),
	 .element = "<relaxed state='on'/>"},
	{.name = "vapic",
	 .offset = offsetof(KtGuestConfig, hv_vapic),
	 .element = "<vapic state='on'/>"},
	{.name = "spinlocks",
	 .offset = offsetof(KtGuestConfig, hv_spinlocks),
	 .element = "<spinlocks state='on' retries='8191'/>"},
	{.name = "vpindex",
	 .offset = offsetof(KtGuestConfig, hv_vpindex),
	 .element = "<vpindex state='on'/>"},
	{.name = "synic",
	 .offset = offsetof(KtGuestConfig, hv_synic),
	 .element = "<synic state='on'/>"},
	{.name = "stimer",
	 .offset = offsetof(KtGuestConfig, hv_stimer),
	 .element = "<stimer state='on'/>"},
};

static KtOptStr
state_of(const KtGuestConfig *config, const Light *light)
{
	return *(const KtOptStr *)(const void *)((const char *)config + light->offset);
}

static bool
is_on(const KtGuestConfig *config, const Light *light)
{
	return kt_opt_is(state_of(config, light), "on");
}

/* stimer counts with the clock of this timer. */
static bool
has_clock(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->timers.n; i++) {
		if (kt_opt_is(config->timers.v[i].name, "hypervclock"))
			return !kt_opt_is(config->timers.v[i].present, "no");
	}
	return false;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	unsigned n_off = !has_clock(config);

	if (!kt_guest_is_windows(config) || kt_guest_is_emulated(config) ||
	    !kt_guest_is_x86(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->hyperv, "<hyperv>") ||
	    !kt_sink_needs(out, config->timers, "the timers of <clock>"))
		return KT_VERDICT_UNKNOWN;
	for (size_t i = 0; i < G_N_ELEMENTS(lights); i++) {
		if (!kt_sink_needs_look(out, state_of(config, &lights[i]), lights[i].name))
			return KT_VERDICT_UNKNOWN;
		n_off += !is_on(config, &lights[i]);
	}
	if (kt_opt_is(config->hyperv_mode, "passthrough") || n_off == 0)
		*ret_fault = FAULT_NONE;
	else
		*ret_fault = is_on(config, &lights[0]) ? FAULT_PARTLY : FAULT_ALL;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	g_autoptr(GString) missing = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(lights); i++) {
		if (!is_on(config, &lights[i]))
			g_string_append_printf(
				missing, "%s%s", missing->len ? ", " : "", lights[i].name);
	}
	if (!has_clock(config))
		g_string_append_printf(missing, "%shypervclock", missing->len ? ", " : "");
	kt_sink_severity(out, fault == FAULT_ALL ? KT_SEVERITY_HIGH : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			fault == FAULT_ALL ? "Windows is not told that it runs on a hypervisor"
					   : "Windows lacks some Hyper-V enlightenments");
	kt_sink_evidence(
		out, kt_subject_origin(subject, config->hyperv), "not on: %s", missing->str);
	kt_sink_evidence(out, config->os_id.origin, "the guest runs %s", config->os_id.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = view->config;

	for (size_t i = 0; i < G_N_ELEMENTS(lights); i++) {
		g_autofree char *locator =
			g_strdup_printf("/domain/features/hyperv/%s", lights[i].name);
		g_autofree char *state = g_strconcat(locator, "/@state", NULL);
		KtOptStr now = state_of(config, &lights[i]);
		if (kt_known(now))
			kt_guest_change(view, state, now, "on", out);
		else
			kt_sink_domain_xml(out, view->guest, locator, NULL, lights[i].element);
	}
	for (uint32_t i = 0; !has_clock(config) && i <= config->timers.n; i++) {
		bool is_there = i < config->timers.n;
		if (is_there && !kt_opt_is(config->timers.v[i].name, "hypervclock"))
			continue;
		kt_sink_domain_xml(out,
				   view->guest,
				   "/domain/clock/timer[@name='hypervclock']/@present",
				   is_there ? "no" : NULL,
				   "yes");
		break;
	}
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_hyperv) = {
	.id = "guest.hyperv",
	.title = "Windows gets the Hyper-V enlightenments",
	.why = "Windows knows Hyper-V: told so it waits for locks and interrupts by a call "
	       "instead of spinning, reads time from a page instead of a device, and needs far "
	       "fewer exits; without, an idle guest already costs the host measurable time.",
	.cost = "Windows may ask for activation when it sees the hypervisor for the first time.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hypervisor features, hyperv",
			"QEMU: docs/system/i386/hyperv.rst",
			"Microsoft: Hypervisor Top Level Functional Specification",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep -A12 \"<hyperv\"; virsh domcapabilities | "
		"grep -A20 hyperv",
	.effect = "host CPU of an idle Windows guest; exits per second (perf kvm stat)",
	.evaluate = evaluate,
};
