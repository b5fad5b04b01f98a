/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The enumerations that people and files see by name. Value 0 is "unset" and never valid in data.
 * Every enum has kt_X_name() and kt_X_from_name(); the latter gives the _N value for unknown text.
 */

typedef enum KtSeverity {
	KT_SEVERITY_UNSET = 0,
	KT_SEVERITY_INFO,
	KT_SEVERITY_LOW,
	KT_SEVERITY_MEDIUM,
	KT_SEVERITY_HIGH,
	KT_SEVERITY_CRITICAL, /* a guest will not start, or an outage or data loss threatens */
	KT_SEVERITY_N,
} KtSeverity;

typedef enum KtVerdict {
	KT_VERDICT_UNSET = 0,
	KT_VERDICT_OK,
	KT_VERDICT_FINDING,
	KT_VERDICT_PENDING, /* already configured; the next guest start or boot makes it true */
	KT_VERDICT_NOT_APPLICABLE, /* this host or guest has no such thing, or no need of it */
	KT_VERDICT_UNKNOWN,        /* a fact that it needs is not known: never a finding */
	KT_VERDICT_WAIVED,         /* a finding that the administrator accepted */
	KT_VERDICT_N,
} KtVerdict;

typedef enum KtScope {
	KT_SCOPE_UNSET = 0,
	KT_SCOPE_HOST,
	KT_SCOPE_NODE,
	KT_SCOPE_BLOCK,
	KT_SCOPE_GUEST,
	KT_SCOPE_GUEST_DISK,
	KT_SCOPE_GUEST_NIC,
	KT_SCOPE_N,
} KtScope;

/* What a host or guest is for; decides values. */
typedef enum KtWorkload {
	KT_WORKLOAD_UNSET = 0,
	KT_WORKLOAD_GENERAL,
	KT_WORKLOAD_LATENCY,
	KT_WORKLOAD_THROUGHPUT,
	KT_WORKLOAD_DENSE,
	KT_WORKLOAD_N,
} KtWorkload;

/* When a change becomes true. */
typedef enum KtEffect {
	KT_EFFECT_UNSET = 0,
	KT_EFFECT_LIVE,
	KT_EFFECT_GUEST_START,
	KT_EFFECT_BOOT,
	KT_EFFECT_N,
} KtEffect;

typedef enum KtRisk {
	KT_RISK_UNSET = 0,
	KT_RISK_LOW,    /* wrong at worst for the workload */
	KT_RISK_MEDIUM, /* takes memory or CPU time from others */
	KT_RISK_HIGH,   /* may stall guests, or keep the host from booting as before */
	KT_RISK_N,
} KtRisk;

/* What can be changed, by the way it is changed. */
typedef enum KtKnob {
	KT_KNOB_UNSET = 0,
	KT_KNOB_VALUE,       /* text of one file in /sys or /proc/sys; locator = path */
	KT_KNOB_FILE,        /* whole configuration file; locator = path, NULL value = no file */
	KT_KNOB_BOOT_ARG,    /* kernel argument of the next boot; locator = key */
	KT_KNOB_DOMAIN_XML,  /* part of the inactive XML; locator = path with predicates */
	KT_KNOB_DOMAIN_LIVE, /* libvirt call on a running guest; locator = "vcpupin/0",
				"cpu_shares"... */
	KT_KNOB_N,
} KtKnob;

/* Locator of DOMAIN_LIVE for a file inside the guest: this, and its path there. */
#define KT_PLACE_INSIDE "inside"

/* How the text of a VALUE file is written and compared. */
typedef enum KtSyntax {
	KT_SYNTAX_UNSET = 0,
	KT_SYNTAX_PLAIN,    /* as it stands, white space around it ignored */
	KT_SYNTAX_NUMBER,   /* decimal number */
	KT_SYNTAX_CHOICE,   /* "a [b] c": the bracketed word is the value */
	KT_SYNTAX_MASK,     /* hexadecimal CPU mask */
	KT_SYNTAX_LIST,     /* CPU list */
	KT_SYNTAX_AT_LEAST, /* number that the kernel may round up */
	KT_SYNTAX_N,
} KtSyntax;

/* The words of saved forms and of the command line; from_name gives KT_..._N for a word that is
 * none of them, "unset" included. */
const char *kt_severity_name(KtSeverity severity);
KtSeverity kt_severity_from_name(const char *name);
const char *kt_verdict_name(KtVerdict verdict);
KtVerdict kt_verdict_from_name(const char *name);
const char *kt_scope_name(KtScope scope);
KtScope kt_scope_from_name(const char *name);
const char *kt_workload_name(KtWorkload workload);
KtWorkload kt_workload_from_name(const char *name);
const char *kt_effect_name(KtEffect effect);
KtEffect kt_effect_from_name(const char *name);
const char *kt_risk_name(KtRisk risk);
KtRisk kt_risk_from_name(const char *name);
const char *kt_knob_name(KtKnob knob);
KtKnob kt_knob_from_name(const char *name);
const char *kt_syntax_name(KtSyntax syntax);
KtSyntax kt_syntax_from_name(const char *name);
