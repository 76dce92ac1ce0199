/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal: logged statements, one record each, appended and now and then rewritten
 * under the next generation's name. A record: log index (8 bytes, big-endian), length
 * (4), the note, and the first 8 bytes of the SHA-256 of all that.
 */
#ifndef VARSEL_FEED_JOURNAL_H
#define VARSEL_FEED_JOURNAL_H

#include "common/hash.h"

#define JOURNAL_MAX (512u << 20)

void journal_put(struct buf *b, uint64_t index, struct slice note);
/* Takes the next record off *in. ERR_SYNTAX when it is damaged. */
enum err journal_next(struct slice *in, uint64_t *ret_index, struct slice *ret_note,
	struct diag *d) CHECK_RESULT;

/* Cuts the file to `length`, appends, fsyncs. Makes the file when there is none.
 * ERR_CANTCREAT. */
enum err journal_append(const char *path, int64_t length, struct slice records,
	struct diag *d) CHECK_RESULT;

#endif
