#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
#
# Making guests in the lab host: a part of the prelude of its own, since saved states depend on it.

# A guest whose class and more stand in its XML; lab-guest says which options there are.
define_guest() # NAME CLASS OPTION...
{
	local name=$1 class=$2 metadata
	shift 2
	metadata="<metadata><kvmtune:tune xmlns:kvmtune='https://kvmtune.org/xmlns/domain/1.0' class='$class'/></metadata>"
	lab-guest "$name" -n "$metadata" "$@" >"/tmp/$name.xml"
	virsh -q define "/tmp/$name.xml" >/dev/null
}

start_guest() # NAME
{
	virsh -q start "$1" >/dev/null
	lab-guest "$1" -W 250 >/dev/null
}
