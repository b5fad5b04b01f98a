/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "per_context",
		.value = 1024,
		.min = 1,
		.max = 65536,
		.doc = "requests that QEMU reserves per event loop with an io='native' disk "
		       "(QEMU 7.2, block/linux-aio.c, MAX_EVENTS)",
	},
	{
		.name = "value",
		.value = 1048576,
		.min = 65536,
		.max = 1073741824,
		.doc = "least value that is set, as in libvirt's sysctl.d/60-libvirtd.conf",
	},
	{
		.name = "used_percent",
		.value = 80,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of the limit that may be in use [eng]",
	},
	{
		.name = "need_percent",
		.value = 50,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of the limit that guests may need before it is remarked [eng]",
	},
};

/* A SCSI disk is served by the IOThread of its controller, and facts do not say which one that is:
 * those of all SCSI controllers are counted. */
static void
add_scsi_iothreads(const KtGuestConfig *config, KtCpuset *iothreads)
{
	for (uint32_t i = 0; i < config->controllers.n; i++) {
		const KtController *controller = &config->controllers.v[i];
		if (kt_opt_is(controller->type, "scsi") && kt_known(controller->iothread) &&
		    controller->iothread.v < KT_CPUSET_BITS)
			kt_cpuset_add(iothreads, (unsigned)controller->iothread.v);
	}
}

/* Event loops of a guest that reserve requests: the main loop, where QEMU opens every image, and
 * each IOThread that serves such a disk. */
static unsigned
count_contexts(const KtGuestConfig *config)
{
	KtCpuset iothreads = {0};
	bool has_native = false;

	for (uint32_t i = 0; i < config->disks.n; i++) {
		const KtDisk *disk = &config->disks.v[i];
		if (!kt_opt_is(disk->io, "native"))
			continue;
		has_native = true;
		if (kt_known(disk->iothread) && disk->iothread.v < KT_CPUSET_BITS)
			kt_cpuset_add(&iothreads, (unsigned)disk->iothread.v);
		if (kt_opt_is(disk->bus, "scsi"))
			add_scsi_iothreads(config, &iothreads);
	}
	return has_native ? 1 + kt_cpuset_count(&iothreads) : 0;
}

/* Is it known of all guests what they need? */
static bool
is_need_known(const KtView *view)
{
	KtCensus census = {0};

	if (!kt_census_take(view->facts, KT_CENSUS_COUNTING, &census))
		return false;
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		if (kt_census_counts(guest) &&
		    kt_census_config(guest)->disks.state != KT_STATE_VALUE)
			return false;
	}
	return true;
}

static uint64_t
count_need(const KtView *view)
{
	uint64_t contexts = 0;

	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		if (kt_census_counts(guest))
			contexts += count_contexts(kt_census_config(guest));
	}
	return contexts * kt_view_param(view, "per_context");
}

static KtSeverity
judge(const KtView *view, uint64_t need)
{
	const KtSysctl *sysctl = &view->host->sysctl;
	uint64_t limit = sysctl->aio_max_nr.v;

	if (need > limit)
		return KT_SEVERITY_HIGH;
	if (kt_known(sysctl->aio_nr) &&
	    sysctl->aio_nr.v > limit / 100 * kt_view_param(view, "used_percent"))
		return KT_SEVERITY_HIGH;
	return need > limit / 100 * kt_view_param(view, "need_percent") ? KT_SEVERITY_LOW
									: KT_SEVERITY_UNSET;
}

static void
report(const KtView *view, uint64_t need, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;
	uint64_t used = kt_known(sysctl->aio_nr) ? sysctl->aio_nr.v : 0;
	uint64_t wanted = MAX(kt_view_param(view, "value"), 2 * MAX(need, used));

	if (need > sysctl->aio_max_nr.v)
		kt_sink_summary(out, "guests need more AIO requests than the host allows");
	else
		kt_sink_summary(out, "AIO requests of the host are running out");
	kt_sink_evidence(out,
			 sysctl->aio_max_nr.origin,
			 "the host allows %" G_GUINT64_FORMAT " AIO requests",
			 sysctl->aio_max_nr.v);
	if (kt_known(sysctl->aio_nr))
		kt_sink_evidence(out,
				 sysctl->aio_nr.origin,
				 "%" G_GUINT64_FORMAT " are reserved now",
				 sysctl->aio_nr.v);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "disks with io='native' need %" G_GUINT64_FORMAT,
			 need);
	kt_sink_sysctl_u64(out, "fs.aio-max-nr", sysctl->aio_max_nr, wanted);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 limit = view->host->sysctl.aio_max_nr;
	KtSeverity severity = KT_SEVERITY_UNSET;
	uint64_t need = count_need(view);

	if (limit.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, limit, "the limit"))
		return KT_VERDICT_UNKNOWN;

	severity = judge(view, need);
	if (!severity)
		return is_need_known(view) ? KT_VERDICT_OK : kt_census_unknown(view, out);
	kt_sink_severity(out, severity);
	report(view, need, out);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/sysctl/fs.rst, aio-nr and aio-max-nr",
	"QEMU 7.2: block/linux-aio.c, block/file-posix.c, raw_open_common()",
	"libvirt: src/remote/libvirtd.sysctl",
	NULL,
};

KT_PRACTICE(host_aio_max_nr) = {
	.id = "host.aio-max-nr",
	.title = "There are AIO requests enough for all guest disks",
	.why = "Every event loop of QEMU with an io='native' disk reserves 1024 requests of the "
	       "host's budget. When it is used up, QEMU falls back to its thread pool with one "
	       "line in the guest's log: disks become slower, and nothing says why.",
	.cost = "None until the requests are used. io='io_uring' and io='threads' need none.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "cat /proc/sys/fs/aio-nr /proc/sys/fs/aio-max-nr; "
			 "grep -l 'Unable to use linux AIO' /var/log/libvirt/qemu/*.log",
	.effect = "IOPS of the guests that had fallen back, and that log line",
	.evaluate = evaluate,
};
