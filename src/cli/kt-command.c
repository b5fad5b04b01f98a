/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"

#include "kt-suggest.h"

#define COMMAND(symbol) extern KT_COMMAND(symbol);
#include "commands.inc"
#undef COMMAND

const KtCommand *const kt_commands[] = {
#define COMMAND(symbol) &kt_command_##symbol,
#include "commands.inc"
#undef COMMAND
};
const size_t kt_n_commands = G_N_ELEMENTS(kt_commands);

const KtCommand *
kt_command_find(const char *name)
{
	for (size_t i = 0; i < kt_n_commands; i++) {
		if (g_str_equal(kt_commands[i]->name, name))
			return kt_commands[i];
	}
	return NULL;
}

const char *
kt_command_suggest(const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (size_t i = 0; i < kt_n_commands; i++) {
		if (kt_commands[i]->group != KT_VERB_GROUP_HIDDEN)
			g_ptr_array_add(names, (void *)kt_commands[i]->name);
	}
	return kt_suggest(name, names);
}
