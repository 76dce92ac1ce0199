/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/campaigns.h"

#include "common/json_in.h"
#include "common/limits.h"
#include "server/api/campaigns.h"
#include "server/api/handlers.h"
#include "server/core/token.h"

static void put_members(struct json_out *j, const struct campaign *c)
{
	json_put_array(j, "members");
	for (size_t i = 0; i < c->nmembers; i++) {
		json_put_object(j, NULL);
		json_put_str(j, "code", c->member[i].code);
		json_put_str(j, "name", c->member[i].name);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

static void put_indicators(struct json_out *j, const struct campaign *c)
{
	json_put_array(j, "indicators");
	for (size_t i = 0; i < c->nindicators; i++) {
		const struct campaign_indicator *x = &c->indicator[i];

		json_put_object(j, NULL);
		json_put_num(j, "id", x->id);
		json_put_str(j, "kind", x->kind);
		json_put_str(j, "value", x->value);
		json_put_num(j, "orgs", x->orgs);
		json_put_str(j, "state", x->state);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

static void put_fields(struct json_out *j, const struct campaign *c, bool members)
{
	json_put_num(j, "id", c->id);
	json_put_str(j, "state", c->closed ? "closed" : "open");
	json_put_time(j, "opened", c->opened);
	json_put_time(j, "last", c->last);
	json_put_time(j, "closed", c->closed);
	json_put_str(j, "joined_by", c->joined_by);
	json_put_str(j, "key", c->key);
	json_put_num(j, "orgs", c->orgs);
	json_put_num(j, "size", c->size);
	json_put_str(j, "reason", c->reason);
	put_indicators(j, c);
	if (members)
		put_members(j, c);
}

void campaigns_put(struct json_out *j, const struct campaign *c, size_t n, bool members)
{
	json_put_array(j, "campaigns");
	for (size_t i = 0; i < n; i++) {
		json_put_object(j, NULL);
		put_fields(j, &c[i], members);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

enum err api_campaigns(struct service *s, struct request *q, struct diag *d)
{
	struct campaign_filter f = {.state = request_param(q, "state"),
		.members = q->scopes & (SCOPE_COORDINATE | SCOPE_PAGE_ALL)};
	struct campaign *c;
	int64_t limit = 0, next = 0;
	size_t n;
	struct json_out j;
	enum err e = request_number(q, "limit", 1, CAMPAIGNS_PAGE, &limit, d);

	(void)s;
	if (!e)
		e = request_number(q, "cursor", 1, INT64_MAX, &f.before, d);
	f.limit = (size_t)limit;
	if (!e)
		e = campaigns_list(q->db, &f, q->now, &q->arena, &c, &n, &next, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	campaigns_put(&j, c, n, f.members);
	if (next)
		json_put_str(
			&j, "next", arena_printf(&q->arena, "%lld", (long long)next));
	else
		json_put_null(&j, "next");
	return answer_end(q, &j, d);
}

static enum err answer_one(struct request *q, int64_t id, struct diag *d)
{
	bool members = q->scopes & (SCOPE_COORDINATE | SCOPE_PAGE_ALL);
	struct campaign c;
	struct json_out j;
	enum err e = campaigns_get(q->db, id, members, q->now, &q->arena, &c, d);

	if (e)
		return e;
	answer_begin(q, &j, 200);
	put_fields(&j, &c, members);
	return answer_end(q, &j, d);
}

enum err api_campaign(struct service *s, struct request *q, struct diag *d)
{
	int64_t id;
	enum err e = request_id(q, 0, &id, d);

	(void)s;
	return e ? e : answer_one(q, id, d);
}

struct closing {
	char *reason;
};

static const struct json_field closing_fields[] = {
	{"reason", JSON_TEXT, offsetof(struct closing, reason), REASON_MAX, false},
	{NULL, JSON_TEXT, 0, 0, false},
};

enum err api_campaign_close(struct service *s, struct request *q, struct diag *d)
{
	struct closing in = {0};
	int64_t id;
	enum err e = request_id(q, 0, &id, d);

	(void)s;
	if (!e)
		e = json_read_object(q->body, closing_fields, &in, &q->arena, d);
	if (!e)
		e = campaigns_close(
			q->db, q->who.key, id, in.reason, q->now, &q->arena, d);
	return e ? e : answer_one(q, id, d);
}
