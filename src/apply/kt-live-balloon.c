/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-dom-edit.h"
#include "kt-live-private.h"

/* The balloon of a running guest: how much it leaves, and how often it tells of the guest. */

#define PERIOD "/domain/devices/memballoon/stats/@period"
/* Any memory device still off line would be the half of the smallest one that Linux takes on x86
 * (arch/x86/include/asm/sparsemem.h, SECTION_SIZE_BITS 27). */
#define HALF_BLOCK_KIB (UINT64_C(64) << 10)

typedef struct Target {
	uint64_t kib;
	uint64_t last_kib;
	int64_t moved_us; /* when it last changed */
} Target;

/* A driver that is there moves within this time; without one the guest stays as it is. */
#define STILL_US (8 * G_USEC_PER_SEC)

static bool
actual_kib(virDomainPtr domain, uint64_t *ret_kib, GError **error)
{
	virDomainInfo info = {0};

	if (virDomainGetInfo(domain, &info) < 0)
		return kt_throw_virt(error, "read the memory");
	*ret_kib = info.memory;
	return true;
}

static bool
get_balloon(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	uint64_t kib = 0;

	if (!actual_kib(domain, &kib, error))
		return false;
	*ret_value = g_strdup_printf("%" G_GUINT64_FORMAT, kib);
	return true;
}

static bool
has_settled(virDomainPtr domain, void *data)
{
	Target *target = data;
	uint64_t now_kib = target->last_kib;
	int64_t now_us = g_get_monotonic_time();

	(void)!actual_kib(domain, &now_kib, NULL);
	if (now_kib != target->last_kib)
		target->moved_us = now_us;
	target->last_kib = now_kib;
	return now_kib == target->kib || now_us - target->moved_us > STILL_US;
}

/* What the guest's system manages in all; 0 = it does not say. */
static uint64_t
available_kib(virDomainPtr domain)
{
	virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
	int n = virDomainMemoryStats(domain, stats, VIR_DOMAIN_MEMORY_STAT_NR, 0);

	for (int i = 0; i < n; i++) {
		if (stats[i].tag == VIR_DOMAIN_MEMORY_STAT_AVAILABLE)
			return stats[i].val;
	}
	return 0;
}

/* <memory> counts a DIMM that the guest has not brought online: a balloon that is to leave less
 * would take it all from the rest, until the guest kills its processes. */
static bool
check_online(virDomainPtr domain, uint64_t wanted_kib, GError **error)
{
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, error);
	g_autofree char *device = NULL;
	uint64_t actual = 0;
	uint64_t available = available_kib(domain);

	if (!doc || !actual_kib(domain, &actual, error) ||
	    !kt_dom_get(doc, "/domain/devices/memory[@model='dimm']", &device, error))
		return false;
	/* A kernel keeps a sixteenth at most for itself: one page in 64 describes the others. */
	if (!device || !available || wanted_kib >= actual ||
	    available + actual / 16 + HALF_BLOCK_KIB >= actual)
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     "bring the memory online in the guest first (chmem -e, lsmem)",
			     "the guest uses %" G_GUINT64_FORMAT " of its %" G_GUINT64_FORMAT
			     " KiB: some of it is off line, and a balloon would starve the rest",
			     available,
			     actual);
}

static bool
set_balloon(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	Target target = {.moved_us = g_get_monotonic_time()};
	uint64_t before_kib = 0;

	if (!value || !g_ascii_string_to_unsigned(value, 10, 1, INT64_MAX, &target.kib, NULL))
		return kt_throw(
			error, KT_ERROR_PARSE, "'%s' is no size", value ? value : "(absent)");
	if (!actual_kib(domain, &before_kib, error) || !check_online(domain, target.kib, error))
		return false;
	target.last_kib = before_kib;
	if (virDomainSetMemoryFlags(domain, target.kib, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return kt_throw_virt(error, "change the balloon");
	(void)kt_live_wait(domain, has_settled, &target, KT_LIVE_PATIENCE_S);
	if (target.last_kib == target.kib)
		return true;
	/* Else the balloon would go on to grow, or begin when a driver is loaded some day. */
	(void)virDomainSetMemoryFlags(domain, before_kib, VIR_DOMAIN_AFFECT_LIVE);
	return kt_throw_hint(
		error,
		KT_ERROR_TIMEOUT,
		"it needs a balloon driver (virtio_balloon) and memory that its system "
		"can give up; the target is what it was",
		"the guest has %" G_GUINT64_FORMAT " KiB and does not follow to %s",
		target.last_kib,
		value);
}

static bool
get_period(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, error);
	char *value = NULL;

	if (!doc || !kt_dom_get(doc, PERIOD, &value, error))
		return false;
	*ret_value = value ? value : g_strdup("0");
	return true;
}

static bool
set_period(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	guint64 seconds = 0;

	if (!value || !g_ascii_string_to_unsigned(value, 10, 0, INT_MAX, &seconds, NULL))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"'%s' is no number of seconds",
				value ? value : "(absent)");
	if (virDomainSetMemoryStatsPeriod(domain, (int)seconds, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return kt_throw_virt(error, "change the period of the statistics");
	return true;
}

const KtLiveOps kt_live_balloon = {.get = get_balloon, .set = set_balloon};

const KtLiveOps kt_live_period = {.get = get_period, .set = set_period};
