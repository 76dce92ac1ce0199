/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables campaign, campaign_key, campaign_indicator and campaign_org. */
#ifndef VARSEL_DB_CAMPAIGN_H
#define VARSEL_DB_CAMPAIGN_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

/* All that changes is called in a transaction that holds the rows of activity of the keys
 * that lead here (activity.h): who opens, closes or finds a campaign by one of them waits
 * for it. */

/* What opens: each claims its key, and has the organisations that had to do with it since
 * then. ret_id has n elements. */
struct campaign_new {
	const char *joined_by;
	struct slice text;
	int64_t key;       /* 0: none yet, and so no organisation */
	int64_t indicator; /* which it has from the start, and whose row is the caller's;
			    * 0: none. No two have the same */
};
enum err db_campaign_open(struct db *db, const struct campaign_new *x, size_t n,
	int64_t since, int64_t now, int64_t *ret_id, struct diag *d) CHECK_RESULT;
/* Those of the keys that an open campaign has are added to ret, which has room. */
struct hit {
	int64_t key;
	int64_t campaign; /* 0: none has it */
	bool counted;     /* the caller's */
};
enum err db_campaign_find(struct db *db, const int64_t *key, size_t n, struct hit *ret,
	size_t *ret_n, struct diag *d) CHECK_RESULT;
/* A campaign and what belongs to it: a key, an indicator. */
struct campaign_pair {
	int64_t campaign, what;
};
struct campaign_pairs {
	struct campaign_pair *item;
	size_t n;
};
/* Who has to do with these keys joins it. */
enum err db_campaign_claim(
	struct db *db, const struct campaign_pairs *keys, struct diag *d) CHECK_RESULT;
/* To one that was opened right now: adds indicators, up to CAMPAIGN_SIZE, and raises them
 * in the queue. Those whose rows another transaction holds are left out: it will add them
 * itself, as it comes here, too. */
enum err db_campaign_add(struct db *db, int64_t id, const int64_t *indicator, size_t n,
	int64_t now, struct diag *d) CHECK_RESULT;
/* Every organisation that had to do with one of the keys since then. */
enum err db_campaign_add_orgs(struct db *db, int64_t id, const int64_t *key, size_t n,
	int64_t since, struct diag *d) CHECK_RESULT;
/* Counts anew after these. */
enum err db_campaign_count(
	struct db *db, int64_t id, int64_t now, struct diag *d) CHECK_RESULT;

/* The newest indicators of a neighbourhood, with a tag, of a report that changed since
 * then. */
struct ids {
	int64_t *item;
	size_t n;
};
enum err db_campaign_near(struct db *db, int64_t near, int64_t since, struct arena *a,
	struct ids *ret, struct diag *d) CHECK_RESULT;
enum err db_campaign_tagged(struct db *db, struct slice tag, int64_t since,
	struct arena *a, struct ids *ret, struct diag *d) CHECK_RESULT;
enum err db_campaign_reported(struct db *db, int64_t report, struct arena *a,
	struct ids *ret, struct diag *d) CHECK_RESULT;

struct campaign_indicator {
	int64_t id, orgs;
	const char *kind, *value, *state;
};

struct campaign_org {
	const char *code, *name;
};

struct campaign {
	int64_t id;
	const char *joined_by, *key;
	int64_t orgs, size; /* organisations; indicators */
	int64_t opened, last;
	int64_t closed;                 /* 0: it is open */
	const char *closed_by, *reason; /* NULL: none */
	struct campaign_indicator *indicator;
	size_t nindicators;
	struct campaign_org *member;
	size_t nmembers;
};

/* The indicators and the organisation go into their campaigns. First those that have not
 * all of it yet (or heard nothing for ten minutes) and are still open are locked, in
 * their order; then they get it, up to CAMPAIGN_SIZE indicators. The indicators' rows are
 * the caller's. *ret: those to which something new came, with key and numbers. */
enum err db_campaign_hold_open(struct db *db, const struct campaign_pairs *to,
	int64_t org, int64_t now, struct arena *a, struct ids *ret,
	struct diag *d) CHECK_RESULT;
enum err db_campaign_grow(struct db *db, const struct campaign_pairs *to,
	const struct ids *held, int64_t org, int64_t now, struct arena *a,
	struct campaign **ret, size_t *ret_n, struct diag *d) CHECK_RESULT;

/* Without indicators and members. ERR_NOT_FOUND. */
enum err db_campaign_get(struct db *db, int64_t id, struct arena *a, struct campaign *ret,
	struct diag *d) CHECK_RESULT;
/* At most `limit`, newest first, behind the number `before` (0: from the start); those
 * that are open, closed, or (NULL) both; of the indicator (0: any). */
enum err db_campaign_list(struct db *db, const char *state, int64_t indicator,
	int64_t before, size_t limit, struct arena *a, struct campaign **ret,
	size_t *ret_n, struct diag *d) CHECK_RESULT;
/* Those of the numbers that there are, in their order. */
enum err db_campaign_some(struct db *db, const int64_t *id, size_t n, struct arena *a,
	struct campaign **ret, size_t *ret_n, struct diag *d) CHECK_RESULT;
/* The first `limit` indicators of each; the organisations of one. */
enum err db_campaign_indicators(struct db *db, struct campaign *c, size_t n, size_t limit,
	int64_t now, struct arena *a, struct diag *d) CHECK_RESULT;
enum err db_campaign_members(
	struct db *db, struct campaign *c, struct arena *a, struct diag *d) CHECK_RESULT;

/* In a transaction: it is over; what was counted for its keys is forgotten.
 * db_campaign_hold() first. *ret_closed false: it was closed before. */
enum err db_campaign_hold(struct db *db, int64_t id, struct diag *d) CHECK_RESULT;
enum err db_campaign_close(struct db *db, int64_t id, const char *by, const char *reason,
	int64_t now, bool *ret_closed, struct diag *d) CHECK_RESULT;
/* An open one that nothing happened to since then; 0: none. */
enum err db_campaign_quiet(
	struct db *db, int64_t since, int64_t *ret_id, struct diag *d) CHECK_RESULT;

#endif
