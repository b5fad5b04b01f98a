/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kt-arch.h"
#include "kt-tracer.h"

static bool
is_reported(const KtCall *row, const KtFilter *filter)
{
	if (filter->records && row->record != KT_RECORD_NONE)
		return true;
	/* Whether an open writes shows in its flags, which are looked at later. */
	return filter->class == KT_CLASS_IO || row->flags & (KT_CALL_EFFECT | KT_CALL_OPEN);
}

static void
add(GArray *program, struct sock_filter instruction)
{
	g_array_append_val(program, instruction);
}

/* Calls of another architecture pass unseen: no test runs any. */
static GArray *
build_filter(const KtFilter *filter)
{
	GArray *program = g_array_new(FALSE, FALSE, sizeof(struct sock_filter));
	unsigned n;
	const KtCall *rows = kt_call_rows(&n);

	add(program,
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					 offsetof(struct seccomp_data, arch)));
	add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, KT_ARCH_AUDIT, 1, 0));
	add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	add(program,
	    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					 offsetof(struct seccomp_data, nr)));
	for (unsigned i = 0; i < n && !filter->all; i++) {
		if (!is_reported(&rows[i], filter))
			continue;
		add(program,
		    (struct sock_filter)BPF_JUMP(
			    BPF_JMP | BPF_JEQ | BPF_K, (unsigned)rows[i].nr, 0, 1));
		add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE));
	}
	add(program,
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
					 filter->all ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW));
	return program;
}

static bool
install_filter(const GArray *instructions)
{
	const struct sock_fprog program = {
		.len = (unsigned short)instructions->len,
		.filter = (struct sock_filter *)(void *)instructions->data,
	};

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
		return true;
	/* Without CAP_SYS_ADMIN a filter needs the promise not to gain privileges. */
	return errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

/* Waits until the parent has attached; it would miss calls made before. */
static void
run_child(char **argv, const GArray *instructions, int gate)
{
	char byte;

	if (read(gate, &byte, 1) != 1)
		_exit(KT_EXIT_FAILED);
	close(gate);
	if (instructions && !install_filter(instructions)) {
		perror("kt-edge: cannot install a seccomp filter (try --plain)");
		_exit(KT_EXIT_FAILED);
	}
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(KT_EXIT_NOT_RUN);
}

pid_t
kt_spawn_traced(char **argv, const KtFilter *filter, unsigned long options, GError **error)
{
	g_autoptr(GArray) instructions = filter->none ? NULL : build_filter(filter);
	int gate[2];
	pid_t pid;

	if (pipe2(gate, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		g_set_error(error,
			    G_FILE_ERROR,
			    g_file_error_from_errno(errno),
			    "cannot start a process: %s",
			    g_strerror(errno));
		return -1;
	}
	if (pid == 0) {
		close(gate[1]);
		run_child(argv, instructions, gate[0]);
	}
	close(gate[0]);
	if (ptrace(PTRACE_SEIZE, pid, 0, options) < 0 || write(gate[1], "", 1) != 1) {
		g_set_error(error,
			    G_FILE_ERROR,
			    g_file_error_from_errno(errno),
			    "cannot trace: %s",
			    g_strerror(errno));
		close(gate[1]);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, __WALL);
		return -1;
	}
	close(gate[1]);
	return pid;
}
