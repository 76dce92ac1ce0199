/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer to a statement: its place in the log, or the proposal that it is so far. */
#ifndef VARSEL_API_DECIDED_H
#define VARSEL_API_DECIDED_H

#include "server/api/request.h"
#include "server/core/decision.h"

static inline enum err decided_answer(
	struct request *q, const struct decided *got, struct diag *d)
{
	struct json_out j;

	if (got->proposal) {
		answer_begin(q, &j, 202);
		json_put_num(&j, "proposal", got->proposal);
		json_put_num(&j, "have", (int64_t)got->have);
		json_put_num(&j, "needed", (int64_t)got->needed);
	} else {
		answer_begin(q, &j, got->repeated ? 200 : 201);
		json_put_num(&j, "index", (int64_t)got->index);
		json_put_num(&j, "size", (int64_t)got->size);
	}
	return answer_end(q, &j, d);
}

#endif
