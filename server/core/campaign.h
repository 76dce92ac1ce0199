/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Seeing an attack go from one organisation to the next. What is reported or seen is
 * noted for its keys (campaign_key.h), and when enough distinct organisations had to do
 * with one key within the window, that is a campaign: it opens in the transaction of the
 * report or of the sightings that make it one. Who has to do with the same key later
 * joins it, until it is closed. Only distinct organisations are counted, never who met
 * whom.
 */
#ifndef VARSEL_CAMPAIGN_H
#define VARSEL_CAMPAIGN_H

#include "server/core/campaign_key.h"

/* One indicator that an organisation reported or saw. */
struct touch {
	int64_t id;
	struct slice kind, value;
	const struct slice *tags;
	size_t ntags;
	int64_t at; /* when */
	bool known; /* it was there before */
};

/* What one organisation had to do with, at once. */
struct touched {
	int64_t org;    /* whose row is locked */
	int64_t report; /* 0: sightings */
	const struct touch *t;
	size_t n;
};

/* In the transaction that stored it, with the indicators' rows locked; nothing of that
 * transaction may lock another indicator afterwards. */
enum err campaign_touch(const struct core *c, struct db *db, const struct touched *x,
	int64_t now, struct arena *a, struct diag *d) CHECK_RESULT;

/* In the transaction that withdrew a report: what the organisation says by nothing else
 * does not count for a campaign any more, but for its tags. One that is open stays so. */
enum err campaign_untouch(const struct core *c, struct db *db, int64_t org,
	int64_t report, int64_t now, struct arena *a, struct diag *d) CHECK_RESULT;

/* The key of a value's neighbourhood; 0: it has none, or they join nothing here. */
int64_t campaign_near_key(const struct core *c, struct slice kind, struct slice value);

#endif
