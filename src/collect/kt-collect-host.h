/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The facts of the host, from any root.
 *
 * Files are read through the root only. The processors are found by hwloc: on the running machine
 * and in a plain directory it reads sysfs itself, so what it found is given back as XML, and that
 * XML takes its place when a recording is replayed. Nothing is executed and no device is opened.
 */

#include "kt-facts.h"
#include "kt-root.h"

/* Fills @facts->host. @topology_xml (hwloc's XML, version 2; may be NULL) is used instead of
 * discovery. @ret_topology_xml (may be NULL) gets the topology that was used, free with g_free;
 * NULL when there is none, and cpu.list, cpu.l3 and nodes say why by their state then.
 *
 * hwloc is told by the environment where to look: its variables are dropped for good by the first
 * call, and HWLOC_FSROOT is set during a call for a directory that is not "/". No other thread may
 * use the environment then.
 *
 * Errors: PARSE when @topology_xml is no topology. */
bool kt_collect_host(KtFacts *facts, KtRoot *root, const char *topology_xml,
		     char **ret_topology_xml, GError **error) KT_WARN_UNUSED;
