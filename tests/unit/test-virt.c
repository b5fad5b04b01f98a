/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Guests without QEMU: URIs, errors, deadlines, libvirt's test driver. The real guest is in
 * test-virt-embed.c. */

#include "kt-collect-guest.h"
#include "kt-collect.h"
#include "kt-guest-thread.h"
#include "kt-virt-conn.h"
#include "kt-virt-fetch.h"
#include "kt-virt-uri.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define PATIENCE_MS 20000
#define NOBODY      65534

/* -- URIs -- */

static void
test_uris(void)
{
	static const struct {
		const char *uri;
		bool is_remote;
		bool is_qemu;
		const char *pid_dir;
	} rows[] = {
		{.uri = "qemu:///system", .is_qemu = true, .pid_dir = "/run/libvirt/qemu"},
		{.uri = "qemu:///session", .is_qemu = true, .pid_dir = "/run/u/libvirt/qemu/run"},
		{.uri = "qemu:///embed?root=/a/b", .is_qemu = true, .pid_dir = "/a/b/run/qemu"},
		{.uri = "qemu:///embed?x=1&root=/a%20b",
		 .is_qemu = true,
		 .pid_dir = "/a b/run/qemu"},
		{.uri = "qemu:///embed?root=relative", .is_qemu = true},
		{.uri = "qemu:///embed", .is_qemu = true},
		{.uri = "qemu+unix:///system?socket=/x",
		 .is_qemu = true,
		 .pid_dir = "/run/libvirt/qemu"},
		{.uri = "qemu+ssh://root@far/system", .is_remote = true, .is_qemu = true},
		{.uri = "qemu+tcp://localhost/system",
		 .is_qemu = true,
		 .pid_dir = "/run/libvirt/qemu"},
		{.uri = "qemu+ext:///system?command=/x", .is_remote = true, .is_qemu = true},
		{.uri = "test:///default"},
		{.uri = "xen:///system"},
		{.uri = "xen+ssh://far/", .is_remote = true},
		{.uri = "no uri"},
		{.uri = ""},
		{.uri = NULL},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *pid_dir = kt_virt_uri_pid_dir(rows[i].uri, "/run/u");
		g_assert_cmpint(kt_virt_uri_is_remote(rows[i].uri), ==, rows[i].is_remote);
		g_assert_cmpint(kt_virt_uri_is_qemu(rows[i].uri), ==, rows[i].is_qemu);
		g_assert_cmpstr(pid_dir, ==, rows[i].pid_dir);
	}
	g_assert_true(kt_virt_uri_is_embed("qemu:///embed?root=/a"));
	g_assert_false(kt_virt_uri_is_embed("qemu:///system"));
}

static void
test_default_uri(void)
{
	g_unsetenv("VIRSH_DEFAULT_CONNECT_URI");
	g_unsetenv("LIBVIRT_DEFAULT_URI");
	g_assert_cmpstr(kt_virt_uri_default(), ==, geteuid() == 0 ? NULL : "qemu:///system");
	g_setenv("LIBVIRT_DEFAULT_URI", "test:///default", TRUE);
	g_assert_cmpstr(kt_virt_uri_default(), ==, "test:///default");
	g_setenv("VIRSH_DEFAULT_CONNECT_URI", "qemu:///session", TRUE);
	g_assert_cmpstr(kt_virt_uri_default(), ==, "qemu:///session");
	g_unsetenv("VIRSH_DEFAULT_CONNECT_URI");
	g_unsetenv("LIBVIRT_DEFAULT_URI");
}

static void
test_roles(void)
{
	static const struct {
		const char *name;
		bool is_main;
		const char *role;
		int number; /* -1 = none */
	} rows[] = {
		{.name = "qemu-system-x86", .is_main = true, .role = "emulator", .number = -1},
		{.name = "CPU 0/KVM", .role = "vcpu", .number = 0},
		{.name = "CPU 127/TCG", .role = "vcpu", .number = 127},
		{.name = "ALL CPUs/TCG", .role = "vcpu", .number = -1},
		{.name = "CPU ", .role = "other", .number = -1},
		{.name = "IO iothread12", .role = "iothread", .number = 12},
		{.name = "IO iothread", .role = "other", .number = -1},
		{.name = "IO mon_iothread", .role = "emulator", .number = -1},
		{.name = "IO mine", .role = "other", .number = -1},
		{.name = "worker", .role = "worker", .number = -1},
		{.name = "workers", .role = "other", .number = -1},
		{.name = "vnc_worker", .role = "emulator", .number = -1},
		{.name = "call_rcu", .role = "emulator", .number = -1},
		{.name = "vhost-4711", .role = "vhost", .number = -1},
		{.name = "", .role = "other", .number = -1},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		uint64_t number = 0;
		bool has_number = true;
		g_assert_cmpstr(
			kt_guest_thread_role(rows[i].name, rows[i].is_main, &number, &has_number),
			==,
			rows[i].role);
		g_assert_cmpint(has_number ? (int)number : -1, ==, rows[i].number);
	}
}

/* -- errors -- */

static void
assert_refused(const char *uri, KtErrorCode code, const char *hint)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtVirtConn) conn = kt_virt_conn_open(uri, true, PATIENCE_MS, &error);

	g_assert_null(conn);
	g_assert_error(error, KT_ERROR, (int)code);
	g_test_message("%s: %s (%s)", uri, error->message, kt_error_hint(error));
	g_assert_null(strchr(error->message, '\n'));
	if (hint)
		g_assert_nonnull(strstr(kt_error_hint(error), hint));
}

static void
test_no_daemon(void)
{
	assert_refused("qemu+unix:///system?socket=/nonexistent/socket",
		       KT_ERROR_LIBVIRT,
		       "start libvirtd or virtqemud");
	assert_refused("qemu+tcp://127.0.0.1:1/system", KT_ERROR_LIBVIRT, "start libvirtd");
	assert_refused("test:///nonexistent.xml", KT_ERROR_LIBVIRT, NULL);
	assert_refused("not a uri", KT_ERROR_LIBVIRT, NULL);
	assert_refused("qemu:///embed", KT_ERROR_LIBVIRT, NULL);
}

static void
test_denied(void)
{
	if (geteuid() != 0) {
		g_test_skip("needs root to stop being it");
		return;
	}
	if (g_test_subprocess()) {
		g_assert_cmpint(setgid(NOBODY) | setuid(NOBODY), ==, 0);
		assert_refused(g_getenv("KVMTUNE_TEST_URI"), KT_ERROR_DENIED, "group 'libvirt'");
		return;
	}
	g_autofree char *dir = g_dir_make_tmp("kvmtune-XXXXXX", NULL);
	g_autofree char *uri = g_strdup_printf("qemu+unix:///system?socket=%s/socket", dir);
	g_setenv("KVMTUNE_TEST_URI", uri, TRUE);
	g_test_trap_subprocess(NULL, PATIENCE_MS * 1000, G_TEST_SUBPROCESS_DEFAULT);
	(void)g_rmdir(dir);
	g_test_trap_assert_passed();
}

static void
test_fetch_without_daemon(void)
{
	g_autoptr(KtFacts) facts = kt_facts_new();
	g_autoptr(KtVirtDump) dump =
		kt_virt_fetch("qemu+unix:///system?socket=/nonexistent/socket", PATIENCE_MS, true);

	g_assert_cmpint(dump->domains.state, ==, KT_STATE_ABSENT);
	g_assert_true(kt_known(dump->problem));
	g_assert_nonnull(strstr(dump->problem.v, "; start libvirtd"));
	kt_collect_guests(facts, dump, NULL, false);
	g_assert_cmpint(facts->guests.state, ==, KT_STATE_ABSENT);
}

/* -- deadlines -- */

typedef struct Nap {
	uint32_t ms;
	bool is_over;
} Nap;

static bool
sleep_well(virConnectPtr conn, void *data, GError **error)
{
	Nap *nap = data;

	g_usleep((gulong)nap->ms * 1000);
	nap->is_over = true;
	return true;
}

static gint n_cleared;

static void
clear_nap(void *data)
{
	g_atomic_int_inc(&n_cleared);
}

static bool
fail(virConnectPtr conn, void *data, GError **error)
{
	return kt_throw(error, KT_ERROR_VERIFY, "as told");
}

static bool
fail_silently(virConnectPtr conn, void *data, GError **error)
{
	return false;
}

static KtVirtConn *
open_test_driver(void)
{
	g_autoptr(GError) error = NULL;
	KtVirtConn *conn = kt_virt_conn_open("test:///default", false, PATIENCE_MS, &error);

	g_assert_no_error(error);
	return conn;
}

static void
test_call(void)
{
	g_autoptr(KtVirtConn) conn = open_test_driver();
	g_autoptr(GError) error = NULL;
	Nap *nap = g_atomic_rc_box_new0(Nap);

	g_assert_true(kt_virt_conn_call(conn, "nap", sleep_well, nap, NULL, &error));
	g_assert_true(nap->is_over);
	g_atomic_rc_box_release(nap);
	g_assert_false(kt_virt_conn_call(conn, "fail", fail, NULL, NULL, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_VERIFY);
	g_clear_error(&error);
	g_assert_false(kt_virt_conn_call(conn, "fail", fail_silently, NULL, NULL, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_LIBVIRT);
	g_assert_false(kt_virt_conn_is_dead(conn));
	g_assert_cmpuint(kt_virt_conn_count(conn), ==, 4);
}

/* The box outlives the caller's interest, for the worker still writes into it. */
static void
test_timeout(void)
{
	g_autoptr(KtVirtConn) conn = open_test_driver();
	g_autoptr(GError) error = NULL;
	Nap *nap = g_atomic_rc_box_new0(Nap);
	int64_t begin = g_get_monotonic_time();

	g_atomic_int_set(&n_cleared, 0);
	nap->ms = 1000;
	kt_virt_conn_limit_next(conn, 100);
	g_assert_false(
		kt_virt_conn_call(conn, "sleep for long", sleep_well, nap, clear_nap, &error));
	g_atomic_rc_box_release_full(nap, clear_nap);
	g_assert_error(error, KT_ERROR, KT_ERROR_TIMEOUT);
	g_assert_nonnull(strstr(error->message, "sleep for long"));
	g_assert_nonnull(strstr(error->message, "test:///default"));
	g_test_message("%s (%s)", error->message, kt_error_hint(error));
	g_assert_true(kt_virt_conn_is_dead(conn));
	g_assert_cmpint(g_atomic_int_get(&n_cleared), ==, 0);

	g_clear_error(&error);
	g_assert_false(kt_virt_conn_call(conn, "fail", fail, NULL, NULL, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_TIMEOUT);
	g_test_message("%s", error->message);
	g_clear_pointer(&conn, kt_virt_conn_free);
	g_assert_cmpint(g_get_monotonic_time() - begin, <, 800000);

	g_usleep(1500000);
	g_assert_cmpint(g_atomic_int_get(&n_cleared), ==, 1);
}

static void
test_budget(void)
{
	g_autoptr(KtVirtConn) conn = open_test_driver();
	g_autoptr(GError) error = NULL;
	Nap *nap = g_atomic_rc_box_new0(Nap);

	nap->ms = 600;
	kt_virt_conn_renew(conn, 50);
	g_assert_false(kt_virt_conn_call(conn, "nap", sleep_well, nap, NULL, &error));
	g_atomic_rc_box_release(nap);
	g_assert_error(error, KT_ERROR, KT_ERROR_TIMEOUT);
	g_clear_error(&error);

	g_autoptr(KtVirtConn) other = open_test_driver();
	kt_virt_conn_renew(other, 0);
	g_assert_false(kt_virt_conn_call(other, "fail", fail, NULL, NULL, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_TIMEOUT);
	g_assert_false(kt_virt_conn_is_dead(other));
	kt_virt_conn_renew(other, PATIENCE_MS);
	g_clear_error(&error);
	g_assert_false(kt_virt_conn_call(other, "fail", fail, NULL, NULL, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_VERIFY);
}

/* -- libvirt's test driver -- */

static void
test_default_driver(void)
{
	g_autoptr(KtFacts) facts = kt_facts_new();
	g_autoptr(KtVirtDump) dump = kt_virt_fetch("test:///default", PATIENCE_MS, false);

	g_assert_cmpstr(dump->uri.v, ==, "test:///default");
	g_assert_true(kt_known(dump->libvirt_version));
	g_assert_false(kt_known(dump->qemu_version));
	g_assert_false(kt_known(dump->problem));
	/* open, 3 about the connection, 4 lists, 1 statistics, 2 views */
	g_assert_cmpuint(dump->n_calls.v, ==, 11);

	kt_collect_guests(facts, dump, NULL, false);
	g_assert_cmpuint(facts->guests.n, ==, 1);
	const KtGuest *guest = &facts->guests.v[0];
	g_assert_cmpstr(guest->name.v, ==, "test");
	g_assert_cmpstr(guest->state.v, ==, "running");
	g_assert_true(kt_opt_true(guest->is_active) && kt_opt_true(guest->is_persistent));
	g_assert_true(kt_known(guest->autostart) && !guest->autostart.v);
	g_assert_cmpstr(guest->live.type.v, ==, "test");
	g_assert_cmpuint(guest->live.memory_kib.v, ==, 8388608);
	g_assert_cmpuint(guest->inactive.vcpus.v, ==, 2);
	g_assert_cmpint(guest->effective.haltpoll_fail_ns.state, !=, KT_STATE_VALUE);
}

static const char node_xml[] =
	"<node xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>\n"
	"<domain type='test'><name>zeta</name>\n"
	"  <uuid>00000000-0000-0000-0000-000000000001</uuid>\n"
	"  <memory unit='MiB'>512</memory><vcpu>2</vcpu><os><type>hvm</type></os>\n"
	"  <metadata><kvmtune:tune xmlns:kvmtune='https://kvmtune.org/xmlns/domain/1.0' "
	"class='dense'/></metadata>\n"
	"</domain>\n"
	"<domain type='test'><name>alpha</name>\n"
	"  <uuid>00000000-0000-0000-0000-000000000002</uuid>\n"
	"  <memory>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os>\n"
	"  <test:runstate>5</test:runstate><test:hasmanagedsave/>\n"
	"</domain>\n"
	"<domain type='test'><name>mid</name>\n"
	"  <uuid>00000000-0000-0000-0000-000000000003</uuid>\n"
	"  <memory>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os>\n"
	"  <test:transient/><test:runstate>3</test:runstate>\n"
	"</domain>\n"
	"</node>\n";

static KtVirtDump *
fetch_node(void)
{
	g_autofree char *dir = g_dir_make_tmp("kvmtune-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "node.xml", NULL);
	g_autofree char *uri = g_strdup_printf("test://%s", path);

	g_assert_true(g_file_set_contents(path, node_xml, -1, NULL));
	KtVirtDump *dump = kt_virt_fetch(uri, PATIENCE_MS, false);
	(void)g_unlink(path);
	(void)g_rmdir(dir);
	g_assert_cmpint(dump->domains.state, ==, KT_STATE_VALUE);
	return dump;
}

static void
test_node(void)
{
	g_autoptr(KtFacts) facts = kt_facts_new();
	g_autoptr(KtVirtDump) dump = fetch_node();

	kt_collect_guests(facts, dump, NULL, false);
	g_assert_cmpuint(facts->guests.n, ==, 3);
	const KtGuest *alpha = &facts->guests.v[0], *mid = &facts->guests.v[1],
		      *zeta = &facts->guests.v[2];
	g_assert_cmpstr(alpha->name.v, ==, "alpha");
	g_assert_cmpstr(alpha->state.v, ==, "shut off");
	g_assert_false(alpha->is_active.v);
	g_assert_true(kt_opt_true(alpha->managed_save));
	g_assert_cmpint(alpha->live.type.state, ==, KT_STATE_UNSET);
	g_assert_cmpint(alpha->live.disks.state, ==, KT_STATE_UNSET);
	g_assert_true(kt_known(alpha->inactive.type));
	g_assert_cmpstr(mid->state.v, ==, "paused");
	g_assert_true(kt_known(mid->is_persistent) && !mid->is_persistent.v);
	g_assert_cmpint(mid->inactive.type.state, ==, KT_STATE_UNSET);
	g_assert_true(kt_known(mid->live.type));
	g_assert_cmpstr(zeta->workload.v, ==, "dense");
	g_assert_cmpstr(
		kt_facts_origin_text(facts, zeta->workload.origin), ==, "inactive XML of 'zeta'");
	g_assert_cmpint(alpha->workload.state, ==, KT_STATE_ABSENT);
}

static char *
guests_json(const KtVirtDump *dump)
{
	g_autoptr(KtFacts) facts = kt_facts_new();

	kt_collect_guests(facts, dump, NULL, false);
	g_autoptr(KtJson) json = kt_facts_to_json(facts);
	return kt_json_print(json);
}

static void
test_replay(void)
{
	g_autoptr(KtVirtDump) dump = fetch_node();
	g_autoptr(KtJson) json = kt_virt_dump_to_json(dump);
	g_autoptr(GError) error = NULL;
	g_autoptr(KtVirtDump) again = kt_virt_dump_from_json(json, &error);

	g_assert_no_error(error);
	g_autoptr(KtJson) json_again = kt_virt_dump_to_json(again);
	g_assert_true(json_equal(json, json_again));
	g_autofree char *live = guests_json(dump);
	g_autofree char *replayed = guests_json(again);
	g_assert_cmpstr(live, ==, replayed);
}

static void
test_broken_dump(void)
{
	g_autoptr(KtFacts) facts = kt_facts_new();
	g_autoptr(KtVirtDump) dump = fetch_node();
	g_autoptr(GError) error = NULL;
	g_autoptr(KtJson) list = json_array();

	g_assert_null(kt_virt_dump_from_json(list, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);

	dump->domains.v[0].inactive_xml.v = "<domain";
	dump->domains.v[1].live_xml = (KtOptStr){.state = KT_STATE_DENIED};
	dump->domains.v[2].name = (KtOptStr){.state = KT_STATE_BROKEN};
	dump->domains.v[2].uuid = (KtOptStr){.state = KT_STATE_ABSENT};
	kt_collect_guests(facts, dump, NULL, false);
	g_assert_false(kt_known(facts->guests.v[0].name));
	g_assert_cmpint(facts->guests.v[1].inactive.type.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(facts->guests.v[1].inactive.disks.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(facts->guests.v[2].live.vcpus.state, ==, KT_STATE_DENIED);
}

/* -- the way in -- */

static void
collect(const KtCollectOptions *options, KtCollected *ret_collected)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(kt_collect(options, ret_collected, &error));
	g_assert_no_error(error);
}

static void
test_collect(void)
{
	g_auto(KtCollected) live = {NULL}, replayed = {NULL}, silent = {NULL};

	collect(&(KtCollectOptions){.uri = "test:///default"}, &live);
	g_assert_cmpuint(live.facts->guests.n, ==, 1);
	g_assert_true(kt_opt_is(live.facts->meta.root, "/"));
	g_assert_true(kt_known(live.facts->host.system.kernel));
	g_assert_cmpint(live.facts->guests.v[0].effective.pid.state, ==, KT_STATE_ABSENT);

	collect(&(KtCollectOptions){.virt = live.virt, .uri = "foreign:///ignored"}, &replayed);
	g_assert_null(replayed.virt);
	g_assert_cmpuint(replayed.facts->guests.n, ==, 1);
	g_assert_cmpint(replayed.facts->meta.collected_us.v, ==, live.facts->meta.collected_us.v);

	collect(&(KtCollectOptions){.uri = ""}, &silent);
	g_assert_cmpint(silent.facts->guests.state, ==, KT_STATE_UNSET);
	g_assert_false(kt_known(silent.facts->meta.libvirt_problem));
	g_assert_true(kt_known(silent.facts->meta.is_privileged));
	g_assert_nonnull(silent.virt);
}

/* A copy of a host is not this machine: its guests are not those of the libvirt here. */
static void
test_collect_copy(void)
{
	g_auto(KtCollected) collected = {NULL};
	g_autofree char *dir = g_dir_make_tmp("kvmtune-XXXXXX", NULL);
	g_autoptr(KtRoot) root = kt_root_open(dir, NULL);

	g_setenv("LIBVIRT_DEFAULT_URI", "test:///default", TRUE);
	collect(&(KtCollectOptions){.root = root}, &collected);
	g_unsetenv("LIBVIRT_DEFAULT_URI");
	g_assert_cmpint(collected.facts->guests.state, ==, KT_STATE_UNSET);
	g_assert_true(kt_opt_is(collected.facts->meta.root, dir));
	g_assert_false(kt_known(collected.facts->meta.is_privileged));
	(void)g_rmdir(dir);
}

/* The guests of another machine say nothing about this one. */
static void
test_collect_remote(void)
{
	g_auto(KtCollected) collected = {NULL};

	collect(&(KtCollectOptions){.uri = "test+tcp://127.0.0.2:1/default"}, &collected);
	g_assert_true(kt_opt_true(collected.facts->meta.is_remote));
	g_assert_cmpint(collected.facts->host.system.kernel.state, ==, KT_STATE_UNSET);
	g_assert_null(collected.topology_xml);
	g_assert_true(kt_known(collected.facts->meta.libvirt_problem));
}

/* Nothing of libvirt reaches the terminal by itself. */
static void
test_silence(void)
{
	if (g_test_subprocess()) {
		kt_virt_dump_free(kt_virt_fetch("test:///none.xml", PATIENCE_MS, false));
		kt_virt_dump_free(kt_virt_fetch("test:///default", PATIENCE_MS, false));
		return;
	}
	g_test_trap_subprocess(NULL, PATIENCE_MS * 1000, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
	g_test_trap_assert_stderr("");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/virt/uris", test_uris);
	g_test_add_func("/virt/default-uri", test_default_uri);
	g_test_add_func("/virt/roles", test_roles);
	g_test_add_func("/virt/no-daemon", test_no_daemon);
	g_test_add_func("/virt/denied", test_denied);
	g_test_add_func("/virt/fetch-without-daemon", test_fetch_without_daemon);
	g_test_add_func("/virt/call", test_call);
	g_test_add_func("/virt/timeout", test_timeout);
	g_test_add_func("/virt/budget", test_budget);
	g_test_add_func("/virt/default-driver", test_default_driver);
	g_test_add_func("/virt/node", test_node);
	g_test_add_func("/virt/replay", test_replay);
	g_test_add_func("/virt/broken-dump", test_broken_dump);
	g_test_add_func("/virt/collect", test_collect);
	g_test_add_func("/virt/collect-copy", test_collect_copy);
	g_test_add_func("/virt/collect-remote", test_collect_remote);
	g_test_add_func("/virt/silence", test_silence);
	return g_test_run();
}
