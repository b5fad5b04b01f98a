/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest.h"
#include "kt-pins.h"

/* Numbers above this come from broken input: libvirt numbers from 1, and the most is far less. */
#define MAX_ID (KT_CPUSET_BITS - 1)

static const KtParam params[] = {
	{
		.name = "most",
		.value = 8,
		.min = 1,
		.max = 256,
		.doc = "IOThreads that are proposed for one guest, at most [eng]",
	},
	{
		.name = "per_cpu",
		.value = 2,
		.min = 1,
		.max = 16,
		.doc = "IOThreads per CPU of the host, at most (libvirt: formatdomain.html, IOThreads "
		       "Allocation: 1 or 2)",
	},
};

/* What has no IOThread although it could, and what there is. */
typedef struct Survey {
	GPtrArray *disks;       /* const KtDisk *: virtio disks without one */
	unsigned n_controllers; /* virtio-scsi controllers in use, without one */
	unsigned n_scsi;        /* virtio-scsi controllers */
	KtCpuset ids;           /* IOThreads that are defined */
	KtCpuset unused;        /* of those, without disk or controller */
	bool is_known;          /* the numbers in `ids` can be relied on */
	uint64_t n;             /* <iothreads> */
} Survey;

static void
survey_clear(Survey *survey)
{
	if (survey->disks)
		g_ptr_array_unref(survey->disks);
	survey->disks = NULL;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Survey, survey_clear)

static bool
is_disk(const KtDisk *disk)
{
	return disk->device.state == KT_STATE_ABSENT || kt_opt_is(disk->device, "disk") ||
	       kt_opt_is(disk->device, "lun");
}

static void
use(Survey *survey, KtOptU64 iothread)
{
	if (kt_known(iothread) && iothread.v <= MAX_ID)
		kt_cpuset_remove(&survey->unused, (unsigned)iothread.v);
}

/* Without <iothreadids> the numbers are 1 to N. */
static void
survey_ids(const KtGuestConfig *config, Survey *survey)
{
	survey->n = kt_known(config->iothreads) ? config->iothreads.v : 0;
	survey->is_known = kt_looked(config->iothread_ids) && survey->n <= MAX_ID;
	if (kt_known(config->iothread_ids))
		survey->ids = *config->iothread_ids.v;
	else if (survey->is_known && survey->n > 0)
		kt_cpuset_add_range(&survey->ids, 1, (unsigned)survey->n);
	survey->unused = survey->ids;
}

static void
survey_take(const KtGuestConfig *config, Survey *survey)
{
	bool has_scsi_disk = false;

	*survey = (Survey){.disks = g_ptr_array_new()};
	survey_ids(config, survey);
	for (uint32_t i = 0; i < config->disks.n; i++) {
		const KtDisk *disk = &config->disks.v[i];
		use(survey, disk->iothread);
		has_scsi_disk |= is_disk(disk) && kt_opt_is(disk->bus, "scsi");
		if (is_disk(disk) && kt_opt_is(disk->bus, "virtio") &&
		    kt_guest_has_one_disk(config, disk->target) &&
		    disk->iothread.state == KT_STATE_ABSENT)
			g_ptr_array_add(survey->disks, (void *)disk);
	}
	for (uint32_t i = 0; i < config->controllers.n; i++) {
		const KtController *controller = &config->controllers.v[i];
		use(survey, controller->iothread);
		if (!kt_opt_is(controller->type, "scsi") ||
		    !kt_opt_is(controller->model, "virtio-scsi"))
			continue;
		survey->n_scsi++;
		survey->n_controllers +=
			has_scsi_disk && controller->iothread.state == KT_STATE_ABSENT;
	}
}

static unsigned
n_lacking(const Survey *survey)
{
	return survey->disks->len + survey->n_controllers;
}

/* CPUs of the largest node; 0 when it is not known. */
static unsigned
node_cpus(const KtView *view)
{
	const KtNodeList *nodes = &view->host->nodes;
	unsigned most = 0;

	for (uint32_t i = 0; kt_guest_is_local(view) && i < nodes->n; i++) {
		unsigned n = kt_known(nodes->v[i].cpus) ? kt_cpuset_count(nodes->v[i].cpus.v) : 0;
		most = MAX(most, n);
	}
	return most;
}

static KtSeverity
judge(const KtView *view, const Survey *survey)
{
	bool is_wanted =
		view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;
	unsigned cpus = node_cpus(view);

	if (is_wanted && n_lacking(survey))
		return KT_SEVERITY_MEDIUM;
	if (cpus && survey->n > cpus)
		return KT_SEVERITY_LOW;
	if (survey->is_known && !kt_cpuset_is_empty(&survey->unused))
		return KT_SEVERITY_INFO;
	return KT_SEVERITY_UNSET;
}

static void
tell(const KtView *view, const KtGuestConfig *config, const Survey *survey, KtSink *out)
{
	KtSeverity severity = judge(view, survey);
	uint16_t origin = config->disks.origin ? config->disks.origin : config->type.origin;
	unsigned n_unused = kt_cpuset_count(&survey->unused);
	g_autofree char *unused = kt_cpuset_to_list(&survey->unused);

	kt_sink_severity(out, severity);
	if (severity == KT_SEVERITY_MEDIUM)
		kt_sink_summary(out,
				"%u disk%s share%s QEMU's main loop instead of an IOThread",
				n_lacking(survey),
				n_lacking(survey) == 1 ? "" : "s",
				n_lacking(survey) == 1 ? "s" : "");
	else if (severity == KT_SEVERITY_LOW)
		kt_sink_summary(out, "more IOThreads than a NUMA node has CPUs");
	else
		kt_sink_summary(
			out, "%u IOThread%s without a disk", n_unused, n_unused == 1 ? "" : "s");

	for (unsigned i = 0; i < survey->disks->len; i++)
		kt_sink_evidence(out,
				 origin,
				 "disk %s has no IOThread",
				 ((const KtDisk *)survey->disks->pdata[i])->target.v);
	if (survey->n_controllers)
		kt_sink_evidence(out, origin, "the virtio-scsi controller has no IOThread");
	if (survey->n == 0)
		kt_sink_evidence(out, origin, "no <iothreads>");
	else
		kt_sink_evidence(out,
				 config->iothreads.origin ? config->iothreads.origin : origin,
				 "<iothreads>%" G_GUINT64_FORMAT "</iothreads>%s%s",
				 survey->n,
				 n_unused ? ", without a disk: " : "",
				 unused);
}

/* Numbers for the new ones: libvirt gives the least that are free. */
static void
add_new(Survey *survey, uint64_t n, KtCpuset *new)
{
	for (unsigned id = 1; n > 0 && id <= MAX_ID; id++) {
		if (kt_cpuset_has(&survey->ids, id))
			continue;
		kt_cpuset_add(new, id);
		n--;
	}
	kt_cpuset_or(&survey->ids, new);
}

static unsigned
next_id(const KtCpuset *ids, unsigned last)
{
	unsigned id = kt_cpuset_next(ids, last + 1);

	return id < KT_CPUSET_BITS ? id : kt_cpuset_next(ids, 0);
}

static void
change_driver(const KtView *view, const char *place, unsigned id, KtSink *out)
{
	g_autofree char *locator = g_strdup_printf("%s/driver/@iothread", place);
	g_autofree char *to = g_strdup_printf("%u", id);

	kt_sink_domain_xml(out, view->guest, locator, NULL, to);
}

static void
assign(const KtView *view, const Survey *survey, const KtCpuset *ids, KtSink *out)
{
	unsigned id = 0;

	for (unsigned i = 0; i < survey->disks->len; i++) {
		const KtDisk *disk = survey->disks->pdata[i];
		g_autofree char *place =
			g_strdup_printf("/domain/devices/disk[target/@dev='%s']", disk->target.v);
		id = next_id(ids, id);
		change_driver(view, place, id, out);
	}
	if (survey->n_controllers)
		change_driver(view,
			      "/domain/devices/controller[@model='virtio-scsi']",
			      next_id(ids, id),
			      out);
}

/* Where guest.vcpu.pin wants the emulator, or has it already: threads of a guest with bound vCPUs
 * shall keep off them as well. False when nothing says where. */
static bool
find_place(const KtView *view, KtCpuset *ret_cpus)
{
	const KtOptCpuset emulator = view->config->emulator_pin;
	bool is_latency = view->workload == KT_WORKLOAD_LATENCY;
	KtPinFaults faults;
	KtPlacement placement;
	KtCpuset claim = {0};
	const char *reason = NULL;
	bool has_own = false;

	if (kt_pins_gate(view, NULL) != KT_VERDICT_OK)
		return false;
	kt_pins_judge(view, KT_PIN_CONFIG, &faults);
	if (kt_pins_wants_place(view, &faults)) {
		bool ok = kt_pins_place(view, &placement, &reason);
		if (ok)
			*ret_cpus = placement.emulator;
		return ok;
	}
	kt_pins_claim(view->host, view->config, &claim, &has_own);
	if (!kt_known(emulator) || kt_cpuset_is_empty(&claim) ||
	    (is_latency && kt_cpuset_intersects(&claim, emulator.v)) ||
	    !kt_cpuset_is_subset(emulator.v, view->host->cpu.online.v))
		return false;
	*ret_cpus = *emulator.v;
	return true;
}

static void
bind(const KtView *view, const KtCpuset *new, KtSink *out)
{
	KtCpuset cpus = {0};

	if (!find_place(view, &cpus))
		return;

	g_autofree char *list = kt_cpuset_to_list(&cpus);
	kt_cpuset_foreach (new, id) {
		g_autofree char *locator =
			g_strdup_printf("/domain/cputune/iothreadpin[@iothread='%u']/@cpuset", id);
		kt_sink_domain_xml(out, view->guest, locator, NULL, list);
	}
}

/* IOThreads that the guest may have in all. */
static uint64_t
limit(const KtView *view)
{
	uint64_t most = kt_view_param(view, "most");
	const KtOptCpuset online = view->host->cpu.online;

	if (!kt_guest_is_local(view) || !kt_known(online))
		return most;
	return MIN(most, kt_cpuset_count(online.v) * kt_view_param(view, "per_cpu"));
}

static void
propose_threads(const KtView *view, Survey *survey, KtSink *out)
{
	const KtOptU64 iothreads = view->config->iothreads;
	unsigned n_unused = kt_cpuset_count(&survey->unused);
	uint64_t n_wanted = n_lacking(survey) > n_unused ? n_lacking(survey) - n_unused : 0;
	uint64_t n_room = limit(view) > survey->n ? limit(view) - survey->n : 0;
	uint64_t n_new = MIN(n_wanted, n_room);
	KtCpuset ids = survey->unused;
	KtCpuset new = {0};

	add_new(survey, n_new, &new);
	kt_cpuset_or(&ids, &new);
	if (n_new) {
		g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, iothreads.v);
		g_autofree char *to = g_strdup_printf("%" G_GUINT64_FORMAT, survey->n + n_new);
		kt_sink_domain_xml(out,
				   view->guest,
				   "/domain/iothreads/text()",
				   kt_known(iothreads) ? from : NULL,
				   to);
	}
	assign(view, survey, kt_cpuset_is_empty(&ids) ? &survey->ids : &ids, out);
	bind(view, &new, out);
	kt_guest_remark(view, out);
}

static void
propose(const KtView *view, Survey *survey, KtSink *out)
{
	KtSeverity severity = judge(view, survey);

	if (severity < KT_SEVERITY_MEDIUM)
		kt_sink_advice(out,
			       "'virsh iothreaddel %s ID --config' takes an IOThread away that no "
			       "disk uses.",
			       kt_guest_name(view->guest));
	else if (!survey->is_known)
		kt_sink_advice(out,
			       "The numbers of the guest's IOThreads are not known: choose "
			       "one for each disk with 'virsh edit'.");
	else if (survey->n_controllers && survey->n_scsi > 1)
		kt_sink_advice(out,
			       "The guest has several virtio-scsi controllers: give each of "
			       "them an IOThread with 'virsh edit'.");
	else
		propose_threads(view, survey, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	KtVerdict gate = kt_guest_gate(view, out);
	g_auto(Survey) survey = {.disks = NULL};
	g_auto(Survey) live = {.disks = NULL};

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_sink_needs(out, config->disks, "the list of disks") ||
	    !kt_sink_needs(out, config->controllers, "the list of controllers") ||
	    !kt_sink_needs_look(out, config->iothreads, "<iothreads>"))
		return KT_VERDICT_UNKNOWN;

	survey_take(config, &survey);
	if (judge(view, &survey) != KT_SEVERITY_UNSET) {
		tell(view, config, &survey, out);
		propose(view, &survey, out);
		return KT_VERDICT_FINDING;
	}
	if (!view->live)
		return KT_VERDICT_OK;
	survey_take(view->live, &live);
	if (judge(view, &live) < KT_SEVERITY_MEDIUM)
		return KT_VERDICT_OK;
	tell(view, view->live, &live, out);
	return KT_VERDICT_PENDING;
}

KT_PRACTICE(guest_iothreads) = {
	.id = "guest.iothreads",
	.title = "Busy disks have IOThreads of their own",
	.why = "Without an IOThread all disks share QEMU's main loop with the monitor, timers and "
	       "every other device, and wait for its lock.",
	.cost = "A thread each, which needs a CPU when the disk is busy; it polls for up to 32 us "
		"before it sleeps. Few disks are worth it on hosts with many small guests.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, IOThreads Allocation",
			"libvirt: formatdomain.html, Hard drives: driver, iothread",
			"QEMU: docs/devel/multiple-iothreads.txt",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand =
		"virsh iothreadinfo DOMAIN --config; virsh dumpxml --inactive DOMAIN | grep "
		"iothread",
	.effect =
		"IOPS and latency in the guest (fio); CPU time of the main thread of QEMU. Measured "
		"without a guest on two busy CPUs: 1.65 times the reads [0.68, 3.44], so no gain "
		"was seen there, for 1.54 times the CPU time of each (docs/effects.md)",
	.evaluate = evaluate,
};
