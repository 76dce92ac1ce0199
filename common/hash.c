/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libcrypto uses the processor's own instructions for SHA-256; libsodium does not, and
 * took half of a pull's time. Its low-level functions need no memory and cannot fail.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "common/hash.h"

#include <sodium.h>

void hasher_init(struct hasher *h)
{
	(void)SHA256_Init(&h->state);
	h->n = 0;
}

static void flush(struct hasher *h)
{
	(void)SHA256_Update(&h->state, h->held, h->n);
	h->n = 0;
}

void hasher_add(struct hasher *h, struct slice bytes)
{
	if (bytes.n > sizeof(h->held) - h->n)
		flush(h);
	if (bytes.n > sizeof(h->held)) {
		(void)SHA256_Update(&h->state, bytes.p, bytes.n);
	} else if (bytes.n) {
		memcpy(h->held + h->n, bytes.p, bytes.n);
		h->n += bytes.n;
	}
}

struct hash hasher_end(struct hasher *h)
{
	struct hash r;

	flush(h);
	(void)SHA256_Final(r.b, &h->state);
	return r;
}

struct hash hash_of(struct slice bytes)
{
	SHA256_CTX state;
	struct hash r;

	(void)SHA256_Init(&state);
	(void)SHA256_Update(&state, bytes.p, bytes.n);
	(void)SHA256_Final(r.b, &state);
	return r;
}

bool hash_same(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

int hash_cmp(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

void hash_hex(const struct hash *h, char out[HASH_HEX])
{
	(void)sodium_bin2hex(out, HASH_HEX, h->b, sizeof(h->b));
}

/* sodium_hex2bin() would take upper case as well; no hash is secret, which it is slow
 * for. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

enum err hash_parse(struct slice hex, struct hash *ret, struct diag *d)
{
	struct hash h;

	if (hex.n != HASH_HEX - 1)
		return diag_fail(d, ERR_SYNTAX,
			"hash of %zu characters: not 64 lower-case hex digits", hex.n);
	for (size_t i = 0; i < sizeof(h.b); i++) {
		int high = digit(hex.p[2 * i]), low = digit(hex.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return diag_fail(d, ERR_SYNTAX,
				"hash \"%.*s\": not 64 lower-case hex digits",
				SLICE_ARG(hex));
		h.b[i] = (unsigned char)(high << 4 | low);
	}
	*ret = h;
	return OK;
}
