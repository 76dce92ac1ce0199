/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/ctl/signed.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/file.h"

#define FOLDER "signed"

static char *path_of(const char *state_dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/" FOLDER "%s%s", state_dir, *name ? "/" : "", name) < 0
		       ? NULL
		       : path;
}

void signed_keep(const char *state_dir, const struct note *n, struct slice bytes)
{
	struct hash id = hash_of(n->text);
	char *folder = path_of(state_dir, ""), *path, hex[HASH_HEX];
	struct diag d = {0};
	enum err e;

	hash_hex(&id, hex);
	path = path_of(state_dir, hex);
	e = folder && path ? file_mkdir(folder, 0700, &d)
			   : diag_fail(&d, ERR_NOMEM, "out of memory");
	if (!e)
		e = file_write(path, bytes, 0600, &d);
	if (e)
		(void)fprintf(stderr,
			"varselctl: %s: the statement is logged, but no attest will look "
			"for it\n",
			d.text);
	free(folder);
	free(path);
}

static enum err read_one(
	const char *path, const struct hash *id, struct statement *ret, struct diag *d)
{
	CLEANUP_BUF struct buf bytes;
	struct hash hash;
	struct note n;
	enum err e;

	buf_init(&bytes, STATEMENT_MAX);
	e = file_read(path, &bytes, d);
	if (e)
		return e;
	e = note_parse(buf_view(&bytes), &n, d);
	if (!e)
		e = statement_parse(n.text, ret, d);
	hash = e ? *id : hash_of(n.text);
	if (!e && !hash_same(&hash, id))
		e = diag_fail(d, ERR_SYNTAX, "not the statement that it is named for");
	return e ? diag_at(d, e, "%s: ", path) : OK;
}

static bool is_logged(const struct feed *f, const struct hash *id)
{
	for (size_t i = 0; i < f->n; i++)
		if (hash_same(&f->st[i].id, id))
			return true;
	return false;
}

struct check {
	const struct feed *feed;
	int64_t now;
	size_t missing;
};

static enum err check_one(
	struct check *x, const char *path, const struct hash *id, struct diag *d)
{
	char at[CLOCK_TEXT], hex[HASH_HEX];
	struct diag why = {0};
	struct statement st;
	enum err e = read_one(path, id, &st, &why);

	if (e)
		return diag_fail(d, e, "%s", why.text);
	if (statement_end(&st) <= x->now)
		return file_remove(path, d);
	/* a log that has ended took its statements with it */
	if (strcmp(st.log, feed_origin(x->feed)) != 0 || is_logged(x->feed, id))
		return OK;
	if (x->missing++)
		return OK;
	clock_format(st.issued, at);
	hash_hex(id, hex);
	(void)diag_fail(d, ERR_HOLD,
		"the log lacks what was signed here: %s issued %s, SHA-256 %s",
		verb_name(st.verb), at, hex);
	return OK;
}

enum err signed_check(
	const char *state_dir, const struct feed *f, int64_t now, struct diag *d)
{
	struct check x = {.feed = f, .now = now};
	char *folder = path_of(state_dir, ""), *path;
	DIR *dir = folder ? opendir(folder) : NULL;
	struct hash id;
	enum err e = OK;

	if (!folder)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (!dir && errno != ENOENT)
		e = diag_fail(d, ERR_IO, "%s: %s", folder, strerror(errno));
	free(folder);
	for (struct dirent *one; !e && dir && (one = readdir(dir));) {
		/* what is named otherwise was being written when something ended us */
		if (hash_parse(slice_of(one->d_name), &id, NULL))
			continue;
		path = path_of(state_dir, one->d_name);
		e = path ? check_one(&x, path, &id, d)
			 : diag_fail(d, ERR_NOMEM, "out of memory");
		free(path);
	}
	if (dir)
		(void)closedir(dir);
	if (e || !x.missing)
		return e;
	return x.missing == 1
		       ? ERR_HOLD
		       : diag_at(d, ERR_HOLD, "%zu statements are missing: ", x.missing);
}
