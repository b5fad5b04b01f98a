#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
#
# The part of lab that saves lab hosts: their memory files, their disks and their devices' state.
# Others start from there by mapping the memory privately (copy on write).

# Guests that were stopped for the saving.
# shellcheck disable=SC2016 # the shell of the lab host looks for them
go_on='kill -CONT $(pidof qemu-system-x86_64) 2>/dev/null; :'

# Prints the name of the lab host as booted with these parameters; boots and saves it first when
# nobody has.  Whoever comes second waits.
booted() # IMAGE
{
	local tag
	tag=auto-$({ print_parameters; cat "$here/machine.bash" "$here/power-table"; } | digest)
	mkdir -p "$1/saved"
	(
		flock 9
		[ -s "$1/saved/$tag/state" ] || boot_and_save "$tag" >&2
	) 9>"$1/saved/$tag.lock" || die "no lab host to start from"
	echo "$tag"
}

boot_and_save() # TAG
{
	local tag=$1 status=0
	boot()
	{
		LAB_NAME=$tag LAB_FROM='' LAB_SHARE='' LAB_FORWARD='' LAB_LINK='' LAB_INDEX=1 LAB_COPY='' \
			LAB_BOOT=direct LAB_SAFE=0 LAB_UP_LIMIT=$((LAB_UP_LIMIT / 2)) "$here/lab" "$@" 9>&-
	}
	trap 'boot down; exit 130' HUP INT TERM
	say "first boot of shape $LAB_SHAPE"
	# About one boot in eighty hangs (a race of TCG with so few cores): once more then.
	boot up || boot up || { boot down; return 1; }
	# libvirt finds out what QEMU can do, which takes seconds, and keeps it.
	{
		boot wait && boot script <<-'END' && boot save "$tag"
			virsh domcapabilities >/dev/null
			virsh domcapabilities --virttype qemu >/dev/null
			virsh capabilities >/dev/null
			udevadm settle
		END
	} || status=$?
	boot down
	trap - HUP INT TERM
	return $status
}

unplug_nvme()
{
	local i
	qmp '{"execute":"device_del","arguments":{"id":"nvme0"}}' >/dev/null 2>&1 || true
	for ((i = 0; i < 200; i++)); do
		qmp '{"execute":"qom-list","arguments":{"path":"/machine/peripheral/nvme0"}}' \
			>/dev/null 2>&1 || return 0
		sleep 0.1
	done
	die "the NVMe disk does not let go"
}

write_state() # FILE
{
	local i
	qmp '{"execute":"stop"}' \
		'{"execute":"migrate-set-capabilities","arguments":{"capabilities":[{"capability":"x-ignore-shared","state":true}]}}' \
		"{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"exec:cat >$1\"}}" >/dev/null
	for ((i = 0; i < 600; i++)); do
		case $(qmp '{"execute":"query-migrate"}') in
		*'"status": "completed"'*) return 0 ;;
		*'"status": "failed"'*) die "QEMU could not save" ;;
		esac
		sleep 0.1
	done
	die "QEMU does not finish saving"
}

cmd_save()
{
	local tag=${1:?which tag} image to memory started name
	started=$(now)
	recall
	alive || die "$LAB_NAME does not run"
	memory=$(memory_folder)
	to=$image/saved/$tag
	[ -e "$memory/m0" ] || die "its memory is another's, mapped privately: start it with LAB_COPY=1"
	[ ! -e "$run/virtiofsd.pid" ] || die "QEMU cannot save /share: start it without LAB_SHARE"
	rm -rf "$to"
	mkdir -p "$to"
	cp "$run/parameters" "$to/"
	unplug_nvme
	# QEMU does not load a CPU that was saved inside a guest of the lab host: stop those.
	client 60 <<-'END'
		sync
		echo 3 >/proc/sys/vm/drop_caches
		kill -STOP $(pidof qemu-system-x86_64) 2>/dev/null
		sleep 0.3
	END
	write_state "$to/state.tmp"
	cp --sparse=always "$memory"/m[0-9]* "$to/"
	for name in root vdb hdd ssd; do
		cp --sparse=always "$run/$name.qcow2" "$to/"
	done
	mv "$to/state.tmp" "$to/state"
	qmp '{"execute":"cont"}' >/dev/null
	client 60 <<<"$go_on"
	plug_in
	say "saved as $tag in $(since "$started"): $(du -sh "$to" | cut -f1)"
}

cmd_saved()
{
	[ -s "$(image)/saved/${1:?which tag}/state" ]
}
