/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/position.h"

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
#define HEAD      "varsel-hunt 2 "
#define FORGOTTEN (90 * 86400)
#define MARKS_ALL 200000 /* those of the logs read last are kept */
#define MARK      '+'    /* before the line of one */

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
	more[p->n].marks = (struct marks){0};
	more[p->n].path = strndup(path.p, path.n);
	if (!more[p->n].path)
		return ERR_NOMEM;
	p->n++;
	return OK;
}

/* Of the file of the line before. */
static enum err read_mark(struct positions *p, struct slice line)
{
	uint64_t v[3];
	int64_t last;

	line = slice_mem(line.p + 1, line.n - 1);
	for (size_t i = 0; i < 2; i++)
		if (!number(&line, &v[i]))
			return ERR_SYNTAX;
	if (!p->n || number_parse(line, &last, NULL))
		return ERR_SYNTAX;
	return marks_put(&p->p[p->n - 1].marks, v[0], (int64_t)v[1], last);
}

static enum err read_line(void *ctx, struct slice line)
{
	struct positions *p = ctx;
	uint64_t v[8];
	enum err e;

	if (line.n && line.p[0] == MARK)
		return read_mark(p, line);
	for (size_t i = 0; i < 8; i++)
		if (!number(&line, &v[i]))
			return ERR_SYNTAX;
	e = add(p,
		&(struct position){.dev = v[0],
			.ino = v[1],
			.offset = (int64_t)v[2],
			.lines = (int64_t)v[3],
			.size = (int64_t)v[4],
			.tail = v[5],
			.used = (int64_t)v[6]},
		line);
	if (e == OK)
		p->p[p->n - 1].marks.full = v[7] != 0;
	return e;
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

/* The first record whose marks are kept. */
static size_t first_kept(const struct positions *p)
{
	size_t i = p->n, sum = 0;

	while (i > 0 && (sum += p->p[i - 1].marks.n) <= MARKS_ALL)
		i--;
	return i;
}

static void put(struct buf *b, const struct position *x, bool with_marks)
{
	bool full = x->marks.full || (!with_marks && x->marks.n);

	buf_printf(b,
		"%" PRIu64 " %" PRIu64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRIu64
		" %" PRId64 " %d %s\n",
		x->dev, x->ino, x->offset, x->lines, x->size, x->tail, x->used, full,
		x->path);
	for (size_t i = 0; with_marks && i < x->marks.n; i++) {
		const struct mark *m = &x->marks.row[i];

		buf_putc(b, MARK);
		buf_num(b, (int64_t)m->id);
		buf_putc(b, ' ');
		buf_num(b, m->first);
		buf_putc(b, ' ');
		buf_num(b, m->last);
		buf_putc(b, '\n');
	}
}

enum err positions_save(
	const char *path, const struct positions *p, int64_t now, struct diag *d)
{
	CLEANUP_BUF struct buf b = {.max = FILE_MAX};
	size_t kept = first_kept(p);

	buf_printf(&b, HEAD "%" PRId64 "\n", p->run);
	for (size_t i = 0; i < p->n; i++)
		/* a name with a line break in it cannot be remembered */
		if (now - p->p[i].used < FORGOTTEN && !strchr(p->p[i].path, '\n'))
			put(&b, &p->p[i], i >= kept);
	if (buf_err(&b))
		return diag_fail(d, buf_err(&b), "%s: %s", path, err_text(buf_err(&b)));
	return file_write(path, buf_view(&b), 0600, d);
}

void positions_done(struct positions *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->p[i].path);
		marks_done(&p->p[i].marks);
	}
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

void tail_add(struct tail *t, struct slice bytes)
{
	size_t more = bytes.n < TAIL_MAX ? bytes.n : TAIL_MAX;
	size_t keep = t->n < TAIL_MAX - more ? t->n : TAIL_MAX - more;

	memmove(t->bytes, t->bytes + t->n - keep, keep);
	if (more)
		memcpy(t->bytes + keep, bytes.p + bytes.n - more, more);
	t->n = keep + more;
}

uint64_t tail_hash(const struct tail *t)
{
	return hash(slice_mem(t->bytes, t->n)) >> 1; /* as a number of the file's */
}

bool tail_at(struct reader *r, int64_t offset, struct tail *ret)
{
	size_t want = offset < TAIL_MAX ? (size_t)offset : TAIL_MAX, got = 1;

	ret->n = 0;
	if (reader_seek(r, offset - (int64_t)want, NULL))
		return false;
	while (ret->n < want && got) {
		if (reader_read(r, ret->bytes + ret->n, want - ret->n, &got, NULL))
			return false;
		ret->n += got;
	}
	return ret->n == want;
}

bool position_holds(const struct position *x, struct reader *r, struct tail *ret)
{
	if (reader_is_plain(r) && reader_stat(r)->st_size < x->size)
		return false;
	return tail_at(r, x->offset, ret) && (!x->offset || tail_hash(ret) == x->tail);
}

void position_forget(struct position *x)
{
	marks_done(&x->marks);
	*x = (struct position){.dev = x->dev, .ino = x->ino, .path = x->path};
}

struct position *positions_find(const struct positions *p, const struct stat *st)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->p[i].dev == st->st_dev && p->p[i].ino == st->st_ino)
			return &p->p[i];
	return NULL;
}

const struct position *positions_last(const struct positions *p, const char *path)
{
	for (size_t i = p->n; i-- > 0;)
		if (strcmp(p->p[i].path, path) == 0)
			return &p->p[i];
	return NULL;
}

/* To the end, where the one stands that was used last. */
static struct position *move_last(struct positions *p, struct position *x)
{
	struct position moved = *x, *last = &p->p[p->n - 1];

	memmove(x, x + 1, (size_t)(last - x) * sizeof(*x));
	*last = moved;
	return last;
}

struct position *positions_at(
	struct positions *p, const char *path, const struct stat *st)
{
	struct position fresh = {.dev = st->st_dev, .ino = st->st_ino};
	struct position *x = positions_find(p, st);
	char *copy;

	if (!x)
		return add(p, &fresh, slice_of(path)) ? NULL : &p->p[p->n - 1];
	x = move_last(p, x);
	if (strcmp(x->path, path) == 0)
		return x;
	copy = strdup(path);
	if (!copy)
		return NULL;
	free(x->path);
	x->path = copy;
	return x;
}
