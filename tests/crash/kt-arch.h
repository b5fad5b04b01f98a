/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>

/*
 * The little that differs between processors when a stopped system call is changed.
 * The thread must be stopped at the entry of the call, except for kt_arch_set_result().
 * All of these can fail only when the thread has been killed meanwhile; the result is then false.
 */

#if defined(__x86_64__)

#include <linux/audit.h>
#define KT_ARCH_AUDIT AUDIT_ARCH_X86_64

static inline bool
kt_arch_poke(pid_t tid, size_t offset, uint64_t value)
{
	return ptrace(PTRACE_POKEUSER, tid, offset, value) == 0;
}

/* Replaces argument `position` (1 to 6). */
static inline bool
kt_arch_set_arg(pid_t tid, unsigned position, uint64_t value)
{
	static const size_t offsets[] = {
		offsetof(struct user, regs.rdi),
		offsetof(struct user, regs.rsi),
		offsetof(struct user, regs.rdx),
		offsetof(struct user, regs.r10),
		offsetof(struct user, regs.r8),
		offsetof(struct user, regs.r9),
	};

	return kt_arch_poke(tid, offsets[position - 1], value);
}

static inline bool
kt_arch_set_result(pid_t tid, int64_t result)
{
	return kt_arch_poke(tid, offsetof(struct user, regs.rax), (uint64_t)result);
}

/* The kernel leaves out the call and returns `result`. */
static inline bool
kt_arch_skip(pid_t tid, int64_t result)
{
	return kt_arch_poke(tid, offsetof(struct user, regs.orig_rax), UINT64_MAX) &&
	       kt_arch_set_result(tid, result);
}

#elif defined(__aarch64__)

#include <elf.h>
#include <linux/audit.h>
#define KT_ARCH_AUDIT AUDIT_ARCH_AARCH64

static inline bool
kt_arch_poke(pid_t tid, unsigned reg, uint64_t value)
{
	struct user_regs_struct regs;
	struct iovec io = {.iov_base = &regs, .iov_len = sizeof(regs)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &io) < 0)
		return false;
	regs.regs[reg] = value;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &io) == 0;
}

static inline bool
kt_arch_set_arg(pid_t tid, unsigned position, uint64_t value)
{
	return kt_arch_poke(tid, position - 1, value);
}

static inline bool
kt_arch_set_result(pid_t tid, int64_t result)
{
	return kt_arch_poke(tid, 0, (uint64_t)result);
}

static inline bool
kt_arch_skip(pid_t tid, int64_t result)
{
	int none = -1;
	struct iovec io = {.iov_base = &none, .iov_len = sizeof(none)};

	return ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &io) == 0 &&
	       kt_arch_set_result(tid, result);
}

#else
#error "the crash driver knows x86_64 and arm64 only"
#endif
