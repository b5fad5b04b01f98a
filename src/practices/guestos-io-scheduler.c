/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cmdline.h"
#include "kt-words.h"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	KtVerdict verdict = kt_guest_cmdline_gate(subject->config, out);

	if (verdict != KT_VERDICT_OK)
		return verdict;
	g_autofree char *elevator = kt_guest_cmdline_arg(subject->config, "elevator");
	*ret_fault = elevator != NULL;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	g_autofree char *elevator = kt_guest_cmdline_arg(subject->config, "elevator");

	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "its kernel is told a scheduler that it does not take");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->os_cmdline),
			 "elevator=%s on the command line",
			 elevator ? elevator : "");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *to = kt_guest_cmdline_edit(view->config, "elevator", NULL);

	kt_guest_cmdline_advise(view, to, out);
	kt_sink_advice(
		out,
		"Disks with several queues have 'none' by themselves; where not, a udev rule "
		"in the guest: ACTION==\"add|change\", KERNEL==\"vd[a-z]|sd[a-z]\", "
		"ATTR{queue/scheduler}=\"none\".");
}

static const char rules[] = "# kvmtune: the host orders the requests of its guests\n"
			    "ACTION==\"add|change\", KERNEL==\"vd[a-z]|sd[a-z]\", "
			    "ATTR{queue/scheduler}=\"none\"\n";

/* Does the guest order the requests of this disk, although it need not? */
static bool
is_ordered(const KtInsideDisk *disk)
{
	if (!kt_known(disk->scheduler) || !kt_known(disk->schedulers) ||
	    kt_opt_is(disk->scheduler, "none"))
		return false;
	g_auto(GStrv) words = g_strsplit(disk->schedulers.v, " ", /* max_tokens= */ -1);
	return g_strv_contains((const char *const *)words, "none");
}

static void
switch_off(const KtView *view, const KtInsideDisk *disk, KtSink *out)
{
	g_autofree char *path = g_strdup_printf(KT_INSIDE_SCHEDULER, disk->name.v);
	g_autofree char *place = g_strconcat(KT_PLACE_INSIDE, path, NULL);

	kt_sink_evidence(out,
			 disk->scheduler.origin,
			 "inside, the scheduler of %s is %s",
			 disk->name.v,
			 disk->scheduler.v);
	if (kt_guest_is_open(view))
		kt_sink_domain_live(out, view->guest, place, disk->scheduler.v, "none");
	else
		kt_sink_advice(out, "Now, in the guest: echo none >%s.", path);
}

static void
tell_ordered(const KtView *view, KtSink *out)
{
	const KtInside *inside = &view->guest->inside;

	kt_sink_blame(
		out, KT_SEVERITY_LOW, "its system orders requests that the host orders again");
	for (uint32_t i = 0; i < inside->disks.n; i++) {
		if (is_ordered(&inside->disks.v[i]))
			switch_off(view, &inside->disks.v[i], out);
	}
	if (!kt_guest_lay_file(view, KT_INSIDE_DISKS, inside->disk_rules, rules, out))
		kt_sink_advice(out,
			       "From its next start on, by a rule in the guest, " KT_INSIDE_DISKS
			       ": ACTION==\"add|change\", KERNEL==\"vd[a-z]|sd[a-z]\", "
			       "ATTR{queue/scheduler}=\"none\".");
}

/* Only classes that want speed: elsewhere the guest's own choice costs next to nothing. */
static bool
has_ordered(const KtView *view)
{
	const KtInsideDiskList *disks = &view->guest->inside.disks;

	for (uint32_t i = 0; kt_guest_wants_speed(view) && i < disks->n; i++) {
		if (is_ordered(&disks->v[i]))
			return true;
	}
	return false;
}

/* All of its disks were looked at: what the command line does not tell is known. */
static bool
is_seen(const KtInside *inside)
{
	for (uint32_t i = 0; i < inside->disks.n; i++) {
		if (!kt_known(inside->disks.v[i].scheduler))
			return false;
	}
	return inside->disks.state == KT_STATE_VALUE && inside->disks.n > 0;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};
	KtVerdict verdict = kt_guest_check(view, &check, out);

	if (has_ordered(view)) {
		tell_ordered(view, out);
		return KT_VERDICT_FINDING;
	}
	return verdict == KT_VERDICT_NOT_APPLICABLE && is_seen(&view->guest->inside) ? KT_VERDICT_OK
										     : verdict;
}

KT_PRACTICE(guestos_io_scheduler) = {
	.id = "guestos.io-scheduler",
	.title = "The guest leaves the order of requests to the host",
	.why = "The host orders the requests of all guests again, so a scheduler in the guest only "
	       "costs time; 'none' is right and the default of virtio disks with several queues. "
	       "elevator= was removed in Linux 5.0 and does nothing since. With --in-guest, and its "
	       "owner's consent, the guest's agent is asked what its disks have.",
	.cost = "None. A guest that shares out its I/O among its own programs by weights needs bfq.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/kernel-parameters.txt, elevator=",
			"Linux commit f382fb0bcef4: the legacy I/O schedulers are removed (5.0)",
			"Linux: block/elevator.c, elevator_get_default(): none with several queues",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "in the guest 'cat /sys/block/vda/queue/scheduler /proc/cmdline'",
	.effect = "p99 latency of fio in the guest",
	.evaluate = evaluate,
};
