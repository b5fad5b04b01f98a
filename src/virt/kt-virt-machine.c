/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-virt-machine.h"

#include "kt-xml.h"

#include <string.h>

/* Shared with the worker, which may outlive who asks. */
typedef struct Question {
	char *emulator;
	char *architecture;
	char *type;
	char *name;
	char *xml;
} Question;

static void
question_clear(void *data)
{
	Question *question = data;

	g_free(question->emulator);
	g_free(question->architecture);
	g_free(question->type);
	g_free(question->name);
	g_free(question->xml);
}

static void
question_release(Question *question)
{
	g_atomic_rc_box_release_full(question, question_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Question, question_release)

static bool
ask(virConnectPtr conn, void *data, GError **error)
{
	Question *question = data;
	char *xml = virConnectGetDomainCapabilities(conn,
						    question->emulator,
						    question->architecture,
						    question->name,
						    question->type,
						    /* flags= */ 0);

	if (!xml)
		return kt_throw_virt(error, "look for the machine type");
	question->xml = g_strdup(xml);
	free(xml); /* allocated by libvirt with malloc */
	return true;
}

char *
kt_virt_machine_name(KtVirtConn *conn, const char *emulator, const char *architecture,
		     const char *type, const char *name, GError **error)
{
	g_autoptr(Question) question = g_atomic_rc_box_new0(Question);

	question->emulator = g_strdup(emulator);
	question->architecture = g_strdup(architecture);
	question->type = g_strdup(type);
	question->name = g_strdup(name);
	if (!kt_virt_conn_call(
		    conn, "look for the machine type", ask, question, question_clear, error))
		return NULL;
	g_autoptr(xmlDoc) doc =
		kt_xml_parse(question->xml, strlen(question->xml), "domain capabilities", error);
	const xmlNode *machine = doc ? kt_xml_child(xmlDocGetRootElement(doc), "machine") : NULL;
	const char *full = machine ? kt_xml_text(machine) : NULL;
	if (doc && !full)
		kt_throw(error, KT_ERROR_PARSE, "libvirt does not say what machine '%s' is", name);
	return g_strdup(full);
}
