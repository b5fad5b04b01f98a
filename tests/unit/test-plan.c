/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-plan-build.h"

#include <string.h>

/* Plans from hand-made audits: expansion, order, merging, conflicts, and the JSON form. */

static KtVerdict
never(const KtView *view, KtSink *out)
{
	return KT_VERDICT_UNKNOWN;
}

static const KtPractice first = {.id = "test.first", .title = "first", .evaluate = never};
static const KtPractice second = {
	.id = "test.second",
	.title = "second",
	.after = (const char *const[]){"test.first", NULL},
	.evaluate = never,
};

typedef struct Fixture {
	KtFacts *facts;
	KtAudit *audit;
} Fixture;

static void
setup(Fixture *fixture, const void *data)
{
	static const char facts[] =
		"{\"host\":{\"system\":{\"hostname\":\"h\",\"bootloader\":\"none\","
		"\"cmdline\":\"quiet kvm.x=3\"},\"kvm\":{\"builtin\":true},"
		"\"sysctl_lines\":[{\"file\":\"/etc/sysctl.d/99-local.conf\",\"line\":2,"
		"\"key\":\"vm.swappiness\",\"value\":\"60\"}],"
		"\"boot_lines\":["
		"{\"file\":\"/etc/tmpfiles.d/10-site.conf\",\"line\":3,\"place\":\"/sys/x\","
		"\"value\":\"0\"},"
		"{\"file\":\"/etc/tmpfiles.d/50-guide.conf\",\"line\":1,\"place\":\"/sys/x\","
		"\"value\":\"0\"},"
		"{\"file\":\"/etc/modprobe.d/tuned.conf\",\"line\":1,\"place\":\"vhost.y\","
		"\"value\":\"8\"},"
		"{\"file\":\"/etc/modprobe.d/zzz.conf\",\"line\":4,\"place\":\"vhost.y\","
		"\"value\":\"8\"}],"
		"\"agents\":[{\"name\":\"tuned\"}],"
		"\"udev_lines\":["
		"{\"file\":\"/etc/udev/rules.d/99-site.rules\",\"line\":5,"
		"\"place\":\"ATTR{queue/scheduler}\",\"value\":\"bfq\"},"
		"{\"file\":\"/etc/udev/rules.d/99-site.rules\",\"line\":6,"
		"\"place\":\"ATTR{queue/scheduler}\",\"value\":\"none\"}],"
		"\"tuned_lines\":["
		"{\"file\":\"/usr/lib/tuned/x/tuned.conf\",\"line\":7,\"place\":\"/sys/y\","
		"\"value\":\"3\"},"
		"{\"file\":\"/usr/lib/tuned/x/tuned.conf\",\"line\":8,"
		"\"place\":\"ATTR{queue/scheduler}\",\"value\":\"kyber\"}],"
		"\"config_files\":[{\"path\":\"/etc/sysctl.d/80-kvmtune-fs.aio-max-nr.conf\","
		"\"text\":\"old\\n\",\"is_own\":true}]}}";
	g_autoptr(GError) error = NULL;
	g_autoptr(KtJson) json = kt_json_parse(facts, strlen(facts), "facts", &error);

	fixture->facts = kt_facts_new();
	g_assert_true(kt_facts_merge_json(fixture->facts, json, &error));
	g_assert_no_error(error);
	fixture->audit = g_new0(KtAudit, 1);
	fixture->audit->facts = kt_facts_ref(fixture->facts);
	fixture->audit->arena = kt_arena_new();
	fixture->audit->results = g_ptr_array_new();
}

static void
teardown(Fixture *fixture, const void *data)
{
	kt_audit_free(fixture->audit);
	kt_facts_unref(fixture->facts);
}

static KtSink *
add_finding(Fixture *fixture, const KtPractice *practice, KtRisk risk)
{
	KtResult *result = kt_arena_new0(fixture->audit->arena, KtResult, 1);

	*result = (KtResult){
		.practice = practice,
		.target = {.scope = KT_SCOPE_HOST},
		.target_path = "host",
		.target_title = "host",
		.verdict = KT_VERDICT_FINDING,
		.severity = KT_SEVERITY_MEDIUM,
		.evidence = g_ptr_array_new(),
		.advice = g_ptr_array_new(),
		.changes = g_ptr_array_new(),
	};
	g_ptr_array_add(fixture->audit->results, result);
	return kt_sink_new(fixture->facts, fixture->audit->arena, result, risk);
}

static KtPlan *
build(Fixture *fixture)
{
	g_autoptr(GError) error = NULL;
	KtPlan *plan = kt_plan_build(fixture->audit, NULL, &error);

	g_assert_no_error(error);
	return plan;
}

/* A live value gets the file that makes it last, and is told what will win over it. */
static void
test_sysctl_lasts(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) sink = add_finding(fixture, &first, KT_RISK_LOW);

	kt_sink_sysctl(sink, "vm.swappiness", KT_SYNTAX_NUMBER, "60", "10");
	g_autoptr(KtPlan) plan = build(fixture);
	g_assert_cmpuint(plan->n_groups, ==, 1);
	g_assert_cmpuint(plan->n_steps, ==, 2);
	g_assert_cmpint(plan->steps[0].knob, ==, KT_KNOB_VALUE);
	g_assert_cmpstr(plan->steps[0].edits[0].locator, ==, "/proc/sys/vm/swappiness");
	g_assert_cmpint(plan->steps[1].knob, ==, KT_KNOB_FILE);
	g_assert_cmpstr(
		plan->steps[1].edits[0].locator, ==, "/etc/sysctl.d/80-kvmtune-vm.swappiness.conf");
	g_assert_null(plan->steps[1].edits[0].from);
	g_assert_nonnull(strstr(plan->steps[1].edits[0].to, "\nvm.swappiness = 10\n"));
	g_assert_cmpuint(plan->n_notes, ==, 1);
	g_assert_nonnull(strstr(plan->notes[0], "99-local.conf' line 2"));
}

/* systemd-tmpfiles takes the file that sorts first, the kernel the option that comes last. */
static void
test_boot_file_winners(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) sink = add_finding(fixture, &first, KT_RISK_LOW);

	kt_sink_sysfs(sink, "/sys/x", KT_SYNTAX_NUMBER, "0", "1");
	kt_sink_module_param(sink, "vhost", "y", /* is_writable= */ true, "8", "64");
	g_autoptr(KtPlan) plan = build(fixture);
	g_assert_cmpuint(plan->n_notes, ==, 2);
	g_assert_nonnull(strstr(plan->notes[0], "'/etc/tmpfiles.d/10-site.conf' line 3"));
	g_assert_nonnull(strstr(plan->notes[1], "'/etc/modprobe.d/zzz.conf' line 4"));
}

/* Rules that come later, and tuned, which starts later. */
static void
test_later_winners_are_named(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) sink = add_finding(fixture, &first, KT_RISK_LOW);

	kt_sink_sysfs(sink, "/sys/y", KT_SYNTAX_NUMBER, "0", "1");
	kt_sink_value(sink,
		      "/sys/block/vdb/queue/scheduler",
		      KT_SYNTAX_CHOICE,
		      KT_PERSIST_UDEV,
		      "ATTRS{serial}==\"b\"",
		      "mq-deadline",
		      "none");
	g_autoptr(KtPlan) plan = build(fixture);
	g_assert_cmpuint(plan->n_notes, ==, 3);
	g_assert_nonnull(strstr(plan->notes[0], "tuned.conf' line 7 sets /sys/y to 3 when tuned"));
	g_assert_nonnull(
		strstr(plan->notes[1], "99-site.rules' line 5 sets ATTR{queue/scheduler}"));
	g_assert_nonnull(strstr(plan->notes[1], "for the disks that it matches"));
	g_assert_nonnull(strstr(plan->notes[2], "tuned.conf' line 8"));
}

static void
test_own_file_is_known(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) sink = add_finding(fixture, &first, KT_RISK_LOW);

	kt_sink_sysctl(sink, "fs.aio-max-nr", KT_SYNTAX_NUMBER, "65536", "1048576");
	g_autoptr(KtPlan) plan = build(fixture);
	g_assert_cmpstr(plan->steps[1].edits[0].from, ==, "old\n");
}

/* A file of the plan that ends in @text. */
static void
assert_file(const KtPlan *plan, const char *path, const char *text)
{
	for (uint32_t i = 0; i < plan->n_steps; i++) {
		const KtEdit *edit = &plan->steps[i].edits[0];
		if (!g_str_equal(edit->locator, path))
			continue;
		g_assert_cmpint(plan->steps[i].knob, ==, KT_KNOB_FILE);
		g_assert_true(g_str_has_suffix(edit->to, text));
		return;
	}
	g_error("the plan has no '%s'", path);
}

/* Keys of a module that may not be loaded yet, a module, and CPUs of a slice. */
static void
test_modules_and_slices(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) sink = add_finding(fixture, &first, KT_RISK_LOW);

	kt_sink_sysctl(sink, "net.netfilter.nf_conntrack_max", KT_SYNTAX_NUMBER, "1", "2");
	kt_sink_sysctl(sink, "net.netfilter.nf_conntrack_buckets", KT_SYNTAX_NUMBER, "1", "2");
	kt_sink_load_module(sink, "vhost_net");
	kt_sink_slice_cpus(sink, "system.slice", "", "0-1,8");
	g_autoptr(KtPlan) plan = build(fixture);
	assert_file(plan, "/etc/modules-load.d/kvmtune-nf_conntrack.conf", "\nnf_conntrack\n");
	assert_file(plan, "/etc/modules-load.d/kvmtune-vhost_net.conf", "\nvhost_net\n");
	assert_file(plan,
		    "/etc/systemd/system/system.slice.d/80-kvmtune-AllowedCPUs.conf",
		    "\n[Slice]\nAllowedCPUs=0-1,8\n");
	/* Three live values, and five files: the one for both keys is written once. */
	g_assert_cmpuint(plan->n_steps, ==, 8);
}

/* Built in, and no boot loader that can be edited: told, not done. */
static void
test_module_without_loader(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) sink = add_finding(fixture, &first, KT_RISK_LOW);

	kt_sink_module_param(sink, "kvm", "halt_poll_ns", /* is_writable= */ true, "1", "2");
	g_autoptr(KtPlan) plan = build(fixture);
	g_assert_cmpuint(plan->n_steps, ==, 1);
	g_assert_cmpuint(plan->n_notes, ==, 1);
	g_assert_nonnull(strstr(plan->notes[0], "kvm.halt_poll_ns=2"));
}

static void
test_same_value_is_merged(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) a = add_finding(fixture, &first, KT_RISK_LOW);
	g_autoptr(KtSink) b = add_finding(fixture, &second, KT_RISK_LOW);

	kt_sink_sysctl(a, "vm.swappiness", KT_SYNTAX_NUMBER, "60", "10");
	kt_sink_sysctl(b, "vm.swappiness", KT_SYNTAX_NUMBER, "60", "010");
	kt_sink_value(b, "/sys/x", KT_SYNTAX_PLAIN, KT_PERSIST_NONE, NULL, "a", "b");
	g_autoptr(GError) error = NULL;
	g_autoptr(KtPlan) plan = kt_plan_build(fixture->audit, NULL, &error);
	/* The files differ in spelling: that is a conflict as well. */
	g_assert_error(error, KT_ERROR, KT_ERROR_CONFLICT);
	g_assert_null(plan);
}

static void
test_merged_group(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) a = add_finding(fixture, &first, KT_RISK_LOW);
	g_autoptr(KtSink) b = add_finding(fixture, &second, KT_RISK_LOW);

	kt_sink_sysctl(a, "vm.swappiness", KT_SYNTAX_NUMBER, "60", "10");
	kt_sink_sysctl(b, "vm.swappiness", KT_SYNTAX_NUMBER, "60", "10");
	kt_sink_value(b, "/sys/x", KT_SYNTAX_PLAIN, KT_PERSIST_NONE, NULL, "a", "b");
	g_autoptr(KtPlan) plan = build(fixture);
	g_assert_cmpuint(plan->n_groups, ==, 1);
	g_assert_cmpuint(plan->n_steps, ==, 3);
	g_assert_cmpstr(plan->groups[0].practices, ==, "test.first test.second");
}

static void
test_conflict_names_both(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) a = add_finding(fixture, &first, KT_RISK_LOW);
	g_autoptr(KtSink) b = add_finding(fixture, &second, KT_RISK_LOW);
	g_autoptr(GError) error = NULL;

	kt_sink_sysctl(a, "vm.swappiness", KT_SYNTAX_NUMBER, "60", "10");
	kt_sink_sysctl(b, "vm.swappiness", KT_SYNTAX_NUMBER, "60", "1");
	g_assert_null(kt_plan_build(fixture->audit, NULL, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_CONFLICT);
	g_assert_nonnull(strstr(error->message, "test.first"));
	g_assert_nonnull(strstr(error->message, "test.second"));
	g_assert_nonnull(kt_error_hint(error));
}

/* What a practice assumes comes first, also against the order of risk. */
static void
test_order(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) b = add_finding(fixture, &second, KT_RISK_LOW);
	g_autoptr(KtSink) a = add_finding(fixture, &first, KT_RISK_HIGH);

	kt_sink_value(b, "/sys/b", KT_SYNTAX_PLAIN, KT_PERSIST_NONE, NULL, "0", "1");
	kt_sink_value(a, "/sys/a", KT_SYNTAX_PLAIN, KT_PERSIST_NONE, NULL, "0", "1");
	g_autoptr(KtPlan) plan = build(fixture);
	g_assert_cmpstr(plan->groups[0].practices, ==, "test.first");
	g_assert_cmpstr(plan->groups[1].practices, ==, "test.second");
	for (uint32_t i = 0; i < plan->n_steps; i++)
		g_assert_cmpuint(plan->steps[i].id, ==, i + 1);
}

static void
test_risk_limit(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) a = add_finding(fixture, &first, KT_RISK_HIGH);
	const KtPlanOptions options = {.most = KT_RISK_MEDIUM};
	g_autoptr(GError) error = NULL;

	kt_sink_value(a, "/sys/a", KT_SYNTAX_PLAIN, KT_PERSIST_NONE, NULL, "0", "1");
	g_autoptr(KtPlan) plan = kt_plan_build(fixture->audit, &options, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(plan->n_steps, ==, 0);
	g_assert_cmpuint(plan->n_notes, ==, 1);
}

static void
test_json_round_trip(Fixture *fixture, const void *data)
{
	g_autoptr(KtSink) a = add_finding(fixture, &first, KT_RISK_LOW);
	g_autoptr(GError) error = NULL;

	kt_sink_sysctl(a, "vm.swappiness", KT_SYNTAX_NUMBER, "60", "10");
	g_autoptr(KtPlan) plan = build(fixture);
	g_autoptr(KtJson) json = kt_plan_to_json(plan);
	g_autoptr(KtPlan) again = kt_plan_from_json(json, &error);
	g_assert_no_error(error);
	g_autoptr(KtJson) json_again = kt_plan_to_json(again);
	g_assert_true(json_equal(json, json_again));
}

/* A plan file is outside input: what it may not name is refused by name. */
static void
test_json_refuses(Fixture *fixture, const void *data)
{
	static const struct {
		const char *knob;
		const char *locator;
		const char *to;
	} rows[] = {
		{.knob = "value", .locator = "/etc/shadow", .to = "x"},
		{.knob = "value", .locator = "/proc/sys/../../etc/shadow", .to = "x"},
		{.knob = "value", .locator = "/proc/sys/vm/swappiness", .to = NULL},
		{.knob = "file", .locator = "/root/.ssh/authorized_keys", .to = "x"},
		{.knob = "file", .locator = "/etc/../root/x", .to = "x"},
		{.knob = "reboot", .locator = "/etc/x", .to = "x"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(KtJson) json = json_pack(
			"{s:i,s:s,s:[{s:i,s:s,s:s,s:s,s:s}],s:[{s:i,s:i,s:s,s:s,s:s,s:s,s:s,"
			"s:[{s:s,s:s,s:s?,s:s}]}],s:[]}",
			"schema_version",
			1,
			"kind",
			"kvmtune-plan",
			"groups",
			"id",
			1,
			"title",
			"t",
			"practices",
			"p",
			"severity",
			"low",
			"risk",
			"low",
			"steps",
			"id",
			1,
			"group",
			1,
			"knob",
			rows[i].knob,
			"target",
			"host",
			"title",
			"host",
			"effect",
			"live",
			"risk",
			"low",
			"edits",
			"locator",
			rows[i].locator,
			"from",
			"a",
			"to",
			rows[i].to,
			"syntax",
			"plain",
			"notes");
		g_assert_nonnull(json);
		g_assert_null(kt_plan_from_json(json, &error));
		g_assert_error(error, KT_ERROR, KT_ERROR_PARSE);
		g_assert_nonnull(strstr(error->message, "step 1"));
	}
}

#define ADD(name, func) g_test_add("/plan/" name, Fixture, NULL, setup, func, teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("sysctl-gets-its-file", test_sysctl_lasts);
	ADD("boot-file-winners", test_boot_file_winners);
	ADD("later-winners-are-named", test_later_winners_are_named);
	ADD("own-file-is-the-before", test_own_file_is_known);
	ADD("built-in-without-boot-loader", test_module_without_loader);
	ADD("modules-and-slices", test_modules_and_slices);
	ADD("different-spelling-conflicts", test_same_value_is_merged);
	ADD("same-value-is-one-group", test_merged_group);
	ADD("conflict-names-both", test_conflict_names_both);
	ADD("order", test_order);
	ADD("risk-limit", test_risk_limit);
	ADD("json-round-trip", test_json_round_trip);
	ADD("json-refuses", test_json_refuses);
	return g_test_run();
}
