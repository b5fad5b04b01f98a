/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Tables that describe plain structs of facts.
 *
 * A fact is one row: name, offset and type stand together and the type is computed from the member
 * by _Generic, so it cannot be wrong. The JSON codec, the comparison, the documentation and the
 * redaction all walk these tables; nobody writes a getter for a file with one number in it.
 */

#include "kt-arena.h"
#include "kt-json.h"
#include "kt-opt.h"

typedef enum KtType {
	KT_TYPE_UNSET = 0,
	KT_TYPE_BOOL,
	KT_TYPE_U64,
	KT_TYPE_I64,
	KT_TYPE_STR,
	KT_TYPE_CPUSET,
	KT_TYPE_LIST,   /* array of records, .schema says of what */
	KT_TYPE_RECORD, /* one embedded record */
	KT_TYPE_N,
} KtType;

/* How the text at .source reads. Fields with a form need no code to be collected. */
typedef enum KtForm {
	KT_FORM_CODE = 0, /* collected by code of its own; .source is for people */
	KT_FORM_LINE,     /* one line: decimal number, 0/1/N/Y, CPU list or text */
	KT_FORM_CHOICE,   /* "always [madvise] never": the word in brackets */
	KT_FORM_MASK,     /* CPU set as a mask, "ff,00000000" */
	KT_FORM_N,
} KtForm;

typedef struct KtSchema KtSchema;

typedef struct KtField {
	const char *name;
	size_t offset;
	KtType type;
	const KtSchema *schema; /* of LIST and RECORD */
	const char *unit;       /* "KiB", "ns"...; NULL for counts and texts */
	const char *source;     /* file or call that it is read from; a relative path is below
				 * the directory of the record */
	KtForm form;
	const char *doc;
} KtField;

struct KtSchema {
	const char *name;
	const char *doc;
	size_t size;
	const KtField *fields;
	size_t n_fields;
};

/* A list of records; `KT_LIST (KtCpuList, KtCpu)` defines the typed variant, whose layout is that
 * of KtAnyList. `state` tells an empty list from one that nobody could read. */
#define KT_LIST(name, Type)                                                                        \
	typedef struct name {                                                                      \
		Type *v;                                                                           \
		uint32_t n;                                                                        \
		KtState state;                                                                     \
		uint16_t origin;                                                                   \
	} name
KT_LIST(KtAnyList, void);

#define KT_TYPE_OF(member)                                                                         \
	_Generic((member), KtOptBool                                                               \
		 : KT_TYPE_BOOL, KtOptU64                                                          \
		 : KT_TYPE_U64, KtOptI64                                                           \
		 : KT_TYPE_I64, KtOptStr                                                           \
		 : KT_TYPE_STR, KtOptCpuset                                                        \
		 : KT_TYPE_CPUSET)

/* A row for a member that holds one value. */
#define KT_FIELD(Struct, member, ...)                                                              \
	{                                                                                          \
		.name = #member, .offset = offsetof(Struct, member),                               \
		.type = KT_TYPE_OF(((Struct *)NULL)->member), __VA_ARGS__                          \
	}
#define KT_FIELD_LIST(Struct, member, of, ...)                                                     \
	{                                                                                          \
		.name = #member, .offset = offsetof(Struct, member), .type = KT_TYPE_LIST,         \
		.schema = &(of), __VA_ARGS__                                                       \
	}
#define KT_FIELD_RECORD(Struct, member, of, ...)                                                   \
	{                                                                                          \
		.name = #member, .offset = offsetof(Struct, member), .type = KT_TYPE_RECORD,       \
		.schema = &(of), __VA_ARGS__                                                       \
	}
#define KT_SCHEMA(var, Struct, table, ...)                                                         \
	const KtSchema var = {.name = #Struct,                                                     \
			      .size = sizeof(Struct),                                              \
			      .fields = (table),                                                   \
			      .n_fields = G_N_ELEMENTS(table),                                     \
			      __VA_ARGS__}

/* Says of every member where it is from. */
void kt_schema_set_origin(const KtSchema *schema, uint16_t origin, void *record);

/* Record -> JSON object. Values stand as themselves, CPU sets as lists, ABSENT, DENIED and BROKEN
 * as {"state": "denied"}; UNSET members are left out. New reference. */
KtJson *kt_schema_to_json(const KtSchema *schema, const void *record);

/* JSON object -> record, strings and lists allocated from @arena. Unknown keys and wrong types are
 * errors (PARSE) that name the path. Members that are not mentioned keep what they hold, so an
 * override can be laid over a record; a list is replaced as a whole by an array, or patched per
 * index by an object {"3": {...}}. Origins are untouched. */
bool kt_schema_from_json(const KtSchema *schema, const KtJson *json, KtArena *arena, void *record,
			 GError **error) KT_WARN_UNUSED;
