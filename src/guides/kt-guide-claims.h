/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The tables of claims: a file for each guide and area. */

#include "kt-guide.h"

extern const KtClaims kt_claims_openeuler_practices_host;
extern const KtClaims kt_claims_openeuler_practices_guest;
extern const KtClaims kt_claims_openeuler_resources_host;
extern const KtClaims kt_claims_openeuler_resources_guest;
extern const KtClaims kt_claims_kvm_notes_host;
extern const KtClaims kt_claims_kvm_notes_guest;
extern const KtClaims kt_claims_cookbook_host;
extern const KtClaims kt_claims_cookbook_guest;
extern const KtClaims kt_claims_sles_host;
extern const KtClaims kt_claims_sles_guest;
