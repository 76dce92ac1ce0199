/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in force: a function of (statements, now), never of their order
 * (docs/formats.md, "Meaning"). Bundles are sorted, so the active set is one k-way merge
 * over them and comes out sorted by "kind SP value"; nothing is kept between runs that
 * could disagree.
 */
#ifndef VARSEL_ACTIVESET_H
#define VARSEL_ACTIVESET_H

#include "common/bundle.h"
#include "common/statement.h"

/* One valid statement (signatures checked by the caller under the newest root) with its
 * bundle's text, checked by bundle_parse(). */
struct decision {
	const struct statement *st; /* others than approve, revoke, void: ignored */
	struct hash id;             /* SHA-256 of the statement's text */
	struct slice bundle; /* the lines (struct bundle's body); unused for void */
};

/* One active key. Slices borrow from the bundles. At most 72 bytes. */
struct active {
	struct slice value;
	struct slice
		attrs;  /* the winning line behind its value: "block until=... tag=..." */
	int64_t until;  /* largest of the live lines' */
	uint32_t by;    /* index of the winning decision in the input */
	uint8_t kind;   /* enum kind_id */
	uint8_t action; /* enum action */
	bool override;
	int8_t confidence; /* -1 unset */
	int64_t since;     /* issued of the earliest live line */
};

struct activeset {
	struct active *a; /* sorted; owned */
	size_t n;
	int64_t next_expiry; /* earliest until of any live line; INT64_MAX: none */
	size_t too_wide;     /* lines dropped for ip_too_wide() */
};

/* Gets one after the other, in order. What it returns but OK ends the merge, which
 * returns that. */
typedef enum err active_each(void *ctx, const struct active *a);

/* Voids are applied first (an approve whose id is a target counts for nothing). Ended
 * statements (statement_end() <= now) count for nothing, so they may be left out or not.
 * Decisions issued more than STATEMENT_PARK ahead of `now` are the caller's to leave out.
 * An expired line is one with until <= now. ERR_NOMEM. */
enum err activeset_merge(const struct decision *in, size_t n, int64_t now,
	struct activeset *ret) CHECK_RESULT;
/* The same without a set that holds them all: *ret gets n and what stands behind it. */
enum err activeset_each(const struct decision *in, size_t n, int64_t now,
	active_each *each, void *ctx, struct activeset *ret) CHECK_RESULT;
/* Appends to a set that is made by hand; *room is for how many there is memory, 0 at
 * first. ERR_NOMEM. */
enum err activeset_add(
	struct activeset *s, size_t *room, const struct active *a) CHECK_RESULT;
void activeset_done(struct activeset *s);
/* The same of one key alone: `ret` has it, or nothing. It takes few steps for a bundle,
 * however large that is. */
enum err activeset_pick(const struct decision *in, size_t n, int64_t now,
	const struct kind *kind, struct slice value, struct activeset *ret) CHECK_RESULT;

/* Binary search; NULL when not active. */
const struct active *activeset_find(
	const struct activeset *s, const struct kind *kind, struct slice value);
/* Re-reads the winning line's attributes. */
void active_line(const struct active *a, struct line *ret);
/* SHA-256 over the sorted lines `kind value action until` LF. */
struct hash activeset_digest(const struct activeset *s);

#endif
