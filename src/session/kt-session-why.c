/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-session-why.h"

#include "kt-fd.h"
#include "kt-power.h"
#include "kt-session-private.h"
#include "kt-start-log.h"
#include "kt-virt-uri.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The end of the log, as much as is looked at. NULL and *@ret_problem when it cannot be read. */
static char *
read_tail(const char *path, size_t *ret_length, char **ret_problem)
{
	kt_autofd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat info = {0};

	if (fd < 0 || fstat(fd, &info) != 0) {
		*ret_problem = g_strdup(g_strerror(errno));
		return NULL;
	}
	if (!S_ISREG(info.st_mode)) {
		*ret_problem = g_strdup("it is no file");
		return NULL;
	}
	off_t most = (off_t)KT_START_LOG_MAX_BYTES;
	off_t begin = info.st_size > most ? info.st_size - most : 0;
	g_autofree char *text = g_malloc(KT_START_LOG_MAX_BYTES);
	ssize_t n = pread(fd, text, KT_START_LOG_MAX_BYTES, begin);
	if (n < 0) {
		*ret_problem = g_strdup(g_strerror(errno));
		return NULL;
	}
	*ret_length = (size_t)n;
	return g_steal_pointer(&text);
}

/* Only of this machine: a snapshot does not hold logs. */
static void
read_log(KtSession *session, const KtFacts *facts, KtWhy *why)
{
	bool is_here =
		!session->source->snapshot && !facts->meta.is_remote.v && kt_known(facts->meta.uri);
	g_autofree char *dir =
		is_here ? kt_virt_uri_log_dir(facts->meta.uri.v, g_get_user_cache_dir()) : NULL;
	size_t length = 0;

	if (!dir || strchr(why->name, '/')) {
		why->log_problem = g_strdup("it is not on this machine");
		return;
	}
	g_autofree char *file = g_strconcat(why->name, ".log", NULL);
	why->log_path = g_build_filename(dir, file, NULL);
	g_autofree char *text = read_tail(why->log_path, &length, &why->log_problem);
	if (!text)
		return;

	g_autoptr(KtStartLog) log = kt_start_log_parse(text, length);
	bool has_failed = g_strcmp0(log->reason, "failed") == 0;
	why->started = g_strdup(log->started);
	why->reason = g_strdup(log->reason);
	/* What a guest that ran well says on its way is not why it does not start. */
	for (guint i = 0; i < log->messages->len && (has_failed || !log->reason); i++)
		kt_why_add(why, "QEMU's log", log->messages->pdata[i], has_failed);
}

static bool
check_trial(const KtPowerLook *look, const char *name, GError **error)
{
	if (look->state != KT_POWER_OFF)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "leave out --try",
				     "'%s' runs: there is nothing to try",
				     name);
	if (look->has_saved_state)
		return kt_throw_hint(
			error,
			KT_ERROR_UNSUPPORTED,
			"'virsh start' restores it, 'virsh managedsave-remove' throws it "
			"away",
			"'%s' has a saved state, which a start would use up",
			name);
	return true;
}

/* Ended by libvirt when this connection goes, and by hand before that. */
static bool
try_start(KtMachine *machine, KtWhy *why, GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (!kt_power_start(machine, why->uuid, /* is_trial= */ true, &problem)) {
		why->trial = g_strdup("failed");
		kt_why_add(why, "libvirt, of a trial start", problem->message, true);
		return true;
	}
	why->trial = g_strdup("started");
	if (kt_power_cut(machine, why->uuid, error))
		return true;
	return kt_prefix(error, "'%s' was started for a trial and cannot be ended", why->name);
}

/* What libvirt says of the definition. One that is not there for a question is no news. */
static bool
ask_libvirt(KtSession *session, const KtFacts *facts, KtWhy *why, bool is_trial, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_auto(KtPowerLook) look = {.state = KT_POWER_UNSET};
	g_autoptr(GError) problem = NULL;

	kt_session_machine(session, facts->meta.uri.v, &machine);
	if (!kt_power_look(&machine, why->uuid, NULL, &look, &problem)) {
		if (!is_trial)
			return true;
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	/* Other errors (denied, unsupported, no answer) are about the question. */
	if (look.defined && !kt_power_try_definition(&machine, look.defined, &problem) &&
	    (g_error_matches(problem, KT_ERROR, KT_ERROR_LIBVIRT) ||
	     kt_symptom_find(problem->message))) {
		why->refusal = g_strdup(problem->message);
		kt_why_add(why, "libvirt, of the definition", problem->message, true);
	}
	if (!is_trial)
		return true;
	return check_trial(&look, why->name, error) && try_start(&machine, why, error);
}

KtWhy *
kt_session_why(KtSession *session, const char *word, bool is_trial, GError **error)
{
	g_auto(KtCollected) collected = {0};
	g_autoptr(KtWhy) why = kt_why_new();
	uint32_t guest = 0;

	if (is_trial && session->source->snapshot) {
		kt_throw_hint(error,
			      KT_ERROR_UNSUPPORTED,
			      "leave out --root",
			      "a guest of a snapshot cannot be started");
		return NULL;
	}
	if (!kt_session_collect(session, session->source->root, NULL, &collected, error) ||
	    !kt_session_find_guest(collected.facts, word, &guest, error))
		return NULL;

	const KtGuest *about = &collected.facts->guests.v[guest];
	why->name = g_strdup(about->name.v);
	why->uuid = g_strdup(about->uuid.v);
	why->state = g_strdup(about->state.v);
	why->is_running = kt_opt_true(about->is_active);
	read_log(session, collected.facts, why);
	g_ptr_array_unref(why->obstacles);
	why->obstacles = kt_obstacles(collected.facts, guest, session->policy);
	if (!session->source->snapshot &&
	    !ask_libvirt(session, collected.facts, why, is_trial, error))
		return NULL;
	kt_why_judge(why, collected.facts, session->policy);
	return g_steal_pointer(&why);
}

KtWhy *
kt_session_why_text(const char *text, size_t length)
{
	KtWhy *why = kt_why_new();
	g_autoptr(GPtrArray) messages = kt_start_log_messages(text, length);

	for (guint i = 0; i < messages->len; i++)
		kt_why_add(why, "standard input", messages->pdata[i], true);
	kt_why_judge(why, NULL, NULL);
	return why;
}
