/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/outbox.h"

#include <dirent.h>
#include <sodium.h>
#include <stdlib.h>

#include "client/agent/post.h"
#include "client/agent/session.h"
#include "common/file.h"
#include "common/json_out.h"

#define FOLDER     "sightings"
#define SUFFIX     ".json"
#define ANSWER_MAX (1u << 20)
#define BATCH_ROWS 100 /* so that the longest values stay below SIGHTINGS_MAX */

void outbox_body(
	struct buf *b, const char *batch, const struct tally *t, size_t from, size_t to)
{
	struct json_out j;

	json_put_begin(&j, b);
	json_put_object(&j, NULL);
	json_put_str(&j, "batch", batch);
	json_put_array(&j, "sightings");
	for (size_t i = from; i < to; i++) {
		const struct tally_row *r = &t->row[i];

		json_put_object(&j, NULL);
		json_put_str(&j, "kind", kinds[r->a->kind].name);
		json_put_text(&j, "value", r->a->value);
		json_put_num(&j, "count", r->count);
		json_put_time(&j, "first", r->first);
		json_put_time(&j, "last", r->last);
		json_put_str(&j, "source", r->source);
		json_put_object_end(&j);
	}
	json_put_array_end(&j);
	json_put_object_end(&j);
}

static enum err put_one(const struct config *c, const char *who, int64_t run,
	const struct tally *t, size_t from, size_t to, struct diag *d)
{
	CLEANUP_BUF struct buf b;
	unsigned char random[16];
	char batch[sizeof(random) * 2 + 1], *path;
	enum err e;

	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(batch, sizeof(batch), random, sizeof(random));
	buf_init(&b, SIGHTINGS_MAX);
	outbox_body(&b, batch, t, from, to);
	if (asprintf(&path, "%s/" FOLDER "/%s-%012lld-%06zu" SUFFIX, c->state_dir, who,
		    (long long)run, from / BATCH_ROWS) < 0)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	e = buf_err(&b) ? diag_fail(d, buf_err(&b), "%s", err_text(buf_err(&b)))
			: file_write(path, buf_view(&b), 0600, d);
	free(path);
	return e;
}

enum err outbox_put(const struct config *c, const char *who, int64_t run,
	const struct tally *t, struct diag *d)
{
	char *dir = config_state(c, FOLDER);
	enum err e = dir ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	if (e == OK)
		e = file_mkdir(c->state_dir, 0755, d);
	if (e == OK)
		e = file_mkdir(dir, 0700, d);
	for (size_t i = 0; e == OK && i < t->n; i += BATCH_ROWS)
		e = put_one(c, who, run, t, i,
			i + BATCH_ROWS < t->n ? i + BATCH_ROWS : t->n, d);
	free(dir);
	return e;
}

static int is_body(const struct dirent *x)
{
	size_t n = strlen(x->d_name), s = strlen(SUFFIX);

	return n > s && strcmp(x->d_name + n - s, SUFFIX) == 0;
}

/* What waits, oldest first, each handed to `each` with its path until one fails. */
static enum err for_each(const struct config *c,
	enum err (*each)(void *ctx, const char *name, const char *path, struct diag *d),
	void *ctx, struct diag *d)
{
	char *dir = config_state(c, FOLDER), *path;
	struct dirent **names = NULL;
	int n = dir ? scandir(dir, &names, is_body, alphasort) : -1;
	enum err e = dir ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	for (int i = 0; i < n; i++) {
		if (e == OK && asprintf(&path, "%s/%s", dir, names[i]->d_name) < 0)
			e = diag_fail(d, ERR_NOMEM, "out of memory");
		else if (e == OK) {
			e = each(ctx, names[i]->d_name, path, d);
			free(path);
		}
		free(names[i]);
	}
	free(names);
	free(dir);
	return e;
}

struct taking_back {
	const char *who;
	int64_t run;
};

static enum err take_back(void *ctx, const char *name, const char *path, struct diag *d)
{
	const struct taking_back *x = ctx;
	size_t n = strlen(x->who);
	char *end;

	if (strncmp(name, x->who, n) != 0 || name[n] != '-' ||
		strtoll(name + n + 1, &end, 10) <= x->run)
		return OK;
	return file_remove(path, d);
}

enum err outbox_take_back(
	const struct config *c, const char *who, int64_t run, struct diag *d)
{
	struct taking_back x = {who, run};

	return for_each(c, take_back, &x, d);
}

struct sending {
	struct cli *cli;
	struct session session;
	bool open;
};

static enum err send_one(void *ctx, const char *name, const char *path, struct diag *d)
{
	struct sending *x = ctx;
	CLEANUP_BUF struct buf body, answer;
	char *aside = NULL;
	enum err e = OK;

	buf_init(&body, SIGHTINGS_MAX);
	buf_init(&answer, ANSWER_MAX);
	if (!x->open)
		e = session_open(x->cli, "report", &x->session);
	x->open = true;
	if (e == OK)
		e = file_read(path, &body, d);
	if (e == OK)
		e = hub_post(x->session.hub, "/v1/sightings", "application/json",
			buf_view(&body), &answer, d);
	if (e == OK)
		return file_remove(path, d);
	/* a hub that is older than this client knows no sightings yet */
	if (post_is_temporary(e) || e == ERR_UNAUTHORIZED || e == ERR_FORBIDDEN ||
		e == ERR_NOT_FOUND || e == ERR_METHOD)
		return diag_fail(d, ERR_TEMPFAIL, "sightings wait for the hub");
	cli_warn("%s: sightings were refused: %s", name, d->text);
	if (asprintf(&aside, "%s.refused", path) >= 0)
		(void)rename(path, aside); /* fails only where nothing can be written */
	free(aside);
	return OK;
}

enum err outbox_send(struct cli *cli, const struct config *c)
{
	struct sending x = {.cli = cli};
	enum err e = for_each(c, send_one, &x, &cli->d);

	session_close(&x.session);
	return e;
}
