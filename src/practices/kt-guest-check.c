/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

#include <limits.h>
#include <string.h>

/* The same disk, or NIC, among what runs; false when it is not there. */
static bool
find_live(const KtView *view, KtSubject *subject)
{
	*subject = (KtSubject){.config = view->live};
	for (uint32_t i = 0; view->disk && i < view->live->disks.n; i++) {
		const KtDisk *disk = &view->live->disks.v[i];
		if (kt_known(disk->target) && kt_opt_is(view->disk->target, disk->target.v))
			subject->disk = disk;
	}
	for (uint32_t i = 0; view->nic && i < view->live->nics.n; i++) {
		const KtNic *nic = &view->live->nics.v[i];
		if (kt_known(nic->mac) && kt_opt_is(view->nic->mac, nic->mac.v))
			subject->nic = nic;
	}
	return !view->disk == !subject->disk && !view->nic == !subject->nic;
}

KtVerdict
kt_guest_check(const KtView *view, const KtGuestCheck *check, KtSink *out)
{
	KtVerdict verdict = kt_guest_gate(view, out);
	KtSubject subject = {.config = view->config, .disk = view->disk, .nic = view->nic};
	unsigned fault = 0;

	if (verdict == KT_VERDICT_OK)
		verdict = check->judge(view, &subject, &fault, out);
	if (verdict == KT_VERDICT_FINDING) {
		check->tell(view, &subject, fault, out);
		check->propose(view, fault, out);
	}
	if (verdict != KT_VERDICT_OK || !view->live || !kt_known(view->live->type) ||
	    !find_live(view, &subject) ||
	    check->judge(view, &subject, &fault, /* out= */ NULL) != KT_VERDICT_FINDING)
		return verdict;
	check->tell(view, &subject, fault, out);
	if (check->hasten)
		check->hasten(view, &subject, fault, out);
	return KT_VERDICT_PENDING;
}

void
kt_guest_change(const KtView *view, const char *locator, KtOptStr from, const char *to, KtSink *out)
{
	const char *old = kt_known(from) ? from.v : NULL;

	if (g_strcmp0(old, to) != 0)
		kt_sink_domain_xml(out, view->guest, locator, old, to);
}

void
kt_guest_change_u64(const KtView *view, const char *locator, KtOptU64 from, const char *to,
		    KtSink *out)
{
	g_autofree char *old = g_strdup_printf("%" G_GUINT64_FORMAT, from.v);
	KtOptStr text = {.v = old, .state = from.state, .origin = from.origin};

	kt_guest_change(view, locator, text, to, out);
}

bool
kt_guest_has_live(const KtView *view)
{
	bool is_all = view->config == &view->guest->live;

	return kt_known(view->guest->live.type) && kt_opt_true(view->guest->is_active) &&
	       (is_all || kt_opt_true(view->guest->is_persistent));
}

char *
kt_guest_disk_place(const KtView *view, const char *rest, KtSink *out)
{
	const KtOptStr target = view->disk->target;

	if (kt_guest_has_one_disk(view->config, target))
		return g_strdup_printf("/domain/devices/disk[target/@dev='%s']/%s", target.v, rest);
	kt_sink_advice(out,
		       "The disk has no name of its own to find it by: change it with 'virsh "
		       "edit'.");
	return NULL;
}

char *
kt_guest_nic_place(const KtView *view, const char *rest, KtSink *out)
{
	const KtOptStr mac = view->nic->mac;

	if (kt_guest_has_one_nic(view->config, mac))
		return g_strdup_printf(
			"/domain/devices/interface[mac/@address='%s']/%s", mac.v, rest);
	kt_sink_advice(out,
		       "The NIC has no address of its own to find it by: change it with 'virsh "
		       "edit'.");
	return NULL;
}

bool
kt_guest_wants_speed(const KtView *view)
{
	return view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;
}

bool
kt_guest_is_x86(const KtGuestConfig *config)
{
	return kt_opt_is(config->architecture, "x86_64") || kt_opt_is(config->architecture, "i686");
}

bool
kt_guest_libvirt_from(const KtView *view, uint64_t version)
{
	const KtOptU64 libvirt = view->facts->meta.libvirt_version;

	return kt_known(libvirt) && libvirt.v >= version;
}

bool
kt_guest_qemu_from(const KtView *view, uint64_t version)
{
	const KtOptU64 qemu = view->facts->meta.qemu_version;

	return kt_known(qemu) && qemu.v >= version;
}

bool
kt_guest_machine(const KtGuestConfig *config, KtMachineType *ret_machine)
{
	const char *name = kt_known(config->machine) ? config->machine.v : "";
	const char *dash = strrchr(name, '-');
	char *rest = NULL;

	if (!dash || !g_ascii_isdigit(dash[1]))
		return false;
	uint64_t major = g_ascii_strtoull(dash + 1, &rest, 10);
	if (*rest != '.' || !g_ascii_isdigit(rest[1]))
		return false;
	uint64_t minor = g_ascii_strtoull(rest + 1, &rest, 10);
	if (*rest || major > SHRT_MAX || minor > SHRT_MAX)
		return false;
	*ret_machine = (KtMachineType){
		.family = g_strndup(name, (size_t)(dash - name)),
		.major = (unsigned)major,
		.minor = (unsigned)minor,
	};
	return true;
}

void
kt_machine_type_clear(KtMachineType *machine)
{
	g_clear_pointer(&machine->family, g_free);
}
