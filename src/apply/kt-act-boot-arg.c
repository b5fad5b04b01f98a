/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-actuator.h"

/* Kernel arguments of the next boot. */

static KtReading *
boot_read(KtMachine *machine, const KtStep *step, GError **error)
{
	kt_throw(error, KT_ERROR_UNSUPPORTED, "kernel arguments cannot be changed yet");
	return NULL;
}

static bool
boot_write(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	return kt_throw(error, KT_ERROR_UNSUPPORTED, "kernel arguments cannot be changed yet");
}

const KtActuator kt_actuator_boot_arg = {
	.knob = KT_KNOB_BOOT_ARG,
	.read = boot_read,
	.write = boot_write,
	.restore = boot_write,
};
