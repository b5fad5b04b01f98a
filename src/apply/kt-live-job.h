/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What libvirt is busy with on a guest, before it is changed. */

#include "kt-machine.h"
#include "kt-plan.h"

/* Does something run on the guest of @step that a change while it runs would meet: a migration, a
 * save, a dump for any change; a backup too for what is plugged in or out? Errors: UNSUPPORTED
 * (with what to wait for), LIBVIRT. A guest that does not run is busy with nothing. */
bool kt_live_job_check(KtMachine *machine, const KtStep *step, GError **error) KT_WARN_UNUSED;
