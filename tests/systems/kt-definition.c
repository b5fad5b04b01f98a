/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-definition.h"

#include <string.h>

#define UUID "6d2e0f4c-7b57-4a15-9a6a-2f1c5d0e9b11"

static void
free_definition(void *data)
{
	KtDefinition *system = data;

	g_free(system->arch);
	g_free(system->name);
	g_free(system->label);
	g_free(system->os_id);
	g_free(system->form);
	g_free(system->folder);
	g_free(system);
}

static char *
load(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, &error));
	return text;
}

GPtrArray *
kt_definitions_load(const char *folder)
{
	GPtrArray *systems = g_ptr_array_new_with_free_func(free_definition);
	g_autofree char *text = load(folder, "systems.txt");
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		g_auto(GStrv) words = g_strsplit(*line, " ", -1);
		if (g_str_has_prefix(*line, "#") || !**line)
			continue;
		g_assert_cmpuint(g_strv_length(words), ==, 5);
		KtDefinition *system = g_new0(KtDefinition, 1);
		system->arch = g_strdup(words[0]);
		system->name = g_strdup(words[1]);
		system->label = g_strdup(words[2]);
		system->os_id = g_strdup(words[3]);
		system->form = g_strdup(words[4]);
		system->folder = g_strdup(folder);
		g_ptr_array_add(systems, system);
	}
	return systems;
}

char *
kt_definition_with_id(const char *xml, const char *os_id)
{
	g_autoptr(GRegex) id = g_regex_new("(<libosinfo:os id=['\"])[^'\"]*", 0, 0, NULL);
	g_autofree char *replacement = g_strconcat("\\1", os_id, NULL);
	char *text = g_regex_replace(id, xml, -1, 0, replacement, 0, NULL);

	g_assert_nonnull(text);
	return text;
}

char *
kt_definition_xml(const KtDefinition *system)
{
	g_autofree char *file = g_strdup_printf("domains/%s.xml", system->form);
	g_autofree char *text = load(system->folder, file);
	g_autofree char *own = kt_definition_with_id(text, system->os_id);
	const char *after = strstr(own, "</name>");

	g_assert_nonnull(after);
	after += strlen("</name>");
	return g_strdup_printf("%.*s<uuid>" UUID "</uuid>%s", (int)(after - own), own, after);
}
