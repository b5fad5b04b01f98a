/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_MISSING,
	FAULT_OPEN, /* a port that others reach, not encrypted */
} Fault;

static bool
is_open(const KtSerial *serial)
{
	bool is_loopback = kt_known(serial->host) && (g_str_has_prefix(serial->host.v, "127.") ||
						      g_str_equal(serial->host.v, "localhost") ||
						      g_str_equal(serial->host.v, "::1"));

	return kt_opt_is(serial->type, "tcp") && kt_looked(serial->tls) &&
	       !kt_opt_is(serial->tls, "yes") && kt_looked(serial->host) && !is_loopback;
}

static const KtSerial *
find_open(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->serials.n; i++) {
		if (is_open(&config->serials.v[i]))
			return &config->serials.v[i];
	}
	return NULL;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs(out, config->serials, "the list of serial ports") ||
	    !kt_sink_needs(out, config->consoles, "the consoles") ||
	    !kt_sink_needs(out, config->graphics, "the list of <graphics>"))
		return KT_VERDICT_UNKNOWN;
	if (find_open(config))
		*ret_fault = FAULT_OPEN;
	else
		*ret_fault = config->serials.n == 0 && config->consoles.v == 0 &&
					     kt_guest_is_linux(config)
				     ? FAULT_MISSING
				     : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtSerial *serial = find_open(config);
	bool is_blind = config->graphics.n == 0;

	if (fault == FAULT_OPEN && serial) {
		kt_sink_severity(out, KT_SEVERITY_HIGH);
		kt_sink_summary(out, "the serial port is open to the network, not encrypted");
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->serials),
				 "<serial type='tcp'> on %s without TLS",
				 kt_known(serial->host) ? serial->host.v : "all addresses");
		return;
	}
	kt_sink_severity(out, is_blind ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			is_blind ? "neither screen nor console: no way in but the network"
				 : "no text console");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->serials),
			 "no <serial> and no <console>%s",
			 is_blind ? ", and no <graphics>" : "");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	if (fault == FAULT_OPEN) {
		kt_sink_advice(out,
			       "Use type='pty' and 'virsh console %s', or tls='yes', or an address "
			       "of the host alone.",
			       kt_guest_name(view->guest));
		return;
	}
	kt_sink_domain_xml(
		out, view->guest, "/domain/devices/console", NULL, "<console type='pty'/>");
	kt_sink_advice(out,
		       "Inside, 'console=ttyS0' (arm64: ttyAMA0) on the kernel command line makes "
		       "systemd start a login there.");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_console) = {
	.id = "guest.console",
	.title = "There is a way into the guest without its network",
	.why = "When network and agent fail, a serial console is what is left, and the only place "
	       "that shows why a kernel does not boot. A serial port on TCP without TLS gives "
	       "that way in to everybody.",
	.cost = "Whoever may use libvirt on the host gets a login prompt of the guest.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Consoles, serial, parallel & channel devices",
			"Linux: Documentation/admin-guide/serial-console.rst",
			"systemd: systemd-getty-generator(8)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh console DOMAIN (leave with ^])",
	.effect = "a login prompt after Enter on the console",
	.evaluate = evaluate,
};
