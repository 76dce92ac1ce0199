/* SPDX-License-Identifier: BSD-2-Clause */
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "client/ctl/ctl.h"
#include "client/ctl/decide.h"
#include "client/ctl/reissue.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/note.h"
#include "common/notice.h"

#define ANSWER_MAX 65536

static const char usage[] =
	"usage: varselctl notice --severity info|warning|critical [-n] [--json] FILE.md\n"
	"       varselctl notice --list | --withdraw ENTRY|HASH\n"
	"Signs an advisory in Markdown, and hands it to the hub: every municipality "
	"gets\n"
	"it at its next pull, and its notify command is run. The first line is its "
	"title;\n"
	"at most 64 KiB; -: stdin.\n"
	"Where two must sign, prints \"proposal ID\": see varselctl cosign.\n"
	"  --severity S  how much it matters\n"
	"  -n            print it as the municipalities will read it, and sign nothing\n"
	"  --json        what was done, as one object\n"
	"  --list        what stands: entry of the log, time, severity, title\n"
	"  --withdraw X  takes it back: nobody is shown it after the next pull. Who has\n"
	"                read it is not told: say so in another notice\n";

struct options {
	enum severity severity;
	bool has_severity, dry, json, list;
	const char *file, *withdraw;
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

static enum err list_one(
	void *ctx, const struct feed_statement *s, struct slice text, struct diag *d)
{
	struct buf *out = ctx;
	char at[CLOCK_TEXT], hex[HASH_HEX];

	(void)d;
	clock_format(s->st.issued, at);
	hash_hex(&s->id, hex);
	if (s->index == INDEX_CARRIED)
		buf_puts(out, hex);
	else
		buf_printf(out, "%llu", (unsigned long long)s->index);
	buf_printf(out, "\t%s\t%s\t", at, severity_name(s->st.severity));
	notice_put_title(out, text);
	buf_putc(out, '\n');
	return OK;
}

static enum err list_all(struct ctl *c, struct diag *d)
{
	CLEANUP_BUF struct buf out = {.max = 1u << 20};
	enum err e = ctl_follow(c, true, d);

	if (!e)
		e = feed_notices(c->feed, clock_now(), list_one, &out, d);
	return e ? e : ctl_print(&out, d);
}

/* By its place in the log, or by the SHA-256 of its text. */
static enum err find(const struct feed *f, const char *what,
	const struct feed_statement **ret, struct diag *d)
{
	struct hash id;
	int64_t index = -1;
	bool by_id = hash_parse(slice_of(what), &id, NULL) == OK;

	if (!by_id && number_parse(slice_of(what), &index, d))
		return diag_fail(d, ERR_USAGE,
			"notice: --withdraw takes the entry or the hash of a notice");
	for (size_t i = 0; i < f->n; i++) {
		const struct feed_statement *s = &f->st[i];

		if (s->st.verb != VERB_NOTICE ||
			!(by_id ? hash_same(&s->id, &id) : s->index == (uint64_t)index))
			continue;
		*ret = s;
		return OK;
	}
	return diag_fail(d, ERR_UNKNOWN,
		"%s is no notice of this log; varselctl notice --list shows them", what);
}

static enum err withdraw(struct ctl *c, const struct options *o, struct diag *d)
{
	CLEANUP_BUF struct buf out = {.max = ANSWER_MAX};
	const struct feed_statement *s = NULL;
	struct decided done = {0};
	enum err e = ctl_follow(c, false, d);

	if (!e)
		e = find(c->feed, o->withdraw, &s, d);
	if (!e)
		e = ctl_signing(c, d);
	if (!e)
		e = reissue_void(c, &s->id, s->st.issued, &done, d);
	if (e)
		return e;
	buf_printf(&out, "notice %s withdrawn by entry %lld\n", o->withdraw,
		(long long)done.index);
	e = ctl_print(&out, d);
	/* the own copy lets go of the text as every other does */
	return e ? e : ctl_follow(c, false, d);
}

enum err ctl_notice(struct ctl *c, int argc, char **argv, struct diag *d)
{
	static const struct option options[] = {
		{"severity", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"list", no_argument, NULL, 'l'},
		{"withdraw", required_argument, NULL, 'w'},
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
		} else if (opt == 'l') {
			o.list = true;
		} else if (opt == 'w') {
			o.withdraw = optarg;
		} else {
			return opt == 'h' ? ctl_help(usage) : ERR_USAGE;
		}
	}
	if (e)
		return e;
	if ((o.list || o.withdraw) && (optind != argc || o.has_severity || o.dry))
		return diag_fail(d, ERR_USAGE,
			"notice: --list and --withdraw stand for themselves");
	if (o.list)
		return list_all(c, d);
	if (o.withdraw)
		return withdraw(c, &o, d);
	if (!o.has_severity && !o.dry)
		return diag_fail(d, ERR_USAGE,
			"notice: give --severity info, warning or critical");
	if (argc - optind != 1)
		return diag_fail(d, ERR_USAGE, "notice: give one FILE.md, or -");
	o.file = argv[optind];
	return notice(c, &o, d);
}
