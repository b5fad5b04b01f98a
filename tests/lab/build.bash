#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
#
# The part of lab that makes images.  An image is a folder image-KEY, where KEY is made of all
# that goes into it: checkouts that differ do not disturb each other.

# What a KVM server has, what kvmtune needs to run there, and a boot loader.
packages="systemd systemd-sysv systemd-container dbus udev kmod libpam-systemd
 iproute2 iputils-ping ethtool procps util-linux netcat-openbsd socat apparmor nftables
 libvirt-daemon-system libvirt-daemon-driver-qemu libvirt-clients dnsmasq-base
 qemu-system-x86 qemu-utils qemu-guest-agent numactl nbd-client busybox-static
 libeatmydata1 sasl2-bin libsasl2-modules openssh-server openssh-client e2fsprogs xfsprogs btrfs-progs
 grub-common grub2-common grub-pc-bin
 libglib2.0-0 libxml2 libhwloc15 libjansson4 libsmartcols1 libarchive13"

# Drivers that a virtual server cannot need: they cost space and time.
useless="sound drivers/media drivers/gpu drivers/infiniband drivers/staging drivers/iio
 drivers/usb/gadget drivers/isdn drivers/mtd drivers/hid drivers/input drivers/bluetooth
 drivers/thunderbolt drivers/ufs drivers/mmc drivers/video drivers/comedi drivers/firewire
 drivers/pcmcia drivers/leds drivers/rtc drivers/hwmon drivers/w1 drivers/spi drivers/gpio
 drivers/regulator drivers/power drivers/mfd drivers/extcon drivers/pinctrl drivers/net/wireless
 drivers/net/can drivers/net/usb drivers/net/hamradio drivers/net/wan drivers/net/ieee802154
 drivers/net/fddi drivers/net/arcnet net/bluetooth net/mac80211 net/wireless net/can net/nfc
 net/ax25 net/netrom net/rose net/batman-adv net/ieee802154 net/mac802154
 drivers/net/ethernet/mellanox drivers/net/ethernet/chelsio drivers/net/ethernet/qlogic
 drivers/net/ethernet/broadcom drivers/net/ethernet/netronome drivers/net/ethernet/sfc
 drivers/net/ethernet/cavium drivers/net/ethernet/marvell drivers/net/ethernet/cisco
 fs/ocfs2 fs/gfs2 fs/ceph fs/afs fs/coda fs/reiserfs fs/jfs fs/hfs fs/hfsplus fs/ufs fs/ubifs
 fs/jffs2 fs/udf fs/nilfs2 fs/f2fs fs/cifs fs/orangefs fs/dlm"

digest()
{
	sha256sum | cut -c1-12
}

# For another Debian than this machine's: options of apt for lists of packages of its own, from
# the same mirror.  They stay as they are for a week, so that not each new kernel makes a new image.
apt_options()
{
	local own mirror lists=$dir/apt-$LAB_SUITE options
	own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	[ "$LAB_SUITE" != "$own" ] || return 0
	options="-oDir::Etc::SourceList=$lists/sources.list -oDir::Etc::SourceParts=-"
	options+=" -oDir::State::Lists=$lists/lists -oDir::Cache=$lists/cache"
	if [ -z "$(find "$lists/fresh" -mtime -7 2>/dev/null)" ]; then
		mkdir -p "$lists/lists/partial" "$lists/cache/archives/partial"
		# shellcheck disable=SC2016 # apt's own variable
		mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
		echo "deb $mirror $LAB_SUITE main" >"$lists/sources.list"
		# shellcheck disable=SC2086 # options
		apt-get $options -q update >"$lists/log" 2>&1 && touch "$lists/fresh"
	fi
	echo "$options"
}

# The package of the newest kernel that the lists of packages know.
kernel_package()
{
	# shellcheck disable=SC2046 # options
	apt-cache $(apt_options) depends "linux-image-$LAB_KERNEL" 2>/dev/null |
		awk '$1 == "Depends:" { print $2; exit }'
}

# The folder of the image for these scripts and this kernel, whether it is there or not.
image_of() # PACKAGE
{
	local key
	key=$(cat "$here/build.bash" "$here"/inside/* - <<<"$1 $LAB_SUITE" | digest)
	echo "$dir/image-$LAB_KERNEL-$key"
}

# Prints the folder of the image to use; without lists of packages the newest that is there.
image()
{
	local package found
	if [ -n "${LAB_IMAGE:-}" ]; then
		echo "$LAB_IMAGE"
		return
	fi
	package=$(kernel_package)
	if [ -n "$package" ]; then
		image_of "$package"
		return
	fi
	# shellcheck disable=SC2012 # our own names
	found=$(ls -td "$dir/image-$LAB_KERNEL"-*/ 2>/dev/null | head -n 1)
	[ -n "$found" ] || die "no package linux-image-$LAB_KERNEL: run 'apt-get update'"
	echo "${found%/}"
}

# Prints the uncompressed kernel.  QEMU starts it at its PVH entry, which spares the lab host,
# and its guests above all, the unpacking.
vmlinux_of() # BZIMAGE
{
	# shellcheck disable=SC2016 # a program in Perl
	perl -e '
		open my $in, "<:raw", $ARGV[0] or die; local $/; my $b = <$in>;
		my $setup = unpack("C", substr $b, 0x1f1, 1) || 4;
		my ($offset, $length) = unpack "VV", substr $b, 0x248, 8;
		my $packed = substr $b, ($setup + 1) * 512 + $offset, $length;
		my %tool = ("\x02\x21" => "lz4 -dc", "\xfd7" => "xz -dc --single-stream",
			"\x28\xb5" => "zstd -dc", "\x1f\x8b" => "gzip -dc");
		my $tool = $tool{substr $packed, 0, 2} or die "unknown compression of the kernel\n";
		open my $out, "|-", "$tool 2>/dev/null" or die; print $out $packed; close $out;' "$1"
}

# Busybox, INIT and the modules (those that are modules in this kernel), in the order to load
# them; and what is in MORE.
initramfs() # OUT ROOT VERSION INIT MODULES [MORE]
{
	local out=$1 root=$2 version=$3 init=$4 modules=$5 more=${6:-} folder module file
	folder=$(mktemp -d "$work/initramfs.XXXXXX")
	mkdir -p "$folder"/{bin,dev,proc,sys,root,run,tmp,etc,modules}
	cp "$root/usr/bin/busybox" "$folder/bin/" 2>/dev/null || cp "$root/bin/busybox" "$folder/bin/"
	ln -s busybox "$folder/bin/sh"
	cp "$init" "$folder/init"
	for module in $modules; do
		modprobe -d "$root" -S "$version" --show-depends "$module" 2>/dev/null || true
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
		# Busybox takes them only as they are.
		case $file in
		*.xz) xz -dc "$file" >"$folder/modules/$(basename "$file" .xz)" ;;
		*) cp "$file" "$folder/modules/" ;;
		esac
		echo "/modules/$(basename "$file" .xz)" >>"$folder/etc/load-order"
	done
	touch "$folder/etc/load-order"
	[ -z "$more" ] || cp -a "$more/." "$folder/"
	(cd "$folder" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) >"$out"
	rm -rf "$folder"
}

# The root file system from Debian's packages alone, as a tar that outlives changes of scripts.
base_tar()
{
	local base
	# shellcheck disable=SC2086 # words
	base=$dir/base-$(echo $packages $LAB_SUITE | digest).tar
	if [ ! -s "$base" ]; then
		say "root file system of $LAB_SUITE"
		# shellcheck disable=SC2086
		mmdebstrap --quiet --variant=essential --aptopt='Acquire::Languages "none"' \
			--dpkgopt='path-exclude=/usr/share/doc/*' \
			--dpkgopt='path-exclude=/usr/share/man/*' \
			--dpkgopt='path-exclude=/usr/share/locale/*' \
			--include="$(echo $packages | tr ' ' ',')" "$LAB_SUITE" "$work/base.tar" \
			>"$work/mmdebstrap.log" 2>&1 </dev/null || {
			tail -n 20 "$work/mmdebstrap.log" >&2
			die "mmdebstrap failed"
		}
		mv "$work/base.tar" "$base"
	fi
	touch "$base"
	echo "$base"
}

fetch_kernel() # PACKAGE VERSION: into $work/kernel, $work/vmlinux
{
	local part
	say "kernel $2"
	# shellcheck disable=SC2046 # options
	(cd "$work" && apt-get $(apt_options) download -q "$1" >download.log 2>&1) || {
		tail -n 3 "$work/download.log" >&2
		die "cannot download $1"
	}
	dpkg-deb -x "$work/$1"_*.deb "$work/kernel"
	# Newer packages name the folder where /lib leads.
	[ -d "$work/kernel/lib" ] || ln -s usr/lib "$work/kernel/lib"
	vmlinux_of "$work/kernel/boot/vmlinuz-$2" >"$work/vmlinux"
	[ "$(head -c4 "$work/vmlinux" | tail -c3)" = ELF ] || die "could not unpack the kernel"
	for part in $useless; do
		rm -rf "$work/kernel/lib/modules/$2/kernel/$part"
	done
}

# What the guests of the lab host boot: its own kernel, busybox and the guest agent.
guest_files() # ROOT VERSION
{
	local root=$1 more=$work/guest library
	mkdir -p "$more/usr/sbin" "$root/srv/lab"
	cp "$root/usr/sbin/qemu-ga" "$more/usr/sbin/"
	for library in $(chroot "$root" ldd /usr/sbin/qemu-ga | grep -o '/[^ ]*'); do
		mkdir -p "$more${library%/*}"
		cp -L "$root$library" "$more$library"
	done
	initramfs "$root/srv/lab/initramfs" "$root" "$2" "$here/inside/guest-init" \
		"virtio_pci virtio_blk virtio_net virtio_console virtio_balloon virtio_scsi sd_mod" \
		"$more"
	cp "$work/vmlinux" "$root/srv/lab/vmlinux"
}

# GRUB on the disk as Debian keeps it, and its core as a file that QEMU takes for a kernel: a lab
# host can boot as a server does, by what update-grub has written.
boot_files() # ROOT VERSION
{
	local root=$1 version=$2
	cp "$work/kernel/boot/vmlinuz-$version" "$work/kernel/boot/config-$version" "$root/boot/"
	cp "$work/initramfs" "$root/boot/initrd.img-$version"
	mkdir -p "$root/boot/grub/i386-pc"
	cp "$root"/usr/lib/grub/i386-pc/*.{mod,lst} "$root/boot/grub/i386-pc/"
	cat >"$root/tmp/grub-early.cfg" <<-'END'
		search --no-floppy --label --set=root labroot
		set prefix=($root)/boot/grub
		configfile $prefix/grub.cfg
	END
	chroot "$root" grub-mkimage -O i386-pc -c /tmp/grub-early.cfg -o /tmp/core.img \
		-p /boot/grub biosdisk ext2 search search_label configfile normal linux serial \
		terminal echo test sleep ls minicmd
	cat "$root/usr/lib/grub/i386-pc/lnxboot.img" "$root/tmp/core.img" >"$work/grub.lnx"
	rm "$root/tmp/grub-early.cfg" "$root/tmp/core.img"
}

make_image() # PACKAGE TARGET
{
	local package=$1 target=$2 version root from
	version=${package#linux-image-}
	from=$(now)
	mkdir -p "$dir"
	work=$(mktemp -d "$dir/tmp.XXXXXX")
	chmod 755 "$work"
	trap 'rm -rf --one-file-system "$work"' EXIT
	trap 'exit 130' HUP INT TERM
	root=$work/root

	fetch_kernel "$package" "$version"
	mkdir "$root"
	tar -C "$root" --numeric-owner -xf "$(base_tar)"
	mkdir -p "$root/usr/lib/modules"
	mv "$work/kernel/lib/modules/$version" "$root/usr/lib/modules/"
	depmod -b "$root" "$version"
	"$here/inside/customize" "$root" "$here/inside" "$dir"
	initramfs "$work/initramfs" "$root" "$version" "$here/inside/host-init" \
		"virtio_pci virtio_blk virtio_net virtio_console crc32c_generic ext4"
	guest_files "$root" "$version"
	boot_files "$root" "$version"

	say "image"
	truncate -s 3G "$work/root.img"
	mke2fs -q -t ext4 -J size=16 -E lazy_itable_init=0,lazy_journal_init=0,nodiscard -m 0 \
		-L labroot -d "$root" "$work/root.img"
	mkdir "$work/image"
	mv "$work/root.img" "$work/vmlinux" "$work/initramfs" "$work/grub.lnx" "$work/image/"
	touch "$work/image/lock"
	mv "$work/image" "$target"
	rm -rf --one-file-system "$work"
	trap - EXIT HUP INT TERM
	say "built in $(since "$from"): $(du -sh "$target/root.img" | cut -f1)"
}

cmd_image()
{
	image
}

cmd_build()
{
	local package target
	target=$(image)
	[ ! -s "$target/root.img" ] || return 0
	mkdir -p "$dir"
	package=$(kernel_package)
	(
		flock 9
		[ -s "$target/root.img" ] || make_image "$package" "$target"
	) 9>"$dir/build.lock"
}

# Images of other checkouts and times go when nobody has used them for two weeks, or when they
# are none of the three newest.  Whoever uses one holds its lock.
sweep_images()
{
	local folder number=0
	[ -d "$dir" ] || return 0
	(
		flock -n 9 || exit 0
		rm -rf --one-file-system "$dir"/tmp.*
		# shellcheck disable=SC2012 # our own names
		ls -td "$dir"/image-*/ 2>/dev/null | while read -r folder; do
			number=$((number + 1))
			[ "$number" -gt 3 ] || [ -n "$(find "$folder" -maxdepth 0 -mtime +14)" ] || continue
			flock -n "$folder/lock" rm -rf --one-file-system "$folder" || true
		done
		find "$dir" -maxdepth 1 -name 'base-*.tar' -mtime +14 -delete
		find "$dir"/image-*/saved -mindepth 1 -maxdepth 1 -type d -mtime +7 \
			-exec rm -rf --one-file-system {} + 2>/dev/null
	) 9>"$dir/build.lock"
}
