/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest.h"

#include <string.h>

/* libvirt release notes: mode 'maximum' since 7.1.0, cpu/@migratable since 6.5.0. */
#define VERSION_MAXIMUM    7001000
#define VERSION_MIGRATABLE 6005000

/* Models below x86-64-v2 (libvirt cpu_map/index.xml, up to Penryn and Opteron_G3). Those of QEMU's
 * own making come first: no real processor ever was one. */
#define N_SYNTHETIC 6
static const char *const old_models[] = {
	"qemu64",  "qemu32",   "kvm64",    "kvm32",      "cpu64-rhel5", "cpu64-rhel6", "486",
	"pentium", "pentium2", "pentium3", "pentiumpro", "coreduo",     "core2duo",    "n270",
	"Conroe",  "Penryn",   "athlon",   "phenom",     "Opteron_G1",  "Opteron_G2",  "Opteron_G3",
};

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_STRICT,    /* refuses hosts that can do more */
	FAULT_UNCHECKED, /* starts without features that it requires */
	FAULT_OLD,       /* a model of before 2009 */
	FAULT_REFUSED,   /* host-passthrough without KVM does not start */
} Fault;

/* Is @model one of the first @n old models, perhaps with a version ("Penryn-v1")? */
static bool
is_old(const char *model, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(old_models[i]);
		if (strncmp(model, old_models[i], length) == 0 &&
		    (!model[length] || g_str_has_prefix(model + length, "-v")))
			return true;
	}
	return false;
}

/* The named model of mode custom, or NULL. Without any <cpu> libvirt starts qemu64. */
static const char *
model_of(const KtGuestConfig *config)
{
	if (kt_known(config->cpu_mode) && !kt_opt_is(config->cpu_mode, "custom"))
		return NULL;
	return kt_known(config->cpu_model) ? config->cpu_model.v : "qemu64";
}

static bool
is_known(const KtGuestConfig *config, KtSink *out)
{
	return kt_sink_needs(out, config->architecture, "the architecture") &&
	       kt_sink_needs_look(out, config->cpu_mode, "the mode of <cpu>") &&
	       kt_sink_needs_look(out, config->cpu_model, "the model of <cpu>");
}

static bool
is_x86(const KtGuestConfig *config)
{
	return kt_opt_is(config->architecture, "x86_64") || kt_opt_is(config->architecture, "i686");
}

static Fault
judge(const KtGuestConfig *config)
{
	const char *model = model_of(config);
	bool is_emulated = kt_guest_is_emulated(config);

	if (is_emulated && kt_opt_is(config->cpu_mode, "host-passthrough"))
		return FAULT_REFUSED;
	if (!model)
		return FAULT_NONE;
	if (is_old(model, G_N_ELEMENTS(old_models)))
		return FAULT_OLD;
	/* Without KVM 'none' is what libvirt itself writes. */
	if (!is_emulated && kt_opt_is(config->cpu_check, "none") &&
	    kt_known(config->cpu_features_required) && config->cpu_features_required.v > 0)
		return FAULT_UNCHECKED;
	return kt_opt_is(config->cpu_match, "strict") ? FAULT_STRICT : FAULT_NONE;
}

/* The running guest shows mode host-model as the model that it became, which may be an old one
 * on an old host. */
static bool
is_live_old(const KtView *view)
{
	const char *model = view->live && is_known(view->live, NULL) ? model_of(view->live) : NULL;
	bool is_host_model = kt_opt_is(view->config->cpu_mode, "host-model");

	return model && is_old(model, is_host_model ? N_SYNTHETIC : G_N_ELEMENTS(old_models));
}

/* Old models do little harm where every instruction is emulated anyway. */
static KtSeverity
severity_of_old(const KtView *view)
{
	return kt_guest_is_emulated(view->config) ? KT_SEVERITY_LOW : KT_SEVERITY_HIGH;
}

static void
tell(const KtView *view, Fault fault, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	uint16_t origin = config->type.origin;

	switch (fault) {
	case FAULT_REFUSED:
		kt_sink_severity(out, KT_SEVERITY_CRITICAL);
		kt_sink_summary(out, "will not start: mode 'host-passthrough' needs KVM");
		kt_sink_evidence(out,
				 origin,
				 "<cpu mode='host-passthrough'> in a guest of type "
				 "'qemu'");
		break;
	case FAULT_OLD:
		kt_sink_severity(out, severity_of_old(view));
		kt_sink_summary(out, "CPU model %s lacks what programs expect", model_of(config));
		if (kt_known(config->cpu_model))
			kt_sink_evidence(out, origin, "<model>%s</model>", config->cpu_model.v);
		else
			kt_sink_evidence(out, origin, "no <cpu> model, which stands for qemu64");
		break;
	case FAULT_UNCHECKED:
		kt_sink_severity(out, KT_SEVERITY_HIGH);
		kt_sink_summary(out, "starts even when required CPU features are missing");
		kt_sink_evidence(out,
				 origin,
				 "check='none' and %" G_GUINT64_FORMAT " required features",
				 config->cpu_features_required.v);
		break;
	case FAULT_STRICT:
		kt_sink_severity(out, KT_SEVERITY_LOW);
		kt_sink_summary(out, "refuses to start on any host with a better CPU");
		kt_sink_evidence(out, origin, "<cpu match='strict'>");
		break;
	case FAULT_NONE:
	default:
		break;
	}
}

static bool
is_older(const KtView *view, uint64_t version)
{
	const KtOptU64 libvirt = view->facts->meta.libvirt_version;

	return kt_known(libvirt) && libvirt.v < version;
}

/* The mode that suits the class; NULL where only all hosts of a pool together can tell. */
static const char *
wanted_mode(const KtView *view)
{
	if (kt_guest_is_emulated(view->config))
		return is_older(view, VERSION_MAXIMUM) ? "host-model" : "maximum";
	if (view->workload == KT_WORKLOAD_DENSE)
		return NULL;
	return view->workload == KT_WORKLOAD_GENERAL ? "host-model" : "host-passthrough";
}

static void
change(const KtView *view, const char *locator, KtOptStr from, const char *to, KtSink *out)
{
	const char *old = kt_known(from) ? from.v : NULL;

	if (g_strcmp0(old, to) != 0)
		kt_sink_domain_xml(out, view->guest, locator, old, to);
}

/* What libvirt 9.0 would leave out or fill in by itself is written out, so that the definition
 * reads back as it was given. */
static void
change_mode(const KtView *view, const char *mode, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	const char *check = g_str_equal(mode, "host-model") ? "partial" : "none";

	change(view, "/domain/cpu/@mode", config->cpu_mode, mode, out);
	change(view, "/domain/cpu/model/text()", config->cpu_model, NULL, out);
	change(view, "/domain/cpu/@match", config->cpu_match, NULL, out);
	if (kt_known(config->cpu_check))
		change(view, "/domain/cpu/@check", config->cpu_check, check, out);
	if (g_str_equal(mode, "host-passthrough") && kt_looked(config->cpu_migratable) &&
	    !is_older(view, VERSION_MIGRATABLE))
		change(view, "/domain/cpu/@migratable", config->cpu_migratable, "on", out);
}

/* A list of features or a vendor belongs to the old model; libvirt refuses a vendor without a
 * model, and features that this host lacks keep the guest from starting. */
static bool
is_plain(const KtGuestConfig *config)
{
	bool has_features = !kt_looked(config->cpu_features) ||
			    (kt_known(config->cpu_features) && config->cpu_features.v > 0);

	return !has_features && config->cpu_vendor.state == KT_STATE_ABSENT;
}

static void
propose_mode(const KtView *view, KtSink *out)
{
	const char *mode = wanted_mode(view);

	if (!mode)
		kt_sink_advice(out,
			       "Give the guests of this pool one model that all its hosts have: "
			       "'virsh domcapabilities' of every host into one file, then 'virsh "
			       "hypervisor-cpu-baseline FILE'.");
	else if (!is_plain(view->config))
		kt_sink_advice(out,
			       "The model comes with a vendor or single features: set mode='%s' "
			       "with 'virsh edit %s' and keep of them only what the guest needs.",
			       mode,
			       kt_guest_name(view->guest));
	else
		change_mode(view, mode, out);
	kt_guest_remark(view, out);
}

static void
propose(const KtView *view, Fault fault, KtSink *out)
{
	switch (fault) {
	case FAULT_REFUSED:
	case FAULT_OLD:
		propose_mode(view, out);
		break;
	case FAULT_UNCHECKED:
		kt_sink_advice(out,
			       "Compare with 'virsh hypervisor-cpu-compare', drop the features "
			       "that the host lacks, then set check='partial': the guest no "
			       "longer starts without the others.");
		break;
	case FAULT_STRICT:
		change(view, "/domain/cpu/@match", view->config->cpu_match, "exact", out);
		kt_guest_remark(view, out);
		break;
	case FAULT_NONE:
	default:
		break;
	}
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	KtVerdict gate = kt_guest_gate(view, out);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!is_known(config, out))
		return KT_VERDICT_UNKNOWN;
	if (!is_x86(config))
		return KT_VERDICT_NOT_APPLICABLE;

	Fault fault = judge(config);
	if (fault != FAULT_NONE) {
		tell(view, fault, out);
		propose(view, fault, out);
		return KT_VERDICT_FINDING;
	}
	if (!is_live_old(view))
		return KT_VERDICT_OK;
	kt_sink_severity(out, severity_of_old(view));
	kt_sink_summary(out, "the running guest still has CPU model %s", model_of(view->live));
	kt_sink_evidence(out,
			 view->live->type.origin,
			 "<model>%s</model> in the running guest",
			 model_of(view->live));
	return KT_VERDICT_PENDING;
}

KT_PRACTICE(guest_cpu_mode) = {
	.id = "guest.cpu.mode",
	.title = "The guest's CPU model is not out of date",
	.why = "Without a <cpu> libvirt starts 'qemu64', a CPU without AES, SSE4.2, AVX or PCID: "
	       "encryption is several times slower, leaving the kernel costs more, and systems "
	       "built for x86-64-v2 (RHEL 9 and its kin) do not run at all.",
	.cost = "The guest sees other hardware at its next start: Windows may ask to be activated "
		"again, and saved states and snapshots with memory of the old model are lost. "
		"host-passthrough migrates only to hosts with the same CPU, microcode, kernel and "
		"QEMU; a pool of different hosts needs one common model instead.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU model and topology",
			"QEMU: docs/system/qemu-cpu-models (x86)",
			"x86-64 psABI: micro-architecture levels",
			"libvirt: src/cpu_map/index.xml",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A3 '<cpu'; inside the guest: "
			 "grep -m1 flags /proc/cpuinfo",
	.effect = "openssl speed -evp aes-128-gcm inside the guest",
	.evaluate = evaluate,
};
