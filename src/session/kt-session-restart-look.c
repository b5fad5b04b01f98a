/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-obstacle.h"
#include "kt-power.h"
#include "kt-session-private.h"
#include "kt-session-restart.h"
#include "kt-xml.h"

#include <string.h>

/* Whether a guest can be restarted, and what that would make true. */

static bool
refuse(const char *name, const char *hint, const char *text, GError **error)
{
	return kt_throw_hint(error, KT_ERROR_UNSUPPORTED, hint, "'%s' %s", name, text);
}

/* A guest that its own definition starts again, or keeps, never goes down. */
static bool
check_poweroff(const KtRestart *restart, const char *xml, GError **error)
{
	g_autoptr(xmlDoc) doc = kt_xml_parse(xml, strlen(xml), "domain XML", error);
	const xmlNode *node = doc ? kt_xml_child(xmlDocGetRootElement(doc), "on_poweroff") : NULL;
	const char *action = node ? kt_xml_text(node) : NULL;

	if (!doc)
		return false;
	if (!action || g_str_equal(action, "destroy"))
		return true;
	return refuse(restart->name,
		      "change <on_poweroff> to 'destroy'; it counts from the next start on",
		      "would not go off: its <on_poweroff> says otherwise",
		      error);
}

static bool
check_state(const KtRestart *restart, const KtPowerLook *look, GError **error)
{
	if (look->state == KT_POWER_OFF)
		return refuse(restart->name, "'virsh start' starts it", "is not running", error);
	if (look->state != KT_POWER_RUNNING)
		return refuse(restart->name,
			      "'virsh resume' or 'virsh dompmwakeup' lets it run",
			      "is paused or suspended and cannot shut down",
			      error);
	if (!look->is_persistent)
		return refuse(restart->name,
			      "'virsh define' makes it persistent",
			      "is transient: it would be gone",
			      error);
	if (look->has_saved_state)
		return refuse(restart->name,
			      "'virsh managedsave-remove' throws the saved state away",
			      "has a saved state, which the start would restore instead",
			      error);
	if (look->job)
		return kt_throw_hint(
			error,
			KT_ERROR_UNSUPPORTED,
			"wait for its end, or see 'virsh domjobinfo' and 'virsh blockjob'",
			"'%s' is busy with %s",
			restart->name,
			look->job);
	return check_poweroff(restart, look->running, error);
}

/* Can it be asked in the way that is wanted? */
static bool
check_way(const KtRestart *restart, const KtRestartOptions *options, GError **error)
{
	if (options->mode == KT_SHUTDOWN_MODE_AGENT && !restart->has_agent)
		return refuse(restart->name,
			      "see 'kvmtune explain guest.agent'; --mode acpi does without",
			      "has no connected agent",
			      error);
	if (options->mode == KT_SHUTDOWN_MODE_ACPI && !restart->has_acpi)
		return refuse(restart->name,
			      "see 'kvmtune explain guest.acpi'",
			      "has no ACPI: it would not notice its power button",
			      error);
	if (!restart->has_agent && !restart->has_acpi && !options->is_forced)
		return refuse(restart->name,
			      "see 'kvmtune explain guest.acpi'; --force pulls the plug",
			      "has neither ACPI nor a connected agent to be asked through",
			      error);
	return true;
}

static bool
check_obstacles(KtSession *session, KtFacts *facts, uint32_t guest, GError **error)
{
	g_autoptr(GPtrArray) obstacles = kt_obstacles(facts, guest, session->policy);

	if (obstacles->len == 0)
		return true;
	const KtObstacle *obstacle = obstacles->pdata[0];
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     obstacle->advice,
			     "'%s' would not start again: %s",
			     facts->guests.v[guest].name.v,
			     obstacle->text);
}

static bool
check_definition(KtMachine *machine, const KtRestart *restart, const KtPowerLook *look,
		 GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (kt_power_try_definition(machine, look->defined, &problem))
		return true;
	/* A driver that cannot translate tells nothing about the guest. */
	if (g_error_matches(problem, KT_ERROR, KT_ERROR_UNSUPPORTED) &&
	    strstr(problem->message, "not supported by the connection driver"))
		return true;
	if (!kt_error_hint(problem))
		kt_error_set_hint(problem, "'kvmtune why' says more");
	g_propagate_error(error, g_steal_pointer(&problem));
	return kt_prefix(error, "'%s' would not start again", restart->name);
}

static void
fill(KtSession *session, KtFacts *facts, uint32_t guest, const GPtrArray *rows, KtRestart *restart)
{
	const KtGuest *about = &facts->guests.v[guest];

	restart->name = g_strdup(about->name.v);
	restart->uuid = g_strdup(about->uuid.v);
	restart->uri = g_strdup(facts->meta.uri.v);
	restart->end = KT_RESTART_PLANNED;
	restart->has_acpi = kt_opt_true(about->live.acpi);
	for (uint32_t i = 0; i < about->live.channels.n; i++) {
		const KtChannel *channel = &about->live.channels.v[i];
		restart->has_agent |= kt_opt_is(channel->name, "org.qemu.guest_agent.0") &&
				      kt_opt_is(channel->state, "connected");
	}
	for (uint32_t i = 0; i < about->live.disks.n; i++) {
		const KtOptStr target = about->live.disks.v[i].target;
		if (kt_known(target))
			g_ptr_array_add(restart->disks, g_strdup(target.v));
	}
	g_ptr_array_unref(restart->pending);
	restart->pending = kt_pending_list(about, rows);
	if (!kt_known(about->live.type) || !kt_known(about->inactive.type))
		return;
	g_ptr_array_unref(restart->mended);
	g_ptr_array_unref(restart->brought);
	kt_pending_practices(facts, guest, session->policy, &restart->mended, &restart->brought);
}

/* How many devices of each kind: what no setting stands for. */
static void
add_devices(GPtrArray *devices, KtRestart *restart)
{
	while (devices->len > 0) {
		KtPending *device = g_ptr_array_steal_index(devices, 0);
		if (g_strcmp0(device->runs, device->defined) == 0)
			kt_pending_free(device);
		else
			g_ptr_array_add(restart->pending, device);
	}
}

static KtRestart *
look_at(KtSession *session, const char *word, const KtRestartOptions *options, GError **error)
{
	g_autoptr(KtFacts) facts = NULL;
	g_auto(KtMachine) machine = {0};
	g_auto(KtPowerLook) look = {.state = KT_POWER_UNSET};
	g_autoptr(KtRestart) restart = kt_restart_new();
	uint32_t guest = 0;
	g_autoptr(GPtrArray) devices = NULL;
	g_autoptr(GPtrArray) rows =
		kt_session_views(session, word, &facts, &guest, &devices, error);

	if (!rows)
		return NULL;
	fill(session, facts, guest, rows, restart);
	add_devices(devices, restart);

	g_autoptr(GPtrArray) disks = g_ptr_array_new();
	for (guint i = 0; i < restart->disks->len; i++)
		g_ptr_array_add(disks, restart->disks->pdata[i]);
	g_ptr_array_add(disks, NULL);
	kt_session_machine(session, restart->uri, &machine);
	if (!kt_power_look(
		    &machine, restart->uuid, (const char *const *)disks->pdata, &look, error)) {
		kt_prefix(error, "%s", restart->name);
		return NULL;
	}
	if (!check_state(restart, &look, error) || !check_way(restart, options, error) ||
	    !check_obstacles(session, facts, guest, error) ||
	    !check_definition(&machine, restart, &look, error))
		return NULL;
	return g_steal_pointer(&restart);
}

GPtrArray *
kt_session_restart_look(KtSession *session, const char *const *words,
			const KtRestartOptions *options, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)kt_restart_free);

	if (session->source->snapshot) {
		kt_throw_hint(error,
			      KT_ERROR_UNSUPPORTED,
			      "leave out --root",
			      "a guest of snapshot '%s' cannot be restarted",
			      session->root);
		return NULL;
	}
	for (size_t i = 0; words[i]; i++) {
		KtRestart *restart = look_at(session, words[i], options, error);
		if (!restart)
			return NULL;
		g_ptr_array_add(list, restart);
	}
	return g_steal_pointer(&list);
}
