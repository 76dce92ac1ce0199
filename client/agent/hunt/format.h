/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds of log: by which program a line was written, what that makes of a sighting,
 * and when it was. Looked at only where something was found. */
#ifndef VARSEL_HUNT_FORMAT_H
#define VARSEL_HUNT_FORMAT_H

#include <stdint.h>

#include "common/slice.h"

struct log_format {
	const char *name;
	const char *source; /* of a sighting: dns proxy web mail firewall ids other */
	bool (*is)(struct slice line);
	bool policy; /* its program has policy zones, and logs what they answer */
};

/* The last row takes every line. */
extern const struct log_format log_formats[];
const struct log_format *log_format_of(struct slice line);

/* The time that a line begins with or, in JSON, names; 0 when it has none. Times without
 * a zone are local, dates without a year are of the year before `now` in which they are
 * past. */
int64_t log_time(struct slice line, int64_t now);

#endif
