/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a log that were written since it was read last. */
#ifndef VARSEL_HUNT_NEWS_H
#define VARSEL_HUNT_NEWS_H

#include "client/agent/hunt/position.h"
#include "common/slice.h"

/* Hands each whole line that is new to `each`, and moves the file's position; first the
 * rest of a file that stood in its place and was renamed. Ends behind about `most` bytes:
 * the next time goes on there. Compressed files, and what is no file, are refused:
 * ERR_CONFIG. ERR_NOT_FOUND, ERR_NOPERM, ERR_IO; what `each` says. */
enum err news_read(struct positions *p, const char *path, int64_t most, int64_t now,
	enum err (*each)(void *ctx, struct slice line), void *ctx,
	struct diag *d) CHECK_RESULT;

#endif
