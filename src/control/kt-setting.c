/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-setting.h"

#include "kt-cpuset.h"

#include <string.h>

#define DISK(place) "/domain/devices/disk[target/@dev='*']/" place
#define NIC(place)  "/domain/devices/interface[mac/@address='*']/" place

#define UNLIMITED "unlimited"

/* Kernel: Documentation/scheduler/sched-bwc.rst: 1 ms at least, a period of 1 s at most. */
#define MIN_US        1000
#define MAX_PERIOD_US 1000000
/* libvirt: VIR_CGROUP_CPU_QUOTA_MAX (src/util/vircgroup.h). */
#define MAX_QUOTA_US 17592186044415ULL
/* KiB in 2^63 bytes. */
#define MAX_KIB 9007199254740988ULL

#define QUOTA(name, element, what)                                                                 \
	{                                                                                          \
		.key = "cpu." name "-quota", .kind = KT_SETTING_NUMBER, .min = MIN_US,             \
		.max = MAX_QUOTA_US, .unit = "us", .absent = UNLIMITED,                            \
		.live = "sched/" element "quota", .doc = "time per period of " what,               \
		.xml = "/domain/cputune/" element "quota/text()"                                   \
	}
#define PERIOD(name, element, what)                                                                \
	{                                                                                          \
		.key = "cpu." name "-period", .kind = KT_SETTING_NUMBER, .min = MIN_US,            \
		.max = MAX_PERIOD_US, .unit = "us", .live = "sched/" element "period",             \
		.xml = "/domain/cputune/" element "period/text()",                                 \
		.doc = "period in which the quota of " what " counts"                              \
	}
#define LIMIT(name, element, what)                                                                 \
	{                                                                                          \
		.key = "memory." name, .kind = KT_SETTING_SIZE, .min = 1, .max = MAX_KIB,          \
		.unit = "KiB", .absent = UNLIMITED, .live = "memory/" element,                     \
		.xml = "/domain/memtune/" element "/text()", .doc = what                           \
	}
#define IOTUNE(name, element, of_unit, what)                                                       \
	{                                                                                          \
		.key = "disk.*." name, .kind = KT_SETTING_NUMBER, .of = KT_SETTING_OF_DISK,        \
		.max = INT64_MAX, .unit = of_unit, .absent = "0", .live = "iotune/*/" element,     \
		.xml = DISK("iotune/" element "/text()"), .doc = what                              \
	}

/* clang-format off: rows are data and read best one to a line */
const KtSetting kt_settings[] = {
	{.key = "cpu.shares",
	 .kind = KT_SETTING_NUMBER,
	 .min = 1,
	 .max = 262144,
	 .live = "cpu_shares",
	 .xml = "/domain/cputune/shares/text()",
	 .doc = "weight against other guests (cgroup v2: 1 to 10000, v1: 2 to 262144)"},
	{.key = "cpu.vcpu-quota",
	 .kind = KT_SETTING_NUMBER,
	 .min = MIN_US,
	 .max = MAX_QUOTA_US,
	 .unit = "us",
	 .absent = UNLIMITED,
	 .live = "sched/vcpu_quota",
	 .xml = "/domain/cputune/quota/text()",
	 .doc = "time per period of each vCPU"},
	{.key = "cpu.vcpu-period",
	 .kind = KT_SETTING_NUMBER,
	 .min = MIN_US,
	 .max = MAX_PERIOD_US,
	 .unit = "us",
	 .live = "sched/vcpu_period",
	 .xml = "/domain/cputune/period/text()",
	 .doc = "period in which the quota of a vCPU counts"},
	QUOTA("emulator", "emulator_", "QEMU's own threads"),
	PERIOD("emulator", "emulator_", "QEMU's own threads"),
	QUOTA("iothread", "iothread_", "each IOThread"),
	PERIOD("iothread", "iothread_", "an IOThread"),
	QUOTA("global", "global_", "the whole guest"),
	PERIOD("global", "global_", "the whole guest"),
	{.key = "cpu.mode",
	 .kind = KT_SETTING_WORD,
	 .xml = "/domain/cpu/@mode",
	 .words = "host-model host-passthrough maximum custom",
	 .doc = "how the CPU is chosen"},
	{.key = "cpu.model",
	 .kind = KT_SETTING_NAME,
	 .xml = "/domain/cpu/model/text()",
	 .doc = "CPU model of mode custom"},
	{.key = "pin.vcpu.*",
	 .kind = KT_SETTING_CPUS,
	 .of = KT_SETTING_OF_VCPU,
	 .live = "vcpupin/*",
	 .xml = "/domain/cputune/vcpupin[@vcpu='*']/@cpuset",
	 .doc = "CPUs that a vCPU may run on"},
	{.key = "pin.emulator",
	 .kind = KT_SETTING_CPUS,
	 .live = "emulatorpin",
	 .xml = "/domain/cputune/emulatorpin/@cpuset",
	 .doc = "CPUs for QEMU's own threads"},
	{.key = "pin.iothread.*",
	 .kind = KT_SETTING_CPUS,
	 .of = KT_SETTING_OF_IOTHREAD,
	 .live = "iothreadpin/*",
	 .xml = "/domain/cputune/iothreadpin[@iothread='*']/@cpuset",
	 .doc = "CPUs that an IOThread may run on"},
	{.key = "vcpus",
	 .kind = KT_SETTING_NUMBER,
	 .min = 1,
	 .max = 16384,
	 .live = "vcpus",
	 .xml = "/domain/vcpu/@current",
	 .doc = "vCPUs that are plugged in"},
	{.key = "vcpus.max",
	 .kind = KT_SETTING_NUMBER,
	 .min = 1,
	 .max = 16384,
	 .xml = "/domain/vcpu/text()",
	 .doc = "vCPUs that the guest can have"},
	{.key = "iothreads",
	 .kind = KT_SETTING_NUMBER,
	 .max = 1024,
	 .xml = "/domain/iothreads/text()",
	 .doc = "IOThreads"},
	{.key = "memory",
	 .kind = KT_SETTING_SIZE,
	 .min = 1024,
	 .max = MAX_KIB,
	 .unit = "KiB",
	 .xml = "/domain/currentMemory/text()",
	 .doc = "memory that the balloon leaves"},
	{.key = "memory.max",
	 .kind = KT_SETTING_SIZE,
	 .min = 1024,
	 .max = MAX_KIB,
	 .unit = "KiB",
	 .xml = "/domain/memory/text()",
	 .doc = "memory that the guest boots with"},
	LIMIT("hard-limit", "hard_limit", "memory of the QEMU process, its overhead included"),
	LIMIT("soft-limit", "soft_limit", "what the host reclaims down to when it is short"),
	LIMIT("swap-hard-limit", "swap_hard_limit", "memory and swap together"),
	{.key = "memory.hugepages",
	 .kind = KT_SETTING_PRESENCE,
	 .xml = "/domain/memoryBacking/hugepages",
	 .doc = "static huge pages of the default size"},
	{.key = "memory.nosharepages",
	 .kind = KT_SETTING_PRESENCE,
	 .xml = "/domain/memoryBacking/nosharepages",
	 .doc = "KSM leaves the guest alone"},
	{.key = "memory.locked",
	 .kind = KT_SETTING_PRESENCE,
	 .xml = "/domain/memoryBacking/locked",
	 .doc = "the host never swaps the guest out"},
	{.key = "numa.mode",
	 .kind = KT_SETTING_WORD,
	 .xml = "/domain/numatune/memory/@mode",
	 .words = "strict preferred interleave restrictive",
	 .doc = "how memory is bound"},
	{.key = "numa.nodeset",
	 .kind = KT_SETTING_NODES,
	 .xml = "/domain/numatune/memory/@nodeset",
	 .doc = "nodes that memory comes from"},
	{.key = "blkio.weight",
	 .kind = KT_SETTING_NUMBER,
	 .min = 10,
	 .max = 1000,
	 .live = "blkio/weight",
	 .xml = "/domain/blkiotune/weight/text()",
	 .doc = "I/O weight against other guests"},
	IOTUNE("total-bytes-sec", "total_bytes_sec", "B/s", "throughput limit"),
	IOTUNE("read-bytes-sec", "read_bytes_sec", "B/s", "read throughput limit"),
	IOTUNE("write-bytes-sec", "write_bytes_sec", "B/s", "write throughput limit"),
	IOTUNE("total-iops-sec", "total_iops_sec", "1/s", "requests limit"),
	IOTUNE("read-iops-sec", "read_iops_sec", "1/s", "read requests limit"),
	IOTUNE("write-iops-sec", "write_iops_sec", "1/s", "write requests limit"),
	{.key = "disk.*.cache",
	 .kind = KT_SETTING_WORD,
	 .of = KT_SETTING_OF_DISK,
	 .words = "none writeback writethrough directsync unsafe",
	 .xml = DISK("driver/@cache"),
	 .doc = "cache mode"},
	{.key = "disk.*.io",
	 .kind = KT_SETTING_WORD,
	 .of = KT_SETTING_OF_DISK,
	 .words = "threads native io_uring",
	 .xml = DISK("driver/@io"),
	 .doc = "way of doing I/O"},
	{.key = "disk.*.discard",
	 .kind = KT_SETTING_WORD,
	 .of = KT_SETTING_OF_DISK,
	 .words = "unmap ignore",
	 .xml = DISK("driver/@discard"),
	 .doc = "what a trim does"},
	{.key = "disk.*.detect-zeroes",
	 .kind = KT_SETTING_WORD,
	 .of = KT_SETTING_OF_DISK,
	 .words = "off on unmap",
	 .xml = DISK("driver/@detect_zeroes"),
	 .doc = "what written zeroes become"},
	{.key = "disk.*.queues",
	 .kind = KT_SETTING_NUMBER,
	 .of = KT_SETTING_OF_DISK,
	 .min = 1,
	 .max = 1024,
	 .xml = DISK("driver/@queues"),
	 .doc = "request queues (virtio)"},
	{.key = "disk.*.iothread",
	 .kind = KT_SETTING_NUMBER,
	 .of = KT_SETTING_OF_DISK,
	 .min = 1,
	 .max = 1024,
	 .xml = DISK("driver/@iothread"),
	 .doc = "IOThread that serves it (virtio)"},
	{.key = "nic.*.model",
	 .kind = KT_SETTING_NAME,
	 .of = KT_SETTING_OF_NIC,
	 .xml = NIC("model/@type"),
	 .doc = "network card"},
	{.key = "nic.*.queues",
	 .kind = KT_SETTING_NUMBER,
	 .of = KT_SETTING_OF_NIC,
	 .min = 1,
	 .max = 256,
	 .xml = NIC("driver/@queues"),
	 .doc = "queues (virtio)"},
	{.key = "machine",
	 .kind = KT_SETTING_NAME,
	 .xml = "/domain/os/type/@machine",
	 .doc = "machine type"},
};
/* clang-format on */
const size_t kt_n_settings = G_N_ELEMENTS(kt_settings);

/* Does @key fit @pattern? What the '*' stands for, else "". */
static bool
matches(const char *pattern, const char *key, char **ret_of)
{
	const char *star = strchr(pattern, '*');

	if (!star) {
		*ret_of = NULL;
		return g_str_equal(pattern, key);
	}
	size_t head = (size_t)(star - pattern);
	size_t tail = strlen(star + 1);
	size_t length = strlen(key);
	if (length <= head + tail || strncmp(pattern, key, head) != 0 ||
	    !g_str_has_suffix(key, star + 1))
		return false;
	*ret_of = g_strndup(key + head, length - head - tail);
	return true;
}

/* Keys of the same first word, or all first words. */
static char *
suggest(const char *key)
{
	g_autofree char *head = g_strndup(key, strcspn(key, "."));
	GString *keys = g_string_new(NULL);

	for (size_t i = 0; i < kt_n_settings; i++) {
		if (g_str_has_prefix(kt_settings[i].key, head))
			g_string_append_printf(
				keys, "%s%s", keys->len ? ", " : "", kt_settings[i].key);
	}
	if (!keys->len)
		g_string_append(keys, "'kvmtune get DOMAIN' shows all keys");
	return g_string_free(keys, FALSE);
}

const KtSetting *
kt_setting_find(const char *key, char **ret_of, GError **error)
{
	for (size_t i = 0; i < kt_n_settings; i++) {
		if (matches(kt_settings[i].key, key, ret_of))
			return &kt_settings[i];
	}
	g_autofree char *hint = suggest(key);
	kt_throw_hint(error, KT_ERROR_USAGE, hint, "there is no setting '%s'", key);
	return NULL;
}

char *
kt_setting_fill(const char *pattern, const char *of)
{
	const char *star = pattern ? strchr(pattern, '*') : NULL;

	if (!star)
		return g_strdup(pattern);
	return g_strdup_printf("%.*s%s%s", (int)(star - pattern), pattern, of, star + 1);
}

static bool
parse_number(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	guint64 number = 0;

	if (!g_ascii_string_to_unsigned(text, 10, setting->min, setting->max, &number, NULL))
		return kt_throw(error,
				KT_ERROR_USAGE,
				"%s: '%s' is no number from %" G_GUINT64_FORMAT
				" to %" G_GUINT64_FORMAT,
				setting->key,
				text,
				setting->min,
				setting->max);
	*ret_value = g_strdup_printf("%" G_GUINT64_FORMAT, number);
	return true;
}

/* As virsh takes sizes: without a unit KiB; k, M, G, T with or without iB are powers of 1024. */
static bool
parse_size(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	static const char units[] = "kMGT";
	char *end = NULL;
	guint64 number = g_ascii_strtoull(text, &end, 10);
	unsigned shift = 0;
	const char *unit = *end ? strchr(units, *end == 'K' ? 'k' : *end) : units;

	if (unit)
		shift = 10 * (unsigned)(unit - units);
	if (*end)
		end++;
	bool is_good = g_ascii_isdigit(*text) && unit && (!*end || g_str_equal(end, "iB")) &&
		       number <= setting->max >> shift;
	if (!is_good || number << shift < setting->min)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "a number of KiB, or one with k, M, G or T",
				     "%s: '%s' is no size that it can have",
				     setting->key,
				     text);
	*ret_value = g_strdup_printf("%" G_GUINT64_FORMAT, number << shift);
	return true;
}

static bool
parse_list(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	KtCpuset set = {0};

	if (!kt_cpuset_parse_list(text, &set, error))
		return kt_prefix(error, "%s", setting->key);
	if (kt_cpuset_is_empty(&set))
		return kt_throw(error, KT_ERROR_USAGE, "%s: the list is empty", setting->key);
	*ret_value = kt_cpuset_to_list(&set);
	return true;
}

static bool
parse_word(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	g_auto(GStrv) words = g_strsplit(setting->words, " ", -1);

	if (g_strv_contains((const char *const *)words, text)) {
		*ret_value = g_strdup(text);
		return true;
	}
	return kt_throw_hint(
		error, KT_ERROR_USAGE, setting->words, "%s cannot be '%s'", setting->key, text);
}

/* What stands in XML as it is must not be able to be anything but a name. */
static bool
parse_name(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	for (const char *c = text; *c; c++) {
		if (!g_ascii_isalnum(*c) && !strchr("._-+", *c))
			return kt_throw(
				error, KT_ERROR_USAGE, "%s: '%s' is no name", setting->key, text);
	}
	*ret_value = g_strdup(text);
	return true;
}

static bool
parse_presence(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	bool is_yes = g_str_equal(text, "yes") || g_str_equal(text, "on");
	bool is_no = g_str_equal(text, "no") || g_str_equal(text, "off");

	if (!is_yes && !is_no)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "yes or no",
				     "%s cannot be '%s'",
				     setting->key,
				     text);
	*ret_value = is_yes ? g_strdup_printf("<%s/>", strrchr(setting->xml, '/') + 1) : NULL;
	return true;
}

bool
kt_setting_parse(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	bool is_absent = setting->absent && g_str_equal(text, setting->absent);

	if (!*text)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "'default' takes the setting away",
				     "%s has no value",
				     setting->key);
	if (is_absent || g_str_equal(text, "default")) {
		*ret_value = NULL;
		return true;
	}
	switch (setting->kind) {
	case KT_SETTING_NUMBER:
		return parse_number(setting, text, ret_value, error);
	case KT_SETTING_SIZE:
		return parse_size(setting, text, ret_value, error);
	case KT_SETTING_CPUS:
	case KT_SETTING_NODES:
		return parse_list(setting, text, ret_value, error);
	case KT_SETTING_WORD:
		return parse_word(setting, text, ret_value, error);
	case KT_SETTING_NAME:
		return parse_name(setting, text, ret_value, error);
	case KT_SETTING_PRESENCE:
		return parse_presence(setting, text, ret_value, error);
	case KT_SETTING_UNSET:
	default:
		g_assert_not_reached();
	}
}
