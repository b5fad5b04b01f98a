/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Shared by the files that read an instance. */

#include "kt-instance.h"

typedef struct KtInReader {
	KtInstance *instance;
	GHashTable *apart; /* name of a group -> its number + 1 */
	GPtrArray *notes;  /* const char *, in the instance's arena */
	const char *where; /* the object that is read: "guest 'g1'" */
} KtInReader;

/* A number of an object: its key, range and default. */
typedef struct KtInNumber {
	const char *key;
	uint64_t min;
	uint64_t max;
	uint64_t value; /* when the key is missing */
	size_t offset;  /* of the uint64_t in the struct that it is read into */
	bool is_required;
} KtInNumber;

/* Sets *@ret_value to the member, or to NULL when it is missing or null. False when it is no
 * object, array or text as @type says. */
bool kt_in_get(const KtInReader *reader, const KtJson *object, const char *key, json_type type,
	       const KtJson **ret_value, GError **error) KT_WARN_UNUSED;

/* Reads one number, or all of @numbers (ended by a row without key) into @target. */
bool kt_in_number(const KtInReader *reader, const KtJson *object, const KtInNumber *number,
		  uint64_t *ret_value, GError **error) KT_WARN_UNUSED;
bool kt_in_numbers(const KtInReader *reader, const KtJson *object, const KtInNumber *numbers,
		   void *target, GError **error) KT_WARN_UNUSED;

/* *@ret_flag stays as it is when the key is missing. */
bool kt_in_bool(const KtInReader *reader, const KtJson *object, const char *key, bool *ret_flag,
		GError **error) KT_WARN_UNUSED;

/* Index in @words (ended by NULL); *@ret_index stays as it is when the key is missing. */
bool kt_in_word(const KtInReader *reader, const KtJson *object, const char *key,
		const char *const *words, unsigned *ret_index, GError **error) KT_WARN_UNUSED;

/* A fraction 0..1 (or to @max_permille / 1000) as permille. */
bool kt_in_permille(const KtInReader *reader, const KtJson *object, const KtInNumber *number,
		    uint64_t *ret_permille, GError **error) KT_WARN_UNUSED;

/* A node id in @value as index. */
bool kt_in_node(const KtInReader *reader, const KtJson *value, const char *key, uint64_t *ret_node,
		GError **error) KT_WARN_UNUSED;

/* Is @value an integer within the range? */
bool kt_in_is_integer(const KtJson *value, uint64_t min, uint64_t max);

/* Notes every key of @object that @keys (ended by NULL) do not hold. */
void kt_in_note_unknown(KtInReader *reader, const KtJson *object, const char *const *keys);

/* Reads the "guests" of @json into reader->instance, whose nodes are complete. */
bool kt_in_guests(KtInReader *reader, const KtJson *json, GError **error) KT_WARN_UNUSED;
