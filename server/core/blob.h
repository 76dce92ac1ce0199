/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes that many threads read at once and nobody changes: a bundle, a full tile of
 * entries, a root document. Counted, so that an answer on its way out keeps what it is
 * sending while the cache lets go of it.
 */
#ifndef VARSEL_BLOB_H
#define VARSEL_BLOB_H

#include <stdatomic.h>

#include "common/slice.h"

struct blob {
	atomic_uint refs;
	size_t n;
	char bytes[];
};

/* A copy with one reference, the caller's. NULL without memory. */
struct blob *blob_new(struct slice bytes);
/* Another reference to the same; returns b. */
struct blob *blob_ref(struct blob *b);
void blob_unref(struct blob *b); /* NULL is fine */

static inline struct slice blob_view(const struct blob *b)
{
	return (struct slice){b->bytes, b->n};
}

#endif
