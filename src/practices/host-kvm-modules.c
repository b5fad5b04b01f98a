/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

typedef struct Check {
	const KtView *view;
	KtSink *out;
	bool is_pending;
} Check;

static void
check_device(Check *check)
{
	const KtHost *host = check->view->host;

	if (!kt_opt_true(host->cpu.has_virt) || !kt_known(host->kvm.device) || host->kvm.device.v)
		return;
	kt_sink_blame(check->out,
		      KT_SEVERITY_CRITICAL,
		      "the processor could run KVM, but /dev/kvm is missing");
	kt_sink_evidence(check->out, host->cpu.has_virt.origin, "the processor has VMX or SVM");
	kt_sink_evidence(check->out, host->kvm.device.origin, "/dev/kvm is not there");
	kt_sink_advice(check->out,
		       "Load kvm_intel or kvm_amd; if that fails, switch virtualization on in the "
		       "firmware.");
}

static void
check_tables(Check *check)
{
	const KtKvm *kvm = &check->view->host->kvm;
	const struct {
		KtOptBool value;
		const char *name;
	} rows[] = {
		{.value = kvm->ept, .name = "kvm_intel.ept"},
		{.value = kvm->vpid, .name = "kvm_intel.vpid"},
		{.value = kvm->unrestricted_guest, .name = "kvm_intel.unrestricted_guest"},
		{.value = kvm->npt, .name = "kvm_amd.npt"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!kt_known(rows[i].value) || rows[i].value.v)
			continue;
		kt_sink_blame(check->out,
			      KT_SEVERITY_CRITICAL,
			      "KVM does without what the processor has for guests");
		kt_sink_evidence(check->out, rows[i].value.origin, "%s is N", rows[i].name);
		kt_sink_advice(check->out,
			       "Take %s out of /etc/modprobe.d and off the kernel command line; if "
			       "it is not there, the hypervisor below this host withholds it.",
			       rows[i].name);
	}
}

static bool
is_emulated(const KtHost *host, const KtGuest *guest)
{
	const KtGuestConfig *config = &guest->live;

	return kt_opt_true(guest->is_active) && kt_opt_is(config->type, "qemu") &&
	       kt_known(host->system.architecture) &&
	       kt_opt_is(config->architecture, host->system.architecture.v);
}

static void
check_emulated(Check *check)
{
	const KtHost *host = check->view->host;
	const KtGuestList *guests = &check->view->facts->guests;

	/* The node may be there without a processor that can do it. */
	if (!kt_opt_true(host->kvm.device) ||
	    (kt_opt_is(host->system.architecture, "x86_64") && !kt_opt_true(host->cpu.has_virt)))
		return;
	for (uint32_t i = 0; i < guests->n; i++) {
		if (!is_emulated(host, &guests->v[i]))
			continue;
		kt_sink_blame(check->out,
			      KT_SEVERITY_HIGH,
			      "a guest is emulated although KVM could run it");
		kt_sink_evidence(check->out,
				 guests->v[i].live.type.origin,
				 "guest %s has type 'qemu'",
				 kt_known(guests->v[i].name) ? guests->v[i].name.v
							     : "without name");
		kt_sink_advice(check->out,
			       "Give it <domain type='kvm'>, unless it is a test that must not.");
	}
}

static uint32_t
count_tap_nics(const KtFacts *facts)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		bool is_kvm = kt_census_counts(guest) && kt_opt_is(config->type, "kvm");
		for (uint32_t j = 0; j < config->nics.n && is_kvm; j++) {
			const KtNic *nic = &config->nics.v[j];
			n += kt_opt_is(nic->model, "virtio") &&
			     (kt_opt_is(nic->type, "bridge") || kt_opt_is(nic->type, "network"));
		}
	}
	return n;
}

/* Is the module named in a file of ours, so that the next boot loads it? */
static bool
will_load(const KtHost *host, const char *module)
{
	g_autofree char *path = g_strdup_printf("/etc/modules-load.d/kvmtune-%s.conf", module);

	return kt_facts_find_file(host, path) != NULL;
}

static void
check_vhost(Check *check)
{
	const KtHost *host = check->view->host;
	uint32_t n = count_tap_nics(check->view->facts);

	if (!kt_known(host->kvm.vhost_net) || host->kvm.vhost_net.v || n == 0 ||
	    host->modules.state != KT_STATE_VALUE || kt_census_has_module(host, "vhost_net"))
		return;
	if (will_load(host, "vhost_net")) {
		check->is_pending = true;
		return;
	}
	/* Beside worse faults it is a remark: those are to be mended first. */
	bool is_main = !kt_sink_has_blame(check->out);
	kt_sink_blame(check->out,
		      KT_SEVERITY_HIGH,
		      "network packets of guests pass through QEMU, not vhost");
	kt_sink_evidence(check->out, host->kvm.vhost_net.origin, "/dev/vhost-net is not there");
	kt_sink_evidence(check->out,
			 check->view->facts->guests.origin,
			 "%u virtio network cards of guests",
			 n);
	kt_sink_advice(check->out,
		       "'modprobe vhost_net' now; guests use it from their next start on.");
	if (is_main)
		kt_sink_load_module(check->out, "vhost_net");
}

static void
check_huge_pages(Check *check)
{
	const KtKvm *kvm = &check->view->host->kvm;

	if (!kt_opt_is(kvm->nx_huge_pages, "Y") || !kt_opt_is(kvm->itlb_multihit, "Not affected"))
		return;
	kt_sink_blame(check->out,
		      KT_SEVERITY_MEDIUM,
		      "KVM splits huge pages for a fault that this processor lacks");
	kt_sink_evidence(check->out, kvm->nx_huge_pages.origin, "kvm.nx_huge_pages is Y");
	kt_sink_evidence(check->out, kvm->itlb_multihit.origin, "itlb_multihit: Not affected");
	kt_sink_advice(check->out,
		       "Take nx_huge_pages out of /etc/modprobe.d and off the kernel command line: "
		       "'auto', the default, does right.");
}

static void
check_mmu(Check *check)
{
	const KtHost *host = check->view->host;
	bool is_two_level = kt_opt_true(host->kvm.ept) || kt_opt_true(host->kvm.npt);

	if (!kt_known(host->kvm.tdp_mmu) || host->kvm.tdp_mmu.v || !is_two_level ||
	    !kt_census_kernel_from(host, 6, 1))
		return;
	kt_sink_blame(check->out, KT_SEVERITY_LOW, "KVM uses the slower of its two MMUs");
	kt_sink_evidence(check->out, host->kvm.tdp_mmu.origin, "kvm.tdp_mmu is N");
	kt_sink_advice(check->out,
		       "Take tdp_mmu out of /etc/modprobe.d and off the kernel command line.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	Check check = {.view = view, .out = out};

	if (kt_census_is_dom0(view->host))
		return KT_VERDICT_NOT_APPLICABLE;
	check_device(&check);
	check_tables(&check);
	check_emulated(&check);
	check_vhost(&check);
	check_huge_pages(&check);
	check_mmu(&check);
	if (kt_sink_has_blame(out))
		return KT_VERDICT_FINDING;
	if (check.is_pending)
		return KT_VERDICT_PENDING;
	if (view->host->kvm.device.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	return kt_sink_needs(out, view->host->kvm.device, "whether there is /dev/kvm") &&
			       kt_sink_needs_look(out, view->host->modules, "the list of modules")
		       ? KT_VERDICT_OK
		       : KT_VERDICT_UNKNOWN;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/kernel-parameters.txt, kvm-intel.ept=, kvm-"
	"amd.npt=, kvm.nx_huge_pages=",
	"Linux: Documentation/admin-guide/hw-vuln/multihit.rst",
	NULL,
};

KT_PRACTICE(host_kvm_modules) = {
	.id = "host.kvm-modules",
	.title = "KVM and vhost are there and use what the CPU has",
	.why = "Without KVM a guest is emulated, ten times slower. Without second level page"
	       " tables every change of a guest's own tables is an exit to the host, and "
	       "without vhost every packet passes through QEMU.",
	.cost = "None. What is off was mostly switched off for a test and forgotten, or in "
		"the firmware.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "ls -l /dev/kvm /dev/vhost-net; grep . /sys/module/kvm*/parameters/*",
	.effect = "exits per second in perf kvm stat, packets per second of a guest",
	.evaluate = evaluate,
};
