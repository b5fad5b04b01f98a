/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-virt-error.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <string.h>

#define ANY (-1)

static const char hint_denied[] = "run as root, or add the user to the group 'libvirt'";
static const char hint_readonly[] =
	"this connection is for reading only: name one that may write with -c";
static const char hint_start[] =
	"start libvirtd or virtqemud (systemctl start virtqemud.socket), or name another "
	"connection with -c";
static const char hint_lost[] = "libvirtd went away meanwhile: see its log, then do it again";
static const char hint_list[] = "'virsh list --all' shows the guests";
static const char hint_lock[] =
	"another operation holds the guest (see 'virsh domjobinfo'), or its QEMU process is stuck";

static const char hint_agent[] =
	"see inside the guest whether qemu-guest-agent runs (systemctl status qemu-guest-agent)";

typedef struct Row {
	int code;        /* virErrorNumber */
	int domain;      /* virErrorDomain, or ANY */
	int errno_value; /* of VIR_ERR_SYSTEM_ERROR (int1, virReportSystemError), or ANY */
	KtErrorCode kt_code;
	const char *hint;
} Row;

/* The first row that fits counts. */
/* clang-format off */
static const Row rows[] = {
	{.code = VIR_ERR_SYSTEM_ERROR, .domain = ANY, .errno_value = EACCES, .kt_code = KT_ERROR_DENIED, .hint = hint_denied},
	{.code = VIR_ERR_SYSTEM_ERROR, .domain = ANY, .errno_value = EPERM, .kt_code = KT_ERROR_DENIED, .hint = hint_denied},
	{.code = VIR_ERR_SYSTEM_ERROR, .domain = VIR_FROM_RPC, .errno_value = ENOENT, .kt_code = KT_ERROR_LIBVIRT, .hint = hint_start},
	{.code = VIR_ERR_SYSTEM_ERROR, .domain = VIR_FROM_RPC, .errno_value = ECONNREFUSED, .kt_code = KT_ERROR_LIBVIRT, .hint = hint_start},
	{.code = VIR_ERR_SYSTEM_ERROR, .domain = VIR_FROM_RPC, .errno_value = EPIPE, .kt_code = KT_ERROR_LIBVIRT, .hint = hint_lost},
	{.code = VIR_ERR_SYSTEM_ERROR, .domain = VIR_FROM_RPC, .errno_value = ECONNRESET, .kt_code = KT_ERROR_LIBVIRT, .hint = hint_lost},
	{.code = VIR_ERR_INTERNAL_ERROR, .domain = VIR_FROM_RPC, .errno_value = ANY, .kt_code = KT_ERROR_LIBVIRT, .hint = hint_lost},
	{.code = VIR_ERR_AUTH_FAILED, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_DENIED, .hint = hint_denied},
	{.code = VIR_ERR_AUTH_CANCELLED, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_DENIED, .hint = hint_denied},
	{.code = VIR_ERR_AUTH_UNAVAILABLE, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_DENIED, .hint = hint_denied},
	{.code = VIR_ERR_ACCESS_DENIED, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_DENIED, .hint = hint_denied},
	{.code = VIR_ERR_OPERATION_DENIED, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_DENIED, .hint = hint_readonly},
	{.code = VIR_ERR_NO_DOMAIN, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_NOT_FOUND, .hint = hint_list},
	{.code = VIR_ERR_OPERATION_TIMEOUT, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_TIMEOUT, .hint = hint_lock},
	{.code = VIR_ERR_AGENT_UNRESPONSIVE, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_TIMEOUT, .hint = hint_agent},
	{.code = VIR_ERR_NO_SUPPORT, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_UNSUPPORTED},
	{.code = VIR_ERR_OPERATION_UNSUPPORTED, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_UNSUPPORTED},
	{.code = VIR_ERR_ARGUMENT_UNSUPPORTED, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_UNSUPPORTED},
	{.code = VIR_ERR_CONFIG_UNSUPPORTED, .domain = ANY, .errno_value = ANY, .kt_code = KT_ERROR_UNSUPPORTED},
};
/* clang-format on */

static const Row *
find_row(const virError *virt)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const Row *row = &rows[i];
		if (row->code == virt->code &&
		    (row->domain == ANY || row->domain == virt->domain) &&
		    (row->errno_value == ANY || row->errno_value == virt->int1))
			return row;
	}
	return NULL;
}

/* The first line, beginning as kvmtune's own messages do. */
static char *
tidy_message(const char *message)
{
	char *line = g_strndup(message, strcspn(message, "\r\n"));

	if (g_ascii_isupper(line[0]) && g_ascii_islower(line[1]))
		line[0] = g_ascii_tolower(line[0]);
	return g_strchomp(line);
}

bool
kt_throw_virt(GError **error, const char *what)
{
	const virError *virt = virGetLastError();

	if (!virt || !virt->message)
		return kt_throw(error, KT_ERROR_LIBVIRT, "%s: libvirt gave no reason", what);

	const Row *row = find_row(virt);
	g_autofree char *message = tidy_message(virt->message);
	return kt_throw_hint(error,
			     row ? row->kt_code : KT_ERROR_LIBVIRT,
			     row ? row->hint : NULL,
			     "%s: %s",
			     what,
			     message);
}

KtState
kt_virt_state(const GError *error)
{
	if (g_error_matches(error, KT_ERROR, KT_ERROR_DENIED))
		return KT_STATE_DENIED;
	if (g_error_matches(error, KT_ERROR, KT_ERROR_UNSUPPORTED) ||
	    g_error_matches(error, KT_ERROR, KT_ERROR_NOT_FOUND))
		return KT_STATE_ABSENT;
	return KT_STATE_BROKEN;
}
