/* SPDX-License-Identifier: BSD-2-Clause */
/* Events in plain words, one line each. */
#ifndef VARSEL_CTL_WORDS_H
#define VARSEL_CTL_WORDS_H

#include "common/buf.h"
#include "common/diag.h"

/* Appends what an event of that kind says, without a line end: its time and a sentence.
 * Of a kind that is new here, the data as they are. ERR_SYNTAX: no such data. */
enum err words_put(
	struct buf *b, const char *kind, struct slice data, struct diag *d) CHECK_RESULT;

#endif
