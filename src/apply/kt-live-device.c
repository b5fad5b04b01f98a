/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-dom-edit.h"
#include "kt-live-private.h"

/* Link of a NIC, and what a guest is called. */

#define NIC "/domain/devices/interface[mac/@address='%s']"

static bool
get_link(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	g_autofree char *nic = g_strdup_printf(NIC, of);
	g_autofree char *locator = g_strconcat(nic, "/link/@state", NULL);
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, error);
	g_autofree char *element = NULL;
	char *value = NULL;

	if (!doc || !kt_dom_get(doc, nic, &element, error))
		return false;
	if (!element)
		return kt_throw(error, KT_ERROR_NOT_FOUND, "the running guest has no NIC '%s'", of);
	if (!kt_dom_get(doc, locator, &value, error))
		return false;
	*ret_value = value ? value : g_strdup("up");
	return true;
}

static bool
set_link(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	g_autofree char *nic = g_strdup_printf(NIC, of);
	g_autofree char *locator = g_strconcat(nic, "/link", NULL);
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, error);
	bool is_up = g_strcmp0(value, "up") == 0;
	g_autofree char *xml = NULL;

	/* As libvirt has it by itself: nothing is said of a link that is up. */
	if (!doc || !kt_dom_set(doc, locator, is_up ? NULL : "<link state='down'/>", error) ||
	    !kt_dom_get(doc, nic, &xml, error))
		return false;
	if (!xml)
		return kt_throw(error, KT_ERROR_NOT_FOUND, "the running guest has no NIC '%s'", of);
	if (virDomainUpdateDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return kt_throw_virt(error, "change the link");
	return true;
}

static bool
get_text(virDomainPtr domain, const char *locator, char **ret_value, GError **error)
{
	g_autoptr(xmlDoc) doc = kt_live_doc(domain, error);

	return doc && kt_dom_get(doc, locator, ret_value, error);
}

static bool
set_text(virDomainPtr domain, int type, const char *value, GError **error)
{
	if (virDomainSetMetadata(domain, type, value, NULL, NULL, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return kt_throw_virt(error, "change the text");
	return true;
}

static bool
get_title(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	return get_text(domain, "/domain/title/text()", ret_value, error);
}

static bool
set_title(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	return set_text(domain, VIR_DOMAIN_METADATA_TITLE, value, error);
}

static bool
get_description(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	return get_text(domain, "/domain/description/text()", ret_value, error);
}

static bool
set_description(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	return set_text(domain, VIR_DOMAIN_METADATA_DESCRIPTION, value, error);
}

const KtLiveOps kt_live_link = {.get = get_link, .set = set_link};

const KtLiveOps kt_live_title = {.get = get_title, .set = set_title};

const KtLiveOps kt_live_description = {.get = get_description, .set = set_description};
