/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#include <string.h>

typedef struct Advice {
	KtSeverity severity; /* UNSET: nothing is wrong */
	const char *wanted;
	const char *summary;
} Advice;

static bool
is_strict(const KtView *view)
{
	return view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;
}

/* A drive of its own behind ATA or SAS. Volumes of RAID controllers and LUNs also claim to rotate,
 * but have a queue and a cache of their own. */
static bool
is_drive(const KtBlock *block)
{
	return kt_opt_is(block->kind, "scsi") &&
	       (kt_opt_is(block->transport, "ata") || kt_opt_is(block->transport, "sas"));
}

/* SCSI controllers with several queues share their tags among them, and the kernel itself takes
 * mq-deadline there: they do not count. */
static bool
has_own_queues(const KtBlock *block)
{
	if (kt_opt_is(block->kind, "nvme"))
		return true;
	return (kt_opt_is(block->kind, "virtio") || kt_opt_is(block->kind, "xen")) &&
	       kt_known(block->hw_queues) && block->hw_queues.v > 1;
}

static bool
can_choose(const KtBlock *block, const char *scheduler)
{
	g_auto(GStrv) names = g_strsplit(block->schedulers.v, " ", /* max_tokens= */ -1);

	return g_strv_contains((const char *const *)names, scheduler);
}

static Advice
judge_queues(const KtView *view)
{
	Advice advice = {
		.wanted = "none",
		.summary = "a scheduler stands before a device that queues by itself",
	};

	if (is_strict(view))
		advice.severity = KT_SEVERITY_MEDIUM;
	else if (view->workload == KT_WORKLOAD_GENERAL)
		advice.severity = KT_SEVERITY_LOW;
	return advice;
}

static Advice
judge_drive(const KtView *view)
{
	const KtBlock *block = view->block;
	bool is_dense = view->workload == KT_WORKLOAD_DENSE;

	if (block->rotational.v && kt_opt_is(block->scheduler, "none"))
		return (Advice){
			.severity = KT_SEVERITY_MEDIUM,
			.wanted = is_dense && can_choose(block, "bfq") ? "bfq" : "mq-deadline",
			.summary = "a rotating disk has no I/O scheduler",
		};
	if (!block->rotational.v && is_strict(view) && kt_opt_is(block->scheduler, "bfq"))
		return (Advice){
			.severity = KT_SEVERITY_MEDIUM,
			.wanted = view->workload == KT_WORKLOAD_LATENCY ? "none" : "mq-deadline",
			.summary = "bfq costs CPU time and latency on a solid state disk",
		};
	return (Advice){.severity = KT_SEVERITY_UNSET};
}

static Advice
judge(const KtView *view)
{
	const KtBlock *block = view->block;
	bool is_none = kt_opt_is(block->scheduler, "none");

	if (kt_opt_true(block->is_multipath_leg)) {
		if (is_none)
			return (Advice){.severity = KT_SEVERITY_UNSET};
		return (Advice){
			.severity = KT_SEVERITY_LOW,
			.wanted = "none",
			.summary = "a path of a multipath device has a scheduler of its own",
		};
	}
	if (!is_none && has_own_queues(block))
		return judge_queues(view);
	return is_drive(block) ? judge_drive(view) : (Advice){.severity = KT_SEVERITY_UNSET};
}

/* Text that means itself within the quotes of an udev rule (udev(7): patterns, escapes). */
static bool
is_plain(const char *text)
{
	if (!*text || strpbrk(text, "\"\\*?[]|$%"))
		return false;
	for (; *text; text++) {
		if (g_ascii_iscntrl(*text))
			return false;
	}
	return true;
}

/* Names such as sda are given anew at each boot: a rule goes by the attributes that identify the
 * device, the very ones that the facts were read from. NULL when it has none. */
static char *
udev_match(const KtBlock *block)
{
	bool is_scsi = kt_opt_is(block->kind, "scsi");
	bool is_nvme = kt_opt_is(block->kind, "nvme");

	if (kt_known(block->wwn) && is_plain(block->wwn.v) && (is_scsi || is_nvme))
		return g_strdup_printf(
			"ATTR{%s}==\"%s\"", is_scsi ? "device/wwid" : "wwid", block->wwn.v);
	if (kt_known(block->serial) && is_plain(block->serial.v) &&
	    (kt_opt_is(block->kind, "virtio") || is_nvme))
		return g_strdup_printf(
			"ATTR{%s}==\"%s\"", is_nvme ? "device/serial" : "serial", block->serial.v);
	return NULL;
}

static void
propose(const KtBlock *block, const char *wanted, KtSink *out)
{
	g_autofree char *path = g_strdup_printf("/sys/block/%s/queue/scheduler", block->name.v);
	g_autofree char *match = udev_match(block);

	if (!can_choose(block, wanted)) {
		kt_sink_advice(out, "Load a kernel module that offers the scheduler '%s'.", wanted);
		return;
	}
	kt_sink_value(out,
		      path,
		      KT_SYNTAX_CHOICE,
		      match ? KT_PERSIST_UDEV : KT_PERSIST_NONE,
		      match,
		      block->scheduler.v,
		      wanted);
	if (!match)
		kt_sink_advice(
			out,
			"The device has no serial number to tell it by after a boot: write an "
			"udev rule for it by hand.");
}

static void
report(const KtView *view, const Advice *advice, KtSink *out)
{
	const KtBlock *block = view->block;

	kt_sink_severity(out, advice->severity);
	kt_sink_summary(out, "%s", advice->summary);
	kt_sink_evidence(out,
			 block->scheduler.origin,
			 "%s uses '%s' of: %s",
			 block->name.v,
			 block->scheduler.v,
			 block->schedulers.v);
	if (kt_known(block->hw_queues))
		kt_sink_evidence(out,
				 block->hw_queues.origin,
				 "%" G_GUINT64_FORMAT " hardware queue%s",
				 block->hw_queues.v,
				 block->hw_queues.v == 1 ? "" : "s");
	if (kt_known(block->rotational))
		kt_sink_evidence(out,
				 block->rotational.origin,
				 "%s",
				 block->rotational.v ? "says that it rotates" : "does not rotate");
	propose(block, advice->wanted, out);
}

/* The argument is one of the whole host: the first device that can be judged speaks for all. */
static bool
is_first(const KtView *view)
{
	for (uint32_t i = 0; i < view->target.index; i++) {
		const KtBlock *block = &view->host->blocks.v[i];
		if (kt_opt_true(block->is_switchable) && kt_known(block->name))
			return false;
	}
	return true;
}

/* elevator= was removed from the kernel in 5.4 (commit 85c0a037dc7a). */
static bool
check_elevator(const KtView *view, bool is_finding, KtSink *out)
{
	g_autofree char *elevator = kt_census_boot_arg(view->host, "elevator");

	if (!elevator || !is_first(view) || !kt_census_kernel_from(view->host, 5, 4))
		return false;
	kt_sink_severity(out, KT_SEVERITY_LOW);
	if (!is_finding)
		kt_sink_summary(out, "the kernel argument elevator= has no effect any more");
	kt_sink_evidence(out,
			 view->host->system.cmdline.origin,
			 "kernel command line: elevator=%s, without effect since Linux 5.4",
			 elevator);
	kt_sink_boot_arg(out, "elevator", elevator, NULL);
	return true;
}

/* A file that calls a disk sda is about whichever disk gets that name at the next boot. */
static bool
check_name(const KtView *view, bool is_finding, KtSink *out)
{
	const KtBootLineList *lines = &view->host->boot_lines;
	g_autofree char *path =
		g_strdup_printf("/sys/block/%s/queue/scheduler", view->block->name.v);
	bool is_named = false;

	if (!kt_opt_is(view->block->kind, "scsi"))
		return false;
	for (uint32_t i = 0; i < lines->n; i++) {
		const KtBootLine *line = &lines->v[i];
		if (!kt_opt_is(line->place, path) || !kt_known(line->file))
			continue;
		if (!is_finding && !is_named) {
			kt_sink_severity(out, KT_SEVERITY_LOW);
			kt_sink_summary(out,
					"a file sets the scheduler of whichever disk is called %s",
					view->block->name.v);
		}
		is_named = true;
		kt_sink_evidence(out,
				 line->file.origin,
				 "line %" G_GUINT64_FORMAT " writes '%s' to %s",
				 line->line.v,
				 line->value.v,
				 path);
		kt_sink_advice(out,
			       "Take line %" G_GUINT64_FORMAT
			       " out of %s: names of SCSI disks are given anew at each boot.",
			       line->line.v,
			       line->file.v);
	}
	return is_named;
}

/* What the conditions for this kind of device rest on. */
static bool
can_judge(const KtBlock *block, KtSink *out)
{
	if (!kt_sink_needs(out, block->is_multipath_leg, "whether it is a leg of a multipath"))
		return false;
	if (kt_opt_is(block->kind, "scsi"))
		return kt_sink_needs(out, block->transport, "the transport") &&
		       (!is_drive(block) ||
			kt_sink_needs(out, block->rotational, "whether it rotates"));
	if (kt_opt_is(block->kind, "virtio") || kt_opt_is(block->kind, "xen"))
		return kt_sink_needs_look(out, block->hw_queues, "the number of hardware queues");
	return true;
}

static bool
is_judged_kind(const KtBlock *block)
{
	static const char *const kinds[] = {"nvme", "scsi", "virtio", "xen", "mmc", NULL};

	return kt_known(block->kind) && g_strv_contains(kinds, block->kind.v);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtBlock *block = view->block;
	Advice advice = {0};
	bool is_finding = false;

	if (block->scheduler.state == KT_STATE_ABSENT || block->kind.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (kt_known(block->kind) && !is_judged_kind(block))
		return KT_VERDICT_NOT_APPLICABLE;
	if (kt_known(block->is_switchable) && !block->is_switchable.v)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, block->scheduler, "the scheduler") ||
	    !kt_sink_needs(out, block->kind, "the kind of device") ||
	    !kt_sink_needs(out, block->name, "the name") ||
	    !kt_sink_needs(out, block->is_switchable, "whether it can be switched") ||
	    !kt_sink_needs(out, block->schedulers, "the list of schedulers"))
		return KT_VERDICT_UNKNOWN;

	if (!can_judge(block, out))
		return KT_VERDICT_UNKNOWN;

	advice = judge(view);
	is_finding = advice.severity != KT_SEVERITY_UNSET;
	if (is_finding)
		report(view, &advice, out);
	is_finding |= check_elevator(view, is_finding, out);
	is_finding |= check_name(view, is_finding, out);
	return is_finding ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static const char *const sources[] = {
	"Linux: Documentation/block/switching-sched.rst",
	"Linux 6.12: block/elevator.c, elevator_get_default(): mq-deadline for one queue or shared "
	"tags, else none",
	"Linux commit f382fb0bcef4: noop, deadline and cfq removed in 5.0",
	"Linux commit 85c0a037dc7a: elevator= removed in 5.4",
	NULL,
};

KT_PRACTICE(host_io_scheduler) = {
	.id = "host.io-scheduler",
	.title = "Each disk has the I/O scheduler that suits it",
	.why = "A scheduler in front of a device with many queues only adds CPU time and latency; "
	       "a rotating disk without one loses most of its throughput to seeks.",
	.cost = "Switching stops the queue for a moment and resets nr_requests and the scheduler's "
		"own settings. bfq may be wanted on rotating disks of dense hosts, and where I/O "
		"weights are used.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_BLOCK,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "grep . /sys/block/*/queue/scheduler; lsblk -d -o NAME,ROTA,TRAN,SERIAL",
	.effect = "IOPS and 99th percentile of a random fio job, r_await and w_await of iostat",
	.evaluate = evaluate,
};
