/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256, and its lower-case hex form. */
#ifndef VARSEL_HASH_H
#define VARSEL_HASH_H

#include <openssl/sha.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/diag.h"

struct hash {
	uint8_t b[32];
};

#define HASH_HEX 65 /* 64 digits and a NUL */

struct hash hash_of(struct slice bytes);

/* Of bytes that come in parts, which may be small: they are held together until there is
 * enough of them. Holds nothing that must be given back. */
struct hasher {
	SHA256_CTX state;
	size_t n;
	char held[1024];
};

void hasher_init(struct hasher *h);
void hasher_add(struct hasher *h, struct slice bytes);
struct hash hasher_end(struct hasher *h);

bool hash_same(const struct hash *a, const struct hash *b);
int hash_cmp(const struct hash *a, const struct hash *b); /* memcmp order */
void hash_hex(const struct hash *h, char out[HASH_HEX]);
/* Exactly 64 lower-case hex digits; ERR_SYNTAX. */
enum err hash_parse(struct slice hex, struct hash *ret, struct diag *d) CHECK_RESULT;

#endif
