/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* The size of the option "pagesize=1024M"; without it the default. The kernel shows M where it
 * divides, else K (fs/hugetlbfs/inode.c, hugetlbfs_show_options). */
static uint64_t
page_kib(const KtHostMount *mount, uint64_t usual_kib)
{
	g_auto(GStrv) options =
		g_strsplit(kt_known(mount->options) ? mount->options.v : "", ",", -1);

	for (char **option = options; *option; option++) {
		char *unit = NULL;
		if (!g_str_has_prefix(*option, "pagesize="))
			continue;
		uint64_t number = g_ascii_strtoull(*option + 9, &unit, 10);
		uint64_t factor = *unit == 'G' ? 1048576 : *unit == 'M' ? 1024 : 1;
		return number <= G_MAXUINT64 / factor ? number * factor : 0;
	}
	return usual_kib;
}

static bool
is_mounted(const KtView *view, uint64_t size_kib, uint64_t usual_kib)
{
	const KtHostMountList *mounts = &view->host->mounts;

	for (uint32_t i = 0; i < mounts->n; i++) {
		if (kt_opt_is(mounts->v[i].type, "hugetlbfs") &&
		    page_kib(&mounts->v[i], usual_kib) == size_kib)
			return true;
	}
	return false;
}

/* A page size without a mount that the guest's start will look for, or 0. memfd needs none. */
static uint64_t
find_missing(const KtView *view, const KtGuest *guest, uint64_t usual_kib)
{
	const KtGuestConfig *config = &guest->inactive;

	if (!kt_opt_true(config->hugepages) || !kt_known(config->hugepage_uses) ||
	    config->memory_source.state == KT_STATE_DENIED ||
	    kt_opt_is(config->memory_source, "memfd"))
		return 0;
	for (uint32_t i = 0; i < config->hugepage_uses.n; i++) {
		KtOptU64 size = config->hugepage_uses.v[i].size_kib;
		if (kt_known(size) && !is_mounted(view, size.v, usual_kib))
			return size.v;
	}
	return config->hugepage_uses.n == 0 && !is_mounted(view, usual_kib, usual_kib) ? usual_kib
										       : 0;
}

static void
tell(const KtView *view, uint64_t size_kib, KtSink *out)
{
	kt_sink_summary(out, "a guest on huge pages has no hugetlbfs of its page size");
	kt_sink_evidence(out,
			 view->host->mounts.origin,
			 "no hugetlbfs with pages of %" G_GUINT64_FORMAT " KiB is mounted",
			 size_kib);
	kt_sink_advice(
		out,
		"Make a mount unit of type hugetlbfs with Options=pagesize=%" G_GUINT64_FORMAT
		"K (for the default size: systemctl start dev-hugepages.mount), then restart "
		"the libvirt daemon, which looks for mounts when it starts; guests live on.",
		size_kib);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 usual = view->host->memory.hugepage_default_kib;
	uint64_t missing_kib = 0;

	if (!kt_sink_needs_look(out, view->facts->guests, "the guests"))
		return KT_VERDICT_UNKNOWN;
	if (view->facts->guests.n == 0 || usual.state == KT_STATE_ABSENT ||
	    view->host->mounts.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, view->host->mounts, "the mounts") ||
	    !kt_sink_needs(out, usual, "the default size of huge pages"))
		return KT_VERDICT_UNKNOWN;
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		uint64_t size_kib = find_missing(view, guest, usual.v);
		if (!size_kib)
			continue;
		missing_kib = missing_kib ? missing_kib : size_kib;
		kt_sink_evidence(out,
				 guest->inactive.hugepages.origin,
				 "guest '%s' wants pages of %" G_GUINT64_FORMAT " KiB",
				 kt_known(guest->name) ? guest->name.v : "?",
				 size_kib);
	}
	if (!missing_kib)
		return KT_VERDICT_OK;
	tell(view, missing_kib, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(host_hugetlbfs_mounts) = {
	.id = "host.hugetlbfs-mounts",
	.title = "Each page size in use has its hugetlbfs",
	.why = "libvirt gives QEMU huge pages as files: it needs a mount of hugetlbfs for each "
	       "page size, and looks for them once, when its daemon starts. systemd mounts only "
	       "the default size. Memory from <source type='memfd'/> needs none.",
	.cost = "A mount reserves nothing. The restart of the daemon takes a second without "
		"management; guests run on.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/mm/hugetlbpage.rst, Using Huge Pages",
			"libvirt: qemu.conf, hugetlbfs_mount",
			"systemd: units/dev-hugepages.mount",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "findmnt -t hugetlbfs -o TARGET,OPTIONS",
	.effect = "The guest starts",
	.evaluate = evaluate,
};
