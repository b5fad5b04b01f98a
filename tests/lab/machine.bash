#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
#
# The part of lab that starts and ends lab hosts.

# What stays the same over the boots of a lab host, and has to be found again in one that starts
# from a saved one.
parameters="LAB_MEM LAB_CPUS LAB_THREADS LAB_DIST LAB_OFFLINE LAB_CPU LAB_KERNEL LAB_QEMU LAB_APPEND"

print_parameters()
{
	local name
	for name in $parameters; do
		printf '%s=%q\n' "$name" "${!name}"
	done
}

# Memory is files in a tmpfs whose name follows from the folder of the lab host.
memory_folder()
{
	echo "$LAB_MEMDIR/kvmtune-lab.$(digest <<<"$run")"
}

# The answers on standard output; fails at the first error.
qmp() # JSON...
{
	# shellcheck disable=SC2016 # a program in Perl
	(cd "$run" && perl -MIO::Socket::UNIX -e '
		alarm 60;
		my $socket = IO::Socket::UNIX->new(Peer => "qmp.sock") or die "qmp: $!\n";
		$socket->autoflush; <$socket>;
		for my $command ("{\"execute\":\"qmp_capabilities\"}", @ARGV) {
			print $socket "$command\n";
			while (<$socket>) {
				next if /"event":/;
				print if $command !~ /qmp_cap/;
				/^\{"error"/ and exit 1;
				last;
			}
		}' "$@")
}

# --- what the machine is made of: each function adds to the array q -----------------------------

# Nodes, their CPUs, memory and distances.  @from: folder of the memory, @share: on or off.
add_nodes() # FROM SHARE
{
	local from=$1 share=$2 mems cpus rows row i j first=0 sockets=0 each=0 total=0 distance n
	IFS=, read -r -a mems <<<"$LAB_MEM"
	IFS=, read -r -a cpus <<<"$LAB_CPUS"
	nodes=${#mems[@]}
	n=${#cpus[@]}
	for ((i = 0; i < nodes; i++)); do
		# One number counts for all nodes.
		[ "$n" -gt 1 ] || cpus[i]=${cpus[0]}
		q+=(-object
			"memory-backend-file,id=m$i,size=${mems[i]}M,mem-path=$from/m$i,share=$share")
		if ((cpus[i])); then
			q+=(-numa "node,nodeid=$i,memdev=m$i,cpus=$first-$((first + cpus[i] - 1))")
			sockets=$((sockets + 1))
			each=${cpus[i]}
		else
			q+=(-numa "node,nodeid=$i,memdev=m$i")
		fi
		first=$((first + cpus[i]))
		total=$((total + mems[i]))
	done
	n_cpus=$first
	IFS=/ read -r -a rows <<<"$LAB_DIST"
	for ((i = 0; i < nodes; i++)); do
		IFS=, read -r -a row <<<"${rows[i]:-}"
		for ((j = 0; j < nodes; j++)); do
			distance=$((i == j ? 10 : 20))
			q+=(-numa "dist,src=$i,dst=$j,val=${row[j]:-$distance}")
		done
	done
	q+=(-m "${total}M" -smp "$n_cpus,sockets=$sockets,cores=$((each / LAB_THREADS)),threads=$LAB_THREADS")
}

# Disks: the root, and for schedulers a virtio disk, a turning disk and an SSD on SCSI, and NVMe.
# vdb and eth1 sit behind PCIe hosts that say which node they are near.
add_disks()
{
	local cache=unsafe name
	[ "$LAB_SAFE" = 0 ] || cache=writeback
	near_disk=,bus=pcie.0,addr=0x14
	near_net=,bus=pcie.0,addr=0x15
	if ((nodes > 1)); then
		q+=(-device "pxb-pcie,id=px1,bus_nr=64,numa_node=1,bus=pcie.0,addr=0x10"
			-device "pcie-root-port,id=rp3,bus=px1,chassis=3,addr=0x0"
			-device "pxb-pcie,id=px2,bus_nr=128,numa_node=$((nodes > 2 ? 2 : 0)),bus=pcie.0,addr=0x11"
			-device "pcie-root-port,id=rp4,bus=px2,chassis=4,addr=0x0")
		near_disk=,bus=rp3
		near_net=,bus=rp4
	fi
	q+=(-object "iothread,id=io0"
		-drive "if=none,id=root,file=root.qcow2,format=qcow2,cache=$cache,aio=threads,discard=unmap"
		-device "virtio-blk-pci,drive=root,serial=root,iothread=io0,num-queues=2,bus=pcie.0,addr=0x4,bootindex=1")
	for name in vdb hdd ssd nvme; do
		q+=(-drive "if=none,id=$name,file=$name.qcow2,format=qcow2,cache=$cache,discard=unmap")
	done
	q+=(-device "virtio-blk-pci,drive=vdb,serial=vdb,num-queues=4$near_disk"
		-device "virtio-scsi-pci,id=scsi0,bus=pcie.0,addr=0x6"
		-device "scsi-hd,drive=hdd,bus=scsi0.0,scsi-id=0,rotation_rate=7200,serial=hdd"
		-device "scsi-hd,drive=ssd,bus=scsi0.0,scsi-id=1,rotation_rate=1,serial=ssd")
}

# eth0: user-mode network from which nothing leaves this machine.  eth1: the wire between hosts.
add_network() # INDEX-IN-HEX
{
	local forward='' port
	for port in $LAB_FORWARD; do
		forward+=",hostfwd=tcp:127.0.0.1:${port%%:*}-:${port#*:}"
	done
	q+=(-netdev "user,id=n0,restrict=on$forward"
		-device "virtio-net-pci,netdev=n0,mac=52:54:00:1a:b0:$1,romfile=,bus=pcie.0,addr=0x8")
	if [ -n "$LAB_LINK" ]; then
		q+=(-netdev "stream,id=n1,server=off,addr.type=unix,addr.path=../$LAB_LINK/link.sock")
	else
		q+=(-netdev "stream,id=n1,server=on,addr.type=unix,addr.path=link.sock")
	fi
	q+=(-device "virtio-net-pci,netdev=n1,mac=52:54:00:1a:b1:$1,romfile=$near_net")
}

# The agent's ports, the console, QMP, randomness, and two ports for what is plugged in later.
add_channels()
{
	local i
	q+=(-device "virtio-serial-pci,id=vs,max_ports=8,bus=pcie.0,addr=0xa")
	for i in 1 2 3 4; do
		q+=(-chardev "socket,id=lab$i,path=lab.$i.sock,server=on,wait=off"
			-device "virtserialport,bus=vs.0,chardev=lab$i,name=lab.$i")
	done
	# shellcheck disable=SC2054 # options of QEMU
	q+=(-chardev "socket,id=con,path=console.sock,server=on,wait=off,logfile=console.log,logappend=on"
		-serial chardev:con
		-chardev "socket,id=mon,path=qmp.sock,server=on,wait=off" -mon "chardev=mon,mode=control"
		-object rng-builtin,id=rng0 -device "virtio-rng-pci,rng=rng0,bus=pcie.0,addr=0xb"
		-device "pcie-root-port,id=rp1,chassis=1,bus=pcie.0,addr=0xc"
		-device "pcie-root-port,id=rp2,chassis=2,bus=pcie.0,addr=0xd")
}

add_kernel() # INDEX-IN-HEX
{
	local append
	if [ "$LAB_BOOT" = grub ]; then
		q+=(-kernel "$image/grub.lnx")
		return
	fi
	# mitigations=off: TCG does not speculate, and it is faster.
	append="console=ttyS0 rw net.ifnames=0 mitigations=off nokaslr nowatchdog tsc=reliable"
	append+=" random.trust_cpu=on memhp_default_state=online quiet loglevel=4"
	append+=" systemd.hostname=$LAB_NAME systemd.machine_id=4c4142000000400080000000000000$1"
	# A busy machine makes everything slow; nothing fails for that.
	append+=" systemd.show_status=0 systemd.default_timeout_start_sec=600 udev.children_max=2"
	append+=" lab.index=$LAB_INDEX"
	append+="${LAB_OFFLINE:+ lab.offline=$LAB_OFFLINE}${LAB_APPEND:+ $LAB_APPEND}"
	q+=(-kernel "$image/vmlinux" -initrd "$image/initramfs" -append "$append")
}

# --- starting -----------------------------------------------------------------------------------

make_disks() # FOLDER-OF-SAVED or ""
{
	local name
	if [ -n "$1" ]; then
		for name in root vdb hdd ssd; do
			qemu-img create -q -f qcow2 -b "$1/$name.qcow2" -F qcow2 "$run/$name.qcow2"
		done
	else
		qemu-img create -q -f qcow2 -b "$image/root.img" -F raw "$run/root.qcow2"
		for name in vdb hdd ssd; do
			qemu-img create -q -f qcow2 "$run/$name.qcow2" 2G
		done
	fi
	qemu-img create -q -f qcow2 "$run/nvme.qcow2" 2G
}

# Loads what was saved: only the devices' state, the memory is mapped already.
load_state() # FOLDER
{
	local i
	for ((i = 0; i < 200; i++)); do
		[ ! -S "$run/qmp.sock" ] || break
		sleep 0.05
	done
	qmp '{"execute":"migrate-set-capabilities","arguments":{"capabilities":[{"capability":"x-ignore-shared","state":true}]}}' \
		"{\"execute\":\"migrate-incoming\",\"arguments\":{\"uri\":\"exec:cat $1/state\"}}" >/dev/null ||
		return 1
	# It was saved stopped, and comes back so.
	for ((i = 0; i < 600; i++)); do
		case $(qmp '{"execute":"query-status"}') in
		*'"status": "inmigrate"'*) sleep 0.05 ;;
		*) break ;;
		esac
	done
	qmp '{"execute":"cont"}' >/dev/null
}

wait_for_shell() # SINCE
{
	until client 1 <<<: 2>/dev/null; do
		if ! alive; then
			tail -n 5 "$run/qemu.log" >&2
			die "QEMU has ended"
		fi
		if awk -v from="$1" -v to="$(now)" -v limit="$LAB_UP_LIMIT" \
			'BEGIN { exit to - from <= limit }'; then
			mkdir -p "$dir/failed"
			cp "$run/console.log" "$dir/failed/$LAB_NAME.console"
			die "no shell after $LAB_UP_LIMIT s; console: $dir/failed/$LAB_NAME.console"
		fi
		sleep 0.1
	done
	say "$LAB_NAME: shell after $(since "$1")"
}

boots_so_far()
{
	local boots
	boots=$(grep -ac 'LAB initramfs' "$run/console.log" 2>/dev/null) || true
	echo "${boots:-0}"
}

# Now and then Linux hangs under TCG while it starts its CPUs, long before it looks at a disk.
hangs() # BOOTS-BEFORE
{
	local i
	for ((i = 0; i < 1200; i++)); do
		[ "$(boots_so_far)" = "$1" ] && alive || return 1
		sleep 0.1
	done
}

# Starts QEMU on the disks of $run.  With a saved lab host its memory and devices' state too.
launch() # FOLDER-OF-SAVED or "", "again" for the second try
{
	local from=$1 again=${2:-} boots started
	local memory memory_from share=on q=() nodes n_cpus near_disk near_net index i
	started=$(now)
	boots=$(boots_so_far)
	memory=$(memory_folder)
	rm -rf --one-file-system "$memory"
	mkdir -m 700 "$memory"
	echo "$run" >"$memory/home"
	memory_from=$memory
	if [ -n "$from" ] && [ "$LAB_COPY" = 1 ]; then
		cp --sparse=always "$from"/m[0-9]* "$memory/"
	elif [ -n "$from" ]; then
		memory_from=$from share=off
	fi
	index=$(printf %02x "$LAB_INDEX")
	cd "$run"
	rm -f ./*.sock ./*.sock.lock
	q=(-name "$LAB_NAME" -nodefaults -no-user-config -display none -no-reboot
		-machine "q35,usb=off,vmport=off,smbus=off" -cpu "$LAB_CPU"
		-accel "tcg,thread=multi,tb-size=512"
		-uuid "4c414200-0000-4000-8000-0000000000$index"
		-smbios "type=1,manufacturer=lab,product=lab,serial=$LAB_NAME")
	add_nodes "$memory_from" "$share"
	add_disks
	add_network "$index"
	add_channels
	add_kernel "$index"
	"$here/power-table" "$n_cpus" power.aml
	q+=(-acpitable "file=power.aml")
	# shellcheck disable=SC2206 # words
	q+=($LAB_QEMU)
	[ -z "$from" ] || q+=(-incoming defer)
	printf '%q ' qemu-system-x86_64 "${q[@]}" >command-line
	# The locks last as long as QEMU: 8 for the image, 9 for this lab host.
	(
		flock -s 8
		flock -w 10 9 || exit 1
		exec setsid qemu-system-x86_64 "${q[@]}" </dev/null >>qemu.log 2>&1
	) 8>>"$image/lock" 9>>alive &
	echo $! >pid
	disown
	for ((i = 0; i < 100; i++)); do
		! alive || break
		sleep 0.02
	done
	if [ -n "$from" ] && ! load_state "$from"; then
		tail -n 5 qemu.log >&2
		die "cannot start from ${from##*/}"
	fi
	if [ -z "$from$again" ] && [ "$LAB_BOOT" != grub ] && hangs "$boots"; then
		say "$LAB_NAME: hangs before its initramfs, once more"
		kill_qemu
		launch '' again
		return
	fi
	wait_for_shell "$started"
	if [ -n "$from" ]; then
		# Another name, address and time than those of the saved one.
		client 60 <<<"date -s @$EPOCHREALTIME >/dev/null; lab-setup $LAB_NAME $LAB_INDEX; $go_on"
	fi
	plug_in
}

# What QEMU cannot save (NVMe, vhost-user-fs) is plugged in when the lab host runs.
plug_in()
{
	local daemon=/usr/lib/qemu/virtiofsd i
	qmp '{"execute":"device_add","arguments":{"driver":"nvme","drive":"nvme","serial":"nvme0","bus":"rp1","id":"nvme0"}}' >/dev/null
	[ -n "$LAB_SHARE" ] || return 0
	[ -x "$daemon" ] || daemon=$(command -v virtiofsd) || die "no virtiofsd"
	cd "$run"
	"$daemon" --socket-path=share.sock -o "source=$(readlink -f "$LAB_SHARE")" -o cache=auto \
		-o sandbox=chroot >virtiofsd.log 2>&1 </dev/null &
	echo $! >virtiofsd.pid
	disown
	for ((i = 0; i < 100; i++)); do
		[ ! -S share.sock ] || break
		sleep 0.05
	done
	qmp '{"execute":"chardev-add","arguments":{"id":"share","backend":{"type":"socket","data":{"addr":{"type":"unix","data":{"path":"share.sock"}},"server":false}}}}' \
		'{"execute":"device_add","arguments":{"driver":"vhost-user-fs-pci","chardev":"share","tag":"share","queue-size":1024,"bus":"rp2","id":"share"}}' >/dev/null
	client 60 <<-'END'
		mkdir -p /share
		modprobe virtiofs
		for i in $(seq 100); do
			mount -t virtiofs -o ro share /share 2>/dev/null && exit 0
			sleep 0.1
		done
		echo 'no /share' >&2
		exit 1
	END
}

cmd_up()
{
	local image from=''
	cmd_build
	image=$(image)
	touch "$image"
	! alive || die "$LAB_NAME runs already"
	[ -e "${LAB_OWNER:-/}" ] || die "the run that wants $LAB_NAME has ended"
	[ "$LAB_FROM" != auto ] || LAB_FROM=$(booted "$image")
	if [ -n "$LAB_FROM" ]; then
		from=$image/saved/$LAB_FROM
		[ -s "$from/state" ] || die "no saved lab host '$LAB_FROM'"
		touch "$from"
		print_parameters | diff "$from/parameters" - >&2 || die "'$LAB_FROM' is another machine"
	fi
	cmd_down
	trap 'cmd_down; exit 130' HUP INT TERM
	mkdir -p "$run"
	chmod 700 "$run"
	echo "$image" >"$run/image"
	print_parameters >"$run/parameters"
	make_disks "$from"
	launch "$from"
	trap - HUP INT TERM
}

# The parameters of a lab host that was started before.
recall()
{
	[ -s "$run/parameters" ] || die "no lab host '$LAB_NAME'"
	# shellcheck disable=SC1091 # written by cmd_up
	. "$run/parameters"
	image=$(cat "$run/image")
}

cmd_start()
{
	local image
	recall
	! alive || die "$LAB_NAME runs already"
	launch ''
}

end_virtiofsd()
{
	[ ! -s "$run/virtiofsd.pid" ] || kill "$(cat "$run/virtiofsd.pid")" 2>/dev/null || true
	rm -f "$run/virtiofsd.pid"
}

kill_qemu()
{
	local i
	alive || return 0
	kill -KILL "$(cat "$run/pid")" 2>/dev/null || true
	for ((i = 0; i < 500; i++)); do
		alive || return 0
		sleep 0.02
	done
	die "$LAB_NAME does not end"
}

cmd_cut()
{
	kill_qemu
	end_virtiofsd
}

cmd_reboot()
{
	local image i
	recall
	alive || die "$LAB_NAME does not run"
	# QEMU ends with -no-reboot; the command may be cut off with it.
	client 20 <<<'sync; systemctl reboot --no-block' >/dev/null 2>&1 || true
	for ((i = 0; i < 900; i++)); do
		alive || break
		sleep 0.1
	done
	if alive; then
		die "$LAB_NAME does not shut down"
	fi
	end_virtiofsd
	launch ''
}

cmd_down()
{
	kill_qemu
	end_virtiofsd
	rm -rf --one-file-system "$(memory_folder)"
	rm -rf --one-file-system "$run"
}
