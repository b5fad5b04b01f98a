/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-virt-ask.h"

#include <stdlib.h>

/* libvirt's strings come from malloc, as GLib's do since 2.46; g_free fits both. */

static void
clear_answer(void *data)
{
	KtVirtAnswer *answer = data;

	g_free(answer->text);
}

void
kt_virt_answer_unref(KtVirtAnswer *answer)
{
	if (answer)
		g_atomic_rc_box_release_full(answer, clear_answer);
}

static bool
ask_uri(virConnectPtr conn, void *data, GError **error)
{
	KtVirtAnswer *answer = data;

	answer->text = virConnectGetURI(conn);
	return answer->text || kt_throw_virt(error, "ask for the URI");
}

static bool
ask_hostname(virConnectPtr conn, void *data, GError **error)
{
	KtVirtAnswer *answer = data;

	answer->text = virConnectGetHostname(conn);
	return answer->text || kt_throw_virt(error, "ask for the host name");
}

static bool
ask_libvirt_version(virConnectPtr conn, void *data, GError **error)
{
	KtVirtAnswer *answer = data;

	return virConnectGetLibVersion(conn, &answer->number) == 0 ||
	       kt_throw_virt(error, "ask for the version of libvirt");
}

static bool
ask_hypervisor_version(virConnectPtr conn, void *data, GError **error)
{
	KtVirtAnswer *answer = data;

	return virConnectGetVersion(conn, &answer->number) == 0 ||
	       kt_throw_virt(error, "ask for the version of the hypervisor");
}

static const struct {
	const char *what;
	KtVirtFunc func;
} questions[KT_VIRT_QUESTION_N] = {
	[KT_VIRT_QUESTION_URI] = {.what = "ask for the URI", .func = ask_uri},
	[KT_VIRT_QUESTION_HOSTNAME] = {.what = "ask for the host name", .func = ask_hostname},
	[KT_VIRT_QUESTION_LIBVIRT_VERSION] = {.what = "ask for the version of libvirt",
					      .func = ask_libvirt_version},
	[KT_VIRT_QUESTION_HYPERVISOR_VERSION] = {.what = "ask for the version of the hypervisor",
						 .func = ask_hypervisor_version},
};

KtVirtAnswer *
kt_virt_ask(KtVirtConn *conn, KtVirtQuestion question, GError **error)
{
	g_autoptr(KtVirtAnswer) answer = g_atomic_rc_box_new0(KtVirtAnswer);

	if (!kt_virt_conn_call(conn,
			       questions[question].what,
			       questions[question].func,
			       answer,
			       clear_answer,
			       error))
		return NULL;
	return g_steal_pointer(&answer);
}

static void
clear_guests(void *data)
{
	KtVirtGuests *guests = data;

	for (int i = 0; i < guests->n; i++)
		virDomainFree(guests->v[i]);
	free(guests->v);
}

void
kt_virt_guests_unref(KtVirtGuests *guests)
{
	if (guests)
		g_atomic_rc_box_release_full(guests, clear_guests);
}

static bool
list_guests(virConnectPtr conn, void *data, GError **error)
{
	KtVirtGuests *guests = data;
	int n = virConnectListAllDomains(conn, &guests->v, guests->flags);

	if (n < 0)
		return kt_throw_virt(error, "list guests");
	guests->n = n;
	return true;
}

KtVirtGuests *
kt_virt_ask_guests(KtVirtConn *conn, unsigned flags, GError **error)
{
	g_autoptr(KtVirtGuests) guests = g_atomic_rc_box_new0(KtVirtGuests);

	guests->flags = flags;
	if (!kt_virt_conn_call(conn, "list guests", list_guests, guests, clear_guests, error))
		return NULL;
	return g_steal_pointer(&guests);
}

typedef struct XmlBox {
	virDomainPtr domain;
	unsigned flags;
	char *what;
	char *xml;
} XmlBox;

static void
clear_xml(void *data)
{
	XmlBox *box = data;

	virDomainFree(box->domain);
	g_free(box->what);
	free(box->xml);
}

static bool
get_xml(G_GNUC_UNUSED virConnectPtr conn, void *data, GError **error)
{
	XmlBox *box = data;

	box->xml = virDomainGetXMLDesc(box->domain, box->flags);
	return box->xml || kt_throw_virt(error, box->what);
}

char *
kt_virt_ask_xml(KtVirtConn *conn, KtVirtGuests *guests, int index, unsigned flags, GError **error)
{
	XmlBox *box = g_atomic_rc_box_new0(XmlBox);
	char *xml = NULL;

	box->domain = guests->v[index];
	virDomainRef(box->domain);
	box->flags = flags;
	box->what = g_strdup_printf("read XML of '%s'", virDomainGetName(box->domain));
	if (kt_virt_conn_call(conn, box->what, get_xml, box, clear_xml, error))
		xml = g_steal_pointer(&box->xml);
	g_atomic_rc_box_release_full(box, clear_xml);
	return xml;
}

static void
clear_stats(void *data)
{
	KtVirtStats *stats = data;

	if (stats->v)
		virDomainStatsRecordListFree(stats->v);
}

void
kt_virt_stats_unref(KtVirtStats *stats)
{
	if (stats)
		g_atomic_rc_box_release_full(stats, clear_stats);
}

static bool
get_stats(virConnectPtr conn, void *data, GError **error)
{
	KtVirtStats *stats = data;
	int n = virConnectGetAllDomainStats(conn, stats->groups, &stats->v, stats->flags);

	if (n < 0)
		return kt_throw_virt(error, "read statistics of guests");
	stats->n = n;
	return true;
}

KtVirtStats *
kt_virt_ask_stats(KtVirtConn *conn, unsigned groups, unsigned flags, GError **error)
{
	g_autoptr(KtVirtStats) stats = g_atomic_rc_box_new0(KtVirtStats);

	stats->groups = groups;
	stats->flags = flags;
	if (!kt_virt_conn_call(
		    conn, "read statistics of guests", get_stats, stats, clear_stats, error))
		return NULL;
	return g_steal_pointer(&stats);
}
