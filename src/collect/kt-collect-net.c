/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-ethtool.h"

#define NET "/sys/class/net"

/* Bridges, bonds and what else is made of others have neither; only the driver tun has tun_flags
 * (drivers/net/tun.c). NULL: not one that matters. */
static const char *
kind_of(KtHostJob *job, const char *dir)
{
	g_autofree char *tap = g_strconcat(dir, "/tun_flags", NULL);
	g_autofree char *device = g_strconcat(dir, "/device", NULL);

	if (kt_root_exists(job->root, tap))
		return "tap";
	return kt_root_exists(job->root, device) ? "physical" : NULL;
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

/* The bridge that @dir is a port of; Open vSwitch has one master for the ports of all its bridges,
 * and bonds are none. */
static KtOptStr
bridge(KtHostJob *job, const char *dir)
{
	g_autofree char *path = g_strconcat(dir, "/master", NULL);
	g_autofree char *link = NULL;
	KtState state = kt_root_link(job->root, path, &link);

	if (state == KT_STATE_VALUE) {
		g_autofree char *name = g_path_get_basename(link);
		g_autofree char *mark = g_strconcat(NET "/", name, "/bridge", NULL);
		if (kt_root_exists(job->root, mark))
			return kt_host_str(job, name, path);
		state = KT_STATE_ABSENT;
	}
	return (KtOptStr){.state = state, .origin = kt_facts_origin(job->facts, path)};
}

/* Number @index (0 or 1) of the line "KEY NOW MAX" of kt-ethtool.h. */
static KtOptU64
answer(KtHostJob *job, const char *text, KtState state, const char *key, unsigned index)
{
	KtOptU64 value = {
		.state = state,
		.origin = kt_facts_origin(job->facts, KT_ETHTOOL_DIR),
	};
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", /* max_tokens= */ 16);

	if (state != KT_STATE_VALUE)
		return value;
	value.state = KT_STATE_ABSENT;
	for (size_t i = 0; lines[i]; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", /* max_tokens= */ 4);
		if (g_strv_length(words) <= index + 1 || !g_str_equal(words[0], key))
			continue;
		bool is_number = g_ascii_string_to_unsigned(
			words[index + 1], 10, 0, UINT32_MAX, &value.v, NULL);
		value.state = is_number ? KT_STATE_VALUE : KT_STATE_BROKEN;
	}
	return value;
}

static KtOptBool
flag(KtHostJob *job, const char *text, KtState state, const char *key)
{
	KtOptU64 value = answer(job, text, state, key, 0);

	return (KtOptBool){.v = value.v != 0, .state = value.state, .origin = value.origin};
}

static void
ask_driver(KtHostJob *job, const char *name, bool is_physical, KtNetDevice *item)
{
	g_autofree char *path = g_strconcat(KT_ETHTOOL_DIR "/", name, NULL);
	g_autofree char *text = NULL;
	KtState state = is_physical ? kt_host_text(job, path, &text) : KT_STATE_ABSENT;

	item->rx_ring = answer(job, text, state, "rx-ring", 0);
	item->rx_ring_max = answer(job, text, state, "rx-ring", 1);
	item->channels = answer(job, text, state, "channels", 0);
	item->channels_max = answer(job, text, state, "channels", 1);
	item->gro = flag(job, text, state, "gro");
	item->lro = flag(job, text, state, "lro");
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
		.mtu = number(job, dir, "mtu"),
		.bridge = bridge(job, dir),
		.rx_missed = number(job, dir, "statistics/rx_missed_errors"),
	};
	ask_driver(job, name, g_str_equal(kind, "physical"), &item);
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
