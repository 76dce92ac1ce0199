/* SPDX-License-Identifier: BSD-2-Clause */
/* An own report taken back. */
#include <getopt.h>
#include <stdio.h>

#include "client/agent/session.h"
#include "common/clock.h"
#include "common/json_in.h"

#define ANSWER_MAX (64u << 10)

static enum err withdraw(struct cli *c, int64_t id, bool json)
{
	struct withdrawal {
		char *withdrawn;
	} got = {NULL};
	static const struct json_field fields[] = {
		{"withdrawn", JSON_TEXT, offsetof(struct withdrawal, withdrawn), 32,
			true},
		{0},
	};
	CLEANUP_SESSION struct session s = {0};
	CLEANUP_BUF struct buf answer;
	CLEANUP_ARENA struct arena a;
	char path[64];
	enum err e = session_open(c, "report", &s);

	buf_init(&answer, ANSWER_MAX);
	arena_init(&a, ANSWER_MAX);
	(void)snprintf(path, sizeof(path), "/v1/reports/%lld/withdrawal", (long long)id);
	if (e == OK)
		e = hub_post(s.hub, path, "text/plain", slice_of(""), &answer, &c->d);
	if (e)
		return e;
	if (json_read_answer(buf_view(&answer), fields, &got, &a, &c->d))
		return diag_at(&c->d, ERR_SYNTAX, "the hub's answer: ");
	if (json)
		cli_print(buf_view(&answer));
	else
		(void)printf("report %lld: withdrawn %s\n", (long long)id, got.withdrawn);
	return OK;
}

enum err cmd_withdraw(struct cli *c, int argc, char **argv)
{
	bool json = false;
	enum err e = cli_json(c, argc, argv, &json);
	int64_t id;

	if (e == OK && argc - optind != 1)
		e = cli_usage(c, "withdraw", "withdraw: the number of one report");
	if (e == OK && number_parse(slice_of(argv[optind]), &id, NULL))
		e = cli_usage(c, "withdraw",
			"withdraw: %s: not a report's number; varsel lookup VALUE shows "
			"it",
			argv[optind]);
	return e ? e : withdraw(c, id, json);
}
