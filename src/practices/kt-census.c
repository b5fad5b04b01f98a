/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#include <string.h>

bool
kt_census_counts(const KtGuest *guest)
{
	return kt_opt_true(guest->is_active) || kt_opt_true(guest->autostart);
}

const KtGuestConfig *
kt_census_config(const KtGuest *guest)
{
	return kt_opt_true(guest->is_active) ? &guest->live : &guest->inactive;
}

KtMemoryKind
kt_census_memory_kind(const KtGuestConfig *config)
{
	bool is_known =
		kt_known(config->hugepages) &&
		(kt_known(config->memory_source) ||
		 config->memory_source.state == KT_STATE_ABSENT) &&
		(kt_known(config->memory_access) || config->memory_access.state == KT_STATE_ABSENT);

	if (kt_opt_true(config->hugepages))
		return KT_MEMORY_HUGETLB;
	if (!is_known)
		return KT_MEMORY_UNKNOWN;
	if (kt_opt_is(config->memory_source, "memfd") || kt_opt_is(config->memory_source, "file") ||
	    kt_opt_is(config->memory_access, "shared"))
		return KT_MEMORY_SHARED;
	return KT_MEMORY_ANONYMOUS;
}

static bool
is_bound(const KtGuestConfig *config)
{
	return kt_opt_is(config->numa_mode, "strict") ||
	       kt_opt_is(config->numa_mode, "restrictive");
}

static bool
is_unbound(const KtGuestConfig *config, KtMemoryKind kind)
{
	bool is_mode_known =
		kt_known(config->numa_mode) || config->numa_mode.state == KT_STATE_ABSENT;

	return (kind == KT_MEMORY_ANONYMOUS || kind == KT_MEMORY_SHARED) && is_mode_known &&
	       !is_bound(config);
}

static void
add(KtCensus *census, const KtGuestConfig *config)
{
	KtMemoryKind kind = kt_census_memory_kind(config);

	census->n++;
	census->n_unknown += kind == KT_MEMORY_UNKNOWN;
	census->n_anonymous += kind == KT_MEMORY_ANONYMOUS;
	census->n_shared += kind == KT_MEMORY_SHARED;
	census->n_hugetlb += kind == KT_MEMORY_HUGETLB;
	census->n_mergeable += kind == KT_MEMORY_ANONYMOUS && !kt_opt_true(config->nosharepages);
	census->n_bound += kind == KT_MEMORY_HUGETLB || is_bound(config);
	census->n_unbound += is_unbound(config, kind);
	census->n_kvm += kt_opt_is(config->type, "kvm");
	if (kind != KT_MEMORY_HUGETLB && kt_known(config->memory_kib))
		census->normal_kib += config->memory_kib.v;
}

/* Whether it counts may itself be unknown. */
static bool
is_in_doubt(const KtGuest *guest)
{
	return !kt_census_counts(guest) &&
	       !(kt_known(guest->is_active) && kt_known(guest->autostart));
}

bool
kt_census_take(const KtFacts *facts, KtCensusScope scope, KtCensus *ret_census)
{
	const KtGuestList *guests = &facts->guests;
	KtCensus census = {0};

	if (guests->state != KT_STATE_VALUE && guests->state != KT_STATE_ABSENT)
		return false;
	for (uint32_t i = 0; i < guests->n; i++) {
		const KtGuest *guest = &guests->v[i];
		if (scope == KT_CENSUS_DEFINED || kt_census_counts(guest))
			add(&census, kt_census_config(guest));
		else
			census.n_unknown += is_in_doubt(guest);
	}
	*ret_census = census;
	return true;
}

bool
kt_census_needs(const KtView *view, KtCensusScope scope, KtCensus *ret_census, KtSink *out)
{
	if (kt_census_take(view->facts, scope, ret_census))
		return true;
	return kt_sink_needs(out, view->facts->guests, "the list of guests");
}

KtVerdict
kt_census_unknown(const KtView *view, KtSink *out)
{
	const KtGuestList *guests = &view->facts->guests;
	bool is_listed = guests->state == KT_STATE_VALUE || guests->state == KT_STATE_ABSENT;

	kt_sink_evidence(out,
			 guests->origin,
			 is_listed ? "not of every guest is known what it uses"
				   : "the list of guests could not be read");
	return KT_VERDICT_UNKNOWN;
}

bool
kt_census_is_dom0(const KtHost *host)
{
	return kt_known(host->system.xen_capabilities) &&
	       strstr(host->system.xen_capabilities.v, "control_d");
}

bool
kt_census_has_agent(const KtHost *host, const char *name)
{
	for (uint32_t i = 0; i < host->agents.n; i++) {
		if (kt_opt_is(host->agents.v[i].name, name))
			return true;
	}
	return false;
}

bool
kt_census_has_module(const KtHost *host, const char *name)
{
	for (uint32_t i = 0; i < host->modules.n; i++) {
		if (kt_opt_is(host->modules.v[i].name, name))
			return true;
	}
	return false;
}

bool
kt_census_kernel_from(const KtHost *host, unsigned major, unsigned minor)
{
	if (!kt_known(host->system.kernel))
		return false;

	char *rest = NULL;
	guint64 running_major = g_ascii_strtoull(host->system.kernel.v, &rest, 10);
	guint64 running_minor = *rest == '.' ? g_ascii_strtoull(rest + 1, NULL, 10) : 0;
	return running_major > major || (running_major == major && running_minor >= minor);
}

char *
kt_census_boot_arg(const KtHost *host, const char *key)
{
	if (!kt_known(host->system.cmdline))
		return NULL;

	g_auto(GStrv) words = g_strsplit_set(host->system.cmdline.v, " \t\n", -1);
	size_t length = strlen(key);
	const char *found = NULL;
	for (size_t i = 0; words[i]; i++) {
		if (!g_str_has_prefix(words[i], key))
			continue;
		if (words[i][length] == '=')
			found = words[i] + length + 1;
		else if (!words[i][length])
			found = "";
	}
	return g_strdup(found);
}
