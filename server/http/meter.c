/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/meter.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE 60000000 /* microseconds */

struct row {
	struct meter_key key;
	int64_t due;         /* when the bucket is full again, microseconds */
	uint32_t held;       /* connections, requests */
	uint32_t chain;      /* next of the same hash */
	uint32_t prev, next; /* of the rows that hold nothing, oldest first */
};

struct meter {
	pthread_mutex_t lock;
	unsigned char secret[crypto_shorthash_KEYBYTES]; /* nobody can aim at a chain */
	struct row *row;
	uint32_t *head; /* of the chains */
	uint32_t n, used, heads;
	uint32_t oldest, newest;
};

enum err meter_new(size_t rows, struct meter **ret)
{
	struct meter *m = calloc(1, sizeof(*m));

	if (!m || rows >= METER_NONE / 2) {
		free(m);
		return ERR_NOMEM;
	}
	pthread_mutex_init(&m->lock, NULL);
	crypto_shorthash_keygen(m->secret);
	m->n = (uint32_t)rows;
	m->heads = 1;
	while (m->heads < m->n)
		m->heads *= 2;
	m->oldest = m->newest = METER_NONE;
	m->row = calloc(m->n, sizeof(*m->row));
	m->head = malloc(m->heads * sizeof(*m->head));
	if (!m->row || !m->head) {
		meter_free(m);
		return ERR_NOMEM;
	}
	memset(m->head, 0xff, m->heads * sizeof(*m->head));
	*ret = m;
	return OK;
}

void meter_free(struct meter *m)
{
	if (!m)
		return;
	pthread_mutex_destroy(&m->lock);
	free(m->row);
	free(m->head);
	free(m);
}

/* Where the chain of a key begins. */
static uint32_t *chain_of(const struct meter *m, const struct meter_key *k)
{
	unsigned char sum[crypto_shorthash_BYTES];
	uint32_t h;

	crypto_shorthash(sum, k->bytes, sizeof(k->bytes), m->secret);
	memcpy(&h, sum, sizeof(h));
	return &m->head[h & (m->heads - 1)];
}

/* Into the list of rows that hold nothing, as the newest. */
static void rest(struct meter *m, uint32_t i)
{
	struct row *r = &m->row[i];

	r->prev = m->newest;
	r->next = METER_NONE;
	if (m->newest != METER_NONE)
		m->row[m->newest].next = i;
	else
		m->oldest = i;
	m->newest = i;
}

/* Out of it. */
static void wake(struct meter *m, uint32_t i)
{
	struct row *r = &m->row[i];

	if (r->prev != METER_NONE)
		m->row[r->prev].next = r->next;
	else
		m->oldest = r->next;
	if (r->next != METER_NONE)
		m->row[r->next].prev = r->prev;
	else
		m->newest = r->prev;
}

/* A row to write to, in no chain and no list; METER_NONE when all of them hold
 * something. */
static uint32_t make_room(struct meter *m)
{
	uint32_t i = m->oldest, *at;

	if (m->used < m->n)
		return m->used++;
	if (i == METER_NONE)
		return METER_NONE;
	wake(m, i);
	for (at = chain_of(m, &m->row[i].key); *at != i; at = &m->row[*at].chain)
		;
	*at = m->row[i].chain;
	return i;
}

/* The key's row, out of the list of rest: its caller puts it back there, or holds it. */
static uint32_t row_of(struct meter *m, const struct meter_key *k)
{
	uint32_t *head = chain_of(m, k), i;

	for (i = *head; i != METER_NONE; i = m->row[i].chain)
		if (memcmp(&m->row[i].key, k, sizeof(*k)) == 0) {
			if (m->row[i].held == 0)
				wake(m, i);
			return i;
		}
	i = make_room(m);
	if (i == METER_NONE)
		return i;
	m->row[i] = (struct row){.key = *k, .chain = *head};
	*head = i;
	return i;
}

bool meter_hold(struct meter *m, const struct meter_key *k, int64_t max, uint32_t *ret)
{
	bool room = true;
	uint32_t i;

	pthread_mutex_lock(&m->lock);
	i = row_of(m, k);
	if (i != METER_NONE) {
		room = max == 0 || m->row[i].held < max;
		if (room)
			m->row[i].held++;
	}
	pthread_mutex_unlock(&m->lock);
	*ret = room ? i : METER_NONE;
	return room;
}

void meter_release(struct meter *m, uint32_t held)
{
	if (held == METER_NONE)
		return;
	pthread_mutex_lock(&m->lock);
	if (--m->row[held].held == 0)
		rest(m, held);
	pthread_mutex_unlock(&m->lock);
}

/* The bucket is one number: when it will be full. Each token puts that off by a step, and
 * no further than `burst` steps ahead. */
static int64_t take(struct row *r, const struct meter_rate *rate, int64_t now)
{
	int64_t step = MINUTE / rate->per_minute;
	int64_t due = (r->due > now ? r->due : now) + step;
	int64_t over = due - now - rate->burst * step;

	if (over > 0)
		return (over + 999999) / 1000000;
	r->due = due;
	return 0;
}

int64_t meter_take(struct meter *m, const struct meter_key *k,
	const struct meter_rate *rate, int64_t now)
{
	int64_t wait = 0;
	uint32_t i;

	if (rate->per_minute == 0)
		return 0;
	pthread_mutex_lock(&m->lock);
	i = row_of(m, k);
	if (i != METER_NONE) {
		wait = take(&m->row[i], rate, now);
		if (m->row[i].held == 0)
			rest(m, i);
	}
	pthread_mutex_unlock(&m->lock);
	return wait;
}
