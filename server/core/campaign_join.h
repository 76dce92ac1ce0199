/* SPDX-License-Identifier: BSD-2-Clause */
/* The second half of campaign.c: keys that crossed the threshold, or that a campaign has.
 * Which campaign each indicator goes into, and which ones open. */
#ifndef VARSEL_CAMPAIGN_JOIN_H
#define VARSEL_CAMPAIGN_JOIN_H

#include "server/core/campaign.h"
#include "server/db/activity.h"
#include "server/db/campaign.h"

struct report_join {
	int64_t key;
	int64_t report;
};

struct touch_keys {
	const struct touch *touch;
	int64_t at;        /* not ahead of now */
	int64_t own, near; /* 0: none */
	int64_t *tag;
	size_t ntags;
	struct report_join reports[CAMPAIGN_REPORTS + 1];
	size_t nreports;
	int64_t campaign; /* it goes into; 0: none */
};

struct joining {
	const struct core *core;
	const struct touched *in;
	struct touch_keys *t; /* those within the window */
	size_t n;
	int64_t report; /* key of the report itself; 0: it joins nothing */
	int64_t now, since;
	struct keys crossed;
	struct hit *hit; /* by key */
	size_t nhits;
	int64_t opened[CAMPAIGN_OPENED];
	size_t nopened;
	struct arena *a;
};

enum err campaign_join(struct joining *x, struct db *db, struct diag *d) CHECK_RESULT;

#endif
