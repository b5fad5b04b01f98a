#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
#
# The course of the scenarios guide-*: a new Debian that has no finding, on which somebody follows a
# tuning guide to the letter.  What kvmtune says then is what docs/guides.md says of its claims.
#
# A scenario has follow(), what the guide says of the host, and predicted(), the findings that come
# of it, as "severity id: summary"; devices and numbers are those of the lab host.

# shellcheck disable=SC2016 # a program in Perl
findings()
{
	kvmtune audit --json | perl -MJSON::PP -e '
		local $/;
		print "$_->{severity} $_->{practice}: $_->{summary}\n"
			for grep { $_->{verdict} eq "finding" } @{decode_json(<STDIN>)->{results}};' | sort
}

# Guests that nobody can say anything against.
new_host()
{
	local guest
	# The least that a host keeps for itself is meant for larger ones.
	mkdir -p /etc/kvmtune
	cat >/etc/kvmtune/kvmtune.conf <<-'END'
		[params]
		host.hugepages-pool/reserve_min_mib = 256
		host.hugepages-pool/node_reserve_mib = 128
		host.memory-reserve/reserve_min_mib = 256
	END
	for guest in kvm1 kvm2; do
		define_guest $guest general -m 128 -b 0 -C "<cpu mode='host-passthrough'/>" \
			-d "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"
	done
	findings >/tmp/findings.before
	is '' cat /tmp/findings.before
}

follow_it()
{
	# A command of a guide that fails goes on with the next one, as by hand.
	set +e
	[ "$FAULT" = forget ] || follow
	set -e
}

as_predicted()
{
	findings >/tmp/findings.after
	predicted | sort | diff -U0 - /tmp/findings.after || complain "the findings are not as predicted (-: predicted, +: found)"
}

# What can be changed is changed, and put back.
mended()
{
	kvmtune apply --yes
	findings >/tmp/findings.left
	left | sort | diff -U0 - /tmp/findings.left || complain "other findings are left than predicted (-: predicted, +: found)"
	# Where there was something to do.
	[ -z "$(last_state)" ] || kvmtune undo
	as_predicted
}

# What only the administrator can decide, and what waits for a boot.
left()
{
	predicted
}

play()
{
	stage "start" up
	stage "new host" inside new_host
	stage "follow the guide" inside follow_it
	stage "as predicted" inside as_predicted
	stage "mend, and back" inside mended
}
