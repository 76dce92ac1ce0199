/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/news.h"

#include <stdlib.h>
#include <string.h>

#include "client/agent/hunt/rotated.h"

#define BUFFER (256u << 10) /* a longer line is passed over */

struct news {
	struct reader *r;
	struct position *at;
	enum err (*each)(void *ctx, struct slice line);
	void *ctx;
	char buf[BUFFER];
	size_t have;
	size_t skipped; /* bytes of a line that is too long, whose end is not reached */
	int64_t left;   /* bytes that may still be read */
};

static enum err take_lines(struct news *x)
{
	struct slice rest = slice_mem(x->buf, x->have), line, before = rest;
	enum err e = OK;

	while (e == OK && slice_cut(&rest, '\n', &line)) {
		if (!x->skipped)
			e = x->each(x->ctx, line);
		if (e)
			break;
		x->at->offset += (int64_t)(x->skipped + before.n - rest.n);
		x->skipped = 0;
		x->at->lines++;
		before = rest;
	}
	if (e == OK && before.n == BUFFER) {
		x->skipped += BUFFER;
		before.n = 0;
	}
	if (before.n)
		memmove(x->buf, before.p, before.n);
	x->have = before.n;
	return e;
}

static enum err read_on(struct news *x, struct diag *d)
{
	size_t got = 1;
	enum err e = reader_seek(x->r, x->at->offset, d);

	while (e == OK && got && x->left > 0) {
		e = reader_read(x->r, x->buf + x->have, BUFFER - x->have, &got, d);
		if (e)
			break;
		x->have += got;
		x->left -= (int64_t)got;
		e = take_lines(x);
		if (e)
			e = diag_fail(d, e, "%s", err_text(e));
	}
	return e;
}

static enum err read_one(struct positions *p, const char *path, int64_t now,
	struct news *x, struct diag *d)
{
	CLEANUP_READER struct reader *r = NULL;
	struct tail tail;
	enum err e = reader_open_file(path, &r, d);

	if (e)
		return e;
	if (!reader_is_plain(r))
		return diag_fail(
			d, ERR_CONFIG, "%s: not a log that is being written", path);
	x->r = r;
	x->have = 0;
	x->skipped = 0;
	x->at = positions_at(p, path, reader_stat(r));
	if (!x->at)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (!position_holds(x->at, r, &tail))
		position_forget(x->at);
	e = read_on(x, d);
	if (!tail_at(r, x->at->offset, &tail))
		tail.n = 0;
	x->at->tail = tail_hash(&tail);
	x->at->size = x->at->offset;
	x->at->used = now;
	return e;
}

/* There is more of the one that was renamed: it is to be found by the name again. */
static enum err keep_name(struct news *x, const char *path, struct diag *d)
{
	char *copy = strdup(path);

	if (!copy)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	free(x->at->path);
	x->at->path = copy;
	return OK;
}

enum err news_read(struct positions *p, const char *path, int64_t most, int64_t now,
	enum err (*each)(void *ctx, struct slice line), void *ctx, struct diag *d)
{
	struct news *x = calloc(1, sizeof(*x));
	char *rotated = NULL;
	struct stat st;
	enum err e = OK;

	if (!x)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	x->each = each;
	x->ctx = ctx;
	x->left = most;
	if (stat(path, &st) == 0)
		rotated = rotated_renamed(p, path, &st);
	if (rotated)
		e = read_one(p, rotated, now, x, d);
	if (e == OK)
		e = x->left > 0 ? read_one(p, path, now, x, d) : keep_name(x, path, d);
	free(rotated);
	free(x);
	return e;
}
