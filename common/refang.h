/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Undoes the ways of writing an indicator so that nobody clicks it: hxxp:// (hxtp, htxp,
 * fxp too), [.] {.} [:] [/] [@] [://], and, where no path can be, (.) (:) (@) and the
 * words dot and at in any of the three brackets, with or without blanks around them.
 * Takes away surrounding blanks, and a pair of quotes or angle brackets around all of it.
 */
#ifndef VARSEL_REFANG_H
#define VARSEL_REFANG_H

#include "common/buf.h"
#include "common/slice.h"

/* Appends to *out, never more than in.n bytes. Never fails (but for *out's own error);
 * what is not defanged passes unchanged, every canonical value does. */
void refang(struct slice in, struct buf *out);

/* What the bracket that s begins with stands for outside a path, and in *ret_n how many
 * bytes it takes; NULL when it stands for itself. */
const char *refang_bracket(struct slice s, size_t *ret_n);

/* Whether refang() would change anything; a cheap look that errs towards true. */
bool refang_needed(struct slice in);

#endif
