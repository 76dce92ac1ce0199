/* SPDX-License-Identifier: BSD-2-Clause */
/* How far each log was read: state-dir/hunt, one line a file. Losing it means that the
 * logs are read again from their beginning. */
#ifndef VARSEL_HUNT_POSITION_H
#define VARSEL_HUNT_POSITION_H

#include <stdint.h>
#include <sys/stat.h>

#include "common/diag.h"

struct position {
	uint64_t dev, ino;
	int64_t offset; /* of the first line that was not seen whole */
	int64_t lines;  /* before it */
	int64_t seen;   /* bytes of that line */
	uint64_t tail;  /* position_tail() at the offset */
	int64_t fresh;  /* the feed's fresh_time when all of it was looked at last */
	int64_t used;   /* time of that run */
	char *path;
};

struct positions {
	int64_t run; /* counts the runs */
	struct position *p;
	size_t n;
};

/* A missing or damaged file is an empty one, the latter said in *d with OK. */
enum err positions_load(
	const char *path, struct positions *ret, struct diag *d) CHECK_RESULT;
/* Without those that were not used for a long time. */
enum err positions_save(const char *path, const struct positions *p, int64_t now,
	struct diag *d) CHECK_RESULT;
void positions_done(struct positions *p); /* safe on a zeroed struct */

/* The file's record, made if needed: then all is 0 but dev, ino and path. When the file
 * is shorter than it was, or other bytes stand before the offset, it begins anew. NULL:
 * out of memory. */
struct position *positions_at(
	struct positions *p, const char *path, int fd, const struct stat *st);
/* The file that had this path when it was read last and was renamed since, beside it and
 * with a name that begins with its own; to free. NULL: there is none. */
char *positions_rotated(
	const struct positions *p, const char *path, const struct stat *st);
/* A hash of the bytes before `offset`. */
uint64_t position_tail(int fd, int64_t offset);

#endif
