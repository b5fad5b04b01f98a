/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A verb: one file and one row.
 *
 * kt-cmd-VERB.c defines the row with KT_COMMAND (symbol); the row in commands.inc names the symbol.
 * Dispatch, help, completion and documents come from there. A verb puts its result into
 * cli->out, which main() prints when the verb is done; what is said beside it goes through
 * kt_cli_remark() to standard error.
 */

#include "kt-options.h"
#include "kt-paper.h"
#include "kt-practice.h"
#include "kt-session.h"

#define KT_PROGRAM "kvmtune"

typedef struct KtCommand KtCommand;

typedef struct KtCli {
	const KtCommand *command;
	KtOptions options;
	char **args; /* what is no option, without the verb */
	size_t n_args;
	GString *out;
	KtStyle style;
	KtSession *session; /* opened by kt_cli_session() */
	GCancellable *cancellable;
	int status;          /* exit status when run() succeeds */
	bool has_told_error; /* the JSON in `out` holds the error */
} KtCli;

/* What a signal does while the verb runs. */
typedef enum KtInterrupt {
	KT_INTERRUPT_UNSET = 0, /* ends the program at once */
	KT_INTERRUPT_CANCEL,    /* cancels what is going on; the second one ends the program */
	KT_INTERRUPT_FINISH,    /* the first one is ignored: putting back is better finished */
} KtInterrupt;

typedef enum KtVerbGroup {
	KT_VERB_GROUP_UNSET = 0,
	KT_VERB_GROUP_LOOK,   /* never writes */
	KT_VERB_GROUP_CHANGE, /* writes, or looks at what was written */
	KT_VERB_GROUP_OTHER,
	KT_VERB_GROUP_HIDDEN, /* for scripts and the build */
	KT_VERB_GROUP_N,
} KtVerbGroup;

struct KtCommand {
	const char *name;
	const char *summary;  /* one line, <= 55 columns */
	const char *synopsis; /* of the arguments: "[DOMAIN...]", or NULL */
	const char *description;
	const char *examples;      /* commands, one a line, or NULL */
	const KtOptionId *options; /* besides the global ones; ended by 0, or NULL */
	size_t min_args;
	size_t max_args;
	const char *words; /* of KT_COMPLETE_WORDS */
	KtComplete complete;
	KtVerbGroup group;
	KtInterrupt interrupt;
	bool tells_transactions; /* itself, so that no warning about them is needed */
	/* Fills cli->out. False with @error set, or true with cli->status. */
	bool (*run)(KtCli *cli, GError **error);
};

#define KT_COMMAND(symbol) const KtCommand kt_command_##symbol

/* All rows in the order of commands.inc, which is that of help and documents. */
extern const KtCommand *const kt_commands[];
extern const size_t kt_n_commands;

/* NULL when there is none. */
const KtCommand *kt_command_find(const char *name);

/* The visible verb that @name may be a slip of, or NULL. */
const char *kt_command_suggest(const char *name);

/* The session of the options, opened on first use. Says on standard error which transactions need
 * somebody. Borrowed; NULL with @error. */
KtSession *kt_cli_session(KtCli *cli, GError **error) KT_WARN_UNUSED;

/* The selection of --rule, --skip and, with @has_guests, of the arguments as guests. Every id has
 * to name a practice. Borrowed from the options. */
bool kt_cli_selection(KtCli *cli, bool has_guests, KtSelection *ret_selection, GError **error)
	KT_WARN_UNUSED;

/* One line on standard error, "kvmtune: ..."; none with --quiet. */
void kt_cli_remark(const KtCli *cli, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Remarks that the guests could not be read, when @audit looked for any of theirs. */
void kt_cli_remark_guests(const KtCli *cli, const KtAudit *audit, const KtSelection *selection);

/* Prints what is in cli->out now and empties it: in front of a question, or between the steps of a
 * tour. Errors: IO. A closed pipe is none. */
bool kt_cli_flush(KtCli *cli, GError **error) KT_WARN_UNUSED;

/* Appends @json to cli->out; takes it. */
void kt_cli_put_json(KtCli *cli, KtJson *json);

/* Number of a transaction; *@ret_id is 0 when there is no argument. Errors: USAGE. */
bool kt_cli_transaction_arg(const KtCli *cli, uint32_t *ret_id, GError **error) KT_WARN_UNUSED;

/* A question on the terminal. False without error: no. Errors: USAGE when there is no terminal,
 * with the hint to use --yes. */
bool kt_cli_ask(KtCli *cli, const char *question, bool *ret_yes, GError **error) KT_WARN_UNUSED;

/* Names @error and the record at once: JSON gets both in one document, text gets the record. */
void kt_cli_put_txn(KtCli *cli, const KtTxn *txn, const GError *error);
