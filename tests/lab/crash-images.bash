#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
#
# The course of the scenarios crash-*: kvmtune keeps its journal and its files on a disk of its own
# whose writes QEMU logs.  From the log come images of what the disk may hold after the power failed
# at some moment; in each of them kvmtune recovers, and nothing may be half.
#
# A scenario sets fs (ext4, xfs, btrfs), size (MiB) and images (how many).

# Folders that live on the disk, under the name of their place.
kept()
{
	echo var/lib/kvmtune etc/sysctl.d etc/modprobe.d etc/udev/rules.d
}

# --- in the lab host ----------------------------------------------------------------------------

format() # FILE-SYSTEM
{
	local device folder
	device=/dev/$(disk cut)
	case $1 in
	ext4) mkfs.ext4 -q -J size=4 "$device" ;;
	xfs) mkfs.xfs -q "$device" ;;
	btrfs) mkfs.btrfs -q --mixed "$device" ;;
	esac
	mkdir -p /cut
	mount "$device" /cut
	for folder in $(kept); do
		mkdir -p "/cut/${folder//\//-}"
	done
	umount /cut
}

# All images have the same UUID.  The kernel remembers the newest btrfs of a UUID that udev has
# shown it, and refuses an older one.
mount_image() # DEVICE
{
	local i
	for ((i = 0; i < 20; i++)); do
		btrfs device scan --forget >/dev/null 2>&1 || true
		! mount "$1" /cut 2>/tmp/mount.log || return 0
		udevadm settle
	done
	cat /tmp/mount.log
	is_mended "$1" || complain "the file system does not mount"
	mount "$1" /cut
	echo 'after e2fsck' >>/tmp/outcomes
}

# A write of the superblock that is torn between two sectors spoils its checksum, and then ext4 is
# mounted after e2fsck has found the copy of it, as at any boot.
is_mended() # DEVICE
{
	local status=0
	[ "$(blkid -p -o value -s TYPE "$1")" = ext4 ] || return 1
	e2fsck -fy "$1" >/tmp/e2fsck.log 2>&1 || status=$?
	# 1: errors corrected.
	[ "$status" = 1 ] || { cat /tmp/e2fsck.log; return 1; }
}

# Puts the folders of a disk in their places.
enter() # DEVICE
{
	local folder
	mkdir -p /cut
	mount_image "$1"
	for folder in $(kept); do
		mkdir -p "/$folder"
		mount --bind "/cut/${folder//\//-}" "/$folder"
	done
}

leave()
{
	local folder
	for folder in $(kept); do
		umount "/$folder"
	done
	umount /cut
}

# What the files say, or what the host has by itself.
boot_values()
{
	local value device
	device=/sys/block/$(disk vdb)
	modprobe nf_conntrack
	echo 262144 >/proc/sys/net/netfilter/nf_conntrack_max
	echo 16384 >/proc/sys/net/netfilter/nf_conntrack_buckets
	cat /etc/sysctl.d/*.conf 2>/dev/null | sysctl -q -p - || true
	echo mq-deadline >"$device/queue/scheduler"
	if ls /etc/udev/rules.d/*kvmtune* >/dev/null 2>&1; then
		udevadm control --reload
		udevadm trigger --action=change --settle "$device"
	fi
	value=$(sed -n 's/^options kvm halt_poll_ns=//p' /etc/modprobe.d/*.conf 2>/dev/null || true)
	echo "${value:-4000000}" >/sys/module/kvm/parameters/halt_poll_ns
}

files()
{
	local file
	find /etc/sysctl.d /etc/modprobe.d /etc/udev/rules.d -type f | sort | while read -r file; do
		echo "$file $(stat -c '%a' "$file") $(sha256sum <"$file")"
	done
}

# libvirt has no part in this, and without it each run takes a third of the time.
tune()
{
	kvmtune -c '' "$@"
}

# There, back, and there again: the log has all of it.
record()
{
	enter "/dev/$(disk cut)"
	classed latency
	boot_values
	files >/tmp/files.before
	if [ "$FAULT" = fsync ]; then
		export LD_PRELOAD=libeatmydata.so
	fi
	tune apply --yes --only host.halt-polling --only host.conntrack --only host.io-scheduler
	files >/tmp/files.after
	tune undo
	tune apply --yes --only host.halt-polling --only host.conntrack --only host.io-scheduler
	unset LD_PRELOAD
	leave
	[ "$(wc -l </tmp/files.after)" -ge 3 ] || complain "the plan wrote too few files"
}

check_image() # NUMBER
{
	local what
	enter "/dev/loop0"
	# Another boot: what is true now is what the files say.
	cat /proc/sys/kernel/random/uuid >/tmp/boot_id
	mount --bind /tmp/boot_id /proc/sys/kernel/random/boot_id
	boot_values
	tune recover >/tmp/recover.log 2>&1 || { cat /tmp/recover.log; complain "image $1: recover failed"; }
	what=$(last_state -c '')
	[ "$FAULT" != mixed ] || rm -f /etc/sysctl.d/80-kvmtune*
	files >/tmp/files.now
	case $what in
	applied)
		diff /tmp/files.after /tmp/files.now || complain "image $1: applied, but the files differ"
		tune undo >/tmp/undo.log 2>&1 || { cat /tmp/undo.log; complain "image $1: undo failed"; }
		files >/tmp/files.now
		echo applied >>/tmp/outcomes
		;;
	*) echo before >>/tmp/outcomes ;;
	esac
	diff /tmp/files.before /tmp/files.now || complain "image $1: the files are not as before"
	umount /proc/sys/kernel/random/boot_id
	leave
}

# Each image in a shell of its own: one that fails is counted, and the next one is tried.
check_images() # NUMBER SIZE
{
	local i device what bad=0
	device=/dev/$(disk images)
	rm -f /tmp/outcomes
	for ((i = 0; i < $1; i++)); do
		losetup -o $((i * $2)) --sizelimit "$2" /dev/loop0 "$device"
		# In the background: in a condition bash would go on after the first thing that is not so.
		check_image "$i" &
		if ! wait $!; then
			bad=$((bad + 1))
			umount /proc/sys/kernel/random/boot_id 2>/dev/null || true
			leave 2>/dev/null || umount -R /cut 2>/dev/null || true
		fi
		losetup -d /dev/loop0
		[ "$bad" -lt 5 ] || break
	done
	sort /tmp/outcomes | uniq -c
	for what in applied before; do
		grep -qx "$what" /tmp/outcomes || complain "in none of the images it is as $what"
	done
	[ "$bad" = 0 ] || complain "$bad images are not as they have to be"
}

# --- on this side -------------------------------------------------------------------------------

plug() # NAME JSON-OF-BLOCKDEV
{
	lab qmp "{\"execute\":\"blockdev-add\",\"arguments\":{\"node-name\":\"$1\",$2}}" \
		"{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"scsi-hd\",\"id\":\"$1\",\"drive\":\"$1\",\"serial\":\"$1\",\"bus\":\"scsi0.0\"}}" \
		>/dev/null
	inside eventually 60 sh -c "lsblk -dno SERIAL | grep -qx $1"
}

unplug() # NAME
{
	lab qmp "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"$1\"}}" >/dev/null
	inside eventually 60 sh -c "! lsblk -dno SERIAL | grep -qx $1"
	# The device lets go of its image a moment later.
	for _ in $(seq 50); do
		! lab qmp "{\"execute\":\"blockdev-del\",\"arguments\":{\"node-name\":\"$1\"}}" >/dev/null || return 0
		sleep 0.1
	done
	return 1
}

play()
{
	local disks=$session/host1 bytes=$((size << 20))
	stage "start" up
	truncate -s "$bytes" "$disks/cut.raw"
	stage "format" plug cut "\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"cut.raw\"}"
	inside format "$fs"
	unplug cut
	cp --sparse=always "$disks/cut.raw" "$disks/base.raw"
	: >"$disks/log.raw"
	stage "record" plug cut \
		"\"driver\":\"blklogwrites\",\"file\":{\"driver\":\"file\",\"filename\":\"cut.raw\"},\"log\":{\"driver\":\"file\",\"filename\":\"log.raw\"}"
	inside record
	unplug cut
	"$here/replay" "$disks/log.raw" "$disks/base.raw" "$disks/images.raw" "$images"
	stage "check" plug images "\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"filename\":\"images.raw\"}"
	LIMIT=3600 inside check_images "$images" "$bytes"
}
