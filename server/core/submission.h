/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report comes in: whose signature, which lines, what is new. The signed note is stored
 * as it came, so that anyone can verify again who said what.
 */
#ifndef VARSEL_SUBMISSION_H
#define VARSEL_SUBMISSION_H

#include "server/core/core.h"
#include "server/db/report.h"

struct refusal {
	size_t line;        /* in the note's text, from 1 */
	const char *reason; /* "line 7: domain \"dk\": a public suffix cannot be blocked"
			     */
};

struct submission {
	int64_t id;
	bool repeated; /* this note was here before: same id, nothing added */
	size_t accepted;
	size_t known; /* distinct indicators of it that the hub had before */
	struct refusal *refused;
	size_t nrefused;
};

/* Takes the note's exact bytes. With `strict` one refused line refuses the report.
 *
 * ERR_FORBIDDEN: another organisation's report or key, or a key that is off.
 * ERR_SIGNATURE: altered, or signed by nobody known. ERR_SYNTAX, ERR_VALUE, ERR_LIMIT,
 * ERR_WRONG_HUB, ERR_STALE, ERR_FUTURE: the header. ERR_NOTHING: no line could be taken,
 * or `strict` and one could not; then ret->refused is filled (and nothing else of *ret),
 * and on every other error *ret is untouched. */
enum err submission_take(const struct core *c, struct db *db, const struct caller *by,
	struct slice note, bool strict, int64_t now, struct arena *a,
	struct submission *ret, struct diag *d) CHECK_RESULT;

/* A stored report, with its note. ERR_NOT_FOUND; ERR_FORBIDDEN when `by` is a member and
 * the report another's. */
enum err submission_get(struct db *db, const struct caller *by, int64_t id,
	struct arena *a, struct report_record *ret, struct diag *d) CHECK_RESULT;

#endif
