/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One row of the hub's audit, and the hash that chains it to the row before
 * (docs/formats.md, Audit): the hub writes it, and whoever reads the rows computes it
 * again.
 */
#ifndef VARSEL_AUDIT_H
#define VARSEL_AUDIT_H

#include <stdint.h>

#include "common/hash.h"

struct audit_row {
	int64_t id;          /* from 1, without gaps */
	int64_t at;          /* when */
	const char *actor;   /* key name, console:<user>, or hub */
	const char *action;  /* a word */
	const char *subject; /* to what */
	const char *detail;  /* "" when there is no more to say */
	struct hash hash;
};

/* Appends the canonical text. */
void audit_put(struct buf *b, const struct audit_row *r);

/* What r->hash must be behind a row whose hash is *prev; 32 bytes of 0 before the first.
 * ERR_NOMEM. */
enum err audit_hash(const struct hash *prev, const struct audit_row *r,
	struct hash *ret) CHECK_RESULT;

#endif
