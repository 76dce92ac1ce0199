/* SPDX-License-Identifier: BSD-2-Clause */
/* How far each log was read, and what was counted in it: state-dir/hunt. Losing it means
 * that the logs are read again from their beginning. Offsets in a compressed file are
 * those of what is within. */
#ifndef VARSEL_HUNT_POSITION_H
#define VARSEL_HUNT_POSITION_H

#include <stdint.h>
#include <sys/stat.h>

#include "client/agent/hunt/marks.h"
#include "client/agent/hunt/reader.h"

#define TAIL_MAX 256

/* The bytes before a place, by which it is known again. */
struct tail {
	char bytes[TAIL_MAX];
	size_t n;
};

struct position {
	uint64_t dev, ino;
	int64_t offset; /* of the first line that was not seen whole */
	int64_t lines;  /* before it */
	int64_t size;   /* of the file, as it is stored, when it was read */
	uint64_t tail;  /* tail_hash() at the offset */
	int64_t used;   /* time of that run */
	char *path;
	struct marks marks;
};

struct positions {
	int64_t run;        /* counts the runs */
	struct position *p; /* the one used last stands last */
	size_t n;
};

/* A missing or damaged file is an empty one, the latter said in *d with OK. */
enum err positions_load(
	const char *path, struct positions *ret, struct diag *d) CHECK_RESULT;
/* Without those that were not used for a long time. */
enum err positions_save(const char *path, const struct positions *p, int64_t now,
	struct diag *d) CHECK_RESULT;
void positions_done(struct positions *p); /* safe on a zeroed struct */

/* The record of the file with that inode, made if needed: then all is 0 but dev, ino and
 * path. NULL: out of memory. It is moved by the next call. */
struct position *positions_at(
	struct positions *p, const char *path, const struct stat *st);
/* The record of that inode, if there is one. */
struct position *positions_find(const struct positions *p, const struct stat *st);
/* The record that was used last of those with this path; NULL. */
const struct position *positions_last(const struct positions *p, const char *path);

/* Whether what was read of x begins the file of r, which then stands behind it, with the
 * bytes before in *ret. */
bool position_holds(const struct position *x, struct reader *r, struct tail *ret);
/* Nothing is known of the file. */
void position_forget(struct position *x);

/* Goes to `offset`, with the bytes before it in *ret; false: they cannot be had. */
bool tail_at(struct reader *r, int64_t offset, struct tail *ret);
void tail_add(struct tail *t, struct slice bytes);
uint64_t tail_hash(const struct tail *t); /* below 2^63 */

#endif
