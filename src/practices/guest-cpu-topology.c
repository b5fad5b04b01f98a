/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-pins.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_FLAT,    /* siblings of the host that the guest does not know of */
	FAULT_THREADS, /* siblings in the guest that are none on the host */
	FAULT_SOCKETS,
} Fault;

static const KtParam params[] = {
	{
		.name = "client_sockets",
		.value = 2,
		.min = 1,
		.max = 64,
		.doc = "processors that a Windows client uses (Microsoft: Windows licence terms; Pro "
		       "2, Home 1)",
	},
};

static const KtCpu *
find_cpu(const KtHost *host, unsigned id)
{
	for (uint32_t i = 0; i < host->cpu.list.n; i++) {
		const KtCpu *cpu = &host->cpu.list.v[i];
		if (kt_known(cpu->id) && cpu->id.v == id)
			return kt_known(cpu->core) && kt_known(cpu->package) ? cpu : NULL;
	}
	return NULL;
}

/* Are both vCPUs bound to one CPU each, of one core? */
static bool
are_siblings(const KtHost *host, const KtGuestConfig *config, uint64_t a, uint64_t b)
{
	const KtCpuset *one = kt_pins_own(config, a);
	const KtCpuset *two = kt_pins_own(config, b);

	if (!one || !two || kt_cpuset_count(one) != 1 || kt_cpuset_count(two) != 1 ||
	    kt_cpuset_intersects(one, two))
		return false;
	const KtCpu *first = find_cpu(host, kt_cpuset_next(one, 0));
	const KtCpu *second = find_cpu(host, kt_cpuset_next(two, 0));
	return first && second && first->core.v == second->core.v &&
	       first->package.v == second->package.v;
}

/* Do groups of @n vCPUs in a row share a core of the host each? */
static bool
are_groups_siblings(const KtView *view, const KtGuestConfig *config, uint64_t n)
{
	unsigned n_vcpus = kt_pins_n_vcpus(config);

	for (unsigned vcpu = 0; vcpu < n_vcpus; vcpu++) {
		if (vcpu % n && !are_siblings(view->host, config, vcpu - vcpu % n, vcpu))
			return false;
	}
	return n_vcpus >= n;
}

static uint64_t
sockets_of(const KtGuestConfig *config)
{
	return kt_known(config->sockets) ? config->sockets.v : config->vcpus_max.v;
}

static Fault
find_fault(const KtView *view, const KtGuestConfig *config)
{
	uint64_t threads = kt_known(config->threads) ? config->threads.v : 1;
	bool is_host_known = kt_guest_is_local(view) && kt_known(view->host->cpu.list) &&
			     kt_known(view->host->cpu.online) && kt_pins_are_known(config);

	if (kt_guest_is_windows_client(config) &&
	    sockets_of(config) > kt_view_param(view, "client_sockets"))
		return FAULT_SOCKETS;
	if (!is_host_known)
		return FAULT_NONE;
	if (threads > 1)
		return are_groups_siblings(view, config, threads) ? FAULT_NONE : FAULT_THREADS;
	return kt_guest_wants_speed(view) && are_groups_siblings(view, config, 2) ? FAULT_FLAT
										  : FAULT_NONE;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs(out, config->vcpus_max, "the number of vCPUs") ||
	    !kt_sink_needs_look(out, config->sockets, "the sockets of <topology>") ||
	    !kt_sink_needs_look(out, config->threads, "the threads of <topology>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = find_fault(view, config);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	uint64_t threads = kt_known(config->threads) ? config->threads.v : 1;

	if (fault == FAULT_SOCKETS) {
		kt_sink_severity(out, KT_SEVERITY_HIGH);
		kt_sink_summary(out, "Windows uses only some of the vCPUs: too many sockets");
	} else if (fault == FAULT_THREADS) {
		kt_sink_severity(out, KT_SEVERITY_MEDIUM);
		kt_sink_summary(out, "threads of a core that run on any CPU of the host");
	} else {
		kt_sink_severity(out, KT_SEVERITY_LOW);
		kt_sink_summary(out, "vCPUs share cores, and the guest does not know it");
	}
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->sockets),
			 "%s%" G_GUINT64_FORMAT " sockets, %" G_GUINT64_FORMAT
			 " thread%s to a core, %" G_GUINT64_FORMAT " vCPUs",
			 kt_known(config->sockets) ? "" : "no <topology>, which stands for ",
			 sockets_of(config),
			 threads,
			 threads == 1 ? "" : "s",
			 config->vcpus_max.v);
	if (fault == FAULT_SOCKETS)
		kt_sink_evidence(out, config->os_id.origin, "the guest runs %s", config->os_id.v);
	else
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->vcpu_pins),
				 fault == FAULT_FLAT
					 ? "each two vCPUs are bound to the threads of a core"
					 : "vCPUs are not bound to the threads of a core");
}

static void
change_topology(const KtView *view, uint64_t sockets, uint64_t cores, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	g_autofree char *to_sockets = g_strdup_printf("%" G_GUINT64_FORMAT, sockets);
	g_autofree char *to_cores = g_strdup_printf("%" G_GUINT64_FORMAT, cores);

	kt_guest_change_u64(
		view, "/domain/cpu/topology/@sockets", config->sockets, to_sockets, out);
	kt_guest_change_u64(view, "/domain/cpu/topology/@cores", config->cores, to_cores, out);
	kt_guest_change_u64(view, "/domain/cpu/topology/@threads", config->threads, "1", out);
	kt_guest_remark(view, out);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	bool has_dies = kt_known(config->dies) && config->dies.v > 1;
	bool is_whole =
		kt_known(config->sockets) && kt_known(config->cores) && kt_known(config->threads);
	/* libvirt takes only topologies that hold all vCPUs. */
	bool is_even =
		is_whole && !has_dies &&
		config->sockets.v * config->cores.v * config->threads.v == config->vcpus_max.v;

	if (fault == FAULT_SOCKETS && config->cells.n == 0 && !has_dies &&
	    kt_looked(config->cores)) {
		change_topology(view, 1, config->vcpus_max.v, out);
	} else if (fault == FAULT_THREADS && is_even) {
		change_topology(view, config->sockets.v, config->cores.v * config->threads.v, out);
	} else {
		kt_sink_advice(out,
			       fault == FAULT_FLAT
				       ? "<topology> with threads='2' tells the guest's scheduler "
					 "('virsh edit %s'); sockets, cores and threads must "
					 "multiply to the number of vCPUs."
				       : "Change <topology> with 'virsh edit %s'; sockets, dies, "
					 "cores and threads must multiply to the number of vCPUs.",
			       kt_guest_name(view->guest));
	}
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_cpu_topology) = {
	.id = "guest.cpu.topology",
	.title = "The guest sees sockets, cores and threads as they are",
	.why = "Without <topology> every vCPU is a socket: Windows clients use two of them at "
	       "most. Threads of a core that in truth run anywhere mislead the scheduler of the "
	       "guest, which keeps them apart or together for caches they do not share.",
	.cost = "Licences by socket or core may count anew. The guest sees another processor.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU model and topology, topology",
			"QEMU: qemu-options, -smp",
			"Microsoft: Windows licence terms, number of processors",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep topology; inside the guest: lscpu",
	.effect = "number of CPUs that the guest uses; scheduler domains in the guest",
	.evaluate = evaluate,
};
