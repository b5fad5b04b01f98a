/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-dom-memory.h"
#include "kt-live-private.h"
#include "kt-memory-wish.h"

#include <string.h>

/* Memory that is plugged into a running guest: DIMMs and virtio-mem devices. */

typedef struct Device {
	bool is_virtio;
	const char *of;
	const char *wanted; /* NULL = gone */
} Device;

static bool
get(virDomainPtr domain, bool is_virtio, const char *of, char **ret_value, GError **error)
{
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, error);

	if (!doc)
		return false;
	*ret_value = kt_dom_memory(doc, is_virtio, of);
	return true;
}

static bool
get_dimm(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	return get(domain, /* is_virtio= */ false, of, ret_value, error);
}

static bool
get_vmem(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	return get(domain, /* is_virtio= */ true, of, ret_value, error);
}

static bool
is_gone(virDomainPtr domain, void *data)
{
	const Device *device = data;
	g_autofree char *now = NULL;

	return get(domain, device->is_virtio, device->of, &now, NULL) && !now;
}

/* The guest follows a request step by step; libvirt reports how far it is. */
static bool
is_resized(virDomainPtr domain, void *data)
{
	const Device *device = data;
	g_autofree char *place = kt_dom_memory_place(/* is_virtio= */ true, device->of);
	g_autofree char *locator = g_strconcat(place, "/target/current/text()", NULL);
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, NULL);
	g_autofree char *current = NULL;

	return doc && kt_dom_get(doc, locator, &current, NULL) &&
	       g_strcmp0(current, device->wanted) == 0;
}

#define KEPT_HINT                                                                                   \
	"set its memory blocks off line inside the guest (lsmem, chmem -d) and try again; without " \
	"that it goes with the guest's next start"

static bool
throw_kept(const Device *device, GError **error)
{
	return kt_throw_hint(error,
			     KT_ERROR_TIMEOUT,
			     KEPT_HINT,
			     "the guest did not give %s %s back",
			     device->is_virtio ? "virtio-mem device" : "the DIMM of slot",
			     device->of);
}

static char *
element(virDomainPtr domain, const Device *device, GError **error)
{
	g_autofree char *place = kt_dom_memory_place(device->is_virtio, device->of);
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, error);
	char *xml = NULL;

	if (!doc || !kt_dom_get(doc, place, &xml, error))
		return NULL;
	if (!xml)
		kt_throw(error, KT_ERROR_NOT_FOUND, "the guest has no memory '%s'", device->of);
	return xml;
}

static bool
detach(virDomainPtr domain, const Device *device, GError **error)
{
	g_autofree char *xml = element(domain, device, error);

	if (!xml)
		return false;
	/* libvirt says "done" when the guest has not answered in time. */
	if (virDomainDetachDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE) < 0) {
		kt_throw_virt(error, "take the memory out");
		if (error)
			kt_error_set_hint(*error, KEPT_HINT);
		return false;
	}
	return kt_live_wait(domain, is_gone, (void *)device, KT_LIVE_PATIENCE_S) ||
	       throw_kept(device, error);
}

static bool
follow(virDomainPtr domain, const Device *device, const KtMemoryWish *wish, GError **error)
{
	g_autofree char *wanted = g_strdup_printf("%" G_GUINT64_FORMAT, wish->requested_kib);
	const Device size = {.is_virtio = true, .of = device->of, .wanted = wanted};

	if (kt_live_wait(domain, is_resized, (void *)&size, KT_LIVE_PATIENCE_S))
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_TIMEOUT,
			     "it needs Linux 5.8 or the virtio-mem driver of Windows, and memory "
			     "that its system can give up",
			     "the guest does not follow to %s KiB of virtio-mem device %s",
			     wanted,
			     device->of);
}

static bool
resize(virDomainPtr domain, const Device *device, const KtMemoryWish *wish, GError **error)
{
	g_autofree char *place = kt_dom_memory_place(/* is_virtio= */ true, device->of);
	g_autofree char *locator = g_strconcat(place, "/target/requested/text()", NULL);
	g_autofree char *wanted = g_strdup_printf("%" G_GUINT64_FORMAT, wish->requested_kib);
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, error);
	g_autofree char *xml = NULL;

	if (!doc || !kt_dom_set(doc, locator, wanted, error) ||
	    !kt_dom_get(doc, place, &xml, error))
		return false;
	if (virDomainUpdateDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return kt_throw_virt(error, "resize the memory");
	return follow(domain, device, wish, error);
}

static bool
attach(virDomainPtr domain, const Device *device, GError **error)
{
	KtMemoryWish wish = {0};

	if (!kt_memory_wish_parse(device->wanted, device->is_virtio, &wish, error))
		return false;
	g_autofree char *xml = kt_memory_wish_xml(&wish, device->is_virtio, device->of);
	if (virDomainAttachDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return kt_throw_virt(error, "plug in the memory");
	if (device->is_virtio)
		return wish.requested_kib == 0 || follow(domain, device, &wish, error);
	kt_live_online_memory(domain);
	return true;
}

/* A device keeps its size and node: only how much is asked for can change. */
static bool
change(virDomainPtr domain, const Device *device, const char *now, GError **error)
{
	KtMemoryWish old = {0};
	KtMemoryWish wish = {0};

	if (!kt_memory_wish_parse(now, device->is_virtio, &old, error) ||
	    !kt_memory_wish_parse(device->wanted, device->is_virtio, &wish, error))
		return false;
	bool is_same = old.size_kib == wish.size_kib && old.node == wish.node;
	if (is_same && device->is_virtio)
		return old.requested_kib == wish.requested_kib ||
		       resize(domain, device, &wish, error);
	return is_same ? true
		       : kt_throw_hint(error,
				       KT_ERROR_UNSUPPORTED,
				       "take it out first, or use another one",
				       "memory '%s' is there already, as %s",
				       device->of,
				       now);
}

static bool
set(virDomainPtr domain, const Device *device, GError **error)
{
	g_autofree char *now = NULL;
	KtMemoryWish empty = {0};

	if (!get(domain, device->is_virtio, device->of, &now, error))
		return false;
	if (!now)
		return !device->wanted || attach(domain, device, error);
	if (device->wanted)
		return change(domain, device, now, error);
	if (device->is_virtio &&
	    (!kt_memory_wish_parse(now, true, &empty, error) ||
	     (empty.requested_kib > 0 && !resize(domain, device, &(KtMemoryWish){0}, error))))
		return false;
	return detach(domain, device, error);
}

static bool
set_dimm(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	const Device device = {.of = of, .wanted = value};

	return set(domain, &device, error);
}

static bool
set_vmem(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	const Device device = {.is_virtio = true, .of = of, .wanted = value};

	return set(domain, &device, error);
}

const KtLiveOps kt_live_dimm = {.get = get_dimm, .set = set_dimm};

const KtLiveOps kt_live_vmem = {.get = get_vmem, .set = set_vmem};
