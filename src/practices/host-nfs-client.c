/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#include <string.h>

static const KtParam params[] = {
	{
		.name = "small_bytes",
		.value = 65536,
		.min = 1024,
		.max = 1048576,
		.unit = "bytes",
		.doc = "rsize or wsize below which a transfer is split more than needed; client "
		       "and server agree on up to 1 MiB by themselves (nfs(5)) [eng]",
	},
};

typedef struct Fault {
	KtSeverity severity;
	const char *what;
	const char *advice;
} Fault;

static const char *
option_value(char *const *options, const char *name)
{
	size_t length = strlen(name);

	for (; *options; options++) {
		if (strncmp(*options, name, length) == 0 && (*options)[length] == '=')
			return *options + length + 1;
	}
	return NULL;
}

static bool
has(char *const *options, const char *name)
{
	return g_strv_contains((const char *const *)options, name);
}

static bool
is_small(const KtView *view, char *const *options, const char *name)
{
	const char *value = option_value(options, name);

	return value && g_ascii_strtoull(value, NULL, 10) < kt_view_param(view, "small_bytes");
}

/* The worst first. `softreval` is not soft: it is about names alone. */
static Fault
find_fault(const KtView *view, char *const *options)
{
	const char *proto = option_value(options, "proto");
	const char *version = option_value(options, "vers");
	bool is_soft = has(options, "soft") || has(options, "softerr");

	if (is_soft && !has(options, "ro"))
		return (Fault){KT_SEVERITY_CRITICAL,
			       "a request that times out fails: writes of guests are lost",
			       "Mount it with 'hard', the default."};
	if (proto && g_str_has_prefix(proto, "udp"))
		return (Fault){KT_SEVERITY_HIGH,
			       "over UDP: lost fragments stall or damage transfers",
			       "Mount it with proto=tcp, the default."};
	if (is_small(view, options, "rsize") || is_small(view, options, "wsize"))
		return (Fault){KT_SEVERITY_MEDIUM,
			       "small transfers: more round trips than needed",
			       "Leave rsize and wsize out; a remount does not change them."};
	if (has(options, "sync") || has(options, "noac"))
		return (Fault){KT_SEVERITY_MEDIUM,
			       "every write waits for the server's disk",
			       "Mount it without 'sync' and 'noac': QEMU flushes when guests do."};
	if (is_soft)
		return (Fault){KT_SEVERITY_LOW,
			       "a read that times out fails",
			       "Mount it with 'hard', the default."};
	if (version && (g_str_has_prefix(version, "3") || g_str_equal(version, "4.0")))
		return (Fault){KT_SEVERITY_LOW,
			       "an old version of the protocol",
			       "Mount it with vers=4.2 when the server has it."};
	return (Fault){.severity = KT_SEVERITY_UNSET};
}

static bool
is_below(const char *path, const char *point)
{
	size_t length = strlen(point);

	return strncmp(path, point, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Only mounts that hold images of guests matter. */
static bool
holds_images(const KtView *view, const char *point)
{
	for (uint32_t i = 0; i < view->facts->images.n; i++) {
		const KtImage *image = &view->facts->images.v[i];
		if (kt_opt_is(image->mount_point, point) ||
		    (kt_known(image->path) && is_below(image->path.v, point)))
			return true;
	}
	return false;
}

static KtSeverity
judge(const KtView *view, const KtHostMount *mount, KtSink *out)
{
	g_auto(GStrv) options = g_strsplit(mount->options.v, ",", -1);
	Fault fault = find_fault(view, options);

	if (!fault.severity)
		return KT_SEVERITY_UNSET;
	kt_sink_severity(out, fault.severity);
	kt_sink_evidence(out, mount->options.origin, "'%s': %s", mount->point.v, fault.what);
	kt_sink_advice(out, "%s Guests must be off or elsewhere meanwhile.", fault.advice);
	return fault.severity;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHostMountList *mounts = &view->host->mounts;
	KtSeverity worst = KT_SEVERITY_UNSET;
	uint32_t n = 0;

	if (!kt_sink_needs_look(out, *mounts, "the mounts"))
		return KT_VERDICT_UNKNOWN;
	for (uint32_t i = 0; i < mounts->n; i++) {
		const KtHostMount *mount = &mounts->v[i];
		if (!kt_known(mount->type) || !g_str_has_prefix(mount->type.v, "nfs") ||
		    !kt_known(mount->point) || !kt_known(mount->options) ||
		    !holds_images(view, mount->point.v))
			continue;
		n++;
		worst = MAX(worst, judge(view, mount, out));
	}
	if (n == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!worst)
		return KT_VERDICT_OK;
	kt_sink_summary(out, "an NFS mount with images has options that harm guests");
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(host_nfs_client) = {
	.id = "host.nfs-client",
	.title = "NFS mounts with images are hard, large and on TCP",
	.why = "Old guides set rsize, wsize, sync and version 3. Client and server agree on up to "
	       "1 MiB per transfer by themselves, and what keeps guests safe when the server is "
	       "slow is 'hard': requests wait instead of failing.",
	.cost = "The options of a mount change only when it is mounted anew: guests on it must be "
		"off or elsewhere meanwhile.",
	.sources =
		(const char *const[]){
			"nfs(5): soft / hard, rsize, wsize, proto, sync, noac, vers",
			"Linux: Documentation/admin-guide/nfs/nfs-client.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_HIGH,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "findmnt -t nfs,nfs4 -o TARGET,OPTIONS; nfsiostat",
	.effect = "RTT and exe of READ and WRITE in /proc/self/mountstats",
	.evaluate = evaluate,
};
