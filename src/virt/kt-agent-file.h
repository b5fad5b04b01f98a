/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Small text files inside a guest, through its agent (guest-file-*, guest-exec). Whether the
 * guest's owner allows that is the caller's business. Every command has a time limit. To be called
 * in a worker of kt-virt-conn.h.
 */

#include "kt-agent.h"

/* A file is read up to here; a larger one is an error. */
#define KT_AGENT_FILE_MAX 4096u

/* *@ret_text NULL: there is no such file. UTF-8 without control characters but newline and tab.
 * Errors: TIMEOUT, UNSUPPORTED, DENIED, LIMIT, PARSE, LIBVIRT. Free *@ret_text with g_free. */
bool kt_agent_file_read(virDomainPtr domain, const char *path, char **ret_text, GError **error)
	KT_WARN_UNUSED;

/* The text in what guest-file-read returned, checked as above; @path is for the words of an error.
 * Free with g_free. */
char *kt_agent_file_text(const KtJson *chunk, const char *path, GError **error) KT_WARN_UNUSED;

/* Writes one word into a file of the guest's kernel that exists; a newline is added. Errors: as
 * above. */
bool kt_agent_file_poke(virDomainPtr domain, const char *path, const char *word, GError **error)
	KT_WARN_UNUSED;

/* Writes @text beside @path, whose folder is made, and then gives it that name: the guest never
 * sees half of it. NULL removes the file. Needs guest-exec, and tries that first: what could not be
 * removed again is not written. Errors: as above. */
bool kt_agent_file_write(virDomainPtr domain, const char *path, const char *text, GError **error)
	KT_WARN_UNUSED;
