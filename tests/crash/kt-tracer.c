/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-tracer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kt-arch.h"
#include "kt-spawn.h"
#include "kt-tracee.h"

/* PTRACE_O_TRACESYSGOOD sets this bit in the signal of a system call stop. */
#define SYSCALL_STOP (SIGTRAP | 0x80)

static volatile sig_atomic_t alarm_rang;

static void
on_alarm(int signal_number)
{
	alarm_rang = 1;
}

static bool
is_counted_process(const KtTracer *t, const KtTask *task)
{
	if (t->main_thread && task->tid != task->tgid)
		return false;
	return task->tgid == t->program || t->children == KT_CHILDREN_COUNT;
}

static pid_t
read_tgid(pid_t tid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/status", tid);
	g_autofree char *text = NULL;
	const char *line;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return tid;
	line = strstr(text, "\nTgid:");
	return line ? (pid_t)strtol(line + strlen("\nTgid:"), NULL, 10) : tid;
}

static KtTask *
task_get(KtTracer *t, pid_t tid)
{
	KtTask *task = g_hash_table_lookup(t->tasks, GINT_TO_POINTER(tid));

	if (task)
		return task;
	task = g_new0(KtTask, 1);
	task->tid = tid;
	task->tgid = read_tgid(tid);
	g_hash_table_insert(t->tasks, GINT_TO_POINTER(tid), task);
	return task;
}

static void
kill_everything(KtTracer *t)
{
	GHashTableIter iter;
	KtTask *task;

	if (!t->ended)
		kill(t->program, SIGKILL);
	g_hash_table_iter_init(&iter, t->tasks);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&task))
		kill(task->tgid, SIGKILL);
}

static void
resolve_paths(KtTask *task)
{
	const KtCall *row = task->row;

	if (!row || task->path[0])
		return;
	if (row->fd) {
		int fd = (int)kt_task_arg(task, row->fd);

		task->path[0] = fd < 0 ? NULL : kt_tracee_fd_path(task->tid, fd);
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(task->path) && row->path[i]; i++) {
		int dirfd = row->dirfd[i] ? (int)kt_task_arg(task, row->dirfd[i]) : AT_FDCWD;

		task->path[i] = kt_tracee_path(task->tid, dirfd, kt_task_arg(task, row->path[i]));
	}
}

static bool
is_under(const KtTracer *t, const KtTask *task)
{
	for (char **prefix = t->under; prefix && *prefix; prefix++)
		for (size_t i = 0; i < G_N_ELEMENTS(task->path); i++)
			if (task->path[i] && kt_path_is_below(task->path[i], *prefix))
				return true;
	return !t->under;
}

static bool
has_seen_marker(KtTracer *t, KtTask *task)
{
	if (t->counting || !task->row || !task->row->path[0])
		return t->counting;
	resolve_paths(task);
	t->counting = (task->path[0] && strstr(task->path[0], t->from)) ||
		      (task->path[1] && strstr(task->path[1], t->from));
	return t->counting;
}

/* Gives the call its number if it is one of those asked for. */
static bool
count_call(KtTracer *t, KtTask *task)
{
	if (!t->armed || !is_counted_process(t, task) || !has_seen_marker(t, task) ||
	    !kt_call_in_class(task->row, task->args, t->class))
		return false;
	if (t->under)
		resolve_paths(task);
	if (!is_under(t, task))
		return false;
	task->number = ++t->calls;
	return true;
}

/* "name bytes path path"; `absent` stands for what the call does not have, NULL leaves it out. */
static char *
describe_call(const KtTask *task, char separator, const char *absent)
{
	GString *text = g_string_new(NULL);
	char buffer[32];

	g_string_append(text, kt_call_name(task->nr, buffer));
	if (task->row && task->row->len)
		g_string_append_printf(
			text, "%c%" PRIu64, separator, kt_task_arg(task, task->row->len));
	else if (absent)
		g_string_append_printf(text, "%c%s", separator, absent);
	for (size_t i = 0; i < G_N_ELEMENTS(task->path); i++) {
		const char *path = task->path[i] || i > 0 ? task->path[i] : absent;

		if (path)
			g_string_append_printf(text, "%c%s", separator, path);
	}
	return g_string_free(text, FALSE);
}

static void
list_call(const KtTracer *t, KtTask *task)
{
	g_autofree char *text = NULL;
	const char *who = "main";

	if (!t->list)
		return;
	resolve_paths(task);
	text = describe_call(task, '\t', "-");
	if (task->tgid != t->program)
		who = "child";
	else if (task->tid != task->tgid)
		who = "thread";
	fprintf(t->list, "%" PRIu64 "\t%s\t%s\n", task->number, who, text);
}

static void
reach(KtTracer *t, KtTask *task)
{
	t->reached = true;
	resolve_paths(task);
	g_free(t->point_text);
	t->point_text = describe_call(task, ' ', NULL);
}

/* Makes the call move half of its bytes.  False when there is no half. */
static bool
cut_call(KtTask *task)
{
	uint64_t len = kt_task_arg(task, task->row ? task->row->len : 0);
	uint64_t iov_len_addr;

	if (!task->row || !(task->row->flags & KT_CALL_DATA))
		return false;
	if (len > 1)
		return kt_arch_set_arg(task->tid, task->row->len, len / 2);
	if (!(task->row->flags & KT_CALL_VECTOR) || len == 0)
		return false;

	/* A vector of one: its length stands in memory, and goes back there when the call returns.
	 */
	iov_len_addr = kt_task_arg(task, task->row->buffer) + offsetof(struct iovec, iov_len);
	if (kt_tracee_read(task->tid, iov_len_addr, &len, sizeof(len)) != sizeof(len) || len < 2)
		return false;
	task->patched_addr = iov_len_addr;
	task->patched_len = len;
	task->want_exit = true;
	len /= 2;
	return kt_tracee_write(task->tid, iov_len_addr, &len, sizeof(len));
}

static void
kill_at_entry(KtTracer *t, KtTask *task)
{
	if (task->number != (t->point + 1) / 2)
		return;
	if (t->shorten) {
		task->want_exit = cut_call(task);
		return;
	}
	if (t->point % 2 == 0) {
		task->want_exit = true;
		return;
	}
	reach(t, task);
	kt_arch_skip(task->tid, -EINTR);
	kill_everything(t);
}

static void
inject_at_entry(KtTracer *t, KtTask *task)
{
	bool first = task->number == t->point;

	/* A call that cannot return cannot fail; the program would run into nowhere. */
	if (task->row && task->row->flags & KT_CALL_NORETURN)
		return;
	if (!first && !(t->sticky && t->reached && task->nr == t->sticky_nr))
		return;
	if (t->shorten) {
		if (!cut_call(task))
			return;
	} else {
		task->forced = true;
		task->forced_result = -t->error;
		kt_arch_skip(task->tid, task->forced_result);
	}
	if (first) {
		t->sticky_nr = task->nr;
		reach(t, task);
	}
}

static void
on_entry(KtTracer *t, KtTask *task, uint64_t nr, const uint64_t args[6])
{
	kt_task_forget_call(task);
	task->nr = (long)nr;
	task->row = kt_call_find(task->nr);
	memcpy(task->args, args, sizeof(task->args));

	if (count_call(t, task)) {
		list_call(t, task);
		if (t->mode == KT_MODE_KILL)
			kill_at_entry(t, task);
		else if (t->mode == KT_MODE_ERRNO)
			inject_at_entry(t, task);
	}
	if (t->log && t->armed && is_counted_process(t, task) && task->row &&
	    task->row->record != KT_RECORD_NONE) {
		resolve_paths(task);
		kt_fslog_enter(t->log, task);
		task->want_exit = task->want_exit || task->logged;
	}
}

static void
on_exit_stop(KtTracer *t, KtTask *task, int64_t result)
{
	if (task->patched_addr)
		kt_tracee_write(task->tid,
				task->patched_addr,
				&task->patched_len,
				sizeof(task->patched_len));
	if (task->forced)
		kt_arch_set_result(task->tid, task->forced_result);
	if (task->logged)
		kt_fslog_leave(t->log, task, result);
	if (t->mode == KT_MODE_KILL && task->want_exit && task->number == (t->point + 1) / 2) {
		reach(t, task);
		kill_everything(t);
	}
	kt_task_forget_call(task);
}

/* System call stops come from the kernel's filter (entry only) or from PTRACE_SYSCALL. */
static void
on_syscall_stop(KtTracer *t, KtTask *task)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_SECCOMP)
		on_entry(t, task, info.seccomp.nr, (const uint64_t *)info.seccomp.args);
	else if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		on_entry(t, task, info.entry.nr, (const uint64_t *)info.entry.args);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		on_exit_stop(t, task, info.exit.rval);
}

static void
on_exec(KtTracer *t, KtTask *task)
{
	unsigned long former = 0;

	/* A thread that is not the first takes over the number of the first. */
	if (ptrace(PTRACE_GETEVENTMSG, task->tid, 0, &former) == 0 && (pid_t)former != task->tid)
		g_hash_table_remove(t->tasks, GINT_TO_POINTER((pid_t)former));
	if (task->tid == t->program)
		t->armed = true;
}

static void
resume(const KtTracer *t, const KtTask *task, int signal_number)
{
	bool step = task->want_exit || (t->plain && is_counted_process(t, task));

	ptrace(step ? PTRACE_SYSCALL : PTRACE_CONT, task->tid, 0, signal_number);
}

static void
on_event(KtTracer *t, KtTask *task, int event, int signal_number)
{
	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		on_syscall_stop(t, task);
		break;
	case PTRACE_EVENT_EXEC:
		on_exec(t, task);
		break;
	case PTRACE_EVENT_STOP:
		if (signal_number != SIGTRAP) {
			ptrace(PTRACE_LISTEN, task->tid, 0, 0);
			return;
		}
		if (t->children == KT_CHILDREN_LEAVE && task->tgid != t->program) {
			ptrace(PTRACE_DETACH, task->tid, 0, 0);
			g_hash_table_remove(t->tasks, GINT_TO_POINTER(task->tid));
			return;
		}
		if (t->ended)
			kill(task->tgid, SIGKILL);
		break;
	default:
		break;
	}
	resume(t, task, 0);
}

static void
on_wait(KtTracer *t, pid_t tid, int status)
{
	KtTask *task;

	if (WIFEXITED(status) || WIFSIGNALED(status)) {
		if (tid == t->program) {
			t->ended = true;
			t->status =
				WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
		g_hash_table_remove(t->tasks, GINT_TO_POINTER(tid));
		if (t->ended)
			kill_everything(t);
		return;
	}
	task = task_get(t, tid);
	if (status >> 16) {
		on_event(t, task, status >> 16, WSTOPSIG(status));
		return;
	}
	if (WSTOPSIG(status) == SYSCALL_STOP) {
		on_syscall_stop(t, task);
		resume(t, task, 0);
		return;
	}
	resume(t, task, WSTOPSIG(status));
}

/* Repeats, so that an alarm between the look at the flag and the wait is not lost. */
static void
start_clock(unsigned timeout_s)
{
	const struct sigaction action = {.sa_handler = on_alarm};
	const struct itimerval timer = {
		.it_value = {.tv_sec = timeout_s},
		.it_interval = {.tv_usec = 100000},
	};

	alarm_rang = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void
follow(KtTracer *t)
{
	for (;;) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL);

		if (tid > 0) {
			on_wait(t, tid, status);
		} else if (errno != EINTR) {
			return;
		} else if (alarm_rang && !t->ended) {
			t->timed_out = true;
			kill_everything(t);
		}
	}
}

static int
exit_status(const KtTracer *t)
{
	if (t->timed_out)
		return KT_EXIT_TIMEOUT;
	if (!t->armed)
		return t->status;
	if ((t->mode == KT_MODE_KILL || t->mode == KT_MODE_ERRNO) && !t->reached)
		return KT_EXIT_NOT_REACHED;
	return t->status;
}

int
kt_tracer_run(KtTracer *t, char **argv, GError **error)
{
	const struct itimerval off = {.it_value = {.tv_sec = 0}};
	const KtFilter filter = {
		.none = t->plain,
		.all = t->class == KT_CLASS_ALL,
		.records = t->log != NULL,
		.class = t->from ? KT_CLASS_IO : t->class,
	};

	t->tasks = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)kt_task_free);
	t->counting = t->from == NULL;
	t->program =
		kt_spawn_traced(argv,
				&filter,
				PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
					PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP |
					PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL,
				error);
	if (t->program < 0)
		return KT_EXIT_FAILED;
	if (t->timeout_s)
		start_clock(t->timeout_s);
	follow(t);
	setitimer(ITIMER_REAL, &off, NULL);
	if (t->log)
		kt_fslog_end(t->log, t->status);
	return exit_status(t);
}

void
kt_tracer_clear(KtTracer *t)
{
	g_clear_pointer(&t->tasks, g_hash_table_unref);
	g_clear_pointer(&t->point_text, g_free);
}
