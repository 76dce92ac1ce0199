/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/base64.h"

#include <sodium.h>

bool base64_parse(struct slice text, uint8_t *out, size_t max, size_t *ret_n)
{
	size_t n;

	/* libsodium checks padding and trailing bits, but needs a place to stand */
	if (text.n == 0) {
		*ret_n = 0;
		return true;
	}
	if (sodium_base642bin(out, max, text.p, text.n, NULL, &n, NULL,
		    sodium_base64_VARIANT_ORIGINAL) != 0)
		return false;
	*ret_n = n;
	return true;
}
