/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/seen.h"

#include <stdlib.h>

#include "server/core/orgs.h"

void seen_init(struct seen *s)
{
	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
}

void seen_done(struct seen *s)
{
	free(s->org);
	pthread_mutex_destroy(&s->lock);
}

/* Under the lock: the organisation's row, made if need be; NULL without memory. */
static struct seen_org *row(struct seen *s, const char *code)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(s->org[mid].code, code);

		if (c == 0)
			return &s->org[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 128;
		struct seen_org *p = realloc(s->org, cap * sizeof(*p));

		if (!p)
			return NULL;
		s->org = p;
		s->cap = cap;
	}
	memmove(s->org + lo + 1, s->org + lo, (s->n - lo) * sizeof(*s->org));
	memset(&s->org[lo], 0, sizeof(*s->org));
	memcpy(s->org[lo].code, code, strlen(code));
	s->n++;
	return &s->org[lo];
}

void seen_note(struct seen *s, const char *code, int64_t now)
{
	struct seen_org *o;

	if (strlen(code) > ORG_CODE_MAX)
		return;
	pthread_mutex_lock(&s->lock);
	o = row(s, code);
	if (o && o->at < now)
		o->at = now;
	pthread_mutex_unlock(&s->lock);
}

/* Copies the i-th row, if it is there and has something new. */
static bool take(struct seen *s, size_t i, struct seen_org *ret, bool *ret_end)
{
	bool news = false;

	pthread_mutex_lock(&s->lock);
	*ret_end = i >= s->n;
	if (!*ret_end) {
		*ret = s->org[i];
		news = ret->at > ret->written;
	}
	pthread_mutex_unlock(&s->lock);
	return news;
}

static void mark(struct seen *s, const struct seen_org *written)
{
	struct seen_org *o;

	pthread_mutex_lock(&s->lock);
	o = row(s, written->code);
	if (o)
		o->written = written->at;
	pthread_mutex_unlock(&s->lock);
}

enum err seen_write(struct seen *s, struct db *db, struct diag *d)
{
	struct seen_org o;
	bool end = false;

	/* A row that comes in before i is written the next time. */
	for (size_t i = 0; !end; i++) {
		enum err e;

		if (!take(s, i, &o, &end))
			continue;
		e = orgs_seen(db, o.code, o.at, d);
		if (e)
			return e;
		mark(s, &o);
	}
	return OK;
}
