/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-actuator.h"

static const KtActuator *const actuators[KT_KNOB_N] = {
	[KT_KNOB_VALUE] = &kt_actuator_value,
	[KT_KNOB_FILE] = &kt_actuator_file,
	[KT_KNOB_BOOT_ARG] = &kt_actuator_boot_arg,
	[KT_KNOB_DOMAIN_XML] = &kt_actuator_domain_xml,
	[KT_KNOB_DOMAIN_LIVE] = &kt_actuator_domain_live,
};

const KtActuator *
kt_actuator(KtKnob knob)
{
	g_assert(knob > KT_KNOB_UNSET && knob < KT_KNOB_N);
	return actuators[knob];
}
