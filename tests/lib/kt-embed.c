/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-embed.h"

#include "kt-embed-guard.h"
#include "kt-fd.h"

#include <glib/gstdio.h>
#include <sys/wait.h>

#define EMULATOR "/usr/bin/qemu-system-x86_64"
/* The first start probes QEMU, on a busy machine for long. */
#define DEADLINE_MS 120000

/* Everything that needs a system around libvirt is off. */
static const char qemu_conf[] = "stdio_handler = \"file\"\n"
				"user = \"root\"\n"
				"group = \"root\"\n"
				"dynamic_ownership = 0\n"
				"namespaces = []\n";

struct KtEmbed {
	char *root;
	char *uri;
	char *cache; /* of earlier tests, or NULL */
	KtVirtConn *conn;
	pid_t guard;
	int guard_fd;
};

static void
copy_files(const char *from, const char *to)
{
	GDir *dir = g_dir_open(from, 0, NULL);

	if (!dir || g_mkdir_with_parents(to, 0755) != 0)
		return;
	for (const char *name = g_dir_read_name(dir); name; name = g_dir_read_name(dir)) {
		g_autofree char *source = g_build_filename(from, name, NULL);
		g_autofree char *target = g_build_filename(to, name, NULL);
		g_autofree char *text = NULL;
		gsize length = 0;
		if (g_file_get_contents(source, &text, &length, NULL))
			(void)g_file_set_contents(target, text, (gssize)length, NULL);
	}
	g_dir_close(dir);
}

static char *
probe_dir(const KtEmbed *embed)
{
	return g_build_filename(embed->root, "cache/qemu/capabilities", NULL);
}

static bool
fill_root(KtEmbed *embed, GError **error)
{
	g_autofree char *etc = g_build_filename(embed->root, "etc", NULL);
	g_autofree char *conf = g_build_filename(etc, "qemu.conf", NULL);
	g_autofree char *probes = probe_dir(embed);

	if (g_mkdir_with_parents(etc, 0755) != 0)
		return kt_throw_errno(error, errno, "create '%s'", etc);
	if (embed->cache)
		copy_files(embed->cache, probes);
	return g_file_set_contents(conf, qemu_conf, -1, error);
}

KtEmbed *
kt_embed_new(GError **error)
{
	const char *cache = g_getenv("KVMTUNE_TEST_CACHE");
	g_autofree char *root = NULL;

	if (geteuid() != 0 || !g_file_test(EMULATOR, G_FILE_TEST_IS_EXECUTABLE)) {
		kt_throw(error, KT_ERROR_UNSUPPORTED, "needs root and '" EMULATOR "'");
		return NULL;
	}
	root = g_dir_make_tmp("kvmtune-XXXXXX", error);
	if (!root)
		return NULL;

	KtEmbed *embed = g_new0(KtEmbed, 1);
	embed->guard = kt_embed_guard(root, &embed->guard_fd);
	g_assert_cmpint(embed->guard, >, 0);
	embed->uri = g_strdup_printf("qemu:///embed?root=%s", root);
	embed->root = g_steal_pointer(&root);
	if (cache)
		embed->cache = g_build_filename(cache, "qemu-capabilities", NULL);
	if (!fill_root(embed, error))
		g_clear_pointer(&embed, kt_embed_free);
	return embed;
}

void
kt_embed_free(KtEmbed *embed)
{
	if (!embed)
		return;

	g_autofree char *probes = probe_dir(embed);
	if (embed->cache)
		copy_files(probes, embed->cache);
	g_clear_pointer(&embed->conn, kt_virt_conn_free);
	kt_fd_clear(&embed->guard_fd);
	(void)waitpid(embed->guard, NULL, 0);
	g_free(embed->root);
	g_free(embed->uri);
	g_free(embed->cache);
	g_free(embed);
}

const char *
kt_embed_uri(const KtEmbed *embed)
{
	return embed->uri;
}

const char *
kt_embed_root(const KtEmbed *embed)
{
	return embed->root;
}

KtVirtConn *
kt_embed_conn(KtEmbed *embed)
{
	g_autoptr(GError) error = NULL;

	if (!embed->conn)
		embed->conn = kt_virt_conn_open(embed->uri, false, DEADLINE_MS, &error);
	g_assert_no_error(error);
	kt_virt_conn_renew(embed->conn, DEADLINE_MS);
	return embed->conn;
}

char *
kt_embed_xml(const char *name, const char *domain, const char *devices)
{
	return g_strdup_printf("<domain type='qemu'><name>%s</name><memory unit='MiB'>64</memory>"
			       "<vcpu>2</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os>"
			       "%s<devices><emulator>" EMULATOR "</emulator>%s</devices></domain>",
			       name,
			       domain,
			       devices);
}

typedef struct Order {
	char *text; /* XML or name */
	unsigned flags;
} Order;

static void
clear_order(void *data)
{
	Order *order = data;

	g_free(order->text);
}

static void
call_here(KtEmbed *embed, const char *what, KtVirtFunc func, const char *text, unsigned flags)
{
	g_autoptr(GError) error = NULL;
	Order *order = g_atomic_rc_box_new0(Order);

	order->text = g_strdup(text);
	order->flags = flags;
	bool is_ok =
		kt_virt_conn_call(kt_embed_conn(embed), what, func, order, clear_order, &error);
	g_atomic_rc_box_release_full(order, clear_order);
	g_assert_no_error(error);
	g_assert_true(is_ok);
}

static void
call(KtEmbed *embed, const char *what, KtVirtFunc func, const char *text, unsigned flags)
{
	int status = 0;

	if (embed->conn) {
		call_here(embed, what, func, text, flags);
		return;
	}
	pid_t pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		call_here(embed, what, func, text, flags);
		_exit(0);
	}
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_cmpint(status, ==, 0);
}

static bool
define(virConnectPtr conn, void *data, GError **error)
{
	Order *order = data;
	virDomainPtr domain =
		virDomainDefineXMLFlags(conn, order->text, VIR_DOMAIN_DEFINE_VALIDATE);

	if (!domain)
		return kt_throw_virt(error, "define a guest");
	virDomainFree(domain);
	return true;
}

static bool
start(virConnectPtr conn, void *data, GError **error)
{
	Order *order = data;
	virDomainPtr domain = virDomainLookupByName(conn, order->text);
	bool is_ok = domain && virDomainCreateWithFlags(domain, order->flags) == 0;

	if (!is_ok)
		kt_throw_virt(error, "start a guest");
	if (domain)
		virDomainFree(domain);
	return is_ok;
}

static bool
destroy(virConnectPtr conn, void *data, GError **error)
{
	Order *order = data;
	virDomainPtr domain = virDomainLookupByName(conn, order->text);
	bool is_ok = domain && virDomainDestroy(domain) == 0;

	if (!is_ok)
		kt_throw_virt(error, "destroy a guest");
	if (domain)
		virDomainFree(domain);
	return is_ok;
}

void
kt_embed_define(KtEmbed *embed, const char *xml)
{
	call(embed, "define a guest", define, xml, 0);
}

void
kt_embed_start(KtEmbed *embed, const char *name, bool is_paused)
{
	call(embed, "start a guest", start, name, is_paused ? VIR_DOMAIN_START_PAUSED : 0);
}

void
kt_embed_destroy(KtEmbed *embed, const char *name)
{
	call(embed, "destroy a guest", destroy, name, 0);
}

pid_t
kt_embed_pid(const KtEmbed *embed, const char *name)
{
	g_autofree char *path = g_strdup_printf("%s/run/qemu/%s.pid", embed->root, name);
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	return (pid_t)g_ascii_strtoll(text, NULL, 10);
}
