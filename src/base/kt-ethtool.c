/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-ethtool.h"

#include "kt-fd.h"
#include "kt-root.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

const char *
kt_ethtool_device(const char *path)
{
	static const char dir[] = KT_ETHTOOL_DIR "/";

	if (!g_str_has_prefix(path, dir))
		return NULL;
	const char *device = path + strlen(dir);
	return *device && strlen(device) < IFNAMSIZ && !strchr(device, '/') ? device : NULL;
}

/* @answer begins with the number of the command. */
static bool
ask(int fd, const char *device, void *answer)
{
	struct ifreq request = {.ifr_data = answer};

	g_strlcpy(request.ifr_name, device, sizeof(request.ifr_name));
	return ioctl(fd, SIOCETHTOOL, &request) == 0;
}

static void
add_rings(int fd, const char *device, GString *text)
{
	struct ethtool_ringparam ring = {.cmd = ETHTOOL_GRINGPARAM};

	if (ask(fd, device, &ring) && ring.rx_max_pending)
		g_string_append_printf(
			text, "rx-ring %u %u\n", ring.rx_pending, ring.rx_max_pending);
}

static void
add_channels(int fd, const char *device, GString *text)
{
	struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};

	if (!ask(fd, device, &channels))
		return;
	/* A driver has queues for both directions together, or for each. */
	if (channels.max_combined)
		g_string_append_printf(text,
				       "channels %u %u\n",
				       channels.combined_count + channels.rx_count,
				       channels.max_combined);
	else if (channels.max_rx)
		g_string_append_printf(
			text, "channels %u %u\n", channels.rx_count, channels.max_rx);
}

static void
add_offloads(int fd, const char *device, GString *text)
{
	struct ethtool_value gro = {.cmd = ETHTOOL_GGRO};
	struct ethtool_value flags = {.cmd = ETHTOOL_GFLAGS};

	if (ask(fd, device, &gro))
		g_string_append_printf(text, "gro %d\n", gro.data != 0);
	if (ask(fd, device, &flags))
		g_string_append_printf(text, "lro %d\n", (flags.data & ETH_FLAG_LRO) != 0);
}

KtState
kt_ethtool_read(const char *device, char **ret_text, size_t *ret_length)
{
	kt_autofd fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	g_autoptr(GString) text = g_string_new(NULL);

	if (fd < 0)
		return kt_state_from_errno(errno);
	add_rings(fd, device, text);
	add_channels(fd, device, text);
	add_offloads(fd, device, text);
	if (text->len == 0)
		return KT_STATE_ABSENT;
	*ret_length = text->len;
	*ret_text = g_strdup(text->str);
	return KT_STATE_VALUE;
}
