/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/hunt.h"

#include <stdlib.h>

#include "client/agent/hunt/format.h"
#include "client/agent/hunt/rotated.h"
#include "client/agent/hunt/rpz.h"

#define BUFFER (512u << 10) /* also the longest line that is looked at whole */

/* Whether it was not counted by an earlier run; from now on it is. */
static bool is_new(struct hunt *h, const struct active *a)
{
	int64_t line = h->base_at + (h->scan.raw.p - h->base);
	uint64_t id;

	if (!h->at)
		return true;
	id = mark_id(a->kind, a->value);
	if (!h->all && marks_has(&h->at->marks, id, line, h->at->offset))
		return false;
	if (h->err == OK)
		h->err = marks_add(&h->at->marks, id, line);
	return true;
}

/* A name that is blocked was asked for, of a resolver that logs what it kept back. */
static const char *source_of(
	const struct hunt *h, const struct active *a, struct slice line, int64_t time)
{
	const struct log_format *f = log_format_of(line);
	bool left = h->rpz_log && f->policy && a->kind == KIND_DOMAIN &&
		    a->action == ACTION_BLOCK && time >= a->since;

	return left ? HUNT_LEFT : f->source;
}

static void on_hit(void *ctx, const struct active *a, struct slice matched,
	struct slice line, uint64_t number)
{
	struct hunt *h = ctx;
	struct slice name;
	int64_t time;

	if (h->rpz_log && rpz_line(line, &name))
		return;
	time = log_time(line, h->now);
	if (time && time < h->since &&
		h->base_at + (h->scan.raw.p - h->base) < h->limited)
		return;
	if (!is_new(h, a))
		return;
	if (!time || time > h->now)
		time = h->now;
	h->hits++;
	if (h->show)
		h->show(h->ctx, a, matched, h->file, number);
	if (h->err == OK)
		h->err = tally_add(&h->tally, a, source_of(h, a, line, time), time);
}

enum err hunt_init(struct hunt *h, const struct decision *in, size_t n)
{
	enum err e = needles_build(in, n, h->now, &h->needles);

	scan_init(&h->scan, &h->needles);
	h->scan.hit = on_hit;
	h->scan.ctx = h;
	return e;
}

void hunt_done(struct hunt *h)
{
	scan_done(&h->scan);
	tally_done(&h->tally);
	positions_done(&h->positions);
	needles_done(&h->needles);
}

/* Bytes of whole lines; of all when the buffer holds but one that does not end. */
static size_t whole_lines(const char *buf, size_t n)
{
	const char *lf = memrchr(buf, '\n', n);

	if (lf)
		return (size_t)(lf - buf) + 1;
	return n == BUFFER ? n : 0;
}

/* Scans to the end; *at gets where its last line begins, *tail the bytes before, and *ret
 * how much of that line there was. */
static enum err read_all(struct hunt *h, struct reader *r, struct position *at,
	struct tail *tail, size_t *ret, struct diag *d)
{
	char *buf = malloc(BUFFER);
	size_t have = 0, got = 1;
	enum err e = buf ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	h->scan.line = (uint64_t)at->lines;
	h->base = buf;
	while (e == OK && got) {
		size_t n;

		e = reader_read(r, buf + have, BUFFER - have, &got, d);
		if (e)
			break;
		have += got;
		n = whole_lines(buf, have);
		h->base_at = at->offset;
		scan_text(&h->scan, slice_mem(buf, n));
		tail_add(tail, slice_mem(buf, n));
		at->offset += (int64_t)n;
		at->lines = (int64_t)h->scan.line;
		have -= n;
		if (n && have)
			memmove(buf, buf + n, have);
	}
	if (e == OK && have) {
		h->base_at = at->offset;
		scan_text(&h->scan, slice_mem(buf, have));
	}
	*ret = have;
	free(buf);
	return e;
}

/* A file of which nothing is known may be a log that was read under another name. */
static enum err take_over(
	struct hunt *h, struct position *p, struct reader *r, struct tail *tail)
{
	const struct position *x = rotated_from(&h->positions, h->file);

	if (!x || x == p || !x->offset || !position_holds(x, r, tail))
		return OK;
	position_forget(p);
	p->offset = x->offset;
	p->lines = x->lines;
	p->tail = x->tail;
	return marks_copy(&x->marks, &p->marks);
}

/* What was found is remembered; never less far than before. */
static void remember(struct position *p, const struct position *at,
	const struct tail *tail, int64_t size, int64_t now)
{
	if (at->offset >= p->offset) {
		p->offset = at->offset;
		p->lines = at->lines;
		p->tail = tail_hash(tail);
	}
	p->size = size;
	p->used = now;
	marks_settle(&p->marks);
}

static enum err read_file(struct hunt *h, struct reader *r, struct diag *d)
{
	struct position *p = positions_at(&h->positions, h->file, reader_stat(r));
	bool back = !h->rest && (h->all || h->since), plain = reader_is_plain(r), known;
	struct position at = {0};
	int64_t size = reader_stat(r)->st_size;
	struct tail tail;
	size_t have = 0;
	enum err e = OK;

	if (!p)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	known = p->used;
	if (known && !plain && p->size == size && !back) {
		p->used = h->now;
		return OK; /* nobody writes to it */
	}
	if (known && !position_holds(p, r, &tail))
		position_forget(p);
	if (!p->offset)
		e = take_over(h, p, r, &tail);
	known = p->offset;
	at.offset = back ? 0 : p->offset;
	at.lines = back ? 0 : p->lines;
	if (e == OK && !at.offset) {
		tail.n = 0;
		e = reader_seek(r, 0, d);
	}
	h->at = p;
	h->limited = !back ? 0 : h->all || !known ? INT64_MAX : p->offset;
	if (e == OK)
		e = read_all(h, r, &at, &tail, &have, d);
	h->at = NULL;
	size = plain ? at.offset + (int64_t)have : e ? 0 : size;
	remember(p, &at, &tail, size, h->now);
	return e;
}

static enum err read_one(struct hunt *h, const char *path, struct diag *d)
{
	CLEANUP_READER struct reader *r = NULL;
	struct position at = {0};
	struct tail tail = {.n = 0};
	size_t have;
	enum err e = reader_open(path, &r, d);

	if (e)
		return e;
	h->file = path;
	h->err = OK;
	h->limited = INT64_MAX;
	e = reader_is_file(r) ? read_file(h, r, d) : read_all(h, r, &at, &tail, &have, d);
	h->file = NULL;
	return e == OK && h->err ? diag_fail(d, h->err, "out of memory") : e;
}

enum err hunt_file(struct hunt *h, const char *path, struct diag *d)
{
	struct rotated rest = {0};
	enum err e = OK;

	if (rotated_find(&h->positions, path, &rest))
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	h->rest = true;
	for (size_t i = 0; e == OK && i < rest.n; i++)
		e = read_one(h, rest.path[i], d);
	h->rest = false;
	rotated_done(&rest);
	return e ? e : read_one(h, path, d);
}
