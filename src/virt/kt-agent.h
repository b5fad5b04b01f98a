/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Commands to the agent in a guest that libvirt has no call for, and what of the answers has one
 * form for all who ask. The guest may be an enemy of the host: answers are checked, and an error
 * never repeats more of them than a line.
 *
 * libvirt marks a guest that was asked this way as tainted (custom-ga-command) until it stops.
 * To be called in a worker of kt-virt-conn.h.
 */

#include "kt-json.h"
#include "kt-opt.h"

#include <libvirt/libvirt.h>

/* Name of the channel that the agent listens on (QEMU, docs/interop/qemu-ga.rst). */
#define KT_AGENT_CHANNEL "org.qemu.guest_agent.0"

/* What the agent returns to @command with @arguments (taken; may be NULL), within @seconds. New
 * reference. Errors: TIMEOUT (no answer), UNSUPPORTED (it does not know the command, or is not
 * allowed to), PARSE, LIBVIRT. */
KtJson *kt_agent_ask(virDomainPtr domain, const char *command, KtJson *arguments, int seconds,
		     GError **error) KT_WARN_UNUSED;

/* The value of "return" in @text, as kt_agent_ask() gives it. */
KtJson *kt_agent_parse(const char *text, size_t length, GError **error) KT_WARN_UNUSED;

/* What guest-get-memory-blocks returned: the numbers of all blocks, and of those in use. They are
 * kept as a CPU set is: Linux on x86 has blocks of 128 MiB, and of 2 GiB from 64 GiB of memory on
 * (arch/x86/mm/init_64.c, probe_memory_block_size), which is enough for 1 TiB, or 16 TiB. Error:
 * PARSE; also for a number beyond, or that is there twice. */
bool kt_agent_blocks(const KtJson *blocks, KtCpuset *ret_all, KtCpuset *ret_online, GError **error)
	KT_WARN_UNUSED;

/* virDomainGetGuestVcpus(), tried again while libvirt may still reach the agent: below 0 with
 * libvirt's error. */
int kt_agent_vcpus(virDomainPtr domain, virTypedParameterPtr *ret_params, unsigned *ret_n);

/* What the failure of a question means for the fact: as kt_virt_state(), and DENIED for a command
 * that the guest's owner has switched off, ABSENT for one that the agent does not know. */
KtState kt_agent_state(const GError *error);

/* libvirt's calls that ask the agent wait for its answer as long as it takes, unless they are told
 * otherwise: for all programs that ask this guest's agent, until they are told again. So the limit
 * stands only around a call, and then libvirt's default does (a backup program may freeze file
 * systems for minutes); what it was before cannot be learnt. */
bool kt_agent_limit(virDomainPtr domain, int seconds, GError **error) KT_WARN_UNUSED;
void kt_agent_unlimit(virDomainPtr domain);
