/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What the collectors of the host share: one job, a few readers, one function per area.
 *
 * Members with a form (kt-schema.h) are read by kt_host_read_fields() and nobody else; the areas
 * fill what takes code. A reader answers with the state of the text: ABSENT and DENIED as the root
 * says, BROKEN when it is no text or larger than what it stands for can be.
 */

#include "kt-facts.h"
#include "kt-root.h"

/* A line of sysfs is a page at most (Documentation/filesystems/sysfs.rst), and pages have up to
 * 64 KiB (arm64, ppc64). */
#define KT_HOST_MAX_LINE ((size_t)(64 * 1024))
/* Of devices, modules, assignments... of one host; a longer list is BROKEN. */
#define KT_HOST_MAX_ITEMS 65536u

typedef struct KtHostJob {
	KtFacts *facts;
	KtHost *host; /* &facts->host */
	KtRoot *root;
	GArray *config_files;     /* of KtConfigFile, not yet sorted */
	const char *architecture; /* what hwloc says of the machine, or NULL */
} KtHostJob;

/* kt-collect-read.c */

/* Reads all members of @record that have a form, in embedded records too. Relative sources are
 * below @dir. */
void kt_host_read_fields(KtHostJob *job, const KtSchema *schema, const char *dir, void *record);

/* A file of UTF-8 text without NUL, at most KT_ROOT_MAX_BYTES long. Free with g_free. */
KtState kt_host_text(KtHostJob *job, const char *path, char **ret_text);

/* One line without the white space around it; BROKEN when it is empty, too long or holds control
 * characters. Free with g_free. */
KtState kt_host_line(KtHostJob *job, const char *path, char **ret_line);

/* The bracketed word of "always [madvise] never", the only word where there are no brackets; NULL
 * when it is neither. Free with g_free. */
char *kt_host_choice(const char *line);

/* The number of kB after "KEY:" as in /proc/meminfo; ABSENT or BROKEN. */
KtOptU64 kt_host_meminfo(KtHostJob *job, const char *text, const char *key, const char *path);

/* Values and states with their origin. @text is copied. */
KtOptStr kt_host_str(KtHostJob *job, const char *text, const char *origin);
KtOptStr kt_host_line_str(KtHostJob *job, const char *path);
KtOptU64 kt_host_u64(KtHostJob *job, uint64_t number, const char *origin);
KtOptBool kt_host_bool(KtHostJob *job, bool value, const char *origin);
KtOptCpuset kt_host_cpuset(KtHostJob *job, const KtCpuset *set, const char *origin);

/* The items as an array in the arena; takes @items. */
void *kt_host_take(KtHostJob *job, GArray *items);

/* One list of records: VALUE with @items (taken), or another state without. */
#define kt_host_set_list(job, list, items, list_state, path)                                       \
	do {                                                                                       \
		GArray *taken = (items);                                                           \
		bool is_full = taken->len > KT_HOST_MAX_ITEMS;                                     \
		(list)->state = is_full ? KT_STATE_BROKEN : (list_state);                          \
		(list)->n = (list)->state == KT_STATE_VALUE ? taken->len : 0;                      \
		(list)->origin = kt_facts_origin((job)->facts, (path));                            \
		(list)->v = kt_host_take((job), taken);                                            \
	} while (0)

/* The areas, in the order they run: the system needs the topology, the sysctl files the system. */

/* Error PARSE when @xml is no topology. @ret_xml as kt_collect_host(). */
bool kt_host_collect_topology(KtHostJob *job, const char *xml, char **ret_xml, GError **error);
void kt_host_collect_system(KtHostJob *job);
/* Needs the system. */
void kt_host_collect_xen(KtHostJob *job);
void kt_host_collect_cpu(KtHostJob *job);
void kt_host_collect_memory(KtHostJob *job);
void kt_host_collect_kvm(KtHostJob *job);
void kt_host_collect_sysctl(KtHostJob *job);
void kt_host_collect_sysctl_files(KtHostJob *job);
void kt_host_collect_blocks(KtHostJob *job);
void kt_host_collect_mounts(KtHostJob *job);
void kt_host_collect_net(KtHostJob *job);
void kt_host_collect_irqs(KtHostJob *job);
void kt_host_collect_irqbalance(KtHostJob *job);
void kt_host_collect_modules(KtHostJob *job);
void kt_host_collect_cgroup(KtHostJob *job);
void kt_host_collect_agents(KtHostJob *job);
void kt_host_collect_config_files(KtHostJob *job);
void kt_host_collect_boot_files(KtHostJob *job);
void kt_host_collect_tuned(KtHostJob *job);

/* kt-collect-memory.c: the pools below a directory "hugepages" of sysfs. */
KtHugePoolList kt_host_huge_pools(KtHostJob *job, const char *dir);

/* kt-collect-hypervisor.c: what this host is a guest of. */
KtOptStr kt_host_hypervisor(KtHostJob *job);

/* kt-collect-transport.c: transport of a SCSI disk from the target of its link in /sys/block and
 * the name of its driver (scsi_host/proc_name; NULL when unknown). A constant. */
const char *kt_host_transport(const char *link, const char *driver);

/* kt-collect-boot-files.c: line @number of @path sets @place; texts are copied. */
KtBootLine kt_host_boot_line(KtHostJob *job, const char *path, uint64_t number, const char *place,
			     const char *value);

/* kt-collect-config-files.c */
bool kt_host_is_own_file(const char *path);
/* Adds a file; @text only with state VALUE, copied. */
void kt_host_add_config_file(KtHostJob *job, const char *path, KtState state, const char *text);
