/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/news.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct slice read_line(FILE *f, char **line, size_t *room)
{
	ssize_t n = f ? getline(line, room, f) : 0;

	return slice_mem(*line, n > 0 ? (size_t)n : 0);
}

/* getline() leaves no mark on the file when it runs out of memory. */
static struct slice read_now(struct news *n)
{
	struct slice line = read_line(n->now, &n->line, &n->room);

	n->failed |= line.n == 0 && !feof(n->now);
	return line;
}

static void step_old(struct news *n)
{
	n->was = read_line(n->old, &n->old_line, &n->old_room);
}

enum err news_open(struct news *n, const char *path, const char *old, size_t head,
	struct buf *ret, struct diag *d)
{
	*n = (struct news){.now = fopen(path, "re")};
	if (!n->now)
		return diag_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
	n->old = old ? fopen(old, "re") : NULL;
	for (size_t i = 0; i < head; i++) {
		buf_slice(ret, read_now(n));
		step_old(n);
	}
	step_old(n);
	return OK;
}

/* What decides over a line's place: a name, and behind it the same for all below it. */
static struct slice name_of(struct slice line, bool *ret_below)
{
	struct slice name;

	*ret_below = slice_starts(line, "*.");
	if (*ret_below)
		line = slice_mem(line.p + 2, line.n - 2);
	(void)slice_cut(&line, '\n', &name);
	line = name;
	(void)slice_cut(&line, ' ', &name);
	return name;
}

static int by_name(struct slice a, struct slice b)
{
	bool a_below, b_below;
	int c = slice_cmp(name_of(a, &a_below), name_of(b, &b_below));

	return c ? c : a_below - b_below;
}

static bool is_known(struct news *n, struct slice line)
{
	while (n->was.n) {
		bool same = slice_same(n->was, line);

		if (!same && by_name(n->was, line) > 0)
			return false;
		step_old(n);
		if (same)
			return true;
	}
	return false;
}

struct slice news_next(struct news *n)
{
	struct slice line;

	do
		line = read_now(n);
	while (line.n && is_known(n, line));
	return line;
}

bool news_failed(const struct news *n)
{
	return n->failed || ferror(n->now);
}

void news_done(struct news *n)
{
	if (n->now)
		(void)fclose(n->now);
	if (n->old)
		(void)fclose(n->old);
	free(n->line);
	free(n->old_line);
	*n = (struct news){0};
}
