/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs that were renamed, copied or compressed since they were read. */
#ifndef VARSEL_HUNT_ROTATED_H
#define VARSEL_HUNT_ROTATED_H

#include "client/agent/hunt/position.h"

struct rotated {
	char **path;
	size_t n;
};

/* What has more lines of a log than were read, in their order, before the file that has
 * its name now: the file that was read, renamed, or its bytes in a copy, plain or
 * compressed, and then the files that came between. They stand beside the log, with names
 * that begin with its own. None when the log is still the file that was read. ERR_NOMEM.
 */
enum err rotated_find(
	const struct positions *p, const char *path, struct rotated *ret) CHECK_RESULT;
void rotated_done(struct rotated *r); /* safe on a zeroed struct */
/* The record of the log that a file with this path may have been; NULL. */
const struct position *rotated_from(const struct positions *p, const char *path);

/* The file that had this path when it was read last and was renamed since; to free. NULL:
 * there is none. */
char *rotated_renamed(const struct positions *p, const char *path, const struct stat *st);

#endif
