/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/decide.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/signed.h"
#include "common/bundle.h"
#include "common/clock.h"
#include "common/json_in.h"

#define ANSWER_MAX 65536
#define DEADLINE   300 /* seconds: 50,000 keys are work for the hub */

/* One bundle's worth of picks. */
struct batch {
	enum verb verb;
	const char *reason;
	struct pick *p;
	size_t n;
	struct buf bundle;
	struct buf note;
	struct statement st;
};

void decisions_done(struct decisions *x)
{
	free(x->d);
	*x = (struct decisions){0};
}

static enum err add_result(struct decisions *x, struct decided one)
{
	struct decided *more = realloc(x->d, (x->n + 1) * sizeof(*more));

	if (!more)
		return ERR_NOMEM;
	x->d = more;
	x->d[x->n++] = one;
	if (one.proposal) {
		x->proposals++;
		x->proposed += one.count;
	} else {
		x->count += one.count;
	}
	return OK;
}

enum err decide_touch(struct feed *f, struct picks *picks, int64_t since, struct diag *d)
{
	enum err e = feed_map(f, clock_now(), since, d);

	for (size_t i = 0; i < picks->n; i++)
		picks->p[i].touched = 0;
	for (size_t i = 0; !e && i < f->n; i++) {
		const struct feed_statement *s = &f->st[i];
		enum line_form form =
			s->st.verb == VERB_REVOKE ? LINE_REVOKE : LINE_BUNDLE;
		struct slice body = s->bundle;
		struct line l;

		if (!s->valid || s->st.issued < since)
			continue;
		while (body.n && bundle_next(form, &body, &l)) {
			struct pick *p = picks_find(picks, l.kind, l.value);

			if (p && s->st.issued > p->touched)
				p->touched = s->st.issued;
		}
	}
	return e;
}

static void make_bundle(struct batch *b)
{
	unsigned char salt[16];

	randombytes_buf(salt, sizeof(salt));
	buf_init(&b->bundle, BUNDLE_MAX);
	bundle_put_header(&b->bundle, salt, slice_of(b->reason));
	for (size_t i = 0; i < b->n; i++)
		buf_slice(&b->bundle, b->p[i].line);
}

/* max(now, newest that touches these keys + 1 s): what was issued before now needs no
 * look, or each decision would read all that was ever decided. And the rest of the
 * statement. */
static enum err make_statement(struct batch *b, const char *origin, struct diag *d)
{
	int64_t now = clock_now();
	struct statement *st = &b->st;

	*st = (struct statement){.verb = b->verb, .issued = now};
	(void)snprintf(st->log, sizeof(st->log), "%s", origin);
	for (size_t i = 0; i < b->n; i++) {
		const struct pick *p = &b->p[i];

		if (p->touched >= st->issued)
			st->issued = p->touched + 1;
		if (st->issued > now + STATEMENT_AHEAD_MAX) {
			char text[CLOCK_TEXT];

			clock_format(p->touched, text);
			return diag_fail(d, ERR_FUTURE,
				"%s %.*s: decided on at %s, ahead of this machine's "
				"clock",
				p->kind->name, SLICE_ARG(p->value), text);
		}
		if (p->until > st->expires)
			st->expires = p->until;
	}
	if (b->verb == VERB_REVOKE)
		st->expires = st->issued + REVOKE_REMEMBERED;
	st->bundle = hash_of(buf_view(&b->bundle));
	st->bytes = (int64_t)b->bundle.len;
	st->count = (int64_t)b->n;
	return OK;
}

/* What anyone else would refuse is refused here, before it is signed. That others have to
 * sign, too, is no reason to refuse. */
static enum err sign(
	struct batch *b, const struct feed *f, const struct seckey *k, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	struct statement check;
	struct bundle bundle;
	size_t have, needed;
	struct note n;
	enum err e;

	buf_init(&text, STATEMENT_MAX);
	buf_reset(&b->note);
	statement_put(&text, &b->st);
	if (buf_err(&text))
		return diag_fail(d, buf_err(&text), "statement: too long");
	e = statement_parse(buf_view(&text), &check, d);
	if (!e)
		e = bundle_open(&check, buf_view(&b->bundle), &bundle, d);
	if (e)
		return e;
	note_begin(&b->note, buf_view(&text));
	e = note_sign(&b->note, buf_view(&text), k, 0, d);
	if (!e)
		e = note_parse(buf_view(&b->note), &n, d);
	if (!e)
		e = root_count_signers(&f->root, &n, &check, &have, &needed, d);
	if (!e && have == 0)
		e = root_check_statement(&f->root, &n, &check, d);
	return e;
}

enum err decide_post(struct ctl *c, const char *path, struct slice note,
	struct decided *ret, struct diag *d)
{
	static const struct json_field fields[] = {
		{"index", JSON_NUM, offsetof(struct decided, index), INT64_MAX, false},
		{"proposal", JSON_NUM, offsetof(struct decided, proposal), INT64_MAX,
			false},
		{0},
	};
	CLEANUP_BUF struct buf answer;
	CLEANUP_ARENA struct arena a;
	struct decided got = {.index = -1};
	struct note n;
	enum err e;

	buf_init(&answer, ANSWER_MAX);
	arena_init(&a, 4 * ANSWER_MAX);
	hub_set_deadline(c->hub, DEADLINE);
	e = hub_post(c->hub, path, "text/plain; charset=utf-8", note, &answer, d);
	if (!e)
		e = json_read_answer(buf_view(&answer), fields, &got, &a, d);
	if (!e && got.index < 0 && !got.proposal)
		e = diag_fail(
			d, ERR_SYNTAX, "the hub's answer: neither index nor proposal");
	if (!e)
		e = note_parse(note, &n, d);
	if (e)
		return e;
	got.id = hash_of(n.text);
	/* a proposal may never become an entry: an attest does not vouch for it */
	if (!got.proposal)
		signed_keep(c->conf.state_dir, &n, note);
	*ret = got;
	return OK;
}

static enum err post(struct ctl *c, struct batch *b, struct decided *ret, struct diag *d)
{
	CLEANUP_BUF struct buf answer;
	char path[64] = "/v1/statements";
	enum err e;

	if (b->verb == VERB_APPROVE && c->signatures > 1)
		(void)snprintf(path, sizeof(path), "/v1/statements?signatures=%lld",
			(long long)c->signatures);
	buf_init(&answer, ANSWER_MAX);
	hub_set_deadline(c->hub, DEADLINE);
	e = hub_post(c->hub, "/v1/bundles", "text/plain; charset=utf-8",
		buf_view(&b->bundle), &answer, d);
	if (!e)
		e = decide_post(c, path, buf_view(&b->note), ret, d);
	if (e)
		return e;
	ret->issued = b->st.issued;
	ret->count = b->n;
	return OK;
}

/* When the hub says that another decision came in between, once more on top of it. */
static enum err decide_batch(struct ctl *c, struct batch *b, struct picks *all,
	struct decided *ret, struct diag *d)
{
	enum err e = OK;

	for (int attempt = 0; attempt < 2; attempt++) {
		e = make_statement(b, feed_origin(c->feed), d);
		if (!e)
			e = sign(b, c->feed, &c->signing, d);
		if (!e)
			e = post(c, b, ret, d);
		if ((e != ERR_CONFLICT && e != ERR_NO_EFFECT) || attempt)
			break;
		e = ctl_follow(c, b->verb == VERB_REVOKE, d);
		if (!e)
			e = decide_touch(c->feed, all, clock_now(), d);
		if (e)
			break;
	}
	return e;
}

enum err decide(struct ctl *c, enum verb verb, const char *reason, struct picks *picks,
	struct decisions *ret, struct diag *d)
{
	size_t at = 0;
	enum err e;

	picks_sort(picks);
	e = decide_touch(c->feed, picks, clock_now(), d);
	while (!e && at < picks->n) {
		struct batch b = {.verb = verb, .reason = reason, .p = picks->p + at};
		struct decided one = {0};
		/* magic, salt, "reason", blank line */
		size_t header = 128 + strlen(reason);

		b.n = picks_fit(picks, at, header);
		buf_init(&b.note, STATEMENT_MAX);
		make_bundle(&b);
		if (buf_err(&b.bundle))
			e = diag_fail(d, buf_err(&b.bundle), "bundle: %s",
				err_text(buf_err(&b.bundle)));
		else
			e = decide_batch(c, &b, picks, &one, d);
		if (!e && add_result(ret, one))
			e = diag_fail(d, ERR_NOMEM, "out of memory");
		at += b.n;
		buf_done(&b.bundle);
		buf_done(&b.note);
	}
	return e;
}

void decisions_put(struct json_out *j, const struct decisions *x)
{
	char hex[HASH_HEX];

	json_put_array(j, "statements");
	for (size_t i = 0; i < x->n; i++) {
		json_put_object(j, NULL);
		if (x->d[i].proposal)
			json_put_num(j, "proposal", x->d[i].proposal);
		else
			json_put_num(j, "index", x->d[i].index);
		json_put_time(j, "issued", x->d[i].issued);
		hash_hex(&x->d[i].id, hex);
		json_put_str(j, "sha256", hex);
		json_put_num(j, "count", (int64_t)x->d[i].count);
		json_put_object_end(j);
	}
	json_put_array_end(j);
}

void decisions_put_proposals(struct buf *b, const struct decisions *x)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->d[i].proposal)
			buf_printf(b, "proposal %lld\n", (long long)x->d[i].proposal);
}
