/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The feed as it is served: checkpoint, hash tiles, entries, bundles and root documents
 * of the one channel, all in memory. The log (log.h) publishes into it; any number of
 * threads read from it and none of them ever waits for the database.
 */
#ifndef VARSEL_FEED_H
#define VARSEL_FEED_H

#include "common/limits.h"
#include "common/tile.h"
#include "server/core/log.h"
#include "server/core/shelf.h"

struct feed;

/* `shelf_max`: bytes of bundles kept. NULL without memory. */
struct feed *feed_new(size_t shelf_max);
void feed_free(struct feed *f);

/* Called with the new size whenever the published size changes, never for a fresh
 * signature alone. Set once, before the log starts. */
void feed_on_news(struct feed *f, void (*tell)(void *ctx, uint64_t size), void *ctx);

/* A log_publish; ctx is the struct feed. */
enum err feed_publish(void *ctx, const struct log_news *news, struct diag *d);

/* Copies the newest checkpoint; ERR_BUSY before the first one. ret_size may be NULL. */
enum err feed_checkpoint(struct feed *f, char out[CHECKPOINT_MAX], size_t *ret_n,
	uint64_t *ret_size, struct diag *d) CHECK_RESULT;
/* The published size, and when it was signed last; 0 before. */
uint64_t feed_size(struct feed *f);
int64_t feed_signed_at(struct feed *f);

/* A tile of the published tree: a reference for the caller to give back. ERR_NOT_FOUND
 * when it would reach beyond it, ERR_BUSY before the log is loaded, ERR_NOMEM. */
enum err feed_tile(struct feed *f, const struct tile_id *id, struct blob **ret,
	struct diag *d) CHECK_RESULT;

/* NULL when it is not in memory; else a reference for the caller to give back. */
struct blob *feed_bundle(struct feed *f, const struct hash *sha256);
/* Puts one back that was read from the database. ERR_NOMEM. */
enum err feed_keep_bundle(struct feed *f, const struct hash *sha256, struct slice bytes,
	struct blob **ret) CHECK_RESULT;

/* An erased one is not served from memory again. ERR_NOMEM. */
enum err feed_bar_bundle(struct feed *f, const struct hash *sha256) CHECK_RESULT;

/* Root documents, by version from 1. Adding the next one is one thread's work. */
struct blob *feed_root(struct feed *f, int64_t version);
int64_t feed_root_newest(struct feed *f); /* 0: none */
enum err feed_add_root(struct feed *f, struct slice note, struct diag *d) CHECK_RESULT;

#endif
