/* SPDX-License-Identifier: BSD-2-Clause */
/* What coordinators send: bundles, statements that decide on them, rejections, erasures.
 */
#include "server/core/decision.h"

#include "common/json_in.h"
#include "server/api/decided.h"
#include "server/api/handlers.h"
#include "server/api/service.h"
#include "server/core/bundles.h"
#include "server/core/erasure.h"
#include "server/core/rejection.h"

enum err api_bundle_add(struct service *s, struct request *q, struct diag *d)
{
	struct bundle_stored got;
	char hex[HASH_HEX];
	struct json_out j;
	enum err e = bundles_take(q->db, &q->who, q->body, q->now, &q->arena, &got, d);

	(void)s;
	if (e)
		return e;
	hash_hex(&got.sha256, hex);
	answer_begin(q, &j, got.repeated ? 200 : 201);
	json_put_str(&j, "sha256", hex);
	json_put_num(&j, "bytes", (int64_t)got.bytes);
	json_put_num(&j, "count", (int64_t)got.count);
	return answer_end(q, &j, d);
}

enum err api_statement_add(struct service *s, struct request *q, struct diag *d)
{
	int64_t signatures = 0;
	struct decided got = {0};
	enum err e = request_number(q, "signatures", 1, NOTE_SIGS_MAX, &signatures, d);

	if (!e)
		e = decision_take(&s->core, q->db, &q->who, q->body, (size_t)signatures,
			q->now, &q->arena, &got, d);

	/* the answer comes when nobody is served what was erased */
	if (!e && got.erased)
		e = feed_bar_bundle(s->feed, &got.bundle);
	return e ? e : decided_answer(q, &got, d);
}

struct rejection {
	struct json_nums ids;
	char *reason;
};

static const struct json_field rejection_fields[] = {
	{"ids", JSON_NUMS, offsetof(struct rejection, ids), REJECTION_IDS, true},
	{"reason", JSON_TEXT, offsetof(struct rejection, reason), REASON_MAX, true},
	{NULL, JSON_TEXT, 0, 0, false},
};

enum err api_rejection_add(struct service *s, struct request *q, struct diag *d)
{
	struct rejection in = {{NULL, 0}, NULL};
	struct json_out j;
	size_t rejected;
	enum err e = json_read_object(q->body, rejection_fields, &in, &q->arena, d);

	(void)s;
	if (!e && in.ids.n == 0)
		e = diag_fail(d, ERR_VALUE, "ids: empty");
	if (!e)
		e = rejection_take(q->db, &q->who, in.ids.item, in.ids.n, in.reason,
			q->now, &rejected, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_num(&j, "rejected", (int64_t)rejected);
	return answer_end(q, &j, d);
}

struct erasure {
	char *reason;
};

static const struct json_field erasure_fields[] = {
	{"reason", JSON_TEXT, offsetof(struct erasure, reason), REASON_MAX, true},
	{NULL, JSON_TEXT, 0, 0, false},
};

enum err api_erasure_add(struct service *s, struct request *q, struct diag *d)
{
	struct erasure in = {NULL};
	struct erased got = {0};
	struct json_out j;
	struct slice codes, code;
	int64_t id;
	enum err e = request_id(q, 0, &id, d);

	if (!e)
		e = json_read_object(q->body, erasure_fields, &in, &q->arena, d);
	if (!e)
		e = erasure_take(
			q->db, &q->who, id, in.reason, q->now, &q->arena, &got, d);
	if (e)
		return e;
	tail_forget(&s->tail);
	answer_begin(q, &j, 200);
	json_put_num(&j, "reports", got.reports);
	json_put_array(&j, "orgs");
	codes = slice_of(got.orgs);
	while (codes.n) {
		(void)slice_cut(&codes, ' ', &code);
		json_put_text(&j, NULL, code);
	}
	json_put_array_end(&j);
	json_put_num(&j, "audit", got.audit);
	json_put_num(&j, "notices", got.notices);
	return answer_end(q, &j, d);
}
