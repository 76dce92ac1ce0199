/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/report.h"

#include "common/cpr.h"
#include "common/percent.h"

#define MAGIC "varsel/report/v1"

/* The whole report is refused before its first line is taken when it is too long. */
static enum err check_length(const struct fields *body, struct diag *d)
{
	const char *p = body->rest.p, *end = p + body->rest.n;
	size_t n = 0;

	for (; p < end; n++)
		p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
	if (n <= REPORT_LINES)
		return OK;
	return diag_fail(d, ERR_LIMIT,
		"line %zu: %zu indicator lines, at most %u in a report",
		body->line + REPORT_LINES, n, REPORT_LINES);
}

enum err report_parse(struct slice text, struct report *ret, struct diag *d)
{
	struct report r = {0};
	struct fields *f = &r.body;
	struct slice tlp;
	enum err e;

	if (text.n > REPORT_MAX)
		return diag_fail(d, ERR_LIMIT, "report: %zu bytes, at most %u", text.n,
			REPORT_MAX);
	fields_begin(f, text, MAGIC, d);
	fields_text(f, "hub", HUB_NAME_MAX, &r.hub);
	fields_text(f, "org", ORG_CODE_MAX, &r.org);
	fields_time(f, "issued", &r.issued);
	fields_text(f, "tlp", INPUT_LINE_MAX, &tlp);
	if (!fields_err(f)) {
		e = tlp_parse(tlp, &r.tlp, d);
		if (e)
			return diag_at(d, e, "line %zu: ", f->line - 1);
	}
	if (fields_optional(f, "comment", COMMENT_MAX, &r.comment) &&
		text_has_cpr(r.comment))
		fields_fail(f, ERR_VALUE,
			"field \"comment\": holds a CPR number, which may not be sent");
	fields_blank(f);
	if (fields_err(f))
		return fields_err(f);
	e = check_length(f, d);
	if (e)
		return e;
	*ret = r;
	return OK;
}

/* In any line, of whatever kind, also percent-encoded. */
static bool holds_cpr(struct slice line)
{
	CLEANUP_BUF struct buf plain = {.max = 3 * INPUT_LINE_MAX};

	percent_normalise(line, false, &plain);
	return text_has_cpr(line) || text_has_cpr(buf_view(&plain));
}

enum err report_next(struct report *r, struct buf *value, struct line *ret, bool *ret_end,
	bool *ret_fatal, struct diag *d)
{
	struct slice text;
	enum err e;

	*ret_end = *ret_fatal = false;
	r->body.d = d;
	if (!fields_line(&r->body, &text)) {
		*ret_end = true;
		*ret_fatal = fields_err(&r->body) != OK;
		return fields_err(&r->body);
	}
	e = line_parse(LINE_REPORT, text, value, ret, d);
	if (!e)
		return OK;
	/* The note is stored as it came, refused lines and all. */
	*ret_fatal = holds_cpr(text);
	if (*ret_fatal)
		return diag_fail(d, ERR_VALUE,
			"line %zu: holds a CPR number, which may not be sent",
			r->body.line - 1);
	/* a reader of bundles skips what it does not know; a report may not hold it */
	return diag_at(
		d, e == ERR_NOT_FOUND ? ERR_VALUE : e, "line %zu: ", r->body.line - 1);
}

void report_put_header(struct buf *b, const struct report *r)
{
	buf_printf(b, MAGIC "\nhub %.*s\norg %.*s\nissued ", SLICE_ARG(r->hub),
		SLICE_ARG(r->org));
	clock_put(b, r->issued);
	buf_printf(b, "\ntlp %s\n", tlp_name(r->tlp));
	if (r->comment.n)
		buf_printf(b, "comment %.*s\n", SLICE_ARG(r->comment));
	buf_putc(b, '\n');
}
