/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-choice.h"
#include "kt-collect-host-private.h"

#include <string.h>
#include <sys/utsname.h>

#define IOMMU_GROUPS "/sys/kernel/iommu_groups"
#define ARCH         "/proc/sys/kernel/arch"
#define RELEASE      "/proc/sys/kernel/osrelease"
#define UPTIME       "/proc/uptime"
#define XEN          "/proc/xen/capabilities"

/* os-release(5): shell assignments; the last one counts. */
static KtOptStr
os_release_value(KtHostJob *job, const char *text, const char *key, const char *path)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", /* max_tokens= */ 1000);
	g_autofree char *prefix = g_strconcat(key, "=", NULL);
	KtOptStr value = {
		.state = KT_STATE_ABSENT,
		.origin = kt_facts_origin(job->facts, path),
	};

	for (size_t i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);
		if (!g_str_has_prefix(line, prefix))
			continue;
		g_autofree char *plain = g_shell_unquote(line + strlen(prefix), NULL);
		value.state = plain ? KT_STATE_VALUE : KT_STATE_BROKEN;
		value.v = kt_arena_strdup(job->facts->arena, plain);
	}
	return value;
}

static void
collect_distribution(KtHostJob *job)
{
	static const char *const paths[] = {"/etc/os-release", "/usr/lib/os-release"};
	KtSystem *system = &job->host->system;
	const struct {
		const char *key;
		KtOptStr *value;
	} rows[] = {
		{.key = "ID", .value = &system->distribution},
		{.key = "ID_LIKE", .value = &system->distribution_like},
		{.key = "PRETTY_NAME", .value = &system->distribution_name},
		{.key = "VERSION_ID", .value = &system->distribution_version},
	};
	g_autofree char *text = NULL;
	size_t i = 0;
	KtState state = kt_host_text(job, paths[i], &text);

	if (state == KT_STATE_ABSENT)
		state = kt_host_text(job, paths[++i], &text);
	KtOptStr none = {.state = state, .origin = kt_facts_origin(job->facts, paths[i])};
	for (size_t j = 0; j < G_N_ELEMENTS(rows); j++)
		*rows[j].value = text ? os_release_value(job, text, rows[j].key, paths[i]) : none;
}

/* How distributions end their releases. */
static const char *
architecture_of_release(const char *release)
{
	static const struct {
		const char *suffix;
		const char *architecture;
	} rows[] = {
		{.suffix = "-amd64", .architecture = "x86_64"},
		{.suffix = "-arm64", .architecture = "aarch64"},
		{.suffix = "-powerpc64le", .architecture = "ppc64le"},
		{.suffix = "-s390x", .architecture = "s390x"},
		{.suffix = ".aarch64", .architecture = "aarch64"},
		{.suffix = ".ppc64le", .architecture = "ppc64le"},
		{.suffix = ".s390x", .architecture = "s390x"},
		{.suffix = ".x86_64", .architecture = "x86_64"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_str_has_suffix(release, rows[i].suffix))
			return rows[i].architecture;
	}
	return NULL;
}

/* The file exists since Linux 6.1. */
static KtOptStr
architecture(KtHostJob *job)
{
	KtOptStr release = job->host->system.kernel;
	KtOptStr value = kt_host_line_str(job, ARCH);
	struct utsname name;

	if (value.state != KT_STATE_ABSENT)
		return value;
	if (kt_root_is_live(job->root) && uname(&name) == 0)
		return kt_host_str(job, name.machine, "uname");
	if (job->architecture)
		return kt_host_str(job, job->architecture, "hwloc");

	const char *guess = kt_known(release) ? architecture_of_release(release.v) : NULL;
	return guess ? kt_host_str(job, guess, RELEASE) : value;
}

static KtOptStr
init(KtHostJob *job)
{
	/* sd_booted(3) looks at the same. */
	static const char booted[] = "/run/systemd/system";

	if (kt_root_exists(job->root, booted))
		return kt_host_str(job, "systemd", booted);
	return kt_host_line_str(job, "/proc/1/comm");
}

static KtOptStr
bootloader(KtHostJob *job)
{
	const char *name = NULL;
	const char *path = NULL;
	KtState state = kt_boot_choice(job->root, &name, &path);

	if (state == KT_STATE_VALUE)
		return kt_host_str(job, name, path);
	return (KtOptStr){.state = state, .origin = kt_facts_origin(job->facts, path)};
}

/* "12345.67 23456.78": seconds since boot, and idle (proc(5)). */
static KtOptU64
uptime(KtHostJob *job)
{
	g_autofree char *line = NULL;
	KtOptU64 value = {
		.state = kt_host_line(job, UPTIME, &line),
		.origin = kt_facts_origin(job->facts, UPTIME),
	};

	if (value.state != KT_STATE_VALUE)
		return value;
	line[strcspn(line, ".")] = '\0';
	if (!g_ascii_string_to_unsigned(line, 10, 0, UINT64_MAX, &value.v, NULL))
		value.state = KT_STATE_BROKEN;
	return value;
}

/* Empty in a guest of Xen that is not dom0. */
static KtOptStr
xen_capabilities(KtHostJob *job)
{
	g_autofree char *text = NULL;
	KtState state = kt_host_text(job, XEN, &text);

	if (state == KT_STATE_VALUE)
		return kt_host_str(job, g_strstrip(text), XEN);
	return (KtOptStr){.state = state, .origin = kt_facts_origin(job->facts, XEN)};
}

/* One directory per group (Documentation/ABI/testing/sysfs-kernel-iommu_groups). */
static KtOptU64
iommu_groups(KtHostJob *job)
{
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(job->root, IOMMU_GROUPS, &names);

	if (state == KT_STATE_VALUE)
		return kt_host_u64(job, g_strv_length(names), IOMMU_GROUPS);
	return (KtOptU64){.state = state, .origin = kt_facts_origin(job->facts, IOMMU_GROUPS)};
}

/* Where the packages of Debian and Red Hat have it. */
static KtOptBool
has_numad(KtHostJob *job)
{
	static const char *const paths[] = {"/usr/bin/numad", "/usr/sbin/numad"};
	KtOptBool opt = {.state = KT_STATE_VALUE, .origin = kt_facts_origin(job->facts, paths[0])};
	uint32_t mode = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		KtState state = kt_root_mode(job->root, paths[i], &mode);
		opt.v |= state == KT_STATE_VALUE;
		if (state != KT_STATE_VALUE && state != KT_STATE_ABSENT)
			opt.state = state;
	}
	return opt;
}

void
kt_host_collect_system(KtHostJob *job)
{
	KtSystem *system = &job->host->system;

	collect_distribution(job);
	system->architecture = architecture(job);
	system->init = init(job);
	system->bootloader = bootloader(job);
	system->hypervisor = kt_host_hypervisor(job);
	system->xen_capabilities = xen_capabilities(job);
	system->iommu_groups = iommu_groups(job);
	system->has_numad = has_numad(job);
	system->uptime_s = uptime(job);
}
