/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-virt-uri.h"

#include <glib.h>
#include <string.h>
#include <unistd.h>

/* libvirt's URIs: docs/uri.html, "driver[+transport]://[user@][host][:port]/[path][?params]". */
typedef struct Uri {
	char *scheme;
	char *host;
	char *path;
	char *query;
} Uri;

static void
uri_clear(Uri *uri)
{
	g_free(uri->scheme);
	g_free(uri->host);
	g_free(uri->path);
	g_free(uri->query);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Uri, uri_clear)

static bool
split(const char *text, Uri *ret_uri)
{
	if (!text || !g_uri_split(text,
				  G_URI_FLAGS_ENCODED_QUERY,
				  &ret_uri->scheme,
				  NULL,
				  &ret_uri->host,
				  NULL,
				  &ret_uri->path,
				  &ret_uri->query,
				  NULL,
				  NULL))
		return false;
	return ret_uri->scheme != NULL;
}

static bool
is_this_machine(const char *host)
{
	return !host || !*host || g_ascii_strcasecmp(host, "localhost") == 0 ||
	       g_str_equal(host, "127.0.0.1") || g_str_equal(host, "::1") ||
	       g_ascii_strcasecmp(host, g_get_host_name()) == 0;
}

const char *
kt_virt_uri_default(void)
{
	static const char *const names[] = {"VIRSH_DEFAULT_CONNECT_URI", "LIBVIRT_DEFAULT_URI"};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *value = g_getenv(names[i]);
		if (value && *value)
			return value;
	}
	return geteuid() == 0 ? NULL : "qemu:///system";
}

bool
kt_virt_uri_is_remote(const char *text)
{
	g_auto(Uri) uri = {NULL};

	if (!split(text, &uri))
		return false;
	return !is_this_machine(uri.host) || g_str_has_suffix(uri.scheme, "+ext");
}

bool
kt_virt_uri_is_qemu(const char *text)
{
	g_auto(Uri) uri = {NULL};

	return split(text, &uri) &&
	       (g_str_equal(uri.scheme, "qemu") || g_str_has_prefix(uri.scheme, "qemu+"));
}

bool
kt_virt_uri_is_embed(const char *text)
{
	g_auto(Uri) uri = {NULL};

	return split(text, &uri) && g_strcmp0(uri.path, "/embed") == 0;
}

static char *
query_value(const char *query, const char *key)
{
	g_autoptr(GHashTable) params =
		query ? g_uri_parse_params(query, -1, "&;", G_URI_PARAMS_NONE, NULL) : NULL;

	return params ? g_strdup(g_hash_table_lookup(params, key)) : NULL;
}

/* The directories are those of libvirt's qemu_conf.c (virQEMUDriverConfigNew). NULL for URIs of
 * other machines and other drivers. */
static char *
driver_dir(const char *text, const char *system, char *session, const char *embed)
{
	g_auto(Uri) uri = {NULL};
	g_autofree char *of_session = session;

	if (!kt_virt_uri_is_qemu(text) || kt_virt_uri_is_remote(text) || !split(text, &uri))
		return NULL;
	if (g_strcmp0(uri.path, "/system") == 0)
		return g_strdup(system);
	if (g_strcmp0(uri.path, "/session") == 0)
		return g_steal_pointer(&of_session);
	if (g_strcmp0(uri.path, "/embed") != 0)
		return NULL;

	g_autofree char *root = query_value(uri.query, "root");
	return root && g_path_is_absolute(root) ? g_build_filename(root, embed, NULL) : NULL;
}

char *
kt_virt_uri_pid_dir(const char *text, const char *runtime_dir)
{
	return driver_dir(text,
			  "/run/libvirt/qemu",
			  g_build_filename(runtime_dir, "libvirt/qemu/run", NULL),
			  "run/qemu");
}

char *
kt_virt_uri_log_dir(const char *text, const char *cache_dir)
{
	return driver_dir(text,
			  "/var/log/libvirt/qemu",
			  g_build_filename(cache_dir, "libvirt/qemu/log", NULL),
			  "log/qemu");
}
