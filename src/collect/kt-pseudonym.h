/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A dictionary from names to pseudonyms, and its application to text.
 *
 * Calling sequence: note every name and scan every text; seal; observe the texts of the kernel;
 * then translate. The same originals give the same pseudonyms, whatever the order they came in, and
 * within a kind they sort as the originals do ("guest-07" before "guest-12").
 *
 * A name in free text is replaced where it stands as a word: between characters that are neither
 * letters nor digits ("machine-qemu\x2d3\x2dweb1.scope" included). A name that is also a word of
 * the kernel ("vm", "none", "1") says nothing and would tear the text apart: it is replaced only
 * where its place says that it is a name (kt_pseudonym_of(), and libvirt's own files and groups).
 */

#include <glib.h>
#include <stdbool.h>

typedef enum KtNameKind {
	KT_NAME_UNSET = 0,
	KT_NAME_GUEST,
	KT_NAME_HOST,
	KT_NAME_DOMAIN, /* of DNS */
	KT_NAME_USER,
	KT_NAME_DISK, /* a file or volume, without its extension */
	KT_NAME_DIR,
	KT_NAME_POOL,
	KT_NAME_NETWORK,
	KT_NAME_SERIAL,
	/* found by their form: */
	KT_NAME_UUID,
	KT_NAME_MAC,
	KT_NAME_WIDE_MAC,
	KT_NAME_IPV4,
	KT_NAME_IPV6,
	KT_NAME_IQN,
	KT_NAME_N,
} KtNameKind;

/* What a text is made of, and so what may be replaced in it. */
typedef enum KtTextKind {
	KT_TEXT_UNSET = 0,
	KT_TEXT_KERNEL,  /* the kernel's words: UUIDs, MACs and IQNs only */
	KT_TEXT_PROCESS, /* words of the kernel and names of processes: no addresses */
	KT_TEXT_FREE,    /* everything */
	KT_TEXT_N,
} KtTextKind;

typedef struct KtPseudonyms KtPseudonyms;

/* Empty, not sealed. */
KtPseudonyms *kt_pseudonyms_new(void);
void kt_pseudonyms_free(KtPseudonyms *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtPseudonyms, kt_pseudonyms_free)

/* Empty and NULL are nothing. */
void kt_pseudonyms_note(KtPseudonyms *names, KtNameKind kind, const char *original);

/* @alias is another spelling of @original, which must be noted as well. */
void kt_pseudonyms_note_alias(KtPseudonyms *names, KtNameKind kind, const char *original,
			      const char *alias);

/* A path of a disk image or volume: replaced as a whole wherever it stands. Directories that every
 * host has, and devices named by the kernel, keep their names. A name without '/' is that of a
 * volume. */
void kt_pseudonyms_note_path(KtPseudonyms *names, const char *path);

/* The directory of the pid files, NAME.pid: there every name is a guest's. */
void kt_pseudonyms_set_guest_dir(KtPseudonyms *names, const char *dir);

/* Notes what is recognised by its form; true when there was any. */
bool kt_pseudonyms_scan(KtPseudonyms *names, KtTextKind kind, const char *text, size_t length);

/* Gives everything its pseudonym; nothing can be noted afterwards. */
void kt_pseudonyms_seal(KtPseudonyms *names);

/* Names that stand as words in @text are words of the kernel. */
void kt_pseudonyms_observe(KtPseudonyms *names, const char *text, size_t length);

/* The pseudonym, or @original when it was never noted. Borrowed. */
const char *kt_pseudonym_of(const KtPseudonyms *names, KtNameKind kind, const char *original);

/* The same for a path that stands where kt_pseudonyms_note_path() took it from. Free with g_free.
 */
char *kt_pseudonym_of_path(KtPseudonyms *names, const char *path);

/* The translated text, NUL-terminated; @ret_length may be NULL. Free with g_free. */
char *kt_pseudonyms_translate(const KtPseudonyms *names, KtTextKind kind, const char *text,
			      size_t length, size_t *ret_length);
