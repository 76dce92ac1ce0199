/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Indicators on their way into reports: refanged, canonical, each key once. All input
 * formats come together here.
 */
#ifndef VARSEL_AGENT_BATCH_H
#define VARSEL_AGENT_BATCH_H

#include "client/agent/input/input.h"
#include "common/report.h"

struct batch_line {
	struct slice text; /* "kind value ..." with its LF, in the arena */
	size_t source;     /* line of the input where it stood first */
};

struct batch {
	/* what a row that does not say so itself gets */
	bool action_given;
	enum action action;
	enum tlp tlp; /* of the report's header */

	struct batch_line *line; /* in the order of the input */
	size_t n, cap;
	size_t merged;  /* rows that named a key again */
	size_t refused; /* rows that were not taken */
	uint32_t *slot; /* open hash table over the keys: index + 1 */
	size_t slots;
	struct arena arena;
	struct buf text, value, again;
};

void batch_init(struct batch *b);
void batch_done(struct batch *b);

/* Takes a row. ERR_VALUE or ERR_SYNTAX with the reason, without the line, when it is
 * refused; ERR_NOMEM. A key that is there already is merged: the stricter TLP, the higher
 * confidence, the later time, block over watch, all tags. */
enum err batch_add(
	struct batch *b, const struct input_row *row, struct diag *d) CHECK_RESULT;

/* Appends the text of a report with `head` and as many lines from `from` on as one may
 * have; returns the index of the first line that did not go in. */
size_t batch_report(
	const struct batch *b, size_t from, const struct report *head, struct buf *text);

#endif
