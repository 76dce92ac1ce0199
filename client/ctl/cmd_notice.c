/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "client/ctl/ctl.h"
#include "client/ctl/decide.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/note.h"
#include "common/notice.h"

#define ANSWER_MAX 65536

static const char usage[] =
	"usage: varselctl notice --severity info|warning|critical [-n] [--json] FILE.md\n"
	"Signs an advisory in Markdown, and hands it to the hub: every municipality "
	"gets\n"
	"it at its next pull, and its notify command is run. The first line is its "
	"title;\n"
	"at most 64 KiB; -: stdin. It cannot be taken back.\n"
	"Where two must sign, prints \"proposal ID\": see varselctl cosign.\n"
	"  --severity S  how much it matters\n"
	"  -n            print it as the municipalities will read it, and sign nothing\n"
	"  --json        what was done, as one object\n";

struct options {
	enum severity severity;
	bool has_severity, dry, json;
	const char *file;
};

/* As it will be signed: lines end in LF alone, the last one, too. */
static enum err read_text(const char *file, struct buf *ret, struct diag *d)
{
	CLEANUP_BUF struct buf raw;
	enum err e;

	buf_init(&raw, 2 * NOTICE_MAX);
	if (strcmp(file, "-") == 0)
		e = file_read_fd(STDIN_FILENO, "standard input", &raw, d);
	else
		e = file_read(file, &raw, d);
	if (e)
		return e;
	for (size_t i = 0; i < raw.len; i++)
		if (raw.data[i] != '\r' || i + 1 == raw.len || raw.data[i + 1] != '\n')
			buf_putc(ret, raw.data[i]);
	if (ret->len && ret->data[ret->len - 1] != '\n')
		buf_putc(ret, '\n');
	if (buf_err(ret))
		return diag_fail(d, ERR_LIMIT, "%s: over %u bytes", file, NOTICE_MAX);
	e = notice_check(buf_view(ret), d);
	return e ? diag_at(d, e, "%s: ", file) : OK;
}

static enum err sign(struct ctl *c, const struct options *o, struct slice text,
	struct statement *st, struct buf *note, struct diag *d)
{
	const struct root *root = &c->feed->root;
	CLEANUP_BUF struct buf body;
	size_t have, needed;
	struct note n;
	enum err e;

	buf_init(&body, STATEMENT_MAX);
	*st = (struct statement){.verb = VERB_NOTICE,
		.issued = clock_now(),
		.bundle = hash_of(text),
		.bytes = (int64_t)text.n,
		.severity = o->severity};
	(void)snprintf(st->log, sizeof(st->log), "%s", feed_origin(c->feed));
	statement_put(&body, st);
	if (buf_err(&body))
		return diag_fail(d, buf_err(&body), "statement: too long");
	note_begin(note, buf_view(&body));
	e = note_sign(note, buf_view(&body), &c->signing, 0, d);
	if (!e)
		e = note_parse(buf_view(note), &n, d);
	/* that another has to sign, too, is no reason to refuse */
	if (!e)
		e = root_count_signers(root, &n, st, &have, &needed, d);
	if (!e && have == 0)
		e = root_check_statement(root, &n, st, d);
	return e;
}

static enum err print_result(
	const struct options *o, const struct decided *done, struct diag *d)
{
	CLEANUP_BUF struct buf out;
	struct json_out j;
	char hex[HASH_HEX];

	buf_init(&out, ANSWER_MAX);
	if (!o->json) {
		if (done->proposal)
			buf_printf(&out, "proposal %lld\n", (long long)done->proposal);
		else
			buf_printf(&out, "notice logged as entry %lld\n",
				(long long)done->index);
		return ctl_print(&out, d);
	}
	hash_hex(&done->id, hex);
	json_put_begin(&j, &out);
	json_put_object(&j, NULL);
	if (done->proposal)
		json_put_num(&j, "proposal", done->proposal);
	else
		json_put_num(&j, "index", done->index);
	json_put_time(&j, "issued", done->issued);
	json_put_str(&j, "severity", severity_name(o->severity));
	json_put_str(&j, "sha256", hex);
	json_put_object_end(&j);
	buf_putc(&out, '\n');
	return ctl_print(&out, d);
}

static enum err notice(struct ctl *c, const struct options *o, struct diag *d)
{
	CLEANUP_BUF struct buf text, note, answer, shown;
	struct decided done = {0};
	struct statement st;
	enum err e;

	buf_init(&text, NOTICE_MAX);
	buf_init(&note, STATEMENT_MAX);
	buf_init(&answer, ANSWER_MAX);
	buf_init(&shown, 2 * NOTICE_MAX);
	e = read_text(o->file, &text, d);
	if (!e && o->dry) {
		notice_put(&shown, buf_view(&text));
		return ctl_print(&shown, d);
	}
	if (!e)
		e = ctl_follow(c, false, d);
	if (!e)
		e = ctl_signing(c, d);
	if (!e)
		e = sign(c, o, buf_view(&text), &st, &note, d);
	if (!e)
		e = hub_post(c->hub, "/v1/bundles", "text/plain; charset=utf-8",
			buf_view(&text), &answer, d);
	if (!e)
		e = decide_post(c, "/v1/statements", buf_view(&note), &done, d);
	if (e)
		return e;
	done.issued = st.issued;
	return print_result(o, &done, d);
}

enum err ctl_notice(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"severity", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct options o = {0};
	enum err e = OK;
	int opt;

	while (!e && (opt = getopt_long(argc, argv, "nh", options, NULL)) != -1) {
		if (opt == 's') {
			e = severity_parse(optarg, &o.severity, d);
			o.has_severity = true;
		} else if (opt == 'n') {
			o.dry = true;
		} else if (opt == 'j') {
			o.json = true;
		} else {
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		}
	}
	if (e)
		return e;
	if (!o.has_severity && !o.dry)
		return diag_fail(d, ERR_USAGE,
			"notice: give --severity info, warning or critical");
	if (argc - optind != 1)
		return diag_fail(d, ERR_USAGE, "notice: give one FILE.md, or -");
	o.file = argv[optind];
	return notice(c, &o, d);
}
