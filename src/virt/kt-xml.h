/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Reading XML that may have been written by an enemy: any user of a hypervisor can define a guest,
 * and anybody can send a snapshot.
 *
 * No network, no files, no entities, no DOCTYPE at all, UTF-8 only, nesting as libxml2's own limit
 * (256). libxml2 takes quadratic time for many attributes or name spaces in one place, and some
 * hundred bytes of memory for each element; the limits here keep both within a second and 64 MiB.
 */

#include "kt-error.h"

#include <libxml/tree.h>
#include <stddef.h>

#define KT_XML_MAX_BYTES ((size_t)(8 * 1024 * 1024))
/* Of '<', of '=' in all and of '=' between two '<', and of "xmlns"; texts below KT_XML_SMALL_BYTES
 * cannot do harm and are not counted. libvirt's own output for 100 disks has some 2000 elements. */
#define KT_XML_MAX_TAGS       200000u
#define KT_XML_MAX_EQUALS     200000u
#define KT_XML_MAX_ATTRIBUTES 1000u
#define KT_XML_MAX_NAMESPACES 256u
#define KT_XML_SMALL_BYTES    ((size_t)(32 * 1024))

/* Parses @text of @length bytes; free with xmlFreeDoc. Errors: PARSE, LIMIT; both name @what. */
xmlDoc *kt_xml_parse(const char *text, size_t length, const char *what, GError **error)
	KT_WARN_UNUSED;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

/* The first child element of @parent with this local name, or NULL. Borrowed. */
xmlNode *kt_xml_child(const xmlNode *parent, const char *name);

/* The next sibling element of @node with the same local name, or NULL. Borrowed. */
xmlNode *kt_xml_next(const xmlNode *node);

/* Value of an attribute without name space, or NULL. Borrowed. */
const char *kt_xml_attribute(const xmlNode *node, const char *name);

/* Text directly in the element, or NULL when it has none. Borrowed. */
const char *kt_xml_text(const xmlNode *node);
