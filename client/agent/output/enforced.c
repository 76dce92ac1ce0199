/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/output/enforced.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/fields.h"
#include "common/file.h"

#define MAGIC  "varsel/enforced/v3"
#define SUM    "sum "
#define SUM_AT (sizeof(SUM) - 1 + HASH_HEX) /* the last line, with its LF */

/* Takes the last line off *text; false when it is no checksum. */
static bool cut_sum(struct slice *text, struct hash *ret)
{
	const char *line = text->n < SUM_AT ? NULL : text->p + text->n - SUM_AT;

	if (!line || line[SUM_AT - 1] != '\n' || memcmp(line, SUM, strlen(SUM)) != 0 ||
		hash_parse((struct slice){line + strlen(SUM), HASH_HEX - 1}, ret, NULL))
		return false;
	text->n -= SUM_AT;
	return true;
}

enum err enforced_open(const char *path, struct enforced *ret, struct diag *d)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct enforced x = {0};
	struct slice magic, digest, count;
	struct hash sum;
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
	if (!cut_sum(&x.lines, &sum) || !slice_cut(&x.lines, '\n', &magic) ||
		!slice_is(magic, MAGIC) || !slice_cut(&x.lines, '\n', &digest) ||
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

bool enforced_intact(const struct enforced *e)
{
	struct slice text = e->map;
	struct hash told, sum;

	if (!cut_sum(&text, &told))
		return false;
	sum = hash_of(text);
	return hash_same(&sum, &told);
}

void enforced_done(struct enforced *e)
{
	if (e->map.n)
		/* mmap gave it writable for us; the slice only lends it out */
		(void)munmap((void *)(uintptr_t)e->map.p, e->map.n);
	*e = (struct enforced){0};
}

static int confidence_of(const struct active *a)
{
	return a->confidence < 0 ? CONFIDENCE_DEFAULT : a->confidence;
}

/* There is a line for each of a million entries; printf would take longer than the rest.
 */
static void put_word(struct buf *b, struct slice word)
{
	buf_slice(b, word);
	buf_putc(b, ' ');
}

static void put_number(struct buf *b, int64_t v, char end)
{
	buf_num(b, v);
	buf_putc(b, end);
}

struct hash enforced_digest(const struct activeset *s, const struct hash *set)
{
	struct hasher h;
	CLEANUP_BUF struct buf line;

	buf_init(&line, 64);
	hasher_init(&h);
	hasher_add(&h, slice_mem((const char *)set->b, sizeof(set->b)));
	for (size_t i = 0; i < s->n; i++) {
		buf_reset(&line);
		put_number(&line, s->a[i].since, ' ');
		put_number(&line, confidence_of(&s->a[i]), '\n');
		hasher_add(&h, buf_view(&line));
	}
	return hasher_end(&h);
}

bool enforced_next(struct slice *rest, struct enforced_entry *ret)
{
	struct slice line, kind, until, since;
	int64_t confidence;

	while (rest->n && slice_cut(rest, '\n', &line)) {
		if (slice_cut(&line, ' ', &kind) &&
			(ret->kind = kind_by_name(kind)) != NULL &&
			slice_cut(&line, ' ', &ret->value) &&
			slice_cut(&line, ' ', &until) && slice_cut(&line, ' ', &since) &&
			number_parse(until, &ret->until, NULL) == OK &&
			number_parse(since, &ret->since, NULL) == OK &&
			number_parse(line, &confidence, NULL) == OK &&
			confidence <= 100) {
			ret->confidence = (int)confidence;
			return true;
		}
	}
	return false;
}

enum err enforced_set(const struct enforced *e, struct activeset *ret)
{
	struct activeset s = {
		.a = calloc(e->n + 1, sizeof(*s.a)), .next_expiry = INT64_MAX};
	struct slice rest = e->lines;
	struct enforced_entry x;

	if (!s.a)
		return ERR_NOMEM;
	while (s.n < e->n && enforced_next(&rest, &x))
		s.a[s.n++] = (struct active){.value = x.value,
			.until = x.until,
			.since = x.since,
			.kind = (uint8_t)x.kind->id,
			.action = ACTION_BLOCK,
			.confidence = (int8_t)x.confidence};
	*ret = s;
	return OK;
}

/* Writes what `b` holds, and empties it. */
static void put(struct file_draft *x, struct hasher *sum, struct buf *b)
{
	struct slice text = buf_view(b);

	hasher_add(sum, text);
	(void)fwrite(text.p, 1, text.n, x->f); /* ferror() in commit tells */
	buf_reset(b);
}

enum err enforced_write(const char *path, const struct activeset *s,
	const struct hash *digest, struct diag *d)
{
	struct hasher sum;
	CLEANUP_BUF struct buf b = {.max = INPUT_LINE_MAX};
	struct hash total;
	struct file_draft x;
	char hex[HASH_HEX];
	size_t n = 0;
	enum err e = file_draft_open(&x, path, 0600, d);

	if (e)
		return e;
	hasher_init(&sum);
	for (size_t i = 0; i < s->n; i++)
		n += s->a[i].action == ACTION_BLOCK;
	hash_hex(digest, hex);
	buf_printf(&b, MAGIC "\n%s\n%zu\n", hex, n);
	put(&x, &sum, &b);
	for (size_t i = 0; !buf_err(&b) && i < s->n; i++) {
		const struct active *a = &s->a[i];

		if (a->action != ACTION_BLOCK)
			continue;
		put_word(&b, slice_of(kinds[a->kind].name));
		put_word(&b, a->value);
		put_number(&b, a->until, ' ');
		put_number(&b, a->since, ' ');
		put_number(&b, confidence_of(a), '\n');
		put(&x, &sum, &b);
	}
	total = hasher_end(&sum);
	hash_hex(&total, hex);
	(void)fprintf(x.f, SUM "%s\n", hex);
	if (buf_err(&b)) {
		file_draft_drop(&x);
		return diag_fail(d, buf_err(&b), "%s: %s", path, err_text(buf_err(&b)));
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
	if (w->had_old)
		w->pending = false;
	if (w->new_)
		w->next++;
	return true;
}

void enforced_compare(const struct enforced *last, const struct activeset *s,
	size_t *ret_added, size_t *ret_removed)
{
	struct enforced_walk w = {.rest = last->lines, .set = s};

	*ret_added = *ret_removed = 0;
	while (enforced_step(&w)) {
		*ret_added += !w.had_old;
		*ret_removed += !w.new_;
	}
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
