/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-live-place.h"

#include "kt-live-param.h"
#include "kt-live-private.h"
#include "kt-words.h"

#include <string.h>

#define TRY_MS 200

typedef struct Place {
	const char *prefix; /* ends in '/' when something stands behind it */
	const KtLiveOps *ops;
} Place;

static const Place places[] = {
	{.prefix = "vcpus", .ops = &kt_live_vcpus},
	{.prefix = "vcpus-online", .ops = &kt_live_online},
	{.prefix = "iothreads", .ops = &kt_live_iothreads},
	{.prefix = "iothread/", .ops = &kt_live_iothread},
	{.prefix = "balloon", .ops = &kt_live_balloon},
	{.prefix = "stats-period", .ops = &kt_live_period},
	{.prefix = "dimm/", .ops = &kt_live_dimm},
	{.prefix = "virtio-mem/", .ops = &kt_live_vmem},
	{.prefix = KT_PLACE_INSIDE "/", .ops = &kt_live_inside_file},
	{.prefix = "link/", .ops = &kt_live_link},
	{.prefix = "title", .ops = &kt_live_title},
	{.prefix = "description", .ops = &kt_live_description},
};

static const Place *
find(const char *locator, const char **ret_of)
{
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		size_t length = strlen(places[i].prefix);
		bool is_open = places[i].prefix[length - 1] == '/';
		if (strncmp(locator, places[i].prefix, length) != 0 ||
		    is_open != (locator[length] != '\0'))
			continue;
		*ret_of = locator + length;
		return &places[i];
	}
	return NULL;
}

bool
kt_live_place_is(const char *locator)
{
	const char *of = NULL;

	return find(locator, &of) || kt_live_param_is(locator);
}

bool
kt_live_place_get(virDomainPtr domain, const char *locator, char **ret_value, GError **error)
{
	const char *of = NULL;
	const Place *place = find(locator, &of);

	return place ? place->ops->get(domain, of, ret_value, error)
		     : kt_live_param_get(domain, locator, ret_value, error);
}

bool
kt_live_place_set(virDomainPtr domain, const char *locator, const char *value, GError **error)
{
	const char *of = NULL;
	const Place *place = find(locator, &of);

	return place ? place->ops->set(domain, of, value, error)
		     : kt_live_param_set(domain, locator, value, error);
}

xmlDoc *
kt_live_doc(virDomainPtr domain, GError **error)
{
	char *xml = virDomainGetXMLDesc(domain, 0);

	if (!xml) {
		kt_throw_virt(error, "read the running configuration");
		return NULL;
	}
	xmlDoc *doc = kt_xml_parse(xml, strlen(xml), "domain XML", error);
	free(xml); /* allocated by libvirt with malloc */
	return doc;
}

bool
kt_live_wait(virDomainPtr domain, bool (*is_so)(virDomainPtr domain, void *data), void *data,
	     unsigned seconds)
{
	int64_t end_us = g_get_monotonic_time() + (int64_t)seconds * G_USEC_PER_SEC;

	while (!is_so(domain, data)) {
		if (g_get_monotonic_time() >= end_us)
			return false;
		/* libvirt has no event for all of them. */
		(void)g_poll(NULL, 0, TRY_MS);
	}
	return true;
}
