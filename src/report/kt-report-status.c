/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-status.h"

#include "kt-phrase.h"
#include "kt-report-audit.h"
#include "kt-report-txn.h"

#define COLUMN 14

static void
begin(KtPaper *paper, const char *label)
{
	kt_paper_end_line(paper);
	kt_paper_verbatim(paper, KT_INK_HEADING, label);
	kt_paper_tab(paper, COLUMN);
	paper->indent = COLUMN;
}

static void
join(GString *text, char *part)
{
	g_string_append_printf(text, "%s%s", text->len ? ", " : "", part);
	g_free(part);
}

static void
put_topology(KtPaper *paper, const KtHost *host)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (kt_known(host->cpu.packages))
		join(text, kt_phrase_count((unsigned)host->cpu.packages.v, "socket"));
	if (kt_known(host->cpu.cores))
		join(text, kt_phrase_count((unsigned)host->cpu.cores.v, "core"));
	if (kt_known(host->cpu.online))
		join(text, kt_phrase_count(kt_cpuset_count(host->cpu.online.v), "CPU"));
	if (kt_known(host->cpu.smt_active))
		join(text, g_strdup_printf("SMT %s", host->cpu.smt_active.v ? "on" : "off"));
	if (host->nodes.state == KT_STATE_VALUE)
		join(text, kt_phrase_count(host->nodes.n, "node"));
	if (kt_known(host->memory.total_kib))
		join(text, kt_phrase_kib(host->memory.total_kib.v));
	begin(paper, "topology");
	kt_paper_flow(paper, KT_INK_UNSET, "%s", text->len ? text->str : "not known");
}

static unsigned
count_class(const KtStatus *status, KtWorkload workload)
{
	const KtGuestList *guests = &status->facts->guests;
	unsigned n = 0;

	for (uint32_t i = 0; i < guests->n; i++)
		n += kt_policy_guest_workload(status->policy, &guests->v[i]) == workload;
	return n;
}

static void
put_classes(KtPaper *paper, const KtStatus *status)
{
	bool is_first = true;

	begin(paper, "class");
	kt_paper_flow(paper,
		      KT_INK_UNSET,
		      "%s",
		      kt_workload_name(kt_policy_host_workload(status->policy)));
	for (KtWorkload w = KT_WORKLOAD_GENERAL; w < KT_WORKLOAD_N; w++) {
		unsigned n = count_class(status, w);
		if (!n)
			continue;
		kt_paper_flow(paper,
			      KT_INK_UNSET,
			      "%s%u %s",
			      is_first ? "; guests: " : ", ",
			      n,
			      kt_workload_name(w));
		is_first = false;
	}
}

static unsigned
count_active(const KtGuestList *guests)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < guests->n; i++)
		n += kt_opt_true(guests->v[i].is_active);
	return n;
}

static void
put_guests(KtPaper *paper, const KtFacts *facts)
{
	begin(paper, "guests");
	if (facts->guests.state == KT_STATE_VALUE)
		kt_paper_flow(paper,
			      KT_INK_UNSET,
			      "%u, of these %u active",
			      facts->guests.n,
			      count_active(&facts->guests));
	else
		kt_paper_flow(paper, KT_INK_MEDIUM, "could not be read");
	if (kt_known(facts->meta.libvirt_problem))
		kt_paper_flow(paper, KT_INK_UNSET, ": %s", facts->meta.libvirt_problem.v);
	else if (kt_known(facts->meta.uri))
		kt_paper_flow(paper, KT_INK_FAINT, " (%s)", facts->meta.uri.v);
}

static void
put_agents(KtPaper *paper, const KtAgentList *agents)
{
	begin(paper, "agents");
	if (agents->state != KT_STATE_VALUE)
		kt_paper_flow(paper, KT_INK_UNSET, "not known");
	else if (agents->n == 0)
		kt_paper_flow(paper, KT_INK_UNSET, "none that changes what kvmtune changes");
	for (uint32_t i = 0; i < agents->n; i++) {
		const KtAgent *agent = &agents->v[i];
		kt_paper_flow(paper,
			      KT_INK_UNSET,
			      "%s%s",
			      i ? ", " : "",
			      kt_known(agent->name) ? agent->name.v : "?");
		if (kt_known(agent->pid))
			kt_paper_flow(
				paper, KT_INK_FAINT, " (pid %" G_GUINT64_FORMAT ")", agent->pid.v);
	}
}

static unsigned
count_state(const GPtrArray *txns, KtTxnState state)
{
	unsigned n = 0;

	for (guint i = 0; i < txns->len; i++) {
		const KtTxn *txn = txns->pdata[i];
		n += txn->state == state;
	}
	return n;
}

static void
put_txns(KtPaper *paper, const GPtrArray *txns)
{
	bool is_first = true;

	begin(paper, "transactions");
	if (!txns) {
		kt_paper_flow(paper, KT_INK_UNSET, "not known: only root may read them");
		kt_paper_end_line(paper);
		return;
	}
	for (KtTxnState state = KT_TXN_RUNNING; state < KT_TXN_N; state++) {
		unsigned n = count_state(txns, state);
		if (!n)
			continue;
		kt_paper_flow(paper,
			      KT_INK_UNSET,
			      "%s%u %s",
			      is_first ? "" : ", ",
			      n,
			      kt_txn_state_name(state));
		is_first = false;
	}
	if (is_first)
		kt_paper_flow(paper, KT_INK_UNSET, "none");
	for (guint i = 0; i < txns->len; i++) {
		const KtTxn *txn = txns->pdata[i];
		g_autofree char *warning = kt_report_txn_warning(txn);
		if (warning) {
			begin(paper, "");
			kt_paper_flow(paper, KT_INK_CRITICAL, "%s", warning);
		} else if (txn->state == KT_TXN_UNCONFIRMED) {
			begin(paper, "");
			kt_paper_flow(paper,
				      KT_INK_MEDIUM,
				      "transaction %u is undone in %" G_GINT64_FORMAT
				      " s unless confirmed: 'kvmtune confirm %u'",
				      txn->id,
				      txn->confirm_left_us / G_USEC_PER_SEC,
				      txn->id);
		}
	}
	kt_paper_end_line(paper);
}

/* What has become of applied changes, in the order in which an administrator wants to know it. */
static const struct {
	KtOutcome outcome;
	const char *words;
	KtInk ink;
} changes[] = {
	{.outcome = KT_OUTCOME_DIFFERS, .words = "no longer as applied", .ink = KT_INK_CRITICAL},
	{.outcome = KT_OUTCOME_UNREADABLE, .words = "not readable now", .ink = KT_INK_MEDIUM},
	{.outcome = KT_OUTCOME_PENDING, .words = "waiting for a boot or a guest's start"},
	{.outcome = KT_OUTCOME_GONE, .words = "ended with a boot or a guest"},
	{.outcome = KT_OUTCOME_HOLDS, .words = "in force"},
};

static unsigned
count_outcome(const GPtrArray *verified, KtOutcome outcome)
{
	unsigned n = 0;

	for (guint i = 0; i < verified->len; i++)
		n += kt_txn_count(verified->pdata[i], outcome);
	return n;
}

static void
put_changes(KtPaper *paper, const GPtrArray *verified)
{
	bool is_first = true;

	if (!verified || verified->len == 0)
		return;
	begin(paper, "changes");
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
		unsigned n = count_outcome(verified, changes[i].outcome);
		if (!n)
			continue;
		kt_paper_flow(paper,
			      changes[i].ink,
			      "%s%u %s",
			      is_first ? "" : ", ",
			      n,
			      changes[i].words);
		is_first = false;
	}
	if (count_outcome(verified, KT_OUTCOME_DIFFERS))
		kt_paper_flow(paper, KT_INK_UNSET, ": 'kvmtune verify' shows which");
	kt_paper_end_line(paper);
}

static KtJson *
changes_to_json(const GPtrArray *verified)
{
	if (!verified)
		return json_null();

	KtJson *json = json_object();
	for (size_t i = 0; i < G_N_ELEMENTS(changes); i++)
		kt_json_set_u64(json,
				kt_outcome_name(changes[i].outcome),
				count_outcome(verified, changes[i].outcome));
	return json;
}

void
kt_report_status(const KtStatus *status, const KtStyle *style, GString *out)
{
	KtPaper paper = kt_paper_init(out, style);
	const KtFacts *facts = status->facts;
	g_autofree char *host = kt_phrase_system(&facts->host);

	begin(&paper, "host");
	kt_paper_flow(&paper, KT_INK_UNSET, "%s", kt_phrase_hostname(&facts->host));
	if (*host)
		kt_paper_flow(&paper, KT_INK_UNSET, ": %s", host);
	put_topology(&paper, &facts->host);
	put_classes(&paper, status);
	put_guests(&paper, facts);
	put_agents(&paper, &facts->host.agents);
	put_txns(&paper, status->txns);
	put_changes(&paper, status->verified);
}

static KtJson *
agents_to_json(const KtAgentList *agents)
{
	if (agents->state != KT_STATE_VALUE)
		return json_null();

	KtJson *array = json_array();
	for (uint32_t i = 0; i < agents->n; i++) {
		KtJson *json = json_object();
		kt_json_set_str(json, "name", agents->v[i].name.v);
		kt_json_set(json,
			    "pid",
			    kt_known(agents->v[i].pid)
				    ? json_integer((json_int_t)agents->v[i].pid.v)
				    : json_null());
		json_array_append_new(array, json);
	}
	return array;
}

static KtJson *
classes_to_json(const KtStatus *status)
{
	KtJson *json = json_object();

	for (KtWorkload w = KT_WORKLOAD_GENERAL; w < KT_WORKLOAD_N; w++)
		kt_json_set_u64(json, kt_workload_name(w), count_class(status, w));
	return json;
}

KtJson *
kt_report_status_json(const KtStatus *status)
{
	KtJson *json = json_object();
	const KtFacts *facts = status->facts;
	bool has_guests = facts->guests.state == KT_STATE_VALUE;
	KtJson *txns = status->txns ? json_array() : json_null();

	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-status");
	kt_json_set(json, "host", kt_report_host_json(&facts->host));
	kt_json_set_str(json, "class", kt_workload_name(kt_policy_host_workload(status->policy)));
	kt_json_set(json, "guests", has_guests ? json_integer(facts->guests.n) : json_null());
	kt_json_set(json,
		    "active_guests",
		    has_guests ? json_integer(count_active(&facts->guests)) : json_null());
	kt_json_set(json, "guest_classes", classes_to_json(status));
	kt_json_set_str(json, "libvirt_problem", facts->meta.libvirt_problem.v);
	kt_json_set(json, "agents", agents_to_json(&facts->host.agents));
	for (guint i = 0; status->txns && i < status->txns->len; i++)
		json_array_append_new(txns, kt_txn_to_json(status->txns->pdata[i]));
	kt_json_set(json, "transactions", txns);
	kt_json_set(json, "changes", changes_to_json(status->verified));
	return json;
}
