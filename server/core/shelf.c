/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/shelf.h"

#include <stdlib.h>

struct shelf_place {
	struct hash sha256;
	struct blob *blob;     /* NULL: barred */
	_Atomic uint64_t used; /* tick of the last look; written under the read lock */
};

void shelf_init(struct shelf *s, size_t max)
{
	memset(s, 0, sizeof(*s));
	s->max = max;
	pthread_rwlock_init(&s->lock, NULL);
}

void shelf_done(struct shelf *s)
{
	for (size_t i = 0; i < s->n; i++)
		blob_unref(s->place[i].blob);
	free(s->place);
	pthread_rwlock_destroy(&s->lock);
}

/* Index of the hash, or where it would stand. */
static size_t find(const struct shelf *s, const struct hash *sha256, bool *ret_here)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = hash_cmp(&s->place[mid].sha256, sha256);

		if (c == 0) {
			*ret_here = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_here = false;
	return lo;
}

struct blob *shelf_get(struct shelf *s, const struct hash *sha256)
{
	struct blob *b = NULL;
	bool here;
	size_t at;

	pthread_rwlock_rdlock(&s->lock);
	at = find(s, sha256, &here);
	if (here && s->place[at].blob) {
		uint64_t now =
			atomic_fetch_add_explicit(&s->tick, 1, memory_order_relaxed);

		atomic_store_explicit(&s->place[at].used, now, memory_order_relaxed);
		b = blob_ref(s->place[at].blob);
	}
	pthread_rwlock_unlock(&s->lock);
	return b;
}

static void let_go(struct shelf *s, size_t at)
{
	if (!s->place[at].blob)
		return;
	s->bytes -= s->place[at].blob->n;
	blob_unref(s->place[at].blob);
	s->place[at].blob = NULL;
}

static void remove_at(struct shelf *s, size_t at)
{
	let_go(s, at);
	memmove(s->place + at, s->place + at + 1, (s->n - at - 1) * sizeof(*s->place));
	s->n--;
}

static void make_room(struct shelf *s, size_t need)
{
	while (s->bytes > 0 && s->bytes + need > s->max) {
		size_t oldest = s->n;

		for (size_t i = 0; i < s->n; i++)
			if (s->place[i].blob &&
				(oldest == s->n ||
					atomic_load(&s->place[i].used) <
						atomic_load(&s->place[oldest].used)))
				oldest = i;
		remove_at(s, oldest);
	}
}

/* Under the write lock. Takes the reference when it returns OK; NULL bars the hash. */
static enum err insert(struct shelf *s, const struct hash *sha256, struct blob *b)
{
	bool here;
	size_t at;

	if (b)
		make_room(s, b->n);
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		struct shelf_place *p = realloc(s->place, cap * sizeof(*p));

		if (!p)
			return ERR_NOMEM;
		s->place = p;
		s->cap = cap;
	}
	at = find(s, sha256, &here);
	memmove(s->place + at + 1, s->place + at, (s->n - at) * sizeof(*s->place));
	s->place[at].sha256 = *sha256;
	s->place[at].blob = b;
	atomic_init(&s->place[at].used, atomic_fetch_add(&s->tick, 1));
	s->bytes += b ? b->n : 0;
	s->n++;
	return OK;
}

enum err shelf_put(struct shelf *s, const struct hash *sha256, struct blob *b)
{
	bool here, keep = false;
	enum err e = OK;

	pthread_rwlock_wrlock(&s->lock);
	(void)find(s, sha256, &here);
	if (!here && b->n <= s->max) {
		e = insert(s, sha256, b);
		keep = e == OK;
	}
	pthread_rwlock_unlock(&s->lock);
	if (!keep)
		blob_unref(b);
	return e;
}

enum err shelf_bar(struct shelf *s, const struct hash *sha256)
{
	enum err e = OK;
	bool here;
	size_t at;

	pthread_rwlock_wrlock(&s->lock);
	at = find(s, sha256, &here);
	if (here)
		let_go(s, at);
	else
		e = insert(s, sha256, NULL);
	pthread_rwlock_unlock(&s->lock);
	return e;
}
