/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/input/stix_pattern.h"

#include <ctype.h>

#define PATH_MAX_ 64

static void blanks(struct slice *s)
{
	while (s->n && memchr(" \t\r\n", s->p[0], 4)) {
		s->p++;
		s->n--;
	}
}

/* Takes `word` off, case-sensitive as STIX is, not as the beginning of a longer one. */
static bool take(struct slice *s, const char *word)
{
	size_t n = strlen(word);

	blanks(s);
	if (!slice_starts(*s, word) || (isalpha((unsigned char)word[0]) && s->n > n &&
					       isalnum((unsigned char)s->p[n])))
		return false;
	s->p += n;
	s->n -= n;
	return true;
}

/* An object path up to the operator, without its quotes: file:hashes.'SHA-256' and
 * file:hashes."SHA-256" are one. Empty when there is none or it is too long. */
static void path(struct slice *s, char out[PATH_MAX_])
{
	size_t n = 0;

	blanks(s);
	while (s->n && n + 1 < PATH_MAX_ &&
		(isalnum((unsigned char)s->p[0]) || memchr(":._-'\"[]*", s->p[0], 9))) {
		if (s->p[0] != '\'' && s->p[0] != '"')
			out[n++] = s->p[0];
		s->p++;
		s->n--;
	}
	out[n] = '\0';
}

/* The kind whose pattern in the kinds' table begins with this path. */
static const struct kind *kind_of(const char *wanted)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		struct slice row = slice_of(kinds[i].stix);
		char own[PATH_MAX_];

		(void)take(&row, "[");
		path(&row, own);
		if (strcmp(own, wanted) == 0)
			return &kinds[i];
	}
	/* the table has one row for both */
	return strcmp(wanted, "ipv6-addr:value") == 0 ? &kinds[KIND_IP] : NULL;
}

/* A quoted literal with \' and \\ undone. */
static bool literal(struct slice *s, struct buf *out)
{
	if (!take(s, "'"))
		return false;
	while (s->n && s->p[0] != '\'') {
		if (s->p[0] == '\\' && s->n > 1) {
			s->p++;
			s->n--;
		}
		buf_putc(out, s->p[0]);
		s->p++;
		s->n--;
	}
	return take(s, "'") && buf_err(out) == OK;
}

static const char *comparison(struct slice *s, struct buf *value,
	enum err (*each)(void *ctx, const struct kind *kind, struct slice literal),
	void *ctx)
{
	const struct kind *kind;
	char name[PATH_MAX_];

	path(s, name);
	kind = kind_of(name);
	if (!kind)
		return "pattern: looks at something that is no kind of indicator here";
	if (!take(s, "="))
		return "pattern: compares with something else than =";
	buf_reset(value);
	if (!literal(s, value))
		return "pattern: no text in single quotes after =";
	return each(ctx, kind, buf_view(value)) ? "pattern: too much" : NULL;
}

const char *stix_pattern(struct slice s,
	enum err (*each)(void *ctx, const struct kind *kind, struct slice literal),
	void *ctx)
{
	CLEANUP_BUF struct buf value;
	const char *bad;

	buf_init(&value, VALUE_MAX);
	do {
		if (!take(&s, "["))
			return "pattern: does not begin with [";
		do {
			bad = comparison(&s, &value, each, ctx);
			if (bad)
				return bad;
		} while (take(&s, "OR"));
		if (!take(&s, "]"))
			return "pattern: more than comparisons joined by OR";
	} while (take(&s, "OR"));
	blanks(&s);
	return s.n ? "pattern: more than comparisons joined by OR" : NULL;
}
