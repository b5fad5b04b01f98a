/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* Machine types and QEMU's rule for them since 9.1 (include/hw/boards.h, MACHINE_VER_DEPRECATION
 * and MACHINE_VER_DELETION): deprecated after 3 major versions, which is 3 years, deleted after 6.
 * The deletion is switched on since 10.1; types up to 2.3 went with 9.1. */
#define YEARS_DEPRECATED 3
#define YEARS_DELETED    6
#define RULE_SINCE       9001000
#define DELETION_SINCE   10001000

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_OLD, /* would be deprecated by the rule, which this QEMU does not have yet */
	FAULT_DEPRECATED,
	FAULT_DELETED,
} Fault;

static const char *const families[] = {
	"pc-i440fx",
	"pc-q35",
	"virt",
	"pseries",
	"s390-ccw-virtio",
	NULL,
};

/* Is the machine type at least @years major versions behind QEMU? */
static bool
is_behind(const KtMachineType *machine, uint64_t qemu, unsigned years)
{
	uint64_t major = qemu / 1000000;
	uint64_t minor = qemu / 1000 % 1000;

	return major > machine->major + years ||
	       (major == machine->major + years && minor >= machine->minor);
}

static Fault
find_fault(const KtMachineType *machine, uint64_t qemu)
{
	bool is_ancient = machine->major < 2 || (machine->major == 2 && machine->minor <= 3);

	if ((qemu >= RULE_SINCE && is_ancient && g_str_has_prefix(machine->family, "pc-")) ||
	    (qemu >= DELETION_SINCE && is_behind(machine, qemu, YEARS_DELETED)))
		return FAULT_DELETED;
	if (!is_behind(machine, qemu, YEARS_DEPRECATED))
		return FAULT_NONE;
	return qemu >= RULE_SINCE ? FAULT_DEPRECATED : FAULT_OLD;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtOptU64 qemu = view->facts->meta.qemu_version;
	g_auto(KtMachineType) machine = {.family = NULL};

	if (!kt_sink_needs(out, subject->config->machine, "the machine type"))
		return KT_VERDICT_UNKNOWN;
	/* Distributions keep their own by rules of their own. */
	if (!kt_guest_machine(subject->config, &machine) ||
	    !g_strv_contains(families, machine.family))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, qemu, "the version of QEMU"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = find_fault(&machine, qemu.v);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtOptU64 qemu = view->facts->meta.qemu_version;
	const char *machine = subject->config->machine.v;

	switch ((Fault)fault) {
	case FAULT_DELETED:
		kt_sink_severity(out, KT_SEVERITY_CRITICAL);
		kt_sink_summary(out, "will not start: QEMU no longer has this machine type");
		break;
	case FAULT_DEPRECATED:
		kt_sink_severity(out, KT_SEVERITY_MEDIUM);
		kt_sink_summary(out, "machine type is deprecated and will be deleted");
		break;
	case FAULT_OLD:
		kt_sink_severity(out, KT_SEVERITY_LOW);
		kt_sink_summary(out, "machine type is more than three years old");
		break;
	case FAULT_NONE:
	default:
		break;
	}
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->machine),
			 "machine='%s', QEMU %" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT,
			 machine,
			 qemu.v / 1000000,
			 qemu.v / 1000 % 1000);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtOptU64 qemu = view->facts->meta.qemu_version;
	g_auto(KtMachineType) machine = {.family = NULL};

	if (!kt_guest_machine(view->config, &machine))
		return;
	kt_sink_advice(out,
		       "The newest of this host is %s-%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT
		       ": take the newest that every host of the pool has ('virsh capabilities'), "
		       "with 'virsh edit %s'.",
		       machine.family,
		       qemu.v / 1000000,
		       qemu.v / 1000 % 1000,
		       kt_guest_name(view->guest));
	kt_sink_advice(out,
		       "Saved states and snapshots with memory belong to the old type; Windows "
		       "wants a copy of its disk before. From i440fx to q35 is another computer, "
		       "not an update.");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_machine) = {
	.id = "guest.machine",
	.title = "The machine type is one that QEMU still keeps",
	.why = "A machine type freezes the virtual hardware of one QEMU version, with its limits "
	       "and its old defaults. QEMU deprecates types after three years and deletes them "
	       "after six: the guest then does not start after an upgrade.",
	.cost = "The guest sees newer hardware: Windows may look for drivers and ask for "
		"activation, names of network cards can change. Guests cannot migrate to hosts "
		"with an older QEMU.",
	.sources =
		(const char *const[]){
			"QEMU: docs/about/deprecated.rst, System emulator machines",
			"QEMU: include/hw/boards.h, MACHINE_VER_DEPRECATION",
			"libvirt: formatdomain.html, BIOS bootloader, machine",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_HIGH,
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep machine=; virsh capabilities | grep "
		"deprecated",
	.effect = "the guest starts; virsh dominfo has no taint deprecated-config",
	.evaluate = evaluate,
};
