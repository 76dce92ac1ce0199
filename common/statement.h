/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * varsel/statement/v1: a decision, signed by coordinators; one log entry each
 * (docs/formats.md, Statement).
 */
#ifndef VARSEL_STATEMENT_H
#define VARSEL_STATEMENT_H

#include "common/fields.h"

enum verb { VERB_APPROVE, VERB_REVOKE, VERB_VOID, VERB_ATTEST, VERB_NOTICE, VERB_COUNT };
enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };

struct statement {
	char log[ORIGIN_MAX]; /* the log's origin */
	int64_t issued;
	enum verb verb;
	int64_t expires;        /* approve, revoke */
	struct hash bundle;     /* approve, revoke, notice */
	int64_t bytes;          /* approve, revoke, notice: the bundle's size */
	int64_t count;          /* approve, revoke: its lines */
	struct hash target;     /* void: SHA-256 of its text */
	int64_t size;           /* attest */
	struct hash root;       /* attest */
	enum severity severity; /* notice */
};

const char *verb_name(enum verb v);
/* A void may name it: an approve, or a notice. */
bool verb_is_voidable(enum verb v);
const char *severity_name(enum severity s);
/* ERR_USAGE. */
enum err severity_parse(
	const char *text, enum severity *ret, struct diag *d) CHECK_RESULT;

/* ERR_SYNTAX with the line. Checks what the text alone can tell: bytes and count within
 * limits.h, expires behind issued and within LIFETIME_MAX, a revoke's exactly
 * issued + REVOKE_REMEMBERED. */
enum err statement_parse(
	struct slice text, struct statement *ret, struct diag *d) CHECK_RESULT;
/* From when on it can change nothing, so that it may be forgotten: an approve's and a
 * revoke's `expires`, a void's and an attest's issued + REVOKE_REMEMBERED,
 * a notice's issued + NOTICE_SHOWN. */
int64_t statement_end(const struct statement *s);
void statement_put(struct buf *b, const struct statement *s);

/* Whether it counts where the log is `origin`: <hub>/feed/<channel>, and from the
 * channel's second log on a slash and more. A decision outlives the log that it was made
 * for; an attest does not, as it speaks of that log's tree. */
bool statement_is_of(const struct statement *s, const char *origin);

#endif
