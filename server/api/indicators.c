/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/indicators.h"

#include "server/api/campaigns.h"
#include "server/api/handlers.h"
#include "server/api/service.h"

static void put_texts(struct json_out *j, const char *name, const struct texts *t)
{
	json_put_array(j, name);
	for (size_t i = 0; i < t->n; i++)
		json_put_str(j, NULL, t->item[i]);
	json_put_array_end(j);
}

/* The fields of an indicator, into an object that the caller opened. */
static void put_fields(struct json_out *j, const struct indicator *i)
{
	json_put_num(j, "id", i->id);
	json_put_str(j, "kind", i->kind);
	json_put_str(j, "value", i->value);
	json_put_str(j, "state", i->state);
	json_put_str(j, "action", i->action);
	json_put_str(j, "tlp", i->tlp);
	json_put_num(j, "confidence", i->confidence);
	json_put_num(j, "orgs", i->orgs);
	json_put_time(j, "first_seen", i->first_seen);
	json_put_time(j, "last_seen", i->last_seen);
	json_put_num(j, "sightings", i->sightings);
	json_put_num(j, "open_campaigns", i->campaigns);
	json_put_time(j, "until", i->until);
	put_texts(j, "flags", &i->flags);
	put_texts(j, "tags", &i->tags);
	if (i->reason)
		json_put_str(j, "reason", i->reason);
}

static void put_list(struct json_out *j, const struct indicators *list)
{
	json_put_array(j, "indicators");
	for (size_t i = 0; i < list->n; i++) {
		json_put_object(j, NULL);
		put_fields(j, &list->item[i]);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

static void put_reports(struct json_out *j, const struct indicator_reports *list)
{
	json_put_array(j, "reports");
	for (size_t i = 0; i < list->n; i++) {
		const struct indicator_report *r = &list->item[i];

		json_put_object(j, NULL);
		json_put_num(j, "id", r->id);
		json_put_str(j, "org", r->org);
		json_put_time(j, "received", r->received);
		json_put_str(j, "action", r->action);
		json_put_str(j, "tlp", r->tlp);
		json_put_num(j, "confidence", r->confidence);
		json_put_time(j, "seen", r->seen);
		json_put_str(j, "comment", r->comment);
		json_put_time(j, "withdrawn", r->withdrawn);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

static void put_disputes(struct json_out *j, const struct disputes *list)
{
	json_put_array(j, "disputes");
	for (size_t i = 0; i < list->n; i++) {
		const struct dispute *x = &list->item[i];

		json_put_object(j, NULL);
		json_put_num(j, "id", x->id);
		json_put_str(j, "org", x->org);
		json_put_time(j, "created", x->created);
		json_put_time(j, "closed", x->closed);
		json_put_str(j, "reason", x->reason);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

static enum err read_filter(
	const struct request *q, struct indicator_filter *f, struct diag *d)
{
	enum err e;

	*f = (struct indicator_filter){
		.kind = request_param(q, "kind"),
		.state = request_param(q, "state"),
		.q = request_param(q, "q"),
		.org = request_param(q, "org"),
		.tag = request_param(q, "tag"),
		.cursor = request_param(q, "cursor"),
		.order = request_param(q, "order"),
	};
	e = request_time(q, "since", &f->since, d);
	if (!e)
		e = request_number(q, "min_orgs", 1, INT32_MAX, &f->min_orgs, d);
	if (!e)
		e = request_number(q, "limit", 1, PAGE_MAX, &f->limit, d);
	return e;
}

typedef enum err (*list_fn)(struct db *db, const struct indicator_filter *f, int64_t now,
	struct arena *a, struct indicators *ret, struct diag *d);

static enum err answer_page(struct request *q, list_fn list, struct diag *d)
{
	struct indicator_filter f;
	struct indicators page;
	struct json_out j;
	enum err e = read_filter(q, &f, d);

	if (!e)
		e = list(q->db, &f, q->now, &q->arena, &page, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	put_list(&j, &page);
	json_put_str(&j, "next", page.next);
	return answer_end(q, &j, d);
}

enum err api_indicators(struct service *s, struct request *q, struct diag *d)
{
	(void)s;
	return answer_page(q, indicators_list, d);
}

enum err api_queue(struct service *s, struct request *q, struct diag *d)
{
	(void)s;
	return answer_page(q, indicators_queue, d);
}

/* Who reported and who disputed it is for coordinators. */
enum err api_indicator(struct service *s, struct request *q, struct diag *d)
{
	bool all = q->scopes & SCOPE_COORDINATE;
	struct indicator_voices voices = {0};
	struct campaign_filter filter = {.members = all};
	struct campaign *campaign;
	size_t ncampaigns;
	struct indicator got;
	struct json_out j;
	int64_t id, next;
	enum err e = request_id(q, 0, &id, d);

	(void)s;
	if (!e)
		e = indicators_get(
			q->db, id, q->now, &q->arena, &got, all ? &voices : NULL, d);
	filter.indicator = id;
	if (!e)
		e = campaigns_list(q->db, &filter, q->now, &q->arena, &campaign,
			&ncampaigns, &next, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	put_fields(&j, &got);
	campaigns_put(&j, campaign, ncampaigns, all);
	if (all) {
		put_reports(&j, &voices.reports);
		put_disputes(&j, &voices.disputes);
	}
	return answer_end(q, &j, d);
}

enum err api_lookup(struct service *s, struct request *q, struct diag *d)
{
	const char *asked = request_param(q, "value");
	struct indicator_reports own;
	struct lookup l;
	struct json_out j;
	enum err e;

	(void)s;
	if (!asked)
		return diag_fail(d, ERR_VALUE, "query parameter value: missing");
	e = indicators_lookup(q->db, slice_of(asked), q->now, &q->arena, &l, d);
	if (!e && q->who.org)
		e = lookup_reports(q->db, &l, q->who.org, &q->arena, &own, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_str(&j, "kind", l.kind);
	json_put_str(&j, "value", l.value);
	put_list(&j, &l.found);
	if (q->who.org)
		put_reports(&j, &own);
	return answer_end(q, &j, d);
}
