/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cmdline.h"

#include <string.h>

/* Keys that are meant to stand there several times: kernel-parameters.txt. */
static const char *const repeated[] = {
	"console",
	"earlycon",
	"hugepages",
	"hugepagesz",
	"module_blacklist",
	"modprobe.blacklist",
	"rd.driver.pre",
	"rd.luks.uuid",
	"rd.lvm.lv",
	"rd.md.uuid",
	"systemd.mask",
	"systemd.wants",
	"ip",
	"ifname",
	"mitigations",
	"dyndbg",
	"trace_event",
	NULL,
};

/* A key that has two different values; the first of them. Free with g_free. */
static char *
find_double(const KtGuestConfig *config)
{
	g_auto(GStrv) words = g_strsplit(config->os_cmdline.v, " ", -1);

	for (size_t i = 0; words[i]; i++) {
		const char *equals = strchr(words[i], '=');
		if (!equals)
			continue;
		g_autofree char *key = g_strndup(words[i], (size_t)(equals - words[i]));
		g_autofree char *last = kt_guest_cmdline_arg(config, key);
		if (!g_strv_contains(repeated, key) && g_strcmp0(last, equals + 1) != 0)
			return g_steal_pointer(&key);
	}
	return NULL;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	KtVerdict verdict = kt_guest_cmdline_gate(subject->config, out);

	if (verdict != KT_VERDICT_OK)
		return verdict;
	g_autofree char *key = find_double(subject->config);
	*ret_fault = key != NULL;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	g_autofree char *key = find_double(subject->config);
	g_autofree char *last = key ? kt_guest_cmdline_arg(subject->config, key) : NULL;

	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "its kernel is told two things, and does the last");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->os_cmdline),
			 "'%s' is there more than once; %s counts",
			 key ? key : "",
			 last ? last : "the last");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *key = find_double(view->config);
	g_autofree char *last = key ? kt_guest_cmdline_arg(view->config, key) : NULL;
	g_autofree char *more = g_strdup_printf("%s=%s", key ? key : "", last ? last : "");
	g_autofree char *to = kt_guest_cmdline_edit(view->config, key, key ? more : NULL);

	kt_guest_cmdline_advise(view, to, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guestos_kernel_params) = {
	.id = "guestos.kernel-params",
	.title = "The kernel of a guest is told each thing once",
	.why = "Of an argument that stands twice on the command line the last one counts, and "
	       "whoever reads the first believes something else. Editing by adding lines to the "
	       "boot loader's file makes such lines.",
	.cost = "None: the guest boots as before.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/kernel-parameters.rst",
			"libvirt: formatdomain.html, Direct kernel boot, cmdline",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep cmdline; in the guest 'cat "
			 "/proc/cmdline'",
	.effect = "the guest's /proc/cmdline",
	.evaluate = evaluate,
};
