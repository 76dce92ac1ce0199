/* SPDX-License-Identifier: BSD-2-Clause */
/* Bundles on disk: fetched, checked, named by their SHA-256, mapped, thrown away. */
#ifndef VARSEL_FEED_BUNDLES_H
#define VARSEL_FEED_BUNDLES_H

#include "client/feed/feed.h"

/* Whether the file is there with its signed size (its content is checked when mapped). */
bool bundle_is_there(const struct feed *f, const struct feed_statement *s);

/* Downloads the bundle of a statement: exactly the signed bytes, of the signed hash, of
 * as many lines as signed. ERR_VALUE: it is what was signed, and malformed. Other errors:
 * it could not be had. */
enum err bundle_fetch(struct feed *f, struct hub *h, const struct feed_statement *s,
	struct diag *d) CHECK_RESULT;

/* Maps it and sets s->bundle and s->map; nothing to do when they are. ERR_SYNTAX when the
 * bytes are not those that were stored; ERR_NOT_FOUND, ERR_IO. */
enum err bundle_map(
	const struct feed *f, struct feed_statement *s, struct diag *d) CHECK_RESULT;
/* Appends its bytes, for what is no list. The same errors. */
enum err bundle_read(const struct feed *f, const struct feed_statement *s,
	struct buf *ret, struct diag *d) CHECK_RESULT;
void bundle_unmap(struct feed_statement *s);

enum err bundle_remove(
	const struct feed *f, const struct hash *h, struct diag *d) CHECK_RESULT;
/* Removes the files that no statement of f->st names. */
void bundle_prune(const struct feed *f);

#endif
