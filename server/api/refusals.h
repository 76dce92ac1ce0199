/* SPDX-License-Identifier: BSD-2-Clause */
/* "refused": the lines of a report that could not be taken, in answers and problems. */
#ifndef VARSEL_API_REFUSALS_H
#define VARSEL_API_REFUSALS_H

#include "common/json_out.h"
#include "server/core/submission.h"

static inline void refusals_put(
	struct json_out *j, const struct refusal *refused, size_t n)
{
	json_put_array(j, "refused");
	for (size_t i = 0; i < n; i++) {
		json_put_object(j, NULL);
		json_put_num(j, "line", (int64_t)refused[i].line);
		json_put_str(j, "reason", refused[i].reason);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

#endif
