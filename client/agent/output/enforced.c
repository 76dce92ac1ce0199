/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/output/enforced.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/fields.h"
#include "common/file.h"

#define MAGIC "varsel/enforced/v1"

enum err enforced_open(const char *path, struct enforced *ret, struct diag *d)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct enforced x = {0};
	struct slice magic, digest, count;
	struct stat st;
	int64_t n;

	if (fd < 0)
		return diag_fail(d, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s",
			path, strerror(errno));
	if (fstat(fd, &st) != 0 || st.st_size <= 0)
		return diag_fail(d, ERR_SYNTAX, "%s: empty", path);
	x.map.n = (size_t)st.st_size;
	x.map.p = mmap(NULL, x.map.n, PROT_READ, MAP_PRIVATE, fd, 0);
	if (x.map.p == MAP_FAILED)
		return diag_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
	x.lines = x.map;
	if (!slice_cut(&x.lines, '\n', &magic) || !slice_is(magic, MAGIC) ||
		!slice_cut(&x.lines, '\n', &digest) ||
		hash_parse(digest, &x.digest, NULL) ||
		!slice_cut(&x.lines, '\n', &count) || number_parse(count, &n, NULL) ||
		(x.lines.n && x.lines.p[x.lines.n - 1] != '\n')) {
		enforced_done(&x);
		return diag_fail(d, ERR_SYNTAX, "%s: damaged", path);
	}
	x.n = (size_t)n;
	*ret = x;
	return OK;
}

void enforced_done(struct enforced *e)
{
	if (e->map.n)
		/* mmap gave it writable for us; the slice only lends it out */
		(void)munmap((void *)(uintptr_t)e->map.p, e->map.n);
	*e = (struct enforced){0};
}

bool enforced_next(struct slice *rest, struct enforced_entry *ret)
{
	struct slice line, kind;

	while (rest->n && slice_cut(rest, '\n', &line)) {
		if (slice_cut(&line, ' ', &kind) &&
			(ret->kind = kind_by_name(kind)) != NULL &&
			slice_cut(&line, ' ', &ret->value) &&
			number_parse(line, &ret->until, NULL) == OK)
			return true;
	}
	return false;
}

enum err enforced_write(const char *path, const struct activeset *s,
	const struct hash *digest, struct diag *d)
{
	struct file_draft x;
	char hex[HASH_HEX];
	size_t n = 0;
	enum err e = file_draft_open(&x, path, 0600, d);

	if (e)
		return e;
	for (size_t i = 0; i < s->n; i++)
		n += s->a[i].action == ACTION_BLOCK;
	hash_hex(digest, hex);
	(void)fprintf(x.f, MAGIC "\n%s\n%zu\n", hex, n);
	for (size_t i = 0; i < s->n; i++) {
		const struct active *a = &s->a[i];

		if (a->action == ACTION_BLOCK)
			(void)fprintf(x.f, "%s %.*s %lld\n", kinds[a->kind].name,
				SLICE_ARG(a->value), (long long)a->until);
	}
	return file_draft_commit(&x, d);
}

bool enforced_step(struct enforced_walk *w)
{
	const struct active *a;
	int c;

	if (!w->pending)
		w->pending = enforced_next(&w->rest, &w->old);
	while (w->next < w->set->n && w->set->a[w->next].action != ACTION_BLOCK)
		w->next++;
	a = w->next < w->set->n ? &w->set->a[w->next] : NULL;
	if (!w->pending && !a)
		return false;
	c = !a ? -1
	    : !w->pending
		    ? 1
		    : line_cmp(w->old.kind, w->old.value, &kinds[a->kind], a->value);
	w->had_old = c <= 0;
	w->new_ = c >= 0 ? a : NULL;
	w->kind = w->had_old ? w->old.kind : &kinds[a->kind];
	w->value = w->had_old ? w->old.value : a->value;
	w->old_until = w->old.until;
	if (w->had_old)
		w->pending = false;
	if (w->new_)
		w->next++;
	return true;
}

size_t enforced_added(const struct enforced *last, const struct activeset *s)
{
	struct enforced_walk w = {.rest = last->lines, .set = s};
	size_t n = 0;

	while (enforced_step(&w))
		n += !w.had_old;
	return n;
}

void enforced_restrict(const struct enforced *last, struct activeset *s)
{
	struct slice rest = last->lines;
	struct enforced_entry old;
	bool more = enforced_next(&rest, &old);
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct active *a = &s->a[i];
		int c = -1;

		while (more && (c = line_cmp(old.kind, old.value, &kinds[a->kind],
					a->value)) < 0)
			more = enforced_next(&rest, &old);
		if (a->action != ACTION_BLOCK || (more && c == 0))
			s->a[kept++] = *a;
	}
	s->n = kept;
}
