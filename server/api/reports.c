/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/submission.h"

#include "server/api/handlers.h"
#include "server/api/refusals.h"
#include "server/api/service.h"
#include "server/core/withdrawal.h"

enum err api_report_add(struct service *s, struct request *q, struct diag *d)
{
	struct submission got = {0};
	int64_t strict = 0;
	struct json_out j;
	enum err e = request_number(q, "strict", 0, 1, &strict, d);

	if (!e)
		e = submission_take(&s->core, q->db, &q->who, q->body, strict == 1,
			q->now, &q->arena, &got, d);
	q->res.refused = got.refused;
	q->res.nrefused = got.nrefused;
	if (e)
		return e;
	answer_begin(q, &j, got.repeated ? 200 : 201);
	json_put_num(&j, "id", got.id);
	json_put_num(&j, "accepted", (int64_t)got.accepted);
	json_put_num(&j, "known", (int64_t)got.known);
	refusals_put(&j, got.refused, got.nrefused);
	return answer_end(q, &j, d);
}

enum err api_report_get(struct service *s, struct request *q, struct diag *d)
{
	struct report_record r;
	char hex[HASH_HEX];
	struct json_out j;
	int64_t id;
	enum err e = request_id(q, 0, &id, d);

	(void)s;
	if (!e)
		e = submission_get(q->db, &q->who, id, &q->arena, &r, d);
	if (e)
		return e;
	hash_hex(&r.sha256, hex);
	answer_begin(q, &j, 200);
	json_put_num(&j, "id", r.id);
	json_put_str(&j, "org", r.org);
	json_put_str(&j, "key", r.key);
	json_put_time(&j, "received", r.received);
	json_put_time(&j, "issued", r.issued);
	json_put_num(&j, "accepted", r.accepted);
	json_put_num(&j, "known", r.known);
	json_put_time(&j, "withdrawn", r.withdrawn);
	json_put_str(&j, "sha256", hex);
	json_put_text(&j, "note", r.note);
	return answer_end(q, &j, d);
}

enum err api_report_withdraw(struct service *s, struct request *q, struct diag *d)
{
	struct json_out j;
	int64_t id, at;
	enum err e = request_id(q, 0, &id, d);

	if (!e)
		e = withdrawal_take(
			&s->core, q->db, &q->who, id, q->now, &q->arena, &at, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_num(&j, "id", id);
	json_put_time(&j, "withdrawn", at);
	return answer_end(q, &j, d);
}
