/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs held against the active set, file after file. */
#ifndef VARSEL_HUNT_H
#define VARSEL_HUNT_H

#include "client/agent/hunt/position.h"
#include "client/agent/hunt/scan.h"
#include "client/agent/hunt/tally.h"

#define HUNT_LEFT "rpz-log" /* source of what is shown, and is others' to count */

struct hunt {
	/* the caller's */
	struct needles needles;
	struct positions positions;
	int64_t now;
	int64_t since; /* 0, or go back: lines from then on, read before or not */
	bool all;      /* go back, whatever was read before */
	bool rpz_log; /* what policy zones answer is counted elsewhere: rpz_line()'s lines
			 are left out, and the queries for it get the source below */
	/* of each hit that counts; may be NULL */
	void (*show)(void *ctx, const struct active *a, struct slice matched,
		const char *file, uint64_t line);
	void *ctx;
	/* what was found */
	struct tally tally;
	uint64_t hits;
	/* hunt_file()'s own */
	struct scan scan;
	const char *file;
	struct position *at; /* the file's record, if it has one */
	bool rest;           /* the file is what is left of a rotated one */
	int64_t limited;     /* `since` holds for the lines before */
	const char *base;    /* of the buffer, and where in the file that is */
	int64_t base_at;
	enum err err;
};

/* Makes the table of what they approve, as of h->now. ERR_NOMEM. */
enum err hunt_init(struct hunt *h, const struct decision *in, size_t n) CHECK_RESULT;
void hunt_done(struct hunt *h);

/* "-": standard input. When the file has taken the place of another that was not read to
 * its end, what is left of that one is read first, also when it was compressed. No line
 * counts twice for an indicator, but with `all`. What was found before a failure stays
 * found, and is remembered. */
enum err hunt_file(struct hunt *h, const char *path, struct diag *d) CHECK_RESULT;

#endif
