/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/rotated.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct candidate {
	char *path;
	struct timespec written;
	bool same;  /* the inode is the one that was read */
	bool named; /* as rotation names files: with a number or a date */
};

struct candidates {
	struct candidate *row;
	size_t n;
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static char *dir_of(const char *path)
{
	size_t n = (size_t)(base_of(path) - path);

	return n ? strndup(path, n) : strdup("./");
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
	const char *base = base_of(x->path);
	char *dir = dir_of(x->path);
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

char *rotated_renamed(const struct positions *p, const char *path, const struct stat *st)
{
	const struct position *last = NULL;

	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->p[i].path, path) == 0 && p->p[i].ino != st->st_ino &&
			(!last || p->p[i].used > last->used))
			last = &p->p[i];
	return last ? beside(last) : NULL;
}

static bool begins_with(const char *path, const struct position *x)
{
	CLEANUP_READER struct reader *r = NULL;
	struct tail tail;

	return reader_open_file(path, &r, NULL) == OK && position_holds(x, r, &tail);
}

/* Written after x was read, and not read itself. */
static bool is_newer(
	const struct positions *p, const struct position *x, const struct stat *st)
{
	const struct position *own = positions_find(p, st);

	if (st->st_mtime < x->used)
		return false;
	return !own || own->size != st->st_size || st->st_mtime > own->used;
}

static enum err consider(struct candidates *c, const struct positions *p,
	const struct position *x, const char *dir, const char *name)
{
	size_t n = strlen(base_of(x->path));
	struct candidate *more, one = {.path = NULL};
	struct stat st;

	if (strncmp(name, base_of(x->path), n) != 0 || !name[n])
		return OK;
	if (asprintf(&one.path, "%s%s", dir, name) < 0)
		return ERR_NOMEM;
	one.same = is_file(one.path, x);
	one.named = strchr(".-", name[n]) && strchr("0123456789", name[n + 1]);
	if (stat(one.path, &st) != 0 || !S_ISREG(st.st_mode) ||
		(!one.same && !is_newer(p, x, &st))) {
		free(one.path);
		return OK;
	}
	one.written = st.st_mtim;
	more = realloc(c->row, (c->n + 1) * sizeof(*more));
	if (!more) {
		free(one.path);
		return ERR_NOMEM;
	}
	c->row = more;
	more[c->n++] = one;
	return OK;
}

static int older(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->same != b->same)
		return a->same ? -1 : 1;
	if (a->written.tv_sec != b->written.tv_sec)
		return a->written.tv_sec < b->written.tv_sec ? -1 : 1;
	return (a->written.tv_nsec > b->written.tv_nsec) -
	       (a->written.tv_nsec < b->written.tv_nsec);
}

/* Of an empty log the bytes tell nothing: the name must. */
static bool is_rest(const struct candidate *c, const struct position *x)
{
	return (x->offset || c->same || c->named) && begins_with(c->path, x);
}

static enum err choose(
	struct candidates *c, const struct position *x, struct rotated *ret)
{
	size_t i = 0;

	if (c->n)
		qsort(c->row, c->n, sizeof(*c->row), older);
	while (i < c->n && !is_rest(&c->row[i], x))
		i++;
	ret->path = i < c->n ? calloc(c->n - i, sizeof(*ret->path)) : NULL;
	if (i < c->n && !ret->path)
		return ERR_NOMEM;
	for (size_t k = i; k < c->n; k++)
		if (k == i || c->row[k].named) {
			ret->path[ret->n++] = c->row[k].path;
			c->row[k].path = NULL;
		}
	return OK;
}

enum err rotated_find(const struct positions *p, const char *path, struct rotated *ret)
{
	const struct position *x = positions_last(p, path);
	struct candidates c = {0};
	const struct dirent *entry;
	enum err e = OK;
	char *dir;
	DIR *open;

	*ret = (struct rotated){0};
	if (!x || (is_file(path, x) && begins_with(path, x)))
		return OK;
	dir = dir_of(path);
	open = dir ? opendir(dir) : NULL;
	while (open && e == OK && (entry = readdir(open)))
		e = consider(&c, p, x, dir, entry->d_name);
	if (e == OK)
		e = dir ? choose(&c, x, ret) : ERR_NOMEM;
	if (open)
		(void)closedir(open);
	for (size_t i = 0; i < c.n; i++)
		free(c.row[i].path);
	free(c.row);
	free(dir);
	return e;
}

void rotated_done(struct rotated *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->path[i]);
	free(r->path);
	*r = (struct rotated){0};
}

const struct position *rotated_from(const struct positions *p, const char *path)
{
	for (size_t i = p->n; i-- > 0;) {
		size_t n = strlen(p->p[i].path);

		if (strncmp(path, p->p[i].path, n) == 0 && path[n] &&
			!strchr(path + n, '/'))
			return &p->p[i];
	}
	return NULL;
}
