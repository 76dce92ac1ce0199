/* SPDX-License-Identifier: BSD-2-Clause */
/* A false positive, to the coordinators' queue. */
#include <getopt.h>
#include <stdio.h>

#include "client/agent/session.h"
#include "common/json_in.h"
#include "common/json_out.h"
#include "common/kind.h"

#define MESSAGE_MAX (64u << 10)

enum { OPT_REASON = 256, OPT_JSON };

static const struct option options[] = {
	{"reason", required_argument, NULL, OPT_REASON},
	{"json", no_argument, NULL, OPT_JSON},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static enum err post(struct hub *h, struct slice value, const char *reason,
	struct buf *answer, int64_t *ret_id, struct diag *d)
{
	static const struct json_field fields[] = {
		{"id", JSON_NUM, 0, INT64_MAX, true},
		{0},
	};
	CLEANUP_BUF struct buf body;
	CLEANUP_ARENA struct arena a;
	struct json_out j;
	enum err e;

	buf_init(&body, MESSAGE_MAX);
	arena_init(&a, MESSAGE_MAX);
	json_put_begin(&j, &body);
	json_put_object(&j, NULL);
	json_put_text(&j, "value", value);
	json_put_str(&j, "reason", reason);
	json_put_object_end(&j);
	if (buf_err(&body))
		return diag_fail(d, buf_err(&body), "the reason is too long");
	e = hub_post(h, "/v1/disputes", "application/json", buf_view(&body), answer, d);
	if (e)
		return e;
	e = json_read_answer(buf_view(answer), fields, ret_id, &a, d);
	return e ? diag_at(d, ERR_SYNTAX, "the hub's answer: ") : OK;
}

/* Coordinators decide for all; what this municipality needs now it can do by itself. No
 * command line to paste: the value may be an attacker's. */
static void print(const struct config *conf, const struct kind *kind, struct slice value,
	int64_t id)
{
	(void)printf("dispute %lld: %s %.*s is in the coordinators' queue\n",
		(long long)id, kind->name, SLICE_ARG(value));
	if (kind->blockable)
		(void)printf("It stays blocked until they decide. To spare it here at "
			     "once, put it on a line of its own in %s and run varsel "
			     "pull.\n",
			conf->never_block);
}

static enum err dispute(struct cli *c, const char *text, const char *reason, bool json)
{
	CLEANUP_SESSION struct session s = {0};
	CLEANUP_BUF struct buf value, answer;
	const struct kind *kind;
	int64_t id = 0;
	enum err e;

	buf_init(&value, VALUE_MAX);
	buf_init(&answer, MESSAGE_MAX);
	e = kind_recognise(slice_of(text), &kind, &value, &c->d);
	if (e == OK)
		e = session_open(c, "report", &s);
	if (e == OK)
		e = post(s.hub, buf_view(&value), reason, &answer, &id, &c->d);
	if (e)
		return e;
	if (json)
		cli_print(buf_view(&answer));
	else
		print(&s.conf, kind, buf_view(&value), id);
	return OK;
}

enum err cmd_dispute(struct cli *c, int argc, char **argv)
{
	const char *reason = NULL;
	bool json = false;
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		if (o == OPT_REASON)
			reason = optarg;
		else if (o == OPT_JSON)
			json = true;
		else
			e = cli_option(c, "dispute", o);
	}
	if (e == OK && argc - optind != 1)
		e = cli_usage(c, "dispute", "dispute: one value");
	if (e == OK && (!reason || !*reason))
		e = cli_usage(c, "dispute", "dispute: say why, with --reason");
	return e ? e : dispute(c, argv[optind], reason, json);
}
