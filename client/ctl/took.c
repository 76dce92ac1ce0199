/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/took.h"

#include <inttypes.h>
#include <stdio.h>

void took_format(int64_t seconds, char out[TOOK_TEXT])
{
	static const struct {
		int64_t seconds;
		const char *name;
	} unit[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	size_t i = 0;

	while (unit[i].seconds > 1 && seconds < 2 * unit[i].seconds)
		i++;
	(void)snprintf(out, TOOK_TEXT, "%" PRId64 " %s",
		(seconds + unit[i].seconds - 1) / unit[i].seconds, unit[i].name);
}
