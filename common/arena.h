/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that lives and dies together: one request, one pull. Allocations are never freed
 * singly; arena_done() frees them all. Not thread-safe: one owner at a time.
 */
#ifndef VARSEL_ARENA_H
#define VARSEL_ARENA_H

#include <stddef.h>

#include "common/slice.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *head;
	size_t used; /* bytes handed out */
	size_t max;  /* and their limit */
};

void arena_init(struct arena *a, size_t max);
void arena_done(struct arena *a); /* safe twice */

/* Zeroed, aligned for any type; NULL when the limit or the memory is exhausted. */
void *arena_alloc(struct arena *a, size_t size);
/* A terminated copy, NULL as above. */
char *arena_dup(struct arena *a, struct slice s);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define CLEANUP_ARENA __attribute__((cleanup(arena_done)))

#endif
