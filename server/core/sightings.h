/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What members saw in their logs and counters: counted per indicator, organisation and
 * hour. Only what the hub knows can be seen; who in the municipality did it is not said.
 */
#ifndef VARSEL_SIGHTINGS_H
#define VARSEL_SIGHTINGS_H

#include "server/core/core.h"
#include "server/core/submission.h"

struct sighting_input {
	const char *kind;  /* NULL: guessed */
	const char *value; /* in any spelling; NULL: `id` tells */
	int64_t id;
	int64_t count;
	const char *first, *last; /* RFC 3339 */
	const char *source;
};

struct sighted {
	int64_t accepted;
	bool repeated;           /* this batch of this organisation is counted already */
	struct refusal *refused; /* line: index of the row, from 0 */
	size_t nrefused;
};

/* `batch` (NULL: none): at most SIGHTING_BATCH bytes; the same again counts nothing.
 * A row that is wrong or names what the hub does not know is refused alone.
 * ERR_FORBIDDEN: suspended; ERR_VALUE: the batch. */
enum err sightings_take(const struct core *c, struct db *db, const struct caller *by,
	const char *batch, const struct sighting_input *in, size_t n, int64_t now,
	struct arena *a, struct sighted *ret, struct diag *d) CHECK_RESULT;

#endif
