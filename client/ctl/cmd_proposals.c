/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/ctl.h"
#include "client/ctl/listing.h"
#include "client/ctl/text.h"
#include "common/json_in.h"
#include "common/json_out.h"

#define ANSWER_MAX ((size_t)4 << 20)

static const char usage[] =
	"usage: varselctl proposals [--json]\n"
	"Approvals and notices that await another coordinator's signature. What one of\n"
	"them holds is shown, and checked, by varselctl cosign -n ID.\n";

/* As the hub tells of it. */
struct listed {
	int64_t id, bytes, count, needed;
	char *verb, *issued, *expires, *bundle, *reason, *created;
	struct json_texts signers;
};

#define FIELD(name, type)                                            \
	{                                                            \
#name, type, offsetof(struct listed, name), 0, false \
	}
static const struct json_field fields[] = {
	{"id", JSON_NUM, offsetof(struct listed, id), INT64_MAX, true},
	{"bytes", JSON_NUM, offsetof(struct listed, bytes), INT64_MAX, true},
	{"count", JSON_NUM, offsetof(struct listed, count), INT64_MAX, true},
	{"needed", JSON_NUM, offsetof(struct listed, needed), INT64_MAX, true},
	FIELD(verb, JSON_TEXT),
	FIELD(issued, JSON_TEXT),
	FIELD(expires, JSON_TEXT),
	FIELD(bundle, JSON_TEXT),
	FIELD(reason, JSON_TEXT),
	FIELD(created, JSON_TEXT),
	FIELD(signers, JSON_TEXTS),
	{0},
};

static void put_json(struct json_out *j, const struct listed *x)
{
	json_put_object(j, NULL);
	json_put_num(j, "id", x->id);
	json_put_str(j, "verb", x->verb);
	json_put_str(j, "issued", x->issued);
	json_put_str(j, "expires", x->expires);
	json_put_str(j, "bundle", x->bundle);
	json_put_num(j, "bytes", x->bytes);
	json_put_num(j, "count", x->count);
	json_put_str(j, "reason", x->reason);
	json_put_array(j, "signers");
	for (size_t i = 0; i < x->signers.n; i++)
		json_put_str(j, NULL, x->signers.item[i]);
	json_put_array_end(j);
	json_put_num(j, "needed", x->needed);
	json_put_str(j, "created", x->created);
	json_put_object_end(j);
}

static enum err on_proposal(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct listed *x = item;
	char id[TEXT_NUM], count[TEXT_NUM], have[48], signers[1024];
	struct listing *l = ctx;

	(void)i;
	(void)d;
	if (l->json) {
		put_json(&l->j, x);
		return OK;
	}
	(void)snprintf(
		have, sizeof(have), "%zu of %lld", x->signers.n, (long long)x->needed);
	table_row(&l->t, (const char *[]){text_num(x->id, id), x->verb,
				 text_num(x->count, count), have, x->issued, x->expires,
				 text_list(&x->signers, ",", signers, sizeof(signers)),
				 x->reason});
	return OK;
}

static enum err print_proposals(struct ctl *c, bool json, struct diag *d)
{
	static const char *const head[] = {
		"ID", "VERB", "LINES", "SIGNED", "ISSUED", "UNTIL", "BY", "REASON", NULL};
	CLEANUP_BUF struct buf answer = {.max = ANSWER_MAX};
	CLEANUP_LISTING struct listing l;
	enum err e;

	listing_begin(&l, json, head, 16 * ANSWER_MAX);
	e = hub_get(c->hub, "/v1/proposals", &answer, d);
	if (!e)
		e = json_read_array(buf_view(&answer), "proposals", fields,
			sizeof(struct listed), true, on_proposal, &l, &l.arena, d);
	return e ? e : listing_print(&l, d);
}

enum err ctl_proposals(struct ctl *c, int argc, char **argv, struct diag *d)
{
	bool json = false;
	enum err e;

	if (!ctl_json(argc, argv, usage, &json, &e))
		return e;
	if (optind != argc)
		return diag_fail(d, ERR_USAGE, "proposals: takes no argument");
	e = ctl_login(c, d);
	return e ? e : print_proposals(c, json, d);
}
