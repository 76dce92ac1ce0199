/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/digest.h"

#include "common/kind.h"

#define DIGITS_MAX 64

static char hex_lower(char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
		return c;
	return c >= 'A' && c <= 'F' ? (char)(c + ('a' - 'A')) : 0;
}

bool digest_is_hex(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!hex_lower(s.p[i]))
			return false;
	return s.n > 0;
}

static enum err canonicalise(
	const char *kind, size_t digits, struct slice in, struct buf *out, struct diag *d)
{
	char text[DIGITS_MAX];

	if (in.n != digits)
		return diag_value(d, ERR_VALUE, kind, in,
			"not %zu hex digits but %zu bytes", digits, in.n);
	for (size_t i = 0; i < digits; i++) {
		text[i] = hex_lower(in.p[i]);
		if (!text[i])
			return diag_value(d, ERR_VALUE, kind, in,
				"byte %zu is not a hex digit", i + 1);
	}
	return kind_put(kind, in, slice_mem(text, digits), out, d);
}

enum err md5_canonicalise(struct slice in, struct buf *out, struct diag *d)
{
	return canonicalise("md5", 32, in, out, d);
}

enum err sha1_canonicalise(struct slice in, struct buf *out, struct diag *d)
{
	return canonicalise("sha1", 40, in, out, d);
}

enum err sha256_canonicalise(struct slice in, struct buf *out, struct diag *d)
{
	return canonicalise("sha256", DIGITS_MAX, in, out, d);
}
