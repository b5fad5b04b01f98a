/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-words.h"

#include <glib.h>

static int
find(const char *const *names, int n, const char *name)
{
	for (int i = 1; i < n; i++) {
		if (g_strcmp0(names[i], name) == 0)
			return i;
	}
	return n;
}

static const char *const severity_names[KT_SEVERITY_N] = {
	[KT_SEVERITY_UNSET] = "unset",
	[KT_SEVERITY_INFO] = "info",
	[KT_SEVERITY_LOW] = "low",
	[KT_SEVERITY_MEDIUM] = "medium",
	[KT_SEVERITY_HIGH] = "high",
	[KT_SEVERITY_CRITICAL] = "critical",
};

const char *
kt_severity_name(KtSeverity severity)
{
	g_return_val_if_fail(severity < KT_SEVERITY_N, "unset");
	return severity_names[severity];
}

KtSeverity
kt_severity_from_name(const char *name)
{
	return (KtSeverity)find(severity_names, KT_SEVERITY_N, name);
}

static const char *const verdict_names[KT_VERDICT_N] = {
	[KT_VERDICT_UNSET] = "unset",
	[KT_VERDICT_OK] = "ok",
	[KT_VERDICT_FINDING] = "finding",
	[KT_VERDICT_PENDING] = "pending",
	[KT_VERDICT_NOT_APPLICABLE] = "not-applicable",
	[KT_VERDICT_UNKNOWN] = "unknown",
	[KT_VERDICT_WAIVED] = "waived",
};

const char *
kt_verdict_name(KtVerdict verdict)
{
	g_return_val_if_fail(verdict < KT_VERDICT_N, "unset");
	return verdict_names[verdict];
}

KtVerdict
kt_verdict_from_name(const char *name)
{
	return (KtVerdict)find(verdict_names, KT_VERDICT_N, name);
}

static const char *const scope_names[KT_SCOPE_N] = {
	[KT_SCOPE_UNSET] = "unset",
	[KT_SCOPE_HOST] = "host",
	[KT_SCOPE_NODE] = "node",
	[KT_SCOPE_BLOCK] = "block",
	[KT_SCOPE_GUEST] = "guest",
	[KT_SCOPE_GUEST_DISK] = "guest-disk",
	[KT_SCOPE_GUEST_NIC] = "guest-nic",
};

const char *
kt_scope_name(KtScope scope)
{
	g_return_val_if_fail(scope < KT_SCOPE_N, "unset");
	return scope_names[scope];
}

KtScope
kt_scope_from_name(const char *name)
{
	return (KtScope)find(scope_names, KT_SCOPE_N, name);
}

static const char *const workload_names[KT_WORKLOAD_N] = {
	[KT_WORKLOAD_UNSET] = "unset",
	[KT_WORKLOAD_GENERAL] = "general",
	[KT_WORKLOAD_LATENCY] = "latency",
	[KT_WORKLOAD_THROUGHPUT] = "throughput",
	[KT_WORKLOAD_DENSE] = "dense",
};

const char *
kt_workload_name(KtWorkload workload)
{
	g_return_val_if_fail(workload < KT_WORKLOAD_N, "unset");
	return workload_names[workload];
}

KtWorkload
kt_workload_from_name(const char *name)
{
	return (KtWorkload)find(workload_names, KT_WORKLOAD_N, name);
}

static const char *const effect_names[KT_EFFECT_N] = {
	[KT_EFFECT_UNSET] = "unset",
	[KT_EFFECT_LIVE] = "live",
	[KT_EFFECT_GUEST_START] = "guest-start",
	[KT_EFFECT_BOOT] = "boot",
};

const char *
kt_effect_name(KtEffect effect)
{
	g_return_val_if_fail(effect < KT_EFFECT_N, "unset");
	return effect_names[effect];
}

KtEffect
kt_effect_from_name(const char *name)
{
	return (KtEffect)find(effect_names, KT_EFFECT_N, name);
}

static const char *const risk_names[KT_RISK_N] = {
	[KT_RISK_UNSET] = "unset",
	[KT_RISK_LOW] = "low",
	[KT_RISK_MEDIUM] = "medium",
	[KT_RISK_HIGH] = "high",
};

const char *
kt_risk_name(KtRisk risk)
{
	g_return_val_if_fail(risk < KT_RISK_N, "unset");
	return risk_names[risk];
}

KtRisk
kt_risk_from_name(const char *name)
{
	return (KtRisk)find(risk_names, KT_RISK_N, name);
}

static const char *const knob_names[KT_KNOB_N] = {
	[KT_KNOB_UNSET] = "unset",
	[KT_KNOB_VALUE] = "value",
	[KT_KNOB_FILE] = "file",
	[KT_KNOB_BOOT_ARG] = "boot-arg",
	[KT_KNOB_DOMAIN_XML] = "domain-xml",
	[KT_KNOB_DOMAIN_LIVE] = "domain-live",
};

const char *
kt_knob_name(KtKnob knob)
{
	g_return_val_if_fail(knob < KT_KNOB_N, "unset");
	return knob_names[knob];
}

KtKnob
kt_knob_from_name(const char *name)
{
	return (KtKnob)find(knob_names, KT_KNOB_N, name);
}

static const char *const syntax_names[KT_SYNTAX_N] = {
	[KT_SYNTAX_UNSET] = "unset",
	[KT_SYNTAX_PLAIN] = "plain",
	[KT_SYNTAX_NUMBER] = "number",
	[KT_SYNTAX_CHOICE] = "choice",
	[KT_SYNTAX_MASK] = "mask",
	[KT_SYNTAX_LIST] = "list",
	[KT_SYNTAX_AT_LEAST] = "at-least",
};

const char *
kt_syntax_name(KtSyntax syntax)
{
	g_return_val_if_fail(syntax < KT_SYNTAX_N, "unset");
	return syntax_names[syntax];
}

KtSyntax
kt_syntax_from_name(const char *name)
{
	return (KtSyntax)find(syntax_names, KT_SYNTAX_N, name);
}
