/* SPDX-License-Identifier: BSD-2-Clause */
/* Server-sent events (the WHATWG's HTML standard, section 9.2), taken apart as they come.
 */
#ifndef VARSEL_HUB_EVENTS_H
#define VARSEL_HUB_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"

struct hub_event {
	const char *kind;
	struct slice data;
};

struct events_in {
	bool (*each)(void *ctx, const struct hub_event *ev); /* false: enough */
	void *ctx;
	int64_t last; /* number of the last one that was handed over; -1: none */
	/* of the one that is coming */
	int64_t id;
	char kind[32];
	struct buf line, data;
	bool failed; /* it is no such stream, or too long */
};

/* `last`: where it goes on; -1: with what comes. */
void events_in_init(struct events_in *in, int64_t last,
	bool (*each)(void *ctx, const struct hub_event *ev), void *ctx);
void events_in_done(struct events_in *in);
/* A new answer begins: what was half there of the last one is forgotten. */
void events_in_again(struct events_in *in);
/* Some bytes of it: a hub_sink's take, ctx is the struct events_in. false: `each` has
 * enough, or it failed. */
bool events_in_take(void *ctx, struct slice bytes);

#endif
