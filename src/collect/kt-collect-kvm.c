/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <sys/stat.h>

#define VHOST_NET "/dev/vhost-net"
#define HALT_POLL "/sys/module/kvm/parameters/halt_poll_ns"
#define INITSTATE "/sys/module/kvm/initstate"

static KtOptBool
is_there(KtHostJob *job, const char *path)
{
	uint32_t mode = 0;
	KtState state = kt_root_mode(job->root, path, &mode);

	if (state == KT_STATE_VALUE || state == KT_STATE_ABSENT)
		return kt_host_bool(job, state == KT_STATE_VALUE, path);
	return (KtOptBool){.state = state, .origin = kt_facts_origin(job->facts, path)};
}

/* Root passes every permission check of open(2), so only the mode says what the module accepts. */
static KtOptBool
is_writable(KtHostJob *job, const char *path)
{
	uint32_t mode = 0;
	KtState state = kt_root_mode(job->root, path, &mode);

	if (state == KT_STATE_VALUE)
		return kt_host_bool(job, (mode & (S_IWUSR | S_IWGRP | S_IWOTH)) != 0, path);
	return (KtOptBool){.state = state, .origin = kt_facts_origin(job->facts, path)};
}

static KtOptBool
is_builtin(KtHostJob *job)
{
	KtOptBool is_module = is_there(job, INITSTATE);

	if (!kt_root_exists(job->root, "/sys/module/kvm"))
		is_module.state = KT_STATE_ABSENT;
	is_module.v = kt_known(is_module) && !is_module.v;
	return is_module;
}

static KtOptStr
nested(KtHostJob *job)
{
	static const char *const paths[] = {
		"/sys/module/kvm_intel/parameters/nested",
		"/sys/module/kvm_amd/parameters/nested",
		"/sys/module/kvm/parameters/nested", /* s390x */
	};
	KtOptStr value = {0};

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		value = kt_host_line_str(job, paths[i]);
		if (value.state != KT_STATE_ABSENT)
			break;
	}
	return value;
}

void
kt_host_collect_kvm(KtHostJob *job)
{
	KtKvm *kvm = &job->host->kvm;

	kvm->device = is_there(job, "/dev/kvm");
	kvm->vhost_net = is_there(job, VHOST_NET);
	kvm->builtin = is_builtin(job);
	kvm->halt_poll_ns_writable = is_writable(job, HALT_POLL);
	kvm->nested = nested(job);
}
