/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/plan.h"

#include <stdlib.h>

#include "common/fields.h"
#include "common/utf8.h"

#define MAGIC       "varsel/plan/v1"
#define NEXT_EXPIRY "next-expiry"

/* One line of what may have come from the hub, or was cut in the middle of a character.
 */
static void put_text(FILE *f, const char *name, const char *text)
{
	struct slice rest = slice_of(text);

	if (!rest.n)
		return;
	(void)fprintf(f, "%s ", name);
	while (rest.n) {
		size_t step = utf8_next(rest, NULL);

		if (step == 0 || (unsigned char)*rest.p < 0x20 || *rest.p == 0x7f) {
			(void)fputc('?', f);
			step = 1;
		} else {
			(void)fwrite(rest.p, 1, step, f);
		}
		rest.p += step;
		rest.n -= step;
	}
	(void)fputc('\n', f);
}

static void put_number(FILE *f, const char *name, int64_t v)
{
	(void)fprintf(f, "%s %lld\n", name, (long long)v);
}

/* By hand: there is one for each of a million. */
void plan_put_entry(const struct active *a, struct buf *line, FILE *f)
{
	buf_reset(line);
	buf_puts(line, kinds[a->kind].name);
	buf_putc(line, ' ');
	buf_slice(line, a->value);
	buf_putc(line, ' ');
	buf_puts(line, action_name((enum action)a->action));
	buf_putc(line, ' ');
	buf_num(line, a->until);
	buf_putc(line, ' ');
	buf_num(line, a->since);
	buf_putc(line, ' ');
	if (a->confidence >= 0)
		buf_num(line, a->confidence);
	else
		buf_putc(line, '-');
	buf_puts(line, a->override ? " 1\n" : " 0\n");
	(void)fwrite(buf_str(line), 1, line->len, f); /* short without memory: refused */
}

void plan_put(const struct plan *p, FILE *f)
{
	char hex[HASH_HEX];

	hash_hex(&p->followed.root, hex);
	(void)fprintf(f, MAGIC "\nnet %s\n", err_slug(p->net));
	put_text(f, "net-why", p->net_why.text);
	put_number(f, "now", p->now);
	put_number(f, "good-time", p->good_time);
	put_text(f, "hold", p->hold);
	put_number(f, "hold-since", p->hold_since);
	put_number(f, "root-ends", p->root_ends);
	put_text(f, "log", p->followed.log);
	put_number(f, "root-version", p->followed.root_version);
	put_number(f, "size", p->followed.size);
	put_text(f, "root", hex);
	put_number(f, "due", p->due);
	if (!p->due)
		return;
	put_number(f, "changed", p->changed);
	(void)fputc('\n', f);
}

void plan_put_end(int64_t next_expiry, FILE *f)
{
	(void)fputc('\n', f);
	put_number(f, NEXT_EXPIRY, next_expiry);
}

static void read_flag(struct fields *f, const char *name, bool *ret)
{
	int64_t v = 0;

	fields_number(f, name, &v);
	if (!fields_err(f) && v > 1)
		fields_fail(f, ERR_VALUE, "neither 0 nor 1");
	*ret = v == 1;
}

static void read_net(struct fields *f, struct plan *p)
{
	char slug[64];
	struct slice text = {0};

	fields_text(f, "net", sizeof(slug) - 1, &text);
	(void)snprintf(slug, sizeof(slug), "%.*s", SLICE_ARG(text));
	p->net = strcmp(slug, err_slug(OK)) == 0 ? OK : err_from_slug(slug);
	if (!fields_err(f) && strcmp(slug, err_slug(p->net)) != 0)
		fields_fail(f, ERR_VALUE, "no such error");
	if (fields_optional(f, "net-why", DIAG_MAX - 1, &text))
		(void)snprintf(p->net_why.text, sizeof(p->net_why.text), "%.*s",
			SLICE_ARG(text));
}

static void read_header(struct fields *f, struct plan *p)
{
	struct slice text = {0};

	read_net(f, p);
	fields_number(f, "now", &p->now);
	fields_number(f, "good-time", &p->good_time);
	if (fields_optional(f, "hold", DIAG_MAX - 1, &text))
		(void)snprintf(p->hold, sizeof(p->hold), "%.*s", SLICE_ARG(text));
	fields_number(f, "hold-since", &p->hold_since);
	read_flag(f, "root-ends", &p->root_ends);
	text.n = 0;
	fields_text(f, "log", KEY_NAME_MAX, &text);
	(void)snprintf(p->followed.log, sizeof(p->followed.log), "%.*s", SLICE_ARG(text));
	fields_number(f, "root-version", &p->followed.root_version);
	fields_number(f, "size", &p->followed.size);
	fields_hash(f, "root", &p->followed.root);
	read_flag(f, "due", &p->due);
	if (p->due)
		fields_number(f, "changed", &p->changed);
}

static bool cut_number(struct slice *line, int64_t max, int64_t *ret)
{
	struct slice word;

	return slice_cut(line, ' ', &word) && number_parse(word, ret, NULL) == OK &&
	       *ret <= max;
}

static bool cut_confidence(struct slice *line, int8_t *ret)
{
	struct slice rest = *line, word;
	int64_t v = -1;

	if (slice_cut(&rest, ' ', &word) && slice_is(word, "-"))
		*line = rest;
	else if (!cut_number(line, 100, &v))
		return false;
	*ret = (int8_t)v;
	return true;
}

/* Into a rule of the firewall or a resolver's zone goes what its kind's own canonicaliser
 * makes, and nothing else. */
static bool is_canonical(const struct kind *kind, struct slice value, struct buf *scratch)
{
	buf_reset(scratch);
	return kind->canonicalise(value, scratch, NULL) == OK &&
	       slice_same(buf_view(scratch), value);
}

static enum err read_entry(
	struct slice line, struct buf *scratch, struct active *ret, struct diag *d)
{
	struct slice kind_name, action_text;
	const struct kind *kind;
	enum action action;
	int64_t override;

	if (!slice_cut(&line, ' ', &kind_name) || !(kind = kind_by_name(kind_name)) ||
		!slice_cut(&line, ' ', &ret->value) ||
		!slice_cut(&line, ' ', &action_text) ||
		action_parse(action_text, &action, NULL) ||
		!cut_number(&line, INT64_MAX, &ret->until) ||
		!cut_number(&line, INT64_MAX, &ret->since) ||
		!cut_confidence(&line, &ret->confidence) ||
		number_parse(line, &override, NULL) || override > 1)
		return diag_fail(d, ERR_SYNTAX, "not an entry");
	if (!is_canonical(kind, ret->value, scratch))
		return diag_fail(d, ERR_VALUE, "not a canonical %s", kind->name);
	if (action == ACTION_BLOCK && !kind->blockable)
		return diag_fail(d, ERR_VALUE, "%s cannot be blocked", kind->name);
	if (kind->id == KIND_IP && ip_too_wide(ret->value))
		return diag_fail(d, ERR_VALUE, "too wide a prefix");
	ret->kind = (uint8_t)kind->id;
	ret->action = (uint8_t)action;
	ret->override = override == 1;
	return OK;
}

static enum err take_entry(struct plan_reader *r, struct slice line, struct diag *d)
{
	const struct activeset *s = &r->plan.set;
	const struct active *last = s->n ? &s->a[s->n - 1] : NULL;
	struct active a = {0};
	enum err e = read_entry(line, &r->scratch, &a, d);

	if (e)
		return e;
	if (last &&
		line_cmp(&kinds[last->kind], last->value, &kinds[a.kind], a.value) >= 0)
		return diag_fail(d, ERR_VALUE, "out of order");
	a.value.p = arena_dup(&r->plan.values, a.value);
	if (!a.value.p || activeset_add(&r->plan.set, &r->room, &a))
		return diag_fail(d, ERR_NOMEM, "out of memory");
	return OK;
}

/* Behind it the set begins, when there is one. */
static enum err take_head(struct plan_reader *r, struct diag *d)
{
	struct fields f;
	enum err e;

	fields_begin(&f, buf_view(&r->head), MAGIC, d);
	read_header(&f, &r->plan);
	e = fields_end(&f);
	r->part = r->plan.due ? PLAN_SET : PLAN_DONE;
	return e;
}

static enum err take_end(struct plan_reader *r, struct slice line, struct diag *d)
{
	struct slice name;

	if (!slice_cut(&line, ' ', &name) || !slice_is(name, NEXT_EXPIRY) ||
		number_parse(line, &r->plan.set.next_expiry, NULL))
		return diag_fail(d, ERR_SYNTAX, "not " NEXT_EXPIRY);
	r->part = PLAN_DONE;
	return OK;
}

static enum err take_line(struct plan_reader *r, struct slice line, struct diag *d)
{
	enum err e = OK;

	r->line++;
	if (r->part == PLAN_HEAD && line.n) {
		buf_slice(&r->head, line);
		buf_putc(&r->head, '\n');
		return OK;
	}
	if (r->part == PLAN_HEAD) {
		e = take_head(r, d);
		if (e || r->plan.due)
			return e; /* it has named its line */
	}
	if (r->part == PLAN_SET && line.n)
		e = take_entry(r, line, d);
	else if (r->part == PLAN_SET)
		r->part = PLAN_END;
	else if (r->part == PLAN_END)
		e = take_end(r, line, d);
	else
		e = diag_fail(d, ERR_SYNTAX, "behind the end");
	return e ? diag_at(d, e, "line %zu: ", r->line) : OK;
}

void plan_begin(struct plan_reader *r)
{
	*r = (struct plan_reader){.plan.set.next_expiry = INT64_MAX};
	arena_init(&r->plan.values, PLAN_MAX);
	buf_init(&r->head, PLAN_HEAD_MAX);
	buf_init(&r->cut, INPUT_LINE_MAX);
	buf_init(&r->scratch, VALUE_MAX);
}

enum err plan_take(struct plan_reader *r, struct slice part, struct diag *d)
{
	enum err e = OK;
	const char *lf;

	r->taken += part.n;
	if (r->taken > PLAN_MAX)
		return diag_fail(d, ERR_LIMIT, "the plan: %s", err_text(ERR_LIMIT));
	while (!e && (lf = memchr(part.p, '\n', part.n)) != NULL) {
		struct slice line = slice_mem(part.p, (size_t)(lf - part.p));

		part = slice_mem(lf + 1, part.n - line.n - 1);
		if (r->cut.len) {
			buf_slice(&r->cut, line);
			line = buf_view(&r->cut);
		}
		e = take_line(r, line, d);
		r->cut.len = 0;
	}
	buf_slice(&r->cut, part);
	if (!e && (buf_err(&r->cut) || buf_err(&r->head)))
		e = diag_fail(d, ERR_LIMIT, "line %zu: too long", r->line + 1);
	return e ? diag_at(d, e, "the plan: ") : OK;
}

enum err plan_end(struct plan_reader *r, struct plan *ret, struct diag *d)
{
	struct plan *p = &r->plan;
	enum err e = OK;

	if (r->cut.len)
		e = diag_fail(d, ERR_SYNTAX, "line %zu: cut off", r->line + 1);
	else if (r->part == PLAN_HEAD)
		e = take_head(r, d);
	if (!e && r->part != PLAN_DONE)
		e = diag_fail(d, ERR_SYNTAX, "line %zu: ends too early", r->line + 1);
	if (e)
		return diag_at(d, e, "the plan: ");
	if (p->due) {
		p->followed.digest = activeset_digest(&p->set);
		p->followed.active = (int64_t)p->set.n;
	}
	*ret = *p;
	*p = (struct plan){0};
	return OK;
}

void plan_reader_done(struct plan_reader *r)
{
	plan_done(&r->plan);
	buf_done(&r->head);
	buf_done(&r->cut);
	buf_done(&r->scratch);
}

void plan_done(struct plan *p)
{
	activeset_done(&p->set);
	arena_done(&p->values);
	*p = (struct plan){0};
}
