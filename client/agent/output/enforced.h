/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this client enforced last, as it stands on disk between two runs: the active set
 * with action block, sorted, one `kind value until since confidence` a line, and a
 * checksum. Changes of a firewall's sets and the growth guard are computed against it.
 */
#ifndef VARSEL_OUTPUT_ENFORCED_H
#define VARSEL_OUTPUT_ENFORCED_H

#include "common/activeset.h"

struct enforced {
	struct hash digest; /* enforced_digest() of the set it was made from */
	size_t n;           /* entries */
	struct slice lines; /* mapped from the file */
	struct slice map;
};

#define CONFIDENCE_DEFAULT 50 /* of an approval that gives none */

struct enforced_entry {
	const struct kind *kind;
	struct slice value;
	int64_t until, since;
	int confidence;
};

/* Maps the file. ERR_NOT_FOUND when there is none; ERR_SYNTAX when it is damaged: then
 * there is nothing to build on, and everything is written anew. */
enum err enforced_open(
	const char *path, struct enforced *ret, struct diag *d) CHECK_RESULT;
/* Whether the lines are those that were written: reads them all. What is not intact is
 * nothing to build on either. */
bool enforced_intact(const struct enforced *e);
void enforced_done(struct enforced *e); /* safe twice, and on a zeroed struct */

/* Of all that outputs can depend on: the active set, whose digest is given, and what
 * decides over places in a full output. */
struct hash enforced_digest(const struct activeset *s, const struct hash *set);

/* Takes the first entry off *rest, which starts as `lines`; false at the end. */
bool enforced_next(struct slice *rest, struct enforced_entry *ret);

/* All of them as a set, to look things up in; borrows. ERR_NOMEM. */
enum err enforced_set(const struct enforced *e, struct activeset *ret) CHECK_RESULT;

/* Replaces the file by the blocking entries of `s`. ERR_CANTCREAT. */
enum err enforced_write(const char *path, const struct activeset *s,
	const struct hash *digest, struct diag *d) CHECK_RESULT;

/* Counts the blocking entries of `s` that were not enforced, and those that were and are
 * no longer in it. */
void enforced_compare(const struct enforced *last, const struct activeset *s,
	size_t *ret_added, size_t *ret_removed);
/* Leaves in `s` only what was enforced already (and all that is only watched). */
void enforced_restrict(const struct enforced *last, struct activeset *s);

/* A walk over what was enforced and what is to be, in step. Zero it and set rest and
 * set. */
struct enforced_walk {
	struct slice rest;
	const struct activeset *set;
	/* the key of this step, and on which side it is */
	const struct kind *kind;
	struct slice value;
	bool had_old;
	struct enforced_entry old; /* when had_old */
	const struct active *new_; /* or NULL */
	/* the walk's own */
	size_t next;
	bool pending;
};
/* One key after the other. Entries of `set` that do not block are passed over. false at
 * the end. */
bool enforced_step(struct enforced_walk *w);

#endif
