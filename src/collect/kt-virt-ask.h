/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The questions that kt-virt-fetch.c puts to libvirt, one round trip each. Every question has a box
 * (g_atomic_rc_box) that carries what is asked and receives the answer; see kt-virt-conn.h for why.
 * Messages of errors begin with what was asked.
 */

#include "kt-virt-conn.h"

/* A text or a number about the connection. Release with kt_virt_answer_unref. */
typedef struct KtVirtAnswer {
	char *text;
	unsigned long number;
} KtVirtAnswer;

void kt_virt_answer_unref(KtVirtAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtVirtAnswer, kt_virt_answer_unref)

typedef enum KtVirtQuestion {
	KT_VIRT_QUESTION_URI,
	KT_VIRT_QUESTION_HOSTNAME,
	KT_VIRT_QUESTION_LIBVIRT_VERSION,
	KT_VIRT_QUESTION_HYPERVISOR_VERSION,
	KT_VIRT_QUESTION_N,
} KtVirtQuestion;

/* NULL on failure. */
KtVirtAnswer *kt_virt_ask(KtVirtConn *conn, KtVirtQuestion question, GError **error) KT_WARN_UNUSED;

/* Guests that fit VIR_CONNECT_LIST_DOMAINS_* flags. */
typedef struct KtVirtGuests {
	virDomainPtr *v;
	int n;
	unsigned flags;
} KtVirtGuests;

void kt_virt_guests_unref(KtVirtGuests *guests);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtVirtGuests, kt_virt_guests_unref)

/* NULL on failure. */
KtVirtGuests *kt_virt_ask_guests(KtVirtConn *conn, unsigned flags, GError **error) KT_WARN_UNUSED;

/* XML of guest @index with VIR_DOMAIN_XML_* @flags. NULL on failure; free with g_free. */
char *kt_virt_ask_xml(KtVirtConn *conn, KtVirtGuests *guests, int index, unsigned flags,
		      GError **error) KT_WARN_UNUSED;

/* Statistics of VIR_DOMAIN_STATS_* @groups for the guests that fit @flags. */
typedef struct KtVirtStats {
	virDomainStatsRecordPtr *v;
	int n;
	unsigned groups;
	unsigned flags;
} KtVirtStats;

void kt_virt_stats_unref(KtVirtStats *stats);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtVirtStats, kt_virt_stats_unref)

/* NULL on failure. */
KtVirtStats *kt_virt_ask_stats(KtVirtConn *conn, unsigned groups, unsigned flags, GError **error)
	KT_WARN_UNUSED;
