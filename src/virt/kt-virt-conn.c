/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-virt-conn.h"

#include "kt-virt-uri.h"

#include <libvirt/virterror.h>
#include <libxml/xmlerror.h>
#include <signal.h>

#define US_PER_MS 1000
/* Closing a healthy connection takes a round trip; more patience serves nobody. */
#define CLOSE_WAIT_US ((int64_t)G_USEC_PER_SEC)
/* A day: longer than any budget, and added to the clock without overflow. */
#define NO_LIMIT_US (86400 * (int64_t)G_USEC_PER_SEC)

/* One call. Held by the caller and by the worker, whoever is longer interested in it. */
typedef struct Task {
	KtVirtFunc func;
	void *data;
	GDestroyNotify clear;
	GError *error;
	bool is_ok;
	bool is_done;
} Task;

struct KtVirtConn {
	int refs; /* the user's and the worker's */
	GMutex lock;
	GCond changed;
	Task *next; /* handed over, not yet taken by the worker */
	bool is_closing;
	bool is_closed;
	bool is_dead;
	char *dead_what;
	char *name; /* of the connection, in messages */
	int64_t end_us;
	int64_t limit_us; /* of the next call */
	uint64_t n_calls;
	virConnectPtr virt; /* touched by the worker only */
};

typedef struct OpenArgs {
	char *uri;
	bool is_readonly;
	virConnectPtr *ret_virt;
} OpenArgs;

static void
ignore_virt_error(void *data, virErrorPtr error)
{
}

static G_GNUC_PRINTF(2, 3) void ignore_xml_error(void *data, const char *format, ...)
{
}

static void *
run_event_loop(G_GNUC_UNUSED void *data)
{
	while (virEventRunDefaultImpl() == 0)
		;
	return NULL;
}

/* A thread that gets no signals: they are the main thread's business. */
static GThread *
start_thread(const char *name, GThreadFunc func, void *data, GError **error)
{
	sigset_t all;
	sigset_t saved;
	g_autoptr(GError) local = NULL;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	GThread *thread = g_thread_try_new(name, func, data, &local);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	if (!thread)
		kt_throw(error, KT_ERROR_IO, "start a thread for libvirt: %s", local->message);
	return thread;
}

/* libvirt prints its log to the terminal unless told otherwise. Its log level can be set through
 * the environment only, and is read once. */
static void
initialise_quietly(void)
{
	bool is_wanted = g_getenv("LIBVIRT_DEBUG") || g_getenv("LIBVIRT_LOG_FILTERS") ||
			 g_getenv("LIBVIRT_LOG_OUTPUTS");

	if (!is_wanted)
		g_setenv("LIBVIRT_DEBUG", "4", TRUE);
	(void)virInitialize();
	if (!is_wanted)
		g_unsetenv("LIBVIRT_DEBUG");
	virSetErrorFunc(NULL, ignore_virt_error);
}

static void
initialise_once(void)
{
	static gsize is_ready;

	if (!g_once_init_enter(&is_ready))
		return;
	initialise_quietly();
	g_once_init_leave(&is_ready, 1);
}

static bool
start_event_loop(GError **error)
{
	static gsize state; /* 0 = not tried, 1 = runs, 2 = failed */

	if (g_once_init_enter(&state)) {
		bool is_running = virEventRegisterDefaultImpl() == 0;
		GThread *thread =
			is_running ? start_thread("libvirt-events", run_event_loop, NULL, NULL)
				   : NULL;
		if (thread)
			g_thread_unref(thread);
		g_once_init_leave(&state, thread ? 1 : 2);
	}
	if (state != 1)
		return kt_throw(error, KT_ERROR_LIBVIRT, "libvirt's event loop cannot be started");
	return true;
}

static void
clear_task(void *data)
{
	Task *task = data;

	g_clear_error(&task->error);
	if (task->data && task->clear)
		g_atomic_rc_box_release_full(task->data, task->clear);
	else if (task->data)
		g_atomic_rc_box_release(task->data);
}

static void
unref_conn(KtVirtConn *conn)
{
	if (!g_atomic_int_dec_and_test(&conn->refs))
		return;

	if (conn->next)
		g_atomic_rc_box_release_full(conn->next, clear_task);
	g_mutex_clear(&conn->lock);
	g_cond_clear(&conn->changed);
	g_free(conn->dead_what);
	g_free(conn->name);
	g_free(conn);
}

/* Called and left with the lock held. */
static void
run_task(KtVirtConn *conn, Task *task)
{
	g_mutex_unlock(&conn->lock);
	task->is_ok = task->func(conn->virt, task->data, &task->error);
	g_mutex_lock(&conn->lock);

	task->is_done = true;
	g_cond_broadcast(&conn->changed);
	g_atomic_rc_box_release_full(task, clear_task);
}

static void *
run_worker(void *data)
{
	KtVirtConn *conn = data;

	xmlSetGenericErrorFunc(NULL, ignore_xml_error);
	g_mutex_lock(&conn->lock);
	while (conn->next || !conn->is_closing) {
		if (conn->next)
			run_task(conn, g_steal_pointer(&conn->next));
		else
			g_cond_wait(&conn->changed, &conn->lock);
	}
	g_mutex_unlock(&conn->lock);

	if (conn->virt)
		(void)virConnectClose(conn->virt);

	g_mutex_lock(&conn->lock);
	conn->is_closed = true;
	g_cond_broadcast(&conn->changed);
	g_mutex_unlock(&conn->lock);
	unref_conn(conn);
	return NULL;
}

static bool
throw_timeout(const KtVirtConn *conn, const char *what, int64_t waited_us, GError **error)
{
	return kt_throw_hint(
		error,
		KT_ERROR_TIMEOUT,
		"libvirtd or a guest's QEMU process is stopped or stuck: state T or D in "
		"'ps -e -o pid,stat,args'",
		"%s did not answer within %.1f s: %s",
		conn->name,
		(double)waited_us / G_USEC_PER_SEC,
		what);
}

static bool
call_until(KtVirtConn *conn, int64_t end_us, const char *what, Task *task, GError **error)
{
	int64_t begin_us = g_get_monotonic_time();

	g_mutex_lock(&conn->lock);
	conn->next = g_atomic_rc_box_acquire(task);
	conn->n_calls++;
	g_cond_broadcast(&conn->changed);
	while (!task->is_done && g_cond_wait_until(&conn->changed, &conn->lock, end_us))
		;
	bool is_done = task->is_done;
	if (!is_done) {
		conn->is_dead = true;
		conn->dead_what = g_strdup(what);
	}
	g_mutex_unlock(&conn->lock);

	if (!is_done)
		return throw_timeout(conn, what, g_get_monotonic_time() - begin_us, error);
	if (task->is_ok)
		return true;
	if (task->error)
		g_propagate_error(error, g_steal_pointer(&task->error));
	else
		kt_throw(error, KT_ERROR_LIBVIRT, "%s: failed", what);
	return false;
}

bool
kt_virt_conn_call(KtVirtConn *conn, const char *what, KtVirtFunc func, void *data,
		  GDestroyNotify clear, GError **error)
{
	int64_t now_us = g_get_monotonic_time();
	int64_t end_us = MIN(conn->end_us, now_us + conn->limit_us);

	conn->limit_us = NO_LIMIT_US;
	if (conn->is_dead)
		return kt_throw(error,
				KT_ERROR_TIMEOUT,
				"%s is not asked again, it did not answer: %s",
				conn->name,
				conn->dead_what);
	if (end_us <= now_us)
		return throw_timeout(conn, what, 0, error);

	Task *task = g_atomic_rc_box_new0(Task);
	task->func = func;
	task->data = data ? g_atomic_rc_box_acquire(data) : NULL;
	task->clear = clear;
	bool is_ok = call_until(conn, end_us, what, task, error);
	g_atomic_rc_box_release_full(task, clear_task);
	return is_ok;
}

void
kt_virt_conn_limit_next(KtVirtConn *conn, uint32_t limit_ms)
{
	conn->limit_us = (int64_t)limit_ms * US_PER_MS;
}

static void
clear_open_args(void *data)
{
	OpenArgs *args = data;

	g_free(args->uri);
}

/* libvirt never unloads the embedded driver: a process has one root until it ends, and each opening
 * uses up one of 16 places for drivers (libvirt 9.0, virRegisterConnectDriver). So it is opened
 * once, for writing, and shared. */
static virConnectPtr
open_embed(const char *uri)
{
	static GMutex lock;
	static virConnectPtr shared;
	static char *shared_uri;
	virConnectPtr virt = NULL;

	g_mutex_lock(&lock);
	if (shared && g_str_equal(uri, shared_uri)) {
		virt = shared;
	} else {
		virt = virConnectOpen(uri);
		if (virt && !shared) {
			shared = virt;
			shared_uri = g_strdup(uri);
		}
	}
	if (virt && virt == shared)
		(void)virConnectRef(virt);
	g_mutex_unlock(&lock);
	return virt;
}

static bool
open_virt(G_GNUC_UNUSED virConnectPtr none, void *data, GError **error)
{
	OpenArgs *args = data;
	g_autofree char *what = args->uri ? g_strdup_printf("connect to '%s'", args->uri)
					  : g_strdup("connect to libvirt");
	virConnectPtr virt = NULL;

	if (kt_virt_uri_is_embed(args->uri))
		virt = open_embed(args->uri);
	else
		virt = args->is_readonly ? virConnectOpenReadOnly(args->uri)
					 : virConnectOpen(args->uri);
	if (!virt) {
		kt_throw_virt(error, what);
		if (error && !kt_error_hint(*error))
			kt_error_set_hint(*error, "see whether 'virsh list' works with it");
		return false;
	}
	*args->ret_virt = virt;
	return true;
}

static KtVirtConn *
conn_new(const char *uri, uint32_t deadline_ms)
{
	KtVirtConn *conn = g_new0(KtVirtConn, 1);

	conn->refs = 1;
	g_mutex_init(&conn->lock);
	g_cond_init(&conn->changed);
	conn->name = uri ? g_strdup_printf("libvirt ('%s')", uri) : g_strdup("libvirt");
	conn->limit_us = NO_LIMIT_US;
	kt_virt_conn_renew(conn, deadline_ms);
	return conn;
}

KtVirtConn *
kt_virt_conn_open(const char *uri, bool is_readonly, uint32_t deadline_ms, GError **error)
{
	initialise_once();
	if (kt_virt_uri_is_embed(uri) && !start_event_loop(error))
		return NULL;

	g_autoptr(KtVirtConn) conn = conn_new(uri, deadline_ms);
	g_atomic_int_inc(&conn->refs);
	GThread *thread = start_thread("libvirt-calls", run_worker, conn, error);
	if (!thread) {
		unref_conn(conn);
		return NULL;
	}
	g_thread_unref(thread);

	OpenArgs *args = g_atomic_rc_box_new0(OpenArgs);
	args->uri = g_strdup(uri);
	args->is_readonly = is_readonly;
	args->ret_virt = &conn->virt;
	bool is_open = kt_virt_conn_call(conn, "connect", open_virt, args, clear_open_args, error);
	g_atomic_rc_box_release_full(args, clear_open_args);
	return is_open ? g_steal_pointer(&conn) : NULL;
}

void
kt_virt_conn_free(KtVirtConn *conn)
{
	if (!conn)
		return;

	int64_t end_us = g_get_monotonic_time() + CLOSE_WAIT_US;
	g_mutex_lock(&conn->lock);
	conn->is_closing = true;
	g_cond_broadcast(&conn->changed);
	while (!conn->is_dead && !conn->is_closed &&
	       g_cond_wait_until(&conn->changed, &conn->lock, end_us))
		;
	g_mutex_unlock(&conn->lock);
	unref_conn(conn);
}

void
kt_virt_conn_renew(KtVirtConn *conn, uint32_t deadline_ms)
{
	conn->end_us = g_get_monotonic_time() + (int64_t)deadline_ms * US_PER_MS;
}

bool
kt_virt_conn_is_dead(const KtVirtConn *conn)
{
	return conn->is_dead;
}

uint64_t
kt_virt_conn_count(const KtVirtConn *conn)
{
	return conn->n_calls;
}
