/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Facts of a real guest, compared with what /proc, the control groups and libvirt's getters say;
 * and what is left of them when its QEMU or libvirtd is stopped. */

#include "kt-collect.h"
#include "kt-embed-guard.h"
#include "kt-embed.h"
#include "kt-fd.h"
#include "kt-virt-ask.h"
#include "kt-virt-fetch.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define NOBODY   65534
#define LIBVIRTD "/usr/sbin/libvirtd"
#define WAIT_MS  30000

static KtEmbed *embed; /* NULL: this machine cannot */
static char *daemon_dir;

static bool
skip(void)
{
	if (!embed)
		g_test_skip("no embedded libvirt with QEMU here");
	return !embed;
}

static unsigned
last_cpu(void)
{
	return (unsigned)sysconf(_SC_NPROCESSORS_ONLN) - 1;
}

static void
start_web(void)
{
	g_autofree char *one = g_build_filename(kt_embed_root(embed), "one.img", NULL);
	g_autofree char *two = g_build_filename(kt_embed_root(embed), "two.img", NULL);
	g_autofree char *domain = g_strdup_printf(
		"<metadata><kvmtune:tune xmlns:kvmtune='https://kvmtune.org/xmlns/domain/1.0' "
		"class='latency'><kvmtune:waive practice='guest.rng' reason='none here' "
		"until='2027-01-31'/></kvmtune:tune></metadata>"
		"<iothreads>2</iothreads>"
		"<cputune><shares>512</shares><vcpupin vcpu='0' cpuset='%u'/>"
		"<emulatorpin cpuset='0'/><iothreadpin iothread='2' cpuset='%u'/></cputune>",
		last_cpu(),
		last_cpu());
	g_autofree char *devices = g_strdup_printf(
		"<disk type='file'><driver name='qemu' type='raw' cache='none' iothread='2'/>"
		"<source file='%s'/><target dev='vda' bus='virtio'/></disk>"
		"<disk type='file'><driver name='qemu' type='raw'/>"
		"<source file='%s'/><target dev='vdb' bus='virtio'/><readonly/></disk>"
		"<interface type='user'><mac address='52:54:00:12:34:56'/><model type='virtio'/>"
		"</interface>"
		"<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
		one,
		two);
	g_autofree char *xml = kt_embed_xml("web", domain, devices);
	g_autofree char *image = g_malloc0(1024 * 1024);

	g_assert_true(g_file_set_contents(one, image, 1024 * 1024, NULL));
	g_assert_true(g_file_set_contents(two, image, 1024 * 1024, NULL));
	kt_embed_define(embed, xml);
	kt_embed_start(embed, "web", false);
}

static void
collect(bool is_deep, KtCollected *ret_collected)
{
	g_autoptr(GError) error = NULL;
	KtCollectOptions options = {.uri = kt_embed_uri(embed), .is_deep = is_deep};

	g_assert_true(kt_collect(&options, ret_collected, &error));
	g_assert_no_error(error);
}

static const KtGuest *
find(const KtCollected *collected, const char *name)
{
	for (uint32_t i = 0; i < collected->facts->guests.n; i++) {
		if (kt_opt_is(collected->facts->guests.v[i].name, name))
			return &collected->facts->guests.v[i];
	}
	g_error("no guest '%s' (%s)", name, collected->facts->meta.libvirt_problem.v);
}

static void
assert_cpu(KtOptCpuset cpus, unsigned cpu)
{
	g_assert_true(kt_known(cpus));
	g_assert_cmpuint(kt_cpuset_count(cpus.v), ==, 1);
	g_assert_true(kt_cpuset_has(cpus.v, cpu));
}

/* -- views -- */

static void
assert_config(const KtGuestConfig *config)
{
	g_assert_true(kt_opt_is(config->type, "qemu"));
	g_assert_true(kt_opt_is(config->architecture, "x86_64"));
	g_assert_cmpuint(config->memory_kib.v, ==, 64 * 1024);
	g_assert_cmpuint(config->vcpus.v, ==, 2);
	g_assert_cmpuint(config->cpu_shares.v, ==, 512);
	g_assert_cmpuint(config->vcpu_pins.n, ==, 1);
	assert_cpu(config->vcpu_pins.v[0].cpus, last_cpu());
	assert_cpu(config->emulator_pin, 0);
	assert_cpu(config->iothread_pins.v[0].cpus, last_cpu());
	g_assert_cmpuint(config->iothreads.v, ==, 2);
	g_assert_cmpuint(config->disks.n, ==, 2);
	g_assert_true(kt_opt_is(config->disks.v[0].cache, "none"));
	g_assert_cmpuint(config->disks.v[0].iothread.v, ==, 2);
	g_assert_cmpint(config->disks.v[1].cache.state, ==, KT_STATE_ABSENT);
	g_assert_true(kt_opt_true(config->disks.v[1].readonly));
	g_assert_true(kt_opt_is(config->nics.v[0].model, "virtio"));
	g_assert_true(kt_opt_is(config->nics.v[0].mac, "52:54:00:12:34:56"));
	g_assert_true(kt_opt_is(config->rngs.v[0].source, "/dev/urandom"));
}

static void
test_views(void)
{
	g_auto(KtCollected) collected = {NULL};

	if (skip())
		return;
	collect(false, &collected);
	const KtGuest *guest = find(&collected, "web");
	g_assert_true(kt_opt_is(guest->state, "running"));
	g_assert_true(kt_opt_true(guest->is_active) && kt_opt_true(guest->is_persistent));
	g_assert_true(kt_known(guest->managed_save) && !guest->managed_save.v);
	g_assert_true(kt_opt_is(guest->workload, "latency"));
	g_assert_cmpuint(guest->waivers.n, ==, 1);
	g_assert_true(kt_opt_is(guest->waivers.v[0].until, "2027-01-31"));
	assert_config(&guest->live);
	assert_config(&guest->inactive);
	/* libvirt expands the CPU of a running guest only */
	g_assert_true(kt_opt_is(guest->live.cpu_mode, "custom"));
	g_assert_cmpint(guest->effective.haltpoll_fail_ns.state, ==, KT_STATE_UNSET);

	const KtFactsMeta *meta = &collected.facts->meta;
	g_assert_true(kt_opt_is(meta->uri, kt_embed_uri(embed)));
	g_assert_cmpuint(meta->qemu_version.v, >, 5000000);
	g_assert_true(kt_known(meta->is_remote) && !meta->is_remote.v);
	g_assert_true(kt_opt_true(meta->is_privileged));
	g_assert_true(kt_opt_is(meta->root, "/"));
}

static void
test_calls(void)
{
	g_auto(KtCollected) one = {NULL}, three = {NULL};

	if (skip())
		return;
	collect(false, &one);
	for (int i = 0; i < 2; i++) {
		g_autofree char *name = g_strdup_printf("off%d", i);
		g_autofree char *xml = kt_embed_xml(name, "", "");
		kt_embed_define(embed, xml);
	}
	collect(false, &three);
	g_test_message("%u calls for 1 guest that runs, %u with 2 more that do not",
		       (unsigned)one.virt->n_calls.v,
		       (unsigned)three.virt->n_calls.v);
	g_assert_cmpuint(three.virt->n_calls.v, ==, one.virt->n_calls.v + 2);
	const KtGuest *off = find(&three, "off0");
	g_assert_true(kt_opt_is(off->state, "shut off"));
	g_assert_cmpint(off->live.type.state, ==, KT_STATE_UNSET);
	g_assert_cmpint(off->effective.pid.state, ==, KT_STATE_ABSENT);
	g_assert_cmpint(off->effective.threads.state, ==, KT_STATE_ABSENT);
}

/* -- what is in force, by other means -- */

static void
assert_affinity(const KtThread *thread)
{
	cpu_set_t set;

	g_assert_cmpint(sched_getaffinity((pid_t)thread->tid.v, sizeof(set), &set), ==, 0);
	g_assert_true(kt_known(thread->affinity));
	g_assert_cmpint(CPU_COUNT(&set), ==, (int)kt_cpuset_count(thread->affinity.v));
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		g_assert_cmpint(!!CPU_ISSET(cpu, &set), ==, kt_cpuset_has(thread->affinity.v, cpu));
}

static const KtThread *
find_thread(const KtGuestEffective *effective, const char *role, unsigned number)
{
	for (uint32_t i = 0; i < effective->threads.n; i++) {
		const KtThread *thread = &effective->threads.v[i];
		if (kt_opt_is(thread->role, role) &&
		    (!kt_known(thread->number) || thread->number.v == number))
			return thread;
	}
	g_error("no thread '%s' %u", role, number);
}

static void
test_threads(void)
{
	g_auto(KtCollected) collected = {NULL};

	if (skip())
		return;
	collect(false, &collected);
	const KtGuestEffective *effective = &find(&collected, "web")->effective;
	g_assert_cmpint((pid_t)effective->pid.v, ==, kt_embed_pid(embed, "web"));
	g_assert_cmpint(effective->threads.state, ==, KT_STATE_VALUE);
	for (uint32_t i = 0; i < effective->threads.n; i++) {
		const KtThread *thread = &effective->threads.v[i];
		g_test_message("%s: %s", thread->name.v, thread->role.v);
		if (!kt_opt_is(thread->role, "worker")) /* these come and go */
			assert_affinity(thread);
	}
	assert_cpu(find_thread(effective, "vcpu", 0)->affinity, last_cpu());
	assert_cpu(find_thread(effective, "emulator", 0)->affinity, 0);
	assert_cpu(find_thread(effective, "iothread", 2)->affinity, last_cpu());
	g_assert_nonnull(find_thread(effective, "vcpu", 1));
	g_assert_nonnull(find_thread(effective, "iothread", 1));
	g_assert_cmpint(effective->node_memory.state, ==, KT_STATE_UNSET);
}

typedef struct Getters {
	unsigned char vcpu_map[KT_CPUSET_BITS / 8];
	unsigned char emulator_map[KT_CPUSET_BITS / 8];
	unsigned long long shares;
	unsigned n_pins;
} Getters;

static bool
ask_getters(virConnectPtr conn, void *data, GError **error)
{
	Getters *got = data;
	virTypedParameter params[32];
	int n = G_N_ELEMENTS(params);
	virDomainPtr domain = virDomainLookupByName(conn, "web");

	g_assert_nonnull(domain);
	got->n_pins = (unsigned)virDomainGetVcpuPinInfo(
		domain, 1, got->vcpu_map, sizeof(got->vcpu_map), VIR_DOMAIN_AFFECT_LIVE);
	virDomainGetEmulatorPinInfo(
		domain, got->emulator_map, sizeof(got->emulator_map), VIR_DOMAIN_AFFECT_LIVE);
	if (virDomainGetSchedulerParametersFlags(domain, params, &n, VIR_DOMAIN_AFFECT_LIVE) == 0) {
		(void)virTypedParamsGetULLong(params, n, "cpu_shares", &got->shares);
		virTypedParamsClear(params, n);
	}
	virDomainFree(domain);
	return true;
}

static void
assert_map(const unsigned char *map, KtOptCpuset cpus)
{
	for (unsigned cpu = 0; cpu <= last_cpu(); cpu++)
		g_assert_cmpint(!!VIR_CPU_USED(map, cpu), ==, kt_cpuset_has(cpus.v, cpu));
}

static void
test_getters(void)
{
	g_auto(KtCollected) collected = {NULL};
	g_autoptr(GError) error = NULL;

	if (skip())
		return;
	collect(false, &collected);
	const KtGuest *guest = find(&collected, "web");
	Getters *got = g_atomic_rc_box_new0(Getters);
	g_assert_true(
		kt_virt_conn_call(kt_embed_conn(embed), "ask", ask_getters, got, NULL, &error));
	g_assert_cmpuint(got->n_pins, ==, 1);
	assert_map(got->vcpu_map, guest->live.vcpu_pins.v[0].cpus);
	assert_map(got->emulator_map, guest->live.emulator_pin);
	g_test_message("shares: effective %u (state %s), libvirt %u",
		       (unsigned)guest->effective.cpu_shares.v,
		       kt_state_name(guest->effective.cpu_shares.state),
		       (unsigned)got->shares);
	if (got->shares > 0) {
		g_assert_true(kt_known(guest->effective.cpu_shares));
		g_assert_cmpuint(guest->effective.cpu_shares.v, ==, got->shares);
		g_assert_cmpuint(guest->effective.cpu_shares.v, ==, 512);
	}
	g_atomic_rc_box_release(got);
}

/* Resident set of /proc/PID/status, in KiB. */
static uint64_t
resident_kib(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/status", pid);
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return g_ascii_strtoull(strstr(text, "VmRSS:") + strlen("VmRSS:"), NULL, 10);
}

static void
test_deep(void)
{
	g_auto(KtCollected) collected = {NULL};
	uint64_t sum_kib = 0;

	if (skip())
		return;
	collect(true, &collected);
	const KtGuestEffective *effective = &find(&collected, "web")->effective;
	if (effective->node_memory.state == KT_STATE_ABSENT) {
		g_test_skip("a kernel without NUMA");
		return;
	}
	g_assert_cmpint(effective->node_memory.state, ==, KT_STATE_VALUE);
	for (uint32_t i = 0; i < effective->node_memory.n; i++)
		sum_kib += effective->node_memory.v[i].memory_kib.v;
	uint64_t rss_kib = resident_kib((pid_t)effective->pid.v);
	g_test_message("numa_maps %u KiB, VmRSS %u KiB", (unsigned)sum_kib, (unsigned)rss_kib);
	g_assert_cmpuint(sum_kib, >, rss_kib / 2);
	g_assert_cmpuint(sum_kib, <, rss_kib * 2);
}

/* -- three views are three facts -- */

static bool
pin_live(virConnectPtr conn, void *data, GError **error)
{
	unsigned char map[1] = {1};
	virDomainPtr domain = virDomainLookupByName(conn, "web");
	int result = virDomainPinVcpuFlags(domain, 1, map, sizeof(map), VIR_DOMAIN_AFFECT_LIVE);

	virDomainFree(domain);
	return result == 0 || kt_throw_virt(error, "pin");
}

static void
test_drift(void)
{
	g_auto(KtCollected) collected = {NULL};
	g_autoptr(GError) error = NULL;
	cpu_set_t set;

	if (skip())
		return;
	g_assert_true(kt_virt_conn_call(kt_embed_conn(embed), "pin", pin_live, NULL, NULL, &error));
	collect(false, &collected);
	const KtGuest *guest = find(&collected, "web");
	g_assert_cmpuint(guest->live.vcpu_pins.n, ==, 2);
	g_assert_cmpuint(guest->inactive.vcpu_pins.n, ==, 1);
	const KtThread *thread = find_thread(&guest->effective, "vcpu", 1);
	assert_cpu(thread->affinity, 0);

	/* behind libvirt's back: an IOThread that it never pinned */
	thread = find_thread(&guest->effective, "iothread", 1);
	CPU_ZERO(&set);
	CPU_SET(last_cpu(), &set);
	g_assert_cmpint(sched_setaffinity((pid_t)thread->tid.v, sizeof(set), &set), ==, 0);
	g_auto(KtCollected) again = {NULL};
	collect(false, &again);
	guest = find(&again, "web");
	g_assert_cmpuint(guest->live.iothread_pins.n, ==, 1);
	assert_cpu(find_thread(&guest->effective, "iothread", 1)->affinity, last_cpu());
}

/* -- the process is found, and only the right one is believed -- */

static char *
pid_file(void)
{
	return g_strdup_printf("%s/run/qemu/web.pid", kt_embed_root(embed));
}

static void
test_pid_files(void)
{
	g_autofree char *text = NULL;

	if (skip())
		return;
	g_autofree char *path = pid_file();
	pid_t pid = kt_embed_pid(embed, "web");
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));

	static const char *const wrong[] = {"1", "0", "", "-1", "../../etc/passwd", "99999999"};
	for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_auto(KtCollected) collected = {NULL};
		g_assert_true(g_file_set_contents(path, wrong[i], -1, NULL));
		collect(false, &collected);
		g_assert_cmpint((pid_t)find(&collected, "web")->effective.pid.v, ==, pid);
	}
	g_auto(KtCollected) collected = {NULL};
	(void)g_unlink(path);
	collect(false, &collected);
	g_assert_cmpint((pid_t)find(&collected, "web")->effective.pid.v, ==, pid);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* -- a stopped QEMU -- */

static void
test_stopped_qemu(void)
{
	g_auto(KtCollected) collected = {NULL};
	g_autoptr(GError) error = NULL;

	if (skip())
		return;
	pid_t pid = kt_embed_pid(embed, "web");
	g_assert_cmpint(kill(pid, SIGSTOP), ==, 0);
	int64_t begin = g_get_monotonic_time();
	collect(true, &collected);
	g_test_message("collected in %.2f s",
		       (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC);
	g_assert_cmpint(g_get_monotonic_time() - begin, <, 10 * G_USEC_PER_SEC);
	const KtGuest *guest = find(&collected, "web");
	g_assert_false(kt_known(collected.facts->meta.libvirt_problem));
	assert_config(&guest->inactive);
	g_assert_true(kt_known(guest->live.vcpus));
	g_assert_true(kt_opt_is(guest->state, "running"));
	g_assert_cmpuint(guest->effective.threads.n, >=, 5);
	assert_cpu(find_thread(&guest->effective, "vcpu", 0)->affinity, last_cpu());

	/* What would have hung: the statistics that KVM guests are asked for. */
	g_autoptr(KtVirtConn) conn = kt_virt_conn_open(kt_embed_uri(embed), true, WAIT_MS, &error);
	g_assert_no_error(error);
	begin = g_get_monotonic_time();
	kt_virt_conn_limit_next(conn, 500);
	g_autoptr(KtVirtStats) stats = kt_virt_ask_stats(
		conn, VIR_DOMAIN_STATS_CPU_TOTAL, VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT, &error);
	g_assert_null(stats);
	g_assert_error(error, KT_ERROR, KT_ERROR_TIMEOUT);
	g_assert_cmpint(g_get_monotonic_time() - begin, <, 3 * G_USEC_PER_SEC);
	g_assert_cmpint(kill(pid, SIGCONT), ==, 0);
}

/* -- a stopped libvirtd -- */

static G_GNUC_NORETURN void
become_libvirtd(void)
{
	char *const args[] = {(char *)LIBVIRTD, NULL};
	g_autofree char *home = g_strdup_printf("HOME=%s", daemon_dir);
	g_autofree char *runtime = g_strdup_printf("XDG_RUNTIME_DIR=%s", daemon_dir);
	char *const env[] = {home, runtime, (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
	int null = open("/dev/null", O_RDWR);

	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(null, STDERR_FILENO);
	if (setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 && setuid(NOBODY) == 0 &&
	    prctl(PR_SET_PDEATHSIG, SIGKILL) == 0)
		(void)execve(LIBVIRTD, args, env);
	_exit(127);
}

static char *
start_libvirtd(pid_t *ret_pid)
{
	g_autofree char *socket = g_strdup_printf("%s/libvirt/libvirt-sock", daemon_dir);

	*ret_pid = fork();
	if (*ret_pid == 0)
		become_libvirtd();
	for (int i = 0; i < WAIT_MS / 50 && !g_file_test(socket, G_FILE_TEST_EXISTS); i++)
		g_usleep(50000);
	return g_strdup_printf("test+unix:///default?socket=%s", socket);
}

static KtVirtDump *
fetch_patiently(const char *uri)
{
	for (int i = 0;; i++) {
		KtVirtDump *dump = kt_virt_fetch(uri, WAIT_MS, true);
		if (dump->domains.state == KT_STATE_VALUE || i == 100)
			return dump;
		kt_virt_dump_free(dump);
		g_usleep(100000);
	}
}

static void
test_stopped_libvirtd(void)
{
	pid_t pid = 0;

	if (!daemon_dir || !g_file_test(LIBVIRTD, G_FILE_TEST_IS_EXECUTABLE)) {
		g_test_skip("no libvirtd here");
		return;
	}
	g_autofree char *uri = start_libvirtd(&pid);
	g_autoptr(KtVirtDump) before = fetch_patiently(uri);
	g_assert_cmpint(before->domains.state, ==, KT_STATE_VALUE);
	g_assert_cmpuint(before->domains.n, ==, 1);

	g_assert_cmpint(kill(pid, SIGSTOP), ==, 0);
	int64_t begin = g_get_monotonic_time();
	g_autoptr(KtVirtDump) during = kt_virt_fetch(uri, 1000, true);
	g_assert_cmpint(g_get_monotonic_time() - begin, <, 4 * G_USEC_PER_SEC);
	g_assert_cmpint(during->domains.state, ==, KT_STATE_BROKEN);
	g_assert_nonnull(strstr(during->problem.v, "did not answer within 1.0 s: connect"));
	g_test_message("%s", during->problem.v);

	g_assert_cmpint(kill(pid, SIGCONT), ==, 0);
	g_autoptr(KtVirtDump) after = kt_virt_fetch(uri, WAIT_MS, true);
	g_assert_cmpint(after->domains.state, ==, KT_STATE_VALUE);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

/* libvirtd stops in the middle: what was answered before is kept. */
static void
test_stopped_between(void)
{
	pid_t pid = 0;
	g_autoptr(GError) error = NULL;

	if (!daemon_dir || !g_file_test(LIBVIRTD, G_FILE_TEST_IS_EXECUTABLE)) {
		g_test_skip("no libvirtd here");
		return;
	}
	g_autofree char *uri = start_libvirtd(&pid);
	g_autoptr(KtVirtDump) before = fetch_patiently(uri);
	g_autoptr(KtVirtConn) conn = kt_virt_conn_open(uri, true, 3000, &error);
	g_assert_no_error(error);
	g_autoptr(KtVirtGuests) guests = kt_virt_ask_guests(conn, 0, &error);
	g_assert_no_error(error);
	g_assert_cmpint(kill(pid, SIGSTOP), ==, 0);
	g_autofree char *xml = kt_virt_ask_xml(conn, guests, 0, 0, &error);
	g_assert_null(xml);
	g_assert_error(error, KT_ERROR, KT_ERROR_TIMEOUT);
	g_test_message("%s", error->message);
	int64_t begin = g_get_monotonic_time();
	g_clear_pointer(&guests, kt_virt_guests_unref);
	g_clear_pointer(&conn, kt_virt_conn_free);
	g_assert_cmpint(g_get_monotonic_time() - begin, <, G_USEC_PER_SEC / 2);
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

/* -- set-up -- */

static int
make_daemon_dir(void)
{
	int fd = -1;

	daemon_dir = g_dir_make_tmp("kvmtune-XXXXXX", NULL);
	if (geteuid() != 0 || !daemon_dir || chown(daemon_dir, NOBODY, NOBODY) != 0 ||
	    kt_embed_guard(daemon_dir, &fd) < 0)
		g_clear_pointer(&daemon_dir, g_free);
	return fd;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;

	g_test_init(&argc, &argv, NULL);
	kt_autofd guard = make_daemon_dir();
	embed = kt_embed_new(&error);
	if (embed) {
		start_web();
		(void)kt_embed_conn(embed);
	} else {
		g_test_message("%s", error->message);
	}
	(void)guard;

	g_test_add_func("/virt-embed/views", test_views);
	g_test_add_func("/virt-embed/calls", test_calls);
	g_test_add_func("/virt-embed/threads", test_threads);
	g_test_add_func("/virt-embed/getters", test_getters);
	g_test_add_func("/virt-embed/deep", test_deep);
	g_test_add_func("/virt-embed/drift", test_drift);
	g_test_add_func("/virt-embed/pid-files", test_pid_files);
	g_test_add_func("/virt-embed/stopped-qemu", test_stopped_qemu);
	g_test_add_func("/virt-embed/stopped-libvirtd", test_stopped_libvirtd);
	g_test_add_func("/virt-embed/stopped-between", test_stopped_between);
	int status = g_test_run();
	kt_embed_free(embed);
	g_free(daemon_dir);
	return status;
}
