/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base64 as RFC 4648 section 4 has it, in its one canonical spelling: padded, no bits
 * set behind the last byte, nothing else in between. buf_base64() writes it.
 */
#ifndef VARSEL_BASE64_H
#define VARSEL_BASE64_H

#include <stdint.h>

#include "common/slice.h"

/* Decodes all of `text` into at most `max` bytes; false when it is not canonical or does
 * not fit. */
bool base64_parse(struct slice text, uint8_t *out, size_t max, size_t *ret_n);
/* The same for section 5, the alphabet for URLs, without padding. */
bool base64_parse_url(struct slice text, uint8_t *out, size_t max, size_t *ret_n);

#endif
