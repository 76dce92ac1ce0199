/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/orgs.h"

#include "common/json_in.h"
#include "server/api/handlers.h"
#include "server/api/service.h"

static void put_fields(struct json_out *j, const struct org *o)
{
	json_put_str(j, "code", o->code);
	json_put_str(j, "name", o->name);
	json_put_str(j, "sector", o->sector);
	json_put_str(j, "state", o->suspended ? "suspended" : "active");
	json_put_num(j, "keys", o->keys);
	json_put_time(j, "created", o->created);
	json_put_time(j, "last_seen", o->last_seen);
	json_put_num(j, "reports", o->reports);
}

enum err api_orgs(struct service *s, struct request *q, struct diag *d)
{
	struct json_out j;
	struct orgs all;
	enum err e = orgs_list(q->db, &q->arena, &all, d);

	(void)s;
	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_array(&j, "orgs");
	for (size_t i = 0; i < all.n; i++) {
		json_put_object(&j, NULL);
		put_fields(&j, &all.item[i]);
		json_put_object_end(&j);
	}
	json_put_array_end(&j);
	return answer_end(q, &j, d);
}

struct new_org {
	char *code;
	char *name;
	char *sector;
};

static const struct json_field new_org_fields[] = {
	{"code", JSON_TEXT, offsetof(struct new_org, code), ORG_CODE_MAX, true},
	{"name", JSON_TEXT, offsetof(struct new_org, name), ORG_NAME_MAX, true},
	{"sector", JSON_TEXT, offsetof(struct new_org, sector), ORG_NAME_MAX, false},
	{NULL, JSON_TEXT, 0, 0, false},
};

enum err api_org_add(struct service *s, struct request *q, struct diag *d)
{
	struct new_org in = {NULL, NULL, NULL};
	struct json_out j;
	struct org got;
	bool added;
	enum err e = json_read_object(q->body, new_org_fields, &in, &q->arena, d);

	(void)s;
	if (!e)
		e = orgs_add(q->db, &q->who, in.code, in.name, in.sector, q->now,
			&q->arena, &got, &added, d);
	if (e)
		return e;
	answer_begin(q, &j, added ? 201 : 200);
	put_fields(&j, &got);
	return answer_end(q, &j, d);
}

/* The code as text of its own. */
static enum err read_code(struct request *q, const char **ret)
{
	*ret = arena_dup(&q->arena, q->arg[0]);
	return *ret ? OK : ERR_NOMEM;
}

enum err api_org_link(struct service *s, struct request *q, struct diag *d)
{
	const char *code, *link;
	struct json_out j;
	int64_t expires;
	enum err e = read_code(q, &code);

	if (!e)
		e = orgs_link(&s->core, q->db, &q->who, code, q->now, &q->arena, &link,
			&expires, d);
	if (e)
		return e;
	answer_begin(q, &j, 201);
	json_put_str(&j, "link", link);
	json_put_time(&j, "expires", expires);
	return answer_end(q, &j, d);
}

/* Answers when the tokens are dead too: the list in memory is read again before. */
enum err api_org_suspend(struct service *s, struct request *q, struct diag *d)
{
	struct json_out j;
	const char *code;
	enum err e = read_code(q, &code);

	if (!e)
		e = orgs_suspend(q->db, &q->who, code, q->now, d);
	if (!e)
		e = keysoff_load(&s->off, q->db, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_str(&j, "code", code);
	json_put_str(&j, "state", "suspended");
	return answer_end(q, &j, d);
}
