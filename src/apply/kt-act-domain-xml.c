/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-actuator.h"
#include "kt-dom-edit.h"
#include "kt-fault.h"

#include <string.h>

/* The inactive XML of a persistent guest: edited as a tree, defined with validation. */

typedef struct Call {
	char *uuid;
	char *xml; /* in: what to define; out: what is defined */
	bool is_validated;
	bool is_active; /* out */
	unsigned id;    /* out: of the guest's process */
} Call;

static void
call_clear(void *data)
{
	Call *call = data;

	g_free(call->uuid);
	/* The text may hold secrets (VNC password). */
	if (call->xml)
		explicit_bzero(call->xml, strlen(call->xml));
	g_free(call->xml);
}

static void
call_release(Call *call)
{
	g_atomic_rc_box_release_full(call, call_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_release)

static Call *
call_new(const KtStep *step)
{
	Call *call = g_atomic_rc_box_new0(Call);

	call->uuid = g_strdup(strchr(step->target, '/') ? strchr(step->target, '/') + 1 : "");
	return call;
}

static bool
fetch_of(virDomainPtr domain, Call *call, GError **error)
{
	int is_persistent = virDomainIsPersistent(domain);
	int is_active = is_persistent < 0 ? -1 : virDomainIsActive(domain);

	if (is_active < 0)
		return kt_throw_virt(error, "ask whether the guest runs");
	if (!is_persistent)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "'virsh define' makes it persistent",
				     "the guest is transient: it has no stored configuration");
	call->is_active = is_active;
	call->id = virDomainGetID(domain);
	char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
	if (!xml)
		return kt_throw_virt(error, "read the configuration");
	call->xml = g_strdup(xml);
	explicit_bzero(xml, strlen(xml));
	free(xml); /* allocated by libvirt with malloc */
	return true;
}

static bool
fetch(virConnectPtr conn, void *data, GError **error)
{
	Call *call = data;
	virDomainPtr domain = virDomainLookupByUUIDString(conn, call->uuid);

	if (!domain)
		return kt_throw_virt(error, "find the guest");
	/* Releasing it forgets the last error, which is therefore thrown before. */
	bool ok = fetch_of(domain, call, error);
	(void)virDomainFree(domain);
	return ok;
}

static bool
define(virConnectPtr conn, void *data, GError **error)
{
	Call *call = data;
	unsigned flags = call->is_validated ? VIR_DOMAIN_DEFINE_VALIDATE : 0;
	virDomainPtr domain = virDomainDefineXMLFlags(conn, call->xml, flags);

	if (!domain)
		return kt_throw_virt(error, "define the configuration");
	(void)virDomainFree(domain);
	return true;
}

static bool
run(KtMachine *machine, const KtStep *step, const char *what, KtVirtFunc func, Call *call,
    GError **error)
{
	KtVirtConn *virt = kt_machine_virt(machine, error);
	g_autofree char *title = g_strdup_printf("%s of %s", what, step->title);

	if (!virt)
		return false;
	bool ok = kt_virt_conn_call(virt, title, func, call, call_clear, error);
	return ok ? true : kt_prefix(error, "%s", step->title);
}

/* libvirt adds defaults to an element that it was given: one that holds all that was wanted is
 * reported as what was wanted. */
static char *
as_wanted(const xmlDoc *doc, const KtEdit *edit, char *value)
{
	if (!value || *value != '<')
		return value;

	const char *wanted = edit->to && kt_dom_contains(doc, edit->locator, edit->to) ? edit->to
			     : edit->from && kt_dom_contains(doc, edit->locator, edit->from)
				     ? edit->from
				     : NULL;
	if (!wanted)
		return value;
	g_free(value);
	return g_strdup(wanted);
}

static KtReading *
xml_read(KtMachine *machine, const KtStep *step, GError **error)
{
	g_autoptr(KtReading) reading = kt_reading_new();
	g_autoptr(Call) call = call_new(step);

	if (!run(machine, step, "reading the configuration", fetch, call, error))
		return NULL;

	g_autoptr(xmlDoc) doc = kt_xml_parse(call->xml, strlen(call->xml), "domain XML", error);
	if (!doc)
		return NULL;
	for (uint32_t i = 0; i < step->n_edits; i++) {
		char *value = NULL;
		if (!kt_dom_get(doc, step->edits[i].locator, &value, error))
			return NULL;
		g_ptr_array_add(reading->values, as_wanted(doc, &step->edits[i], value));
	}

	g_autofree char *digest = kt_dom_digest(doc);
	KtBlob *blob = g_new0(KtBlob, 1);
	blob->path = g_strdup("domain.xml");
	blob->exists = true;
	blob->mode = 0600;
	blob->bytes = g_bytes_new(call->xml, strlen(call->xml));
	g_ptr_array_add(reading->blobs, blob);
	reading->mark = g_strconcat("#", digest, NULL);
	/* The run that still uses the old configuration. */
	if (call->is_active)
		reading->context = g_strdup_printf("guest-run-%u", call->id);
	return g_steal_pointer(&reading);
}

static xmlDoc *
before_doc(const KtReading *before, GError **error)
{
	const KtBlob *blob = before->blobs->len ? before->blobs->pdata[0] : NULL;
	size_t length = 0;
	const char *text = blob && blob->bytes ? g_bytes_get_data(blob->bytes, &length) : NULL;

	if (text)
		return kt_xml_parse(text, length, "domain XML", error);
	kt_throw(error, KT_ERROR_JOURNAL, "the saved configuration is missing");
	return NULL;
}

static bool
define_text(KtMachine *machine, const KtStep *step, char *xml, bool is_validated, GError **error)
{
	g_autoptr(Call) call = call_new(step);
	int fault = KT_FAULT("domain-before-define");

	call->xml = xml;
	call->is_validated = is_validated;
	if (fault)
		return kt_throw_errno(error, fault, "define the configuration");
	return run(machine, step, "changing the configuration", define, call, error);
}

static bool
xml_write(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	g_autoptr(xmlDoc) doc = before_doc(before, error);

	if (!doc)
		return false;
	for (uint32_t i = 0; i < step->n_edits; i++) {
		if (!kt_dom_set(doc, step->edits[i].locator, step->edits[i].to, error))
			return false;
	}
	return define_text(machine, step, kt_dom_print(doc), /* is_validated= */ true, error);
}

/* The text came from libvirt itself: it goes back unvalidated, or an old definition that today's
 * schema refuses could never be restored. */
static bool
xml_restore(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	const KtBlob *blob = before->blobs->len ? before->blobs->pdata[0] : NULL;
	size_t length = 0;

	if (!blob || !blob->bytes)
		return kt_throw(error, KT_ERROR_JOURNAL, "the saved configuration is missing");
	const char *text = g_bytes_get_data(blob->bytes, &length);
	return define_text(
		machine, step, g_strndup(text, length), /* is_validated= */ false, error);
}

static bool
xml_restore_edits(KtMachine *machine, const KtStep *step, const KtReading *before, GError **error)
{
	g_autoptr(xmlDoc) saved = before_doc(before, error);
	g_autoptr(Call) call = call_new(step);

	if (!saved || !run(machine, step, "reading the configuration", fetch, call, error))
		return false;

	g_autoptr(xmlDoc) doc = kt_xml_parse(call->xml, strlen(call->xml), "domain XML", error);
	if (!doc)
		return false;
	for (uint32_t i = step->n_edits; i-- > 0;) {
		if (!kt_dom_copy(doc, saved, step->edits[i].locator, error))
			return false;
	}
	return define_text(machine, step, kt_dom_print(doc), /* is_validated= */ false, error);
}

const KtActuator kt_actuator_domain_xml = {
	.knob = KT_KNOB_DOMAIN_XML,
	.read = xml_read,
	.write = xml_write,
	.restore = xml_restore,
	.restore_edits = xml_restore_edits,
};
