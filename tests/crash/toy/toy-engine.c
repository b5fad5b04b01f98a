/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* toy-engine: the journal of kvmtune in its smallest form, with defects that can be switched on.
 *
 * It exists to prove that the crash suite has teeth: the correct engine must pass everything, each
 * mutant must be caught (test-toy).  A fixed plan changes six live values in ROOT/sys and two
 * files in ROOT/etc, under a write-ahead journal in ROOT/journal.
 *
 *     toy-engine ROOT apply [MUTANT]     exit 0 applied, 5 failed and undone, 6 recover is needed
 *     toy-engine ROOT recover [MUTANT]   exit 0 done or nothing to do, 6 failed, 7 a foreign value
 * was left
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	EXIT_APPLIED = 0,
	EXIT_USAGE = 2,
	EXIT_UNDONE = 5,
	EXIT_INCOMPLETE = 6,
	EXIT_FOREIGN = 7,
};

/* The longest value; more than two sectors, so that its journal line can lose the middle. */
#define BIG            1300
#define LINE_MAX_BYTES (2 * BIG + 64)

typedef struct Item {
	const char *path;
	bool live; /* written in place, as sysfs is; else replaced */
	char before;
	char after;
	size_t len; /* the value is this many times the letter */
} Item;

static const Item items[] = {
	{.path = "sys/k1", .live = true, .before = 'a', .after = 'b', .len = 60},
	{.path = "sys/k2", .live = true, .before = 'c', .after = 'd', .len = 60},
	{.path = "etc/f1", .live = false, .before = 'e', .after = 'f', .len = BIG},
	{.path = "sys/k3", .live = true, .before = 'g', .after = 'h', .len = 60},
	{.path = "sys/k4", .live = true, .before = 'i', .after = 'j', .len = 60},
	{.path = "etc/f2", .live = false, .before = 'k', .after = 'l', .len = 60},
	{.path = "sys/k5", .live = true, .before = 'm', .after = 'n', .len = 60},
	{.path = "sys/k6", .live = true, .before = 'o', .after = 'p', .len = 60},
};
#define N_ITEMS (sizeof(items) / sizeof(items[0]))

/* The defects. */
static bool no_fsync;    /* syncs nothing */
static bool no_dirsync;  /* syncs files, not folders */
static bool late_intent; /* writes the value, then the intent */
static bool no_checksum; /* believes every journal line that has an end */
static bool deaf;        /* does not look at results of writes, does not read back */

static int root_fd;

typedef struct Journal {
	int fd;
	off_t len; /* of the valid part */
	bool intent[N_ITEMS];
	char before[N_ITEMS][BIG + 1];
	char after[N_ITEMS][BIG + 1];
	bool ended;
	bool recovered;
} Journal;

static void
fill(char *value, char letter, size_t len)
{
	memset(value, letter, len);
	value[len] = '\0';
}

static bool
sync_file(int fd)
{
	return no_fsync || fdatasync(fd) == 0;
}

static bool
sync_folder(const char *path)
{
	int fd;
	bool ok;

	if (no_fsync || no_dirsync)
		return true;
	fd = openat(root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = fsync(fd) == 0;
	return close(fd) == 0 && ok;
}

static bool
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return true;
}

static bool
read_value(const char *path, char value[static BIG + 1])
{
	int fd = openat(root_fd, path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n = 1;

	if (fd < 0)
		return false;
	while (have < BIG && n > 0) {
		n = read(fd, value + have, BIG - have);
		if (n < 0)
			break;
		have += (size_t)n;
	}
	value[have] = '\0';
	close(fd);
	return n >= 0;
}

static bool
write_live(const char *path, const char *value)
{
	int fd = openat(root_fd, path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = write_all(fd, value, strlen(value));
	return close(fd) == 0 && ok;
}

static bool
write_file(const char *path, const char *value)
{
	char tmp[64];
	bool ok;
	int fd;

	snprintf(tmp, sizeof(tmp), "%s.tmp", path);
	fd = openat(root_fd, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ok = write_all(fd, value, strlen(value)) && fchmod(fd, 0644) == 0 &&
	     (no_fsync || fsync(fd) == 0);
	ok = close(fd) == 0 && ok;
	return ok && renameat(root_fd, tmp, root_fd, path) == 0 && sync_folder("etc");
}

static bool
write_item(const Item *item, const char *value)
{
	char now[BIG + 1];
	bool ok = item->live ? write_live(item->path, value) : write_file(item->path, value);

	if (deaf)
		return true;
	return ok && read_value(item->path, now) && !strcmp(now, value);
}

/* FNV-1a, 32 bits: offset basis and prime as its authors publish them. */
static uint32_t
checksum(const char *text)
{
	uint32_t sum = 2166136261u;

	for (; *text; text++)
		sum = (sum ^ (unsigned char)*text) * 16777619u;
	return sum;
}

/* On failure the journal is as before, or this says false from ftruncate too and the tail is
 * damaged, which the next reader cuts off. */
static bool
journal_append(Journal *j, char phase, size_t item, const char *before, const char *after)
{
	char body[LINE_MAX_BYTES];
	char line[LINE_MAX_BYTES + 16];
	int n;

	snprintf(body, sizeof(body), "%c %zu %s %s", phase, item, before, after);
	n = snprintf(line, sizeof(line), "%08x %s\n", checksum(body), body);
	if (write_all(j->fd, line, (size_t)n) && sync_file(j->fd)) {
		j->len += n;
		return true;
	}
	if (deaf)
		return true;
	if (ftruncate(j->fd, j->len) == 0)
		(void)sync_file(j->fd);
	return false;
}

static bool
take_line(Journal *j, const char *line)
{
	char phase, before[BIG + 1], after[BIG + 1];
	const char *body = strchr(line, ' ');
	size_t item;

	if (!body)
		return false;
	if (!no_checksum && strtoul(line, NULL, 16) != checksum(body + 1))
		return false;
	if (sscanf(body, " %c %zu %1300s %1300s", &phase, &item, before, after) != 4 ||
	    item >= N_ITEMS)
		return false;
	if (phase == 'I') {
		j->intent[item] = true;
		memcpy(j->before[item], before, sizeof(before));
		memcpy(j->after[item], after, sizeof(after));
	} else if (phase == 'U') {
		j->intent[item] = false;
	} else if (phase == 'E') {
		j->ended = true;
	} else if (phase == 'R') {
		j->recovered = true;
	}
	return true;
}

/* A reader that takes values by their length would accept zeros in them; this one would stop there.
 */
static void
accept_zeros(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0')
			text[i] = '0';
}

static char *
read_all(int fd, size_t *ret_len)
{
	struct stat st;
	char *text;

	if (fstat(fd, &st) < 0 || !(text = malloc((size_t)st.st_size + 1)))
		return NULL;
	if (pread(fd, text, (size_t)st.st_size, 0) != st.st_size) {
		free(text);
		return NULL;
	}
	text[st.st_size] = '\0';
	*ret_len = (size_t)st.st_size;
	return text;
}

/* Reads up to the first damaged line and cuts off the rest, so that what is appended can be read.
 */
static bool
journal_load(Journal *j)
{
	size_t len, at = 0;
	char *text = read_all(j->fd, &len);

	if (!text)
		return false;
	while (at < len) {
		char *end = memchr(text + at, '\n', len - at);

		if (!end)
			break;
		*end = '\0';
		if (no_checksum)
			accept_zeros(text + at, (size_t)(end - text) - at);
		if (!take_line(j, text + at))
			break;
		at = (size_t)(end - text) + 1;
	}
	free(text);
	j->len = (off_t)at;
	return at == len || (ftruncate(j->fd, j->len) == 0 && sync_file(j->fd));
}

/* Puts back what the journal says, last first.  `foreign`: a value that is neither ours nor theirs.
 */
static bool
undo(Journal *j, bool *ret_foreign)
{
	char now[BIG + 1];
	bool ok = true;

	*ret_foreign = false;
	for (size_t i = N_ITEMS; i-- > 0;) {
		if (!j->intent[i])
			continue;
		if (!read_value(items[i].path, now)) {
			ok = false;
			continue;
		}
		if (!strcmp(now, j->after[i]))
			ok = write_item(&items[i], j->before[i]) && ok;
		else if (strcmp(now, j->before[i]) != 0)
			*ret_foreign = true;
		ok = ok && journal_append(j, 'U', i, "-", "-");
	}
	return ok && journal_append(j, 'R', 0, "-", "-");
}

static bool
apply_item(Journal *j, size_t i)
{
	char from[BIG + 1], to[BIG + 1], now[BIG + 1];
	const Item *item = &items[i];
	bool written = true;

	fill(from, item->before, item->len);
	fill(to, item->after, item->len);
	if (!read_value(item->path, now) || strcmp(now, from) != 0)
		return false;
	if (late_intent)
		written = write_item(item, to);
	if (!journal_append(j, 'I', i, from, to))
		return false;
	j->intent[i] = true;
	memcpy(j->before[i], from, sizeof(from));
	memcpy(j->after[i], to, sizeof(to));
	return (late_intent ? written : write_item(item, to)) &&
	       journal_append(j, 'D', i, "-", "-");
}

static int
apply(Journal *j)
{
	bool foreign;
	size_t done = 0;

	j->fd = openat(root_fd, "journal", O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	if (j->fd < 0)
		return EXIT_INCOMPLETE;
	if (sync_folder("."))
		while (done < N_ITEMS && apply_item(j, done))
			done++;
	if (done == N_ITEMS && journal_append(j, 'E', 0, "-", "-")) {
		/* Nothing is claimed before it is durable. */
		return write_all(STDOUT_FILENO, "applied\n", 8) ? EXIT_APPLIED : EXIT_INCOMPLETE;
	}
	return undo(j, &foreign) && !foreign ? EXIT_UNDONE : EXIT_INCOMPLETE;
}

/* Half-made files are of no use to anybody. */
static void
remove_leftovers(void)
{
	unlinkat(root_fd, "etc/f1.tmp", 0);
	unlinkat(root_fd, "etc/f2.tmp", 0);
}

static int
recover(Journal *j)
{
	bool foreign = false;

	j->fd = openat(root_fd, "journal", O_RDWR | O_APPEND | O_CLOEXEC);
	if (j->fd < 0)
		return errno == ENOENT ? EXIT_APPLIED : EXIT_INCOMPLETE;
	if (!journal_load(j))
		return EXIT_INCOMPLETE;
	if (!j->ended && !j->recovered && !undo(j, &foreign))
		return EXIT_INCOMPLETE;
	remove_leftovers();
	return foreign ? EXIT_FOREIGN : EXIT_APPLIED;
}

static bool
choose_mutant(const char *name)
{
	const struct {
		const char *name;
		bool *defect;
	} mutants[] = {
		{.name = "no-fsync", .defect = &no_fsync},
		{.name = "no-dirsync", .defect = &no_dirsync},
		{.name = "late-intent", .defect = &late_intent},
		{.name = "no-checksum", .defect = &no_checksum},
		{.name = "deaf", .defect = &deaf},
	};

	for (size_t i = 0; i < sizeof(mutants) / sizeof(mutants[0]); i++) {
		if (!strcmp(mutants[i].name, name)) {
			*mutants[i].defect = true;
			return true;
		}
	}
	return false;
}

int
main(int argc, char **argv)
{
	static Journal journal;

	if (argc < 3 || (argc > 3 && *argv[3] && !choose_mutant(argv[3]))) {
		fprintf(stderr, "usage: toy-engine ROOT apply|recover [MUTANT]\n");
		return EXIT_USAGE;
	}
	root_fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root_fd < 0) {
		perror(argv[1]);
		return EXIT_INCOMPLETE;
	}
	return !strcmp(argv[2], "apply") ? apply(&journal) : recover(&journal);
}
