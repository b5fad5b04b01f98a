/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* A session on a recorded host. */

#include "kt-session.h"

/* What libvirt said is let go of when it was read, and there again when it is asked for again. */
static void
test_audit_again(void)
{
	g_autofree char *host =
		g_build_filename(g_getenv("KVMTUNE_TEST_DATA"), "..", "hosts", "one-node", NULL);
	const KtSessionOptions options = {.root = host};
	const KtSelection all = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(KtSession) session = kt_session_new(&options, &error);

	g_assert_no_error(error);
	g_autoptr(KtAudit) first = kt_session_audit(session, &all, &error);
	g_assert_no_error(error);
	g_autoptr(KtAudit) second = kt_session_audit(session, &all, &error);
	g_assert_no_error(error);
	g_autofree char *one = kt_facts_digest(first->facts);
	g_autofree char *other = kt_facts_digest(second->facts);
	g_assert_cmpuint(first->facts->guests.n, >, 0);
	g_assert_cmpstr(one, ==, other);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/session/audit-again", test_audit_again);
	return g_test_run();
}
