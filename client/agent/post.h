/* SPDX-License-Identifier: BSD-2-Clause */
/* One report to the hub, and what the hub says of its lines. */
#ifndef VARSEL_AGENT_POST_H
#define VARSEL_AGENT_POST_H

#include "client/hub/hub.h"

struct post_answer {
	int64_t id;       /* of the report; 0: it was not taken */
	int64_t accepted; /* lines */
	int64_t known;    /* of those, known to the hub before */
};

/* Posts a signed note; `body` gets the hub's answer. Each refused line is handed to
 * `refused` with its number in the note's text and the reason without it. ERR_NOTHING
 * when no line was taken. */
enum err post_report(struct hub *h, struct slice note, bool strict, struct buf *body,
	void (*refused)(void *ctx, size_t line, const char *reason), void *ctx,
	struct post_answer *ret, struct diag *d) CHECK_RESULT;

/* Whether a failure says nothing of the report: it should be sent again later. */
bool post_is_temporary(enum err e);

#endif
