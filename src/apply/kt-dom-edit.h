/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Reading and editing single places of a domain XML as a tree, never as text.
 *
 * A locator is an absolute path of element names; a step may carry one predicate, on an attribute
 * of its own or of a child, or on the text of a child: vcpupin[@vcpu='0'],
 * disk[target/@dev='vda'], device[path='/dev/sda']. It ends in an element, in @attribute or in
 * text(). This is a small part of XPath on purpose: a plan file is outside input.
 */

#include "kt-xml.h"

/* The document as text. Free with g_free. */
char *kt_dom_print(const xmlDoc *doc);

/* Value at @locator: attribute or text as it stands, an element in canonical form (attributes
 * sorted, no white space between elements). *@ret_value NULL: not there. Error PARSE for a locator
 * that is none. Free with g_free. */
bool kt_dom_get(const xmlDoc *doc, const char *locator, char **ret_value, GError **error)
	KT_WARN_UNUSED;

/* Sets the place, creating steps that are missing (those without predicate, or with one on an own
 * attribute or on a child's text); NULL removes it: the attribute, or the element, also for text().
 * Errors: PARSE, NOT_FOUND. */
bool kt_dom_set(xmlDoc *doc, const char *locator, const char *value, GError **error) KT_WARN_UNUSED;

/* Makes the place in @doc what it is in @source, with all attributes and children. */
bool kt_dom_copy(xmlDoc *doc, const xmlDoc *source, const char *locator, GError **error)
	KT_WARN_UNUSED;

/* Does the element at @locator hold everything that the XML text @wanted says? libvirt adds
 * defaults and addresses to what it was given. */
bool kt_dom_contains(const xmlDoc *doc, const char *locator, const char *wanted);

/* SHA-256 of the document's meaning: attributes sorted, white space between elements ignored,
 * children grouped by name and controllers sorted, because libvirt moves a controller on the first
 * round trip of a definition (9.0). Free with g_free. */
char *kt_dom_digest(const xmlDoc *doc);
