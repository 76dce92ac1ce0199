/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Alerts: events on their way to receivers. What is to be told is written in the event's
 * own transaction (schema/, event_append()), so an event that happened is an alert that
 * goes out, and one that was rolled back is none. An alert goes out until the receiver
 * has taken it: at least once; what was marked as taken never goes out again. Each keeps
 * its number, `delivery`, and its body, byte for byte, so that a receiver can tell a
 * repetition.
 */
#ifndef VARSEL_ALERTS_H
#define VARSEL_ALERTS_H

#include "server/core/core.h"
#include "server/db/outbox.h"

#define ALERT_EVENTS  "campaign notice" /* unless told otherwise */
#define ALERT_GIVE_UP (3 * 86400)       /* seconds after the event */
#define ALERT_PAUSE   3600              /* between attempts, at most */

/* A kind of event; "campaign-growth" is what "campaign" leaves out: that one grew. */
bool alerts_is_word(const char *word);

/* From now on these are told, and no others: what still waited for others is dropped. */
enum err alerts_configure(struct db *db, const struct receiver *r, size_t n, int64_t now,
	struct diag *d) CHECK_RESULT;

struct alert {
	int64_t id;
	const char *delivery; /* a UUID */
	const char *kind;     /* of the event */
	struct slice body;    /* JSON */
	int64_t attempt;      /* this one's number, from 1 */
	int64_t at;           /* when it happened */
	int64_t again;        /* when it goes out again, unless alerts_taken() */
};

/* The next one that is due for that receiver, if any. That it is tried is stored,
 * durably, before this returns: from now on the next attempt is put off. */
enum err alerts_next(const struct core *c, struct db *db, const char *receiver,
	int64_t now, struct arena *a, struct alert *ret, bool *ret_found,
	struct diag *d) CHECK_RESULT;
/* The receiver took it. */
enum err alerts_taken(
	struct db *db, const struct alert *x, int64_t now, struct diag *d) CHECK_RESULT;
/* It did not, and why; *ret_over: it will not be tried again. */
enum err alerts_refused(struct db *db, const struct alert *x, const char *why,
	int64_t now, bool *ret_over, struct diag *d) CHECK_RESULT;

#endif
