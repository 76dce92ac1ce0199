/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/post.h"

#include <stdio.h>

#include "common/json_in.h"

#define ANSWER_ARENA (16u << 20)

struct refusal {
	int64_t line;
	char *reason;
};

static const struct json_field refusal_fields[] = {
	{"line", JSON_NUM, offsetof(struct refusal, line), INT64_MAX, true},
	{"reason", JSON_TEXT, offsetof(struct refusal, reason), DIAG_MAX, true},
	{0},
};

static const struct json_field answer_fields[] = {
	{"id", JSON_NUM, offsetof(struct post_answer, id), INT64_MAX, true},
	{"accepted", JSON_NUM, offsetof(struct post_answer, accepted), INT64_MAX, true},
	{"known", JSON_NUM, offsetof(struct post_answer, known), INT64_MAX, true},
	{0},
};

struct listener {
	void (*refused)(void *ctx, size_t line, const char *reason);
	void *ctx;
};

static enum err hand_over(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct listener *l = ctx;
	const struct refusal *r = item;
	const char *reason = r->reason;
	char place[48];

	(void)i;
	(void)d;
	/* the hub names its line; ours is another */
	(void)snprintf(place, sizeof(place), "line %lld: ", (long long)r->line);
	if (strncmp(reason, place, strlen(place)) == 0)
		reason += strlen(place);
	l->refused(l->ctx, (size_t)r->line, reason);
	return OK;
}

static enum err read_refusals(struct slice json, const struct listener *l, struct diag *d)
{
	CLEANUP_ARENA struct arena a;
	struct listener copy = *l;

	arena_init(&a, ANSWER_ARENA);
	return json_read_array(json, "refused", refusal_fields, sizeof(struct refusal),
		true, hand_over, &copy, &a, d);
}

enum err post_report(struct hub *h, struct slice note, bool strict, struct buf *body,
	void (*refused)(void *ctx, size_t line, const char *reason), void *ctx,
	struct post_answer *ret, struct diag *d)
{
	const struct listener l = {refused, ctx};
	CLEANUP_ARENA struct arena a;
	struct post_answer answer = {0};
	enum err e;

	arena_init(&a, ANSWER_ARENA);
	buf_reset(body);
	e = hub_post(h, strict ? "/v1/reports?strict=1" : "/v1/reports", "text/plain",
		note, body, d);
	if (e == ERR_NOTHING) {
		/* the problem itself stays in *d; a list that cannot be read is no news
		 */
		if (read_refusals(hub_problem(h), &l, NULL))
			return ERR_NOTHING;
		*ret = answer;
		return ERR_NOTHING;
	}
	if (e)
		return e;
	e = json_read_answer(buf_view(body), answer_fields, &answer, &a, d);
	if (e == OK)
		e = read_refusals(buf_view(body), &l, d);
	if (e)
		return diag_at(d, ERR_SYNTAX, "the hub's answer: ");
	*ret = answer;
	return OK;
}

bool post_is_temporary(enum err e)
{
	return e == ERR_UNAVAILABLE || e == ERR_BUSY || e == ERR_DATABASE ||
	       e == ERR_RATE || e == ERR_TEMPFAIL || e == ERR_NOMEM || e == ERR_INTERNAL;
}
