/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/feed/state.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/fields.h"
#include "common/file.h"

#define MAGIC        "varsel/head/v1"
#define EVIDENCE_MAX 100

void head_init(struct head *h)
{
	*h = (struct head){.root_version = 1, .wake = INT64_MAX};
	frontier_init(&h->log);
}

void head_begin_log(struct head *h, const char *origin)
{
	h->log.size = 0;
	h->log.n = 0;
	h->fresh = h->attested = h->disputed = 0;
	(void)snprintf(h->origin, sizeof(h->origin), "%s", origin);
}

void head_done(struct head *h)
{
	free(h->missing);
	h->missing = NULL;
	h->nmissing = 0;
}

enum err head_add_missing(struct head *h, const struct hash *bundle)
{
	struct hash *more;

	if (head_is_missing(h, bundle))
		return OK;
	more = realloc(h->missing, (h->nmissing + 1) * sizeof(*more));
	if (!more)
		return ERR_NOMEM;
	h->missing = more;
	h->missing[h->nmissing++] = *bundle;
	return OK;
}

bool head_is_missing(const struct head *h, const struct hash *bundle)
{
	for (size_t i = 0; i < h->nmissing; i++)
		if (hash_same(&h->missing[i], bundle))
			return true;
	return false;
}

static void put_time(struct buf *b, const char *name, int64_t time)
{
	buf_printf(b, "%s ", name);
	clock_put(b, time);
	buf_putc(b, '\n');
}

void head_put(struct buf *b, const struct head *h)
{
	size_t start = b->len;
	struct hash sum;

	buf_printf(b, MAGIC "\norigin %s\nsize %llu\nroot-version %lld\n", h->origin,
		(unsigned long long)h->log.size, (long long)h->root_version);
	put_time(b, "root-polled", h->root_polled);
	put_time(b, "fresh", h->fresh);
	buf_printf(b, "generation %lld\njournal %lld\ntrusted %lld\n",
		(long long)h->generation, (long long)h->journal, (long long)h->trusted);
	put_time(b, "wake", h->wake);
	buf_printf(b, "skipped %lld\n", (long long)h->skipped);
	put_time(b, "attested", h->attested);
	buf_printf(b, "disputed %lld\nchanged %lld\n", (long long)h->disputed,
		(long long)h->changed);
	if (h->hold_since) {
		put_time(b, "hold-since", h->hold_since);
		buf_printf(b, "hold %s\n", *h->hold ? h->hold : "unknown");
	}
	buf_putc(b, '\n');
	for (unsigned i = 0; i < h->log.n; i++) {
		buf_puts(b, "node ");
		buf_hex(b, h->log.h[i].b, sizeof(h->log.h[i].b));
		buf_putc(b, '\n');
	}
	for (size_t i = 0; i < h->nmissing; i++) {
		buf_puts(b, "missing ");
		buf_hex(b, h->missing[i].b, sizeof(h->missing[i].b));
		buf_putc(b, '\n');
	}
	sum = hash_of(slice_mem(b->data + start, b->len - start));
	buf_puts(b, "sum ");
	buf_hex(b, sum.b, sizeof(sum.b));
	buf_putc(b, '\n');
}

/* "sum <hex>" LF is the last line, over all before it; it is cut off. */
static bool check_sum(struct slice *text)
{
	const size_t n = strlen("sum \n") + 64;
	struct hash told, sum;
	const char *line;

	if (text->n < n)
		return false;
	line = text->p + text->n - n;
	if (memcmp(line, "sum ", 4) != 0 || line[n - 1] != '\n' ||
		hash_parse((struct slice){line + 4, 64}, &told, NULL))
		return false;
	text->n -= n;
	sum = hash_of(*text);
	return hash_same(&sum, &told);
}

static enum err parse_body(struct fields *f, struct head *h)
{
	struct slice line, name;
	struct hash hash;
	unsigned nodes = 0;

	while (fields_line(f, &line)) {
		if (!slice_cut(&line, ' ', &name) || hash_parse(line, &hash, NULL))
			return ERR_SYNTAX;
		if (slice_is(name, "node") && nodes < h->log.n)
			h->log.h[nodes++] = hash;
		else if (!slice_is(name, "missing"))
			return ERR_SYNTAX;
		else if (head_add_missing(h, &hash))
			return ERR_NOMEM;
	}
	return nodes == h->log.n ? fields_end(f) : ERR_SYNTAX;
}

static void parse_header(struct fields *f, struct head *h)
{
	struct slice origin = {0}, hold = {0};
	int64_t size = 0;

	fields_text(f, "origin", sizeof(h->origin) - 1, &origin);
	fields_number(f, "size", &size);
	fields_number(f, "root-version", &h->root_version);
	fields_time(f, "root-polled", &h->root_polled);
	fields_time(f, "fresh", &h->fresh);
	fields_number(f, "generation", &h->generation);
	fields_number(f, "journal", &h->journal);
	fields_number(f, "trusted", &h->trusted);
	fields_time(f, "wake", &h->wake);
	fields_number(f, "skipped", &h->skipped);
	fields_time(f, "attested", &h->attested);
	fields_number(f, "disputed", &h->disputed);
	fields_number(f, "changed", &h->changed);
	if (fields_optional(f, "hold-since", CLOCK_TEXT, &hold)) {
		if (clock_parse(hold, &h->hold_since, NULL))
			fields_fail(f, ERR_SYNTAX, "not a time");
		fields_text(f, "hold", DIAG_MAX - 1, &hold);
		(void)snprintf(h->hold, sizeof(h->hold), "%.*s", SLICE_ARG(hold));
	}
	fields_blank(f);
	(void)snprintf(h->origin, sizeof(h->origin), "%.*s", SLICE_ARG(origin));
	h->log.size = (uint64_t)size;
	h->log.n = (unsigned)__builtin_popcountll(h->log.size);
}

enum err head_parse(struct slice text, struct head *ret, struct diag *d)
{
	struct fields f;
	struct head h;
	enum err e;

	if (!check_sum(&text))
		return diag_fail(d, ERR_SYNTAX, "head: its checksum differs");
	head_init(&h);
	fields_begin(&f, text, MAGIC, d);
	parse_header(&f, &h);
	e = fields_err(&f) ? fields_err(&f) : parse_body(&f, &h);
	if (e) {
		head_done(&h);
		return diag_fail(d, e, "head: malformed");
	}
	*ret = h;
	return OK;
}

char *state_path(const char *dir, const char *fmt, ...)
{
	char *name = NULL, *path = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&name, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		path = NULL;
	free(name);
	return path;
}

static enum err move(const char *dir, const char *aside, const char *name, struct diag *d)
{
	char *from = state_path(dir, "%s", name), *to = state_path(aside, "%s", name);
	enum err e = OK;

	if (!from || !to)
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	else if (rename(from, to) != 0 && errno != ENOENT)
		e = diag_fail(d, ERR_CANTCREAT, "%s: %s", from, strerror(errno));
	free(from);
	free(to);
	return e;
}

enum err state_set_aside(const char *dir, int64_t generation, struct diag *d)
{
	char *aside = state_path(dir, "damaged.%lld", (long long)clock_now());
	char journal[32];
	const char *const names[] = {"head", "checkpoint", "root", journal};
	enum err e;

	(void)snprintf(journal, sizeof(journal), "journal.%lld", (long long)generation);
	e = aside ? file_mkdir(aside, 0700, d) : diag_fail(d, ERR_NOMEM, "out of memory");
	/* the head first: without it nothing else is believed */
	for (size_t i = 0; !e && i < sizeof(names) / sizeof(*names); i++)
		e = move(dir, aside, names[i], d);
	free(aside);
	return e;
}

static size_t count_files(const char *dir)
{
	DIR *x = opendir(dir);
	size_t n = 0;

	while (x && readdir(x))
		n++;
	if (x)
		(void)closedir(x);
	return n;
}

bool state_evidence(
	const char *dir, const char *what, struct slice text, struct slice note)
{
	struct hash h = hash_of(text);
	char hex[HASH_HEX], *folder, *path;
	bool kept;

	hash_hex(&h, hex);
	folder = state_path(dir, "evidence");
	path = state_path(dir, "evidence/%.16s-%s", hex, what);
	kept = folder && path && file_mkdir(folder, 0700, NULL) == OK &&
	       !file_exists(path) && count_files(folder) < EVIDENCE_MAX &&
	       file_write(path, note, 0600, NULL) == OK;
	free(folder);
	free(path);
	return kept;
}
