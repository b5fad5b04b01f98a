#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
#
# What each script of a scenario begins with in the lab host.  FAULT and args are set before.
set -euo pipefail

# --- what must be true --------------------------------------------------------------------------

complain()
{
	echo "not so: $*" >&2
	return 1
}

is() # EXPECTED COMMAND...: its output is this, with white space made one blank
{
	local wanted=$1 seen
	shift
	seen=$("$@" | tr -s '[:space:]' ' ') || complain "'$*' failed"
	seen=${seen# }
	seen=${seen% }
	[ "$seen" = "$wanted" ] || complain "'$*' says '$seen', not '$wanted'"
}

has() # REGULAR-EXPRESSION COMMAND...: its output, good or bad, has a line like this
{
	local pattern=$1 seen
	shift
	seen=$("$@" 2>&1) || true
	grep -Eq -- "$pattern" <<<"$seen" || complain "'$*' has no '$pattern' but: $seen"
}

has_not() # REGULAR-EXPRESSION COMMAND...
{
	local pattern=$1 seen
	shift
	seen=$("$@" 2>&1) || true
	if grep -Eq -- "$pattern" <<<"$seen"; then
		complain "'$*' has '$pattern': $seen"
	fi
}

status() # NUMBER COMMAND...: it ends with this exit status
{
	local wanted=$1 seen=0
	shift
	"$@" || seen=$?
	[ "$seen" = "$wanted" ] || complain "'$*' ended with $seen, not $wanted"
}

absent() # PATH...
{
	local path
	for path; do
		[ ! -e "$path" ] || complain "$path is there"
	done
}

# The command runs in a process of its own: in a condition bash goes on behind a failure in the
# middle of a function, and the check would be hollow.
eventually() # SECONDS COMMAND...: true in the end
{
	local end=$((SECONDS + $1)) status
	shift
	while :; do
		("$@") >/dev/null 2>&1 &
		status=0
		wait $! || status=$?
		[ "$status" != 0 ] || return 0
		[ "$SECONDS" -lt "$end" ] || break
		sleep 0.3
	done
	# Once more, for what it says.
	("$@") &
	wait $! || complain "'$*' did not come true"
}

# --- kvmtune ------------------------------------------------------------------------------------

# The state of the newest transaction; a row with many practices goes on in the next line.
last_state() # [OPTION...]
{
	kvmtune "$@" history | awk '$1 ~ /^[0-9]+$/ { state = $3 } END { print state }'
}

# --- guests and what the kernel knows of them ---------------------------------------------------

stop_guest() # NAME
{
	virsh -q destroy "$1"
}

qemu_of() # NAME
{
	cat "/run/libvirt/qemu/$1.pid"
}

# CPUs that the kernel lets a thread run on: "CPU 0/KVM", "IO iothread1", "qemu-system-x86".
cpus_of() # GUEST THREAD
{
	local task
	for task in /proc/"$(qemu_of "$1")"/task/*; do
		if [ "$(cat "$task/comm")" = "$2" ]; then
			awk '/^Cpus_allowed_list/ { print $2 }' "$task/status"
		fi
	done | sort -u
}

# Through the guest's agent, whose answer is JSON around base64.  It may be busy for a moment.
inside() # GUEST SHELL-COMMAND: its output
{
	local answer='' pid='' try
	for ((try = 0; try < 5 && !${#pid}; try++)); do
		answer=$(virsh qemu-agent-command "$1" "{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"/bin/sh\",\"arg\":[\"-c\",\"$2\"],\"capture-output\":true}}") || true
		pid=$(tr -dc 0-9 <<<"$answer")
	done
	for ((try = 0; try < 50; try++)); do
		answer=$(virsh qemu-agent-command "$1" "{\"execute\":\"guest-exec-status\",\"arguments\":{\"pid\":$pid}}") || return 1
		if grep -q '"exited":true' <<<"$answer"; then
			sed -n 's/.*"out-data":"\([^"]*\)".*/\1/p' <<<"$answer" | base64 -d
			return
		fi
		sleep 0.3
	done
	complain "'$2' in $1 does not end"
}

weight_of() # GUEST: its weight among the guests, from cgroup v2
{
	local group
	group=$(awk -F: '/^0/ { print $3 }' "/proc/$(qemu_of "$1")/cgroup")
	cat "/sys/fs/cgroup${group%/libvirt/*}/cpu.weight"
}

# The 128 MiB of a guest are 64 pages of 2 MiB, all on this node.
on_huge_pages() # GUEST NODE
{
	local pid
	pid=$(qemu_of "$1") || return 1
	has "bind:$2 .*N$2=64 .*kernelpagesize_kB=2048" cat "/proc/$pid/numa_maps"
}

disk() # SERIAL: the name of the disk, which is given anew at each boot
{
	lsblk -dno NAME,SERIAL | awk -v serial="$1" '$2 == serial { print $1 }'
}

# NVMe is plugged in when the lab host runs already, and udev may need a moment.
disks_are_there() # SERIAL...
{
	local serial
	for serial; do
		eventually 120 sh -c "lsblk -dno SERIAL | grep -qx '$serial'"
	done
}

scheduler_of() # SERIAL
{
	sed 's/.*\[\(.*\)\].*/\1/' "/sys/block/$(disk "$1")/queue/scheduler"
}

classed() # CLASS: what this host is for
{
	mkdir -p /etc/kvmtune
	printf '[kvmtune]\nworkload = %s\n' "$1" >/etc/kvmtune/kvmtune.conf
}

# --- all that kvmtune may change ----------------------------------------------------------------

persistent_files()
{
	# Not each of them is there.
	{ find /etc/sysctl.d /etc/modprobe.d /etc/tmpfiles.d /etc/udev/rules.d /etc/default /etc/modules-load.d \
		/etc/sysctl.conf /boot/grub/grub.cfg -type f 2>/dev/null || true; } | sort
}

# Which SCSI disk is sda changes from boot to boot.
by_serial()
{
	sed -e "s,/$(disk hdd)/,/hdd/," -e "s,/$(disk ssd)/,/ssd/,"
}

# Undo has to bring every line of this back, whatever the scenario is about.
state()
{
	local guest thread
	# What a host does not have is no failure.
	set +e +o pipefail
	grep -r . /sys/module/kvm/parameters /sys/kernel/mm/transparent_hugepage \
		/sys/devices/virtual/workqueue/cpumask /sys/devices/system/node/node*/hugepages/*/nr_hugepages \
		/sys/block/*/queue/{scheduler,nr_requests,wbt_lat_usec} /sys/block/*/queue/iosched \
		/sys/kernel/mm/ksm/{run,pages_to_scan,sleep_millisecs,merge_across_nodes} 2>/dev/null |
		grep -Ev "^/sys/block/$(disk nvme0)/.*wbt|khugepaged/(full_scans|pages_collapsed)|hugepages-[0-9]*kB/stats/" | by_serial | sort
	grep . /proc/sys/vm/{swappiness,min_free_kbytes,nr_overcommit_hugepages} /proc/sys/fs/aio-max-nr \
		/proc/sys/kernel/numa_balancing /proc/sys/net/netfilter/nf_conntrack_{max,buckets} 2>/dev/null
	# Who reads the time of a file sees it, but the time cannot be put back.
	persistent_files | xargs stat -c '%n %a %u %g'
	persistent_files | xargs sha256sum
	for guest in $(virsh list --all --name | sort); do
		virsh dumpxml --inactive "$guest"
		[ -e "/run/libvirt/qemu/$guest.pid" ] || continue
		for thread in /proc/"$(qemu_of "$guest")"/task/*; do
			echo "$guest $(sed 's/^worker$/other/' "$thread/comm") $(awk '/^Cpus_allowed_list/ { print $2 }' "$thread/status")"
		done | grep -E ' (CPU [0-9]+/|IO |qemu-system)' | sort -u
		echo "$guest weight $(weight_of "$guest")"
	done
	set -e -o pipefail
}

# --- deliberate faults --------------------------------------------------------------------------

# With FAULT=apply or FAULT=undo the verb says that all is well and does nothing.
kvmtune()
{
	case "$FAULT:$1" in
	apply:apply | apply:set | undo:undo | recover:recover | confirm:confirm | restart:restart)
		echo "fault: '$1' does nothing"
		return 0
		;;
	esac
	command kvmtune "$@"
}

# What is to last is lost.
lose_files()
{
	local file
	persistent_files | grep kvmtune | while read -r file; do
		rm "$file"
	done
}

# --- what kvmtune is told, unless the scenario says otherwise -----------------------------------

setup()
{
	:
}

told()
{
	# shellcheck disable=SC2086,SC2154 # words; set before
	kvmtune apply --yes $args
}

# Nothing is left to do, and what was done still holds.
settled()
{
	# shellcheck disable=SC2086
	has 'nothing to change' kvmtune plan $args
	kvmtune verify
}

undo()
{
	kvmtune undo
}
