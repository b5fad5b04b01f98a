/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-rootwalk.h"

#include "kt-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/vfs.h>

#define MAX_LINKS 40
#define MAX_DEPTH 64

/* The directories from the root to where the walk stands. fds[0] is borrowed. */
typedef struct Walk {
	int fds[MAX_DEPTH];
	size_t depth;
	int links;
	char *rest; /* what is still to be walked */
} Walk;

static void
walk_up(Walk *walk)
{
	if (walk->depth > 0)
		kt_fd_clear(&walk->fds[walk->depth--]);
}

static void
walk_clear(Walk *walk)
{
	while (walk->depth > 0)
		walk_up(walk);
	g_clear_pointer(&walk->rest, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, walk_clear)

static int
here(const Walk *walk)
{
	return walk->fds[walk->depth];
}

static bool
fail(int errno_value)
{
	errno = errno_value;
	return false;
}

static bool
walk_down(Walk *walk, const char *name)
{
	if (walk->depth + 1 == MAX_DEPTH)
		return fail(ENAMETOOLONG);

	int fd = openat(here(walk), name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	walk->fds[++walk->depth] = fd;
	return true;
}

/* The links of procfs that are text are relative ("self", "mounts"); those that jump to an open
 * object read as an absolute path or as "pipe:[4711]" (proc(5)). */
static bool
is_magic(const Walk *walk, const char *target)
{
	struct statfs info;

	return fstatfs(here(walk), &info) == 0 && info.f_type == PROC_SUPER_MAGIC &&
	       (target[0] == '/' || strstr(target, ":["));
}

/* Puts the target of the link @name in front of what is still to be walked. */
static bool
walk_link(Walk *walk, const char *target)
{
	g_autofree char *old = walk->rest;

	walk->rest = g_strconcat(target, "/", old, NULL);
	if (!*old)
		walk->rest[strlen(target)] = '\0';
	if (++walk->links > MAX_LINKS || is_magic(walk, target))
		return fail(ELOOP);
	if (strlen(walk->rest) >= PATH_MAX)
		return fail(ENAMETOOLONG);
	while (*target == '/' && walk->depth > 0)
		walk_up(walk);
	return true;
}

/* Takes the first component off; false when there is none left. */
static bool
next_name(Walk *walk, char **ret_name)
{
	const char *begin = walk->rest + strspn(walk->rest, "/");
	const char *end = strchrnul(begin, '/');

	if (begin == end)
		return false;

	char *rest = g_strdup(end);
	*ret_name = g_strndup(begin, (size_t)(end - begin));
	g_free(walk->rest);
	walk->rest = rest;
	return true;
}

/* One component that is not the last one, or a link. Sets *@ret_is_last when @name is neither and
 * is thus what the caller wants opened. */
static bool
walk_step(Walk *walk, const char *name, bool follows_last, bool *ret_is_last)
{
	char target[PATH_MAX];
	bool is_last = !*walk->rest;

	if (g_str_equal(name, "."))
		return true;
	if (g_str_equal(name, "..")) {
		walk_up(walk);
		return true;
	}

	ssize_t length = is_last && !follows_last
				 ? -1
				 : readlinkat(here(walk), name, target, sizeof(target) - 1);
	if (length >= 0) {
		target[length] = '\0';
		return walk_link(walk, target);
	}
	*ret_is_last = is_last;
	return is_last || walk_down(walk, name);
}

int
kt_rootwalk_open(int root_fd, const char *path, int flags)
{
	g_auto(Walk) walk = {.fds = {root_fd}, .rest = g_strdup(path)};
	/* As open(2) says: neither O_NOFOLLOW nor O_CREAT | O_EXCL follow a last link. */
	bool follows_last =
		!(flags & O_NOFOLLOW) && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);

	for (;;) {
		g_autofree char *name = NULL;
		bool is_last = false;
		if (!next_name(&walk, &name))
			return openat(here(&walk), ".", flags | O_CLOEXEC, 0600);
		if (!walk_step(&walk, name, follows_last, &is_last))
			return -1;
		if (is_last)
			return openat(here(&walk), name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
}
