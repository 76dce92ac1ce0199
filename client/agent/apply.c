/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/apply.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "client/agent/check.h"
#include "client/agent/cli.h"
#include "client/agent/ruleset.h"
#include "client/agent/run.h"
#include "common/file.h"

#define COMMAND_SECONDS 300 /* a check of a million entries takes a while */
#define COMMAND_OUTPUT  65536
#define STAMP           64
#define SAMPLES         1024

/* What the kernel is marked with; "" when it holds nothing of ours. */
static void kernel_marker(const struct output *o, char ret[MARKER_MAX])
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf out;
	const char *at, *end;

	ret[0] = '\0';
	buf_init(&out, COMMAND_OUTPUT);
	o->type->kernel->probe(&o->conf, &argv);
	if (run(argv.v, COMMAND_SECONDS, &out, NULL))
		return;
	at = strstr(buf_str(&out), "comment \"");
	at = at ? at + strlen("comment \"") : NULL;
	end = at ? strchr(at, '"') : NULL;
	if (end && end - at < MARKER_MAX) {
		memcpy(ret, at, (size_t)(end - at));
		ret[end - at] = '\0';
	}
}

/* Another command may change the ruleset of another network namespace. */
static bool is_counted(const struct output *o)
{
	return o->conf.nft.n == 0;
}

/* What the kernel says of the rules around our sets; "" when that is not known. */
static void rules_of(const struct output *o, char ret[HASH_HEX])
{
	struct hash h;

	ret[0] = '\0';
	if (is_counted(o) && ruleset_rules(o->type->kernel->table(&o->conf), &h))
		hash_hex(&h, ret);
}

/* Whether the kernel tells of other rules than these. */
static bool rules_differ(const struct output *o, const char *remembered)
{
	char rules[HASH_HEX];

	rules_of(o, rules);
	return rules[0] && strcmp(rules, remembered) != 0;
}

/* Whether somebody took out what we had put in, and left the marker. Looked for when some
 * ruleset has changed since `generation`. */
static bool is_touched(
	const struct output *o, const struct output_state *st, int64_t generation)
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf text, out;

	buf_init(&text, COMMAND_OUTPUT);
	buf_init(&out, COMMAND_OUTPUT);
	if (is_counted(o) && generation && generation == ruleset_generation())
		return false;
	if (st->rules && st->rules[0] && rules_differ(o, st->rules))
		return true;
	if (st->samples)
		o->type->kernel->verify(&o->conf, st->samples, clock_now(), &text, &argv);
	return argv.n && run(argv.v, COMMAND_SECONDS, &out, NULL);
}

static bool in_kernel(const struct output *o)
{
	return o->type->kernel && o->type->kernel->wanted(&o->conf);
}

/* Tells a file that we left from one that somebody else has written since, or that is
 * gone: "". */
static void stamp_of(const struct output *o, char ret[STAMP])
{
	struct stat st;

	ret[0] = '\0';
	if (o->conf.file && stat(o->conf.file, &st) == 0)
		(void)snprintf(ret, STAMP, "%lld %lld.%09ld", (long long)st.st_size,
			(long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

/* What an output has to show: the set, or, while all is lifted, nothing at all, not even
 * what the never-block list lets pass. */
struct goal {
	const struct allow *allow;
	struct hash set;
	struct hash remembered; /* the set that the state tells of */
	int64_t generation;     /* before anything was done */
	bool lifted;
};

static const struct allow no_allow;
static const struct activeset no_set = {.next_expiry = INT64_MAX};

static struct goal goal_of(const struct hash *set, const struct allow *allow,
	const struct off *off, const struct state *s)
{
	struct goal g = {.allow = allow, .set = *set};

	if (off->until)
		g = (struct goal){.allow = &no_allow, .lifted = true};
	if (hash_parse(slice_of(s->digest), &g.remembered, NULL))
		g.remembered = (struct hash){0};
	g.generation = s->generation;
	return g;
}

/* Whether the output shows it; `hex` gets the fingerprint that it then has. */
static bool is_current(const struct output *o, const struct output_state *st,
	const struct goal *g, char hex[HASH_HEX])
{
	struct output_job j = {.conf = &o->conf, .allow = g->allow, .digest = g->set};
	struct hash allowed = allow_digest(g->allow);
	struct hash fp = output_fingerprint(o->type, &o->conf, &g->set, &allowed);
	char want[MARKER_MAX] = "", found[MARKER_MAX], stamp[STAMP];

	hash_hex(&fp, hex);
	stamp_of(o, stamp);
	if (strcmp(st->fingerprint, hex) != 0 ||
		strcmp(st->stamp ? st->stamp : "", stamp) != 0)
		return false;
	if (!in_kernel(o))
		return true;
	if (!g->lifted)
		o->type->kernel->marker(&j, want);
	kernel_marker(o, found);
	if (strcmp(want, found) != 0)
		return false;
	return !found[0] || !is_touched(o, st, g->generation);
}

bool apply_due(const struct config *c, struct standing *s, const struct allow *allow,
	int64_t now)
{
	const struct off *off = off_lasts(&s->off, now) ? &s->off : &(struct off){0};
	char hex[HASH_HEX];
	struct goal g;
	struct hash set;

	if (hash_parse(slice_of(s->state.digest), &set, NULL))
		return true;
	g = goal_of(&set, allow, off, &s->state);
	for (size_t i = 0; i < c->noutputs; i++) {
		struct output_state *st = state_output(&s->state, c->outputs[i].title);

		if (!st || !is_current(&c->outputs[i], st, &g, hex))
			return true;
	}
	return false;
}

/* The file that the next one takes the place of, when the same check found no fault in
 * it and it still is as it was left. */
static const char *passed_before(
	const struct output *o, const struct output_state *st, const char *check)
{
	char stamp[STAMP];

	stamp_of(o, stamp);
	return check[0] && st->checked && strcmp(st->checked, check) == 0 && st->stamp &&
			       stamp[0] && strcmp(st->stamp, stamp) == 0
		       ? o->conf.file
		       : NULL;
}

static enum err to_file(const struct output *o, const struct output_job *j,
	const char *passed, struct output_tally *t, struct diag *d)
{
	struct output_argv argv = {.n = 0};
	struct file_draft x;
	CLEANUP_BUF struct buf out;
	enum err e = file_draft_open(&x, o->conf.file, 0644, d);

	buf_init(&out, COMMAND_OUTPUT);
	if (e)
		return e;
	*t = (struct output_tally){0};
	o->type->render(j, x.f, t);
	e = file_draft_finish(&x, d);
	if (e == OK)
		e = check_file(o->type, &o->conf, in_kernel(o), x.tmp, passed, d);
	if (e) {
		file_draft_drop(&x);
		return e;
	}
	e = file_draft_commit(&x, d);
	if (e || o->conf.reload.n == 0)
		return e;
	output_argv_list(&argv, &o->conf.reload);
	e = run(argv.v, COMMAND_SECONDS, &out, d);
	return e ? diag_at(d, ERR_CANTCREAT, "reload: ") : OK;
}

/* One transaction; the kernel takes all of it or none. */
static enum err commit_change(const struct apply *a, const struct output *o,
	const struct output_job *j, const char *found, struct output_tally *t,
	struct diag *d)
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf out, name;
	struct file_draft x;
	enum err e;

	buf_init(&out, COMMAND_OUTPUT);
	buf_init(&name, 8192);
	buf_printf(&name, "%s/%s.change", a->config->state_dir, o->title);
	e = file_draft_open(&x, buf_str(&name), 0600, d);
	if (e)
		return e;
	*t = (struct output_tally){0};
	o->type->kernel->change(j, found, x.f, t);
	e = file_draft_close(&x, d);
	if (e == OK) {
		o->type->kernel->load(&o->conf, x.tmp, &argv);
		e = run(argv.v, COMMAND_SECONDS, &out, d);
		e = e ? ERR_CANTCREAT : OK;
	}
	file_draft_drop(&x);
	return e;
}

/* Whether the kernel holds the set that the state remembers, and the samples are of,
 * whatever the never-block list beside it. A run that was killed may have put in the next
 * one: that is nobody else's doing. */
static bool is_remembered(const struct output *o, const struct output_job *j,
	const struct goal *g, const char found[MARKER_MAX])
{
	struct output_job before = *j;
	char want[MARKER_MAX];
	const char *allow;

	before.digest = g->remembered;
	o->type->kernel->marker(&before, want);
	allow = strrchr(want, ' ');
	return allow && strncmp(want, found, (size_t)(allow - want)) == 0;
}

static enum err to_kernel(const struct apply *a, const struct output *o,
	const struct output_job *j, const struct goal *g, const struct output_state *st,
	struct output_tally *t, struct diag *d)
{
	char found[MARKER_MAX];
	const char *rules = st->rules ? st->rules : "";
	bool others, touched;
	enum err e;

	kernel_marker(o, found);
	/* no difference of sets that is written changes a rule */
	others = found[0] && rules_differ(o, rules);
	touched = (others && rules[0]) ||
		  (is_remembered(o, j, g, found) && is_touched(o, st, 0));
	if (touched)
		cli_warn("output %s: somebody else has taken out of the kernel what is "
			 "enforced: written anew",
			o->title);
	if (others || touched)
		found[0] = '\0';
	e = commit_change(a, o, j, found, t, d);
	/* the kernel is not as its marker says: somebody else changed our sets */
	if (e && found[0])
		e = commit_change(a, o, j, "", t, d);
	return e;
}

/* By words of its own, not by a file: this must work on a full disk as well. */
static enum err lift_from_kernel(const struct output *o, struct diag *d)
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf out;

	buf_init(&out, COMMAND_OUTPUT);
	o->type->kernel->lift(&o->conf, &argv);
	return run(argv.v, COMMAND_SECONDS, &out, d) ? ERR_CANTCREAT : OK;
}

/* By which an output is known again. */
struct traits {
	char fingerprint[HASH_HEX], stamp[STAMP], check[HASH_HEX], samples[SAMPLES];
	char rules[HASH_HEX];
	unsigned changes; /* of the kernel's rulesets, by all outputs so far */
};

static void sample(const struct output *o, const struct output_job *j, struct traits *x)
{
	CLEANUP_BUF struct buf b;

	buf_init(&b, SAMPLES - 1);
	o->type->kernel->sample(j, &b);
	(void)snprintf(x->samples, SAMPLES, "%s", buf_err(&b) ? "" : buf_str(&b));
	rules_of(o, x->rules);
}

static enum err apply_one(const struct apply *a, const struct output *o,
	const struct goal *g, struct output_state *st, struct traits *x,
	struct output_tally *t, struct diag *d)
{
	struct output_job j = {.conf = &o->conf,
		.set = g->lifted ? &no_set : a->set,
		.allow = g->allow,
		.last = g->lifted ? NULL : a->last,
		.digest = g->set,
		.now = a->now};
	enum err e = OK, ek = OK;

	if (output_cap(o->type, &j))
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (g->lifted && in_kernel(o))
		ek = lift_from_kernel(o, d);

	/* by the clock, so that it goes on rising when the state was lost */
	st->serial = st->serial < a->now ? a->now : st->serial + 1;
	j.serial = (uint32_t)st->serial;
	if (o->conf.file)
		e = to_file(o, &j, passed_before(o, st, x->check), t, ek ? NULL : d);
	if (!g->lifted && in_kernel(o))
		ek = to_kernel(a, o, &j, g, st, t, e ? NULL : d);
	if (!g->lifted && in_kernel(o) && !ek)
		sample(o, &j, x);
	x->changes += in_kernel(o) && !ek && is_counted(o);
	return e ? e : ek;
}

/* Notes how it went. ERR_NOMEM is the only failure. */
static enum err note_result(struct state *s, struct output_state *st, enum err e,
	const char *why, const struct traits *x, const struct output_tally *t,
	int64_t now)
{
	st->error = NULL;
	/* of the kernel alone, whatever became of the file */
	if (state_text(s, &st->samples, x->samples) ||
		(x->rules[0] && state_text(s, &st->rules, x->rules)))
		return ERR_NOMEM;
	if (e) {
		if (state_text(s, &st->error, why))
			return ERR_NOMEM;
		return state_text(s, &st->fingerprint, "");
	}
	st->applied = now;
	st->count = (int64_t)t->count;
	st->spared = (int64_t)t->spared;
	st->grown = (int64_t)t->left_out - st->left_out;
	st->left_out = (int64_t)t->left_out;
	if (state_text(s, &st->stamp, x->stamp) || state_text(s, &st->checked, x->check))
		return ERR_NOMEM;
	return state_text(s, &st->fingerprint, x->fingerprint);
}

/* A lifted output is not at fault; but it is not applied either, and says so wherever it
 * is asked. */
static enum err note_lifted(
	struct state *s, struct output_state *st, const struct off *off)
{
	char text[OFF_TEXT];

	off_text(off, text);
	return output_failed(st) ? OK : state_text(s, &st->error, text);
}

enum err apply_all(const struct apply *a, struct state *s, struct diag *d)
{
	struct goal g = goal_of(&a->digest, a->allow, a->off, s);
	enum err first = OK, e = OK;
	struct traits x = {.changes = 0};
	uint32_t before = ruleset_generation(), now;

	for (size_t i = 0; i < a->config->noutputs; i++) {
		const struct output *o = &a->config->outputs[i];
		struct output_state *st = state_output(s, o->title);
		struct output_tally t = {0};
		struct diag why = {""};

		if (!st)
			return diag_fail(d, ERR_NOMEM, "out of memory");
		if (!is_current(o, st, &g, x.fingerprint)) {
			check_identity(o->type, &o->conf, x.check);
			x.samples[0] = x.rules[0] = '\0';
			e = apply_one(a, o, &g, st, &x, &t, &why);
			if (e)
				(void)diag_at(&why, e, "output %s: ", o->title);
			if (e && first == OK)
				first = diag_fail(d, e, "%s", why.text);
			stamp_of(o, x.stamp);
			if (note_result(s, st, e, why.text, &x, &t, a->now))
				return diag_fail(d, ERR_NOMEM, "out of memory");
		}
		if (g.lifted && note_lifted(s, st, a->off))
			return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	now = ruleset_generation();
	s->generation = before && now == before + x.changes ? now : 0;
	return first;
}
