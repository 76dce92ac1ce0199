/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds indicators in lines of text, whatever program wrote them: each run of bytes that
 * can be a name, an address or a digest is held against the needles, with its parents and
 * the prefixes that contain it. A value must stand alone: evil.example is neither in
 * xevil.example nor in evil.example.other.dk. One hit per indicator and line. Bytes
 * written as %2F or \x2f are looked at both ways.
 */
#ifndef VARSEL_HUNT_SCAN_H
#define VARSEL_HUNT_SCAN_H

#include "client/agent/hunt/needles.h"

#define SCAN_HITS     256 /* indicators told apart in one line */
#define SCAN_LINE_MAX (1u << 20)

struct scan {
	struct needles *needles;
	/* `matched` is what stands in the line, but for defanging and escapes, and
	 * is valid during the call, as `line` is. */
	void (*hit)(void *ctx, const struct active *a, struct slice matched,
		struct slice line, uint64_t number);
	void *ctx;
	uint64_t line; /* lines finished; 0 at first */
	/* the rest is the scanner's */
	uint64_t first;           /* the lines before the text */
	unsigned char class[256]; /* token.h */
	struct slice raw;         /* the line as it stands in the text */
	struct slice now;         /* what is looked at: it, or a copy */
	const struct active *seen[SCAN_HITS];
	size_t nseen;
	struct buf plain;   /* the line without escapes of JSON and defanging, if it has
			       some */
	struct buf decoded; /* without the others */
	bool in_copy;
};

void scan_init(struct scan *s, struct needles *n);
void scan_done(struct scan *s);
/* Lines, the last one with or without its LF. */
void scan_text(struct scan *s, struct slice text);
/* One line without its LF, whether the sieve would leave it out or not: slowly. */
void scan_line(struct scan *s, struct slice line);

#endif
