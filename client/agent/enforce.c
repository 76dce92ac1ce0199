/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/enforce.h"

#include <stdlib.h>

#include "client/agent/apply.h"
#include "client/agent/receipt.h"
#include "client/agent/run.h"
#include "client/agent/spare.h"
#include "common/file.h"

#define NOTIFY_SECONDS 30
#define ALARMS         10 /* of one kind, one by one */

struct enforcing {
	const struct config *conf;
	const struct pull_options *opt;
	struct plan *plan;
	struct standing *standing;
	const struct allow *allow;
	const struct allow *builtin; /* yields to a signed override */
	struct activeset spared;
	struct hash digest;
	size_t added, removed; /* blocking entries */
};

void notify(const struct config *c, const char *text)
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf out = {.max = 4096};
	struct diag d = {""};

	if (c->notify.n == 0)
		return;
	output_argv_list(&argv, &c->notify);
	output_argv_put(&argv, text);
	if (run(argv.v, NOTIFY_SECONDS, &out, &d))
		cli_warn("notify: %s", d.text);
}

static void say_spared(void *ctx, const char *text)
{
	const struct enforcing *x = ctx;

	cli_warn("%s", text);
	notify(x->conf, text);
}

/* The built-in list, whatever the part that talks to the hub made of it. */
static enum err spare(struct enforcing *x, struct diag *d)
{
	char *path = config_state(x->conf, "spared");
	enum err e = path && spare_split(x->builtin, &x->plan->set, &x->spared) == OK
			     ? OK
			     : diag_fail(d, ERR_NOMEM, "out of memory");

	if (e == OK && !x->opt->dry)
		e = spare_tell(path, x->builtin, &x->spared, say_spared, x, d);
	free(path);
	return e;
}

/* Only an alarm about what is automatic: a line of the local file is somebody's will. */
static void look_for_wrong_approvals(const struct enforcing *x)
{
	const struct activeset *set = &x->plan->set;
	const struct allow_entry *entry;
	char text[DIAG_MAX];
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct active *a = &set->a[i];

		if (a->action != ACTION_BLOCK ||
			!allow_match(x->allow, &kinds[a->kind], a->value, &entry) ||
			!entry->automatic || n++ >= ALARMS)
			continue;
		(void)snprintf(text, sizeof(text),
			"%s %.*s is approved but covers %.*s (%s): that stays reachable",
			kinds[a->kind].name, SLICE_ARG(a->value), SLICE_ARG(entry->value),
			entry->origin);
		cli_warn("%s", text);
		notify(x->conf, text);
	}
	if (n > ALARMS)
		cli_warn("%zu more of that sort", n - ALARMS);
}

/* A change that is computed against a damaged memory would leave in the kernel what was
 * revoked; against none everything is written anew. */
static void check_memory(const struct enforcing *x)
{
	struct enforced *last = &x->standing->last;

	if (!last->map.n || enforced_intact(last))
		return;
	cli_warn("what was enforced last is damaged on disk: begun anew");
	enforced_done(last);
}

/* One pull that would add more than anybody expects waits for a person. In a hold the
 * feed itself adds nothing. */
static void guard(struct enforcing *x)
{
	const struct enforced *last = &x->standing->last;
	struct plan *p = x->plan;
	size_t most = (size_t)x->conf->guard_entries;
	bool *guarded = &x->standing->state.guarded;

	enforced_compare(last, &p->set, &x->added, &x->removed);
	*guarded = most && !x->opt->confirm && last->n >= most && x->added > most &&
		   x->added > last->n * (size_t)x->conf->guard_percent / 100;
	if (!*guarded)
		return;
	if (!p->hold[0])
		(void)snprintf(p->hold, sizeof(p->hold),
			"%zu new entries beside %zu enforced: they wait for varsel pull "
			"--confirm",
			x->added, last->n);
	enforced_restrict(last, &p->set);
	x->added = 0;
}

/* When nothing was left out of what is approved, its own digest is at hand. */
static void digest(struct enforcing *x)
{
	const struct plan *p = x->plan;
	struct hash set = p->followed.digest;

	if (p->followed.active != (int64_t)p->set.n)
		set = activeset_digest(&p->set);
	x->digest = enforced_digest(&p->set, &set);
}

/* What is approved and cannot be enforced must not go unseen. */
static void tell_left_out(const struct config *c, const struct output_state *o)
{
	const struct output *out = NULL;
	char text[DIAG_MAX];
	size_t max;

	for (size_t i = 0; i < c->noutputs; i++)
		if (strcmp(c->outputs[i].title, o->name) == 0)
			out = &c->outputs[i];
	if (!out || o->grown <= 0)
		return;
	max = output_max(out->type, &out->conf);
	if ((size_t)o->count < max)
		(void)snprintf(text, sizeof(text),
			"output %s: %lld entries do not fit into it, %lld more than "
			"before",
			o->name, (long long)o->left_out, (long long)o->grown);
	else
		(void)snprintf(text, sizeof(text),
			"output %s: FULL: %lld entries are not enforced, %lld more than "
			"before: the least confident beside the %zu that it may have",
			o->name, (long long)o->left_out, (long long)o->grown, max);
	cli_warn("%s", text);
	notify(c, text);
}

/* Outputs, and what of them is worth a word: each failure, and more left out than before.
 * The first failure is the caller's to tell. */
static enum err apply_outputs(struct enforcing *x, struct diag *d)
{
	struct standing *s = x->standing;
	struct apply a = {x->conf, x->allow, &x->plan->set, &s->last, &s->off, x->digest,
		x->plan->now};
	bool failed_before = false;
	enum err e;

	for (size_t i = 0; i < s->state.noutputs; i++)
		failed_before |= output_failed(&s->state.outputs[i]);
	e = apply_all(&a, &s->state, d);
	if (e && !failed_before)
		notify(x->conf, d->text);
	for (size_t i = 0; i < s->state.noutputs; i++) {
		const struct output_state *o = &s->state.outputs[i];

		if (output_failed(o) && strcmp(o->error, d->text) != 0)
			cli_warn("%s", o->error);
		tell_left_out(x->conf, o);
	}
	return e;
}

/* A "varsel off" that could not wait for us has lifted what we were about to enforce. */
static enum err apply_until_agreed(struct enforcing *x, struct diag *d)
{
	struct standing *s = x->standing;
	enum err e, read = OK;
	struct off before;

	do {
		before = s->off;
		e = apply_outputs(x, d);
		read = off_read(x->conf, &s->off, NULL);
		if (!off_lasts(&s->off, clock_now()))
			s->off = (struct off){0};
	} while (read == OK && before.until != s->off.until);
	return e;
}

static enum err bring_up_to_date(struct enforcing *x, struct diag *d)
{
	char *path = config_state(x->conf, "enforced"), hex[HASH_HEX], full[HASH_HEX];
	char builtin[HASH_HEX];
	struct state *s = &x->standing->state;
	const struct plan *p = x->plan;
	struct hash list = allow_digest(x->builtin);
	enum err applied, e = path ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	if (e)
		return e;
	look_for_wrong_approvals(x);
	applied = apply_until_agreed(x, d);
	hash_hex(&x->digest, hex);
	if (strcmp(hex, s->digest) != 0 || !standing_is_whole(x->standing))
		e = enforced_write(path, &p->set, &x->digest, applied ? NULL : d);
	free(path);
	if (e)
		return e;
	s->changed = p->changed;
	s->active = (int64_t)p->set.n;
	s->spared = (int64_t)x->spared.n;
	s->next_expiry = p->set.next_expiry == INT64_MAX ? 0 : p->set.next_expiry;
	s->full_n = p->followed.active;
	s->full_at = p->now;
	hash_hex(&p->followed.digest, full);
	hash_hex(&list, builtin);
	if (state_text(s, &s->digest, hex) || state_text(s, &s->full, full) ||
		state_text(s, &s->builtin, builtin))
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (!x->standing->off.until && !applied)
		e = off_remove(x->conf, d);
	return applied ? applied : e;
}

/* Remembers since when something waits, and says so when it begins. */
static enum err note_hold(struct enforcing *x)
{
	struct state *s = &x->standing->state;
	const struct plan *p = x->plan;

	if (strcmp(s->hold, p->hold) == 0)
		return OK;
	if (s->hold[0] == '\0')
		notify(x->conf, p->hold);
	if (p->hold_since)
		s->hold_since = p->hold_since;
	else if (s->hold[0] == '\0' || p->hold[0] == '\0')
		s->hold_since = p->hold[0] ? clock_now() : 0;
	return state_text(s, &s->hold, p->hold);
}

static enum err work(struct enforcing *x, struct cli *c)
{
	struct plan *p = x->plan;
	struct state *s = &x->standing->state;
	enum err e = OK;

	if (p->due && (e = spare(x, &c->d)) != OK)
		return e;
	if (p->due) {
		check_memory(x);
		guard(x);
		digest(x);
		cli_say(c, "%zu entries in force; %zu more blocked, %zu no longer",
			p->set.n, x->added, x->removed);
	} else {
		cli_say(c, "nothing new; %lld entries in force", (long long)s->active);
	}
	if (x->opt->dry)
		return OK;
	if (p->good_time)
		s->good_time = p->good_time;
	if (p->due && p->root_ends)
		cli_warn("the root document expires in less than 30 days: ask the "
			 "coordinator for its successor");
	if (p->due)
		e = bring_up_to_date(x, &c->d);
	else if (s->guarded && !p->hold[0])
		(void)snprintf(p->hold, sizeof(p->hold), "%s", s->hold);
	/* a run without news leaves no trace: nothing is worth a write */
	if (!p->due && strcmp(p->hold, s->hold) == 0)
		return OK;
	if (note_hold(x))
		return e ? e : ERR_CANTCREAT;
	/* the receipt first: killed in between, the next run finds it all to do again */
	receipt_note(c, x->conf, &p->followed, s);
	if (state_save(x->conf, s, e ? NULL : &c->d))
		return e ? e : ERR_CANTCREAT;
	return e;
}

enum err enforce(struct cli *c, const struct config *conf, const struct pull_options *opt,
	struct plan *p, struct standing *s, const struct never *never)
{
	struct enforcing x = {.conf = conf,
		.opt = opt,
		.plan = p,
		.standing = s,
		.allow = &never->here,
		.builtin = &never->everywhere};
	char text[OFF_TEXT];
	enum err e;

	if (s->off.until && off_lasts(&s->off, clock_now())) {
		off_text(&s->off, text);
		cli_warn("%s: nothing is enforced here; varsel on restores it", text);
	} else {
		s->off = (struct off){0};
	}
	e = work(&x, c);
	activeset_done(&x.spared);
	return e;
}
