/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of a log without what hides values in it: JSON's escapes, and the spellings by
 * which people make indicators harmless (common/refang.h). */
#ifndef VARSEL_HUNT_PLAIN_H
#define VARSEL_HUNT_PLAIN_H

#include "common/buf.h"

/* A JSON object on one line, with escapes in it. */
bool plain_is_json(struct slice line);
/* Whether the bracket at `p` is one that defangs. */
bool plain_is_defanged(const char *p, const char *end);
/* Whether some byte of it is written as %2F or \x2f. */
bool plain_is_escaped(struct slice line);
/* Appends the line with those bytes themselves, blanks for control characters. */
void plain_decode(struct slice line, struct buf *out);
/* Appends the line; what *out has no room for is missing at its end. */
void plain_line(struct slice line, struct buf *out);

#endif
