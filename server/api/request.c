/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/api/request.h"

#include <inttypes.h>

#include "common/clock.h"

const char *request_param(const struct request *q, const char *name)
{
	for (size_t i = 0; i < q->nparams; i++)
		if (strcmp(q->param[i].name, name) == 0)
			return q->param[i].value;
	return NULL;
}

enum err request_number(const struct request *q, const char *name, int64_t min,
	int64_t max, int64_t *ret, struct diag *d)
{
	const char *text = request_param(q, name);
	int64_t n;

	if (!text)
		return OK;
	if (number_parse(slice_of(text), &n, NULL) || n < min || n > max)
		return diag_fail(d, ERR_VALUE,
			"query parameter %s: \"%s\" is no number of %" PRId64
			" to %" PRId64,
			name, text, min, max);
	*ret = n;
	return OK;
}

enum err request_time(
	const struct request *q, const char *name, int64_t *ret, struct diag *d)
{
	const char *text = request_param(q, name);

	if (!text)
		return OK;
	if (clock_parse(slice_of(text), ret, d))
		return diag_at(d, ERR_VALUE, "query parameter %s: ", name);
	return OK;
}

enum err request_id(const struct request *q, size_t arg, int64_t *ret, struct diag *d)
{
	if (number_parse(q->arg[arg], ret, NULL))
		return diag_fail(d, ERR_NOT_FOUND, "\"%.*s\" is no id: a decimal number",
			SLICE_ARG(q->arg[arg]));
	return OK;
}

void answer_begin(struct request *q, struct json_out *j, int status)
{
	q->res.status = status;
	buf_reset(&q->res.body);
	json_put_begin(j, &q->res.body);
	json_put_object(j, NULL);
}

enum err answer_end(struct request *q, struct json_out *j, struct diag *d)
{
	enum err e;

	json_put_object_end(j);
	buf_putc(&q->res.body, '\n');
	e = buf_err(&q->res.body);
	if (e == ERR_LIMIT)
		return diag_fail(
			d, ERR_INTERNAL, "the answer is over %zu bytes", REQUEST_MEMORY);
	return e;
}
