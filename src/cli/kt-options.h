/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Options as rows: parser, help, completion and documents are derived from them.
 *
 * An option means the same with every verb that takes it. Global ones stand before or after the
 * verb, as in virsh.
 */

#include "kt-error.h"
#include "kt-words.h"

#include <stdint.h>

typedef struct KtOptions {
	gboolean help;
	gboolean version;
	char *connect;
	gboolean quiet;
	char *debug;
	char *root;
	char *state_dir;
	char *config_file;
	char *deadline;
	gboolean json;
	char *color;
	gboolean verbose;
	gboolean deep;
	gboolean in_guest;
	char **rules;
	char **skip;
	char *fail_on;
	gboolean with_demo_guest;
	char *output;
	gboolean anonymise;
	gboolean live;
	gboolean config;
	char *least;
	char *max_risk;
	gboolean yes;
	gboolean dry_run;
	char *confirm_within;
	char *for_time;
	char *until;
	char *instance;
	char *budget;
	char *max_moves;
	char *max_move_gib;
	char *horizon;
	char **what_if;
	char *admit;
	char *svg;
	char *fleet;
	char **verdicts;
	char *timeout;
	char *mode;
	gboolean force;
	gboolean try_start;
} KtOptions;

typedef enum KtOptionId {
	KT_OPTION_UNSET = 0,
	KT_OPTION_CONNECT,
	KT_OPTION_QUIET,
	KT_OPTION_DEBUG,
	KT_OPTION_ROOT,
	KT_OPTION_STATE_DIR,
	KT_OPTION_CONFIG_FILE,
	KT_OPTION_DEADLINE,
	KT_OPTION_JSON,
	KT_OPTION_COLOR,
	KT_OPTION_HELP,
	KT_OPTION_VERSION,
	KT_OPTION_VERBOSE,
	KT_OPTION_DEEP,
	KT_OPTION_IN_GUEST,
	KT_OPTION_RULE,
	KT_OPTION_SKIP,
	KT_OPTION_FAIL_ON,
	KT_OPTION_WITH_DEMO_GUEST,
	KT_OPTION_OUTPUT,
	KT_OPTION_ANONYMISE,
	KT_OPTION_LIVE,
	KT_OPTION_CONFIG,
	KT_OPTION_LEAST,
	KT_OPTION_MAX_RISK,
	KT_OPTION_YES,
	KT_OPTION_DRY_RUN,
	KT_OPTION_CONFIRM_WITHIN,
	KT_OPTION_FOR,
	KT_OPTION_UNTIL,
	KT_OPTION_INSTANCE,
	KT_OPTION_BUDGET,
	KT_OPTION_MAX_MOVES,
	KT_OPTION_MAX_MOVE_GIB,
	KT_OPTION_HORIZON,
	KT_OPTION_WHAT_IF,
	KT_OPTION_ADMIT,
	KT_OPTION_SVG,
	KT_OPTION_FLEET,
	KT_OPTION_VERDICT,
	KT_OPTION_TIMEOUT,
	KT_OPTION_MODE,
	KT_OPTION_FORCE,
	KT_OPTION_TRY,
	KT_OPTION_N,
} KtOptionId;

/* What a shell may complete an argument with. */
typedef enum KtComplete {
	KT_COMPLETE_NOTHING = 0,
	KT_COMPLETE_FILE,
	KT_COMPLETE_DIRECTORY,
	KT_COMPLETE_PRACTICE,
	KT_COMPLETE_DOMAIN,
	KT_COMPLETE_TRANSACTION,
	KT_COMPLETE_WORDS, /* the words of the row */
	KT_COMPLETE_N,
} KtComplete;

typedef struct KtOptionRow {
	const char *name;    /* without dashes */
	const char *alias;   /* a second long name, or NULL */
	const char *arg;     /* name of its argument in upper case, or NULL */
	const char *help;    /* one line, <= 50 columns */
	const char *doc;     /* more, for the manual; or NULL */
	const char *words;   /* of KT_COMPLETE_WORDS, separated by blanks */
	size_t offset;       /* in KtOptions */
	KtComplete complete; /* of the argument */
	char letter;         /* or '\0' */
	bool is_global;
	bool is_list; /* may be given several times, and takes lists with commas */
} KtOptionRow;

/* The row of @id; static. */
const KtOptionRow *kt_option_row(KtOptionId id);

/* Parses @argv, whose options are the global ones and those of @ids (ended by KT_OPTION_UNSET). The
 * arguments that are no options go to *@ret_args. Errors: USAGE. */
bool kt_options_parse(KtOptions *options, const char *const *argv, const KtOptionId *ids,
		      char ***ret_args, GError **error) KT_WARN_UNUSED;

/* Index of the first argument in @argv that is neither a global option nor an argument of one: the
 * verb. The length of @argv when there is none. Errors: USAGE. */
bool kt_options_find_verb(const char *const *argv, size_t *ret_index, GError **error)
	KT_WARN_UNUSED;

/* "90", "90s", "2m", "1h" -> seconds, 1..@max; @what names it in errors (USAGE). */
bool kt_parse_duration(const char *text, const char *what, uint32_t max, uint32_t *ret_seconds,
		       GError **error) KT_WARN_UNUSED;

/* "critical"..."info", or "error", "warning", "notice" for high, medium and low. "never" and NULL
 * give UNSET. Errors: USAGE. */
bool kt_parse_fail_on(const char *text, KtSeverity *ret_severity, GError **error) KT_WARN_UNUSED;

void kt_options_clear(KtOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KtOptions, kt_options_clear)
