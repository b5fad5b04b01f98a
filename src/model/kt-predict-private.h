/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The parts of kt-predict.c, one per kind of knob. All return false when they cannot tell. */

#include "kt-predict.h"

/* Parses @text into the member of @record that @field describes; NULL is what collect/ says of
 * something that is not there (false for a flag, no items, else ABSENT). */
bool kt_predict_member(KtFacts *facts, const KtField *field, void *record, const char *text);

/* kt-predict-file.c */
bool kt_predict_file(KtFacts *facts, const KtChange *change);

/* kt-predict-xml.c */
bool kt_predict_xml(KtFacts *facts, KtGuest *guest, const KtChange *change);

/* kt-predict-live.c */
bool kt_predict_live(KtFacts *facts, KtGuest *guest, const KtChange *change);
