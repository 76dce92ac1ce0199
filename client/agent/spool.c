/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/spool.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/agent/post.h"
#include "common/file.h"
#include "common/note.h"
#include "common/report.h"

#define SUFFIX   ".note"
#define NOTE_MAX (REPORT_MAX + SIG_LINES_MAX)
/* The hub takes reports up to REPORT_AGE_MAX old; older ones are signed anew. */
#define RESIGN (REPORT_AGE_MAX - 86400)

enum err spool_put(const struct config *c, struct slice note, struct diag *d)
{
	char *dir = config_state(c, "spool"), *path = NULL, hex[HASH_HEX];
	struct hash h = hash_of(note);
	enum err e = dir ? OK : ERR_NOMEM;

	hash_hex(&h, hex);
	/* by time, so that the oldest is sent first */
	if (dir && asprintf(&path, "%s/%012lld-%.16s" SUFFIX, dir, (long long)clock_now(),
			   hex) < 0)
		path = NULL;
	if (e || !path)
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	if (e == OK)
		e = file_mkdir(c->state_dir, 0755, d);
	if (e == OK)
		e = file_mkdir(dir, 0700, d);
	if (e == OK)
		e = file_write(path, note, 0600, d);
	free(path);
	free(dir);
	return e;
}

static int is_note(const struct dirent *x)
{
	size_t n = strlen(x->d_name), s = strlen(SUFFIX);

	return n > s && strcmp(x->d_name + n - s, SUFFIX) == 0;
}

/* Names of the waiting notes, oldest first; -1 when there is no spool. */
static int list(const struct config *c, struct dirent ***ret)
{
	char *dir = config_state(c, "spool");
	int n = dir ? scandir(dir, ret, is_note, alphasort) : -1;

	free(dir);
	return n;
}

static void free_list(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	if (n >= 0)
		free(names);
}

size_t spool_count(const struct config *c)
{
	struct dirent **names;
	int n = list(c, &names);

	free_list(names, n);
	return n < 0 ? 0 : (size_t)n;
}

/* A report that waited too long to be taken: the same lines, issued and signed now. */
static enum err renew(struct buf *note, const struct seckey *k, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	struct report r;
	struct note n;
	enum err e = note_parse(buf_view(note), &n, d);

	buf_init(&text, NOTE_MAX);
	if (e == OK)
		e = report_parse(n.text, &r, d);
	if (e || clock_now() - r.issued < RESIGN)
		return e;
	r.issued = clock_now();
	report_put_header(&text, &r);
	buf_slice(&text, r.body.rest);
	if (buf_err(&text))
		return diag_fail(d, buf_err(&text), "%s", err_text(buf_err(&text)));
	buf_reset(note);
	note_begin(note, buf_view(&text));
	return note_sign(note, buf_view(&text), k, 0, d);
}

static void say_refused(void *ctx, size_t line, const char *reason)
{
	cli_warn("%s: line %zu: %s", (const char *)ctx, line, reason);
}

static enum err send_one(
	struct hub *h, const struct seckey *k, char *path, struct post_answer *ret)
{
	CLEANUP_BUF struct buf note, body;
	struct diag d = {""};
	char *aside = NULL;
	enum err e;

	buf_init(&note, NOTE_MAX);
	buf_init(&body, 16u << 20);
	e = file_read(path, &note, &d);
	if (e == OK)
		e = renew(&note, k, &d);
	if (e == OK)
		e = post_report(
			h, buf_view(&note), false, &body, say_refused, path, ret, &d);
	if (e == OK)
		e = file_remove(path, &d);
	else if (post_is_temporary(e) || e == ERR_UNAUTHORIZED || e == ERR_FORBIDDEN)
		return e;
	if (e == OK)
		return OK;
	cli_warn("%s: a spooled report was refused: %s", path, d.text);
	if (asprintf(&aside, "%s.refused", path) >= 0)
		(void)rename(path, aside); /* fails only where nothing can be written */
	free(aside);
	return OK;
}

void spool_send(const struct cli *cli, const struct config *c, struct hub *h,
	const struct seckey *k)
{
	struct dirent **names;
	struct post_answer a = {0};
	struct diag d = {""};
	int n = list(c, &names);
	enum err e = OK;

	if (n > 0)
		e = hub_login(h, c->hub_name, k, "report read", NULL, NULL, &d);
	for (int i = 0; e == OK && i < n; i++) {
		char *path = NULL;

		if (asprintf(&path, "%s/spool/%s", c->state_dir, names[i]->d_name) < 0)
			break;
		e = send_one(h, k, path, &a);
		if (e == OK)
			cli_say(cli, "sent from the spool: %s", names[i]->d_name);
		free(path);
	}
	free_list(names, n);
}
