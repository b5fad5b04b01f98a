/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Asking the agents inside guests. Not part of kt_virt_fetch(): it talks to the guests, takes a
 * connection that may write (libvirt lets nobody else ask an agent), and a guest can keep it
 * waiting.
 *
 * Only running guests with a connected agent are asked, one after the other. A question is given
 * KT_INSIDE_ANSWER_S, and who left one unanswered is asked nothing more; who is slow with each is
 * left after KT_INSIDE_GUEST_S. So a guest costs 11 s at most, one that is silent 3 s, and all
 * together no more than the deadline: who is not reached by then is not known. Until the questions
 * end libvirt's own time limit for that agent is KT_INSIDE_ANSWER_S, and then none, which is its
 * default: there is no way to learn what it was before.
 *
 * Memory blocks are asked for only where the guest has <maxMemory>: there is no call for it, and
 * the command that is passed through marks the guest as tainted (custom-ga-command) until it stops.
 */

#include "kt-virt-dump.h"

/* libvirt waits 5 s for the greeting of an agent (src/qemu/qemu_agent.c,
 * VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT); an agent that runs answers in some 10 ms, on a host
 * without KVM in 250 ms. */
#define KT_INSIDE_ANSWER_S 3
#define KT_INSIDE_GUEST_S  5

/* Fills `inside` of the guests of @dump that one of @words names (name, UUID or number;
 * NULL: of all). Never fails: states and `trouble` say what went wrong. */
void kt_inside_fetch(KtVirtDump *dump, const char *uri, const char *const *words,
		     uint32_t deadline_ms);
