/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/alert/sign.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

void alert_sign_put(struct buf *b, const unsigned char *key, size_t key_n, int64_t time,
	struct slice body)
{
	unsigned char sum[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state s;
	char text[32];
	int n = snprintf(text, sizeof(text), "%" PRId64 ".", time);

	(void)crypto_auth_hmacsha256_init(&s, key, key_n);
	(void)crypto_auth_hmacsha256_update(
		&s, (const unsigned char *)text, (unsigned long long)n);
	(void)crypto_auth_hmacsha256_update(&s, (const unsigned char *)body.p, body.n);
	(void)crypto_auth_hmacsha256_final(&s, sum);
	sodium_memzero(&s, sizeof(s));
	buf_printf(b, "t=%" PRId64 ",v1=", time);
	buf_hex(b, sum, sizeof(sum));
}
