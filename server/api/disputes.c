/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/dispute.h"

#include "common/json_in.h"
#include "server/api/handlers.h"
#include "server/api/service.h"

struct input {
	char *value;
	char *reason;
};

static const struct json_field fields[] = {
	{"value", JSON_TEXT, offsetof(struct input, value), INPUT_LINE_MAX, true},
	{"reason", JSON_TEXT, offsetof(struct input, reason), REASON_MAX, true},
	{NULL, JSON_TEXT, 0, 0, false},
};

enum err api_dispute_add(struct service *s, struct request *q, struct diag *d)
{
	struct input in = {0};
	struct disputed got;
	struct json_out j;
	enum err e = json_read_object(q->body, fields, &in, &q->arena, d);

	(void)s;
	if (!e)
		e = dispute_take(
			q->db, &q->who, in.value, in.reason, q->now, &q->arena, &got, d);
	if (e)
		return e;
	answer_begin(q, &j, got.repeated ? 200 : 201);
	json_put_num(&j, "id", got.id);
	return answer_end(q, &j, d);
}
