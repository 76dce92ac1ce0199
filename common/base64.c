/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/base64.h"

#include <sodium.h>

static bool parse(struct slice text, int variant, uint8_t *out, size_t max, size_t *ret_n)
{
	size_t n;

	/* libsodium checks padding and trailing bits, but needs a place to stand, and
	 * where char is signed 1.0.18 takes every byte from 0x80 up for a digit */
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return false;
	if (text.n == 0)
		n = 0;
	else if (sodium_base642bin(out, max, text.p, text.n, NULL, &n, NULL, variant) !=
		 0)
		return false;
	*ret_n = n;
	return true;
}

bool base64_parse(struct slice text, uint8_t *out, size_t max, size_t *ret_n)
{
	return parse(text, sodium_base64_VARIANT_ORIGINAL, out, max, ret_n);
}

bool base64_parse_url(struct slice text, uint8_t *out, size_t max, size_t *ret_n)
{
	return parse(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, out, max, ret_n);
}
