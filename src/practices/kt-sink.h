/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Where a practice puts what it has to say about one target: severity, evidence, advice, changes.
 *
 * All texts are copied. The change functions know what the value needs to last (catalogue
 * mechanisms M1..M6); a practice only says what it wants. `from` is the value that the facts
 * hold: apply refuses when the machine no longer has it.
 */

#include "kt-policy.h"

typedef struct KtSink KtSink;

/* For the engine: a sink that fills @result, whose arrays and @arena exist. */
KtSink *kt_sink_new(const KtFacts *facts, KtArena *arena, KtResult *result, KtRisk risk);
void kt_sink_free(KtSink *sink);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtSink, kt_sink_free)

/* Severity of this finding; may be called several times, the highest counts. */
void kt_sink_severity(KtSink *sink, KtSeverity severity);

/* One line that says what is wrong here, <= 70 columns. */
void kt_sink_summary(KtSink *sink, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* One of several things that may be wrong: the worst gives severity and summary, of equals the
 * first. */
void kt_sink_blame(KtSink *sink, KtSeverity severity, const char *summary);

/* Is anything wrong so far? */
bool kt_sink_has_blame(const KtSink *sink);

/* A fact that the verdict rests on. @origin: the .origin of that fact. */
void kt_sink_evidence(KtSink *sink, uint16_t origin, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* The same of a number: "vm.swappiness is 60". @unit: " ms", or "". */
void kt_sink_number(KtSink *sink, KtOptU64 number, const char *what, const char *unit);

/* Is a fact known that the verdict needs? If not, says so as evidence: whoever reads UNKNOWN learns
 * what was missing. @opt: a value or a list; @what: "the scheduler". @sink NULL: only asks. */
#define kt_sink_needs(sink, opt, what) kt_sink_needs_state(sink, (opt).state, (opt).origin, what)

/* Same for what is neither: the state that it amounts to. */
bool kt_sink_needs_state(KtSink *sink, KtState state, uint16_t origin, const char *what)
	KT_WARN_UNUSED;

/* Same for a fact that may surely be absent. */
#define kt_sink_needs_look(sink, opt, what)                                                        \
	((opt).state == KT_STATE_ABSENT || kt_sink_needs(sink, opt, what))

/* What to do by hand, where kvmtune does not do it. One sentence. */
void kt_sink_advice(KtSink *sink, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A sysctl @key ("vm.swappiness"), live and in an own file in /etc/sysctl.d. */
void kt_sink_sysctl(KtSink *sink, const char *key, KtSyntax syntax, const char *from,
		    const char *to);

/* Same for a fact that holds a number. */
void kt_sink_sysctl_u64(KtSink *sink, const char *key, KtOptU64 from, uint64_t to);

/* A file in /sys that exists early and has a stable path: live and in /etc/tmpfiles.d. */
void kt_sink_sysfs(KtSink *sink, const char *path, KtSyntax syntax, const char *from,
		   const char *to);

/* Same with the persistent form left out or done otherwise. */
void kt_sink_value(KtSink *sink, const char *path, KtSyntax syntax, KtPersist persist,
		   const char *persist_key, const char *from, const char *to);

/* Only the persistent form of a value: the running host keeps what it has. @from: what it has. */
void kt_sink_persist(KtSink *sink, const char *path, KtPersist persist, const char *persist_key,
		     const char *from, const char *to);

/* A parameter of a kernel module: live and in /etc/modprobe.d, or on the kernel command line when
 * the module is built in. @is_writable: the live file can be written. */
void kt_sink_module_param(KtSink *sink, const char *module, const char *param, bool is_writable,
			  const char *from, const char *to);

/* An argument of the kernel command line, from the next boot on. @from: its value on the running
 * command line, NULL = not there. @to NULL takes it away, "" is an argument without a value. */
void kt_sink_boot_arg(KtSink *sink, const char *key, const char *from, const char *to);

/* CPUs that the programs of a slice of systemd may use: live in its control group (version 2) and
 * in a drop-in. @from: as kt_slice_cpus_read() tells it. */
void kt_sink_slice_cpus(KtSink *sink, const char *slice, const char *from, const char *to);

/* A module that is to be loaded at boot. The running host stays as it is. */
void kt_sink_load_module(KtSink *sink, const char *module);

/* A foreign configuration file gets another text, from the next boot or start of its program on.
 * @from: what the facts hold. Only where no own file beside it does the same. */
void kt_sink_file(KtSink *sink, const char *path, const char *from, const char *to);

/* Takes every assignment of @key out of the foreign sysctl files that hold it. */
void kt_sink_remove_sysctl(KtSink *sink, const char *key);

/* A part of the guest's inactive XML. The locator is an absolute path whose last step is an
 * attribute, text() or an element:
 *   /domain/cpu/@mode
 *   /domain/iothreads/text()
 *   /domain/cputune/vcpupin[@vcpu='0']/@cpuset
 *   /domain/devices/disk[target/@dev='vda']/driver/@cache
 *   /domain/devices/rng                      (values are whole elements as XML text)
 * Steps that are missing are created when @to is set (only those with no predicate or an
 * attribute predicate). @from and @to NULL: not there. Setting an element's text to NULL removes
 * the element. Does nothing for a transient guest. */
void kt_sink_domain_xml(KtSink *sink, const KtGuest *guest, const char *locator, const char *from,
			const char *to);

/* A live libvirt call on an active guest; locators "vcpupin/N", "emulatorpin", "iothreadpin/N"
 * (CPU lists), "numa/numa_nodeset" (nodes that its memory moves to; only where <numatune> has
 * the mode restrictive), "cpu_shares" (number), and those of apply/kt-live-place.h and
 * apply/kt-live-param.h, with values as these give them ("sched/vcpu_quota": "50000", "unlimited").
 * Does nothing when the guest is not active. */
void kt_sink_domain_live(KtSink *sink, const KtGuest *guest, const char *locator, const char *from,
			 const char *to);
