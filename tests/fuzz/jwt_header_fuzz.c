/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens: the input is a header, a line feed, and claims, both signed well with the hub's
 * key, so that what is behind the signature is reached; and the input as a token itself.
 */
#include <sodium.h>
#include <stdlib.h>

#include "server/api/jwt.h"

#define NOW INT64_C(1700000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned char secret[JWT_KEY_BYTES] = "a key for the fuzzer, 32 bytes..";
static const struct jwt_key key = {"hub.varsel.test", secret, NULL};

static void check(struct slice token)
{
	struct caller who = {NULL, NULL};
	unsigned scopes = 0;
	struct arena a;
	struct diag d;

	arena_init(&a, 1 << 20);
	if (jwt_check(&key, token, NOW, &a, &who, &scopes, &d) == OK)
		if (!who.key || !*who.key || scopes == 0)
			abort();
	arena_done(&a);
}

static void put_part(struct buf *b, struct slice part)
{
	char out[4096];

	if (!sodium_bin2base64(out, sizeof(out), (const unsigned char *)part.p, part.n,
		    sodium_base64_VARIANT_URLSAFE_NO_PADDING))
		abort();
	buf_puts(b, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice head, claims = slice_mem(data, size);
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	struct buf b;

	check(claims);
	if (size > 2000 || sodium_init() < 0)
		return 0;
	slice_cut(&claims, '\n', &head);
	buf_init(&b, 8192);
	put_part(&b, head);
	buf_putc(&b, '.');
	put_part(&b, claims);
	crypto_auth_hmacsha256(mac, (const unsigned char *)b.data, b.len, secret);
	buf_putc(&b, '.');
	put_part(&b, slice_mem(mac, sizeof(mac)));
	check(buf_view(&b));
	buf_done(&b);
	return 0;
}
