/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-agent-file.h"
#include "kt-facts-inside.h"
#include "kt-live-private.h"
#include "kt-plan.h"

#include <string.h>

/* Files inside a guest whose metadata allows that. The stored definition counts where it says
 * anything: whoever withdraws the consent there has done so at once. */

#define XMLNS "https://kvmtune.org/xmlns/domain/1.0"
/* kvmtune writes its own files, schedulers of disks and no others, whatever a plan says. */
#define FOLDER "etc/udev/rules.d/"
#define OWN    "-kvmtune-"
#define ENDING ".rules"

static char *
get_metadata(virDomainPtr domain)
{
	char *text = virDomainGetMetadata(
		domain, VIR_DOMAIN_METADATA_ELEMENT, XMLNS, VIR_DOMAIN_AFFECT_CONFIG);

	return text ? text
		    : virDomainGetMetadata(
			      domain, VIR_DOMAIN_METADATA_ELEMENT, XMLNS, VIR_DOMAIN_AFFECT_LIVE);
}

static bool
is_allowed(virDomainPtr domain)
{
	char *text = get_metadata(domain);
	g_autoptr(xmlDoc) doc = text ? kt_xml_parse(text, strlen(text), "metadata", NULL) : NULL;
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;

	free(text); /* allocated by libvirt with malloc */
	return root && g_strcmp0(kt_xml_attribute(root, "guest-exec"), "yes") == 0;
}

static bool
is_own(const char *path)
{
	const char *name = g_str_has_prefix(path, FOLDER) ? path + strlen(FOLDER) : NULL;

	return name && !strchr(name, '/') && strstr(name, OWN) && g_str_has_suffix(name, ENDING);
}

/* Is @path the scheduler of a disk? */
static bool
is_scheduler(const char *path)
{
	g_autofree char *disk = kt_inside_disk_of(path);

	return disk != NULL;
}

static bool
check(virDomainPtr domain, const char *of, const char *path, GError **error)
{
	if (!is_own(of) && !is_scheduler(path))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"'%s' is none of kvmtune's files inside a guest",
				path);
	if (is_allowed(domain))
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_DENIED,
			     "its owner allows them with guest-exec='yes' in <kvmtune:tune> of its "
			     "metadata, see kvmtune.conf(5)",
			     "changes inside '%s' are not allowed",
			     virDomainGetName(domain));
}

static bool
get_file(virDomainPtr domain, const char *of, char **ret_value, GError **error)
{
	g_autofree char *path = g_strconcat("/", of, NULL);
	g_autofree char *text = NULL;

	if (!check(domain, of, path, error) || !kt_agent_file_read(domain, path, &text, error))
		return false;
	if (text && is_scheduler(path))
		*ret_value = kt_syntax_value(KT_SYNTAX_CHOICE, text);
	else
		*ret_value = g_steal_pointer(&text);
	return true;
}

static bool
set_file(virDomainPtr domain, const char *of, const char *value, GError **error)
{
	g_autofree char *path = g_strconcat("/", of, NULL);

	if (!check(domain, of, path, error))
		return false;
	if (!is_scheduler(path))
		return kt_agent_file_write(domain, path, value, error);
	if (!value)
		return kt_throw(error, KT_ERROR_PARSE, "'%s' needs a word", path);
	return kt_agent_file_poke(domain, path, value, error);
}

const KtLiveOps kt_live_inside_file = {.get = get_file, .set = set_file};
