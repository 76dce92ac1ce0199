/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/blob.h"

#include <stdlib.h>

struct blob *blob_new(struct slice bytes)
{
	struct blob *b = malloc(sizeof(*b) + bytes.n);

	if (!b)
		return NULL;
	atomic_init(&b->refs, 1);
	b->n = bytes.n;
	if (bytes.n)
		memcpy(b->bytes, bytes.p, bytes.n);
	return b;
}

struct blob *blob_ref(struct blob *b)
{
	atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
	return b;
}

void blob_unref(struct blob *b)
{
	if (b && atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1)
		free(b);
}
