/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/receipt.h"

#define MAGIC "varsel/receipt/v1"

/* "<time>" of the rest of a line, and with `reason` one blank and a text behind it. */
static bool parse_when(struct slice rest, int64_t *ret_time, struct slice *reason)
{
	struct slice time;

	if (!reason)
		return clock_parse(rest, ret_time, NULL) == OK;
	if (!slice_cut(&rest, ' ', &time) || clock_parse(time, ret_time, NULL) ||
		rest.n == 0 || rest.n > REASON_MAX)
		return false;
	*reason = rest;
	return true;
}

static bool parse_output(struct slice rest, struct receipt_output *ret)
{
	struct receipt_output o = {0};
	struct slice how;
	bool failed;

	if (!slice_cut(&rest, ' ', &o.name) || o.name.n == 0 ||
		o.name.n > OUTPUT_NAME_MAX || !slice_cut(&rest, ' ', &how))
		return false;
	failed = slice_is(how, "failed");
	if ((!failed && !slice_is(how, "applied")) ||
		!parse_when(rest, &o.time, failed ? &o.error : NULL))
		return false;
	*ret = o;
	return true;
}

bool receipt_next_output(struct slice *rest, struct receipt_output *ret)
{
	struct slice line, word;

	while (rest->n) {
		(void)slice_cut(rest, '\n', &line);
		if (slice_cut(&line, ' ', &word) && slice_is(word, "output") &&
			parse_output(line, ret))
			return true;
	}
	return false;
}

/* A line that begins with another word is of a later version. */
static bool parse_line(struct slice line, struct receipt *r)
{
	struct receipt_output o;
	struct slice word;

	if (!slice_cut(&line, ' ', &word))
		return true;
	if (slice_is(word, "output")) {
		if (!parse_output(line, &o))
			return false;
		r->outputs++;
		r->failed += o.error.n > 0;
	}
	if (slice_is(word, "hold"))
		return !r->hold.n && parse_when(line, &r->hold_since, &r->hold);
	return true;
}

enum err receipt_parse(struct slice text, struct receipt *ret, struct diag *d)
{
	struct receipt r = {0};
	struct slice line;
	struct fields f;

	if (text.n > RECEIPT_MAX)
		return diag_fail(d, ERR_LIMIT, "receipt: %zu bytes, at most %u", text.n,
			RECEIPT_MAX);
	fields_begin(&f, text, MAGIC, d);
	fields_text(&f, "hub", HUB_NAME_MAX, &r.hub);
	fields_text(&f, "org", ORG_CODE_MAX, &r.org);
	fields_time(&f, "issued", &r.issued);
	fields_number(&f, "root-version", &r.root_version);
	fields_text(&f, "log", KEY_NAME_MAX, &r.log);
	fields_number(&f, "size", &r.size);
	fields_hash(&f, "root", &r.root);
	fields_time(&f, "at", &r.at);
	fields_number(&f, "active-count", &r.active);
	fields_hash(&f, "active-sha256", &r.digest);
	fields_blank(&f);
	while (!fields_err(&f) && fields_line(&f, &line))
		if (!parse_line(line, &r))
			return diag_fail(d, ERR_SYNTAX,
				"line %zu: not like \"output NAME applied TIME\", "
				"\"output NAME failed TIME REASON\" or, once, \"hold "
				"TIME "
				"REASON\"",
				f.line - 1);
	if (fields_err(&f))
		return fields_err(&f);
	*ret = r;
	return OK;
}

static void put_hash(struct buf *b, const char *name, const struct hash *h)
{
	buf_printf(b, "%s ", name);
	buf_hex(b, h->b, sizeof(h->b));
	buf_putc(b, '\n');
}

void receipt_put_header(struct buf *b, const struct receipt *r)
{
	buf_printf(b, MAGIC "\nhub %.*s\norg %.*s\nissued ", SLICE_ARG(r->hub),
		SLICE_ARG(r->org));
	clock_put(b, r->issued);
	buf_printf(b, "\nroot-version %lld\nlog %.*s\nsize %lld\n",
		(long long)r->root_version, SLICE_ARG(r->log), (long long)r->size);
	put_hash(b, "root", &r->root);
	buf_puts(b, "at ");
	clock_put(b, r->at);
	buf_printf(b, "\nactive-count %lld\n", (long long)r->active);
	put_hash(b, "active-sha256", &r->digest);
	buf_putc(b, '\n');
}

/* At most `max` bytes, and no half character. */
static struct slice cut(const char *text, size_t max)
{
	struct slice s = slice_of(text);

	if (s.n > max) {
		s.n = max;
		while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
			s.n--;
	}
	return s;
}

void receipt_put_hold(struct buf *b, int64_t since, const char *reason)
{
	buf_puts(b, "hold ");
	clock_put(b, since);
	buf_putc(b, ' ');
	buf_slice(b, cut(reason, REASON_MAX));
	buf_putc(b, '\n');
}

void receipt_put_output(struct buf *b, const char *name, int64_t time, const char *reason)
{
	struct slice s = cut(name, OUTPUT_NAME_MAX);

	buf_puts(b, "output ");
	for (size_t i = 0; i < s.n; i++)
		buf_putc(b, (unsigned char)s.p[i] <= ' ' ? '_' : s.p[i]);
	buf_puts(b, reason ? " failed " : " applied ");
	clock_put(b, time);
	if (reason) {
		buf_putc(b, ' ');
		buf_slice(b, cut(reason, REASON_MAX));
	}
	buf_putc(b, '\n');
}
