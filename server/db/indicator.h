/* SPDX-License-Identifier: BSD-2-Clause */
/* Table indicator: every value that was reported or decided on, once. */
#ifndef VARSEL_DB_INDICATOR_H
#define VARSEL_DB_INDICATOR_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"
#include "server/db/texts.h"

/* Bits of the column flags. "tlp-red" is shown as a flag but follows from tlp. */
enum indicator_flag {
	INDICATOR_PRIVATE_SUFFIX = 1,
	INDICATOR_NEVER_BLOCK = 2,
	INDICATOR_OF_LISTS =
		3, /* the bits that follow from the value and today's lists */
	INDICATOR_DISPUTED = 4,  /* set while a dispute is open: dispute.h */
	INDICATOR_WITHDRAWN = 8, /* approved, and no reporter stands by it */
};

struct indicator {
	int64_t id;
	const char *kind;
	const char *value;
	const char *state; /* pending approved rejected revoked expired */
	const char *action;
	const char *tlp;
	int64_t confidence;
	int64_t orgs; /* distinct organisations that reported it; 0: decided unreported */
	int64_t first_seen;
	int64_t last_seen;
	int64_t sightings;
	int64_t until; /* 0: never approved, or revoked */
	struct texts flags;
	struct texts tags;
	const char *reason; /* of a rejection; NULL otherwise */
	int64_t created;    /* when the hub first had it */
	int64_t campaigns;  /* open ones that it is in */
	int64_t urgency;    /* its place in the queue: the greatest first */
};

struct indicators {
	struct indicator *item;
	size_t n;
	const char *next; /* cursor of the page behind; NULL: this was the last */
};

/* One page of a listing. It ends after `limit` rows that fit the filters or after
 * PAGE_SCAN rows looked at, so that its cost does not grow with the table. */
#define PAGE_SCAN 20000

struct page {
	struct indicator *item;
	size_t n;
	bool more;             /* it ended before the rows did */
	struct indicator last; /* go on behind it; id 0: none was looked at */
};

enum err db_indicator_get(struct db *db, int64_t id, int64_t now, struct arena *a,
	struct indicator *ret, struct diag *d) CHECK_RESULT;

/* The newest of all, the last that came first. */
enum err db_indicator_newest(struct db *db, int64_t limit, int64_t now, struct arena *a,
	struct indicators *ret, struct diag *d) CHECK_RESULT;

/* Of one kind, by value. Filters: NULL or 0 when not wanted. */
struct list_filter {
	const char *kind;
	const char *after; /* values behind this one; "": from the start */
	const char *q;     /* the value begins with this; "": any */
	const char *state;
	int64_t since; /* changed at or after */
	size_t limit;
};
enum err db_indicator_list(struct db *db, const struct list_filter *f, int64_t now,
	struct arena *a, struct page *ret, struct diag *d) CHECK_RESULT;

/* Disputed and withdrawn, what is in campaigns, then pending by organisations, sightings,
 * age. `after`: the page goes on behind the place that its urgency, sightings, created
 * and id give; NULL: from the start. */
struct queue_filter {
	const struct indicator *after;
	const char *kind;
	const char *org;
	const char *tag;
	int64_t min_orgs;
	size_t limit;
};
enum err db_indicator_queue(struct db *db, const struct queue_filter *f, int64_t now,
	struct arena *a, struct page *ret, struct diag *d) CHECK_RESULT;

/* Those of the n candidates that the hub has, in their order. */
struct candidate {
	const char *kind;
	struct slice value;
};
enum err db_indicator_find(struct db *db, const struct candidate *c, size_t n,
	int64_t now, struct arena *a, struct indicators *ret,
	struct diag *d) CHECK_RESULT;

#endif
