/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-expand.h"

#include "kt-census.h"

#include <string.h>

#define HEADER "# Managed by kvmtune, do not edit: 'kvmtune undo' takes it away.\n"

static void
add(KtExpansion *out, const KtChange *change)
{
	KtChange *copy = kt_arena_new0(out->arena, KtChange, 1);

	*copy = *change;
	g_ptr_array_add(out->changes, copy);
}

static void G_GNUC_PRINTF(2, 3) note(KtExpansion *out, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(out->notes, kt_arena_strdup(out->arena, text));
}

static const char *
file_text(const KtFacts *facts, const char *path)
{
	const KtConfigFile *file = kt_facts_find_file(&facts->host, path);

	return file && kt_known(file->text) ? file->text.v : NULL;
}

/* An own file whose whole content is decided here. */
static void
add_file(KtExpansion *out, const KtChange *change, const char *path, const char *body)
{
	const char *from = file_text(out->facts, path);
	const char *to = kt_arena_printf(out->arena, HEADER "%s", body);

	if (g_strcmp0(from, to) == 0)
		return;
	add(out,
	    &(KtChange){
		    .knob = KT_KNOB_FILE,
		    .syntax = KT_SYNTAX_PLAIN,
		    .effect = KT_EFFECT_BOOT,
		    .risk = change->risk,
		    .target = "host",
		    .locator = path,
		    .from = from,
		    .to = to,
	    });
}

/* File names of one knob each: undo of any transaction is then the restoring of a whole file and
 * never has to take one line out of a file that a later transaction also changed. */
static char *
slug(KtExpansion *out, const char *path)
{
	const char *rest = g_str_has_prefix(path, "/sys/") ? path + strlen("/sys/") : path + 1;

	return g_strdelimit(kt_arena_strdup(out->arena, rest), "/", '-');
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* systemd-sysctl applies files in the order of their names; what sorts behind ours wins. */
static void
note_sysctl_winners(KtExpansion *out, const char *key, const char *own_name, const char *to)
{
	const KtSysctlLineList *lines = &out->facts->host.sysctl_lines;

	for (uint32_t i = 0; i < lines->n; i++) {
		const KtSysctlLine *line = &lines->v[i];
		if (!kt_opt_is(line->key, key) || !kt_known(line->file) || !kt_known(line->value))
			continue;
		if (strcmp(name_of(line->file.v), own_name) <= 0 || g_str_equal(line->value.v, to))
			continue;
		note(out,
		     "'%s' line %" G_GUINT64_FORMAT " sets %s to %s and wins at the next boot",
		     line->file.v,
		     line->line.v,
		     key,
		     line->value.v);
	}
}

/* Which of two files that set one place counts. */
typedef enum Order {
	ORDER_FIRST, /* the one whose name sorts first */
	ORDER_LAST,
	ORDER_ALWAYS, /* the other one, whatever it is called */
} Order;

/* Other files that may set what kvmtune's file sets. */
typedef struct Rivals {
	const KtBootLineList *lines;
	const char *own_path;
	Order order;
	const char *how; /* what is so of a line that wins, "and wins at the next boot" */
} Rivals;

static void
note_winners(KtExpansion *out, const Rivals *rivals, const char *place, const char *to)
{
	for (uint32_t i = 0; i < rivals->lines->n; i++) {
		const KtBootLine *line = &rivals->lines->v[i];
		if (!kt_opt_is(line->place, place) || !kt_known(line->file) ||
		    !kt_known(line->value) || g_str_equal(line->value.v, to))
			continue;
		int order = strcmp(name_of(line->file.v), name_of(rivals->own_path));
		if (rivals->order == ORDER_ALWAYS ||
		    (order != 0 && (order < 0) == (rivals->order == ORDER_FIRST)))
			note(out,
			     "'%s' line %" G_GUINT64_FORMAT " sets %s to %s %s",
			     line->file.v,
			     line->line.v,
			     place,
			     line->value.v,
			     rivals->how);
	}
}

static void
note_boot_winners(KtExpansion *out, const char *place, const char *own_path, const char *to,
		  Order order)
{
	const Rivals rivals = {
		.lines = &out->facts->host.boot_lines,
		.own_path = own_path,
		.order = order,
		.how = "and wins at the next boot",
	};

	note_winners(out, &rivals, place, to);
}

/* A profile may be active and its daemon switched off. */
static void
note_tuned(KtExpansion *out, const char *place, const char *to)
{
	const KtHost *host = &out->facts->host;
	const Rivals rivals = {
		.lines = &host->tuned_lines,
		.own_path = "",
		.order = ORDER_ALWAYS,
		.how = "when tuned starts, and wins; a profile of your own that includes it can "
		       "leave that out, see 'kvmtune explain host.tuned-conflict'",
	};

	if (kt_census_has_agent(host, "tuned"))
		note_winners(out, &rivals, place, to);
}

/* modules-load.d(5): systemd loads what is named there before it applies sysctl files. */
static void
add_module_file(KtExpansion *out, const KtChange *change, const char *module)
{
	const char *path =
		kt_arena_printf(out->arena, "/etc/modules-load.d/kvmtune-%s.conf", module);
	g_autofree char *body = g_strconcat(module, "\n", NULL);

	add_file(out, change, path, body);
}

/* "system.slice AllowedCPUs": a drop-in of the slice (systemd.unit(5)). One that systemctl
 * set-property wrote is called 50-AllowedCPUs.conf and sorts before it. */
static void
persist_slice(KtExpansion *out, const KtChange *change)
{
	g_auto(GStrv) parts = g_strsplit(change->persist_key, " ", 2);

	g_return_if_fail(g_strv_length(parts) == 2);
	const char *path = kt_arena_printf(
		out->arena, "/etc/systemd/system/%s.d/80-kvmtune-%s.conf", parts[0], parts[1]);
	g_autofree char *body = g_strdup_printf("[Slice]\n%s=%s\n", parts[1], change->to);

	add_file(out, change, path, body);
}

static void
persist_sysctl(KtExpansion *out, const KtChange *change)
{
	const char *key = change->persist_key;
	/* The leading '-' keeps systemd-sysctl quiet when the key's module is not loaded. */
	const char *dash = g_str_has_prefix(key, "net.netfilter.") ? "-" : "";
	g_autofree char *name = g_strdup_printf("80-kvmtune-%s.conf", key);
	const char *path = kt_arena_printf(out->arena, "/etc/sysctl.d/%s", name);
	g_autofree char *body = g_strdup_printf("%s%s = %s\n", dash, key, change->to);

	note_sysctl_winners(out, key, name, change->to);
	note_tuned(out, key, change->to);
	/* The keys exist only once the module is loaded. */
	if (g_str_has_prefix(key, "net.netfilter.nf_conntrack_"))
		add_module_file(out, change, "nf_conntrack");
	add_file(out, change, path, body);
}

/* Of several lines for one path systemd-tmpfiles takes the one in the file whose name sorts first,
 * tmpfiles.d(5): the number is low where that of a sysctl file is high. */
static void
persist_tmpfiles(KtExpansion *out, const KtChange *change)
{
	const char *path = kt_arena_printf(
		out->arena, "/etc/tmpfiles.d/20-kvmtune-%s.conf", slug(out, change->locator));
	g_autofree char *body = g_strdup_printf("w %s - - - - %s\n", change->locator, change->to);

	note_boot_winners(out, change->locator, path, change->to, ORDER_FIRST);
	note_tuned(out, change->locator, change->to);
	add_file(out, change, path, body);
}

/* "/sys/block/vda/queue/scheduler" -> "queue/scheduler": attributes relative to the device. */
static const char *
device_attribute(const char *path)
{
	const char *name = path + strlen("/sys/block/");
	const char *slash = strchr(name, '/');

	return slash ? slash + 1 : name;
}

static void
persist_udev(KtExpansion *out, const KtChange *change)
{
	g_return_if_fail(g_str_has_prefix(change->locator, "/sys/block/"));

	const char *path = kt_arena_printf(
		out->arena, "/etc/udev/rules.d/61-kvmtune-%s.rules", slug(out, change->locator));
	g_autofree char *body = g_strdup_printf("ACTION==\"add|change\", SUBSYSTEM==\"block\", "
						"ENV{DEVTYPE}==\"disk\", %s, ATTR{%s}=\"%s\"\n",
						change->persist_key,
						device_attribute(change->locator),
						change->to);
	g_autofree char *place = g_strdup_printf("ATTR{%s}", device_attribute(change->locator));
	const Rivals rivals = {
		.lines = &out->facts->host.udev_lines,
		.own_path = path,
		.order = ORDER_LAST,
		.how = "and wins at the next boot for the disks that it matches",
	};

	note_winners(out, &rivals, place, change->to);
	note_tuned(out, place, change->to);
	add_file(out, change, path, body);
}

/* Value of @key on the running command line: NULL when it is not there, "" without a value. */
static const char *
running_argument(KtExpansion *out, const char *key)
{
	const KtOptStr cmdline = out->facts->host.system.cmdline;

	if (!kt_known(cmdline))
		return NULL;

	g_auto(GStrv) words = g_strsplit_set(cmdline.v, " \t\n", -1);
	const char *found = NULL;
	for (size_t i = 0; words[i]; i++) {
		size_t length = strlen(key);
		if (!g_str_has_prefix(words[i], key))
			continue;
		if (words[i][length] == '=')
			found = kt_arena_strdup(out->arena, words[i] + length + 1);
		else if (!words[i][length])
			found = "";
	}
	return found;
}

static void
add_boot_arg(KtExpansion *out, const KtChange *change, const char *key)
{
	const KtOptStr loader = out->facts->host.system.bootloader;
	static const char *const supported[] = {
		"bls", "entries", "grub-debian", "grub2", "ostree", "transactional", "zipl"};
	bool is_supported = false;

	for (size_t i = 0; i < G_N_ELEMENTS(supported); i++)
		is_supported |= kt_opt_is(loader, supported[i]);

	if (!is_supported) {
		note(out,
		     "kernel argument '%s=%s' has to be added by hand: the boot loader of this host "
		     "is not one that kvmtune can edit",
		     key,
		     change->to ? change->to : "");
		return;
	}
	add(out,
	    &(KtChange){
		    .knob = KT_KNOB_BOOT_ARG,
		    .syntax = KT_SYNTAX_PLAIN,
		    .effect = KT_EFFECT_BOOT,
		    .risk = MAX(change->risk, KT_RISK_MEDIUM),
		    .target = "host",
		    .locator = key,
		    .from = running_argument(out, key),
		    .to = change->to,
	    });
}

/* modprobe hands the options of all files to the kernel in the order of their names, and the kernel
 * takes the last; other files are called after their module or program, as tuned.conf. */
static void
persist_modprobe(KtExpansion *out, const KtChange *change)
{
	g_auto(GStrv) parts = g_strsplit(change->persist_key, ".", 2);

	g_return_if_fail(g_strv_length(parts) == 2);
	if (g_str_equal(parts[0], "kvm") && kt_opt_true(out->facts->host.kvm.builtin)) {
		add_boot_arg(out, change, change->persist_key);
		return;
	}

	const char *path = kt_arena_printf(
		out->arena, "/etc/modprobe.d/zz-kvmtune-%s.conf", change->persist_key);
	g_autofree char *body =
		g_strdup_printf("options %s %s=%s\n", parts[0], parts[1], change->to);
	note_boot_winners(out, change->persist_key, path, change->to, ORDER_LAST);
	add_file(out, change, path, body);
}

static void
persist(KtExpansion *out, const KtChange *change)
{
	switch (change->persist) {
	case KT_PERSIST_SYSCTL:
		persist_sysctl(out, change);
		break;
	case KT_PERSIST_TMPFILES:
		persist_tmpfiles(out, change);
		break;
	case KT_PERSIST_MODPROBE:
		persist_modprobe(out, change);
		break;
	case KT_PERSIST_MODULE:
		add_module_file(out, change, change->persist_key);
		break;
	case KT_PERSIST_SLICE:
		persist_slice(out, change);
		break;
	case KT_PERSIST_UDEV:
		persist_udev(out, change);
		break;
	case KT_PERSIST_UNSET:
	case KT_PERSIST_NONE:
	case KT_PERSIST_N:
	default:
		break;
	}
}

void
kt_expand(KtExpansion *out, const KtChange *change)
{
	if (change->knob == KT_KNOB_BOOT_ARG) {
		add_boot_arg(out, change, change->locator);
		return;
	}
	if (change->knob != KT_KNOB_UNSET)
		add(out, change);
	persist(out, change);
}
