/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

const KtGuide kt_guides[] = {
	{
		.name = "openeuler-practices",
		.title = "openEuler virtualization user guide: Best Practices",
		.edition = "openEuler project; QEMU and libvirt of openEuler, mostly AArch64",
		.claims =
			{
				[KT_GUIDE_AREA_HOST] = &kt_claims_openeuler_practices_host,
				[KT_GUIDE_AREA_GUEST] = &kt_claims_openeuler_practices_guest,
			},
	},
	{
		.name = "openeuler-resources",
		.title = "openEuler virtualization user guide: Managing System Resources",
		.edition = "openEuler project; machine types virt-4.1 and pc-i440fx-1.5",
		.claims =
			{
				[KT_GUIDE_AREA_HOST] = &kt_claims_openeuler_resources_host,
				[KT_GUIDE_AREA_GUEST] = &kt_claims_openeuler_resources_guest,
			},
	},
	{
		.name = "kvm-notes",
		.title = "Notes on KVM virtualization",
		.edition =
			"article on a cloud provider's blog; CentOS 6 and 7, Linux 2.6.32 and 3.10",
		.claims =
			{
				[KT_GUIDE_AREA_HOST] = &kt_claims_kvm_notes_host,
				[KT_GUIDE_AREA_GUEST] = &kt_claims_kvm_notes_guest,
			},
	},
	{
		.name = "cookbook",
		.title =
			"KVM Virtualization Cookbook, chapter 8: Kernel Tuning for KVM Performance",
		.edition = "Packt Publishing, 2017; Ubuntu 14.04 and 16.04, Linux 3.13",
		.claims =
			{
				[KT_GUIDE_AREA_HOST] = &kt_claims_cookbook_host,
				[KT_GUIDE_AREA_GUEST] = &kt_claims_cookbook_guest,
			},
	},
	{
		.name = "sles",
		.title = "SUSE Linux Enterprise Server 15 SP6: Virtualization Best Practices",
		.edition = "SUSE, December 2024; Linux 6.4",
		.claims =
			{
				[KT_GUIDE_AREA_HOST] = &kt_claims_sles_host,
				[KT_GUIDE_AREA_GUEST] = &kt_claims_sles_guest,
			},
	},
};
const size_t kt_n_guides = G_N_ELEMENTS(kt_guides);
