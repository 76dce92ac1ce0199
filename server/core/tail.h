/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The newest events in memory, for all who follow them: one thread reads them from the
 * database and adds them here, any number read along, each with a place of its own.
 */
#ifndef VARSEL_TAIL_H
#define VARSEL_TAIL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/diag.h"
#include "common/limits.h"
#include "server/core/blob.h"

struct db;

struct tail_item {
	int64_t id;
	bool members;
	struct blob *text; /* as it is sent */
};

struct tail {
	pthread_mutex_t lock;
	struct tail_item ring[EVENT_TAIL];
	uint64_t n;         /* added, ever: the newest is ring[(n - 1) % EVENT_TAIL] */
	int64_t base;       /* all behind this number are here, or were */
	int64_t newest;     /* number of the newest; -1: not begun */
	uint64_t forgotten; /* how often */
};

void tail_init(struct tail *t);
void tail_done(struct tail *t);

/* Fetches what is new; at the first call nothing but where that begins. *ret_n: how many
 * came. One thread. */
enum err tail_fetch(
	struct tail *t, struct db *db, size_t *ret_n, struct diag *d) CHECK_RESULT;

/* What is here may not be told any more as it is: who wants it reads the database. Any
 * thread, when that has committed. */
void tail_forget(struct tail *t);

/* Appends to *out what stands behind *at and moves *at; a little more than `max` bytes at
 * most. `all`: also what is for coordinators alone. ERR_STALE: what comes next is not
 * here any more. ERR_LIMIT, ERR_NOMEM of *out. */
enum err tail_read(
	struct tail *t, int64_t *at, bool all, size_t max, struct buf *out) CHECK_RESULT;

/* One event as it is sent. */
void event_put_text(struct buf *b, int64_t id, const char *kind, struct slice body);

#endif
