/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/sums.h"

#include <string.h>

#include "server/api/handlers.h"
#include "server/api/service.h"

static void put_hours(struct json_out *j, const struct sighting_sums *sums)
{
	json_put_array(j, "hours");
	for (size_t i = 0; i < sums->n; i++) {
		const struct sighting_sum *x = &sums->item[i];

		json_put_object(j, NULL);
		json_put_time(j, "hour", x->hour);
		json_put_str(j, "kind", x->kind);
		json_put_num(j, "count", x->count);
		json_put_num(j, "orgs", x->orgs);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

static void put_orgs(struct json_out *j, const struct sighting_sums *sums)
{
	json_put_array(j, "orgs");
	for (size_t i = 0; i < sums->n; i++) {
		const struct sighting_sum *x = &sums->item[i];

		json_put_object(j, NULL);
		json_put_str(j, "code", x->code);
		json_put_str(j, "name", x->name);
		json_put_num(j, "count", x->count);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

enum err api_sightings(struct service *s, struct request *q, struct diag *d)
{
	const char *by = request_param(q, "by");
	struct sighting_sums sums;
	struct json_out j;
	int64_t since = 0;
	enum err e = request_time(q, "since", &since, d);

	(void)s;
	if (!e)
		e = sums_read(
			q->db, &q->who, by, since, q->now, &q->arena, &since, &sums, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_time(&j, "since", since);
	if (strcmp(by, "hour") == 0)
		put_hours(&j, &sums);
	else
		put_orgs(&j, &sums);
	return answer_end(q, &j, d);
}
