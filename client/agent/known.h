/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which lines a file has: 16 to 32 bytes for each, however long it is. Two lines are
 * taken for one with a chance of one in 2^64, which nobody can raise: the key of the hash
 * is made anew each time.
 */
#ifndef VARSEL_AGENT_KNOWN_H
#define VARSEL_AGENT_KNOWN_H

#include <stdint.h>

#include "common/diag.h"
#include "common/slice.h"

struct known {
	uint64_t *slot; /* hashes; 0: free */
	size_t n, cap;  /* cap is a power of two, or 0 */
	unsigned char key[16];
};

/* The lines of the file behind its first `head` ones. A file that is not there has none.
 * ERR_IO, ERR_NOMEM. */
enum err known_read(
	struct known *k, const char *path, size_t head, struct diag *d) CHECK_RESULT;
/* `line` is as it was read, with its LF. */
bool known_has(const struct known *k, struct slice line);
void known_done(struct known *k); /* safe on a zeroed struct */

#endif
