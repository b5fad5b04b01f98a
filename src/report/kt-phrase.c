/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-phrase.h"

#include <string.h>

KtInk
kt_phrase_ink(KtSeverity severity)
{
	static const KtInk inks[KT_SEVERITY_N] = {
		[KT_SEVERITY_INFO] = KT_INK_INFO,
		[KT_SEVERITY_LOW] = KT_INK_LOW,
		[KT_SEVERITY_MEDIUM] = KT_INK_MEDIUM,
		[KT_SEVERITY_HIGH] = KT_INK_HIGH,
		[KT_SEVERITY_CRITICAL] = KT_INK_CRITICAL,
	};

	return severity < KT_SEVERITY_N ? inks[severity] : KT_INK_UNSET;
}

const char *
kt_phrase_effect(KtEffect effect)
{
	switch (effect) {
	case KT_EFFECT_LIVE:
		return "now";
	case KT_EFFECT_GUEST_START:
		return "at the guest's next start";
	case KT_EFFECT_BOOT:
		return "at the next boot";
	case KT_EFFECT_UNSET:
	case KT_EFFECT_N:
	default:
		return "at an unknown time";
	}
}

const char *
kt_phrase_change_effect(const KtChange *change)
{
	bool is_kept = change->persist > KT_PERSIST_NONE;

	if (change->effect == KT_EFFECT_LIVE && is_kept)
		return "now and at every boot";
	if (change->effect == KT_EFFECT_LIVE && change->knob == KT_KNOB_DOMAIN_LIVE)
		return "now, until the guest stops";
	if (change->effect == KT_EFFECT_LIVE)
		return "now, until the next boot";
	return kt_phrase_effect(change->effect);
}

char *
kt_phrase_value(const char *value)
{
	if (!value)
		return g_strdup("(absent)");
	if (!*value)
		return g_strdup("(empty)");

	g_autofree char *valid = g_utf8_make_valid(value, -1);
	g_strstrip(valid);
	char *newline = strchr(valid, '\n');
	bool is_cut = newline != NULL;
	if (newline)
		*newline = '\0';
	if (g_utf8_strlen(valid, -1) > KT_PHRASE_VALUE_COLUMNS) {
		*g_utf8_offset_to_pointer(valid, KT_PHRASE_VALUE_COLUMNS - 3) = '\0';
		is_cut = true;
	}
	return g_strconcat(valid, is_cut ? "..." : "", NULL);
}

char *
kt_phrase_count(unsigned n, const char *noun)
{
	if (n == 0)
		return g_strdup_printf("no %s", noun);
	return g_strdup_printf("%u %s%s", n, noun, n == 1 ? "" : "s");
}

char *
kt_phrase_findings(const KtAudit *audit)
{
	GString *text = g_string_new(NULL);

	for (KtSeverity s = KT_SEVERITY_CRITICAL; s > KT_SEVERITY_UNSET; s--) {
		if (audit->n_findings[s])
			g_string_append_printf(text,
					       "%s%u %s",
					       text->len ? ", " : "",
					       audit->n_findings[s],
					       kt_severity_name(s));
	}
	return g_string_free(text, FALSE);
}

char *
kt_phrase_kib(uint64_t kib)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
	size_t unit = 0;
	uint64_t whole = kib;
	uint64_t tenths = 0;

	while (whole >= 1024 && unit + 1 < G_N_ELEMENTS(units)) {
		tenths = whole % 1024 * 10 / 1024;
		whole /= 1024;
		unit++;
	}
	/* From 100 on a decimal says nothing that anybody needs. */
	if (tenths && whole < 100)
		return g_strdup_printf(
			"%" G_GUINT64_FORMAT ".%u %s", whole, (unsigned)tenths, units[unit]);
	return g_strdup_printf("%" G_GUINT64_FORMAT " %s", whole, units[unit]);
}

static void G_GNUC_PRINTF(2, 3) join(GString *text, const char *format, ...)
{
	va_list args;

	if (text->len)
		g_string_append(text, ", ");
	va_start(args, format);
	g_string_append_vprintf(text, format, args);
	va_end(args);
}

char *
kt_phrase_system(const KtHost *host)
{
	GString *text = g_string_new(NULL);

	if (kt_known(host->system.distribution_name))
		join(text, "%s", host->system.distribution_name.v);
	if (kt_known(host->system.kernel))
		join(text, "Linux %s", host->system.kernel.v);
	if (kt_known(host->system.architecture))
		join(text, "%s", host->system.architecture.v);
	return g_string_free(text, FALSE);
}

char *
kt_phrase_host(const KtHost *host)
{
	g_autofree char *system = kt_phrase_system(host);
	GString *text = g_string_new(system);

	if (kt_known(host->cpu.online)) {
		g_autofree char *cpus = kt_phrase_count(kt_cpuset_count(host->cpu.online.v), "CPU");
		join(text, "%s", cpus);
	}
	if (host->nodes.n > 1)
		join(text, "%u nodes", host->nodes.n);
	if (kt_known(host->memory.total_kib)) {
		g_autofree char *memory = kt_phrase_kib(host->memory.total_kib.v);
		join(text, "%s", memory);
	}
	return g_string_free(text, FALSE);
}

const char *
kt_phrase_hostname(const KtHost *host)
{
	return kt_known(host->system.hostname) ? host->system.hostname.v : "this host";
}

char *
kt_phrase_guest(const KtGuest *guest)
{
	const KtGuestConfig *config = kt_guest_config(guest);
	GString *text = g_string_new(NULL);

	if (kt_known(guest->state))
		join(text, "%s", guest->state.v);
	if (kt_known(config->vcpus)) {
		g_autofree char *vcpus = kt_phrase_count((unsigned)config->vcpus.v, "vCPU");
		join(text, "%s", vcpus);
	}
	if (kt_known(config->memory_kib)) {
		g_autofree char *memory = kt_phrase_kib(config->memory_kib.v);
		join(text, "%s", memory);
	}
	return g_string_free(text, FALSE);
}

const char *
kt_phrase_guest_name(const KtGuest *guest)
{
	return kt_known(guest->name) ? guest->name.v : "(unnamed guest)";
}
