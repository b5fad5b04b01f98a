/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-embed.h"

#include <stdio.h>

/* Keeps a real guest running for a test in another language: takes the guest's domain XML from the
 * file named on the command line, starts it, prints "uri", "root" and "pid", and ends it when
 * standard input is closed. The guest is paused, unless a third argument says "run". Exit status
 * 77: this machine cannot run such guests. */

#define SKIP 77

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtEmbed) embed = kt_embed_new(&error);
	g_autofree char *xml = NULL;

	if (!embed) {
		printf("skip %s\n", error->message);
		return SKIP;
	}
	g_assert_cmpint(argc, >=, 3);
	if (!g_file_get_contents(argv[2], &xml, NULL, &error))
		g_error("%s", error->message);
	kt_embed_define(embed, xml);
	kt_embed_start(embed, argv[1], /* is_paused= */ argc == 3);
	printf("uri %s\nroot %s\npid %d\n",
	       kt_embed_uri(embed),
	       kt_embed_root(embed),
	       (int)kt_embed_pid(embed, argv[1]));
	(void)fflush(stdout);
	while (getchar() != EOF)
		continue;
	return 0;
}
