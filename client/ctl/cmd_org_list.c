/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>

#include "client/ctl/cmd_org.h"
#include "client/ctl/ctl.h"
#include "client/ctl/listing.h"
#include "client/ctl/text.h"
#include "common/json_in.h"

#define ANSWER_MAX (8u << 20)

static const char usage[] =
	"usage: varselctl org list [--json]\n"
	"The municipalities: code, state, keys, reports, last seen, sector, name.\n";

struct org {
	char *code, *name, *sector, *state, *created, *last_seen;
	int64_t keys, reports;
};

#define AT(field) offsetof(struct org, field)
static const struct json_field fields[] = {
	{"code", JSON_TEXT, AT(code), 64, true},
	{"name", JSON_TEXT, AT(name), 1024, true},
	{"sector", JSON_TEXT, AT(sector), 1024, false},
	{"state", JSON_TEXT, AT(state), 64, true},
	{"created", JSON_TEXT, AT(created), 64, false},
	{"last_seen", JSON_TEXT, AT(last_seen), 64, false},
	{"keys", JSON_NUM, AT(keys), INT64_MAX, false},
	{"reports", JSON_NUM, AT(reports), INT64_MAX, false},
	{0},
};

static enum err each(void *ctx, size_t i, void *item, struct diag *d)
{
	struct listing *l = ctx;
	const struct org *o = item;
	char keys[TEXT_NUM], reports[TEXT_NUM];

	(void)i;
	(void)d;
	if (l->json) {
		json_put_object(&l->j, NULL);
		json_put_str(&l->j, "code", o->code);
		json_put_str(&l->j, "name", o->name);
		json_put_str(&l->j, "sector", o->sector);
		json_put_str(&l->j, "state", o->state);
		json_put_num(&l->j, "keys", o->keys);
		json_put_num(&l->j, "reports", o->reports);
		json_put_str(&l->j, "created", o->created);
		json_put_str(&l->j, "last_seen", o->last_seen);
		json_put_object_end(&l->j);
		return OK;
	}
	table_row(&l->t,
		(const char *[]){o->code, o->state, text_num(o->keys, keys),
			text_num(o->reports, reports),
			o->last_seen ? o->last_seen : "never", o->sector, o->name});
	return OK;
}

enum err org_list(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const char *const head[] = {
		"CODE", "STATE", "KEYS", "REPORTS", "LAST SEEN", "SECTOR", "NAME", NULL};
	CLEANUP_BUF struct buf answer = {.max = ANSWER_MAX};
	CLEANUP_LISTING struct listing l = {0};
	bool json = false;
	enum err e;

	if (!ctl_json(argc, argv, usage, &json, &e))
		return e;
	if (optind != argc)
		return diag_fail(d, ERR_USAGE, "org list: takes no argument");
	e = ctl_login(c, d);
	if (!e)
		e = hub_get(c->hub, "/v1/orgs", &answer, d);
	if (e)
		return e;
	listing_begin(&l, json, head, 8 * ANSWER_MAX);
	e = json_read_array(buf_view(&answer), "orgs", fields, sizeof(struct org), true,
		each, &l, &l.arena, d);
	return e ? e : listing_print(&l, d);
}
