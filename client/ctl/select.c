/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/select.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/text.h"

#define ONE_BY_ONE  50 /* so many requests cost less than reading the queue */
#define REFUSED_MAX (16u << 20)

void selection_init(struct selection *s)
{
	*s = (struct selection){0};
	picks_init(&s->picks);
	buf_init(&s->refused, REFUSED_MAX);
}

void selection_done(struct selection *s)
{
	picks_done(&s->picks);
	buf_done(&s->refused);
}

static void refuse(struct selection *s, const struct line *l, const char *why)
{
	buf_printf(&s->refused, "%s %.*s: %s\n", l->kind->name, SLICE_ARG(l->value), why);
}

static const char *flags_text(const struct indicator *x, char *out, size_t size)
{
	size_t n = (size_t)snprintf(out, size, "%s", x->flags.n ? "flagged " : "");

	(void)text_list(&x->flags, ", ", out + n, size - n);
	return out;
}

/* Why it may not be approved whatever the flags say; NULL when it may. */
static const char *unfit(const struct selection *s, const struct line *l)
{
	if (l->kind->id == KIND_IP && ip_too_wide(l->value))
		return "so wide that every client drops it";
	if (l->action == ACTION_BLOCK && !l->kind->blockable)
		return s->has_action ? "this kind cannot be blocked, only watched"
				     : "its action is block, and this kind cannot be";
	return NULL;
}

static void take_attributes(struct line *l, const struct indicator *x)
{
	(void)(action_parse(slice_of(x->action), &l->action, NULL) ||
		tlp_parse(slice_of(x->tlp), &l->tlp, NULL));
	l->confidence = (int)x->confidence;
	l->orgs = x->orgs;
	for (size_t i = 0; i < x->tags.n && l->ntags < TAGS_MAX; i++)
		l->tags[l->ntags++] = slice_of(x->tags.item[i]);
}

/* `x` NULL: the hub does not know it. `named`: on the command line, so that a refusal is
 * an error. */
static enum err take(struct selection *s, const struct kind *kind, struct slice value,
	const struct indicator *x, bool named, struct diag *d)
{
	struct line l = {.kind = kind,
		.value = value,
		.action = kind->action,
		.tlp = TLP_AMBER,
		.confidence = -1,
		.until = s->until};
	char flags[256];
	const char *why;

	s->of++;
	if (x)
		take_attributes(&l, x);
	if (s->has_action)
		l.action = s->action;
	why = unfit(s, &l);
	if (!why && x && indicator_is_red(x))
		why = "its TLP is red: it cannot be approved";
	if (!why && x &&
		(named ? indicator_needs_override(x) && !s->override
		       : indicator_flagged(x)))
		why = flags_text(x, flags, sizeof(flags));
	if (why && named)
		refuse(s, &l, why);
	else if (why)
		s->flagged++;
	if (why)
		return OK;
	/* also without a flag: the hub judges by its lists of today, the flag is of the
	 * day of the report */
	l.override = named && s->override;
	return picks_add(&s->picks, LINE_BUNDLE, &l, d);
}

static enum err take_indicator(
	struct selection *s, const struct indicator *x, bool named, struct diag *d)
{
	const struct kind *kind = kind_by_name(slice_of(x->kind));

	if (!kind)
		return diag_fail(d, ERR_VALUE, "indicator %lld: kind \"%s\" is not known",
			(long long)x->id, x->kind);
	return take(s, kind, slice_of(x->value), x, named, d);
}

static enum err take_target(
	struct selection *s, struct hub *h, const struct target *t, struct diag *d)
{
	CLEANUP_ARENA struct arena a;
	struct indicator x = {0};
	bool known;
	enum err e;

	arena_init(&a, 64u << 20);
	e = indicator_get(h, t, &a, &x, &known, d);
	if (e)
		return e;
	return known ? take_indicator(s, &x, true, d)
		     : take(s, t->kind, slice_of(t->text), NULL, true, d);
}

static int by_target(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	if (!x->kind != !y->kind)
		return x->kind ? 1 : -1;
	if (!x->kind)
		return strcmp(x->text, y->text);
	return line_cmp(x->kind, slice_of(x->text), y->kind, slice_of(y->text));
}

struct match {
	struct selection *s;
	const struct target *t; /* sorted */
	size_t n;
	bool *found;
};

static bool find(struct match *m, struct target want)
{
	const struct target *hit = bsearch(&want, m->t, m->n, sizeof(*m->t), by_target);

	if (hit)
		m->found[hit - m->t] = true;
	return hit != NULL;
}

static enum err on_pending(void *ctx, const struct indicator *x, struct diag *d)
{
	struct match *m = ctx;
	char id[TEXT_NUM];
	bool by_id, by_value;

	(void)text_num(x->id, id);
	by_id = find(m, (struct target){NULL, id});
	by_value = find(m, (struct target){kind_by_name(slice_of(x->kind)), x->value});
	return by_id || by_value ? take_indicator(m->s, x, true, d) : OK;
}

/* Sorts `t`. */
static enum err match_queue(
	struct selection *s, struct hub *h, struct target *t, size_t n, struct diag *d)
{
	struct match m = {s, t, n, calloc(n, sizeof(bool))};
	enum err e = OK;

	if (!m.found)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	qsort(t, n, sizeof(*t), by_target);
	e = queue_walk(h, &(struct queue_filter){0}, on_pending, &m, d);
	for (size_t i = 0; !e && i < n; i++) {
		if (m.found[i] || (i && by_target(&t[i], &t[i - 1]) == 0))
			continue;
		e = t[i].kind ? take(s, t[i].kind, slice_of(t[i].text), NULL, true, d)
			      : take_target(s, h, &t[i], d);
	}
	free(m.found);
	return e;
}

enum err select_targets(
	struct selection *s, struct hub *h, struct target *t, size_t n, struct diag *d)
{
	enum err e = OK;

	if (n > ONE_BY_ONE)
		return match_queue(s, h, t, n, d);
	for (size_t i = 0; !e && i < n; i++)
		e = take_target(s, h, &t[i], d);
	return e;
}

static enum err on_queued(void *ctx, const struct indicator *x, struct diag *d)
{
	struct selection *s = ctx;

	return take_indicator(s, x, false, d);
}

enum err select_queue(struct selection *s, struct hub *h,
	const struct queue_filter *filter, struct diag *d)
{
	return queue_walk(h, filter, on_queued, s, d);
}
