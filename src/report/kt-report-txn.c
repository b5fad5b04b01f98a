/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-txn.h"

#include "kt-phrase.h"
#include "kt-place.h"
#include "kt-table.h"

#define WORD_COLUMN 2
#define TEXT_COLUMN 15
/* Places of a definition that are named. */
#define MAX_PLACES 3

/* A definition is one step with many edits: the first ones tell which it is. */
static char *
definition_name(const KtStep *step)
{
	uint32_t n = MIN(step->n_edits, MAX_PLACES);
	GString *text = g_string_new(step->title);

	for (uint32_t i = 0; i < n; i++) {
		g_autofree char *place = kt_place_name(step->knob, step->edits[i].locator);
		g_string_append_printf(text, "%s%s", i ? ", " : ", definition (", place);
	}
	if (n < step->n_edits)
		g_string_append_printf(text, " and %u more", step->n_edits - n);
	g_string_append_c(text, ')');
	return g_string_free(text, FALSE);
}

static char *
step_name(const KtStep *step)
{
	if (step->knob == KT_KNOB_DOMAIN_XML)
		return definition_name(step);

	g_autofree char *place = kt_place_name(step->knob, step->edits[0].locator);
	if (step->knob == KT_KNOB_DOMAIN_LIVE)
		return g_strdup_printf("%s, %s", step->title, place);
	return g_steal_pointer(&place);
}

static bool
is_text(const KtStep *step)
{
	return step->knob == KT_KNOB_FILE || step->knob == KT_KNOB_DOMAIN_XML;
}

/* Files and definitions are too long to be shown: what happens to them is. */
static const char *
text_change(const KtStep *step)
{
	const KtEdit *edit = &step->edits[0];

	if (step->knob == KT_KNOB_DOMAIN_XML)
		return "edited";
	if (!edit->from)
		return "created";
	return edit->to ? "rewritten" : "removed";
}

static void
tell_change(KtPaper *paper, const KtStepRecord *record)
{
	if (is_text(record->step)) {
		kt_paper_flow(paper, KT_INK_UNSET, ": %s", text_change(record->step));
		return;
	}

	const KtEdit *edit = &record->step->edits[0];
	g_autofree char *from =
		record->before ? g_strdup(record->before) : kt_phrase_value(edit->from);
	g_autofree char *to = kt_phrase_value(edit->to);
	kt_paper_flow(paper, KT_INK_UNSET, ": %s -> %s", from, to);
}

static void
tell_back(KtPaper *paper, const KtStepRecord *record)
{
	if (is_text(record->step) || !record->before)
		kt_paper_flow(paper, KT_INK_UNSET, ": as it was before");
	else
		kt_paper_flow(paper, KT_INK_UNSET, ": %s, as before", record->before);
}

/* "is 30, kvmtune wrote 10" */
static void
tell_drift(KtPaper *paper, const KtStepRecord *record, const char *what)
{
	g_autofree char *to = kt_phrase_value(record->step->edits[0].to);

	if (record->now)
		kt_paper_flow(paper, KT_INK_UNSET, ": is %s", record->now);
	if (is_text(record->step))
		kt_paper_flow(paper, KT_INK_UNSET, ", not what kvmtune wrote%s", what);
	else
		kt_paper_flow(paper, KT_INK_UNSET, ", kvmtune wrote %s%s", to, what);
}

static void
tell_difference(KtPaper *paper, const KtStepRecord *record)
{
	tell_drift(paper, record, "");
}

static void
tell_foreign(KtPaper *paper, const KtStepRecord *record)
{
	tell_drift(paper, record, "; left alone");
}

static void
tell_stale(KtPaper *paper, const KtStepRecord *record)
{
	kt_paper_flow(paper,
		      KT_INK_UNSET,
		      ": is %s, not what the plan saw; nothing written",
		      record->now ? record->now : "not known");
}

/* Outcomes in the order in which they are counted: what needs somebody first. */
static const struct {
	KtOutcome outcome;
	KtInk ink;
	const char *word;
	const char *counted;
	void (*tell)(KtPaper *paper, const KtStepRecord *record);
} outcomes[] = {
	/* clang-format off */
	{.outcome = KT_OUTCOME_FAILED,      .ink = KT_INK_CRITICAL, .word = "failed",      .counted = "failed"},
	{.outcome = KT_OUTCOME_DIFFERS,     .ink = KT_INK_HIGH,     .word = "differs",     .counted = "no longer as applied", .tell = tell_difference},
	{.outcome = KT_OUTCOME_STALE,       .ink = KT_INK_HIGH,     .word = "stale",       .counted = "not as the plan saw them", .tell = tell_stale},
	{.outcome = KT_OUTCOME_FOREIGN,     .ink = KT_INK_HIGH,     .word = "foreign",     .counted = "changed by somebody else and left alone", .tell = tell_foreign},
	{.outcome = KT_OUTCOME_UNREADABLE,  .ink = KT_INK_MEDIUM,   .word = "unreadable",  .counted = "unreadable"},
	{.outcome = KT_OUTCOME_ROLLED_BACK, .ink = KT_INK_MEDIUM,   .word = "rolled back", .counted = "rolled back", .tell = tell_back},
	{.outcome = KT_OUTCOME_SKIPPED,     .ink = KT_INK_MEDIUM,   .word = "skipped",     .counted = "skipped"},
	{.outcome = KT_OUTCOME_UNSET,       .ink = KT_INK_MEDIUM,   .word = "not reached", .counted = "not reached"},
	{.outcome = KT_OUTCOME_APPLIED,     .ink = KT_INK_GOOD,     .word = "applied",     .counted = "applied", .tell = tell_change},
	{.outcome = KT_OUTCOME_RESTORED,    .ink = KT_INK_GOOD,     .word = "restored",    .counted = "restored", .tell = tell_back},
	{.outcome = KT_OUTCOME_HOLDS,       .ink = KT_INK_GOOD,     .word = "holds",       .counted = "as applied", .tell = tell_change},
	{.outcome = KT_OUTCOME_PENDING,     .ink = KT_INK_INFO,     .word = "waiting",     .counted = "waiting for a guest start or a boot", .tell = tell_change},
	{.outcome = KT_OUTCOME_GONE,        .ink = KT_INK_INFO,     .word = "gone",        .counted = "taken away by a reboot or a guest's end"},
	{.outcome = KT_OUTCOME_ALREADY,     .ink = KT_INK_UNSET,    .word = "already",     .counted = "already as planned", .tell = tell_change},
	{.outcome = KT_OUTCOME_UNCHANGED,   .ink = KT_INK_UNSET,    .word = "unchanged",   .counted = "already as before", .tell = tell_back},
	/* clang-format on */
};

static size_t
row_of(KtOutcome outcome)
{
	for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++) {
		if (outcomes[i].outcome == outcome)
			return i;
	}
	g_assert_not_reached();
}

/* What the same outcome is called when nothing was written, or when it was only looked at. */
static const struct {
	KtTelling telling;
	KtOutcome outcome;
	const char *word;
	const char *counted;
} variants[] = {
	/* clang-format off */
	{.telling = KT_TELLING_DRY_RUN, .outcome = KT_OUTCOME_UNSET,    .word = "to do",      .counted = "to do"},
	{.telling = KT_TELLING_DRY_RUN, .outcome = KT_OUTCOME_RESTORED, .word = "to restore", .counted = "to restore"},
	{.telling = KT_TELLING_VERIFY,  .outcome = KT_OUTCOME_UNSET,    .word = "superseded", .counted = "changed again by a later transaction"},
	/* clang-format on */
};

static void
words_of(size_t row, KtTelling telling, const char **ret_word, const char **ret_counted)
{
	*ret_word = outcomes[row].word;
	*ret_counted = outcomes[row].counted;
	for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
		if (variants[i].telling != telling || variants[i].outcome != outcomes[row].outcome)
			continue;
		*ret_word = variants[i].word;
		*ret_counted = variants[i].counted;
	}
}

static void
put_step(KtPaper *paper, const KtStepRecord *record, KtTelling telling)
{
	g_autofree char *name = step_name(record->step);
	size_t row = row_of(record->outcome);
	const char *word = NULL;
	const char *counted = NULL;

	words_of(row, telling, &word, &counted);
	kt_paper_tab(paper, WORD_COLUMN);
	kt_paper_verbatim(paper, outcomes[row].ink, word);
	kt_paper_tab(paper, TEXT_COLUMN);
	paper->indent = TEXT_COLUMN;
	kt_paper_flow(paper, KT_INK_UNSET, "%s", name);
	if (outcomes[row].tell)
		outcomes[row].tell(paper, record);
	else if (record->outcome == KT_OUTCOME_UNSET && telling == KT_TELLING_DRY_RUN)
		tell_change(paper, record);
	if (record->detail)
		kt_paper_flow(paper, KT_INK_UNSET, ": %s", record->detail);
	kt_paper_end_line(paper);
}

static void
put_counts(KtPaper *paper, const KtTxn *txn, KtTelling telling)
{
	bool is_first = true;

	for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++) {
		unsigned n = kt_txn_count(txn, outcomes[i].outcome);
		const char *word = NULL;
		const char *counted = NULL;
		if (!n)
			continue;
		words_of(i, telling, &word, &counted);
		kt_paper_flow(paper, KT_INK_UNSET, "%s%u %s", is_first ? ": " : ", ", n, counted);
		is_first = false;
	}
}

static KtInk
state_ink(KtTxnState state)
{
	static const KtInk inks[KT_TXN_N] = {
		[KT_TXN_RUNNING] = KT_INK_MEDIUM,
		[KT_TXN_INTERRUPTED] = KT_INK_CRITICAL,
		[KT_TXN_UNCONFIRMED] = KT_INK_MEDIUM,
		[KT_TXN_APPLIED] = KT_INK_GOOD,
		[KT_TXN_INCOMPLETE] = KT_INK_CRITICAL,
		[KT_TXN_DAMAGED] = KT_INK_CRITICAL,
	};

	return state < KT_TXN_N ? inks[state] : KT_INK_UNSET;
}

static char *
confirm_left(const KtTxn *txn)
{
	int64_t left_s = txn->confirm_left_us / G_USEC_PER_SEC;

	if (txn->confirm_left_us <= 0)
		return g_strdup("overdue");
	return g_strdup_printf("%" G_GINT64_FORMAT " s left", left_s);
}

char *
kt_report_txn_warning(const KtTxn *txn)
{
	switch (txn->state) {
	case KT_TXN_INTERRUPTED:
		return g_strdup_printf("transaction %u was interrupted: run 'kvmtune recover'",
				       txn->id);
	case KT_TXN_INCOMPLETE:
		return g_strdup_printf(
			"transaction %u could not be put back completely: see 'kvmtune "
			"history' and run 'kvmtune recover'",
			txn->id);
	case KT_TXN_DAMAGED:
		return g_strdup_printf(
			"the journal of transaction %u is damaged: see 'kvmtune history'", txn->id);
	case KT_TXN_UNCONFIRMED:
		if (txn->confirm_left_us > 0)
			return NULL;
		return g_strdup_printf(
			"the confirmation of transaction %u is overdue: run 'kvmtune "
			"recover'",
			txn->id);
	case KT_TXN_UNSET:
	case KT_TXN_RUNNING:
	case KT_TXN_APPLIED:
	case KT_TXN_UNDONE:
	case KT_TXN_N:
	default:
		return NULL;
	}
}

static void
put_next(KtPaper *paper, const KtTxn *txn)
{
	g_autofree char *warning = kt_report_txn_warning(txn);

	paper->indent = 0;
	if (warning) {
		kt_paper_gap(paper);
		kt_paper_flow(paper, KT_INK_CRITICAL, "%s", warning);
	} else if (txn->state == KT_TXN_UNCONFIRMED) {
		g_autofree char *left = confirm_left(txn);
		kt_paper_gap(paper);
		kt_paper_flow(paper,
			      KT_INK_MEDIUM,
			      "Undone by itself unless confirmed (%s): kvmtune confirm %u",
			      left,
			      txn->id);
	} else if (txn->state == KT_TXN_APPLIED) {
		kt_paper_gap(paper);
		kt_paper_flow(
			paper, KT_INK_FAINT, "Put everything back with: kvmtune undo %u", txn->id);
	}
	kt_paper_end_line(paper);
}

static bool
is_all_there(const KtTxn *txn)
{
	for (uint32_t i = 0; i < txn->n_steps; i++) {
		if (txn->steps[i].outcome != KT_OUTCOME_ALREADY)
			return false;
	}
	return true;
}

static void
put_title(KtPaper *paper, const KtTxn *txn, KtTelling telling)
{
	if (telling == KT_TELLING_DRY_RUN) {
		kt_paper_flow(paper, KT_INK_HEADING, "Dry run, nothing was written");
		return;
	}
	if (txn->id == 0) {
		kt_paper_flow(paper,
			      KT_INK_HEADING,
			      is_all_there(txn) ? "Nothing to do" : "Nothing was changed");
		return;
	}
	kt_paper_flow(paper, KT_INK_HEADING, "Transaction %u", txn->id);
	if (txn->created)
		kt_paper_flow(paper, KT_INK_FAINT, " of %s", txn->created);
	kt_paper_flow(paper, KT_INK_UNSET, " ");
	kt_paper_flow(paper, state_ink(txn->state), "%s", kt_txn_state_name(txn->state));
}

void
kt_report_txn(const KtTxn *txn, KtTelling telling, const KtStyle *style, GString *out)
{
	KtPaper paper = kt_paper_init(out, style);

	put_title(&paper, txn, telling);
	put_counts(&paper, txn, telling);
	kt_paper_end_line(&paper);
	if (txn->problem)
		kt_paper_paragraph(&paper, WORD_COLUMN, txn->problem);
	for (uint32_t i = 0; i < txn->n_steps; i++)
		put_step(&paper, &txn->steps[i], telling);
	if (telling == KT_TELLING_RUN && txn->id > 0)
		put_next(&paper, txn);
}

static char *
practices_of(const KtPlan *plan)
{
	GString *text = g_string_new(NULL);

	for (uint32_t i = 0; plan && i < plan->n_groups; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", plan->groups[i].practices);
	return g_string_free(text, FALSE);
}

static char *
unique_words(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	GString *unique = g_string_new(NULL);

	for (size_t i = 0; words[i]; i++) {
		bool is_seen = false;
		for (size_t j = 0; j < i; j++)
			is_seen |= g_str_equal(words[i], words[j]);
		if (!is_seen)
			g_string_append_printf(unique, "%s%s", unique->len ? " " : "", words[i]);
	}
	return g_string_free(unique, FALSE);
}

void
kt_report_history(const GPtrArray *txns, const KtStyle *style, GString *out)
{
	static const KtColumn columns[] = {
		{.title = "ID", .is_right = true},
		{.title = "CREATED"},
		{.title = "STATE"},
		{.title = "STEPS", .is_right = true},
		{.title = "PRACTICES", .is_wrapped = true},
	};
	g_autoptr(KtTable) table = kt_table_new(columns, G_N_ELEMENTS(columns), style);

	if (txns->len == 0)
		g_string_append(out, "No transactions: kvmtune has changed nothing here.\n");
	for (guint i = 0; i < txns->len; i++) {
		const KtTxn *txn = txns->pdata[i];
		g_autofree char *id = g_strdup_printf("%u", txn->id);
		g_autofree char *steps = g_strdup_printf("%u", txn->n_steps);
		g_autofree char *all = practices_of(txn->plan);
		g_autofree char *practices = unique_words(all);
		const char *cells[] = {
			id,
			txn->created ? txn->created : "",
			kt_txn_state_name(txn->state),
			steps,
			txn->problem ? txn->problem : practices,
		};
		kt_table_add(table, cells);
		kt_table_ink(table, 2, state_ink(txn->state));
	}
	kt_table_print(table, out);
}
