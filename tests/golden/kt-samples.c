/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-samples.h"

#include "kt-practice.h"

#include <string.h>

static KtJson *
read_json(const char *name)
{
	g_autofree char *path = g_build_filename(g_getenv("KVMTUNE_TEST_DATA"), name, NULL);
	g_autofree char *text = NULL;
	size_t length = 0;
	g_autoptr(GError) error = NULL;

	g_file_get_contents(path, &text, &length, &error);
	g_assert_no_error(error);
	KtJson *json = kt_json_parse(text, length, name, &error);
	g_assert_no_error(error);
	return json;
}

static KtFacts *
sample_facts(void)
{
	KtFacts *facts = kt_facts_new();
	g_autoptr(KtJson) json = read_json("facts.json");
	g_autoptr(GError) error = NULL;

	g_assert_true(kt_facts_merge_json(facts, json, &error));
	g_assert_no_error(error);
	return facts;
}

/* --- practices ---------------------------------------------------------------------------- */

static KtVerdict
judge_swap(const KtView *view, KtSink *out)
{
	KtFacts *facts = (KtFacts *)view->facts;
	uint16_t swappiness = kt_facts_origin(facts, "/proc/sys/vm/swappiness");
	uint16_t swaps = kt_facts_origin(facts, "/proc/swaps");

	kt_sink_summary(out, "vm.swappiness is 60, 10 suits this host");
	kt_sink_evidence(out, swappiness, "vm.swappiness is 60");
	kt_sink_evidence(out, swaps, "1 swap area on disk");
	kt_sink_sysctl(out, "vm.swappiness", KT_SYNTAX_NUMBER, "60", "10");
	return KT_VERDICT_FINDING;
}

static KtVerdict
judge_pool(const KtView *view, KtSink *out)
{
	KtFacts *facts = (KtFacts *)view->facts;
	const char *path =
		"/sys/devices/system/node/node1/hugepages/hugepages-1048576kB/nr_hugepages";

	if (view->target.index != 0)
		return KT_VERDICT_NOT_APPLICABLE;
	kt_sink_summary(
		out, "the next start of this guest fails: 64 huge pages of 1 GiB wanted, 12 free");
	kt_sink_evidence(out,
			 kt_facts_origin(facts, "inactive XML of 'db1'"),
			 "the guest wants 64 pages of 1 GiB on node 1");
	kt_sink_evidence(out, kt_facts_origin(facts, path), "node 1 has 12 free pages of 1 GiB");
	kt_sink_value(out, path, KT_SYNTAX_AT_LEAST, KT_PERSIST_NONE, NULL, "12", "64");
	kt_sink_advice(out,
		       "reserve the pages at boot with hugepagesz=1G hugepages=64: memory that has "
		       "been in use for a while is too fragmented for pages of 1 GiB");
	return KT_VERDICT_FINDING;
}

static KtVerdict
judge_scheduler(const KtView *view, KtSink *out)
{
	g_autofree char *path =
		g_strdup_printf("/sys/block/%s/queue/scheduler", view->block->name.v);
	uint16_t origin = kt_facts_origin((KtFacts *)view->facts, path);

	if (kt_opt_is(view->block->name, "nvme0n1"))
		return KT_VERDICT_OK;
	kt_sink_summary(out, "scheduler is 'bfq', 'none' suits the device");
	kt_sink_evidence(out, origin, "scheduler is 'bfq'");
	kt_sink_value(out,
		      path,
		      KT_SYNTAX_CHOICE,
		      KT_PERSIST_UDEV,
		      "ENV{ID_SERIAL}==\"S\"",
		      "bfq",
		      "none");
	return KT_VERDICT_FINDING;
}

static KtVerdict
judge_pin(const KtView *view, KtSink *out)
{
	uint16_t origin = kt_facts_origin((KtFacts *)view->facts, "virDomainGetVcpuPinInfo");

	if (view->target.index == 4)
		return KT_VERDICT_OK;
	kt_sink_summary(out, "vCPUs float over both nodes, memory is on node 0");
	for (unsigned i = 0; i < 8; i++) {
		g_autofree char *live = g_strdup_printf("vcpupin/%u", i);
		g_autofree char *xml =
			g_strdup_printf("/domain/cputune/vcpupin[@vcpu='%u']/@cpuset", i);
		kt_sink_evidence(out, origin, "vCPU %u may run on CPUs 0-63", i);
		kt_sink_domain_live(out, view->guest, live, "0-63", "0-15,32-47");
		kt_sink_domain_xml(out, view->guest, xml, NULL, "0-15,32-47");
	}
	return KT_VERDICT_FINDING;
}

static KtVerdict
judge_rng(const KtView *view, KtSink *out)
{
	if (view->target.index == 0)
		return KT_VERDICT_PENDING;
	if (view->target.index == 4) {
		kt_sink_evidence(out, 0, "the guest's XML was not read");
		return KT_VERDICT_UNKNOWN;
	}
	kt_sink_evidence(out, 0, "no <rng> in the definition");
	kt_sink_domain_xml(
		out,
		view->guest,
		"/domain/devices/rng",
		NULL,
		"<rng model='virtio'>\n  <backend model='random'>/dev/urandom</backend>\n"
		"</rng>");
	return KT_VERDICT_FINDING;
}

static KtVerdict
judge_removed(const KtView *view, KtSink *out)
{
	kt_sink_summary(out, "the removed key tcp_tw_recycle is set by a file");
	kt_sink_advice(out, "take the line out of the image that this host is installed from");
	return KT_VERDICT_FINDING;
}

static KtVerdict
judge_unknown(const KtView *view, KtSink *out)
{
	kt_sink_evidence(out, 0, "the list of modules may not be read");
	return KT_VERDICT_UNKNOWN;
}

static const KtParam swap_params[] = {
	{
		.name = "limit",
		.value = 60,
		.max = 200,
		.doc = "highest value that is no finding; the kernel's default (sysctl/vm.rst)",
	},
	{
		.name = "low_memory_percent",
		.value = 10,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "available memory below which 0 is a finding [eng]",
	},
};

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/sysctl/vm.rst, swappiness",
	"Linux commit c843966c556d: range 0..200 since 5.8",
	NULL,
};

static const KtPractice practices[] = {
	{
		.id = "test.swap",
		.title = "Guest memory is not swapped without need",
		.why = "A guest page that was swapped out costs its vCPU a disk read at the next touch; "
		       "the value is the relative cost of swapping against dropping file cache.",
		.cost = "With a low value the host drops file cache first, which slows hosts that serve "
			"images through the page cache. 0 does not disable swapping.",
		.sources = sources,
		.since = "0.1",
		.scope = KT_SCOPE_HOST,
		.severity = KT_SEVERITY_MEDIUM,
		.risk = KT_RISK_LOW,
		.params = swap_params,
		.n_params = G_N_ELEMENTS(swap_params),
		.check_by_hand = "cat /proc/sys/vm/swappiness; cat /proc/swaps",
		.effect =
			"pswpin and pswpout in /proc/vmstat while guests are under memory pressure",
		.evaluate = judge_swap,
	},
	{
		.id = "test.pool",
		.title = "The next start finds its huge pages",
		.why = "A guest whose pages are missing does not start.",
		.cost = "Reserved pages are lost for everything else.",
		.sources = sources,
		.since = "0.1",
		.scope = KT_SCOPE_GUEST,
		.severity = KT_SEVERITY_CRITICAL,
		.risk = KT_RISK_MEDIUM,
		.evaluate = judge_pool,
	},
	{
		.id = "test.scheduler",
		.title = "The host does not sort requests that the device sorts better",
		.why = "The guest has a scheduler of its own, and so has the array.",
		.cost = "None that was seen.",
		.sources = sources,
		.since = "0.1",
		.scope = KT_SCOPE_BLOCK,
		.severity = KT_SEVERITY_LOW,
		.risk = KT_RISK_LOW,
		.evaluate = judge_scheduler,
	},
	{
		.id = "test.vcpu-pin",
		.title = "vCPUs run near their memory",
		.why = "Remote memory takes longer.",
		.cost = "CPUs that others could use stay idle.",
		.sources = sources,
		.since = "0.1",
		.scope = KT_SCOPE_GUEST,
		.severity = KT_SEVERITY_HIGH,
		.risk = KT_RISK_MEDIUM,
		.evaluate = judge_pin,
	},
	{
		.id = "test.rng",
		.title = "The guest has a source of entropy",
		.why = "It boots without waiting.",
		.cost = "None.",
		.sources = sources,
		.since = "0.1",
		.scope = KT_SCOPE_GUEST,
		.severity = KT_SEVERITY_LOW,
		.risk = KT_RISK_LOW,
		.evaluate = judge_rng,
	},
	{
		.id = "test.removed",
		.title = "No file sets a key that the kernel no longer has",
		.why = "It breaks nothing but confuses the next person.",
		.cost = "None.",
		.sources = sources,
		.since = "0.1",
		.scope = KT_SCOPE_HOST,
		.severity = KT_SEVERITY_INFO,
		.risk = KT_RISK_LOW,
		.evaluate = judge_removed,
	},
	{
		.id = "test.unknown",
		.title = "Something that cannot be read is as it should be",
		.why = "For the sake of the report.",
		.cost = "None.",
		.sources = sources,
		.since = "0.1",
		.scope = KT_SCOPE_HOST,
		.severity = KT_SEVERITY_HIGH,
		.risk = KT_RISK_HIGH,
		.evaluate = judge_unknown,
	},
};

GPtrArray *
kt_sample_practices(void)
{
	GPtrArray *array = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(practices); i++)
		g_ptr_array_add(array, (void *)&practices[i]);
	return array;
}

/* --- audits ------------------------------------------------------------------------------- */

static KtAudit *
new_audit(KtFacts *facts)
{
	KtAudit *audit = g_new0(KtAudit, 1);

	audit->facts = facts;
	audit->arena = kt_arena_new();
	audit->results = g_ptr_array_new();
	audit->score = 100;
	return audit;
}

static void
judge(KtAudit *audit, const KtPolicy *policy, const KtPractice *practice, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		KtTarget target = {.scope = practice->scope, .index = i};
		KtResult *result =
			kt_engine_evaluate(practice, audit->facts, policy, target, audit->arena);
		g_ptr_array_add(audit->results, result);
		audit->n_verdicts[result->verdict]++;
		if (result->verdict == KT_VERDICT_FINDING)
			audit->n_findings[result->severity]++;
	}
}

static uint32_t
count_targets(const KtFacts *facts, KtScope scope)
{
	if (scope == KT_SCOPE_GUEST)
		return facts->guests.n;
	return scope == KT_SCOPE_BLOCK ? facts->host.blocks.n : 1;
}

KtAudit *
kt_sample_audit(void)
{
	static KtPolicy *policy; /* results borrow the reasons */
	KtAudit *audit = new_audit(sample_facts());

	if (!policy)
		policy = kt_policy_new();
	kt_policy_add_waiver(policy,
			     "test.rng",
			     "web3",
			     "the image has no driver, see ticket 4711",
			     /* until= */ NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(practices); i++)
		judge(audit,
		      policy,
		      &practices[i],
		      count_targets(audit->facts, practices[i].scope));
	audit->score = 41;
	return audit;
}

KtAudit *
kt_sample_audit_clean(void)
{
	KtAudit *audit = new_audit(sample_facts());

	audit->n_verdicts[KT_VERDICT_OK] = 27;
	audit->n_verdicts[KT_VERDICT_NOT_APPLICABLE] = 4;
	return audit;
}

KtAudit *
kt_sample_audit_blind(void)
{
	KtFacts *facts = sample_facts();
	KtAudit *audit = new_audit(facts);
	g_autoptr(KtPolicy) policy = kt_policy_new();

	facts->meta.is_privileged.v = false;
	facts->meta.libvirt_problem = (KtOptStr){
		.state = KT_STATE_VALUE,
		.v = "Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory",
	};
	facts->guests = (KtGuestList){.state = KT_STATE_DENIED};
	judge(audit, policy, &practices[6], 1);
	return audit;
}

/* --- plans and transactions --------------------------------------------------------------- */

KtPlan *
kt_sample_plan(void)
{
	g_autoptr(KtJson) json = read_json("plan.json");
	g_autoptr(GError) error = NULL;
	KtPlan *plan = kt_plan_from_json(json, &error);

	g_assert_no_error(error);
	return plan;
}

static KtTxn *
add_txn(GPtrArray *txns, KtTxnState state)
{
	KtTxn *txn = kt_txn_new(txns->len + 1);

	txn->state = state;
	txn->created = "2026-11-21T04:38:10Z";
	g_ptr_array_add(txns, txn);
	if (state != KT_TXN_DAMAGED)
		kt_txn_set_plan(txn, kt_sample_plan());
	return txn;
}

/* Every outcome once, over the steps as they come. */
static void
set_outcomes(KtTxn *txn, const KtOutcome *outcomes)
{
	for (uint32_t i = 0; i < txn->n_steps; i++) {
		KtStepRecord *record = &txn->steps[i];
		record->outcome = outcomes[i];
		record->before = record->step->knob == KT_KNOB_FILE ? "(absent)"
								    : record->step->edits[0].from;
		if (record->outcome == KT_OUTCOME_DIFFERS ||
		    record->outcome == KT_OUTCOME_FOREIGN || record->outcome == KT_OUTCOME_STALE)
			record->now = "30";
		if (record->outcome == KT_OUTCOME_FAILED)
			record->detail = "write '/proc/sys/vm/swappiness': Operation not permitted";
	}
}

GPtrArray *
kt_sample_txns(void)
{
	static const KtOutcome applied[] = {
		KT_OUTCOME_APPLIED,
		KT_OUTCOME_APPLIED,
		KT_OUTCOME_APPLIED,
		KT_OUTCOME_ALREADY,
		KT_OUTCOME_APPLIED,
		KT_OUTCOME_STALE,
		KT_OUTCOME_SKIPPED,
		KT_OUTCOME_UNSET,
	};
	static const KtOutcome undone[] = {
		KT_OUTCOME_FOREIGN,
		KT_OUTCOME_RESTORED,
		KT_OUTCOME_RESTORED,
		KT_OUTCOME_UNCHANGED,
		KT_OUTCOME_RESTORED,
		KT_OUTCOME_UNREADABLE,
		KT_OUTCOME_RESTORED,
		KT_OUTCOME_GONE,
	};
	static const KtOutcome verified[] = {
		KT_OUTCOME_DIFFERS,
		KT_OUTCOME_HOLDS,
		KT_OUTCOME_HOLDS,
		KT_OUTCOME_HOLDS,
		KT_OUTCOME_PENDING,
		KT_OUTCOME_FAILED,
		KT_OUTCOME_ROLLED_BACK,
		KT_OUTCOME_PENDING,
	};
	GPtrArray *txns = g_ptr_array_new_with_free_func((GDestroyNotify)kt_txn_free);
	KtTxn *txn = add_txn(txns, KT_TXN_APPLIED);

	set_outcomes(txn, applied);
	set_outcomes(add_txn(txns, KT_TXN_UNDONE), undone);
	txn = add_txn(txns, KT_TXN_UNCONFIRMED);
	txn->confirm_left_us = 93 * G_USEC_PER_SEC;
	set_outcomes(txn, verified);
	txn = add_txn(txns, KT_TXN_UNCONFIRMED);
	txn->confirm_left_us = -1;
	add_txn(txns, KT_TXN_INTERRUPTED);
	txn = add_txn(txns, KT_TXN_INCOMPLETE);
	txn->problem = "1 step could not be put back";
	txn = add_txn(txns, KT_TXN_DAMAGED);
	txn->problem = "line 7 of the journal has a wrong checksum";
	return txns;
}
