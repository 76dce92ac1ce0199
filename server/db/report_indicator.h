/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report's lines, into indicator, report_indicator and indicator_tag with one
 * statement. Also what the reports say of one indicator.
 */
#ifndef VARSEL_DB_REPORT_INDICATOR_H
#define VARSEL_DB_REPORT_INDICATOR_H

#include <stdint.h>

#include "common/arena.h"
#include "server/db/db.h"

/* One distinct indicator of a report. */
struct ingest_line {
	struct slice kind;
	struct slice value;
	const char *action;
	int tlp;        /* enum tlp, never unset */
	int confidence; /* -1: not given */
	int64_t seen;   /* 0: not given */
	int flags;      /* enum indicator_flag */
	int64_t near;   /* key of its neighbourhood; 0: none */
	const struct slice *tags;
	size_t ntags;
};

struct ingest {
	int64_t org;    /* whose row is locked: db_org_lock() */
	int64_t report; /* its number */
	int64_t issued;
	int64_t now;
	const struct ingest_line *line; /* sorted by kind, then value; no two alike */
	size_t n;
};

#define CONFIDENCE_DEFAULT 50

/* What became of a line. */
struct ingested {
	int64_t id; /* of the indicator */
	bool known; /* it was there before */
};

/* In a transaction. `ret` has an element for each line. Rows are
 * locked in the order of the lines, so that reports that overlap never deadlock. */
enum err db_ingest(struct db *db, const struct ingest *in, struct ingested *ret,
	struct diag *d) CHECK_RESULT;

/* One report of one indicator. */
struct indicator_report {
	int64_t id;
	const char *org;
	int64_t received;
	const char *action;
	const char *tlp;
	int64_t confidence;
	int64_t seen;        /* 0: not given */
	const char *comment; /* the report's; "" when it had none */
	int64_t withdrawn;   /* 0: it stands */
};

struct indicator_reports {
	struct indicator_report *item; /* newest first, at most 1,000 */
	size_t n;
};

/* `org` NULL: of all organisations. */
enum err db_report_indicator_list(struct db *db, int64_t indicator, const char *org,
	struct arena *a, struct indicator_reports *ret, struct diag *d) CHECK_RESULT;

/* In a transaction that holds the organisation's row: the report's lines no longer count,
 * and what they said of each indicator is summed up again from those that remain. Pending
 * ones without any leave the queue; approved ones are flagged INDICATOR_WITHDRAWN. */
enum err db_report_indicator_withdraw(
	struct db *db, int64_t report, int64_t now, struct diag *d) CHECK_RESULT;

/* An indicator, or with kind NULL the key of a neighbourhood. */
struct unsaid {
	const char *kind, *value;
	int64_t near;
};

/* What the withdrawn report's organisation says by no other report, nor saw since. */
enum err db_report_indicator_unsaid(struct db *db, int64_t report, int64_t since,
	struct arena *a, struct unsaid **ret, size_t *ret_n, struct diag *d) CHECK_RESULT;

#endif
