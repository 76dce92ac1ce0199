/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/ctl.h"
#include "client/ctl/listing.h"
#include "client/ctl/text.h"
#include "client/ctl/trail.h"
#include "common/clock.h"

#define OUT_MAX ((size_t)1 << 30)

static const char usage[] =
	"usage: varselctl audit [--since TIME] [--json]   who did what, oldest first\n"
	"       varselctl audit verify                    whether a row was changed, "
	"moved or removed\n"
	"  --since 24h, 2026-11-24  that long ago, or since that time\n";

static void put_json(struct json_out *j, const struct audit_row *r)
{
	char hex[HASH_HEX];

	hash_hex(&r->hash, hex);
	json_put_object(j, NULL);
	json_put_num(j, "id", r->id);
	json_put_time(j, "at", r->at);
	json_put_str(j, "actor", r->actor);
	json_put_str(j, "action", r->action);
	json_put_str(j, "subject", r->subject);
	json_put_str(j, "detail", r->detail);
	json_put_str(j, "hash", hex);
	json_put_object_end(j);
}

static enum err on_page(void *ctx, const struct trail_page *p, struct diag *d)
{
	struct listing *l = ctx;

	(void)d;
	for (size_t i = 0; i < p->n; i++) {
		const struct audit_row *r = &p->row[i];
		char id[TEXT_NUM], at[CLOCK_TEXT];

		if (l->json) {
			put_json(&l->j, r);
			continue;
		}
		clock_format(r->at, at);
		table_row(&l->t, (const char *[]){text_num(r->id, id), at, r->actor,
					 r->action, r->subject, r->detail});
	}
	return OK;
}

static enum err list(struct ctl *c, int64_t since, bool json, struct diag *d)
{
	static const char *const head[] = {
		"ID", "AT", "ACTOR", "ACTION", "SUBJECT", "DETAIL", NULL};
	CLEANUP_LISTING struct listing l;
	enum err e;

	listing_begin(&l, json, head, OUT_MAX);
	e = trail_walk(c->hub, since, on_page, &l, d);
	return e ? e : listing_print(&l, d);
}

static enum err check_page(void *ctx, const struct trail_page *p, struct diag *d)
{
	return trail_check(ctx, p, d);
}

/* What is kept of the last time is the only witness of an end that was cut off. */
static enum err verify(struct ctl *c, struct diag *d)
{
	CLEANUP_BUF struct buf out = {.max = 512};
	struct trail t = {0};
	char *path = NULL;
	enum err e;

	if (asprintf(&path, "%s/audit-head", c->conf.state_dir) < 0)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	e = trail_head_load(path, &t, d);
	if (!e)
		e = trail_walk(c->hub, 0, check_page, &t, d);
	if (!e)
		e = trail_end(&t, d);
	if (!e)
		e = trail_head_save(path, &t, clock_now(), d);
	free(path);
	if (e)
		return e;
	buf_printf(&out, "%zu rows hold, up to row %" PRId64 "\n", t.rows, t.last.id);
	return ctl_print(&out, d);
}

/* "24h": that long ago; else a date or a time. */
static enum err since_parse(const char *text, int64_t *ret, struct diag *d)
{
	int64_t now = clock_now(), ago;

	if (clock_duration(slice_of(text), &ago, NULL) == OK) {
		*ret = ago < now ? now - ago : 0;
		return OK;
	}
	if (clock_until(slice_of(text), now, ret, d))
		return diag_at(d, ERR_USAGE, "--since: ");
	return OK;
}

enum err ctl_audit(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"since", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int64_t since = 0;
	bool json = false, plain = true;
	enum err e = OK;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt == 's')
			e = since_parse(optarg, &since, d);
		else if (opt == 'j')
			json = true;
		else
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		if (e)
			return e;
		plain = false;
	}
	if (argc - optind == 1 && strcmp(argv[optind], "verify") == 0 && plain) {
		e = ctl_login(c, d);
		return e ? e : verify(c, d);
	}
	if (optind != argc)
		return diag_fail(d, ERR_USAGE,
			"audit: takes no argument but verify, and that no option");
	e = ctl_login(c, d);
	return e ? e : list(c, since, json, d);
}
