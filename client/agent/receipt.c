/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/receipt.h"

#include <stdlib.h>

#include "client/agent/apart.h"
#include "client/agent/post.h"
#include "client/agent/session.h"
#include "common/file.h"
#include "common/note.h"
#include "common/receipt.h"

#define FILE_NAME  "receipt"
#define SECONDS    10 /* for all that is asked of the hub; the next pull tries again */
#define ANSWER_MAX 65536

static void put(struct buf *b, const struct config *conf, const struct followed *f,
	const struct state *s)
{
	struct receipt r = {.hub = slice_of(conf->hub_name),
		.org = slice_of(conf->org),
		.issued = clock_now(),
		.root_version = f->root_version,
		.log = slice_of(f->log),
		.size = f->size,
		.root = f->root,
		.at = s->full_at,
		.active = s->full_n};

	/* nothing was ever computed: the set is empty */
	if (hash_parse(slice_of(s->full), &r.digest, NULL))
		r.digest = hash_of(slice_of(""));
	receipt_put_header(b, &r);
	if (s->hold[0])
		receipt_put_hold(b, s->hold_since, s->hold);
	for (size_t i = 0; i < conf->noutputs; i++) {
		const struct output_state *o = NULL;

		for (size_t k = 0; k < s->noutputs; k++)
			if (strcmp(s->outputs[k].name, conf->outputs[i].title) == 0)
				o = &s->outputs[k];
		if (o && (o->error || o->applied))
			receipt_put_output(
				b, o->name, o->error ? r.issued : o->applied, o->error);
	}
}

void receipt_note(struct cli *c, const struct config *conf, const struct followed *f,
	const struct state *s)
{
	CLEANUP_BUF struct buf text;
	char *path = config_state(conf, FILE_NAME);
	struct diag d = {""};
	enum err e;

	buf_init(&text, RECEIPT_MAX);
	put(&text, conf, f, s);
	e = path ? buf_err(&text) : ERR_NOMEM;
	if (e)
		(void)diag_fail(&d, e, "%s", err_text(e));
	else
		e = file_write(path, buf_view(&text), 0600, &d);
	if (e)
		cli_say(c, "receipt: %s", d.text);
	free(path);
}

struct posting {
	const struct config *conf;
	struct slice text;
	struct seckey key;
	struct hub *hub;
};

/* In a child. */
static enum err post(void *ctx, FILE *out, struct diag *d)
{
	struct posting *x = ctx;
	CLEANUP_BUF struct buf note, answer;
	char *cache = NULL;
	enum err e = session_cache(x->conf, &cache, d);

	(void)out;
	buf_init(&note, RECEIPT_MAX + SIG_LINES_MAX);
	buf_init(&answer, ANSWER_MAX);
	if (e == OK) {
		hub_set_deadline(x->hub, SECONDS / 2);
		e = hub_login(x->hub, x->conf->hub_name, &x->key, "feed", cache, NULL, d);
	}
	free(cache);
	note_begin(&note, x->text);
	if (e == OK)
		e = note_sign(&note, x->text, &x->key, 0, d);
	return e ? e
		 : hub_post(x->hub, "/v1/receipts", "text/plain; charset=utf-8",
			   buf_view(&note), &answer, d);
}

static enum err post_apart(const struct config *conf, struct slice text, struct diag *d)
{
	struct posting x = {.conf = conf, .text = text};
	CLEANUP_BUF struct buf none;
	enum err e = config_key(conf, &x.key, d);

	buf_init(&none, DIAG_MAX);
	if (e == OK)
		e = config_hub(conf, &x.hub, d);
	if (e == OK)
		e = apart_run(conf, 0, post, &x, &none, d);
	hub_close(&x.hub);
	seckey_done(&x.key);
	return e;
}

/* Unless another has taken its place meanwhile. */
static void forget(const struct config *conf, const char *path, struct slice text)
{
	CLEANUP_FD int lock = -1;
	CLEANUP_BUF struct buf now;

	buf_init(&now, RECEIPT_MAX);
	if (standing_lock(conf, 0, &lock, NULL) == OK &&
		file_read(path, &now, NULL) == OK && slice_same(buf_view(&now), text) &&
		file_remove(path, NULL))
		return; /* sent again: the hub says that it has it */
}

void receipt_send(struct cli *c, const struct config *conf)
{
	CLEANUP_BUF struct buf text;
	char *path = config_state(conf, FILE_NAME);
	struct diag d = {""};
	enum err e;

	buf_init(&text, RECEIPT_MAX);
	if (path && file_read(path, &text, NULL) == OK) {
		e = post_apart(conf, buf_view(&text), &d);
		if (e)
			cli_say(c, "receipt: %s", d.text);
		/* what the hub refuses once it refuses always, but for our clock */
		if (!post_is_temporary(e) && e != ERR_UNAUTHORIZED && e != ERR_FUTURE &&
			e != ERR_STALE)
			forget(conf, path, buf_view(&text));
	}
	free(path);
}
