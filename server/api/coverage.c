/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/coverage.h"

#include "server/api/handlers.h"
#include "server/api/service.h"

static void put_hash(struct json_out *j, const char *name, const struct hash *h)
{
	char hex[HASH_HEX];

	hash_hex(h, hex);
	json_put_str(j, name, hex);
}

static void put_outputs(struct json_out *j, struct slice receipt)
{
	struct receipt_output o;

	json_put_array(j, "outputs");
	while (receipt_next_output(&receipt, &o)) {
		json_put_object(j, NULL);
		json_put_text(j, "name", o.name);
		json_put_time(j, "applied", o.error.n ? 0 : o.time);
		if (o.error.n)
			json_put_text(j, "error", o.error);
		else
			json_put_null(j, "error");
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

static void put_org(struct json_out *j, const struct coverage_row *r, int64_t now)
{
	json_put_object(j, NULL);
	json_put_str(j, "code", r->code);
	json_put_str(j, "name", r->name);
	json_put_str(j, "sector", r->sector);
	json_put_str(j, "state", coverage_state(r, now));
	json_put_time(j, "last_seen", r->last_seen);
	json_put_time(j, "receipt_at", r->received);
	if (r->note.n) {
		json_put_num(j, "size", r->size);
		put_hash(j, "active_sha256", &r->active);
	} else {
		json_put_null(j, "size");
		json_put_null(j, "active_sha256");
	}
	json_put_str(j, "hold", r->hold);
	put_outputs(j, coverage_receipt(r));
	json_put_object_end(j);
}

static void put_times(struct json_out *j, const struct coverage_times *t)
{
	json_put_object(j, "enforcement");
	json_put_num(j, "n", t->n);
	if (t->n) {
		json_put_num(j, "median", t->median);
		json_put_num(j, "p95", t->p95);
		json_put_num(j, "max", t->max);
	} else {
		json_put_null(j, "median");
		json_put_null(j, "p95");
		json_put_null(j, "max");
	}
	json_put_object_end(j);
}

/* A member sees itself alone. */
enum err api_coverage(struct service *s, struct request *q, struct diag *d)
{
	struct coverage got;
	struct json_out j;
	enum err e =
		coverage_read(&s->core, q->db, q->who.org, q->now, &q->arena, &got, d);

	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_str(&j, "channel", s->core.channel);
	json_put_num(&j, "size", got.log.size);
	if (got.log.has_root)
		put_hash(&j, "root", &got.log.root);
	else
		json_put_null(&j, "root");
	json_put_array(&j, "orgs");
	for (size_t i = 0; i < got.orgs.n; i++)
		put_org(&j, &got.orgs.item[i], q->now);
	json_put_array_end(&j);
	put_times(&j, &got.times);
	return answer_end(q, &j, d);
}
