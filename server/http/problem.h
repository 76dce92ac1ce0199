/* SPDX-License-Identifier: BSD-2-Clause */
/* An error as the caller sees it: a problem (RFC 9457), and one line on stderr. */
#ifndef VARSEL_HTTP_PROBLEM_H
#define VARSEL_HTTP_PROBLEM_H

#include "server/api/request.h"

/* Seconds of Retry-After for 429 and 503; 0 for the others. */
int problem_retry_after(enum err e);

/* Fills q->res for the error: status, type and body. What the database or the machine
 * said stays in the log. */
void problem_answer(struct request *q, enum err e, const struct diag *d);

/* "varseld: request=<id> POST /v1/reports 422 value from=203.0.113.7 key=...: line 7:
 * ..."
 */
void problem_log(const struct request *q, const char *from, const char *method,
	const char *target, enum err e, const struct diag *d);

#endif
