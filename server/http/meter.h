/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who takes how much, in memory that does not grow: a fixed number of rows, one for each
 * key (an address, an organisation). A row counts what its key holds at this moment, such
 * as open connections, and has one token bucket. When all rows are in use the one that
 * was used longest ago, and that holds nothing, makes room.
 */
#ifndef VARSEL_HTTP_METER_H
#define VARSEL_HTTP_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

struct meter;

struct meter_key {
	unsigned char bytes[16];
};

struct meter_rate {
	int64_t per_minute; /* 0: no limit */
	int64_t burst;      /* how many at once */
};

/* What holds nothing. */
#define METER_NONE UINT32_MAX

/* `rows` must be more than can hold something at one time. ERR_NOMEM. */
enum err meter_new(size_t rows, struct meter **ret) CHECK_RESULT;
void meter_free(struct meter *m);

/* One more is held under the key; false when there are `max` already (0: any number).
 * *ret is for meter_release(). Without a free row it is not counted. */
bool meter_hold(struct meter *m, const struct meter_key *k, int64_t max, uint32_t *ret);
void meter_release(struct meter *m, uint32_t held);

/* Takes one out of the key's bucket: 0, or in how many seconds there will be one. `now`
 * is in microseconds of a clock that only moves forward. A key has one rate for ever. */
int64_t meter_take(struct meter *m, const struct meter_key *k,
	const struct meter_rate *rate, int64_t now);

#endif
