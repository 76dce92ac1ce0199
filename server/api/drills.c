/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/drill.h"

#include "server/api/handlers.h"
#include "server/api/service.h"

static void put_org(struct json_out *j, const struct drill *x,
	const struct coverage_row *r, int64_t now)
{
	int64_t enforced = drill_enforced(x, r->code);

	json_put_object(j, NULL);
	json_put_str(j, "code", r->code);
	json_put_str(j, "name", r->name);
	json_put_str(j, "state", coverage_state(r, now));
	json_put_time(j, "last_seen", r->last_seen);
	json_put_str(j, "hold", r->hold);
	json_put_time(j, "enforced", enforced);
	if (enforced)
		json_put_num(j, "seconds", enforced - x->done.approved);
	else
		json_put_null(j, "seconds");
	json_put_object_end(j);
}

/* Any approval can be measured so; `varselctl drill` makes harmless ones. */
enum err api_drill(struct service *s, struct request *q, struct diag *d)
{
	struct json_out j;
	struct drill x;
	int64_t index;
	enum err e = request_id(q, 0, &index, d);

	if (!e)
		e = drill_read(&s->core, q->db, index, q->now, &q->arena, &x, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_num(&j, "id", index);
	json_put_time(&j, "approved", x.done.approved);
	json_put_time(&j, "expires", x.done.expires);
	json_put_array(&j, "orgs");
	for (size_t i = 0; i < x.orgs.n; i++)
		put_org(&j, &x, &x.orgs.item[i], q->now);
	json_put_array_end(&j);
	return answer_end(q, &j, d);
}
