/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

/*
 * Is this host itself a guest, and of what? The names are those of systemd-detect-virt(1).
 * Everything asked is one small file: /proc/cpuinfo of a host with 512 CPUs is most of a megabyte,
 * and the kernel looks at every CPU to write it.
 */

#define TYPE        "/sys/hypervisor/type"
#define MODALIAS    "/sys/devices/system/cpu/modalias"
#define CLOCKS      "/sys/devices/system/clocksource/clocksource0/available_clocksource"
#define DMI         "/sys/class/dmi/id/"
#define DEVICE_TREE "/proc/device-tree/hypervisor/compatible"

typedef enum Answer {
	ANSWER_UNSURE,
	ANSWER_GUEST,
	ANSWER_METAL,
} Answer;

/* A text in a file that only guests of one hypervisor have. */
static const struct {
	const char *path;
	const char *text;
	const char *name;
} marks[] = {
	/* arch/x86/kernel/kvmclock.c, drivers/clocksource/hyperv_timer.c, arch/x86/xen/time.c */
	{.path = CLOCKS, .text = "kvm-clock", .name = "kvm"},
	{.path = CLOCKS, .text = "hyperv_clocksource", .name = "microsoft"},
	{.path = CLOCKS, .text = "xen", .name = "xen"},
	/* As systemd: src/basic/virt.c, detect_vm_dmi_vendor() */
	{.path = DMI "sys_vendor", .text = "QEMU", .name = "qemu"},
	{.path = DMI "sys_vendor", .text = "VMware", .name = "vmware"},
	{.path = DMI "product_name", .text = "KVM", .name = "kvm"},
	{.path = DMI "product_name", .text = "OpenStack", .name = "kvm"},
	{.path = DMI "product_name", .text = "VirtualBox", .name = "oracle"},
	{.path = DMI "product_name", .text = "Virtual Machine", .name = "microsoft"},
	{.path = DMI "product_name", .text = "Google Compute Engine", .name = "google"},
	{.path = DMI "sys_vendor", .text = "Parallels", .name = "parallels"},
	{.path = DMI "sys_vendor", .text = "Xen", .name = "xen"},
	{.path = DMI "sys_vendor", .text = "Amazon EC2", .name = "amazon"},
	{.path = DMI "bios_vendor", .text = "Bochs", .name = "bochs"},
	{.path = DEVICE_TREE, .text = "linux,kvm", .name = "kvm"},
	{.path = DEVICE_TREE, .text = "xen,xen", .name = "xen"},
	{.path = DEVICE_TREE, .text = "vmware", .name = "vmware"},
};

/* "cpu:type:x86,...:feature:,0000,0001,...": the numbers of the CPU's flags, here that of the flag
 * "hypervisor" (X86_FEATURE_HYPERVISOR = 4 * 32 + 31, arch/x86/include/asm/cpufeatures.h). Other
 * architectures have no such flag. */
static Answer
ask_cpu(KtHostJob *job, uint16_t *ret_origin)
{
	g_autofree char *line = NULL;
	bool is_x86 = kt_host_line(job, MODALIAS, &line) == KT_STATE_VALUE &&
		      g_str_has_prefix(line, "cpu:type:x86,");

	if (!is_x86)
		return ANSWER_UNSURE;
	*ret_origin = kt_facts_origin(job->facts, MODALIAS);
	return strstr(line, ",009F") ? ANSWER_GUEST : ANSWER_METAL;
}

/* The machines that Amazon rents as a whole have its name, too ("c5.metal", "m7i.metal-24xl"). */
static bool
is_rented_metal(KtHostJob *job)
{
	g_autofree char *product = NULL;

	return kt_host_line(job, DMI "product_name", &product) == KT_STATE_VALUE &&
	       strstr(product, ".metal");
}

static KtOptStr
find_mark(KtHostJob *job)
{
	g_autofree char *text = NULL;
	const char *path = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		if (g_strcmp0(path, marks[i].path) != 0) {
			path = marks[i].path;
			g_clear_pointer(&text, g_free);
			/* The device tree ends its texts with NUL, so not kt_host_text(). */
			if (kt_root_read(job->root, path, &text, NULL) != KT_STATE_VALUE)
				text = NULL;
		}
		if (text && strstr(text, marks[i].text))
			return kt_host_str(job, marks[i].name, path);
	}
	return (KtOptStr){.state = KT_STATE_ABSENT};
}

KtOptStr
kt_host_hypervisor(KtHostJob *job)
{
	KtOptStr value = kt_host_line_str(job, TYPE);
	uint16_t origin = value.origin;

	if (value.state == KT_STATE_VALUE)
		return value;

	Answer answer = ask_cpu(job, &origin);
	if (answer == ANSWER_METAL || is_rented_metal(job))
		return (KtOptStr){.state = KT_STATE_ABSENT, .origin = origin};
	value = find_mark(job);
	if (value.state == KT_STATE_VALUE)
		return value;
	if (answer == ANSWER_GUEST)
		return kt_host_str(job, "unknown", MODALIAS);
	return (KtOptStr){.state = KT_STATE_ABSENT, .origin = origin};
}
