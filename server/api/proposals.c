/* SPDX-License-Identifier: BSD-2-Clause */
/* Statements that await more coordinators' signatures. */
#include "server/core/proposals.h"

#include "server/api/decided.h"
#include "server/api/handlers.h"
#include "server/api/service.h"

static void put_fields(struct json_out *j, const struct proposal *p)
{
	char hex[HASH_HEX];

	hash_hex(&p->st.bundle, hex);
	json_put_num(j, "id", p->id);
	json_put_str(j, "verb", verb_name(p->st.verb));
	json_put_time(j, "issued", p->st.issued);
	json_put_time(j, "expires", p->st.expires);
	json_put_str(j, "bundle", hex);
	json_put_num(j, "bytes", p->st.bytes);
	json_put_num(j, "count", p->st.count);
	json_put_str(j, "reason", p->reason);
	json_put_array(j, "signers");
	for (size_t i = 0; i < p->nsigners; i++)
		json_put_str(j, NULL, p->signers[i]);
	json_put_array_end(j);
	json_put_num(j, "needed", (int64_t)p->needed);
	json_put_time(j, "created", p->created);
}

enum err api_proposals(struct service *s, struct request *q, struct diag *d)
{
	struct proposal *list;
	struct json_out j;
	size_t n;
	enum err e = proposals_list(&s->core, q->db, q->now, &q->arena, &list, &n, d);

	if (e)
		return e;
	answer_begin(q, &j, 200);
	json_put_array(&j, "proposals");
	for (size_t i = 0; i < n; i++) {
		json_put_object(&j, NULL);
		put_fields(&j, &list[i]);
		json_put_object_end(&j);
	}
	json_put_array_end(&j);
	return answer_end(q, &j, d);
}

enum err api_proposal(struct service *s, struct request *q, struct diag *d)
{
	struct proposal p;
	struct json_out j;
	int64_t id;
	enum err e = request_id(q, 0, &id, d);

	if (!e)
		e = proposals_get(&s->core, q->db, id, q->now, &q->arena, &p, d);
	if (e)
		return e;
	answer_begin(q, &j, 200);
	put_fields(&j, &p);
	json_put_text(&j, "note", p.note);
	return answer_end(q, &j, d);
}

enum err api_proposal_sign(struct service *s, struct request *q, struct diag *d)
{
	struct decided got = {0};
	int64_t id;
	enum err e = request_id(q, 0, &id, d);

	if (!e)
		e = proposals_sign(&s->core, q->db, &q->who, id, q->body, q->now,
			&q->arena, &got, d);
	return e ? e : decided_answer(q, &got, d);
}
