/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

#include <string.h>

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_ANY,
	FAULT_OVERRIDE, /* of what libvirt says itself */
} Fault;

/* What libvirt writes as well: QEMU then has it twice, and the last one counts or the guest does
 * not start. */
static const char *const owned[] = {"-cpu", "-m", "-smp", "-machine", "-M", NULL};

static bool
is_override(const char *value)
{
	return g_strv_contains(owned, value) || g_str_has_prefix(value, "virtio-balloon");
}

static const char *
find_override(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->qemu_args.n; i++) {
		const KtOptStr value = config->qemu_args.v[i].value;
		if (kt_known(value) && is_override(value.v))
			return value.v;
	}
	return NULL;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs(out, config->qemu_args, "<qemu:commandline>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = find_override(config) ? FAULT_OVERRIDE
		     : config->qemu_args.n ? FAULT_ANY
					   : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtQemuArgList *args = &subject->config->qemu_args;
	const char *option = find_override(subject->config);

	kt_sink_severity(out, fault == FAULT_OVERRIDE ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	if (fault == FAULT_OVERRIDE)
		kt_sink_summary(out, "QEMU gets settings twice: libvirt's and by hand");
	else
		kt_sink_summary(out, "QEMU gets arguments that libvirt does not know");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, *args),
			 "%u <qemu:arg>%s%.*s",
			 args->n,
			 option ? ", among them " : "",
			 option ? (int)strcspn(option, ",") : 0,
			 option ? option : "");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "Say it in the domain XML ('virsh edit %s'): <cpu migratable='off'> with "
		       "<feature policy='require' name='invtsc'/>, <memballoon>, or "
		       "<qemu:override> for a property of a device.",
		       kt_guest_name(view->guest));
	if (fault == FAULT_OVERRIDE)
		kt_sink_advice(out,
			       "Of two -cpu arguments the last counts, and what libvirt records "
			       "of the guest is then wrong; two balloons do not start on q35.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_qemu_commandline) = {
	.id = "guest.qemu-commandline",
	.title = "QEMU gets its arguments from libvirt alone",
	.why = "Arguments of <qemu:commandline> are not checked, taint the guest, do not follow a "
	       "migration and break with any update; those that repeat what libvirt writes make "
	       "its records false or the guest fail to start.",
	.cost = "A few settings have no other way; <qemu:override> changes properties of devices "
		"since libvirt 8.2.",
	.sources =
		(const char *const[]){
			"libvirt: drvqemu.html, Pass-through of arbitrary qemu commands",
			"libvirt: formatdomain.html, CPU model and topology, migratable (6.5.0)",
			"libvirt: news.html, 8.2.0, qemu:override",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep qemu:arg; virsh dominfo DOMAIN | grep -i "
		"taint",
	.effect = "the taint is gone from the log of the guest in /var/log/libvirt/qemu",
	.evaluate = evaluate,
};
