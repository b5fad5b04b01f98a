/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What virt-install writes for every system of osinfo-db ("generate" in this folder makes them). */

#include <glib.h>

typedef struct KtDefinition {
	char *arch;   /* "x86_64" */
	char *name;   /* "debian11" */
	char *label;  /* what was added by hand, "-" = nothing */
	char *os_id;  /* "http://debian.org/debian/11", "-" = none */
	char *form;   /* of the domains/ files */
	char *folder; /* where they are */
} KtDefinition;

/* The rows of @folder/systems.txt; a file that cannot be read ends the program. KtDefinition *
 * array, free with g_ptr_array_unref. */
GPtrArray *kt_definitions_load(const char *folder);

/* The definition: the form with the system's own id, and a fixed UUID. Free with g_free. */
char *kt_definition_xml(const KtDefinition *system);

/* @xml with every libosinfo id replaced by @os_id. Free with g_free. */
char *kt_definition_with_id(const char *xml, const char *os_id);
