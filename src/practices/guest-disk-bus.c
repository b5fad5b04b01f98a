/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static bool
is_slow(const KtDisk *disk)
{
	return kt_opt_is(disk->bus, "ide") || kt_opt_is(disk->bus, "sata") ||
	       kt_opt_is(disk->bus, "fdc");
}

static bool
has_virtio_disk(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->disks.n; i++) {
		if (kt_opt_is(config->disks.v[i].bus, "virtio"))
			return true;
	}
	return false;
}

/* Windows has drivers for each device alone; elsewhere virtio_blk and virtio_net come together. */
static bool
has_virtio_nic(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->nics.n; i++) {
		const KtOptStr model = config->nics.v[i].model;
		if (kt_known(model) && g_str_has_prefix(model.v, "virtio"))
			return !kt_guest_is_windows(config);
	}
	return false;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtDisk *disk = subject->disk;

	if (!kt_sink_needs_look(out, disk->device, "the kind of disk") ||
	    !kt_sink_needs(out, disk->bus, "the bus"))
		return KT_VERDICT_UNKNOWN;
	if (kt_opt_is(disk->device, "cdrom") || kt_opt_is(disk->device, "floppy"))
		return KT_VERDICT_NOT_APPLICABLE;
	*ret_fault = is_slow(disk);
	if (!*ret_fault)
		return KT_VERDICT_OK;
	if (kt_guest_has_virtio(config) || has_virtio_disk(config) || has_virtio_nic(config))
		return KT_VERDICT_FINDING;
	if (out)
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->os_id),
				 "whether the guest has a driver for virtio disks is not known");
	return KT_VERDICT_UNKNOWN;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "an emulated %s disk instead of virtio", subject->disk->bus.v);
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->disk->bus),
			 "<target bus='%s'/>",
			 subject->disk->bus.v);
	if (kt_guest_has_virtio(config))
		kt_sink_evidence(out, config->os_id.origin, "the guest runs %s", config->os_id.v);
	else
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->disks),
				 "another device of the guest is virtio");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "Add a small virtio disk first ('virsh attach-disk'); when the guest sees "
		       "it, the driver is there. Its initramfs needs virtio_blk, and root= and "
		       "fstab must name UUIDs.");
	kt_sink_advice(out,
		       "Then, with the guest off, 'virsh edit %s': bus='virtio', dev='vd...', and "
		       "take out the <address> of the disk; more than 16 disks: virtio-scsi.",
		       kt_guest_name(view->guest));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_disk_bus) = {
	.id = "guest.disk.bus",
	.title = "Disks are virtio, not emulated",
	.why = "IDE and SATA are imitated register by register, with one request at a time or 32, "
	       "and several exits for each; virtio hands over batches through shared memory, has "
	       "a queue for each vCPU, and can have an IOThread.",
	.cost = "The guest needs the driver before it boots from such a disk (Windows: "
		"virtio-win), and names its disks vd instead of sd: what names sda has to be "
		"changed first.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: target, bus",
			"Virtual I/O Device (VIRTIO) 1.2, 5.2 Block Device",
			"osinfo-db 20221130: devices per operating system",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_HIGH,
	.check_by_hand = "virsh domblklist --details DOMAIN; inside the guest: lsblk -o NAME,TRAN",
	.effect = "IOPS and host CPU at the same load (fio)",
	.evaluate = evaluate,
};
