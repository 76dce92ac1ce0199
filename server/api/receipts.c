/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/receipts.h"

#include "server/api/handlers.h"
#include "server/api/service.h"

enum err api_receipt_add(struct service *s, struct request *q, struct diag *d)
{
	bool stored = false;
	struct json_out j;
	enum err e = receipts_take(
		&s->core, q->db, &q->who, q->body, q->now, &q->arena, &stored, d);

	if (e)
		return e;
	answer_begin(q, &j, stored ? 201 : 200);
	json_put_flag(&j, "stored", stored);
	return answer_end(q, &j, d);
}
