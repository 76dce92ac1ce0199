/* SPDX-License-Identifier: BSD-2-Clause */
/* push and sign: the same way from a file to signed notes, with another end. */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "client/agent/apart.h"
#include "client/agent/batch.h"
#include "client/agent/cli.h"
#include "client/agent/config.h"
#include "client/agent/outbox.h"
#include "client/agent/post.h"
#include "client/agent/spool.h"
#include "common/file.h"
#include "common/note.h"

enum { OPT_FORMAT = 256, OPT_TLP, OPT_COMMENT, OPT_ACTION, OPT_STRICT, OPT_JSON };

static const struct option options[] = {
	{"format", required_argument, NULL, OPT_FORMAT},
	{"tlp", required_argument, NULL, OPT_TLP},
	{"comment", required_argument, NULL, OPT_COMMENT},
	{"action", required_argument, NULL, OPT_ACTION},
	{"strict", no_argument, NULL, OPT_STRICT},
	{"json", no_argument, NULL, OPT_JSON},
	{"dry-run", no_argument, NULL, 'n'},
	{"verbose", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

struct push {
	struct cli *cli;
	const char *command; /* "push" or "sign" */
	const char *file;
	const struct input_format *format;
	const char *comment;
	bool strict, json, print_only;
	struct config conf;
	struct seckey key;
	struct hub *hub;
	struct batch batch;
	/* while a note is posted: where its lines come from */
	size_t first, header_lines;
	struct post_answer sum;
	size_t spooled;
	struct diag why; /* of the first that had to be */
};

static enum err read_options(struct push *p, int argc, char **argv)
{
	struct cli *c = p->cli;
	enum err e = OK;
	int o;

	while (e == OK && (o = getopt_long(argc, argv, "nvh", options, NULL)) != -1) {
		if (o == OPT_FORMAT) {
			p->format = input_format_of(optarg);
			if (!p->format)
				e = cli_usage(
					c, p->command, "--format %s: not known", optarg);
		} else if (o == OPT_TLP) {
			e = tlp_parse(slice_of(optarg), &p->batch.tlp, &c->d);
			if (e)
				e = diag_at(&c->d, ERR_USAGE, "--tlp: ");
		} else if (o == OPT_ACTION) {
			p->batch.action_given = true;
			e = action_parse(slice_of(optarg), &p->batch.action, &c->d);
			if (e)
				e = diag_at(&c->d, ERR_USAGE, "--action: ");
		} else if (o == OPT_COMMENT) {
			p->comment = optarg;
		} else if (o == OPT_STRICT) {
			p->strict = true;
		} else if (o == OPT_JSON) {
			p->json = true;
		} else if (o == 'n') {
			p->print_only = true;
		} else {
			e = cli_option(c, p->command, o);
		}
	}
	if (e == OK && argc - optind > 1)
		e = cli_usage(c, p->command, "one file at a time");
	p->file = optind < argc ? argv[optind] : "-";
	return e;
}

/* What is said of a line is said in this form, for scripts as well. */
static void say_refused(void *ctx, size_t line, const char *reason)
{
	struct push *p = ctx;

	(void)fprintf(stderr, "line %zu: %s\n", line, reason);
	p->batch.refused++;
}

static enum err take_row(void *ctx, const struct input_row *row, struct diag *d)
{
	struct push *p = ctx;
	enum err e = batch_add(&p->batch, row, d);

	if (e == OK || e == ERR_NOMEM || e == ERR_INTERNAL)
		return e;
	say_refused(p, row->line, d->text);
	d->text[0] = '\0';
	return OK;
}

static enum err read_input(struct push *p)
{
	struct input in = {.row = take_row, .refuse = say_refused, .ctx = p};
	bool is_stdin = strcmp(p->file, "-") == 0;
	struct diag *d = &p->cli->d;
	CLEANUP_BUF struct buf text;
	enum err e;

	buf_init(&text, INPUT_MAX);
	if (is_stdin)
		e = file_read_fd(STDIN_FILENO, "standard input", &text, d);
	else
		e = file_read(p->file, &text, d);
	if (e)
		return e;
	if (!p->format)
		p->format = input_guess(is_stdin ? NULL : p->file, buf_view(&text));
	cli_say(p->cli, "reading %s as %s", is_stdin ? "standard input" : p->file,
		p->format->name);
	e = input_read(p->format, buf_view(&text), &in, d);
	if (e)
		return diag_at(d, e, "%s: ", is_stdin ? "standard input" : p->file);
	if (in.skipped)
		cli_say(p->cli, "%zu parts of the file are no indicators to report",
			in.skipped);
	if (p->batch.merged)
		cli_say(p->cli, "%zu lines name an indicator of another line: merged",
			p->batch.merged);
	if (p->strict && p->batch.refused)
		return diag_fail(d, ERR_VALUE,
			"%zu lines refused: nothing is reported (--strict)",
			p->batch.refused);
	if (p->batch.n == 0)
		return diag_fail(d, ERR_NOTHING, "%s: no indicator could be taken",
			is_stdin ? "standard input" : p->file);
	return OK;
}

/* The next note: lines from p->first on; *ret_end is the first that is not in it. */
static enum err make_note(struct push *p, struct buf *note, size_t *ret_end)
{
	struct report head = {
		.hub = slice_of(p->conf.hub_name),
		.org = slice_of(p->conf.org),
		.issued = clock_now(),
		.tlp = p->batch.tlp,
		.comment = slice_of(p->comment ? p->comment : ""),
	};
	struct diag *d = &p->cli->d;
	CLEANUP_BUF struct buf text;
	struct report check;
	enum err e;

	buf_init(&text, REPORT_MAX);
	*ret_end = batch_report(&p->batch, p->first, &head, &text);
	e = buf_err(&text) ? diag_fail(d, buf_err(&text), "the report: %s",
				     err_text(buf_err(&text)))
			   : report_parse(buf_view(&text), &check, d);
	if (e)
		return e;
	p->header_lines = check.body.line - 1;
	buf_reset(note);
	note_begin(note, buf_view(&text));
	return note_sign(note, buf_view(&text), &p->key, 0, d);
}

static void say_refused_by_hub(void *ctx, size_t line, const char *reason)
{
	struct push *p = ctx;
	size_t i = p->first + line - p->header_lines - 1;

	if (line <= p->header_lines || i >= p->batch.n)
		(void)fprintf(stderr, "%s\n", reason);
	else
		say_refused(p, p->batch.line[i].source, reason);
}

static enum err spool(struct push *p, struct slice note)
{
	p->spooled++;
	return spool_put(&p->conf, note, &p->cli->d);
}

/* Posts one note, or keeps it for later once the hub has failed to answer. */
static enum err post_one(struct push *p, struct slice note, bool *down)
{
	struct diag *d = &p->cli->d;
	CLEANUP_BUF struct buf body = {.max = 16u << 20};
	struct post_answer a = {0};
	enum err e;

	if (*down)
		return spool(p, note);
	e = post_report(p->hub, note, p->strict, &body, say_refused_by_hub, p, &a, d);
	if (post_is_temporary(e)) {
		*down = true;
		p->why = *d;
		return spool(p, note);
	}
	if (p->json && (e == OK || e == ERR_NOTHING))
		cli_print(e ? hub_problem(p->hub) : buf_view(&body));
	if (e && e != ERR_NOTHING)
		return e;
	if (e == OK)
		cli_say(p->cli, "report %lld: %lld taken, %lld of them known before",
			(long long)a.id, (long long)a.accepted, (long long)a.known);
	p->sum.accepted += a.accepted;
	p->sum.known += a.known;
	return OK;
}

static enum err post_all(struct push *p)
{
	struct diag *d = &p->cli->d;
	CLEANUP_BUF struct buf note;
	bool down = false;
	size_t end;
	enum err e;

	buf_init(&note, REPORT_MAX + SIG_LINES_MAX);
	spool_send(p->cli, &p->conf, p->hub, &p->key);
	e = hub_login(p->hub, p->conf.hub_name, &p->key, "report read", NULL, NULL, d);
	if (post_is_temporary(e)) {
		p->why = *d;
		down = true;
		e = OK;
	}
	for (p->first = 0; e == OK && p->first < p->batch.n; p->first = end) {
		e = make_note(p, &note, &end);
		if (e == OK)
			e = post_one(p, buf_view(&note), &down);
	}
	if (e)
		return e;
	if (p->spooled)
		return diag_fail(d, ERR_TEMPFAIL,
			"%s; %zu reports wait in the spool and go out with the next push "
			"or pull",
			p->why.text, p->spooled);
	return p->sum.accepted ? OK
			       : diag_fail(d, ERR_NOTHING, "the hub took no line of it");
}

/* In a child. */
static enum err work(void *ctx, FILE *out, struct diag *d)
{
	struct push *p = ctx;
	enum err e = post_all(p);

	(void)out;
	return e ? diag_fail(d, e, "%s", p->cli->d.text) : OK;
}

static enum err post(struct push *p)
{
	struct diag *d = &p->cli->d;
	CLEANUP_BUF struct buf none;
	int64_t more = p->conf.deadline * (int64_t)(p->batch.n / REPORT_LINES);
	enum err e = config_hub(&p->conf, &p->hub, d);

	buf_init(&none, DIAG_MAX);
	if (e == OK)
		e = apart_run(&p->conf, more, work, p, &none, d);
	if (e == OK || e == ERR_NOTHING)
		outbox_try(p->cli, &p->conf);
	return e;
}

static enum err print_all(struct push *p)
{
	struct diag *d = &p->cli->d;
	CLEANUP_BUF struct buf note;
	size_t end;
	enum err e = OK;

	buf_init(&note, REPORT_MAX + SIG_LINES_MAX);
	for (p->first = 0; e == OK && p->first < p->batch.n; p->first = end) {
		e = make_note(p, &note, &end);
		if (e == OK && end < p->batch.n && strcmp(p->command, "sign") == 0)
			e = diag_fail(d, ERR_LIMIT,
				"over %u lines or %u bytes: one report cannot hold it; "
				"varsel "
				"push splits by itself",
				REPORT_LINES, REPORT_MAX);
		if (e == OK)
			(void)fwrite(note.data, 1, note.len, stdout);
	}
	return e;
}

static enum err push(struct cli *c, const char *command, int argc, char **argv)
{
	struct push p = {
		.cli = c, .command = command, .print_only = strcmp(command, "sign") == 0};
	enum err e;

	batch_init(&p.batch);
	e = read_options(&p, argc, argv);
	if (e == OK)
		e = config_load(c->config, &p.conf, &c->d);
	if (e == OK)
		e = config_key(&p.conf, &p.key, &c->d);
	if (e == OK)
		e = read_input(&p);
	if (e == OK)
		e = p.print_only ? print_all(&p) : post(&p);
	hub_close(&p.hub);
	seckey_done(&p.key);
	config_free(&p.conf);
	batch_done(&p.batch);
	return e;
}

enum err cmd_push(struct cli *c, int argc, char **argv)
{
	return push(c, "push", argc, argv);
}

enum err cmd_sign(struct cli *c, int argc, char **argv)
{
	return push(c, "sign", argc, argv);
}
