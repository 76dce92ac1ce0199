/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/sightings.h"

#include "common/json_in.h"
#include "server/api/handlers.h"
#include "server/api/service.h"

struct input {
	char *batch;
};

static const struct json_field fields[] = {
	{"batch", JSON_TEXT, offsetof(struct input, batch), SIGHTING_BATCH, false},
	{"sightings", JSON_ROWS, 0, SIGHTINGS_ROWS, true},
	{NULL, JSON_TEXT, 0, 0, false},
};

#define AT(field) offsetof(struct sighting_input, field)

static const struct json_field row_fields[] = {
	{"kind", JSON_TEXT, AT(kind), SIGHTING_SOURCE, false},
	{"value", JSON_TEXT, AT(value), INPUT_LINE_MAX, false},
	{"id", JSON_NUM, AT(id), 0, false},
	{"count", JSON_NUM, AT(count), SIGHTING_COUNT, true},
	{"first", JSON_TEXT, AT(first), 32, true},
	{"last", JSON_TEXT, AT(last), 32, true},
	{"source", JSON_TEXT, AT(source), SIGHTING_SOURCE, true},
	{NULL, JSON_TEXT, 0, 0, false},
};

struct rows {
	struct sighting_input item[SIGHTINGS_ROWS];
	size_t n;
};

static enum err take_row(void *ctx, size_t i, void *item, struct diag *d)
{
	struct rows *rows = ctx;

	(void)i;
	(void)d;
	rows->item[rows->n++] = *(struct sighting_input *)item;
	return OK;
}

static void put(struct json_out *j, const struct sighted *got)
{
	json_put_num(j, "accepted", got->accepted);
	json_put_flag(j, "repeated", got->repeated);
	json_put_array(j, "refused");
	for (size_t i = 0; i < got->nrefused; i++) {
		json_put_object(j, NULL);
		json_put_num(j, "index", (int64_t)got->refused[i].line);
		json_put_str(j, "reason", got->refused[i].reason);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

enum err api_sightings_add(struct service *s, struct request *q, struct diag *d)
{
	struct input in = {0};
	struct rows *rows = arena_alloc(&q->arena, sizeof(*rows));
	struct sighted got;
	struct json_out j;
	enum err e;

	if (!rows)
		return diag_fail(d, ERR_NOMEM, "sightings: out of memory");
	rows->n = 0;
	e = json_read_object(q->body, fields, &in, &q->arena, d);
	if (!e)
		e = json_read_array(q->body, "sightings", row_fields, sizeof(*rows->item),
			false, take_row, rows, &q->arena, d);
	if (!e)
		e = sightings_take(&s->core, q->db, &q->who, in.batch, rows->item,
			rows->n, q->now, &q->arena, &got, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	put(&j, &got);
	return answer_end(q, &j, d);
}
