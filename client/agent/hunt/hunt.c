/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/hunt.h"

#include <stdlib.h>

#include "client/agent/hunt/format.h"
#include "client/agent/hunt/reader.h"
#include "client/agent/hunt/rpz.h"

#define BUFFER (512u << 10) /* also the longest line that is looked at whole */

/* Whether it was counted by an earlier run. */
static bool is_known(
	const struct hunt *h, const struct active *a, struct slice matched, int64_t time)
{
	const struct position *was = h->was;
	int64_t end = matched.p + matched.n - h->base;

	if (!was || h->all)
		return false;
	if (end >= 0 && end <= (int64_t)BUFFER) {
		if (h->base_at + end > was->offset + was->seen)
			return false;
	} else if (h->base_at + (h->scan.raw.p - h->base) >= was->offset) {
		return false; /* in a copy of the line */
	}
	/* going back: what was approved after the line had been read */
	return !h->since || a->since <= was->fresh || (time && time >= a->since);
}

static void on_hit(void *ctx, const struct active *a, struct slice matched,
	struct slice line, uint64_t number)
{
	struct hunt *h = ctx;
	struct slice name;
	int64_t time;

	if (h->no_rpz && rpz_line(line, &name))
		return;
	time = log_time(line, h->now);
	if (is_known(h, a, matched, time))
		return;
	if (h->since && time && time < h->since)
		return;
	if (!time || time > h->now)
		time = h->now;
	h->hits++;
	if (h->show)
		h->show(h->ctx, a, matched, h->file, number);
	if (h->err == OK)
		h->err = tally_add(&h->tally, a, log_format_of(line)->source, time);
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

/* Scans to the end; *at gets where its last line begins, and what of it was seen. */
static enum err read_all(
	struct hunt *h, struct reader *r, struct position *at, struct diag *d)
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
	at->seen = (int64_t)have;
	free(buf);
	return e;
}

static enum err read_plain(struct hunt *h, struct reader *r, struct diag *d)
{
	const struct stat *st = reader_stat(r);
	struct position *p = positions_at(&h->positions, h->file, reader_fd(r), st), was;
	struct position at = {0};
	enum err e;

	if (!p)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	was = *p;
	if (!h->all && !h->since) {
		at.offset = was.offset;
		at.lines = was.lines;
	}
	h->was = &was;
	e = reader_seek(r, at.offset, d);
	if (e == OK)
		e = read_all(h, r, &at, d);
	h->was = NULL;
	p->offset = at.offset;
	p->lines = at.lines;
	p->seen = at.seen;
	p->tail = position_tail(reader_fd(r), at.offset);
	if (h->all || h->since || !was.fresh)
		p->fresh = h->fresh;
	p->used = h->now;
	return e;
}

/* A pipe cannot be read twice; a compressed file does not grow. */
static enum err read_other(struct hunt *h, struct reader *r, struct diag *d)
{
	const struct stat *st = reader_stat(r);
	struct position at = {0}, *p = NULL, was = {0};
	enum err e;

	if (reader_is_file(r)) {
		p = positions_at(&h->positions, h->file, reader_fd(r), st);
		if (!p)
			return diag_fail(d, ERR_NOMEM, "out of memory");
		was = *p;
		if (p->seen == st->st_size && !h->all && !h->since)
			return OK;
		/* its bytes are not those of the lines: known are all or none */
		was.offset = p->seen == st->st_size && p->seen ? INT64_MAX / 2 : 0;
		was.seen = 0;
		h->was = was.offset ? &was : NULL;
	}
	e = read_all(h, r, &at, d);
	h->was = NULL;
	if (p && e == OK) {
		p->offset = p->lines = 0;
		p->tail = position_tail(reader_fd(r), 0);
		p->seen = st->st_size;
		if (h->all || h->since || !was.fresh)
			p->fresh = h->fresh;
		p->used = h->now;
	}
	return e;
}

static enum err read_one(struct hunt *h, const char *path, struct diag *d)
{
	CLEANUP_READER struct reader *r = NULL;
	enum err e = reader_open(path, &r, d);

	if (e)
		return e;
	h->file = path;
	h->err = OK;
	e = reader_is_plain(r) ? read_plain(h, r, d) : read_other(h, r, d);
	h->file = NULL;
	return e == OK && h->err ? diag_fail(d, h->err, "out of memory") : e;
}

enum err hunt_file(struct hunt *h, const char *path, struct diag *d)
{
	struct stat st;
	char *rotated = NULL;
	enum err e = OK;

	if (stat(path, &st) == 0 && !h->all && !h->since)
		rotated = positions_rotated(&h->positions, path, &st);
	if (rotated)
		e = read_one(h, rotated, d);
	free(rotated);
	return e ? e : read_one(h, path, d);
}
