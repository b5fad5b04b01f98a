/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What the two halves of the dictionary share: kt-pseudonym.c learns names and gives pseudonyms,
 * kt-pseudonym-text.c finds them in text. */

#include "kt-pattern.h"
#include "kt-pseudonym.h"

#define KT_NAME_MAX_WORD 255

typedef struct KtName {
	char *original;
	char *alias_of; /* or NULL */
	char *pseudonym;
	KtNameKind kind; /* KT_NAME_UNSET: a path */
	/* What stands in free text: the original from its first to its last word. */
	const char *core;
	size_t n_core;
	bool is_ordinary;
} KtName;

struct KtPseudonyms {
	GHashTable *names[KT_NAME_N]; /* original -> KtName */
	GPtrArray *all;
	GHashTable *words; /* first word of the core -> GPtrArray of KtName, longest first */
	char *guest_dir;   /* with a final "/", or NULL */
};

/* A letter or digit; bytes of UTF-8 sequences count as letters. */
bool kt_name_is_word(char c);

/* How many of the @rest bytes at @text are one word. */
size_t kt_name_word_length(const char *text, size_t rest);

/* Adds the original unless it is there; NULL for nothing. Borrowed. */
KtName *kt_name_add(KtPseudonyms *names, KtNameKind kind, const char *original);
