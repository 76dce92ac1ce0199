/* SPDX-License-Identifier: BSD-2-Clause */
/* The root chain, as TUF specification 5.3 walks it: from root 1 beside the
 * configuration, each document verified by the one before. */
#include <stdio.h>
#include <stdlib.h>

#include "client/feed/fetch.h"
#include "client/feed/private.h"
#include "client/feed/verify.h"
#include "common/file.h"

/* "<hub>/feed/<channel>", with anything behind a slash: a new log key brings a new
 * origin. */
static enum err check_channel(const struct feed *f, const struct root *r, struct diag *d)
{
	char want[ORIGIN_MAX];
	const char *origin = root_origin(r);
	size_t n = (size_t)snprintf(want, sizeof(want), "%s/feed/%s", r->hub, f->channel);

	if (strncmp(origin, want, n) == 0 && (origin[n] == '\0' || origin[n] == '/'))
		return OK;
	return diag_fail(d, ERR_CONFIG, "root %lld is of the log %s, not of %s",
		(long long)r->version, origin, want);
}

static enum err read_first(struct feed *f, struct diag *d)
{
	CLEANUP_BUF struct buf note;
	struct root root;
	enum err e;

	buf_init(&note, ROOT_MAX + SIG_LINES_MAX);
	e = file_read(f->priv->root1, &note, d);
	if (e)
		return e == ERR_NOMEM ? e : ERR_CONFIG;
	e = root_open_first(buf_view(&note), &root, d);
	if (!e)
		e = check_channel(f, &root, d);
	if (e)
		return diag_at(
			d, e == ERR_NOMEM ? e : ERR_CONFIG, "%s: ", f->priv->root1);
	f->root = root;
	return OK;
}

enum err roots_read(struct feed *f, struct diag *d)
{
	CLEANUP_BUF struct buf note;
	enum err e = read_first(f, d);

	buf_init(&note, ROOT_MAX + SIG_LINES_MAX);
	while (!e) {
		char *path =
			state_path(f->dir, "root/%lld", (long long)f->root.version + 1);
		struct diag why; /* that no newer root is there is no warning */
		struct root next;

		if (!path)
			return diag_fail(d, ERR_NOMEM, "out of memory");
		buf_reset(&note);
		e = file_read(path, &note, &why);
		if (e == ERR_NOT_FOUND) {
			free(path);
			return OK;
		}
		if (e)
			(void)diag_fail(d, e, "%s", why.text);
		else
			e = root_open_next(&f->root, buf_view(&note), &next, d);
		if (e)
			(void)diag_at(d, e, "%s: ", path);
		else
			f->root = next;
		free(path);
	}
	return e;
}

static enum err keep(struct feed *f, int64_t version, struct slice note, struct diag *d)
{
	char *dir = state_path(f->dir, "root");
	char *path = state_path(f->dir, "root/%lld", (long long)version);
	enum err e = dir && path ? file_mkdir(dir, 0755, d)
				 : diag_fail(d, ERR_NOMEM, "out of memory");

	if (!e)
		e = file_write(path, note, 0644, d);
	free(dir);
	free(path);
	return e;
}

enum err roots_follow(struct feed *f, struct hub *h, bool *ret_news, struct diag *d)
{
	CLEANUP_BUF struct buf note;
	enum err e;

	buf_init(&note, ROOT_MAX + SIG_LINES_MAX);
	for (int i = 0; i < ROOT_CHAIN; i++) {
		int64_t version = f->root.version + 1;
		struct diag why;
		struct root next;

		buf_reset(&note);
		e = fetch_root(h, version, &note, &why);
		if (e == ERR_NOT_FOUND)
			return OK;
		if (e)
			(void)diag_fail(d, e, "%s", why.text);
		else {
			e = root_open_next(&f->root, buf_view(&note), &next, d);
			if (!e)
				e = check_channel(f, &next, d);
			if (e)
				(void)diag_at(d, e, "root %lld: ", (long long)version);
		}
		if (!e)
			e = keep(f, version, buf_view(&note), d);
		if (e)
			return e;
		f->root = next;
		*ret_news = true;
	}
	return OK;
}
