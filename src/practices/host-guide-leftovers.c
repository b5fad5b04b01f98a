/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-shell-text.h"

#include <string.h>

#define GRUB     "/etc/default/grub"
#define QEMU_KVM "/etc/default/qemu-kvm"

static const char *const variables[] = {"GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT"};

/* The words of @from that @words lacks, added to it. */
static void
add_words(GPtrArray *words, const char *from)
{
	g_auto(GStrv) parts = g_strsplit(from, " ", /* max_tokens= */ -1);

	for (size_t i = 0; parts[i]; i++) {
		if (*parts[i] &&
		    !g_ptr_array_find_with_equal_func(words, parts[i], g_str_equal, NULL))
			g_ptr_array_add(words, g_strdup(parts[i]));
	}
}

static char *
join(const GPtrArray *words, guint from)
{
	GString *text = g_string_new(NULL);

	for (guint i = from; i < words->len; i++)
		g_string_append_printf(text, "%s%s", i > from ? " " : "", (char *)words->pdata[i]);
	return g_string_free(text, FALSE);
}

/* All assignments of one variable, in the order of their lines; NULL when one of them is not plain:
 * that may well name the variable itself, which is how it is done right. */
static GPtrArray *
values_of(const char *text, const char *key)
{
	g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) lines = g_strsplit(text, "\n", /* max_tokens= */ -1);

	for (size_t i = 0; lines[i]; i++) {
		char *value = NULL;
		KtShellState state = kt_shell_get(lines[i], key, &value);
		if (state == KT_SHELL_COMPLEX)
			return NULL;
		if (state == KT_SHELL_VALUE)
			g_ptr_array_add(values, value);
	}
	return g_steal_pointer(&values);
}

/* What earlier lines say and the last does not: a shell keeps only the last. NULL = nothing. */
static char *
find_erased(const GPtrArray *values)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	if (values->len < 2)
		return NULL;
	add_words(words, values->pdata[values->len - 1]);
	guint n_kept = words->len;
	for (guint i = 0; i + 1 < values->len; i++)
		add_words(words, values->pdata[i]);
	return words->len > n_kept ? join(words, n_kept) : NULL;
}

/* One line in the place of the first, with the arguments of all; the others go. */
static char *
fold(const char *text, const char *key, const GPtrArray *values)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) lines = g_strsplit(text, "\n", /* max_tokens= */ -1);
	bool is_first = true;

	for (guint i = 0; i < values->len; i++)
		add_words(words, values->pdata[i]);
	g_autofree char *all = join(words, 0);
	for (size_t i = 0; lines[i]; i++) {
		if (kt_shell_count(lines[i], key) == 0) {
			g_ptr_array_add(kept, g_strdup(lines[i]));
			continue;
		}
		char *line = is_first ? kt_shell_set(lines[i], key, all) : NULL;
		if (is_first && !line)
			return NULL;
		if (line)
			g_ptr_array_add(kept, line);
		is_first = false;
	}
	g_ptr_array_add(kept, NULL);
	return g_strjoinv("\n", (char **)kept->pdata);
}

static void
report_erased(const KtConfigFile *file, const char *key, const char *erased, unsigned n,
	      KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "a line that was appended erases kernel arguments");
	kt_sink_evidence(out,
			 file->path.origin,
			 GRUB " sets %s %u times, and only the last counts: '%s' is lost",
			 key,
			 n,
			 erased);
	kt_sink_advice(
		out,
		"Generate the boot menu afterwards (update-grub, grub2-mkconfig) and look at "
		"its kernel lines before the next boot.");
}

/* 'echo GRUB_CMDLINE_LINUX=... >> /etc/default/grub', as a book has it. */
static bool
check_grub(const KtHost *host, KtSink *out)
{
	const KtConfigFile *file = kt_facts_find_file(host, GRUB);
	g_autofree char *text = file && kt_known(file->text) ? g_strdup(file->text.v) : NULL;
	bool is_found = false;

	for (size_t i = 0; text && i < G_N_ELEMENTS(variables); i++) {
		g_autoptr(GPtrArray) values = values_of(text, variables[i]);
		g_autofree char *erased = values ? find_erased(values) : NULL;
		if (!erased)
			continue;
		report_erased(file, variables[i], erased, values->len, out);
		is_found = true;
		char *folded = fold(text, variables[i], values);
		if (!folded)
			continue;
		g_free(text);
		text = folded;
	}
	if (is_found && !g_str_equal(text, file->text.v))
		kt_sink_file(out, file->path.v, file->text.v, text);
	return is_found;
}

/* A switch of Debian's init script, which is gone (Debian bug 712898). */
static bool
check_huge_pages(const KtHost *host, bool is_found, KtSink *out)
{
	const KtConfigFile *file = kt_facts_find_file(host, QEMU_KVM);
	g_autoptr(GPtrArray) kept = g_ptr_array_new();

	if (!file || !kt_known(file->text) || kt_shell_count(file->text.v, "KVM_HUGEPAGES") == 0)
		return false;
	g_auto(GStrv) lines = g_strsplit(file->text.v, "\n", /* max_tokens= */ -1);
	for (size_t i = 0; lines[i]; i++) {
		if (kt_shell_count(lines[i], "KVM_HUGEPAGES") == 0)
			g_ptr_array_add(kept, lines[i]);
	}
	g_ptr_array_add(kept, NULL);
	g_autofree char *text = g_strjoinv("\n", (char **)kept->pdata);
	kt_sink_severity(out, KT_SEVERITY_LOW);
	if (!is_found)
		kt_sink_summary(out, "KVM_HUGEPAGES is read by nothing any more");
	kt_sink_evidence(out, file->path.origin, QEMU_KVM " sets KVM_HUGEPAGES");
	kt_sink_advice(out, "Huge pages are asked for with <hugepages/> in a guest's XML.");
	kt_sink_file(out, file->path.v, file->text.v, text);
	return true;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const char *const paths[] = {GRUB, QEMU_KVM};
	const KtHost *host = view->host;

	if (host->config_files.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->config_files, "the configuration files"))
		return KT_VERDICT_UNKNOWN;
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		const KtConfigFile *file = kt_facts_find_file(host, paths[i]);
		if (file && !kt_sink_needs(out, file->text, paths[i]))
			return KT_VERDICT_UNKNOWN;
	}
	bool is_found = check_grub(host, out);
	is_found |= check_huge_pages(host, is_found, out);
	return is_found ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static const char *const sources[] = {
	"GRUB 2.06: docs/grub.texi, Simple configuration handling: the file is sourced by a shell",
	"POSIX.1-2017: Shell Command Language, 2.9.1: the last assignment of a variable counts",
	"Debian bug 712898: the init script of qemu-kvm is gone",
	NULL,
};

KT_PRACTICE(host_guide_leftovers) = {
	.id = "host.guide-leftovers",
	.title = "No advice of a guide undid the host's own settings",
	.why = "Guides append GRUB_CMDLINE_LINUX=\"...\" to /etc/default/grub: the file is a shell "
	       "script, so the new line replaces the old one, and with the next kernel the "
	       "arguments are gone that the installer wrote there, a console or a crash kernel "
	       "among them. KVM_HUGEPAGES in /etc/default/qemu-kvm does nothing since its script "
	       "went. Keys of sysctl and arguments that kernels forgot have practices of their "
	       "own.",
	.cost = "Arguments that were lost come back: look whether they are still wanted.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "grep -n GRUB_CMDLINE /etc/default/grub; cat /etc/default/qemu-kvm",
	.effect = "the lines 'linux' of the generated menu hold the arguments of /proc/cmdline",
	.evaluate = evaluate,
};
