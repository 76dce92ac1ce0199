/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of indicators: one, a list, a lookup, and the coordinators' queue. */
#ifndef VARSEL_INDICATORS_H
#define VARSEL_INDICATORS_H

#include "server/core/core.h"
#include "server/db/dispute.h"
#include "server/db/indicator.h"
#include "server/db/report_indicator.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX     10000

/* Who said what of an indicator: not for members to see. */
struct indicator_voices {
	struct indicator_reports reports;
	struct disputes disputes;
};

/* `ret_voices` may be NULL. ERR_NOT_FOUND. */
enum err indicators_get(struct db *db, int64_t id, int64_t now, struct arena *a,
	struct indicator *ret, struct indicator_voices *ret_voices,
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
	const char *order;  /* list: "newest" in place of by kind and value */
};

/* By kind and value; or one page of the newest, which no filter narrows. */
enum err indicators_list(struct db *db, const struct indicator_filter *f, int64_t now,
	struct arena *a, struct indicators *ret, struct diag *d) CHECK_RESULT;

/* Disputed and pending, most urgent first: disputes, organisations, sightings, age. */
enum err indicators_queue(struct db *db, const struct indicator_filter *f, int64_t now,
	struct arena *a, struct indicators *ret, struct diag *d) CHECK_RESULT;

/* A value in any spelling: itself, and the known domains and prefixes around it. Unknown
 * is OK with n == 0. ERR_VALUE when it is of no kind. */
struct lookup {
	const char *kind;
	const char *value; /* canonical */
	struct indicators found;
};
enum err indicators_lookup(struct db *db, struct slice value, int64_t now,
	struct arena *a, struct lookup *ret, struct diag *d) CHECK_RESULT;
/* What was looked up itself; NULL: the hub does not know it. */
const struct indicator *lookup_exact(const struct lookup *l);
/* Of that, the reports of the organisation, withdrawn ones too. */
enum err lookup_reports(struct db *db, const struct lookup *l, const char *org,
	struct arena *a, struct indicator_reports *ret, struct diag *d) CHECK_RESULT;

#endif
