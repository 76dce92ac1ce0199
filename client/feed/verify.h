/* SPDX-License-Identifier: BSD-2-Clause */
/* What is believed, and why: pure functions of bytes, root and time. */
#ifndef VARSEL_FEED_VERIFY_H
#define VARSEL_FEED_VERIFY_H

#include "client/feed/feed.h"
#include "common/checkpoint.h"

/* The log's origin under this root: its log key's name. */
const char *root_origin(const struct root *r);

/* Signed by the log key, cosigned by the fresh key, of this log. *ret_time is the
 * cosigned time. *ret and *n borrow from `bytes`. ERR_SYNTAX, ERR_SIGNATURE,
 * ERR_WRONG_HUB. */
enum err verify_checkpoint(const struct root *r, struct slice bytes, struct note *n,
	struct checkpoint *ret, int64_t *ret_time, struct diag *d) CHECK_RESULT;

/* A log entry that is a statement of the log `origin`, or of an earlier one of its
 * channel: fills index, id, note (borrowed) and st. ERR_SYNTAX, ERR_WRONG_HUB, ERR_LIMIT:
 * to be skipped. */
enum err verify_entry(const char *origin, uint64_t index, struct slice entry,
	struct feed_statement *ret, struct diag *d) CHECK_RESULT;

/* Whether it counts under the root: signatures, log, lifetime. ERR_SIGNATURE,
 * ERR_WRONG_HUB, ERR_VALUE. */
enum err verify_statement(const struct root *r, const struct feed_statement *s,
	struct diag *d) CHECK_RESULT;

/* After all have been judged: s->voided of those that a valid void names. */
void verify_voids(struct feed_statement *st, size_t n);

/* Whether the statement can still count for anything at `now` or later. */
bool verify_is_live(const struct feed_statement *s, int64_t now);
/* Whether its bundle is wanted at `now`: live, valid, neither parked nor voided. */
bool verify_wants_bundle(const struct feed_statement *s, int64_t now);

#endif
