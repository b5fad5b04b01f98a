/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Answers of guest agents, honest ones and others. */

#include "kt-agent.h"
#include "kt-inside-answer.h"

#include <string.h>

typedef struct Answer {
	virTypedParameterPtr params;
	int n;
	int max;
	KtArena *arena;
	KtInside inside;
} Answer;

static void
answer_clear(Answer *answer)
{
	virTypedParamsFree(answer->params, answer->n);
	kt_arena_free(answer->arena);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

static void
add_text(Answer *answer, const char *name, const char *text)
{
	g_assert_cmpint(
		virTypedParamsAddString(&answer->params, &answer->n, &answer->max, name, text),
		==,
		0);
}

static void
add_number(Answer *answer, const char *name, uint64_t number)
{
	g_assert_cmpint(
		virTypedParamsAddULLong(&answer->params, &answer->n, &answer->max, name, number),
		==,
		0);
}

static void
test_vcpus(void)
{
	g_auto(Answer) answer = {.arena = kt_arena_new()};
	KtInside *inside = &answer.inside;

	add_text(&answer, "vcpus", "0-3");
	add_text(&answer, "online", "0-1");
	kt_inside_read_vcpus(answer.params, answer.n, answer.arena, inside);
	g_assert_true(kt_known(inside->vcpus));
	g_assert_cmpuint(kt_cpuset_count(inside->vcpus.v), ==, 4);
	g_assert_cmpuint(kt_cpuset_count(inside->vcpus_online.v), ==, 2);
	g_assert_cmpint(inside->vcpus_offlinable.state, ==, KT_STATE_ABSENT);
}

static void
test_vcpus_of_an_enemy(void)
{
	static const char *const lists[] = {"0-9999999", "x", "-1", "0-", "3-1"};

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_auto(Answer) answer = {.arena = kt_arena_new()};
		add_text(&answer, "vcpus", lists[i]);
		add_number(&answer, "online", 3);
		kt_inside_read_vcpus(answer.params, answer.n, answer.arena, &answer.inside);
		g_assert_cmpint(answer.inside.vcpus.state, ==, KT_STATE_BROKEN);
		g_assert_cmpint(answer.inside.vcpus_online.state, ==, KT_STATE_BROKEN);
	}
}

static void
test_os(void)
{
	g_auto(Answer) answer = {.arena = kt_arena_new()};
	KtInside *inside = &answer.inside;

	add_text(&answer, "os.name", "Debian GNU/Linux");
	add_text(&answer, "os.id", "debian");
	add_text(&answer, "os.kernel-release", "6.1.0-28-amd64");
	kt_inside_read_os(answer.params, answer.n, answer.arena, inside);
	g_assert_true(kt_opt_is(inside->os_name, "Debian GNU/Linux"));
	g_assert_true(kt_opt_is(inside->os_id, "debian"));
	g_assert_true(kt_opt_is(inside->kernel, "6.1.0-28-amd64"));
	g_assert_cmpint(inside->os_version.state, ==, KT_STATE_ABSENT);

	/* The better name wins, once it is there. */
	add_text(&answer, "os.pretty-name", "Debian GNU/Linux 12 (bookworm)");
	kt_inside_read_os(answer.params, answer.n, answer.arena, inside);
	g_assert_true(kt_opt_is(inside->os_name, "Debian GNU/Linux 12 (bookworm)"));
}

static void
test_texts_of_an_enemy(void)
{
	g_autofree char *longest = g_strnfill(KT_INSIDE_MAX_TEXT, 'x');
	g_autofree char *longer = g_strnfill(KT_INSIDE_MAX_TEXT + 1, 'x');
	const struct {
		const char *text;
		KtState state;
	} rows[] = {
		{.text = "\033]0;owned\007", .state = KT_STATE_BROKEN},
		{.text = "two\nlines", .state = KT_STATE_BROKEN},
		{.text = "\xff\xfe", .state = KT_STATE_BROKEN},
		{.text = "\xc2\x9b[31m", .state = KT_STATE_BROKEN},
		{.text = longer, .state = KT_STATE_BROKEN},
		{.text = longest, .state = KT_STATE_VALUE},
		{.text = "", .state = KT_STATE_VALUE},
		{.text = "Bär", .state = KT_STATE_VALUE},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(Answer) answer = {.arena = kt_arena_new()};
		add_text(&answer, "os.id", rows[i].text);
		add_number(&answer, "os.pretty-name", 3);
		kt_inside_read_os(answer.params, answer.n, answer.arena, &answer.inside);
		g_assert_cmpint(answer.inside.os_id.state, ==, rows[i].state);
		g_assert_cmpint(answer.inside.os_name.state, ==, KT_STATE_BROKEN);
	}
}

static void
test_mounts(void)
{
	g_auto(Answer) answer = {.arena = kt_arena_new()};
	KtInside *inside = &answer.inside;

	add_number(&answer, "fs.count", 2);
	add_text(&answer, "fs.0.mountpoint", "/");
	add_text(&answer, "fs.0.fstype", "ext4");
	add_number(&answer, "fs.0.total-bytes", 4096);
	add_number(&answer, "fs.0.used-bytes", UINT64_MAX);
	add_number(&answer, "fs.0.disk.count", 2);
	add_text(&answer, "fs.0.disk.0.alias", "vda");
	add_text(&answer, "fs.0.disk.1.alias", "vdb");
	add_text(&answer, "fs.1.mountpoint", "/\033[2J");
	add_number(&answer, "fs.1.disk.count", UINT64_MAX);
	kt_inside_read_mounts(answer.params, answer.n, answer.arena, inside);
	g_assert_cmpuint(inside->mounts.n, ==, 2);
	g_assert_true(kt_opt_is(inside->mounts.v[0].mountpoint, "/"));
	g_assert_true(kt_opt_is(inside->mounts.v[0].disks, "vda vdb"));
	g_assert_cmpuint(inside->mounts.v[0].total_kib.v, ==, 4);
	g_assert_cmpint(inside->mounts.v[0].used_kib.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(inside->mounts.v[1].mountpoint.state, ==, KT_STATE_BROKEN);
	g_assert_cmpint(inside->mounts.v[1].disks.state, ==, KT_STATE_ABSENT);
	g_assert_cmpint(inside->mounts.v[1].total_kib.state, ==, KT_STATE_ABSENT);
}

static void
test_too_many_mounts(void)
{
	g_auto(Answer) answer = {.arena = kt_arena_new()};

	kt_inside_read_mounts(answer.params, answer.n, answer.arena, &answer.inside);
	g_assert_cmpint(answer.inside.mounts.state, ==, KT_STATE_VALUE);
	g_assert_cmpuint(answer.inside.mounts.n, ==, 0);
	add_number(&answer, "fs.count", UINT64_MAX);
	kt_inside_read_mounts(answer.params, answer.n, answer.arena, &answer.inside);
	g_assert_cmpint(answer.inside.mounts.state, ==, KT_STATE_BROKEN);
}

/* The answer as the agent writes it, in double quotes. */
static KtJson *
parse(const char *text)
{
	g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');

	return kt_agent_parse(json, strlen(json), NULL);
}

static void
test_blocks(void)
{
	static const struct {
		const char *text;
		const char *all; /* NULL = refused */
		const char *online;
	} rows[] = {
		{.text = "{'return':[{'phys-index':0,'online':true,'can-offline':false},"
			 "{'phys-index':32,'online':false}]}",
		 .all = "0,32",
		 .online = "0"},
		{.text = "{'return':[]}", .all = "", .online = ""},
		{.text = "{'return':[{'phys-index':8191,'online':true}]}",
		 .all = "8191",
		 .online = "8191"},
		{.text = "{'return':[{'phys-index':8192,'online':true}]}"},
		{.text = "{'return':[{'phys-index':-1,'online':true}]}"},
		{.text = "{'return':[{'phys-index':1,'online':1}]}"},
		{.text = "{'return':[{'phys-index':'1','online':true}]}"},
		{.text = "{'return':[{'phys-index':1,'online':true},"
			 "{'phys-index':1,'online':false}]}"},
		{.text = "{'return':{'phys-index':1,'online':true}}"},
		{.text = "{'return':[7]}"},
		{.text = "{'error':{'class':'GenericError','desc':'no'}}"},
		{.text = "[]"},
		{.text = "{'return'"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(Answer) answer = {.arena = kt_arena_new()};
		g_autoptr(KtJson) blocks = parse(rows[i].text);
		kt_inside_read_blocks(blocks, answer.arena, &answer.inside);
		g_assert_cmpint(answer.inside.memory_blocks.state,
				==,
				rows[i].all ? KT_STATE_VALUE : KT_STATE_BROKEN);
		if (!rows[i].all)
			continue;
		g_autofree char *all = kt_cpuset_to_list(answer.inside.memory_blocks.v);
		g_autofree char *online = kt_cpuset_to_list(answer.inside.memory_blocks_online.v);
		g_assert_cmpstr(all, ==, rows[i].all);
		g_assert_cmpstr(online, ==, rows[i].online);
	}
}

static void
test_block_size(void)
{
	static const struct {
		const char *text;
		uint64_t kib; /* 0 = refused */
	} rows[] = {
		{.text = "{'return':{'size':134217728}}", .kib = 131072},
		{.text = "{'return':{'size':0}}"},
		{.text = "{'return':{'size':-134217728}}"},
		{.text = "{'return':{'size':1025}}"},
		{.text = "{'return':{'size':9223372036854774784}}"},
		{.text = "{'return':{'size':'128M'}}"},
		{.text = "{'return':[]}"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		KtInside inside = {0};
		g_autoptr(KtJson) info = parse(rows[i].text);
		kt_inside_read_block_size(info, &inside);
		g_assert_cmpint(inside.memory_block_kib.state,
				==,
				rows[i].kib ? KT_STATE_VALUE : KT_STATE_BROKEN);
		g_assert_cmpuint(inside.memory_block_kib.v, ==, rows[i].kib);
	}
}

static void
add_disk(Answer *answer, unsigned i, const char *name, int is_partition)
{
	g_autofree char *name_key = g_strdup_printf("disk.%u.name", i);
	g_autofree char *part_key = g_strdup_printf("disk.%u.partition", i);

	add_text(answer, name_key, name);
	g_assert_cmpint(virTypedParamsAddBoolean(
				&answer->params, &answer->n, &answer->max, part_key, is_partition),
			==,
			0);
}

static void
test_disks(void)
{
	static const char *const strangers[] = {"/dev/vda/../../etc",
						"/dev/vd",
						"/dev/nvme0n1",
						"sda",
						"\\\\.\\PhysicalDrive0",
						"/dev/vdaaaa"};
	g_auto(Answer) answer = {.arena = kt_arena_new()};
	KtInsideDiskList *disks = &answer.inside.disks;

	kt_inside_read_disks(answer.params, answer.n, answer.arena, &answer.inside);
	g_assert_cmpint(disks->state, ==, KT_STATE_VALUE);
	g_assert_cmpuint(disks->n, ==, 0);

	add_number(&answer, "disk.count", 3 + G_N_ELEMENTS(strangers));
	add_disk(&answer, 0, "/dev/vda", 0);
	add_disk(&answer, 1, "/dev/vda1", 1);
	add_disk(&answer, 2, "/dev/sdab", 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(strangers); i++)
		add_disk(&answer, 3 + i, strangers[i], 0);
	kt_inside_read_disks(answer.params, answer.n, answer.arena, &answer.inside);
	g_assert_cmpuint(disks->n, ==, 2);
	g_assert_true(kt_opt_is(disks->v[0].name, "vda"));
	g_assert_true(kt_opt_is(disks->v[1].name, "sdab"));
}

static void
test_disks_of_an_enemy(void)
{
	g_auto(Answer) answer = {.arena = kt_arena_new()};

	add_number(&answer, "disk.count", UINT64_MAX);
	for (unsigned i = 0; i < 2 * KT_INSIDE_MAX_DISKS; i++)
		add_disk(&answer, i, "/dev/vda", 0);
	kt_inside_read_disks(answer.params, answer.n, answer.arena, &answer.inside);
	g_assert_cmpuint(answer.inside.disks.n, ==, KT_INSIDE_MAX_DISKS);

	g_auto(Answer) text = {.arena = kt_arena_new()};
	add_text(&text, "disk.count", "many");
	kt_inside_read_disks(text.params, text.n, text.arena, &text.inside);
	g_assert_cmpint(text.inside.disks.state, ==, KT_STATE_BROKEN);
}

static void
test_schedulers(void)
{
	static const struct {
		const char *text;
		const char *now; /* NULL: broken */
		const char *all;
	} rows[] = {
		{.text = "[none] mq-deadline \n", .now = "none", .all = "none mq-deadline"},
		{.text = "mq-deadline kyber [bfq] none\n", .now = "bfq"},
		{.text = "none\n"},
		{.text = "[]\n"},
		{.text = "[none\n"},
		{.text = "[a b] none\n"},
		{.text = "[\033[31m] none\n"},
		{.text = ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(Answer) answer = {.arena = kt_arena_new()};
		KtInsideDisk disk = {0};
		kt_inside_read_scheduler(rows[i].text, answer.arena, &disk);
		g_assert_cmpint(
			disk.scheduler.state, ==, rows[i].now ? KT_STATE_VALUE : KT_STATE_BROKEN);
		g_assert_cmpint(disk.schedulers.state, ==, disk.scheduler.state);
		if (rows[i].now)
			g_assert_cmpstr(disk.scheduler.v, ==, rows[i].now);
		if (rows[i].all)
			g_assert_cmpstr(disk.schedulers.v, ==, rows[i].all);
	}
}

/* kvmtune writes to these paths and no others. */
static void
test_scheduler_paths(void)
{
	static const char *const others[] = {"/sys/block/vda/queue/nr_requests",
					     "/sys/block/../queue/scheduler",
					     "/sys/block/vda/queue/scheduler/",
					     "/sys/block//queue/scheduler",
					     "/sys/block/vd*/queue/scheduler",
					     "sys/block/vda/queue/scheduler",
					     "/sys/block/nvme0/queue/scheduler",
					     "/sys/block/vda/x/queue/scheduler"};
	g_autofree char *disk = kt_inside_disk_of("/sys/block/vda/queue/scheduler");

	g_assert_cmpstr(disk, ==, "vda");
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		g_assert_null(kt_inside_disk_of(others[i]));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(virInitialize(), ==, 0);
	g_test_add_func("/inside/vcpus", test_vcpus);
	g_test_add_func("/inside/vcpus-of-an-enemy", test_vcpus_of_an_enemy);
	g_test_add_func("/inside/os", test_os);
	g_test_add_func("/inside/texts-of-an-enemy", test_texts_of_an_enemy);
	g_test_add_func("/inside/mounts", test_mounts);
	g_test_add_func("/inside/too-many-mounts", test_too_many_mounts);
	g_test_add_func("/inside/blocks", test_blocks);
	g_test_add_func("/inside/block-size", test_block_size);
	g_test_add_func("/inside/disks", test_disks);
	g_test_add_func("/inside/disks-of-an-enemy", test_disks_of_an_enemy);
	g_test_add_func("/inside/schedulers", test_schedulers);
	g_test_add_func("/inside/scheduler-paths", test_scheduler_paths);
	return g_test_run();
}
