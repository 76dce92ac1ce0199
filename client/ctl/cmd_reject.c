/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/ctl.h"
#include "client/ctl/decide.h"
#include "client/ctl/targets.h"

#define AT_ONCE 10000

static const char usage[] =
	"usage: varselctl reject --reason TEXT ID|VALUE...\n"
	"Takes indicators off the queue; their reporters can see why. Another\n"
	"municipality's report brings one back.\n";

/* Of a value its id, from the hub; of an id itself. */
static enum err find_id(struct ctl *c, const struct target *t, struct arena *a,
	int64_t *ret, struct diag *d)
{
	struct indicator x = {0};
	bool known;
	enum err e;

	if (!t->kind)
		return number_parse(slice_of(t->text), ret, d);
	e = indicator_get(c->hub, t, a, &x, &known, d);
	if (e)
		return e;
	if (!known)
		return diag_fail(d, ERR_UNKNOWN, "%s: the hub does not know it", t->text);
	*ret = x.id;
	return OK;
}

enum err reject_post(struct ctl *c, const int64_t *ids, size_t n, const char *reason,
	int64_t *rejected, struct diag *d)
{
	static const struct json_field fields[] = {
		{"rejected", JSON_NUM, 0, INT64_MAX, true},
		{0},
	};
	CLEANUP_BUF struct buf body, answer;
	CLEANUP_ARENA struct arena a;
	struct json_out j;
	int64_t count = 0;
	enum err e;

	buf_init(&body, 1u << 20);
	buf_init(&answer, 65536);
	arena_init(&a, 1u << 20);
	json_put_begin(&j, &body);
	json_put_object(&j, NULL);
	json_put_array(&j, "ids");
	for (size_t i = 0; i < n; i++)
		json_put_num(&j, NULL, ids[i]);
	json_put_array_end(&j);
	json_put_str(&j, "reason", reason);
	json_put_object_end(&j);
	if (buf_err(&body))
		return diag_fail(d, buf_err(&body), "%s", err_text(buf_err(&body)));
	e = hub_post(c->hub, "/v1/rejections", "application/json", buf_view(&body),
		&answer, d);
	if (!e)
		e = json_read_answer(buf_view(&answer), fields, &count, &a, d);
	*rejected += e ? 0 : count;
	return e;
}

static enum err reject(
	struct ctl *c, struct targets *t, const char *reason, struct diag *d)
{
	CLEANUP_BUF struct buf out;
	int64_t *ids = calloc(t->n, sizeof(*ids)), rejected = 0;
	enum err e = ids ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	buf_init(&out, 4096);
	for (size_t i = 0; !e && i < t->n; i++)
		e = find_id(c, &t->t[i], &t->arena, &ids[i], d);
	for (size_t at = 0; !e && at < t->n; at += AT_ONCE)
		e = reject_post(c, ids + at, t->n - at < AT_ONCE ? t->n - at : AT_ONCE,
			reason, &rejected, d);
	free(ids);
	if (e)
		return e;
	buf_printf(&out, "rejected %lld of %zu\n", (long long)rejected, t->n);
	return ctl_print(&out, d);
}

enum err ctl_reject(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"reason", required_argument, NULL, 'r'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *reason = NULL;
	struct targets t;
	enum err e = OK;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt != 'r')
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		reason = optarg;
	}
	if (!reason || !*reason || optind == argc)
		return diag_fail(
			d, ERR_USAGE, "reject: give --reason and an ID or VALUE");
	targets_init(&t);
	for (int i = optind; !e && i < argc; i++)
		e = targets_add(&t, argv[i], d);
	if (!e)
		e = ctl_login(c, d);
	if (!e)
		e = reject(c, &t, reason, d);
	targets_done(&t);
	return e;
}
