/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Actuators: one per kind of knob, three functions each. They know how to read, write and put back
 * one place; they never touch the journal. The engine never knows a knob. That is the whole trick.
 */

#include "kt-machine.h"
#include "kt-reading.h"

typedef struct KtActuator {
	KtKnob knob;
	/* Reads all that belongs to the step's place, before-images included. Never writes. */
	KtReading *(*read)(KtMachine *machine, const KtStep *step, GError **error);
	/* Makes every edit's `to` true. */
	bool (*write)(KtMachine *machine, const KtStep *step, const KtReading *before,
		      GError **error);
	/* Puts back exactly what @before says. */
	bool (*restore)(KtMachine *machine, const KtStep *step, const KtReading *before,
			GError **error);
	/* Puts back only the step's own edits, for a place that others changed elsewhere since;
	 * NULL when the place cannot be divided. */
	bool (*restore_edits)(KtMachine *machine, const KtStep *step, const KtReading *before,
			      GError **error);
	/* Is the place on the way from @before to what the step wants, or back? @is_stopped: a
	 * write or put-back of it may have been killed in the middle. NULL = a place that is always
	 * one or the other. */
	bool (*is_between)(KtMachine *machine, const KtStep *step, const KtReading *before,
			   const KtReading *now, bool is_stopped);
	/* Removes what an interrupted write left beside the place; may be NULL. */
	bool (*sweep)(KtMachine *machine, const KtStep *step, GError **error);
} KtActuator;

extern const KtActuator kt_actuator_value;
extern const KtActuator kt_actuator_file;
extern const KtActuator kt_actuator_boot_arg;
extern const KtActuator kt_actuator_domain_xml;
extern const KtActuator kt_actuator_domain_live;

/* Never NULL for a valid knob. */
const KtActuator *kt_actuator(KtKnob knob);
