/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Every claim about the guides is complete, short, and names a practice that there is or will be.
 */

#include "kt-guide.h"
#include "kt-paper.h"
#include "kt-practice.h"

#include <string.h>

/* Limits of what stands in one line or cell. */
#define MAX_SOURCE 110
#define MAX_SINCE  24

/* Ids that claims may name before their practice is there. One that came is no error. */
/* clang-format off */
static const char *const awaited[] = {
	"guest.acpi", "guest.agent", "guest.blkio", "guest.console", "guest.cpu.features",
	"guest.cpu.invtsc", "guest.cpu.mode", "guest.cpu.phys-bits", "guest.cpu.quota",
	"guest.cpu.shares", "guest.cpu.topology", "guest.devices.unused", "guest.disk.aio",
	"guest.disk.bus", "guest.disk.cache", "guest.disk.detect-zeroes", "guest.disk.discard",
	"guest.disk.format-explicit", "guest.disk.iotune", "guest.disk.pr", "guest.disk.queues",
	"guest.disk.rdm-physical", "guest.disk.rdm-virtual", "guest.domxml-to-native",
	"guest.emulator", "guest.emulator.pin", "guest.fs-share", "guest.graphics.keymap",
	"guest.graphics.listen", "guest.hostdev", "guest.iothread.pin", "guest.iothread.poll",
	"guest.iothreads", "guest.iothreads.map", "guest.machine", "guest.mem.balloon",
	"guest.mem.free-page-reporting", "guest.mem.hotplug", "guest.mem.hugepages",
	"guest.mem.limits", "guest.mem.locked", "guest.mem.nosharepages", "guest.mem.source",
	"guest.mem.virtio-mem", "guest.net.driver-knobs", "guest.net.model", "guest.net.queues",
	"guest.net.vhost", "guest.numa.auto", "guest.numa.cells", "guest.numa.migrate-pages",
	"guest.numa.sharing", "guest.numa.tune", "guest.pci-slots", "guest.qemu-commandline",
	"guest.rng", "guest.scsi.controller", "guest.vcpu.hotplug", "guest.vcpu.overcommit",
	"guest.vcpu.pin", "guest.vcpu.size", "guest.vcpu.unplug", "guest.video",
	"guest.virtio.bound", "guestos.hotplug-online", "guestos.hugepages",
	"guestos.io-scheduler", "guestos.kernel-params", "guestos.linux", "guestos.windows",
	"host.aio-max-nr", "host.baseline-first", "host.cgroup-controllers", "host.conntrack",
	"host.cpu-governor", "host.cpu-isolation", "host.cpu-online", "host.cpu-overcommit",
	"host.cpu-weight", "host.cstates", "host.file-max", "host.halt-polling",
	"host.hugepage-sizes", "host.hugepages-1g", "host.hugepages-overcommit",
	"host.hugepages-pool", "host.hugetlbfs-mounts", "host.io-scheduler", "host.io-weight",
	"host.irq-affinity", "host.ksm-mode", "host.ksm-numa", "host.ksm-rate",
	"host.ksm-services", "host.kvm-modules", "host.libvirt-log-level",
	"host.memory-reserve", "host.min-free", "host.minimal-services", "host.nbd-module",
	"host.nfs-client", "host.nfs-server-threads", "host.numa-balancing",
	"host.numa-balancing-scan", "host.numad", "host.single-hypervisor", "host.sock-buffers",
	"host.swap-present", "host.swappiness", "host.syn-flood", "host.tcp-buffers",
	"host.tcp-congestion", "host.tcp-fin-timeout", "host.tcp-keepalive",
	"host.tcp-tw-recycle", "host.tcp-tw-reuse", "host.tcp-window-scaling",
	"host.thp-defrag", "host.thp-enabled", "host.thp-khugepaged", "host.tuned-conflict",
	"host.txqueuelen", "host.vhost-mem-regions", "host.workqueue-cpumask",
	"host.xen-dom0-memory", "image.backing-store", "image.chain", "image.check",
	"image.clone", "image.format", "image.format-legacy", "image.nfs", "image.open-lvm",
	"image.open-qcow2", "image.open-raw", "image.qcow2.cluster", "image.qcow2.l2cache",
	"image.qcow2.lazy-refcounts", "image.qcow2.preallocation", "image.rebase",
	"ops.acpi-shutdown", "ops.backup-before-change", "ops.baseline-measure", "ops.clone",
	"ops.cpu-baseline", "ops.guest-log", "ops.guest-restart", "ops.host-shutdown",
	"ops.host-validate", "ops.libvirt-log", "ops.libvirt-only", "ops.machine-type",
	"ops.migrate-check", "ops.nfs-images", "ops.overlay", "ops.scsi-pr",
	"ops.start-failure", "ops.time-window", "ops.xml-to-argv", "sec.conf-lint",
	"sec.cpu-vuln", "sec.dev-kvm", "sec.graphics", "sec.guest-agent", "sec.image-format",
	"sec.image-open", "sec.image-perms", "sec.ksm", "sec.launch", "sec.libvirt-auth",
	"sec.libvirt-listen", "sec.libvirt-local", "sec.libvirt-tls", "sec.machine-scope",
	"sec.migration-tls", "sec.minimal-host", "sec.nested", "sec.qemu-sandbox",
	"sec.qemu-user", "sec.sasl-users", "sec.share", "sec.svirt-guest", "sec.svirt-host",
};
/* clang-format on */

static bool
is_awaited(const char *id)
{
	for (size_t i = 0; i < G_N_ELEMENTS(awaited); i++) {
		if (g_str_equal(awaited[i], id))
			return true;
	}
	return false;
}

static void
check_text(const char *text, unsigned max)
{
	g_assert_nonnull(text);
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_cmpuint(strlen(text), >, 3);
	g_assert_cmpuint(kt_text_columns(text), <=, max);
	g_assert_null(strchr(text, '\n'));
	g_assert_null(strstr(text, "  "));
	g_assert_false(g_str_has_prefix(text, " ") || g_str_has_suffix(text, " "));
}

/* The text of a failure names the claim. */
static void
check_claim(const KtClaim *claim)
{
	g_test_message("%s", claim->claim);
	g_assert_cmpint(claim->truth, >, KT_TRUTH_UNSET);
	g_assert_cmpint(claim->truth, <, KT_TRUTH_N);
	check_text(claim->claim, KT_CLAIM_COLUMNS);
	check_text(claim->reason, KT_REASON_COLUMNS);
	check_text(claim->source, MAX_SOURCE);
	g_assert_true(!g_str_has_suffix(claim->claim, ".") ||
		      g_str_has_suffix(claim->claim, "..."));
	g_assert_true(g_str_has_suffix(claim->reason, "."));
	g_assert_cmpint(claim->truth == KT_TRUTH_OUTDATED, ==, claim->since != NULL);
	if (claim->since)
		check_text(claim->since, MAX_SINCE);
}

static void
test_rows(void)
{
	g_autoptr(GPtrArray) sayings = kt_sayings(NULL, 0);

	g_assert_cmpuint(sayings->len, >, 100);
	for (guint i = 0; i < sayings->len; i++)
		check_claim(((const KtSaying *)sayings->pdata[i])->claim);
}

static void
test_practices(void)
{
	g_autoptr(GPtrArray) sayings = kt_sayings(NULL, 0);

	for (guint i = 0; i < sayings->len; i++) {
		const char *id = ((const KtSaying *)sayings->pdata[i])->claim->practice;
		if (!id)
			continue;
		g_assert_null(kt_practice_retired(id));
		if (!kt_practice_find(id) && !is_awaited(id))
			g_error("no practice is or will be called '%s'", id);
	}
}

static void
test_guides(void)
{
	for (size_t i = 0; i < kt_n_guides; i++) {
		const KtGuide *guide = &kt_guides[i];
		g_autoptr(GPtrArray) sayings =
			kt_sayings((const char *const[]){guide->name, NULL}, 0);
		check_text(guide->title, 80);
		check_text(guide->edition, 80);
		g_assert_null(strpbrk(guide->name, " .*?/"));
		g_assert_cmpuint(sayings->len, >, 0);
		for (guint j = 0; j < sayings->len; j++)
			g_assert_true(((const KtSaying *)sayings->pdata[j])->guide == guide);
	}
}

/* A claim stands once in a guide. */
static void
test_no_doubles(void)
{
	g_autoptr(GPtrArray) sayings = kt_sayings(NULL, 0);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < sayings->len; i++) {
		const KtSaying *saying = sayings->pdata[i];
		char *key = g_strdup_printf("%s: %s", saying->guide->name, saying->claim->claim);
		g_test_message("%s", key);
		g_assert_true(g_hash_table_add(seen, key));
	}
}

static guint
count(const char *pattern, unsigned truths)
{
	g_autoptr(GPtrArray) sayings = kt_sayings((const char *const[]){pattern, NULL}, truths);

	return sayings->len;
}

static void
test_select(void)
{
	g_autoptr(GPtrArray) all = kt_sayings((const char *const[]){NULL}, 0);
	guint n = 0;

	for (int truth = KT_TRUTH_UNSET + 1; truth < KT_TRUTH_N; truth++)
		n += count("*", 1U << truth);
	g_assert_cmpuint(n, ==, all->len);
	g_assert_cmpuint(count("host", 0), >, 0);
	g_assert_cmpuint(count("host.tcp-tw-recycle", 0), ==, 1);
	g_assert_cmpuint(count("host.tcp-tw-recycle", 1U << KT_TRUTH_OUTDATED), ==, 1);
	g_assert_cmpuint(count("host.tcp-tw-recycle", 1U << KT_TRUTH_RIGHT), ==, 0);
	g_assert_cmpuint(count("cook*", 0), ==, count("cookbook", 0));
	g_assert_cmpuint(count("nothing", 0), ==, 0);
}

/* Wrong comes first, and guides are not mixed. */
static void
test_order(void)
{
	g_autoptr(GPtrArray) sayings = kt_sayings(NULL, 0);

	for (guint i = 1; i < sayings->len; i++) {
		const KtSaying *before = sayings->pdata[i - 1];
		const KtSaying *saying = sayings->pdata[i];
		g_assert_true(before->guide <= saying->guide);
		if (before->guide == saying->guide)
			g_assert_cmpint(before->claim->truth, <=, saying->claim->truth);
	}
}

static void
test_words(void)
{
	for (int truth = KT_TRUTH_UNSET + 1; truth < KT_TRUTH_N; truth++)
		g_assert_cmpint(kt_truth_from_name(kt_truth_name((KtTruth)truth)), ==, truth);
	g_assert_cmpint(kt_truth_from_name("unset"), ==, KT_TRUTH_N);
	g_assert_cmpint(kt_truth_from_name(NULL), ==, KT_TRUTH_N);
	g_assert_cmpstr(kt_guide_area_name(KT_GUIDE_AREA_GUEST), ==, "guest");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/guides/rows", test_rows);
	g_test_add_func("/guides/practices", test_practices);
	g_test_add_func("/guides/guides", test_guides);
	g_test_add_func("/guides/no-doubles", test_no_doubles);
	g_test_add_func("/guides/select", test_select);
	g_test_add_func("/guides/order", test_order);
	g_test_add_func("/guides/words", test_words);
	return g_test_run();
}
