/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#define NET "/sys/class/net"

/* Bridges, bonds and what else is made of others have neither; only the driver tun has tun_flags
 * (drivers/net/tun.c). NULL: not one that matters. */
static const char *
kind_of(KtHostJob *job, const char *dir)
{
	g_autofree char *tap = g_strconcat(dir, "/tun_flags", NULL);
	g_autofree char *device = g_strconcat(dir, "/device", NULL);

	if (kt_host_exists(job, tap))
		return "tap";
	return kt_host_exists(job, device) ? "physical" : NULL;
}

static KtOptU64
number(KtHostJob *job, const char *dir, const char *file)
{
	g_autofree char *path = g_strconcat(dir, "/", file, NULL);
	KtOptU64 value = {.origin = kt_facts_origin(job->facts, path)};

	value.state = kt_root_read_u64(job->root, path, &value.v);
	return value;
}

/* A link that is down has no speed: the kernel says EINVAL, or -1 (net/core/net-sysfs.c). */
static KtOptU64
speed(KtHostJob *job, const char *dir)
{
	KtOptU64 mbit = number(job, dir, "speed");

	if (mbit.state == KT_STATE_BROKEN)
		mbit.state = KT_STATE_ABSENT;
	return mbit;
}

static void
look_at(KtHostJob *job, const char *name, GArray *items)
{
	g_autofree char *dir = g_strconcat(NET "/", name, NULL);
	const char *kind = kind_of(job, dir);

	if (!kind)
		return;
	KtNetDevice item = {
		.name = kt_host_str(job, name, NET),
		.kind = kt_host_str(job, kind, dir),
		.speed_mbit = speed(job, dir),
		.tx_queue_len = number(job, dir, "tx_queue_len"),
		.tx_dropped = number(job, dir, "statistics/tx_dropped"),
	};
	g_array_append_val(items, item);
}

void
kt_host_collect_net(KtHostJob *job)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtNetDevice));
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(job->root, NET, &names);

	for (size_t i = 0; state == KT_STATE_VALUE && names[i]; i++)
		look_at(job, names[i], items);
	kt_host_set_list(job, &job->host->net_devices, items, state, NET);
}
