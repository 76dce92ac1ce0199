/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of indicators: one, a list, a lookup, and the coordinators' queue. */
#ifndef VARSEL_INDICATORS_H
#define VARSEL_INDICATORS_H

#include "server/core/core.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX     10000

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
	int64_t until; /* 0: never approved */
	struct texts flags;
	struct texts tags;
	const char *reason; /* of a rejection; NULL otherwise */
};

struct indicators {
	struct indicator *item;
	size_t n;
	const char *next; /* cursor of the page behind; NULL: this was the last */
};

/* One report of one indicator, for coordinators. */
struct indicator_report {
	int64_t id;
	const char *org;
	int64_t received;
	const char *action;
	const char *tlp;
	int64_t confidence;
	int64_t seen;        /* 0: not given */
	const char *comment; /* the report's; "" when it had none */
};

struct indicator_reports {
	struct indicator_report *item; /* newest first, at most 1,000 */
	size_t n;
};

/* `ret_reports` may be NULL (members may not see who reported). ERR_NOT_FOUND. */
enum err indicators_get(struct db *db, int64_t id, int64_t now, struct arena *a,
	struct indicator *ret, struct indicator_reports *ret_reports,
	struct diag *d) CHECK_RESULT;

/* All filters may be NULL or 0. A page may be short or even empty while `next` is set:
 * one call looks at a bounded number of rows, so that its cost does not grow with the
 * set. ERR_VALUE names a bad filter or cursor. */
struct indicator_filter {
	const char *kind;
	const char *state;
	int64_t since;      /* changed at or after */
	const char *q;      /* the value begins with this */
	const char *org;    /* queue: reported by this organisation */
	const char *tag;    /* queue: carries this tag */
	int64_t min_orgs;   /* queue */
	int64_t limit;      /* 0: PAGE_DEFAULT; over PAGE_MAX: ERR_VALUE */
	const char *cursor; /* `next` of the page before */
};

/* By kind and value. */
enum err indicators_list(struct db *db, const struct indicator_filter *f, int64_t now,
	struct arena *a, struct indicators *ret, struct diag *d) CHECK_RESULT;

/* Pending, most urgent first: organisations, sightings, age. */
enum err indicators_queue(struct db *db, const struct indicator_filter *f, int64_t now,
	struct arena *a, struct indicators *ret, struct diag *d) CHECK_RESULT;

/* A value in any spelling: itself, and the known domains and prefixes around it. Unknown
 * is OK with n == 0. ERR_VALUE when it is of no kind. */
enum err indicators_lookup(struct db *db, struct slice value, int64_t now,
	struct arena *a, const char **ret_kind, const char **ret_value,
	struct indicators *ret, struct diag *d) CHECK_RESULT;

#endif
