/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-power.h"

#include "kt-clock.h"
#include "kt-fault.h"
#include "kt-virt-uri.h"

#include <libvirt/virterror.h>
#include <string.h>

/* libvirt waits 60 s for an agent that is to shut its guest down (qemu_agent.c,
 * VIR_DOMAIN_QEMU_AGENT_COMMAND_SHUTDOWN). */
#define AGENT_LIMIT_MS 70000u
/* QEMU touches all memory of a guest on huge pages before it runs: minutes for a terabyte. */
#define START_LIMIT_MS 900000u
/* libvirt gives QEMU 15 s after SIGTERM and 30 s after SIGKILL (virProcessKillPainfullyDelay). */
#define CUT_LIMIT_MS 60000u
#define POLL_MS      200

typedef struct Call {
	char *uuid;
	char *xml;
	char **disks;
	unsigned flags;
	KtPowerLook look;
} Call;

static void
wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	g_free(text);
}

void
kt_power_look_clear(KtPowerLook *look)
{
	g_free(look->job);
	wipe(look->running);
	wipe(look->defined);
	*look = (KtPowerLook){.state = KT_POWER_UNSET};
}

static void
call_clear(void *data)
{
	Call *call = data;

	g_free(call->uuid);
	g_strfreev(call->disks);
	wipe(call->xml);
	kt_power_look_clear(&call->look);
}

static void
call_release(Call *call)
{
	g_atomic_rc_box_release_full(call, call_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_release)

static Call *
call_new(const char *uuid)
{
	Call *call = g_atomic_rc_box_new0(Call);

	call->uuid = g_strdup(uuid);
	return call;
}

/* A new connection when the last one was lost to a call that did not end. */
static bool
run(KtMachine *machine, uint32_t limit_ms, const char *what, KtVirtFunc func, Call *call,
    GError **error)
{
	if (machine->virt && kt_virt_conn_is_dead(machine->virt))
		g_clear_pointer(&machine->virt, kt_virt_conn_free);

	KtVirtConn *virt = kt_machine_virt(machine, error);
	if (!virt)
		return false;
	if (limit_ms)
		kt_virt_conn_renew(virt, limit_ms);
	return kt_virt_conn_call(virt, what, func, call, call_clear, error);
}

/* Releasing a guest forgets the last error, which is therefore thrown before. */
typedef bool (*OnGuest)(virDomainPtr domain, Call *call, GError **error);

static bool
with_guest(virConnectPtr conn, Call *call, OnGuest func, GError **error)
{
	virDomainPtr domain = virDomainLookupByUUIDString(conn, call->uuid);

	if (!domain)
		return kt_throw_virt(error, "find the guest");
	bool ok = func(domain, call, error);
	(void)virDomainFree(domain);
	return ok;
}

static bool
read_state(virDomainPtr domain, Call *call, GError **error)
{
	int state = VIR_DOMAIN_NOSTATE;

	if (virDomainGetState(domain, &state, NULL, 0) < 0)
		return kt_throw_virt(error, "ask for its state");
	call->look.state = state == VIR_DOMAIN_SHUTOFF ? KT_POWER_OFF
			   : state == VIR_DOMAIN_RUNNING || state == VIR_DOMAIN_BLOCKED
				   ? KT_POWER_RUNNING
			   : state == VIR_DOMAIN_PAUSED ? KT_POWER_PAUSED
							: KT_POWER_OTHER;
	return true;
}

/* NULL with @error on failure. */
static char *
read_xml(virDomainPtr domain, unsigned flags, GError **error)
{
	char *xml = virDomainGetXMLDesc(domain, flags | VIR_DOMAIN_XML_SECURE);

	if (!xml) {
		kt_throw_virt(error, "read its configuration");
		return NULL;
	}
	char *copy = g_strdup(xml);
	explicit_bzero(xml, strlen(xml));
	free(xml); /* allocated by libvirt with malloc */
	return copy;
}

/* What cannot be asked is no job. */
static void
read_jobs(virDomainPtr domain, Call *call)
{
	virDomainJobInfo job = {.type = VIR_DOMAIN_JOB_NONE};

	if (virDomainGetJobInfo(domain, &job) == 0 && job.type != VIR_DOMAIN_JOB_NONE &&
	    job.type != VIR_DOMAIN_JOB_COMPLETED) {
		call->look.job = g_strdup("a migration, a save or a backup");
		return;
	}
	for (size_t i = 0; call->disks && call->disks[i]; i++) {
		virDomainBlockJobInfo block = {.type = 0};
		if (virDomainGetBlockJobInfo(domain, call->disks[i], &block, 0) != 1)
			continue;
		call->look.job = g_strdup_printf("a block job on %s", call->disks[i]);
		return;
	}
}

static bool
look_at(virDomainPtr domain, Call *call, GError **error)
{
	int is_persistent = virDomainIsPersistent(domain);
	int is_saved = is_persistent < 0 ? -1 : virDomainHasManagedSaveImage(domain, 0);

	if (is_saved < 0)
		return kt_throw_virt(error, "ask whether it is persistent, and saved");
	call->look.is_persistent = is_persistent;
	call->look.has_saved_state = is_saved;
	if (!read_state(domain, call, error))
		return false;
	if (call->look.state != KT_POWER_OFF) {
		read_jobs(domain, call);
		call->look.running = read_xml(domain, 0, error);
		if (!call->look.running)
			return false;
	}
	if (is_persistent)
		call->look.defined = read_xml(domain, VIR_DOMAIN_XML_INACTIVE, error);
	return !is_persistent || call->look.defined;
}

static bool
do_look(virConnectPtr conn, void *data, GError **error)
{
	return with_guest(conn, data, look_at, error);
}

bool
kt_power_look(KtMachine *machine, const char *uuid, const char *const *disks, KtPowerLook *ret_look,
	      GError **error)
{
	g_autoptr(Call) call = call_new(uuid);

	call->disks = g_strdupv((char **)disks);
	if (!run(machine, 0, "look at the guest", do_look, call, error))
		return false;
	*ret_look = call->look;
	call->look = (KtPowerLook){.state = KT_POWER_UNSET};
	return true;
}

static bool
do_translate(virConnectPtr conn, void *data, GError **error)
{
	Call *call = data;
	char *native = virConnectDomainXMLToNative(conn, "qemu-argv", call->xml, 0);

	if (!native)
		return kt_throw_virt(error, "libvirt makes no command line of the definition");
	explicit_bzero(native, strlen(native));
	free(native); /* allocated by libvirt with malloc */
	return true;
}

bool
kt_power_try_definition(KtMachine *machine, const char *xml, GError **error)
{
	g_autoptr(Call) call = call_new(NULL);

	call->xml = g_strdup(xml);
	return run(machine, 0, "translate the definition", do_translate, call, error);
}

static bool
shut_down(virDomainPtr domain, Call *call, GError **error)
{
	if (virDomainShutdownFlags(domain, call->flags) < 0)
		return kt_throw_virt(error, "ask it to shut down");
	return true;
}

static bool
do_shut_down(virConnectPtr conn, void *data, GError **error)
{
	return with_guest(conn, data, shut_down, error);
}

bool
kt_power_ask_off(KtMachine *machine, const char *uuid, bool is_by_agent, GError **error)
{
	g_autoptr(Call) call = call_new(uuid);

	call->flags =
		is_by_agent ? VIR_DOMAIN_SHUTDOWN_GUEST_AGENT : VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN;
	return run(machine,
		   is_by_agent ? AGENT_LIMIT_MS : 0,
		   "ask it to shut down",
		   do_shut_down,
		   call,
		   error);
}

static bool
do_state(virConnectPtr conn, void *data, GError **error)
{
	return with_guest(conn, data, read_state, error);
}

static bool
is_off(KtMachine *machine, const char *uuid, bool *ret_is_off, GError **error)
{
	g_autoptr(Call) call = call_new(uuid);

	if (!run(machine, 0, "ask for its state", do_state, call, error))
		return false;
	*ret_is_off = call->look.state == KT_POWER_OFF;
	return true;
}

/* Sleeps, but not once @cancellable says stop. */
static void
pause_a_moment(GCancellable *cancellable)
{
	GPollFD fd = {.fd = -1};
	bool is_open = g_cancellable_make_pollfd(cancellable, &fd);

	(void)g_poll(&fd, is_open ? 1 : 0, POLL_MS);
	if (is_open)
		g_cancellable_release_fd(cancellable);
}

bool
kt_power_wait_off(KtMachine *machine, const char *uuid, uint32_t limit_s, GCancellable *cancellable,
		  bool *ret_is_off, GError **error)
{
	int64_t end_us = kt_clock_boottime_us() + (int64_t)limit_s * G_USEC_PER_SEC;

	for (;;) {
		bool is_over =
			kt_clock_boottime_us() >= end_us || g_cancellable_is_cancelled(cancellable);
		if (!is_off(machine, uuid, ret_is_off, error))
			return false;
		if (*ret_is_off || is_over)
			return true;
		pause_a_moment(cancellable);
	}
}

static bool
cut(virDomainPtr domain, G_GNUC_UNUSED Call *call, GError **error)
{
	if (virDomainDestroyFlags(domain, VIR_DOMAIN_DESTROY_GRACEFUL) == 0 ||
	    virDomainDestroy(domain) == 0)
		return true;
	return kt_throw_virt(error, "end its QEMU process");
}

static bool
do_cut(virConnectPtr conn, void *data, GError **error)
{
	return with_guest(conn, data, cut, error);
}

bool
kt_power_cut(KtMachine *machine, const char *uuid, GError **error)
{
	g_autoptr(Call) call = call_new(uuid);

	return run(machine, CUT_LIMIT_MS, "end its QEMU process", do_cut, call, error);
}

static bool
start(virDomainPtr domain, Call *call, GError **error)
{
	if (virDomainCreateWithFlags(domain, call->flags) < 0)
		return kt_throw_virt(error, "start it");
	return true;
}

static bool
do_start(virConnectPtr conn, void *data, GError **error)
{
	return with_guest(conn, data, start, error);
}

bool
kt_power_start(KtMachine *machine, const char *uuid, bool is_trial, GError **error)
{
	g_autoptr(Call) call = call_new(uuid);
	int fault = KT_FAULT("power-before-start");

	if (fault)
		return kt_throw_errno(error, fault, "start it");
	if (is_trial)
		call->flags = VIR_DOMAIN_START_PAUSED;
	/* The embedded driver has no such thing (libvirt 9.0, "not supported for embedded drivers
	 * yet"). */
	if (is_trial && !kt_virt_uri_is_embed(machine->uri))
		call->flags |= VIR_DOMAIN_START_AUTODESTROY;
	return run(machine, START_LIMIT_MS, "start it", do_start, call, error);
}

static bool
do_start_as(virConnectPtr conn, void *data, GError **error)
{
	Call *call = data;
	virDomainPtr domain = virDomainCreateXML(conn, call->xml, 0);

	if (!domain)
		return kt_throw_virt(error, "start it as it ran before");
	(void)virDomainFree(domain);
	return true;
}

bool
kt_power_start_as(KtMachine *machine, const char *xml, GError **error)
{
	g_autoptr(Call) call = call_new(NULL);

	call->xml = g_strdup(xml);
	return run(machine, START_LIMIT_MS, "start it", do_start_as, call, error);
}
