/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/position.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/agent/memory.h"
#include "common/clock.h"
#include "common/file.h"

#define FILE_MAX  (16u << 20)
#define HEAD      "varsel-hunt 1 "
#define TAIL      256
#define FORGOTTEN (90 * 86400)

static bool number(struct slice *line, uint64_t *ret)
{
	struct slice word;
	int64_t v;

	if (!slice_cut(line, ' ', &word) || number_parse(word, &v, NULL))
		return false;
	*ret = (uint64_t)v;
	return true;
}

static enum err add(struct positions *p, const struct position *x, struct slice path)
{
	struct position *more = realloc(p->p, (p->n + 1) * sizeof(*more));

	if (!more)
		return ERR_NOMEM;
	p->p = more;
	more[p->n] = *x;
	more[p->n].path = strndup(path.p, path.n);
	if (!more[p->n].path)
		return ERR_NOMEM;
	p->n++;
	return OK;
}

static enum err read_line(void *ctx, struct slice line)
{
	struct positions *p = ctx;
	uint64_t v[8];

	for (size_t i = 0; i < 8; i++)
		if (!number(&line, &v[i]))
			return ERR_SYNTAX;
	return add(p,
		&(struct position){v[0], v[1], (int64_t)v[2], (int64_t)v[3],
			(int64_t)v[4], v[5], (int64_t)v[6], (int64_t)v[7], NULL},
		line);
}

enum err positions_load(const char *path, struct positions *ret, struct diag *d)
{
	struct positions p = {0};
	enum err e = memory_load(path, FILE_MAX, HEAD, &p.run, read_line, &p, d);

	if (e) {
		positions_done(&p);
		if (e != ERR_SYNTAX)
			return e;
		(void)diag_fail(
			d, e, "%s: damaged; logs are read from their beginning", path);
	}
	*ret = p;
	return OK;
}

enum err positions_save(
	const char *path, const struct positions *p, int64_t now, struct diag *d)
{
	CLEANUP_BUF struct buf b = {.max = FILE_MAX};

	buf_printf(&b, HEAD "%" PRId64 "\n", p->run);
	for (size_t i = 0; i < p->n; i++) {
		const struct position *x = &p->p[i];

		/* a name with a line break in it cannot be remembered */
		if (now - x->used < FORGOTTEN && !strchr(x->path, '\n'))
			buf_printf(&b,
				"%" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64 " %" PRId64
				" %" PRIu64 " %" PRId64 " %" PRId64 " %s\n",
				x->dev, x->ino, x->offset, x->lines, x->seen, x->tail,
				x->fresh, x->used, x->path);
	}
	if (buf_err(&b))
		return diag_fail(d, buf_err(&b), "%s: %s", path, err_text(buf_err(&b)));
	return file_write(path, buf_view(&b), 0600, d);
}

void positions_done(struct positions *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->p[i].path);
	free(p->p);
	*p = (struct positions){0};
}

/* It is kept in a file: other bytes for the same would mean logs that are read again. */
static uint64_t hash(struct slice bytes)
{
	uint64_t h = 0x8f1bbcdcbfa53e0bu;

	for (size_t i = bytes.n; i-- > 0;)
		h = (h ^ ((unsigned char)bytes.p[i] | 0x20)) * 0x9e3779b97f4a7c15u;
	h ^= h >> 32;
	return h * 0xd6e8feb86659fd93u;
}

uint64_t position_tail(int fd, int64_t offset)
{
	char bytes[TAIL];
	size_t n = offset < TAIL ? (size_t)offset : TAIL;
	ssize_t got = pread(fd, bytes, n, offset - (int64_t)n);

	/* as a number of the file's */
	return hash(slice_mem(bytes, got < 0 ? 0 : (size_t)got)) >> 1;
}

static struct position *find(struct positions *p, const struct stat *st)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->p[i].dev == st->st_dev && p->p[i].ino == st->st_ino)
			return &p->p[i];
	return NULL;
}

struct position *positions_at(
	struct positions *p, const char *path, int fd, const struct stat *st)
{
	struct position fresh = {.dev = st->st_dev, .ino = st->st_ino}, *x = find(p, st);

	if (!x) {
		if (add(p, &fresh, slice_of(path)))
			return NULL;
		return &p->p[p->n - 1];
	}
	if (strcmp(x->path, path) != 0) {
		char *copy = strdup(path);

		if (!copy)
			return NULL;
		free(x->path);
		x->path = copy;
	}
	if (st->st_size < x->offset + x->seen ||
		position_tail(fd, x->offset) != x->tail) {
		fresh.path = x->path;
		*x = fresh;
	}
	return x;
}

static bool is_file(const char *path, const struct position *x)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_dev == x->dev &&
	       st.st_ino == x->ino;
}

/* Beside x->path, the file that x is of. */
static char *beside(const struct position *x)
{
	const char *slash = strrchr(x->path, '/'), *base = slash ? slash + 1 : x->path;
	char *dir =
		slash ? strndup(x->path, (size_t)(slash - x->path) + 1) : strdup("./");
	DIR *open = dir ? opendir(dir) : NULL;
	const struct dirent *entry;
	char *found = NULL;

	while (open && !found && (entry = readdir(open))) {
		if (strncmp(entry->d_name, base, strlen(base)) != 0)
			continue;
		if (asprintf(&found, "%s%s", dir, entry->d_name) < 0)
			found = NULL;
		else if (!is_file(found, x)) {
			free(found);
			found = NULL;
		}
	}
	if (open)
		(void)closedir(open);
	free(dir);
	return found;
}

char *positions_rotated(
	const struct positions *p, const char *path, const struct stat *st)
{
	const struct position *last = NULL;

	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->p[i].path, path) == 0 && p->p[i].ino != st->st_ino &&
			(!last || p->p[i].used > last->used))
			last = &p->p[i];
	return last ? beside(last) : NULL;
}
