/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-session-private.h"

#include "kt-clock.h"
#include "kt-config.h"

#include <unistd.h>

#define DEFAULT_CONFIG      "/etc/kvmtune/kvmtune.conf"
#define DEFAULT_STATE       "/var/lib/kvmtune"
#define DEFAULT_DEADLINE_MS 30000

static bool
load_config(KtSession *session, GError **error)
{
	if (!session->config)
		return kt_config_load(
			session->source->root, DEFAULT_CONFIG, session->policy, error);

	/* A file named by the user is a file of this machine, whatever is looked at. */
	g_autoptr(KtRoot) live = kt_root_open("/", error);
	g_autofree char *path = g_canonicalize_filename(session->config, NULL);
	if (!live)
		return false;
	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return kt_throw_hint(error,
				     KT_ERROR_CONFIG,
				     "--config-file names a file of this machine",
				     "'%s' does not exist",
				     session->config);
	return kt_config_load(live, path, session->policy, error);
}

KtSession *
kt_session_new(const KtSessionOptions *options, GError **error)
{
	g_autoptr(KtSession) session = g_new0(KtSession, 1);

	session->root = g_strdup(options->root ? options->root : "/");
	session->uri = g_strdup(options->uri);
	session->config = g_strdup(options->config);
	session->is_deep = options->is_deep;
	session->is_inside = options->is_inside;
	session->deadline_ms = options->deadline_ms ? options->deadline_ms : DEFAULT_DEADLINE_MS;
	session->state_dir = options->state_dir
				     ? g_strdup(options->state_dir)
				     : g_build_filename(session->root, DEFAULT_STATE, NULL);
	session->policy = kt_policy_new();
	session->source = kt_source_open(session->root, error);
	if (!session->source || !load_config(session, error))
		return NULL;
	return g_steal_pointer(&session);
}

void
kt_session_free(KtSession *session)
{
	if (!session)
		return;

	kt_source_free(session->source);
	kt_policy_free(session->policy);
	g_free(session->root);
	g_free(session->uri);
	g_free(session->state_dir);
	g_free(session->config);
	g_free(session);
}

KtPolicy *
kt_session_policy(KtSession *session)
{
	return session->policy;
}

/* What makes a snapshot unusable only when its parts are read. */
static bool
blame_snapshot(const KtSession *session, GError **error)
{
	if (!session->source->snapshot)
		return false;
	if (error && *error && !kt_error_hint(*error))
		kt_error_set_hint(*error, "take a new one with 'kvmtune snapshot -o FILE'");
	return kt_prefix(error, "snapshot '%s'", session->root);
}

/* What libvirt said according to the snapshot; *@ret_dump NULL: it was not asked. Of a thousand
 * guests that is large, and wanted once: whoever asks again reads the file again. */
static bool
take_virt(KtSession *session, KtVirtDump **ret_dump, GError **error)
{
	g_autoptr(KtSnapshot) again = NULL;
	KtSnapshot *snapshot = session->source->snapshot;

	if (snapshot && session->is_virt_taken)
		snapshot = again = kt_snapshot_open(session->root, error);
	if (session->is_virt_taken && !again)
		return false;
	g_autoptr(KtJson) virt = snapshot ? g_steal_pointer(&snapshot->virt) : NULL;
	session->is_virt_taken = virt != NULL;
	if (virt)
		*ret_dump = kt_virt_dump_from_json(virt, error);
	return !virt || *ret_dump;
}

bool
kt_session_collect(KtSession *session, KtRoot *root, const char *const *inside_words,
		   KtCollected *ret_collected, GError **error)
{
	const KtSnapshot *snapshot = session->source->snapshot;
	g_autoptr(KtVirtDump) virt = NULL;

	if (!take_virt(session, &virt, error))
		return blame_snapshot(session, error);
	const KtCollectOptions options = {
		.root = root,
		.virt = virt,
		.topology_xml = snapshot ? snapshot->topology_xml : NULL,
		.images = snapshot ? snapshot->images : NULL,
		.uri = snapshot ? "" : session->uri,
		.is_deep = session->is_deep,
		.is_inside = session->is_inside,
		.inside_words = inside_words,
		.deadline_ms = session->deadline_ms,
	};
	if (!kt_collect(&options, ret_collected, error))
		return blame_snapshot(session, error);
	if (!ret_collected->virt)
		ret_collected->virt = g_steal_pointer(&virt);
	return true;
}

static void
set_today(KtPolicy *policy, const KtFacts *facts)
{
	int64_t now_us = kt_known(facts->meta.collected_us) ? facts->meta.collected_us.v
							    : kt_clock_wall_us();

	g_free(policy->today);
	policy->today = kt_clock_format(now_us);
	policy->today[strlen("2026-11-21")] = '\0';
}

/* "There is none" would be a guess where libvirt gave no list. */
static bool
throw_no_guest(const KtFacts *facts, const char *name, GError **error)
{
	if (kt_known(facts->meta.libvirt_problem))
		return kt_throw_hint(error,
				     facts->guests.state == KT_STATE_DENIED ? KT_ERROR_DENIED
									    : KT_ERROR_LIBVIRT,
				     facts->meta.libvirt_problem.v,
				     "guest '%s' cannot be looked at",
				     name);
	return kt_throw_hint(error,
			     KT_ERROR_NOT_FOUND,
			     "'virsh list --all' shows the guests",
			     "there is no guest '%s'",
			     name);
}

bool
kt_session_find_guest(const KtFacts *facts, const char *word, uint32_t *ret_index, GError **error)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		if (!kt_guest_is(&facts->guests.v[i], word))
			continue;
		*ret_index = i;
		return true;
	}
	return throw_no_guest(facts, word, error);
}

static bool
check_guests(const KtFacts *facts, const KtSelection *selection, GError **error)
{
	uint32_t index = 0;

	for (size_t i = 0; selection && selection->guests && selection->guests[i]; i++) {
		if (!kt_session_find_guest(facts, selection->guests[i], &index, error))
			return false;
	}
	return true;
}

KtAudit *
kt_session_audit(KtSession *session, const KtSelection *selection, GError **error)
{
	g_auto(KtCollected) collected = {0};
	const char *const *guests = selection ? selection->guests : NULL;

	if (!kt_session_collect(session, session->source->root, guests, &collected, error) ||
	    !check_guests(collected.facts, selection, error))
		return NULL;
	set_today(session->policy, collected.facts);
	/* The facts hold what counts of libvirt's answers, and of a thousand guests they are large.
	 */
	g_clear_pointer(&collected.virt, kt_virt_dump_free);
	return kt_engine_run(collected.facts, session->policy, selection);
}

bool
kt_session_snapshot(KtSession *session, const char *path, bool is_anonymised, GError **error)
{
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new(KT_VERSION);
	g_autoptr(KtRoot) recorder = kt_snapshot_record(snapshot, session->source->root);
	g_autoptr(KtPolicy) policy = kt_policy_new();
	g_auto(KtCollected) collected = {0};

	if (session->source->snapshot)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "copy the file instead",
				     "'%s' is a snapshot already",
				     session->root);
	/* The configuration decides what is a finding, so it belongs to what is recorded. */
	if (!kt_config_load(recorder, DEFAULT_CONFIG, policy, error) ||
	    !kt_session_collect(session, recorder, NULL, &collected, error))
		return false;

	g_autoptr(KtJson) virt = collected.virt ? kt_virt_dump_to_json(collected.virt) : NULL;
	kt_snapshot_set_virt(snapshot, virt);
	kt_snapshot_set_topology(snapshot, collected.topology_xml);
	kt_snapshot_set_images(snapshot, collected.images);
	return kt_snapshot_write(snapshot, is_anonymised, path, error);
}

KtStateDir *
kt_session_state(KtSession *session, bool is_writing, uint32_t wait_ms, GError **error)
{
	g_autoptr(KtStateDir) dir = NULL;

	if (is_writing && session->source->kind == KT_SOURCE_SNAPSHOT) {
		kt_throw_hint(error,
			      KT_ERROR_UNSUPPORTED,
			      "run it on the host itself",
			      "'%s' is a snapshot: it can be looked at, not changed",
			      session->root);
		return NULL;
	}
	dir = kt_state_dir_open(session->state_dir, is_writing, error);
	if (!dir) {
		if (geteuid() != 0 && error && g_error_matches(*error, KT_ERROR, KT_ERROR_DENIED))
			kt_error_set_hint(*error, "changing a host takes root");
		return NULL;
	}
	if (is_writing && !kt_state_dir_lock(dir, wait_ms, error))
		return NULL;
	return g_steal_pointer(&dir);
}

void
kt_session_machine(KtSession *session, const char *uri, KtMachine *ret_machine)
{
	kt_machine_init(ret_machine,
			session->source->root,
			session->uri ? session->uri : uri,
			session->deadline_ms);
}
