/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-demo.h"

#include "kt-fd.h"
#include "kt-virt-conn.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/kvm.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define PREFIX "kvmtune-demo-"
/* Probing QEMU takes about five seconds on two slow CPUs. */
#define START_LIMIT_MS 60000
#define DISK_BYTES     (1024 * 1024)

struct KtDemo {
	char *dir;
	char *uri;
	char *state_dir;
	int lock;
	KtVirtConn *conn;
};

/* QEMU writes its own log, because there is no virtlogd here, and runs as this user: without root
 * there is no other choice, with root it must be said. */
static const char qemu_conf[] = "stdio_handler = \"file\"\n"
				"security_driver = \"none\"\n";
static const char qemu_conf_root[] = "user = \"root\"\n"
				     "group = \"root\"\n"
				     "dynamic_ownership = 0\n"
				     "remember_owner = 0\n"
				     "namespaces = []\n";

static const char guest_xml[] =
	"<domain type='%s'>"
	"<name>" KT_DEMO_GUEST "</name>"
	"<metadata><kvmtune:tune xmlns:kvmtune='https://kvmtune.org/xmlns/domain/1.0' "
	"class='latency'/></metadata>"
	"<memory unit='MiB'>64</memory>"
	"<vcpu>2</vcpu>"
	"<cputune><shares>%u</shares>"
	"<vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='1' cpuset='0'/></cputune>"
	"<os><type arch='%s'>hvm</type></os>"
	"<on_poweroff>destroy</on_poweroff>"
	"<devices>"
	"<disk type='file' device='disk'><driver name='qemu' type='raw' cache='writethrough'/>"
	"<source file='%s/demo.img'/><target dev='vda' bus='virtio'/></disk>"
	"</devices></domain>";

/* It is never started; but as it would be at boot, the weight of the demo guest is judged against
 * it. */
static const char rival_xml[] = "<domain type='qemu'>"
				"<name>" KT_DEMO_GUEST "-rival</name>"
				"<memory unit='MiB'>64</memory>"
				"<vcpu>1</vcpu>"
				"<os><type arch='%s'>hvm</type></os>"
				"</domain>";

/* A number that belongs to the other version of control groups: the mistake that guides lead to. */
static unsigned
wrong_shares(void)
{
	return g_file_test("/sys/fs/cgroup/cgroup.controllers", G_FILE_TEST_EXISTS) ? 2048 : 100;
}

/* /dev/kvm may exist and still not be able to run anything (a host without nested virtualization).
 */
static bool
has_kvm(void)
{
	kt_autofd fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	kt_autofd vm = fd < 0 ? -1 : ioctl(fd, KVM_CREATE_VM, 0);

	return vm >= 0;
}

static const char *
architecture(void)
{
#if defined(__aarch64__)
	return "aarch64";
#elif defined(__s390x__)
	return "s390x";
#elif defined(__powerpc64__)
	return "ppc64le";
#else
	return "x86_64";
#endif
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) dir =
		g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);

	for (const char *name = dir ? g_dir_read_name(dir) : NULL; name;
	     name = g_dir_read_name(dir)) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		remove_tree(child);
	}
	(void)g_remove(path);
}

/* Ends the QEMU process of a demo whose kvmtune is gone. Its command line must name the folder:
 * the number may belong to another process by now. */
static void
kill_qemu(const char *dir)
{
	g_autofree char *pid_file = g_build_filename(dir, "run/qemu/" KT_DEMO_GUEST ".pid", NULL);
	g_autofree char *text = NULL;
	guint64 pid = 0;

	if (!g_file_get_contents(pid_file, &text, NULL, NULL) ||
	    !g_ascii_string_to_unsigned(g_strstrip(text), 10, 2, INT32_MAX, &pid, NULL))
		return;

	g_autofree char *path = g_strdup_printf("/proc/%" G_GUINT64_FORMAT "/cmdline", pid);
	g_autofree char *cmdline = NULL;
	size_t length = 0;
	if (g_file_get_contents(path, &cmdline, &length, NULL) &&
	    memmem(cmdline, length, dir, strlen(dir)))
		(void)kill((pid_t)pid, SIGKILL);
}

/* libvirt leaves the folders of its control groups when the driver goes before the guest. */
static void
remove_cgroups(const char *dir)
{
	g_autofree char *cgroup_root = g_strdup("/sys/fs/cgroup");
	g_autoptr(GDir) controllers = g_dir_open(cgroup_root, 0, NULL);
	/* The name that libvirt derives from the root folder of the embedded driver. */
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, dir, -1);
	g_autofree char *prefix = g_strdup_printf("qemu-embed-%.8s-", hash);

	for (const char *name = controllers ? g_dir_read_name(controllers) : NULL; name;
	     name = g_dir_read_name(controllers)) {
		g_autofree char *machine = g_build_filename(cgroup_root, name, "machine", NULL);
		g_autoptr(GDir) groups = g_dir_open(machine, 0, NULL);
		for (const char *group = groups ? g_dir_read_name(groups) : NULL; group;
		     group = g_dir_read_name(groups)) {
			g_autofree char *path = g_build_filename(machine, group, NULL);
			if (g_str_has_prefix(group, prefix))
				remove_tree(path);
		}
	}
}

static void
clean(const char *dir)
{
	kill_qemu(dir);
	remove_cgroups(dir);
	remove_tree(dir);
}

/* -1 when another process holds it. */
static int
lock_dir(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, "lock", NULL);
	kt_autofd fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0)
		return -1;
	int locked = fd;
	fd = -1;
	return locked;
}

/* Removes what killed demos of this user left. */
static void
sweep(const char *parent)
{
	g_autoptr(GDir) dir = g_dir_open(parent, 0, NULL);

	for (const char *name = dir ? g_dir_read_name(dir) : NULL; name;
	     name = g_dir_read_name(dir)) {
		g_autofree char *path = g_build_filename(parent, name, NULL);
		GStatBuf info = {0};
		if (!g_str_has_prefix(name, PREFIX) || g_lstat(path, &info) != 0 ||
		    !S_ISDIR(info.st_mode) || info.st_uid != geteuid())
			continue;
		kt_autofd lock = lock_dir(path);
		if (lock >= 0)
			clean(path);
	}
}

static bool
write_file(const char *dir, const char *name, const char *text, gssize length, GError **error)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autoptr(GError) problem = NULL;

	if (g_mkdir_with_parents(parent, 0700) == 0 &&
	    g_file_set_contents(path, text, length, &problem))
		return true;
	return kt_throw(error,
			KT_ERROR_IO,
			"prepare the demo guest: %s",
			problem ? problem->message : g_strerror(errno));
}

typedef struct Guests {
	char *demo_xml;
	char *rival_xml;
} Guests;

static void
guests_clear(void *data)
{
	Guests *guests = data;

	g_free(guests->demo_xml);
	g_free(guests->rival_xml);
}

static bool
define_rival(virConnectPtr conn, const char *xml, GError **error)
{
	virDomainPtr domain = virDomainDefineXMLFlags(conn, xml, VIR_DOMAIN_DEFINE_VALIDATE);

	if (!domain)
		return kt_throw_virt(error, "define the rival of the demo guest");
	bool ok = virDomainSetAutostart(domain, 1) == 0 ||
		  kt_throw_virt(error, "prepare the rival of the demo guest");
	(void)virDomainFree(domain);
	return ok;
}

static bool
create_guests(virConnectPtr conn, void *data, GError **error)
{
	const Guests *guests = data;
	virDomainPtr domain = NULL;

	if (!define_rival(conn, guests->rival_xml, error))
		return false;
	domain = virDomainDefineXMLFlags(conn, guests->demo_xml, VIR_DOMAIN_DEFINE_VALIDATE);
	if (!domain)
		return kt_throw_virt(error, "define the demo guest");
	/* Without an operating system it would only spin in its firmware. */
	bool ok = virDomainCreateWithFlags(domain, VIR_DOMAIN_START_PAUSED) == 0 ||
		  kt_throw_virt(error, "start the demo guest");
	(void)virDomainFree(domain);
	return ok;
}

static bool
destroy_guest(virConnectPtr conn, void *data, GError **error)
{
	virDomainPtr domain = virDomainLookupByName(conn, KT_DEMO_GUEST);

	if (!domain)
		return kt_throw_virt(error, "find the demo guest");
	/* Its definition goes with the folder. */
	(void)virDomainDestroy(domain);
	(void)virDomainFree(domain);
	return true;
}

static bool
start_guests(KtDemo *demo, GError **error)
{
	Guests *guests = g_atomic_rc_box_new0(Guests);

	guests->demo_xml = g_strdup_printf(
		guest_xml, has_kvm() ? "kvm" : "qemu", wrong_shares(), architecture(), demo->dir);
	guests->rival_xml = g_strdup_printf(rival_xml, architecture());
	bool ok = kt_virt_conn_call(
		demo->conn, "starting the demo guest", create_guests, guests, guests_clear, error);
	g_atomic_rc_box_release_full(guests, guests_clear);
	return ok;
}

static bool
prepare(KtDemo *demo, GError **error)
{
	g_autofree char *disk = g_malloc0(DISK_BYTES);
	g_autofree char *conf = g_strconcat(qemu_conf, geteuid() == 0 ? qemu_conf_root : "", NULL);

	return write_file(demo->dir, "etc/qemu.conf", conf, -1, error) &&
	       write_file(demo->dir, "demo.img", disk, DISK_BYTES, error);
}

KtDemo *
kt_demo_start(GError **error)
{
	g_autoptr(KtDemo) demo = g_new0(KtDemo, 1);
	const char *parent = g_get_tmp_dir();
	g_autofree char *template = g_build_filename(parent, PREFIX "XXXXXX", NULL);

	demo->lock = -1;
	sweep(parent);
	if (!g_mkdtemp_full(template, 0700)) {
		kt_throw_errno(error, errno, "create '%s'", template);
		return NULL;
	}
	demo->dir = g_steal_pointer(&template);
	demo->lock = lock_dir(demo->dir);
	demo->uri = g_strdup_printf("qemu:///embed?root=%s", demo->dir);
	demo->state_dir = g_build_filename(demo->dir, "state", NULL);
	if (!prepare(demo, error))
		return NULL;
	demo->conn = kt_virt_conn_open(demo->uri, /* is_readonly= */ false, START_LIMIT_MS, error);
	if (!demo->conn || !start_guests(demo, error)) {
		kt_prefix(error, "demo guest");
		return NULL;
	}
	return g_steal_pointer(&demo);
}

void
kt_demo_stop(KtDemo *demo)
{
	if (!demo)
		return;

	if (demo->conn) {
		kt_virt_conn_renew(demo->conn, START_LIMIT_MS);
		(void)!kt_virt_conn_call(
			demo->conn, "ending the demo guest", destroy_guest, NULL, NULL, NULL);
		kt_virt_conn_free(demo->conn);
	}
	clean(demo->dir);
	kt_fd_clear(&demo->lock);
	g_free(demo->dir);
	g_free(demo->uri);
	g_free(demo->state_dir);
	g_free(demo);
}

const char *
kt_demo_uri(const KtDemo *demo)
{
	return demo->uri;
}

const char *
kt_demo_state_dir(const KtDemo *demo)
{
	return demo->state_dir;
}
