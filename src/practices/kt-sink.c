/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-sink.h"

struct KtSink {
	const KtFacts *facts;
	KtArena *arena;
	KtResult *result;
	KtRisk risk;
};

KtSink *
kt_sink_new(const KtFacts *facts, KtArena *arena, KtResult *result, KtRisk risk)
{
	KtSink *sink = g_new0(KtSink, 1);

	sink->facts = facts;
	sink->arena = arena;
	sink->result = result;
	sink->risk = risk;
	return sink;
}

void
kt_sink_free(KtSink *sink)
{
	g_free(sink);
}

void
kt_sink_severity(KtSink *sink, KtSeverity severity)
{
	if (severity > sink->result->severity)
		sink->result->severity = severity;
}

G_GNUC_PRINTF(2, 0)
static const char *
vprintf_arena(KtSink *sink, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);

	return kt_arena_strdup(sink->arena, text);
}

void
kt_sink_summary(KtSink *sink, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	sink->result->summary = vprintf_arena(sink, format, args);
	va_end(args);
}

void
kt_sink_blame(KtSink *sink, KtSeverity severity, const char *summary)
{
	if (!kt_sink_has_blame(sink) || severity > sink->result->severity)
		kt_sink_summary(sink, "%s", summary);
	kt_sink_severity(sink, severity);
}

bool
kt_sink_has_blame(const KtSink *sink)
{
	return sink->result->summary != NULL;
}

void
kt_sink_evidence(KtSink *sink, uint16_t origin, const char *format, ...)
{
	KtEvidence *evidence = kt_arena_new0(sink->arena, KtEvidence, 1);
	va_list args;

	va_start(args, format);
	evidence->text = vprintf_arena(sink, format, args);
	va_end(args);
	evidence->origin = kt_facts_origin_text(sink->facts, origin);
	g_ptr_array_add(sink->result->evidence, evidence);
}

void
kt_sink_number(KtSink *sink, KtOptU64 number, const char *what, const char *unit)
{
	kt_sink_evidence(
		sink, number.origin, "%s is %" G_GUINT64_FORMAT "%s", what, number.v, unit);
}

bool
kt_sink_needs_state(KtSink *sink, KtState state, uint16_t origin, const char *what)
{
	static const char *const reasons[KT_STATE_N] = {
		[KT_STATE_UNSET] = "was not read",
		[KT_STATE_ABSENT] = "is not there",
		[KT_STATE_DENIED] = "may not be read",
		[KT_STATE_BROKEN] = "makes no sense",
	};

	if (state == KT_STATE_VALUE)
		return true;
	if (sink)
		kt_sink_evidence(sink, origin, "%s %s", what, reasons[state]);
	return false;
}

void
kt_sink_advice(KtSink *sink, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(sink->result->advice, (void *)vprintf_arena(sink, format, args));
	va_end(args);
}

static void
add(KtSink *sink, const KtChange *change)
{
	KtChange *copy = kt_arena_new0(sink->arena, KtChange, 1);

	*copy = *change;
	copy->risk = MAX(sink->risk, change->risk);
	copy->target = kt_arena_strdup(sink->arena, change->target);
	copy->locator = kt_arena_strdup(sink->arena, change->locator);
	copy->from = kt_arena_strdup(sink->arena, change->from);
	copy->to = kt_arena_strdup(sink->arena, change->to);
	copy->persist_key = kt_arena_strdup(sink->arena, change->persist_key);
	g_ptr_array_add(sink->result->changes, copy);
}

void
kt_sink_value(KtSink *sink, const char *path, KtSyntax syntax, KtPersist persist,
	      const char *persist_key, const char *from, const char *to)
{
	add(sink,
	    &(KtChange){
		    .knob = KT_KNOB_VALUE,
		    .syntax = syntax,
		    .persist = persist,
		    .effect = KT_EFFECT_LIVE,
		    .target = "host",
		    .locator = path,
		    .from = from,
		    .to = to,
		    .persist_key = persist_key,
	    });
}

void
kt_sink_sysctl(KtSink *sink, const char *key, KtSyntax syntax, const char *from, const char *to)
{
	g_autofree char *path = g_strconcat("/proc/sys/", key, NULL);

	g_strdelimit(path, ".", '/');
	kt_sink_value(sink, path, syntax, KT_PERSIST_SYSCTL, key, from, to);
}

void
kt_sink_sysctl_u64(KtSink *sink, const char *key, KtOptU64 from, uint64_t to)
{
	g_autofree char *old = g_strdup_printf("%" G_GUINT64_FORMAT, from.v);
	g_autofree char *new = g_strdup_printf("%" G_GUINT64_FORMAT, to);

	kt_sink_sysctl(sink, key, KT_SYNTAX_NUMBER, old, new);
}

void
kt_sink_sysfs(KtSink *sink, const char *path, KtSyntax syntax, const char *from, const char *to)
{
	kt_sink_value(sink, path, syntax, KT_PERSIST_TMPFILES, NULL, from, to);
}

void
kt_sink_boot_arg(KtSink *sink, const char *key, const char *from, const char *to)
{
	add(sink,
	    &(KtChange){
		    .knob = KT_KNOB_BOOT_ARG,
		    .syntax = KT_SYNTAX_PLAIN,
		    .persist = KT_PERSIST_NONE,
		    .effect = KT_EFFECT_BOOT,
		    .risk = KT_RISK_MEDIUM,
		    .target = "host",
		    .locator = key,
		    .from = from,
		    .to = to,
	    });
}

void
kt_sink_persist(KtSink *sink, const char *path, KtPersist persist, const char *persist_key,
		const char *from, const char *to)
{
	add(sink,
	    &(KtChange){
		    .knob = KT_KNOB_UNSET,
		    .persist = persist,
		    .effect = KT_EFFECT_BOOT,
		    .target = "host",
		    .locator = path,
		    .from = from,
		    .to = to,
		    .persist_key = persist_key,
	    });
}

void
kt_sink_slice_cpus(KtSink *sink, const char *slice, const char *from, const char *to)
{
	g_autofree char *path = g_strdup_printf("/sys/fs/cgroup/%s/cpuset.cpus", slice);
	g_autofree char *key = g_strconcat(slice, " AllowedCPUs", NULL);

	kt_sink_value(sink, path, KT_SYNTAX_LIST, KT_PERSIST_SLICE, key, from, to);
}

void
kt_sink_load_module(KtSink *sink, const char *module)
{
	g_autofree char *path = g_strconcat("/sys/module/", module, NULL);

	kt_sink_persist(sink, path, KT_PERSIST_MODULE, module, NULL, module);
}

void
kt_sink_module_param(KtSink *sink, const char *module, const char *param, bool is_writable,
		     const char *from, const char *to)
{
	g_autofree char *key = g_strdup_printf("%s.%s", module, param);
	g_autofree char *path = g_strdup_printf("/sys/module/%s/parameters/%s", module, param);

	if (is_writable) {
		kt_sink_value(sink, path, KT_SYNTAX_PLAIN, KT_PERSIST_MODPROBE, key, from, to);
		return;
	}
	/* The value itself cannot be written: only what the next load or boot uses. */
	kt_sink_persist(sink, path, KT_PERSIST_MODPROBE, key, from, to);
}

/* The file's text without the lines that assign @key. */
static char *
without_key(const KtFacts *facts, const KtConfigFile *file, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(file->text.v, "\n", -1);
	GString *text = g_string_new(NULL);

	for (size_t i = 0; lines[i]; i++) {
		bool is_hit = false;
		for (uint32_t j = 0; j < facts->host.sysctl_lines.n; j++) {
			const KtSysctlLine *line = &facts->host.sysctl_lines.v[j];
			is_hit |= kt_opt_is(line->key, key) &&
				  kt_opt_is(line->file, file->path.v) && line->line.v == i + 1;
		}
		if (is_hit)
			continue;
		g_string_append(text, lines[i]);
		if (lines[i + 1])
			g_string_append_c(text, '\n');
	}
	return g_string_free(text, FALSE);
}

void
kt_sink_file(KtSink *sink, const char *path, const char *from, const char *to)
{
	add(sink,
	    &(KtChange){
		    .knob = KT_KNOB_FILE,
		    .syntax = KT_SYNTAX_PLAIN,
		    .persist = KT_PERSIST_NONE,
		    .effect = KT_EFFECT_BOOT,
		    .target = "host",
		    .locator = path,
		    .from = from,
		    .to = to,
	    });
}

void
kt_sink_remove_sysctl(KtSink *sink, const char *key)
{
	const KtConfigFileList *files = &sink->facts->host.config_files;

	for (uint32_t i = 0; i < files->n; i++) {
		const KtConfigFile *file = &files->v[i];
		if (!kt_known(file->path) || !kt_known(file->text))
			continue;
		g_autofree char *text = without_key(sink->facts, file, key);
		if (g_str_equal(text, file->text.v))
			continue;
		kt_sink_file(sink, file->path.v, file->text.v, text);
	}
}

static void
add_domain(KtSink *sink, const KtGuest *guest, const KtChange *change)
{
	g_autofree char *target = g_strdup_printf("guest/%s", guest->uuid.v);
	KtChange copy = *change;

	copy.target = target;
	add(sink, &copy);
}

void
kt_sink_domain_xml(KtSink *sink, const KtGuest *guest, const char *locator, const char *from,
		   const char *to)
{
	if (!kt_opt_true(guest->is_persistent) || !kt_known(guest->uuid))
		return;

	/* A guest that does not run has nothing pending: its next start is what counts. */
	add_domain(sink,
		   guest,
		   &(KtChange){
			   .knob = KT_KNOB_DOMAIN_XML,
			   .syntax = KT_SYNTAX_PLAIN,
			   .persist = KT_PERSIST_NONE,
			   .effect = KT_EFFECT_GUEST_START,
			   .locator = locator,
			   .from = from,
			   .to = to,
		   });
}

/* How the value at a live place reads. */
static KtSyntax
live_syntax(const char *locator)
{
	if (g_str_equal(locator, "cpu_shares"))
		return KT_SYNTAX_NUMBER;
	return g_str_has_prefix(locator, "vcpupin/") || g_str_has_prefix(locator, "iothreadpin/") ||
			       g_str_equal(locator, "emulatorpin") ||
			       g_str_has_prefix(locator, "numa/")
		       ? KT_SYNTAX_LIST
		       : KT_SYNTAX_PLAIN;
}

void
kt_sink_domain_live(KtSink *sink, const KtGuest *guest, const char *locator, const char *from,
		    const char *to)
{
	if (!kt_opt_true(guest->is_active) || !kt_known(guest->uuid))
		return;

	add_domain(sink,
		   guest,
		   &(KtChange){
			   .knob = KT_KNOB_DOMAIN_LIVE,
			   .syntax = live_syntax(locator),
			   .persist = KT_PERSIST_NONE,
			   .effect = KT_EFFECT_LIVE,
			   .locator = locator,
			   .from = from,
			   .to = to,
		   });
}
