/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/notices.h"

#include "server/api/handlers.h"
#include "server/api/service.h"

enum err api_notices(struct service *s, struct request *q, struct diag *d)
{
	struct notice *got = arena_alloc(&q->arena, sizeof(*got) * NOTICES_MAX);
	struct json_out j;
	size_t n;
	enum err e;

	if (!got)
		return diag_fail(d, ERR_NOMEM, "notices: out of memory");
	e = notices_list(&s->core, q->db, &q->arena, got, &n, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_array(&j, "notices");
	for (size_t i = 0; i < n; i++) {
		json_put_object(&j, NULL);
		json_put_num(&j, "index", got[i].index);
		json_put_time(&j, "issued", got[i].st.issued);
		json_put_str(&j, "severity", severity_name(got[i].st.severity));
		json_put_text(&j, "text", got[i].text);
		json_put_object_end(&j);
	}
	json_put_array_end(&j);
	return answer_end(q, &j, d);
}
