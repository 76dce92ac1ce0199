/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/api/handlers.h"
#include "server/api/service.h"

enum err api_healthz(struct service *s, struct request *q, struct diag *d)
{
	struct json_out j;

	(void)s;
	answer_begin(q, &j, 200);
	json_put_str(&j, "status", "ok");
	return answer_end(q, &j, d);
}

/* Ready is: this hub has the log, and a checkpoint to show. */
enum err api_readyz(struct service *s, struct request *q, struct diag *d)
{
	struct json_out j;

	if (atomic_load(&s->stopping))
		return diag_fail(d, ERR_BUSY, "the hub is stopping");
	if (!log_leading(s->core.log))
		return diag_fail(d, ERR_BUSY, "no lead: %s",
			log_deposed(s->core.log) ? "another hub has it"
						 : "the database is not there yet");
	if (feed_signed_at(s->feed) == 0)
		return diag_fail(d, ERR_BUSY, "the log is not loaded yet");
	answer_begin(q, &j, 200);
	json_put_str(&j, "status", "ready");
	return answer_end(q, &j, d);
}
