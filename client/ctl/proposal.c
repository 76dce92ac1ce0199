/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/proposal.h"

#include <stdio.h>

#include "client/ctl/decide.h"
#include "common/allow_file.h"
#include "common/clock.h"
#include "common/json_in.h"
#include "common/notice.h"
#include "common/protected.h"

#define ANSWER_MAX 65536u
#define IP4_WIDE   24 /* a prefix shorter than these takes many in */
#define IP6_WIDE   48

/* The note alone: all else that the hub says of a proposal can be read from it. */
static enum err fetch_note(struct ctl *c, struct proposal *p, struct diag *d)
{
	static const struct json_field fields[] = {
		{"note", JSON_TEXT, 0, STATEMENT_MAX, true},
		{0},
	};
	CLEANUP_BUF struct buf answer = {.max = ANSWER_MAX};
	CLEANUP_ARENA struct arena a;
	char path[64], *note = NULL;
	enum err e;

	arena_init(&a, 4 * ANSWER_MAX);
	(void)snprintf(path, sizeof(path), "/v1/proposals/%lld", (long long)p->id);
	e = hub_get(c->hub, path, &answer, d);
	if (!e)
		e = json_read_answer(buf_view(&answer), fields, &note, &a, d);
	if (e)
		return e;
	buf_puts(&p->note_bytes, note);
	return buf_err(&p->note_bytes) ? diag_fail(d, ERR_NOMEM, "out of memory") : OK;
}

static enum err check_note(const struct feed *f, struct proposal *p, struct diag *d)
{
	const struct root *root = &f->root;
	size_t n;
	const struct pubkey *keys = root_keys(root, ROLE_COORDINATOR, &n);
	enum err e = note_parse(buf_view(&p->note_bytes), &p->note, d);

	if (!e)
		e = statement_parse(p->note.text, &p->st, d);
	if (!e && p->st.verb != VERB_APPROVE && p->st.verb != VERB_NOTICE)
		e = diag_fail(d, ERR_VALUE,
			"verb %s: this program cosigns approvals and notices",
			verb_name(p->st.verb));
	if (!e)
		e = root_count_signers(root, &p->note, &p->st, &p->have, &p->needed, d);
	if (!e && p->have == 0)
		e = root_check_statement(root, &p->note, &p->st, d);
	if (!e)
		e = note_verify(&p->note, keys, n, &p->have, p->signer, NULL, d);
	if (!e && p->st.issued > clock_now() + STATEMENT_PARK)
		e = diag_fail(d, ERR_FUTURE, "issued ahead of this machine's clock");
	return e;
}

/* The text, as it was signed; its title stands for a list's reason. */
static enum err open_notice(struct proposal *p, struct diag *d)
{
	struct slice text = buf_view(&p->bundle_bytes), title;
	struct hash hash = hash_of(text);
	enum err e = notice_check(text, d);

	if (!e && ((int64_t)text.n != p->st.bytes || !hash_same(&hash, &p->st.bundle)))
		e = diag_fail(d, ERR_VALUE, "not the text that was signed");
	(void)slice_cut(&text, '\n', &title);
	p->bundle = (struct bundle){.reason = title};
	return e;
}

static enum err fetch_bundle(struct ctl *c, struct proposal *p, struct diag *d)
{
	char path[128 + CHANNEL_MAX], hex[HASH_HEX];
	enum err e;

	hash_hex(&p->st.bundle, hex);
	(void)snprintf(path, sizeof(path), "/v1/feed/%s/bundle/%s", c->conf.channel, hex);
	p->bundle_bytes.max = (size_t)p->st.bytes;
	e = hub_get(c->hub, path, &p->bundle_bytes, d);
	if (!e)
		e = p->st.verb == VERB_NOTICE
			    ? open_notice(p, d)
			    : bundle_open(
				      &p->st, buf_view(&p->bundle_bytes), &p->bundle, d);
	if (e)
		return diag_at(d, e, "its bundle: ");
	if (p->bundle.skipped)
		return diag_fail(d, ERR_VALUE,
			"its bundle: %zu lines that this program does not understand",
			p->bundle.skipped);
	return OK;
}

/* What nobody may approve, and what came after it: then a signature would be for nothing,
 * or for something else than it seems. */
static enum err check_lines(struct feed *f, struct proposal *p, struct diag *d)
{
	struct slice body = p->bundle.body;
	struct line l;
	char at[CLOCK_TEXT];
	enum err e = OK;

	while (!e && bundle_next(LINE_BUNDLE, &body, &l)) {
		if (l.kind->id == KIND_IP && ip_too_wide(l.value))
			return diag_value(d, ERR_VALUE, l.kind->name, l.value,
				"too wide to be approved: no client would take it");
		e = picks_add(&p->picks, LINE_BUNDLE, &l, d);
	}
	picks_sort(&p->picks);
	if (!e)
		e = decide_touch(f, &p->picks, p->st.issued, d);
	for (size_t i = 0; !e && i < p->picks.n; i++) {
		const struct pick *x = &p->picks.p[i];

		if (x->touched < p->st.issued)
			continue;
		clock_format(x->touched, at);
		return diag_value(d, ERR_NO_EFFECT, x->kind->name, x->value,
			"decided on at %s, after this was proposed", at);
	}
	return e;
}

static enum err load_never_block(const struct ctl *c, struct allow *a, struct diag *d)
{
	enum err e = protected_load(a);

	if (e)
		return diag_fail(d, e, "never-block: %s", err_text(e));
	e = allow_file_load(c->conf.never_block, a, d);
	if (!e && allow_seal(a))
		e = diag_fail(d, ERR_NOMEM, "never-block: out of memory");
	return e;
}

enum err proposal_open(struct ctl *c, int64_t id, struct proposal *ret, struct diag *d)
{
	struct proposal *p = ret;
	enum err e;

	*p = (struct proposal){.id = id, .note_bytes = {.max = STATEMENT_MAX}};
	picks_init(&p->picks);
	allow_init(&p->never_block);
	e = fetch_note(c, p, d);
	if (e)
		return e;
	e = check_note(c->feed, p, d);
	if (!e)
		e = fetch_bundle(c, p, d);
	if (!e)
		e = check_lines(c->feed, p, d);
	if (!e)
		e = load_never_block(c, &p->never_block, d);
	return e ? diag_at(d, e, "proposal %lld: ", (long long)id) : OK;
}

void proposal_done(struct proposal *p)
{
	buf_done(&p->note_bytes);
	buf_done(&p->bundle_bytes);
	picks_done(&p->picks);
	allow_done(&p->never_block);
}

/* Whether it is a prefix that takes in more than one network as they are usually given
 * out; canonical text. */
static bool is_wide(struct slice value)
{
	struct slice net;
	int64_t bits;

	if (!slice_cut(&value, '/', &net) || number_parse(value, &bits, NULL))
		return false;
	return bits < (memchr(net.p, ':', net.n) ? IP6_WIDE : IP4_WIDE);
}

static void put_mark(struct buf *b, size_t begin, const char *text)
{
	buf_puts(b, b->len > begin ? "; " : "");
	buf_puts(b, text);
}

void proposal_mark(const struct proposal *p, const struct line *l, struct buf *b)
{
	const struct allow_entry *entry = NULL;
	enum allow_hit hit = allow_match(&p->never_block, l->kind, l->value, &entry);
	size_t begin = b->len;

	if (l->override)
		put_mark(b, begin, "override");
	if (l->kind->id == KIND_IP && is_wide(l->value))
		put_mark(b, begin, "wide prefix");
	if (hit == ALLOW_NONE || !entry)
		return;
	put_mark(b, begin, "never-block: ");
	buf_printf(b, "it %s %.*s (%s)", hit == ALLOW_ALL ? "is in" : "covers",
		SLICE_ARG(entry->value), entry->origin);
}

struct ids {
	int64_t id[1024];
	size_t n;
};

static enum err on_id(void *ctx, size_t i, void *item, struct diag *d)
{
	const int64_t *id = item;
	struct ids *x = ctx;

	(void)i;
	(void)d;
	if (x->n < sizeof(x->id) / sizeof(*x->id))
		x->id[x->n++] = *id;
	return OK;
}

static enum err list_ids(struct ctl *c, struct ids *ret, struct diag *d)
{
	static const struct json_field fields[] = {
		{"id", JSON_NUM, 0, INT64_MAX, true},
		{0},
	};
	CLEANUP_BUF struct buf answer = {.max = 64 * ANSWER_MAX};
	CLEANUP_ARENA struct arena a;
	enum err e;

	arena_init(&a, 256 * ANSWER_MAX);
	e = hub_get(c->hub, "/v1/proposals", &answer, d);
	return e ? e
		 : json_read_array(buf_view(&answer), "proposals", fields,
			   sizeof(int64_t), true, on_id, ret, &a, d);
}

static size_t subtract(struct picks *x, const struct picks *those)
{
	size_t n = 0, before = x->n;

	for (size_t i = 0; i < before; i++) {
		const struct pick *p = picks_find(those, x->p[i].kind, x->p[i].value);

		if (!p || !slice_same(p->line, x->p[i].line))
			x->p[n++] = x->p[i];
	}
	x->n = n;
	return before - n;
}

enum err proposals_subtract(
	struct ctl *c, struct picks *picks, struct buf *ret_ids, struct diag *d)
{
	struct ids ids = {.n = 0};
	enum err e = list_ids(c, &ids, d);

	for (size_t i = 0; !e && i < ids.n && picks->n; i++) {
		CLEANUP_PROPOSAL struct proposal p = {0};
		struct diag why = {0};

		/* one that is not sound does not stand for anything */
		e = proposal_open(c, ids.id[i], &p, &why);
		if (!e && subtract(picks, &p.picks))
			buf_printf(ret_ids, "proposal %lld\n", (long long)ids.id[i]);
		if (e == ERR_NOMEM || e == ERR_UNAVAILABLE)
			return diag_fail(d, e, "%s", why.text);
		e = OK;
	}
	return e;
}
