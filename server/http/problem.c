/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/problem.h"

#include <stdio.h>

#include "server/api/refusals.h"
#include "server/http/path.h"

#define RETRY_SOON   2  /* seconds: a queue that drains */
#define RETRY_LATER  10 /* something must come back first */
#define TARGET_SHOWN 200

int problem_retry_after(enum err e)
{
	switch (err_http(e)) {
	case 429:
	case 503:
		return e == ERR_BUSY || e == ERR_RATE ? RETRY_SOON : RETRY_LATER;
	default:
		return 0;
	}
}

/* What the caller may read of it. */
static const char *detail(enum err e, const struct diag *d)
{
	switch (e) {
	case ERR_DATABASE:
	case ERR_INTERNAL:
	case ERR_IO:
	case ERR_CANTCREAT:
	case ERR_NOMEM:
		return err_text(e);
	default:
		return d->text[0] ? d->text : err_text(e);
	}
}

void problem_answer(struct request *q, enum err e, const struct diag *d)
{
	struct json_out j;

	blob_unref(q->res.blob);
	q->res.blob = NULL;
	answer_begin(q, &j, err_http(e));
	json_put_text(&j, "type", slice_of("about:blank"));
	json_put_str(&j, "title", err_text(e));
	json_put_num(&j, "status", err_http(e));
	json_put_str(&j, "detail", detail(e, d));
	json_put_str(&j, "slug", err_slug(e));
	json_put_str(&j, "request", q->id);
	if (q->res.nrefused)
		refusals_put(&j, q->res.refused, q->res.nrefused);
	if (answer_end(q, &j, NULL))
		buf_reset(&q->res.body); /* the status alone must do */
	q->res.type = "application/problem+json";
	q->res.cache = CACHE_NOT;
}

void problem_log(const struct request *q, const char *from, const char *method,
	const char *target, enum err e, const struct diag *d)
{
	struct slice shown = path_shown(slice_of(target));
	struct diag line;

	/* diag_fail() makes what came from outside printable. */
	(void)!diag_fail(&line, OK, "request=%s %.16s %.*s %d %s from=%s%s%.*s: %.600s",
		q->id, method, (int)(shown.n < TARGET_SHOWN ? shown.n : TARGET_SHOWN),
		shown.p, err_http(e), err_slug(e), from, q->who.key ? " key=" : "",
		KEY_NAME_MAX, q->who.key ? q->who.key : "",
		d->text[0] ? d->text : err_text(e));
	(void)fprintf(stderr, "varseld: %s\n", line.text);
}
