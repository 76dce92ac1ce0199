/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/feed/bundles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/feed/state.h"
#include "common/file.h"

#define SLOWEST 8192 /* bytes a second that a download must reach in all */

static char *path_of(const struct feed *f, const struct hash *h)
{
	char hex[HASH_HEX];

	hash_hex(h, hex);
	return state_path(f->dir, "bundle/%s", hex);
}

bool bundle_is_there(const struct feed *f, const struct feed_statement *s)
{
	char *path = path_of(f, &s->st.bundle);
	struct stat st;
	bool there = path && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		     st.st_size == s->st.bytes;

	free(path);
	return there;
}

static enum err download(struct feed *f, struct hub *h, const struct feed_statement *s,
	struct buf *text, struct diag *d)
{
	char path[128 + CHANNEL_MAX], hex[HASH_HEX];
	struct hash hash;
	enum err e;

	hash_hex(&s->st.bundle, hex);
	(void)snprintf(path, sizeof(path), "/v1/feed/%s/bundle/%s", f->channel, hex);
	e = hub_get_long(h, path, (long)(s->st.bytes / SLOWEST), text, d);
	/* that what was signed is malformed is for us to say */
	if (e)
		return e == ERR_VALUE ? ERR_SYNTAX : e;
	if ((int64_t)text->len != s->st.bytes)
		return diag_fail(d, ERR_SYNTAX, "%zu bytes instead of %lld", text->len,
			(long long)s->st.bytes);
	hash = hash_of(buf_view(text));
	if (!hash_same(&hash, &s->st.bundle))
		return diag_fail(d, ERR_SYNTAX, "not the bytes that were signed");
	return OK;
}

enum err bundle_fetch(
	struct feed *f, struct hub *h, const struct feed_statement *s, struct diag *d)
{
	CLEANUP_BUF struct buf text;
	char *path = path_of(f, &s->st.bundle);
	struct bundle bundle;
	char hex[HASH_HEX];
	enum err e;

	buf_init(&text, (size_t)s->st.bytes);
	hash_hex(&s->st.bundle, hex);
	e = path ? download(f, h, s, &text, d) : diag_fail(d, ERR_NOMEM, "out of memory");
	/* a notice is for people to read: any bytes will do */
	if (!e && s->st.verb != VERB_NOTICE) {
		e = bundle_open_known(&s->st, buf_view(&text), &bundle, d);
		if (e && e != ERR_NOMEM)
			e = ERR_VALUE;
	}
	if (e)
		(void)diag_at(d, e, "bundle %.16s: ", hex);
	else
		e = file_write(path, buf_view(&text), 0644, d);
	free(path);
	return e;
}

enum err bundle_map(const struct feed *f, struct feed_statement *s, struct diag *d)
{
	char *path;
	struct hash hash;
	const char *body;
	int fd;
	void *p = MAP_FAILED;

	if (s->map.n)
		return OK;
	if (!bundle_is_there(f, s))
		return diag_fail(d, ERR_NOT_FOUND, "a bundle is not there");
	path = path_of(f, &s->st.bundle);
	fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd >= 0) {
		p = mmap(NULL, (size_t)s->st.bytes, PROT_READ, MAP_PRIVATE, fd, 0);
		(void)close(fd);
	}
	if (p == MAP_FAILED) {
		enum err e = diag_fail(
			d, ERR_IO, "%s: %s", path ? path : "bundle", strerror(errno));

		free(path);
		return e;
	}
	free(path);
	s->map = slice_mem(p, (size_t)s->st.bytes);
	hash = hash_of(s->map);
	body = memmem(s->map.p, s->map.n, "\n\n", 2);
	if (!body || !hash_same(&hash, &s->st.bundle)) {
		bundle_unmap(s);
		return diag_fail(d, ERR_SYNTAX, "a stored bundle is damaged");
	}
	/* its grammar was checked when it was stored, and it is the same */
	body += 2;
	s->bundle = slice_mem(body, s->map.n - (size_t)(body - s->map.p));
	return OK;
}

enum err bundle_read(const struct feed *f, const struct feed_statement *s,
	struct buf *ret, struct diag *d)
{
	char *path = path_of(f, &s->st.bundle);
	struct hash hash;
	enum err e =
		path ? file_read(path, ret, d) : diag_fail(d, ERR_NOMEM, "out of memory");

	free(path);
	if (e)
		return e;
	hash = hash_of(buf_view(ret));
	return hash_same(&hash, &s->st.bundle)
		       ? OK
		       : diag_fail(d, ERR_SYNTAX, "a stored notice is damaged");
}

void bundle_unmap(struct feed_statement *s)
{
	union {
		const char *in;
		void *out;
	} p = {.in = s->map.p};

	if (s->map.n)
		(void)munmap(p.out, s->map.n);
	s->map = s->bundle = (struct slice){0};
}

enum err bundle_remove(const struct feed *f, const struct hash *h, struct diag *d)
{
	char *path = path_of(f, h);
	enum err e =
		path ? file_remove(path, d) : diag_fail(d, ERR_NOMEM, "out of memory");

	free(path);
	return e;
}

static int by_hash(const void *a, const void *b)
{
	const struct hash *x = a, *y = b;

	return hash_cmp(x, y);
}

void bundle_prune(const struct feed *f)
{
	char *path = state_path(f->dir, "bundle");
	DIR *dir = path ? opendir(path) : NULL;
	struct hash *keep = calloc(f->n + 1, sizeof(*keep)), h;
	size_t n = 0;

	for (size_t i = 0; keep && i < f->n; i++)
		if (f->st[i].st.verb != VERB_VOID && !f->st[i].voided)
			keep[n++] = f->st[i].st.bundle;
	if (n)
		qsort(keep, n, sizeof(*keep), by_hash);
	for (struct dirent *x; keep && dir && (x = readdir(dir));) {
		/* a name that is no hash is a download that was cut off */
		if (x->d_name[0] == '.' ||
			(hash_parse(slice_of(x->d_name), &h, NULL) == OK &&
				bsearch(&h, keep, n, sizeof(*keep), by_hash)))
			continue;
		(void)unlinkat(dirfd(dir), x->d_name, 0);
	}
	if (dir)
		(void)closedir(dir);
	free(keep);
	free(path);
}
