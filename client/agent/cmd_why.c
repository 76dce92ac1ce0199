/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a value is blocked here, or is not: from what stands on this machine alone. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/agent/cli.h"
#include "client/agent/cover.h"
#include "client/agent/neverblock.h"
#include "client/agent/off.h"
#include "client/agent/spare.h"
#include "client/agent/state.h"
#include "client/feed/feed.h"
#include "common/json_out.h"

struct why {
	struct config conf;
	struct feed *feed;
	struct allow allow;
	struct allow builtin;
	struct enforced enforced;
	struct activeset standing; /* the same as a set */
	struct cap *caps;          /* what each output keeps of it */
	struct off off;
	struct activeset set;
	const struct kind *kind; /* of what was asked, canonical */
	struct slice value;
	const struct allow_entry *spared; /* or NULL */
	const struct active *hit[130];    /* what covers it, the nearest first */
	size_t nhits;
	bool blocked; /* one of them is enforced, with action block */
};

static bool look_up(void *ctx, const struct kind *kind, struct slice value)
{
	struct why *w = ctx;
	const struct active *a = activeset_find(&w->set, kind, value);

	if (a)
		w->hit[w->nhits++] = a;
	return w->nhits < sizeof(w->hit) / sizeof(w->hit[0]);
}

/* What stands of it; NULL: approved is not yet enforced. The next pull may still have to
 * bring it, or the guard may hold it back. */
static const struct active *standing(const struct why *w, const struct active *a)
{
	if (a->action != ACTION_BLOCK)
		return NULL;
	return activeset_find(&w->standing, &kinds[a->kind], a->value);
}

/* Whether it would have a place in the output, were that not full. */
static bool is_over(
	const struct why *w, size_t i, const struct active *a, bool *ret_counts)
{
	const struct output *o = &w->conf.outputs[i];
	const struct output_job j = {
		.conf = &o->conf, .allow = &w->allow, .cap = w->caps[i]};
	const struct active *s = standing(w, a);

	*ret_counts = s && o->type->counts(&j, s);
	return *ret_counts && !output_keeps(&j, s);
}

static bool is_enforced(const struct why *w, const struct active *a)
{
	bool counts;
	size_t n = 0, over = 0;

	for (size_t i = 0; i < w->conf.noutputs; i++) {
		over += is_over(w, i, a, &counts);
		n += counts;
	}
	return !w->off.until && standing(w, a) && (n == 0 || over < n);
}

/* Prints, or puts into *j. */
static void put_signers(const struct why *w, const struct feed_statement *st,
	struct buf *b, struct json_out *j)
{
	const char *who[ROOT_KEYS];
	size_t n = feed_signers(w->feed, st, who);

	for (size_t i = 0; i < n; i++) {
		if (j)
			json_put_str(j, NULL, who[i]);
		else
			buf_printf(b, "%s%s", b->len ? " and " : "", who[i]);
	}
}

/* Prints, or puts into *j. */
static void put_over(const struct why *w, const struct active *a, struct json_out *j)
{
	bool counts;

	for (size_t i = 0; i < w->conf.noutputs; i++) {
		const struct output *o = &w->conf.outputs[i];

		if (!is_over(w, i, a, &counts))
			continue;
		if (j)
			json_put_str(j, NULL, o->title);
		else
			(void)printf("  over the maximum of output %s (%zu): not "
				     "enforced there\n",
				o->title, output_max(o->type, &o->conf));
	}
}

static void print_hit(const struct why *w, const struct active *a)
{
	const struct feed_statement *st = &w->feed->st[a->by];
	const struct kind *kind = &kinds[a->kind];
	char since[CLOCK_TEXT], until[CLOCK_TEXT], issued[CLOCK_TEXT], id[HASH_HEX];
	char place[32];
	const char *state = "watched, not blocked";
	const struct allow_entry *exception;
	CLEANUP_BUF struct buf signers;

	buf_init(&signers, ROOT_KEYS * KEY_NAME_MAX * 2);
	put_signers(w, st, &signers, NULL);
	clock_format(a->since, since);
	clock_format(a->until, until);
	clock_format(st->st.issued, issued);
	hash_hex(&st->id, id);
	if (spare_hits(&w->builtin, a, NULL))
		state = "approved, but spared";
	else if (a->action == ACTION_BLOCK)
		state = w->off.until        ? "approved, but varsel is off"
			: is_enforced(w, a) ? "blocked"
			: standing(w, a)    ? "approved, but no output has room for it"
					    : "approved, but not enforced yet";
	(void)printf("%s %.*s: %s, since %s until %s\n", kind->name, SLICE_ARG(a->value),
		state, since, until);
	if (st->index == INDEX_CARRIED)
		(void)snprintf(place, sizeof(place), "of an earlier log");
	else
		(void)snprintf(
			place, sizeof(place), "%llu", (unsigned long long)st->index);
	(void)printf("  by statement %s, signed by %s, issued %s\n  sha256 %s\n", place,
		signers.len ? buf_str(&signers) : "nobody whom the root knows", issued,
		id);
	if (a->attrs.n)
		(void)printf("  %.*s\n", SLICE_ARG(a->attrs));
	put_over(w, a, NULL);
	if (allow_match(&w->allow, kind, a->value, &exception) == ALLOW_PART)
		(void)printf("  but for %.*s, %s; plain lists leave it out as a whole\n",
			SLICE_ARG(exception->value), exception->origin);
}

static void print_text(const struct why *w)
{
	char off[OFF_TEXT];

	for (size_t i = 0; i < w->nhits; i++)
		print_hit(w, w->hit[i]);
	if (w->spared)
		(void)printf("%s %.*s: never blocked here: %.*s, %s%s\n", w->kind->name,
			SLICE_ARG(w->value), SLICE_ARG(w->spared->value),
			w->spared->origin,
			w->spared->absolute ? "; no override lifts that" : "");
	else if (w->nhits == 0)
		(void)printf(
			"%s %.*s: not in force\n", w->kind->name, SLICE_ARG(w->value));
	if (w->off.until) {
		off_text(&w->off, off);
		(void)printf(
			"%s: nothing is enforced here; varsel on restores it\n", off);
	}
}

static void put_exception(
	const struct allow_entry *e, const char *name, struct json_out *j)
{
	if (!e) {
		json_put_null(j, name);
		return;
	}
	json_put_object(j, name);
	json_put_text(j, "value", e->value);
	json_put_str(j, "origin", e->origin);
	json_put_object_end(j);
}

static void put_hit(const struct why *w, const struct active *a, struct json_out *j)
{
	const struct allow_entry *exception;
	const struct feed_statement *st = &w->feed->st[a->by];
	char id[HASH_HEX];

	hash_hex(&st->id, id);
	json_put_object(j, NULL);
	json_put_str(j, "kind", kinds[a->kind].name);
	json_put_text(j, "value", a->value);
	json_put_str(j, "action", action_name((enum action)a->action));
	json_put_flag(j, "enforced", is_enforced(w, a));
	json_put_array(j, "over_max");
	put_over(w, a, j);
	json_put_array_end(j);
	json_put_time(j, "since", a->since);
	json_put_time(j, "until", a->until);
	json_put_object(j, "statement");
	if (st->index == INDEX_CARRIED)
		json_put_null(j, "index");
	else
		json_put_num(j, "index", (int64_t)st->index);
	json_put_str(j, "sha256", id);
	json_put_time(j, "issued", st->st.issued);
	json_put_array(j, "signers");
	put_signers(w, st, NULL, j);
	json_put_array_end(j);
	json_put_object_end(j);
	if (allow_match(&w->allow, &kinds[a->kind], a->value, &exception) != ALLOW_PART)
		exception = NULL;
	put_exception(exception, "but_for", j);
	json_put_object_end(j);
}

static enum err print_json(const struct why *w)
{
	CLEANUP_BUF struct buf b;
	struct json_out j;

	buf_init(&b, 1u << 20);
	json_put_begin(&j, &b);
	json_put_object(&j, NULL);
	json_put_str(&j, "kind", w->kind->name);
	json_put_text(&j, "value", w->value);
	json_put_flag(&j, "blocked", w->blocked);
	put_exception(w->spared, "never_block", &j);
	json_put_time(&j, "off_until", w->off.until);
	json_put_array(&j, "entries");
	for (size_t i = 0; i < w->nhits; i++)
		put_hit(w, w->hit[i], &j);
	json_put_array_end(&j);
	json_put_object_end(&j);
	if (buf_err(&b))
		return buf_err(&b);
	(void)printf("%s\n", buf_str(&b));
	return OK;
}

/* What each output had room for, of what stands. */
static enum err find_room(struct why *w, struct diag *d)
{
	enum err e = enforced_set(&w->enforced, &w->standing);

	w->caps = calloc(w->conf.noutputs + 1, sizeof(*w->caps));
	if (!w->caps)
		e = ERR_NOMEM;
	for (size_t i = 0; e == OK && i < w->conf.noutputs; i++) {
		const struct output *o = &w->conf.outputs[i];
		struct output_job j = {
			.conf = &o->conf, .set = &w->standing, .allow = &w->allow};

		e = output_cap(o->type, &j);
		w->caps[i] = j.cap;
	}
	return e ? diag_fail(d, e, "out of memory") : OK;
}

static enum err load(struct cli *c, struct why *w)
{
	char *dir = NULL, *enforced = NULL;
	struct diag ignored;
	enum err e = config_load(c->config, &w->conf, &c->d);

	if (e)
		return e;
	dir = config_state(&w->conf, "feed");
	enforced = config_state(&w->conf, "enforced");
	e = dir && enforced ? OK : diag_fail(&c->d, ERR_NOMEM, "out of memory");
	if (e == OK)
		e = off_read(&w->conf, &w->off, &c->d);
	if (e == OK)
		e = neverblock_gather(&w->conf, true, &w->allow, &c->d);
	if (e == OK)
		e = spare_load(&w->builtin, &c->d);
	/* without it nothing is enforced yet */
	if (e == OK && enforced_open(enforced, &w->enforced, &ignored))
		w->enforced = (struct enforced){0};
	if (e == OK)
		e = find_room(w, &c->d);
	if (e == OK)
		e = feed_open(dir, w->conf.root, w->conf.channel, &w->feed, &c->d);
	if (e == OK)
		e = feed_active(w->feed, clock_now(), &w->set, &c->d);
	free(dir);
	free(enforced);
	return e;
}

/* Which never-block entry spares the value. The local file's always does; the built-in
 * one as long as no override blocks the value or what is around it. */
static void find_spare(struct why *w)
{
	const struct allow_entry *entry = NULL, *first = NULL;

	if (allow_match(&w->allow, w->kind, w->value, &w->spared) == ALLOW_ALL)
		return;
	w->spared = NULL;
	for (size_t i = 0; i < w->nhits; i++) {
		if (w->hit[i]->action == ACTION_BLOCK &&
			!spare_hits(&w->builtin, w->hit[i], &entry))
			return;
		first = first ? first : entry;
	}
	if (allow_match(&w->builtin, w->kind, w->value, &entry) == ALLOW_ALL)
		first = entry;
	w->spared = first;
}

static enum err why(struct cli *c, struct why *w, const char *text, bool json)
{
	CLEANUP_BUF struct buf value;
	enum err e;

	buf_init(&value, VALUE_MAX);
	e = kind_recognise(slice_of(text), &w->kind, &value, &c->d);
	if (e == OK)
		e = load(c, w);
	if (e)
		return e;
	w->value = buf_view(&value);
	cover_each(w->kind, w->value, look_up, w);
	find_spare(w);
	for (size_t i = 0; i < w->nhits; i++)
		w->blocked |= !w->spared && w->hit[i]->action == ACTION_BLOCK &&
			      is_enforced(w, w->hit[i]);
	if (json)
		e = print_json(w);
	else
		print_text(w);
	return e ? e : w->nhits && !w->spared && !w->off.until ? OK : ERR_UNKNOWN;
}

enum err cmd_why(struct cli *c, int argc, char **argv)
{
	struct why w = {0};
	bool json = false;
	enum err e = cli_json(c, argc, argv, &json);

	if (e == OK && argc - optind != 1)
		e = cli_usage(c, "why", "why: one value");
	if (e == OK)
		e = why(c, &w, argv[optind], json);
	activeset_done(&w.set);
	feed_close(&w.feed);
	activeset_done(&w.standing);
	free(w.caps);
	enforced_done(&w.enforced);
	allow_done(&w.allow);
	allow_done(&w.builtin);
	config_free(&w.conf);
	return e;
}
