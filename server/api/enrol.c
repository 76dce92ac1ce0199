/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/enrol.h"

#include "server/api/handlers.h"
#include "server/api/service.h"

enum err api_enrol(struct service *s, struct request *q, struct diag *d)
{
	struct enrolled got;
	struct json_out j;
	enum err e = enrol_take(&s->core, q->db, q->body, q->now, &q->arena, &got, d);

	/* An organisation that was off is back with its new key alone; the old ones stay
	 * in the list of those that are off. */
	if (e)
		return e;
	answer_begin(q, &j, 201);
	json_put_str(&j, "key", got.key);
	json_put_str(&j, "org", got.org);
	json_put_str(&j, "name", got.name);
	json_put_str(&j, "hub", s->core.hub);
	json_put_str(&j, "channel", s->core.channel);
	return answer_end(q, &j, d);
}
