/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest.h"

#include "kt-words.h"

KtVerdict
kt_guest_gate(const KtView *view, KtSink *out)
{
	const KtGuestConfig *config = view->config;

	if (!kt_sink_needs(out, config->type, "the guest's XML"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_opt_is(config->type, "kvm") && !kt_opt_is(config->type, "qemu"))
		return KT_VERDICT_NOT_APPLICABLE;
	return KT_VERDICT_OK;
}

bool
kt_guest_is_local(const KtView *view)
{
	return !kt_opt_true(view->facts->meta.is_remote);
}

bool
kt_guest_needs_local(const KtView *view, KtSink *out)
{
	if (kt_guest_is_local(view))
		return true;
	if (out)
		kt_sink_evidence(out,
				 view->facts->meta.is_remote.origin,
				 "the guest runs on another host than the one looked at");
	return false;
}

bool
kt_guest_is_emulated(const KtGuestConfig *config)
{
	return kt_opt_is(config->type, "qemu");
}

const char *
kt_guest_name(const KtGuest *guest)
{
	return kt_known(guest->name) ? guest->name.v : "DOMAIN";
}

bool
kt_guest_has_one_disk(const KtGuestConfig *config, KtOptStr target)
{
	unsigned n = 0;

	for (uint32_t i = 0; kt_known(target) && i < config->disks.n; i++)
		n += kt_opt_is(config->disks.v[i].target, target.v);
	return n == 1;
}

bool
kt_guest_has_one_nic(const KtGuestConfig *config, KtOptStr mac)
{
	unsigned n = 0;

	for (uint32_t i = 0; kt_known(mac) && i < config->nics.n; i++)
		n += kt_opt_is(config->nics.v[i].mac, mac.v);
	return n == 1;
}

void
kt_guest_remark(const KtView *view, KtSink *out)
{
	const KtGuest *guest = view->guest;

	/* What kt_sink_domain_xml() asks for. */
	if (!kt_opt_true(guest->is_persistent) || !kt_known(guest->uuid))
		kt_sink_advice(out,
			       "The guest has no stored definition that is known: a transient "
			       "guest is changed where whoever creates it keeps its XML.");
	if (kt_opt_true(guest->managed_save))
		kt_sink_advice(out,
			       "The next start restores a saved state with its own "
			       "configuration: let the guest resume and shut down inside first.");
}

bool
kt_guest_is_open(const KtView *view)
{
	return kt_opt_is(view->guest->guest_exec, "yes") && kt_opt_true(view->guest->is_active) &&
	       kt_known(view->guest->uuid);
}

bool
kt_guest_lay_file(const KtView *view, const char *path, KtOptStr now, const char *text, KtSink *out)
{
	g_autofree char *place = g_strconcat(KT_PLACE_INSIDE, path, NULL);

	if (kt_guest_is_open(view) && now.state == KT_STATE_ABSENT) {
		kt_sink_domain_live(out, view->guest, place, NULL, text);
		return true;
	}
	return kt_opt_is(now, text);
}
