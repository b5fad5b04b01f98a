/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-agent-file.h"

#include <string.h>

/* Of one command; with all of a write this stays below the deadline of a call (30 s). */
#define ANSWER_S 3
/* How often, and how long after each other, a program in the guest is asked whether it has ended.
 */
#define EXEC_TRIES 40
#define EXEC_MS    100
/* What QEMU, qga/commands-posix.c says with strerror(ENOENT), for a guest in English or in C. */
#define NO_FILE "No such file or directory"

static KtJson *
ask(virDomainPtr domain, const char *command, KtJson *arguments, GError **error)
{
	return kt_agent_ask(domain, command, arguments, ANSWER_S, error);
}

static bool
open_file(virDomainPtr domain, const char *path, const char *mode, int64_t *ret_handle,
	  GError **error)
{
	KtJson *arguments = json_object();

	kt_json_set_str(arguments, "path", path);
	kt_json_set_str(arguments, "mode", mode);
	g_autoptr(KtJson) handle = ask(domain, "guest-file-open", arguments, error);
	if (handle && !json_is_integer(handle))
		return kt_throw(error, KT_ERROR_PARSE, "the agent gives no file for '%s'", path);
	if (handle)
		*ret_handle = json_integer_value(handle);
	return handle != NULL;
}

static KtJson *
about_handle(int64_t handle)
{
	KtJson *arguments = json_object();

	kt_json_set(arguments, "handle", json_integer(handle));
	return arguments;
}

static bool
is_text(const char *text, size_t length)
{
	if (!g_utf8_validate(text, (gssize)length, NULL))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (g_ascii_iscntrl(text[i]) && text[i] != '\n' && text[i] != '\t')
			return false;
	}
	return true;
}

/* One answer is enough: more than was asked for is not taken. */
char *
kt_agent_file_text(const KtJson *chunk, const char *path, GError **error)
{
	const char *base64 = json_string_value(json_object_get(chunk, "buf-b64"));
	gsize length = 0;

	bool is_small = base64 && strlen(base64) <= (KT_AGENT_FILE_MAX + 3) / 3 * 4;
	g_autofree guchar *bytes = is_small ? g_base64_decode(base64, &length) : NULL;
	if (!is_small || length > KT_AGENT_FILE_MAX) {
		kt_throw(error, KT_ERROR_LIMIT, "'%s' is no small file", path);
		return NULL;
	}
	if (!is_text((const char *)bytes, length)) {
		kt_throw(error, KT_ERROR_PARSE, "'%s' is no text", path);
		return NULL;
	}
	return g_strndup((const char *)bytes, length);
}

static char *
read_open(virDomainPtr domain, int64_t handle, const char *path, GError **error)
{
	KtJson *arguments = about_handle(handle);

	kt_json_set_u64(arguments, "count", KT_AGENT_FILE_MAX + 1);
	g_autoptr(KtJson) chunk = ask(domain, "guest-file-read", arguments, error);

	return chunk ? kt_agent_file_text(chunk, path, error) : NULL;
}

bool
kt_agent_file_read(virDomainPtr domain, const char *path, char **ret_text, GError **error)
{
	g_autoptr(GError) problem = NULL;
	int64_t handle = 0;

	if (!open_file(domain, path, "r", &handle, &problem)) {
		if (strstr(problem->message, NO_FILE)) {
			*ret_text = NULL;
			return true;
		}
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	char *text = read_open(domain, handle, path, error);
	g_autoptr(KtJson) closed G_GNUC_UNUSED =
		ask(domain, "guest-file-close", about_handle(handle), NULL);
	*ret_text = text;
	return text != NULL;
}

/* True once the program has ended well. */
static bool
wait_for(virDomainPtr domain, int64_t pid, const char *program, GError **error)
{
	for (unsigned i = 0; i < EXEC_TRIES; i++) {
		KtJson *arguments = json_object();
		kt_json_set(arguments, "pid", json_integer(pid));
		g_autoptr(KtJson) status = ask(domain, "guest-exec-status", arguments, error);
		if (!status)
			return false;
		const KtJson *code = json_object_get(status, "exitcode");
		bool is_fine = json_is_integer(code) && json_integer_value(code) == 0;
		if (json_is_true(json_object_get(status, "exited")))
			return is_fine ? true
				       : kt_throw(error,
						  KT_ERROR_LIBVIRT,
						  "'%s' failed inside the guest",
						  program);
		(void)g_poll(NULL, 0, EXEC_MS);
	}
	return kt_throw(error, KT_ERROR_TIMEOUT, "'%s' does not end inside the guest", program);
}

/* @args: at most three, NULL-terminated. */
static bool
run(virDomainPtr domain, const char *program, const char *const *args, GError **error)
{
	KtJson *arguments = json_object();
	KtJson *list = json_array();

	for (size_t i = 0; args[i]; i++)
		kt_json_append_str(list, args[i]);
	kt_json_set_str(arguments, "path", program);
	kt_json_set(arguments, "arg", list);
	g_autoptr(KtJson) started = ask(domain, "guest-exec", arguments, error);
	const KtJson *pid = json_object_get(started, "pid");
	if (!started)
		return false;
	if (!json_is_integer(pid))
		return kt_throw(
			error, KT_ERROR_PARSE, "the agent gives no process for '%s'", program);
	return wait_for(domain, json_integer_value(pid), program, error);
}

static bool
write_open(virDomainPtr domain, int64_t handle, const char *text, GError **error)
{
	g_autofree char *base64 = g_base64_encode((const guchar *)text, strlen(text));
	KtJson *arguments = about_handle(handle);

	kt_json_set_str(arguments, "buf-b64", base64);
	g_autoptr(KtJson) written = ask(domain, "guest-file-write", arguments, error);
	if (!written)
		return false;
	const KtJson *count = json_object_get(written, "count");
	if (!json_is_integer(count) || (size_t)json_integer_value(count) != strlen(text))
		return kt_throw(error, KT_ERROR_IO, "the agent wrote less than it was given");
	g_autoptr(KtJson) flushed = ask(domain, "guest-file-flush", about_handle(handle), error);
	return flushed != NULL;
}

bool
kt_agent_file_poke(virDomainPtr domain, const char *path, const char *word, GError **error)
{
	g_autofree char *line = g_strconcat(word, "\n", NULL);
	int64_t handle = 0;

	if (!open_file(domain, path, "w", &handle, error))
		return false;
	bool is_written = write_open(domain, handle, line, error);
	g_autoptr(KtJson) closed G_GNUC_UNUSED =
		ask(domain, "guest-file-close", about_handle(handle), NULL);
	return is_written;
}

bool
kt_agent_file_write(virDomainPtr domain, const char *path, const char *text, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *beside = g_strconcat(path, ".new", NULL);
	const char *const make[] = {"-p", "--", folder, NULL};
	const char *const move[] = {"-f", beside, path, NULL};
	const char *const remove[] = {"-f", "--", text ? beside : path, NULL};
	int64_t handle = 0;

	if (!text)
		return run(domain, "/bin/rm", remove, error);
	if (!run(domain, "/bin/mkdir", make, error) ||
	    !open_file(domain, beside, "w", &handle, error))
		return false;
	bool is_written = write_open(domain, handle, text, error);
	g_autoptr(KtJson) closed =
		ask(domain, "guest-file-close", about_handle(handle), is_written ? error : NULL);
	if (is_written && closed && run(domain, "/bin/mv", move, error))
		return true;
	(void)!run(domain, "/bin/rm", remove, NULL);
	return false;
}
