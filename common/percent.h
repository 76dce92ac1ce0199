/* SPDX-License-Identifier: BSD-2-Clause */
/* Percent-encoding and dot segments of a URL, after RFC 3986 section 6.2.2. */
#ifndef VARSEL_PERCENT_H
#define VARSEL_PERCENT_H

#include "common/buf.h"

/* The byte that "%XX" at the start of s stands for, -1 when that is not there. */
int percent_byte(struct slice s);

/* Appends s with every byte written in the one way that is left: unreserved ones plain,
 * reserved ones as they came, the rest and whatever came encoded as %XX in upper case. A
 * '%' without two hex digits is a '%' of its own: %25. '/' and, in a query, '?' are
 * reserved. */
void percent_normalise(struct slice s, bool query, struct buf *out);

/* Takes the segments "." and ".." out of what stands in `b` from `start` on, a path that
 * begins with '/'; ".." does not lead above its root. */
void dot_segments_remove(struct buf *b, size_t start);

#endif
