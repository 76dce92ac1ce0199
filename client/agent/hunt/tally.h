/* SPDX-License-Identifier: BSD-2-Clause */
/* How often each indicator was seen, and when. */
#ifndef VARSEL_HUNT_TALLY_H
#define VARSEL_HUNT_TALLY_H

#include "common/activeset.h"

struct tally_row {
	const struct active *a;
	const char *source;
	int64_t count;
	int64_t first, last;
};

struct tally {
	struct tally_row *row; /* in no order until tally_sort() */
	size_t n, cap;
	uint32_t *slot; /* by indicator and source: index of the row and 1 */
	size_t slots;
};

/* Seen `count` times more, from `first` to `last`. ERR_NOMEM. */
enum err tally_count(struct tally *t, const struct active *a, const char *source,
	int64_t count, int64_t first, int64_t last) CHECK_RESULT;
/* Seen once. */
enum err tally_add(struct tally *t, const struct active *a, const char *source,
	int64_t time) CHECK_RESULT;
/* By kind, value and source; nothing can be added afterwards. */
void tally_sort(struct tally *t);
/* Leaves out what was last seen before `oldest`, and counts none as first seen before. */
void tally_limit(struct tally *t, int64_t oldest);
/* Leaves out what has that source. */
void tally_leave(struct tally *t, const char *source);
void tally_done(struct tally *t); /* safe on a zeroed struct */

#endif
