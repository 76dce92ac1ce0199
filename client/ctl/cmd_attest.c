/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>

#include "client/ctl/ctl.h"
#include "client/ctl/signed.h"
#include "common/clock.h"
#include "common/json_in.h"

#define ANSWER_MAX 65536

static const char usage[] =
	"usage: varselctl attest [-v]\n"
	"Follows the log, looks for every statement that was signed here, and signs\n"
	"which tree it is, so that the municipalities know that nothing is withheld\n"
	"from them. For cron: silent while all is well.\n"
	"  -v, --verbose  says what was signed\n";

/* The tree that was followed, as a statement signed by the attest key. */
static enum err make(
	const struct feed *f, const struct seckey *k, struct buf *note, struct diag *d)
{
	struct statement st = {.verb = VERB_ATTEST,
		.issued = clock_now(),
		.size = (int64_t)f->log.size,
		.root = frontier_root(&f->log)};
	CLEANUP_BUF struct buf text;
	struct note n;
	enum err e;

	buf_init(&text, STATEMENT_MAX);
	(void)snprintf(st.log, sizeof(st.log), "%s", feed_origin(f));
	statement_put(&text, &st);
	if (buf_err(&text))
		return diag_fail(d, buf_err(&text), "statement: too long");
	note_begin(note, buf_view(&text));
	e = note_sign(note, buf_view(&text), k, 0, d);
	if (!e)
		e = note_parse(buf_view(note), &n, d);
	return e ? e : root_check_statement(&f->root, &n, &st, d);
}

static enum err post(struct ctl *c, struct slice note, int64_t *ret_index, struct diag *d)
{
	static const struct json_field fields[] = {
		{"index", JSON_NUM, 0, INT64_MAX, true},
		{0},
	};
	CLEANUP_BUF struct buf answer;
	CLEANUP_ARENA struct arena a;
	enum err e;

	buf_init(&answer, ANSWER_MAX);
	arena_init(&a, 4 * ANSWER_MAX);
	e = hub_post(
		c->hub, "/v1/statements", "text/plain; charset=utf-8", note, &answer, d);
	return e ? e : json_read_answer(buf_view(&answer), fields, ret_index, &a, d);
}

/* Follows, and looks for what was signed here. A statement that another run has signed in
 * between is not missing: the second look tells. */
static enum err follow(struct ctl *c, struct diag *d)
{
	enum err e = OK;

	c->attests = true;
	for (int attempt = 0; attempt < 2; attempt++) {
		e = ctl_follow(c, false, d);
		if (e)
			break;
		e = signed_check(c->conf.state_dir, c->feed, clock_now(), d);
		if (e != ERR_HOLD)
			break;
	}
	return e;
}

static enum err attest(struct ctl *c, bool verbose, struct diag *d)
{
	CLEANUP_SECKEY struct seckey key = {0};
	CLEANUP_BUF struct buf note;
	int64_t index = 0;
	enum err e = ctl_attest_key(c, &key, d);

	buf_init(&note, STATEMENT_MAX);
	if (!e)
		e = follow(c, d);
	if (!e && !c->feed->root.attest_within)
		e = diag_fail(d, ERR_CONFIG, "attest: root %lld asks for no attests",
			(long long)c->feed->root.version);
	if (!e)
		e = make(c->feed, &key, &note, d);
	if (!e)
		e = post(c, buf_view(&note), &index, d);
	if (!e && verbose)
		(void)printf("attested %llu entries, as entry %lld\n",
			(unsigned long long)c->feed->log.size, (long long)index);
	return e;
}

enum err ctl_attest(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"verbose", no_argument, NULL, 'v'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	bool verbose = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		if (opt != 'v')
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		verbose = true;
	}
	if (optind != argc)
		return diag_fail(d, ERR_USAGE, "attest: takes no argument");
	return attest(c, verbose, d);
}
