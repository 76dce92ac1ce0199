/* SPDX-License-Identifier: BSD-2-Clause */
/* The feed, from memory. Only a bundle that fell off the shelf costs a query. */
#include "server/core/feed.h"

#include "server/api/handlers.h"
#include "server/api/service.h"
#include "server/core/bundles.h"

#define WAIT_MAX 50 /* seconds */

static enum err check_channel(
	const struct service *s, const struct request *q, struct diag *d)
{
	if (slice_is(q->arg[0], s->core.channel))
		return OK;
	return diag_fail(d, ERR_NOT_FOUND, "this hub has no channel \"%.*s\"",
		SLICE_ARG(q->arg[0]));
}

enum err api_checkpoint(struct service *s, struct request *q, struct diag *d)
{
	int64_t after = -1, wait = 0;
	char note[CHECKPOINT_MAX];
	uint64_t size = 0;
	size_t n = 0;
	enum err e = check_channel(s, q, d);

	if (!e)
		e = request_number(q, "after", 0, INT64_MAX, &after, d);
	if (!e)
		e = request_number(q, "wait", 0, WAIT_MAX, &wait, d);
	if (!e && wait && after < 0)
		e = diag_fail(d, ERR_VALUE, "query parameter wait: needs after=<size>");
	if (!e)
		e = feed_checkpoint(s->feed, note, &n, &size, d);
	if (e)
		return e;
	q->res.wait = wait;
	if (wait && !q->last_call && size == (uint64_t)after)
		return ERR_TEMPFAIL;
	buf_put(&q->res.body, note, n);
	q->res.type = "text/plain; charset=utf-8";
	q->res.root_hint = feed_root_newest(s->feed);
	return buf_err(&q->res.body);
}

enum err api_tile(struct service *s, struct request *q, struct diag *d)
{
	struct tile_id id;
	enum err e = check_channel(s, q, d);

	if (!e)
		e = tile_path_parse(q->arg[1], &id, d);
	if (!e)
		e = feed_tile(s->feed, &id, &q->res.blob, d);
	if (e)
		return e;
	q->res.type = "application/octet-stream";
	q->res.cache = CACHE_MEMBERS;
	return OK;
}

static enum err bundle_name(const struct service *s, const struct request *q,
	struct hash *ret, struct diag *d)
{
	enum err e = check_channel(s, q, d);

	return e ? e : hash_parse(q->arg[1], ret, d);
}

enum err api_bundle(struct service *s, struct request *q, struct diag *d)
{
	struct hash sha256;
	enum err e = bundle_name(s, q, &sha256, d);

	if (e)
		return e;
	q->res.blob = feed_bundle(s->feed, &sha256);
	if (!q->res.blob)
		return ERR_UNKNOWN;
	q->res.type = "text/plain; charset=utf-8";
	q->res.cache = CACHE_MEMBERS;
	return OK;
}

enum err api_bundle_stored(struct service *s, struct request *q, struct diag *d)
{
	struct hash sha256;
	struct slice bytes;
	enum err e = bundle_name(s, q, &sha256, d);

	if (!e)
		e = bundles_get(q->db, &sha256, &q->arena, &bytes, d);
	if (!e)
		e = feed_keep_bundle(s->feed, &sha256, bytes, &q->res.blob);
	if (e)
		return e;
	q->res.type = "text/plain; charset=utf-8";
	q->res.cache = CACHE_MEMBERS;
	return OK;
}
