/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/apply.h"

#include <stdlib.h>

#include "client/agent/run.h"
#include "common/file.h"

#define COMMAND_SECONDS 300 /* a check of a million entries takes a while */
#define COMMAND_OUTPUT  65536

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

static bool in_kernel(const struct output *o)
{
	return o->type->kernel && o->type->kernel->wanted(&o->conf);
}

/* Whether the output shows this set; `hex` gets the fingerprint that it then has. */
static bool is_current(const struct output *o, const struct output_state *st,
	const struct hash *set, const struct allow *allow, char hex[HASH_HEX])
{
	struct output_job j = {.conf = &o->conf, .allow = allow, .digest = *set};
	struct hash allowed = allow_digest(allow);
	struct hash fp = output_fingerprint(o->type, &o->conf, set, &allowed);
	char want[MARKER_MAX], found[MARKER_MAX];

	hash_hex(&fp, hex);
	if (strcmp(st->fingerprint, hex) != 0)
		return false;
	if (o->conf.file && !file_exists(o->conf.file))
		return false;
	if (!in_kernel(o))
		return true;
	o->type->kernel->marker(&j, want);
	kernel_marker(o, found);
	return strcmp(want, found) == 0;
}

bool apply_due(const struct config *c, struct state *s, const struct allow *allow)
{
	char hex[HASH_HEX];
	struct hash set;

	if (hash_parse(slice_of(s->digest), &set, NULL))
		return true;
	for (size_t i = 0; i < c->noutputs; i++) {
		struct output_state *st = state_output(s, c->outputs[i].title);

		if (!st || !is_current(&c->outputs[i], st, &set, allow, hex))
			return true;
	}
	return false;
}

/* A tool that is not installed checks nothing; nor does one that may not (nft asks the
 * kernel for leave even to check a file). */
static enum err check(const struct output *o, const char *path, struct diag *d)
{
	struct output_argv argv = {.n = 0};
	CLEANUP_BUF struct buf out = {.max = COMMAND_OUTPUT};
	enum err e;

	if (!o->type->check)
		return OK;
	o->type->check(&o->conf, path, &argv);
	e = run(argv.v, COMMAND_SECONDS, &out, d);
	if (e == ERR_NOT_FOUND ||
		(e && !in_kernel(o) && strstr(buf_str(&out), "Operation not permitted")))
		return OK;
	return e;
}

static enum err to_file(const struct output *o, const struct output_job *j,
	struct output_tally *t, struct diag *d)
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
		e = check(o, x.tmp, d);
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
	e = file_draft_finish(&x, d);
	if (e == OK) {
		o->type->kernel->load(&o->conf, x.tmp, &argv);
		e = run(argv.v, COMMAND_SECONDS, &out, d);
		e = e ? ERR_CANTCREAT : OK;
	}
	file_draft_drop(&x);
	return e;
}

static enum err to_kernel(const struct apply *a, const struct output *o,
	const struct output_job *j, struct output_tally *t, struct diag *d)
{
	char found[MARKER_MAX];
	enum err e;

	kernel_marker(o, found);
	e = commit_change(a, o, j, found, t, d);
	/* the kernel is not as its marker says: somebody else changed our sets */
	if (e && found[0])
		e = commit_change(a, o, j, "", t, d);
	return e;
}

static enum err apply_one(const struct apply *a, const struct output *o,
	struct output_state *st, struct output_tally *t, struct diag *d)
{
	struct output_job j = {.conf = &o->conf,
		.set = a->set,
		.allow = a->allow,
		.last = a->last,
		.digest = a->digest,
		.now = a->now};
	enum err e = OK, ek = OK;

	/* by the clock, so that it goes on rising when the state was lost */
	st->serial = st->serial < a->now ? a->now : st->serial + 1;
	j.serial = (uint32_t)st->serial;
	if (o->conf.file)
		e = to_file(o, &j, t, d);
	if (in_kernel(o))
		ek = to_kernel(a, o, &j, t, e ? NULL : d);
	return e ? e : ek;
}

/* Notes how it went. ERR_NOMEM is the only failure. */
static enum err note_result(struct state *s, struct output_state *st, enum err e,
	const char *why, const char *fingerprint, const struct output_tally *t,
	int64_t now)
{
	st->error = NULL;
	if (e) {
		if (state_text(s, &st->error, why))
			return ERR_NOMEM;
		return state_text(s, &st->fingerprint, "");
	}
	st->applied = now;
	st->count = (int64_t)t->count;
	st->spared = (int64_t)t->spared;
	st->left_out = (int64_t)t->left_out;
	return state_text(s, &st->fingerprint, fingerprint);
}

enum err apply_all(const struct apply *a, struct state *s, struct diag *d)
{
	enum err first = OK, e;
	char hex[HASH_HEX];

	for (size_t i = 0; i < a->config->noutputs; i++) {
		const struct output *o = &a->config->outputs[i];
		struct output_state *st = state_output(s, o->title);
		struct output_tally t = {0};
		struct diag why = {""};

		if (!st)
			return diag_fail(d, ERR_NOMEM, "out of memory");
		if (is_current(o, st, &a->digest, a->allow, hex))
			continue;
		e = apply_one(a, o, st, &t, &why);
		if (e)
			(void)diag_at(&why, e, "output %s: ", o->title);
		if (e && first == OK)
			first = diag_fail(d, e, "%s", why.text);
		if (note_result(s, st, e, why.text, hex, &t, a->now))
			return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	return first;
}
