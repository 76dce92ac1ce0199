/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/audit.h"

#include <inttypes.h>

#include "server/api/handlers.h"
#include "server/api/service.h"
#include "server/core/audits.h"
#include "server/core/indicators.h"

static void put_hash(struct json_out *j, const char *name, const struct hash *h)
{
	char hex[HASH_HEX];

	hash_hex(h, hex);
	json_put_str(j, name, hex);
}

static void put_rows(struct json_out *j, const struct audit_page *page)
{
	json_put_array(j, "audit");
	for (size_t i = 0; i < page->n; i++) {
		const struct audit_row *r = &page->item[i];

		json_put_object(j, NULL);
		json_put_num(j, "id", r->id);
		json_put_time(j, "at", r->at);
		json_put_str(j, "actor", r->actor);
		json_put_str(j, "action", r->action);
		json_put_str(j, "subject", r->subject);
		json_put_str(j, "detail", r->detail);
		put_hash(j, "hash", &r->hash);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

enum err api_audit(struct service *s, struct request *q, struct diag *d)
{
	int64_t since = 0, limit = 0;
	struct audit_page page;
	struct json_out j;
	enum err e = request_time(q, "since", &since, d);

	(void)s;
	if (!e)
		e = request_number(q, "limit", 1, PAGE_MAX, &limit, d);
	if (!e)
		e = audits_list(q->db, since, limit, request_param(q, "cursor"),
			&q->arena, &page, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	put_rows(&j, &page);
	if (page.cut.id) {
		json_put_num(&j, "cut", page.cut.id);
		put_hash(&j, "cut_hash", &page.cut.hash);
	}
	if (page.more)
		json_put_str(&j, "next",
			arena_printf(&q->arena, "%" PRId64, page.item[page.n - 1].id));
	else
		json_put_null(&j, "next");
	return answer_end(q, &j, d);
}
