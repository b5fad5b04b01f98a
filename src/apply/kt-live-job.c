/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-live-job.h"

#include <string.h>

typedef struct Call {
	char *uuid;
	int operation; /* virDomainJobOperation, out; 0 = nothing */
} Call;

static void
call_clear(void *data)
{
	Call *call = data;

	g_free(call->uuid);
}

static void
call_release(Call *call)
{
	g_atomic_rc_box_release_full(call, call_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_release)

static bool
ask(virConnectPtr conn, void *data, GError **error)
{
	Call *call = data;
	virDomainPtr domain = virDomainLookupByUUIDString(conn, call->uuid);
	virTypedParameterPtr params = NULL;
	int type = VIR_DOMAIN_JOB_NONE;
	int n = 0;

	if (!domain)
		return kt_throw_virt(error, "find the guest");
	/* Other drivers than QEMU's have no jobs; a guest that does not run has none. */
	if (virDomainIsActive(domain) == 1 &&
	    virDomainGetJobStats(domain, &type, &params, &n, 0) == 0 &&
	    type != VIR_DOMAIN_JOB_NONE &&
	    virTypedParamsGetInt(params, n, VIR_DOMAIN_JOB_OPERATION, &call->operation) != 1)
		call->operation = VIR_DOMAIN_JOB_OPERATION_UNKNOWN;
	virTypedParamsFree(params, n);
	(void)virDomainFree(domain);
	return true;
}

static const char *
operation_name(int operation)
{
	switch (operation) {
	case VIR_DOMAIN_JOB_OPERATION_SAVE:
		return "being saved";
	case VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN:
	case VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT:
		return "being migrated";
	case VIR_DOMAIN_JOB_OPERATION_SNAPSHOT:
	case VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT:
		return "in a snapshot";
	case VIR_DOMAIN_JOB_OPERATION_DUMP:
		return "being dumped";
	case VIR_DOMAIN_JOB_OPERATION_BACKUP:
		return "being backed up";
	default:
		return NULL;
	}
}

static bool
is_plugging(const KtStep *step)
{
	const char *locator = step->edits[0].locator;

	return g_str_equal(locator, "vcpus") || g_str_has_prefix(locator, "dimm/") ||
	       g_str_has_prefix(locator, "virtio-mem/");
}

bool
kt_live_job_check(KtMachine *machine, const KtStep *step, GError **error)
{
	g_autoptr(Call) call = g_atomic_rc_box_new0(Call);
	KtVirtConn *virt = kt_machine_virt(machine, error);
	const char *slash = strchr(step->target, '/');

	call->uuid = g_strdup(slash ? slash + 1 : "");
	if (!virt ||
	    !kt_virt_conn_call(virt, "what runs on the guest", ask, call, call_clear, error))
		return false;

	const char *name = operation_name(call->operation);
	bool is_backup = call->operation == VIR_DOMAIN_JOB_OPERATION_BACKUP;
	if (!name || (is_backup && !is_plugging(step)))
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     "wait for its end ('virsh domjobinfo' shows how far it is), or change "
			     "the definition with --config",
			     "%s is %s: it is not changed meanwhile",
			     step->title,
			     name);
}
