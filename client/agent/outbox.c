/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/outbox.h"

#include <dirent.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/agent/apart.h"
#include "client/agent/post.h"
#include "common/file.h"
#include "common/json_in.h"
#include "common/json_out.h"

#define FOLDER     "sightings"
#define SUFFIX     ".json"
#define ANSWER_MAX (1u << 20)
#define PATHS_MAX  (1u << 20) /* more go out with the next run */
#define BATCH_ROWS 100        /* so that the longest values stay below SIGHTINGS_MAX */

void outbox_row(struct json_out *j, const char *name, const struct tally_row *r)
{
	json_put_object(j, name);
	json_put_str(j, "kind", kinds[r->a->kind].name);
	json_put_text(j, "value", r->a->value);
	json_put_num(j, "count", r->count < SIGHTING_COUNT ? r->count : SIGHTING_COUNT);
	json_put_time(j, "first", r->first);
	json_put_time(j, "last", r->last);
	json_put_str(j, "source", r->source);
	json_put_object_end(j);
}

void outbox_body(
	struct buf *b, const char *batch, const struct tally *t, size_t from, size_t to)
{
	struct json_out j;

	json_put_begin(&j, b);
	json_put_object(&j, NULL);
	json_put_str(&j, "batch", batch);
	json_put_array(&j, "sightings");
	for (size_t i = from; i < to; i++)
		outbox_row(&j, NULL, &t->row[i]);
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

/* The last run of `who` whose memory is stored: what later ones wrote may yet be taken
 * back. The first line of the memory ends in its number. */
static int64_t finished_run(const struct config *c, const char *who)
{
	char *path = config_state(c, who), line[128] = "";
	FILE *f = path ? fopen(path, "re") : NULL;
	const char *last;
	int64_t run = 0;

	if (f && fgets(line, sizeof(line), f) && (last = strrchr(line, ' ')))
		run = strtoll(last + 1, NULL, 10);
	if (f)
		(void)fclose(f);
	free(path);
	return run;
}

static bool is_finished(const struct config *c, const char *name)
{
	const char *dash = strchr(name, '-');
	char *who = dash ? strndup(name, (size_t)(dash - name)) : NULL;
	bool yes = who && strtoll(dash + 1, NULL, 10) <= finished_run(c, who);

	free(who);
	return yes;
}

static enum err count_one(void *ctx, const char *name, const char *path, struct diag *d)
{
	(void)name;
	(void)path;
	(void)d;
	++*(size_t *)ctx;
	return OK;
}

size_t outbox_count(const struct config *c)
{
	size_t n = 0;

	return for_each(c, count_one, &n, NULL) == OK ? n : 0;
}

struct refused {
	int64_t index;
	char *reason;
};

static const struct json_field refused_fields[] = {
	{"index", JSON_NUM, offsetof(struct refused, index), INT64_MAX, true},
	{"reason", JSON_TEXT, offsetof(struct refused, reason), DIAG_MAX, true},
	{0},
};

static enum err say_refused(void *ctx, size_t i, void *item, struct diag *d)
{
	const struct refused *r = item;

	(void)i;
	(void)d;
	cli_say(ctx, "sighting %lld was not counted: %s", (long long)r->index, r->reason);
	return OK;
}

/* For who watches: that nobody wants to hear of one any more is no trouble. */
static void tell_refused(struct cli *cli, struct slice answer)
{
	CLEANUP_ARENA struct arena a;

	arena_init(&a, ANSWER_MAX * 4);
	if (json_read_array(answer, "refused", refused_fields, sizeof(struct refused),
		    true, say_refused, cli, &a, NULL))
		cli_say(cli, "the hub's answer to sightings cannot be read");
}

struct sending {
	struct cli *cli;
	const struct config *conf;
	struct buf paths; /* one a line */
	struct seckey key;
	struct hub *hub;
};

/* Which ones may be sent. The memories are not for the account that sends. */
static enum err pick(void *ctx, const char *name, const char *path, struct diag *d)
{
	struct sending *x = ctx;

	(void)d;
	if (is_finished(x->conf, name))
		buf_printf(&x->paths, "%s\n", path);
	return OK;
}

static enum err send_one(struct sending *x, const char *path, struct diag *d)
{
	CLEANUP_BUF struct buf body, answer;
	char *aside = NULL;
	enum err e;

	buf_init(&body, SIGHTINGS_MAX);
	buf_init(&answer, ANSWER_MAX);
	e = file_read(path, &body, d);
	if (e == ERR_NOT_FOUND)
		return OK; /* sent by another run meanwhile */
	if (e == OK)
		e = hub_post(x->hub, "/v1/sightings", "application/json", buf_view(&body),
			&answer, d);
	if (e == OK) {
		tell_refused(x->cli, buf_view(&answer));
		return file_remove(path, d);
	}
	/* a hub that is older than this client knows no sightings yet */
	if (post_is_temporary(e) || e == ERR_UNAUTHORIZED || e == ERR_FORBIDDEN ||
		e == ERR_NOT_FOUND || e == ERR_METHOD)
		return diag_fail(d, ERR_TEMPFAIL, "sightings wait for the hub");
	cli_warn("%s: sightings were refused: %s", path, d->text);
	if (asprintf(&aside, "%s.refused", path) >= 0)
		(void)rename(path, aside); /* fails only where nothing can be written */
	free(aside);
	return OK;
}

/* In a child. */
static enum err send_all(void *ctx, FILE *out, struct diag *d)
{
	struct sending *x = ctx;
	struct slice rest = buf_view(&x->paths), line;
	char path[PATH_MAX];
	enum err e =
		hub_login(x->hub, x->conf->hub_name, &x->key, "report", NULL, NULL, d);

	(void)out;
	if (e)
		e = diag_fail(d, ERR_TEMPFAIL, "sightings wait for the hub");
	while (e == OK && rest.n) {
		(void)slice_cut(&rest, '\n', &line);
		(void)snprintf(path, sizeof(path), "%.*s", SLICE_ARG(line));
		e = send_one(x, path, d);
	}
	return e;
}

enum err outbox_send(struct cli *cli, const struct config *c)
{
	struct sending x = {.cli = cli, .conf = c};
	CLEANUP_BUF struct buf none;
	enum err e;

	buf_init(&x.paths, PATHS_MAX);
	buf_init(&none, DIAG_MAX);
	e = for_each(c, pick, &x, &cli->d);
	if (e == OK && x.paths.len) {
		e = config_key(c, &x.key, &cli->d);
		if (e == OK)
			e = config_hub(c, &x.hub, &cli->d);
		if (e == OK)
			e = apart_run(c, 0, send_all, &x, &none, &cli->d);
	}
	hub_close(&x.hub);
	seckey_done(&x.key);
	buf_done(&x.paths);
	return e;
}

void outbox_try(const struct cli *cli, const struct config *c)
{
	struct cli own = *cli;

	own.d.text[0] = '\0';
	if (outbox_send(&own, c))
		cli_say(cli, "%s", own.d.text);
}
