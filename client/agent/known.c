/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/known.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static_assert(sizeof(((struct known *)0)->key) == crypto_shorthash_KEYBYTES, "its key");
static_assert(sizeof(uint64_t) == crypto_shorthash_BYTES, "and what it gives");

static uint64_t hash(const struct known *k, struct slice line)
{
	uint64_t h;

	(void)crypto_shorthash(
		(unsigned char *)&h, (const unsigned char *)line.p, line.n, k->key);
	return h ? h : 1;
}

/* Where the hash stands, or would; there is always a free slot. */
static uint64_t *find(const struct known *k, uint64_t h)
{
	size_t at = h & (k->cap - 1);

	while (k->slot[at] && k->slot[at] != h)
		at = (at + 1) & (k->cap - 1);
	return &k->slot[at];
}

static bool grow(struct known *k)
{
	struct known old = *k;

	k->cap = old.cap ? old.cap * 2 : 1024;
	k->slot = calloc(k->cap, sizeof(*k->slot));
	if (!k->slot) {
		*k = old;
		return false;
	}
	for (size_t i = 0; i < old.cap; i++)
		if (old.slot[i])
			*find(k, old.slot[i]) = old.slot[i];
	free(old.slot);
	return true;
}

static enum err add(struct known *k, struct slice line)
{
	uint64_t h = hash(k, line), *slot;

	if (k->n >= k->cap / 2 && !grow(k))
		return ERR_NOMEM;
	slot = find(k, h);
	k->n += *slot == 0;
	*slot = h;
	return OK;
}

enum err known_read(struct known *k, const char *path, size_t head, struct diag *d)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	enum err e = OK;
	ssize_t n;

	*k = (struct known){0};
	crypto_shorthash_keygen(k->key);
	if (!f)
		return errno == ENOENT
			       ? OK
			       : diag_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
	for (size_t i = 0; e == OK && (n = getline(&line, &cap, f)) > 0; i++)
		if (i >= head)
			e = add(k, slice_mem(line, (size_t)n));
	if (e)
		(void)diag_fail(d, e, "out of memory");
	else if (ferror(f))
		e = diag_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
	free(line);
	(void)fclose(f);
	if (e)
		known_done(k);
	return e;
}

bool known_has(const struct known *k, struct slice line)
{
	return k->n && *find(k, hash(k, line)) != 0;
}

void known_done(struct known *k)
{
	free(k->slot);
	*k = (struct known){0};
}
