/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/*
 * Kernel arguments on distributions whose boot loader is neither Debian's GRUB nor grubby's.
 *
 * Each host is a folder with the files of a fresh installation, comments included:
 * /etc/default/grub as of the package grub2 of SLES 15 SP6 and of openEuler 22.03, an entry as of
 * 90-loaderentry.install of systemd 252, an ostree entry as of libostree 2023.8, zipl.conf as in
 * zipl.conf(5) of s390-tools 2.16. The tools are stand-ins for busybox that do with the command
 * line what the real ones do and nothing else.
 */

#include "kt-boot-loader.h"
#include "kt-spawn.h"
#include "kt-test-boot.h"

#include <string.h>

#define MENU "/boot/grub2/grub.cfg"

/* -o FILE: 10_linux of grub2 2.06 makes recovery entries without the variable for normal ones. */
static const char mkconfig[] =
	"#!/bin/sh\n"
	"set -e\n"
	"[ \"$1\" = -o ]\n"
	"GRUB_CMDLINE_LINUX= GRUB_CMDLINE_LINUX_DEFAULT= GRUB_CMDLINE_LINUX_RECOVERY=single\n"
	". /etc/default/grub\n"
	"if [ -e /fail ]; then echo 'grub2-mkconfig: something is wrong' >&2; exit 1; fi\n"
	"rm -f $2.new\n"
	"for k in /boot/vmlinuz-*; do\n"
	"\techo \"menuentry 'Linux ${k#*-}' {\"\n"
	"\techo \"\tlinux\t$k root=UUID=1 $GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT\"\n"
	"\techo '}'\n"
	"\techo \"menuentry 'Linux ${k#*-} (recovery mode)' {\"\n"
	"\techo \"\tlinux\t$k root=UUID=1 $GRUB_CMDLINE_LINUX_RECOVERY $GRUB_CMDLINE_LINUX\"\n"
	"\techo '}'\n"
	"done >$2.new\n"
	"cat $2.new >$2\n"
	"rm -f $2.new\n";

/* The menu is made in the next snapshot, not in this one. */
static const char transactional[] = "#!/bin/sh\n"
				    "set -e\n"
				    "[ \"$*\" = '--non-interactive --continue grub.cfg' ]\n"
				    "/usr/sbin/grub2-mkconfig -o /snapshot/grub.cfg\n";

static const char zipl[] =
	"#!/bin/sh\n"
	"set -e\n"
	"sed -n 's/^[[:space:]]*parameters *= *//p' /etc/zipl.conf >/boot/bootmap\n";

/* kargs [--delete-if-present=X] [--append-if-missing=Y]: one deployment more, the oldest goes. */
static const char rpm_ostree[] =
	"#!/bin/sh\n"
	"set -e\n"
	"[ \"$1\" = kargs ]\n"
	"shift\n"
	"cd /boot/loader/entries\n"
	"n=0\n"
	"for x in ostree-*.conf; do x=${x#ostree-}; x=${x%.conf}; [ $x -lt $n ] || n=$x; done\n"
	"options=$(sed -n 's/^options //p' ostree-$n.conf)\n"
	"for x in \"$@\"; do\n"
	"\tcase $x in\n"
	"\t--delete-if-present=*)\n"
	"\t\trest=\n"
	"\t\tfor o in $options; do [ $o = ${x#*=} ] || rest=\"$rest $o\"; done\n"
	"\t\toptions=${rest# } ;;\n"
	"\t--append-if-missing=*) options=\"$options ${x#*=}\" ;;\n"
	"\t*) exit 1 ;;\n"
	"\tesac\n"
	"done\n"
	"m=$((n + 1))\n"
	"sed -e \"s|^options.*|options $options|\" -e \"s|^version.*|version $m|\" ostree-$n.conf "
	">ostree-$m.conf\n"
	"rm -f ostree-$((n - 1)).conf\n";

static const char sles_grub[] =
	"# If you change this file, run 'grub2-mkconfig -o /boot/grub2/grub.cfg' afterwards to update\n"
	"# /boot/grub2/grub.cfg.\n"
	"\n"
	"# Uncomment to set your own custom distributor. If you leave it unset or empty, the default\n"
	"# policy is to determine the value from /etc/os-release\n"
	"GRUB_DISTRIBUTOR=\n"
	"GRUB_DEFAULT=saved\n"
	"GRUB_HIDDEN_TIMEOUT=0\n"
	"GRUB_TIMEOUT=8\n"
	"GRUB_CMDLINE_LINUX_DEFAULT=\"splash=silent quiet mitigations=auto\"\n"
	"GRUB_CMDLINE_LINUX=\"\"\n"
	"\n"
	"# Uncomment to automatically save last booted menu entry in GRUB2 environment\n"
	"# variable `saved_entry'\n"
	"# GRUB_SAVEDEFAULT=\"true\"\n";

static const char openeuler_grub[] =
	"GRUB_TIMEOUT=5\n"
	"GRUB_DISTRIBUTOR=\"$(sed 's, release .*$,,g' /etc/system-release)\"\n"
	"GRUB_DEFAULT=saved\n"
	"GRUB_DISABLE_SUBMENU=true\n"
	"GRUB_TERMINAL_OUTPUT=\"console\"\n"
	"GRUB_CMDLINE_LINUX=\"rd.lvm.lv=openeuler/root quiet mitigations=auto crashkernel=512M\"\n"
	"GRUB_DISABLE_RECOVERY=\"true\"\n";

static const char loader_entry[] =
	"# Boot Loader Specification type#1 entry\n"
	"# File created by /usr/lib/kernel/install.d/90-loaderentry.install (systemd 252)\n"
	"title      Debian GNU/Linux 12 (bookworm)\n"
	"version    6.1.0-18-amd64\n"
	"machine-id 1c34f62a3b2d4c7a9d0e8a1c5b7f9e11\n"
	"sort-key   debian\n"
	"options    root=UUID=1 ro quiet mitigations=auto\n"
	"linux      /debian/6.1.0-18-amd64/linux\n"
	"initrd     /debian/6.1.0-18-amd64/initrd.img-6.1.0-18-amd64\n";

static const char ostree_entry[] =
	"title Fedora CoreOS 39 (ostree:0)\n"
	"version 1\n"
	"options root=UUID=1 rw quiet mitigations=auto ostree=/ostree/boot.1/fcos/0\n"
	"linux /ostree/fcos-1/vmlinuz-6.5\n"
	"initrd /ostree/fcos-1/initramfs-6.5.img\n";

static const char zipl_conf[] = "# Default settings\n"
				"[defaultboot]\n"
				"default=linux\n"
				"\n"
				"[linux]\n"
				"\ttarget=/boot\n"
				"\timage=/boot/vmlinuz\n"
				"\tramdisk=/boot/initrd.img\n"
				"\tparameters=\"root=/dev/disk/by-path/ccw-0.0.0150-part1 quiet "
				"mitigations=auto\"\n";

typedef struct File {
	const char *path;
	const char *text;
	bool is_program;
} File;

/* A host, and the file that says what the next boot gets. */
typedef struct Family {
	const char *loader;
	const char *told; /* by the firmware or the menu */
	File files[8];
	const char *prepare; /* program that makes the menu, with one argument, or NULL */
} Family;

static const Family sles = {
	.loader = "grub2",
	.told = MENU,
	.files = {{.path = "/etc/default/grub", .text = sles_grub},
		  {.path = "/etc/os-release", .text = "ID=\"sles\"\nID_LIKE=\"suse\"\n"},
		  {.path = "/boot/vmlinuz-6.4.0-1-default", .text = ""},
		  {.path = MENU, .text = ""},
		  {.path = "/usr/sbin/grub2-mkconfig", .text = mkconfig, .is_program = true}},
	.prepare = MENU,
};

static const Family openeuler = {
	.loader = "grub2",
	.told = "/boot/efi/EFI/openEuler/grub.cfg",
	.files = {{.path = "/etc/default/grub", .text = openeuler_grub},
		  {.path = "/etc/system-release", .text = "openEuler release 22.03 (LTS-SP3)\n"},
		  {.path = "/etc/os-release", .text = "ID=\"openEuler\"\n"},
		  {.path = "/sys/firmware/efi/fw_platform_size", .text = "64\n"},
		  {.path = "/boot/vmlinuz-5.10.0-1", .text = ""},
		  {.path = "/boot/efi/EFI/openEuler/grub.cfg", .text = ""},
		  {.path = "/usr/sbin/grub2-mkconfig", .text = mkconfig, .is_program = true}},
	.prepare = "/boot/efi/EFI/openEuler/grub.cfg",
};

static const Family micro = {
	.loader = "transactional",
	.told = "/snapshot/grub.cfg",
	.files = {{.path = "/etc/default/grub", .text = sles_grub},
		  {.path = "/etc/os-release", .text = "ID=\"sle-micro\"\nID_LIKE=\"suse\"\n"},
		  {.path = "/boot/vmlinuz-6.4.0-1-default", .text = ""},
		  {.path = "/snapshot/grub.cfg", .text = ""},
		  {.path = "/usr/sbin/grub2-mkconfig", .text = mkconfig, .is_program = true},
		  {.path = "/usr/sbin/transactional-update",
		   .text = transactional,
		   .is_program = true}},
	.prepare = "/snapshot/grub.cfg",
};

static const Family systemd_boot = {
	.loader = "entries",
	.told = "/boot/efi/loader/entries/debian-6.1.0-18-amd64.conf",
	.files = {{.path = "/boot/efi/loader/loader.conf", .text = "#timeout 3\n"},
		  {.path = "/boot/efi/loader/entries/debian-6.1.0-18-amd64.conf",
		   .text = loader_entry},
		  {.path = "/boot/efi/loader/entries/memtest.conf",
		   .text = "title Memory test\nefi /memtest.efi\n"},
		  {.path = "/etc/kernel/cmdline",
		   .text = "root=UUID=1 ro quiet mitigations=auto\n"}},
};

static const Family coreos = {
	.loader = "ostree",
	.told = "/boot/loader/entries/ostree-2.conf",
	.files = {{.path = "/run/ostree-booted", .text = ""},
		  {.path = "/boot/loader/entries/ostree-1.conf", .text = ostree_entry},
		  {.path = "/usr/bin/rpm-ostree", .text = rpm_ostree, .is_program = true}},
};

static const Family s390x = {
	.loader = "zipl",
	.told = "/boot/bootmap",
	.files = {{.path = "/etc/zipl.conf", .text = zipl_conf},
		  {.path = "/boot/bootmap", .text = ""},
		  {.path = "/sbin/zipl", .text = zipl, .is_program = true}},
	.prepare = "",
};

static void
prepare(KtTestChange *test, const Family *family)
{
	const char *const mkconfig_argv[] = {
		"/usr/sbin/grub2-mkconfig", "-o", family->prepare, NULL};
	const char *const zipl_argv[] = {"/sbin/zipl", NULL};
	g_autoptr(GError) error = NULL;

	if (!family->prepare)
		return;
	bool ok =
		kt_spawn(&test->machine, *family->prepare ? mkconfig_argv : zipl_argv, 10, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
setup(KtTestChange *test, const void *data)
{
	const Family *family = data;

	kt_test_change_init(test);
	if (!kt_test_boot_can_chroot())
		return;
	kt_test_boot_busybox(test);
	kt_test_put(test, "/dev/null", "");
	for (size_t i = 0; i < G_N_ELEMENTS(family->files) && family->files[i].path; i++) {
		const File *file = &family->files[i];
		if (file->is_program)
			kt_test_boot_program(test, file->path, file->text);
		else
			kt_test_put(test, file->path, file->text);
	}
	prepare(test, family);
}

static void
teardown(KtTestChange *test, const void *data)
{
	kt_test_change_clear(test);
}

/* Each argument reaches what is booted once, and undo leaves no trace. */
static void
test_changes(KtTestChange *test, const void *data)
{
	const Family *family = data;

	if (!kt_test_boot_can_run())
		return;
	for (size_t i = 0; i < kt_test_boot_n_changes; i++) {
		const KtTestBootChange *change = &kt_test_boot_changes[i];
		g_autofree char *before = kt_test_boot_look(test);
		g_autofree char *told = kt_test_get(test, family->told);
		uint32_t id = kt_test_applied(
			test, kt_test_boot_argument(change->key, change->from, change->to));

		if (change->text)
			g_assert_cmpuint(
				kt_test_boot_count(test, family->told, change->text), >=, 1);
		else
			g_assert_cmpuint(
				kt_test_boot_count(test, family->told, change->key), ==, 0);
		kt_test_boot_undo(test, id);
		g_autofree char *after = kt_test_boot_look(test);
		g_assert_cmpstr(after, ==, before);
		kt_test_assert_file(test, family->told, told);
	}
}

static void
test_loader(KtTestChange *test, const void *data)
{
	const Family *family = data;
	g_autoptr(GError) error = NULL;

	if (!kt_test_boot_can_run())
		return;
	const KtBootLoader *loader = kt_boot_loader_find(test->root, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(loader->name, ==, family->loader);
}

/* The text that SUSE's own tool (pbl --add-option) leaves: one line differs, by one argument. */
static void
test_sles_text(KtTestChange *test, const void *data)
{
	if (!kt_test_boot_can_run())
		return;
	g_auto(GStrv) parts = g_strsplit(sles_grub, "mitigations=auto", 2);
	g_autofree char *expected = g_strjoinv("mitigations=auto isolcpus=2-3", parts);
	(void)kt_test_applied(test, kt_test_boot_argument("isolcpus", NULL, "2-3"));
	kt_test_assert_file(test, "/etc/default/grub", expected);
	/* The recovery entry stays as it was. */
	g_assert_cmpuint(kt_test_boot_count(test, MENU, "isolcpus"), ==, 1);
}

/* A kernel came, and the administrator changed something else: only our argument goes. */
static void
test_sles_changed(KtTestChange *test, const void *data)
{
	if (!kt_test_boot_can_run())
		return;
	uint32_t id = kt_test_applied(test, kt_test_boot_argument("isolcpus", NULL, "2-3"));
	g_autofree char *text = kt_test_get(test, "/etc/default/grub");
	g_auto(GStrv) parts = g_strsplit(text, "GRUB_TIMEOUT=8", 2);
	g_autofree char *foreign = g_strjoinv("GRUB_TIMEOUT=3", parts);

	kt_test_put(test, "/etc/default/grub", foreign);
	kt_test_put(test, "/boot/vmlinuz-6.4.0-2-default", "");
	prepare(test, data);
	kt_test_boot_undo(test, id);
	g_assert_cmpuint(kt_test_boot_count(test, "/etc/default/grub", "isolcpus"), ==, 0);
	g_assert_cmpuint(kt_test_boot_count(test, "/etc/default/grub", "GRUB_TIMEOUT=3"), ==, 1);
	g_assert_cmpuint(kt_test_boot_count(test, MENU, "isolcpus"), ==, 0);
	g_assert_cmpuint(kt_test_boot_count(test, MENU, "menuentry"), ==, 4);
}

static void
test_sles_tool_fails(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;

	if (!kt_test_boot_can_run())
		return;
	g_autofree char *before = kt_test_boot_look(test);
	kt_test_put(test, "/fail", "");
	g_autoptr(KtTxn) txn =
		kt_test_apply(test, kt_test_boot_argument("isolcpus", NULL, "2-3"), &error);
	g_autofree char *after = kt_test_boot_look(test);
	g_assert_error(error, KT_ERROR, KT_ERROR_ROLLED_BACK);
	g_assert_cmpint(txn->state, ==, KT_TXN_UNDONE);
	g_assert_cmpstr(after, ==, before);
}

/* A variable that only a shell can tell is nobody's to change. */
static void
test_sles_shell(KtTestChange *test, const void *data)
{
	if (!kt_test_boot_can_run())
		return;
	kt_test_put(test,
		    "/etc/default/grub",
		    "X=quiet\nGRUB_CMDLINE_LINUX_DEFAULT=\"$X mitigations=auto\"\n");
	prepare(test, data);
	kt_test_boot_refused(test, KT_ERROR_ROLLED_BACK, "commands of a shell");
}

/* What kernel-install would write into the entry of the next kernel and into this one. */
static void
test_entry_text(KtTestChange *test, const void *data)
{
	if (!kt_test_boot_can_run())
		return;
	g_auto(GStrv) parts = g_strsplit(loader_entry, "mitigations=auto", 2);
	g_autofree char *expected = g_strjoinv("mitigations=auto isolcpus=2-3", parts);
	(void)kt_test_applied(test, kt_test_boot_argument("isolcpus", NULL, "2-3"));
	kt_test_assert_file(test, systemd_boot.told, expected);
	kt_test_assert_file(test,
			    "/etc/kernel/cmdline",
			    "root=UUID=1 ro quiet mitigations=auto isolcpus=2-3\n");
	kt_test_assert_file(test,
			    "/boot/efi/loader/entries/memtest.conf",
			    "title Memory test\nefi /memtest.efi\n");
}

/* A deployment more for the change, and one for its undo; the arguments are what they were. */
static void
test_ostree(KtTestChange *test, const void *data)
{
	if (!kt_test_boot_can_run())
		return;
	uint32_t id = kt_test_applied(test, kt_test_boot_argument("mitigations", "auto", "off"));
	g_assert_cmpuint(kt_test_boot_count(test,
					    coreos.told,
					    "quiet ostree=/ostree/boot.1/fcos/0 mitigations=off"),
			 ==,
			 1);
	kt_test_boot_undo(test, id);
	g_assert_cmpuint(
		kt_test_boot_count(test, "/boot/loader/entries/ostree-3.conf", "mitigations=auto"),
		==,
		1);
}

#define ADD(family, name, func)                                                                    \
	g_test_add("/boot-families/" name, KtTestChange, &(family), setup, func, teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD(sles, "sles/loader", test_loader);
	ADD(sles, "sles/changes", test_changes);
	ADD(sles, "sles/text", test_sles_text);
	ADD(sles, "sles/changed-since", test_sles_changed);
	ADD(sles, "sles/tool-fails", test_sles_tool_fails);
	ADD(sles, "sles/shell", test_sles_shell);
	ADD(openeuler, "openeuler/loader", test_loader);
	ADD(openeuler, "openeuler/changes", test_changes);
	ADD(micro, "transactional/loader", test_loader);
	ADD(micro, "transactional/changes", test_changes);
	ADD(systemd_boot, "entries/loader", test_loader);
	ADD(systemd_boot, "entries/changes", test_changes);
	ADD(systemd_boot, "entries/text", test_entry_text);
	ADD(coreos, "ostree/loader", test_loader);
	ADD(coreos, "ostree/changes", test_ostree);
	ADD(s390x, "zipl/loader", test_loader);
	ADD(s390x, "zipl/changes", test_changes);
	return g_test_run();
}
