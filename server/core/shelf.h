/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bundles that live statements decide on, in memory, by their SHA-256. When they
 * outgrow the shelf the one that was asked for longest ago makes room; it can be read
 * from the database again.
 */
#ifndef VARSEL_SHELF_H
#define VARSEL_SHELF_H

#include <pthread.h>
#include <stdint.h>

#include "common/hash.h"
#include "server/core/blob.h"

struct shelf_place;

struct shelf {
	pthread_rwlock_t lock;
	struct shelf_place *place; /* sorted by hash */
	size_t n, cap;
	size_t bytes, max;
	_Atomic uint64_t tick; /* a clock that each look moves on */
};

void shelf_init(struct shelf *s, size_t max);
void shelf_done(struct shelf *s);

/* A reference for the caller to give back, NULL when it is not here. Any thread. */
struct blob *shelf_get(struct shelf *s, const struct hash *sha256);
/* Takes the caller's reference. What is larger than the whole shelf is let go of. Again:
 * OK. ERR_NOMEM. */
enum err shelf_put(
	struct shelf *s, const struct hash *sha256, struct blob *b) CHECK_RESULT;
/* Lets go of it, and of every later one of that hash: what a reader has just fetched from
 * the database must not come back once it was erased there. ERR_NOMEM. */
enum err shelf_bar(struct shelf *s, const struct hash *sha256) CHECK_RESULT;

#endif
