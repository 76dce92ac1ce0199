/* SPDX-License-Identifier: BSD-2-Clause */
/* Campaigns as people see them: listed, told of, closed. campaign.h opens them. */
#ifndef VARSEL_CAMPAIGNS_H
#define VARSEL_CAMPAIGNS_H

#include "server/core/core.h"
#include "server/db/campaign.h"

#define CAMPAIGNS_PAGE 100

/* With the first CAMPAIGN_SHOWN indicators of each, and with `members` who had to do with
 * it; `state` open, closed or NULL: both. *ret_next: where the next page begins; 0: this
 * was the last. ERR_VALUE: the state. */
struct campaign_filter {
	const char *state;
	int64_t indicator; /* 0: any */
	int64_t before;    /* cursor; 0: the newest */
	size_t limit;      /* 0: CAMPAIGNS_PAGE, which is the most */
	bool members;
};
enum err campaigns_list(struct db *db, const struct campaign_filter *f, int64_t now,
	struct arena *a, struct campaign **ret, size_t *ret_n, int64_t *ret_next,
	struct diag *d) CHECK_RESULT;
/* One, with all of its indicators. ERR_NOT_FOUND. */
enum err campaigns_get(struct db *db, int64_t id, bool members, int64_t now,
	struct arena *a, struct campaign *ret, struct diag *d) CHECK_RESULT;

/* In a transaction: the events and the audit of what became of them, by their numbers:
 * "opened" or "closed". */
enum err campaigns_tell(struct db *db, const int64_t *id, size_t n, const char *change,
	int64_t now, struct arena *a, struct diag *d) CHECK_RESULT;

/* The same for one that has grown, of which nothing more is known than its numbers. */
enum err campaigns_tell_grown(struct db *db, const struct campaign *c, int64_t now,
	struct diag *d) CHECK_RESULT;

/* It is over, in the name of `by`; reason may be NULL. Closed twice it is closed.
 * ERR_NOT_FOUND. */
enum err campaigns_close(struct db *db, const char *by, int64_t id, const char *reason,
	int64_t now, struct arena *a, struct diag *d) CHECK_RESULT;
/* The same within a transaction. */
enum err campaigns_end(struct db *db, const char *by, int64_t id, const char *reason,
	int64_t now, struct arena *a, struct diag *d) CHECK_RESULT;
/* Closes those that have been quiet for long. */
enum err campaigns_settle(
	const struct core *c, struct db *db, int64_t now, struct diag *d) CHECK_RESULT;

#endif
