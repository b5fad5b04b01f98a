/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static bool
is_9p(const KtFilesystem *filesystem)
{
	bool is_mount =
		filesystem->type.state == KT_STATE_ABSENT || kt_opt_is(filesystem->type, "mount");

	return is_mount &&
	       (filesystem->driver.state == KT_STATE_ABSENT ||
		kt_opt_is(filesystem->driver, "path") || kt_opt_is(filesystem->driver, "handle"));
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtFilesystemList *list = &subject->config->filesystems;

	if (!kt_sink_needs(out, *list, "the list of <filesystem>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = 0;
	for (uint32_t i = 0; i < list->n; i++)
		*ret_fault += is_9p(&list->v[i]);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtFilesystemList *list = &subject->config->filesystems;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "shares a folder by 9p, which is slow and stops migration");
	for (uint32_t i = 0; i < list->n; i++) {
		if (is_9p(&list->v[i]))
			kt_sink_evidence(out,
					 kt_subject_origin(subject, *list),
					 "<filesystem> '%s' without driver type 'virtiofs'",
					 kt_known(list->v[i].target) ? list->v[i].target.v : "");
	}
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "virtiofs needs libvirt 6.2, virtiofsd on the host, shared memory "
		       "(<source type='memfd'/><access mode='shared'/>) and Linux 5.4 in the "
		       "guest: <driver type='virtiofs'/> with 'virsh edit %s', then 'mount -t "
		       "virtiofs' inside.",
		       kt_guest_name(view->guest));
	kt_sink_advice(out, "Where 9p has to stay, mount it with msize=262144,version=9p2000.L.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_fs_share) = {
	.id = "guest.fs-share",
	.title = "Folders are shared by virtiofs",
	.why = "9p sends every operation through QEMU and does not follow POSIX in all; while it "
	       "is mounted the guest cannot migrate, and it cannot be added to a running guest. "
	       "virtiofs is faster and a local file system to programs.",
	.cost = "A virtiofsd process for each share, and guest memory must be shared, which the "
		"host cannot back with transparent huge pages of anonymous memory nor merge.",
	.sources =
		(const char *const[]){
			"libvirt: kbase/virtiofs.html",
			"QEMU: hw/9pfs/9p.c, v9fs_attach(): migration blocker",
			"Linux: Documentation/filesystems/virtiofs.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A4 \"<filesystem\"",
	.effect = "files per second (fio, git status) in the shared folder",
	.evaluate = evaluate,
};
