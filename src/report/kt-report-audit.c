/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-audit.h"

#include "kt-phrase.h"
#include "kt-practice.h"
#include "kt-report-finding.h"

static KtSeverity
worst_finding(const KtAudit *audit)
{
	for (KtSeverity s = KT_SEVERITY_CRITICAL; s > KT_SEVERITY_UNSET; s--) {
		if (audit->n_findings[s])
			return s;
	}
	return KT_SEVERITY_UNSET;
}

static void
put_uncounted(KtPaper *paper, const KtAudit *audit)
{
	static const struct {
		KtVerdict verdict;
		const char *words;
	} rows[] = {
		{.verdict = KT_VERDICT_UNKNOWN, .words = "unknown"},
		{.verdict = KT_VERDICT_NOT_APPLICABLE, .words = "not applicable"},
		{.verdict = KT_VERDICT_PENDING, .words = "waiting"},
		{.verdict = KT_VERDICT_WAIVED, .words = "waived"},
	};
	g_autofree char *checks = kt_phrase_count(audit->n_verdicts[KT_VERDICT_OK], "check");
	bool is_first = true;

	if (audit->results->len == 0 && audit->n_verdicts[KT_VERDICT_OK] == 0)
		return;

	kt_paper_flow(paper, KT_INK_FAINT, "%s in order", checks);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		unsigned n = audit->n_verdicts[rows[i].verdict];
		if (!n)
			continue;
		kt_paper_flow(paper,
			      KT_INK_FAINT,
			      "%s%u %s",
			      is_first ? "; not in the score: " : ", ",
			      n,
			      rows[i].words);
		is_first = false;
	}
	kt_paper_end_line(paper);
}

static bool
is_all_known(const KtAudit *audit)
{
	return audit->n_verdicts[KT_VERDICT_UNKNOWN] == 0 &&
	       !kt_known(audit->facts->meta.libvirt_problem);
}

static void
put_verdict(KtPaper *paper, const KtAudit *audit)
{
	g_autofree char *findings = kt_phrase_findings(audit);
	unsigned n_findings = audit->n_verdicts[KT_VERDICT_FINDING];
	unsigned n_judged = n_findings + audit->n_verdicts[KT_VERDICT_OK];
	KtSeverity worst = worst_finding(audit);

	kt_paper_flow(paper, KT_INK_HEADING, "%s", kt_phrase_hostname(&audit->facts->host));
	if (n_judged == 0) {
		kt_paper_flow(paper, KT_INK_UNSET, ": nothing could be judged");
	} else if (n_findings == 0) {
		bool is_complete = is_all_known(audit);
		kt_paper_flow(paper,
			      is_complete ? KT_INK_GOOD : KT_INK_UNSET,
			      ": no findings%s; score %u of 100",
			      is_complete ? "" : " in what could be judged",
			      audit->score);
	} else {
		kt_paper_flow(paper, KT_INK_UNSET, ": ");
		kt_paper_flow(paper, kt_phrase_ink(worst), "%s", findings);
		kt_paper_flow(paper, KT_INK_UNSET, "; score %u of 100", audit->score);
	}
	kt_paper_end_line(paper);
	put_uncounted(paper, audit);
}

static void
put_context(KtPaper *paper, const KtFacts *facts)
{
	g_autofree char *host = kt_phrase_host(&facts->host);
	const KtFactsMeta *meta = &facts->meta;
	const char *separator = "";

	if (*host) {
		kt_paper_flow(paper, KT_INK_FAINT, "%s", host);
		separator = "; ";
	}
	if (facts->guests.state == KT_STATE_VALUE) {
		g_autofree char *guests = kt_phrase_count(facts->guests.n, "guest");
		kt_paper_flow(paper, KT_INK_FAINT, "%s%s", separator, guests);
		if (kt_known(meta->uri))
			kt_paper_flow(paper, KT_INK_FAINT, " (%s)", meta->uri.v);
		separator = "; ";
	}
	if (kt_known(meta->root) && !g_str_equal(meta->root.v, "/"))
		kt_paper_flow(paper, KT_INK_FAINT, "%sread from '%s'", separator, meta->root.v);
	kt_paper_end_line(paper);
	if (kt_known(meta->libvirt_problem)) {
		paper->indent = 8;
		kt_paper_flow(paper, KT_INK_MEDIUM, "warning:");
		kt_paper_flow(paper,
			      KT_INK_UNSET,
			      " the guests could not be read: %s",
			      meta->libvirt_problem.v);
		kt_paper_end_line(paper);
		paper->indent = 0;
	}
}

static void
put_section_title(KtPaper *paper, const KtSection *section, const KtFacts *facts)
{
	g_autofree char *about = section->guest ? kt_phrase_guest(section->guest) : g_strdup("");

	kt_paper_gap(paper);
	paper->indent = KT_FINDING_COLUMN;
	if (section->guest)
		kt_paper_flow(
			paper, KT_INK_HEADING, "Guest %s", kt_phrase_guest_name(section->guest));
	else
		kt_paper_flow(paper, KT_INK_HEADING, "Host %s", kt_phrase_hostname(&facts->host));
	if (*about)
		kt_paper_flow(paper, KT_INK_FAINT, " (%s)", about);
	kt_paper_end_line(paper);
}

static void
put_guests_alike(KtPaper *paper, const KtSection *section)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (section->alike->len == 0)
		return;

	for (guint i = 0; i < section->alike->len; i++)
		g_ptr_array_add(names, (void *)kt_phrase_guest_name(section->alike->pdata[i]));
	kt_paper_tab(paper, KT_FINDING_COLUMN);
	paper->indent = KT_FINDING_COLUMN;
	kt_paper_flow(paper,
		      KT_INK_UNSET,
		      "The same findings in %u more guest%s: ",
		      section->alike->len,
		      section->alike->len == 1 ? "" : "s");
	kt_report_names(paper, names);
	kt_paper_end_line(paper);
}

static void
put_findings(KtPaper *paper, const KtAudit *audit)
{
	g_autoptr(GPtrArray) sections = kt_sections_build(audit, !paper->style.is_verbose);

	for (guint i = 0; i < sections->len; i++) {
		const KtSection *section = sections->pdata[i];
		put_section_title(paper, section, audit->facts);
		for (guint j = 0; j < section->entries->len; j++)
			kt_report_entry(paper, section->entries->pdata[j]);
		put_guests_alike(paper, section);
	}
}

static void
put_heading(KtPaper *paper, const char *text)
{
	kt_paper_gap(paper);
	paper->indent = 0;
	kt_paper_flow(paper, KT_INK_HEADING, "%s", text);
	kt_paper_end_line(paper);
}

/* The run of results of one practice from @begin on; its end. */
static guint
practice_end(const KtAudit *audit, guint begin)
{
	const KtResult *first = audit->results->pdata[begin];
	guint end = begin + 1;

	for (; end < audit->results->len; end++) {
		const KtResult *result = audit->results->pdata[end];
		if (result->practice != first->practice)
			break;
	}
	return end;
}

/* Practices of the host need no target: their ids stand in one list. */
static void
put_rest_of_host(KtPaper *paper, const KtAudit *audit, KtVerdict verdict)
{
	bool is_first = true;

	paper->indent = KT_FINDING_COLUMN;
	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (result->verdict != verdict || result->target.scope != KT_SCOPE_HOST)
			continue;
		if (is_first)
			kt_paper_tab(paper, KT_FINDING_COLUMN);
		kt_paper_flow(
			paper, KT_INK_UNSET, "%s%s", is_first ? "" : ", ", result->practice->id);
		is_first = false;
	}
	kt_paper_end_line(paper);
}

/* Results of one verdict; those of one practice share a line. */
static void
put_rest(KtPaper *paper, const KtAudit *audit, KtVerdict verdict, const char *heading)
{
	if (audit->n_verdicts[verdict] == 0)
		return;

	put_heading(paper, heading);
	put_rest_of_host(paper, audit, verdict);
	for (guint i = 0, end = 0; i < audit->results->len; i = end) {
		const KtResult *first = audit->results->pdata[i];
		g_autoptr(GPtrArray) names = g_ptr_array_new();
		end = practice_end(audit, i);
		for (guint j = i; j < end; j++) {
			const KtResult *result = audit->results->pdata[j];
			if (result->verdict == verdict && result->target.scope != KT_SCOPE_HOST)
				g_ptr_array_add(names, (void *)result->target_title);
		}
		if (names->len == 0)
			continue;
		kt_paper_tab(paper, KT_FINDING_COLUMN);
		paper->indent = KT_FINDING_TEXT_COLUMN;
		kt_paper_flow(paper, KT_INK_UNSET, "%s: ", first->practice->id);
		kt_report_names(paper, names);
		kt_paper_end_line(paper);
	}
}

static void
put_waived(KtPaper *paper, const KtAudit *audit)
{
	if (audit->n_verdicts[KT_VERDICT_WAIVED] == 0)
		return;

	put_heading(paper, "Waived by the administrator");
	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (result->verdict != KT_VERDICT_WAIVED)
			continue;
		kt_paper_tab(paper, KT_FINDING_COLUMN);
		paper->indent = KT_FINDING_TEXT_COLUMN;
		kt_paper_flow(paper,
			      KT_INK_UNSET,
			      "%s: %s: %s",
			      result->practice->id,
			      result->target_title,
			      result->waiver);
		kt_paper_end_line(paper);
	}
}

/* What was missing, as the last evidence says; an ill-mannered practice gives none. */
static const KtEvidence *
reason_of(const KtResult *result)
{
	const GPtrArray *evidence = result->evidence;

	return evidence->len ? evidence->pdata[evidence->len - 1] : NULL;
}

static bool
has_same_reason(const KtResult *a, const KtResult *b)
{
	const KtEvidence *left = reason_of(a);
	const KtEvidence *right = reason_of(b);

	return left && right ? g_str_equal(left->text, right->text) : left == right;
}

/* The targets of results @begin.. that are unknown for the reason of @first. */
static void
put_unknown_because(KtPaper *paper, const KtAudit *audit, const KtResult *first, guint begin,
		    guint end)
{
	const KtEvidence *reason = reason_of(first);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = begin; i < end; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (result->verdict == KT_VERDICT_UNKNOWN && has_same_reason(first, result) &&
		    result->target.scope != KT_SCOPE_HOST)
			g_ptr_array_add(names, (void *)result->target_title);
	}
	kt_paper_tab(paper, KT_FINDING_COLUMN);
	paper->indent = KT_FINDING_TEXT_COLUMN;
	kt_paper_flow(paper, KT_INK_UNSET, "%s: ", first->practice->id);
	kt_report_names(paper, names);
	if (reason)
		kt_paper_flow(paper, KT_INK_UNSET, "%s%s", names->len ? ": " : "", reason->text);
	if (reason && *reason->origin && names->len <= 1)
		kt_paper_flow(paper, KT_INK_FAINT, " (%s)", reason->origin);
	kt_paper_end_line(paper);
}

static bool
is_told_before(const KtAudit *audit, const KtResult *result, guint begin, guint end)
{
	for (guint i = begin; i < end; i++) {
		const KtResult *other = audit->results->pdata[i];
		if (other->verdict == KT_VERDICT_UNKNOWN && has_same_reason(other, result))
			return true;
	}
	return false;
}

static void
put_unknown(KtPaper *paper, const KtAudit *audit)
{
	const KtOptBool privileged = audit->facts->meta.is_privileged;
	bool needs_root = kt_known(privileged) && !privileged.v;

	/* One reason for all, and one remedy. */
	if (needs_root && !paper->style.is_verbose) {
		put_rest(paper,
			 audit,
			 KT_VERDICT_UNKNOWN,
			 "Not judged: what they need is only readable for root");
		return;
	}
	if (audit->n_verdicts[KT_VERDICT_UNKNOWN] == 0)
		return;
	put_heading(paper, "Not judged");
	for (guint i = 0, end = 0; i < audit->results->len; i = end) {
		end = practice_end(audit, i);
		for (guint j = i; j < end; j++) {
			const KtResult *result = audit->results->pdata[j];
			if (result->verdict == KT_VERDICT_UNKNOWN &&
			    !is_told_before(audit, result, i, j))
				put_unknown_because(paper, audit, result, i, end);
		}
	}
}

static unsigned
count_changeable(const KtAudit *audit)
{
	unsigned n = 0;

	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		n += result->verdict == KT_VERDICT_FINDING && result->changes->len > 0;
	}
	return n;
}

static const char *
first_id(const KtAudit *audit)
{
	g_autoptr(GPtrArray) sections = kt_sections_build(audit, /* is_folded= */ true);

	if (sections->len == 0)
		return NULL;
	const KtSection *section = sections->pdata[0];
	const KtEntry *entry = section->entries->pdata[0];
	return entry->result->practice->id;
}

static void
put_command(KtPaper *paper, const char *command, unsigned column, const char *what)
{
	kt_paper_end_line(paper);
	kt_paper_tab(paper, KT_FINDING_COLUMN);
	kt_paper_verbatim(paper, KT_INK_GOOD, command);
	kt_paper_tab(paper, column);
	paper->indent = column;
	kt_paper_flow(paper, KT_INK_UNSET, "%s", what);
	kt_paper_end_line(paper);
}

static void
put_plan_command(KtPaper *paper, const KtAudit *audit, unsigned column)
{
	unsigned all = audit->n_verdicts[KT_VERDICT_FINDING];
	unsigned n = count_changeable(audit);

	if (n == 0)
		return;

	g_autofree char *findings = kt_phrase_count(all, "finding");
	g_autofree char *what =
		n == all ? g_strdup_printf("shows how to change %s", all == 1 ? "it" : "all of it")
			 : g_strdup_printf("shows how to change %u of %s", n, findings);
	put_command(paper, "kvmtune plan", column, what);
}

static void
put_next(KtPaper *paper, const KtAudit *audit)
{
	const char *id = first_id(audit);
	g_autofree char *explain = g_strdup_printf("kvmtune explain %s", id ? id : "ID");
	unsigned column = KT_FINDING_COLUMN + kt_text_columns(explain) + 2;
	const KtOptBool privileged = audit->facts->meta.is_privileged;
	bool needs_root =
		kt_known(privileged) && !privileged.v && audit->n_verdicts[KT_VERDICT_UNKNOWN] > 0;

	if (!id && !needs_root)
		return;

	put_heading(paper, "Next");
	if (needs_root)
		put_command(paper, "sudo kvmtune audit", column, "judges that as well");
	put_plan_command(paper, audit, column);
	if (id)
		put_command(paper, explain, column, "says why, and what it costs");
}

void
kt_report_audit(const KtAudit *audit, const KtStyle *style, GString *out)
{
	KtPaper paper = kt_paper_init(out, style);

	put_verdict(&paper, audit);
	put_context(&paper, audit->facts);
	put_findings(&paper, audit);
	put_rest(&paper,
		 audit,
		 KT_VERDICT_PENDING,
		 "Configured, and true at the next guest start or boot");
	put_waived(&paper, audit);
	put_unknown(&paper, audit);
	put_next(&paper, audit);
}
