/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/cmd_org.h"
#include "client/ctl/ctl.h"
#include "common/json_in.h"
#include "common/json_out.h"

#define ANSWER_MAX (8u << 20)

static const char usage[] =
	"usage: varselctl org add [--sector S] CODE NAME   a municipality\n"
	"       varselctl org import FILE.csv              lines of code,name[,sector]\n"
	"       varselctl org list [--json]\n"
	"       varselctl org link CODE                    an enrolment link: one use, "
	"24 hours\n"
	"       varselctl org suspend CODE                 its keys are refused from now "
	"on\n"
	"Adding one that is there already changes nothing.\n";

enum err org_add(struct ctl *c, struct slice code, struct slice name, struct slice sector,
	struct diag *d)
{
	CLEANUP_BUF struct buf body, answer;
	struct json_out j;

	buf_init(&body, 8192);
	buf_init(&answer, ANSWER_MAX);
	json_put_begin(&j, &body);
	json_put_object(&j, NULL);
	json_put_text(&j, "code", code);
	json_put_text(&j, "name", name);
	if (sector.n)
		json_put_text(&j, "sector", sector);
	json_put_object_end(&j);
	if (buf_err(&body))
		return diag_fail(d, buf_err(&body), "org: %s", err_text(buf_err(&body)));
	return hub_post(
		c->hub, "/v1/orgs", "application/json", buf_view(&body), &answer, d);
}

static enum err add(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"sector", required_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	const char *sector = "";
	enum err e;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (opt != 's')
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		sector = optarg;
	}
	if (argc - optind != 2)
		return diag_fail(d, ERR_USAGE, "org add: give CODE and NAME");
	e = ctl_login(c, d);
	if (e)
		return e;
	return org_add(c, slice_of(argv[optind]), slice_of(argv[optind + 1]),
		slice_of(sector), d);
}

/* The argument alone of `link CODE`, `suspend CODE`, `import FILE`. */
static enum err one_argument(int argc, char **argv, const char **ret, struct diag *d)
{
	if (argc == 2 && argv[1][0] != '-') {
		*ret = argv[1];
		return OK;
	}
	return diag_fail(d, ERR_USAGE, "org %s: give one argument", argv[0]);
}

/* POST /v1/orgs/<code>/<verb> */
static enum err post_verb(struct ctl *c, const char *code, const char *verb,
	struct buf *answer, struct diag *d)
{
	CLEANUP_BUF struct buf path;

	buf_init(&path, 1024);
	buf_puts(&path, "/v1/orgs/");
	hub_query_put(&path, slice_of(code));
	buf_printf(&path, "/%s", verb);
	if (buf_err(&path))
		return diag_fail(d, ERR_USAGE, "org: the code is too long");
	return hub_post(c->hub, buf_str(&path), "text/plain", slice_of(""), answer, d);
}

static enum err suspend(struct ctl *c, int argc, char **argv, struct diag *d)
{
	CLEANUP_BUF struct buf answer;
	const char *code;
	enum err e = one_argument(argc, argv, &code, d);

	buf_init(&answer, ANSWER_MAX);
	if (!e)
		e = ctl_login(c, d);
	return e ? e : post_verb(c, code, "suspend", &answer, d);
}

static enum err link_for(struct ctl *c, int argc, char **argv, struct diag *d)
{
	struct answer {
		char *link;
	} x = {0};
	static const struct json_field fields[] = {
		{"link", JSON_TEXT, offsetof(struct answer, link), 4096, true},
		{0},
	};
	CLEANUP_BUF struct buf answer;
	CLEANUP_ARENA struct arena a;
	const char *code;
	enum err e = one_argument(argc, argv, &code, d);

	buf_init(&answer, ANSWER_MAX);
	arena_init(&a, 1u << 20);
	if (!e)
		e = ctl_login(c, d);
	if (!e)
		e = post_verb(c, code, "links", &answer, d);
	if (!e)
		e = json_read_answer(buf_view(&answer), fields, &x, &a, d);
	if (!e)
		e = org_check_link(slice_of(x.link), code, &c->conf, d);
	if (e)
		return e;
	buf_reset(&answer);
	buf_printf(&answer, "%s\n", x.link);
	return ctl_print(&answer, d);
}

static enum err import(struct ctl *c, int argc, char **argv, struct diag *d)
{
	const char *path;
	enum err e = one_argument(argc, argv, &path, d);

	if (!e)
		e = ctl_login(c, d);
	return e ? e : org_import(c, path, d);
}

enum err ctl_org(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct command verbs[] = {
		{"add", NULL, add},
		{"import", NULL, import},
		{"list", NULL, org_list},
		{"link", NULL, link_for},
		{"suspend", NULL, suspend},
	};

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0)
			return ctl_help(usage);
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(c, argc - 1, argv + 1, d);
	return diag_fail(d, ERR_USAGE, "org: add, import, list, link or suspend");
}
