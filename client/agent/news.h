/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which lines of a file are not in the one that it is to replace. Both are read in step,
 * by the order of the names that their lines begin with, in which outputs write them.
 * Where a file is not in that order, lines that both have may count as news; one that is
 * new never counts as known.
 */
#ifndef VARSEL_AGENT_NEWS_H
#define VARSEL_AGENT_NEWS_H

#include <stdio.h>

#include "common/buf.h"
#include "common/diag.h"

struct news {
	FILE *now, *old; /* old: NULL when there is none */
	char *line, *old_line;
	size_t room, old_room;
	bool failed;      /* `now` ended before its end */
	struct slice was; /* of the old file, where the walk is; n == 0 at its end */
};

/* Passes over the first `head` lines of both, and appends those of `path` to *ret. All is
 * news when `old` is NULL or is not there. ERR_IO. */
enum err news_open(struct news *n, const char *path, const char *old, size_t head,
	struct buf *ret, struct diag *d) CHECK_RESULT;
/* The next one, with its LF; valid until the next call. n == 0 at the end. */
struct slice news_next(struct news *n);
/* Whether the end was none, but a failure to read. */
bool news_failed(const struct news *n);
void news_done(struct news *n); /* safe on a zeroed struct */

#endif
