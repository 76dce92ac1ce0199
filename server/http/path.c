/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/path.h"

#include <string.h>

#include "common/percent.h"
#include "common/utf8.h"

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static enum err check_segment(struct slice s, struct diag *d)
{
	if (s.n == 0)
		return diag_fail(d, ERR_SYNTAX, "path: an empty segment");
	if (s.n > SEGMENT_MAX)
		return diag_fail(
			d, ERR_SYNTAX, "path: a segment over %d characters", SEGMENT_MAX);
	if (slice_is(s, ".") || slice_is(s, ".."))
		return diag_fail(d, ERR_SYNTAX, "path: a dot segment");
	for (size_t i = 0; i < s.n; i++)
		if (!is_plain(s.p[i]))
			return diag_fail(d, ERR_SYNTAX,
				"path: byte 0x%02x is none of A-Z a-z 0-9 . _ -",
				(unsigned)(unsigned char)s.p[i]);
	return OK;
}

enum err path_parse(struct slice target, struct slice *ret_path, struct slice *ret_query,
	struct diag *d)
{
	struct slice path, query = target, rest, segment;
	bool more;

	if (target.n > TARGET_MAX)
		return diag_fail(
			d, ERR_SYNTAX, "request target: over %d bytes", TARGET_MAX);
	if (!slice_starts(target, "/"))
		return diag_fail(d, ERR_SYNTAX, "request target: does not begin with /");
	slice_cut(&query, '?', &path);
	rest = (struct slice){path.p + 1, path.n - 1};
	more = rest.n > 0; /* "/" alone is the one path without a segment */
	while (more) {
		enum err e;

		more = slice_cut(&rest, '/', &segment);
		e = check_segment(segment, d);
		if (e)
			return e;
	}
	*ret_path = path;
	*ret_query = query;
	return OK;
}

bool path_matches(const char *form, struct slice path, struct slice arg[REQUEST_ARGS])
{
	struct slice want, have = path, w, h;
	bool more_want, more_have;
	size_t n = 0;

	/* Of nearly all routes that is enough to see that they are others. */
	for (size_t i = 0; form[i] && form[i] != '{'; i++)
		if (i == path.n || path.p[i] != form[i])
			return false;
	want = slice_of(form);
	do {
		more_want = slice_cut(&want, '/', &w);
		more_have = slice_cut(&have, '/', &h);
		if (slice_starts(w, "{+")) {
			arg[n] = (struct slice){h.p, (size_t)(path.p + path.n - h.p)};
			return h.n > 0;
		}
		if (slice_starts(w, "{"))
			arg[n++] = h;
		else if (!slice_same(w, h))
			return false;
	} while (more_want && more_have);
	return more_want == more_have;
}

/* Whether `name` is one of the words of `allowed`; then *ret_name is that word, alone. */
static bool find_name(
	struct slice name, const char *allowed, struct arena *a, const char **ret_name)
{
	struct slice words = slice_of(allowed), word;
	bool more = words.n > 0;

	while (more) {
		more = slice_cut(&words, ' ', &word);
		if (slice_same(word, name)) {
			*ret_name = arena_dup(a, word);
			return true;
		}
	}
	return false;
}

static enum err decode(struct slice raw, const char *name, struct arena *a,
	const char **ret, struct diag *d)
{
	char *out = arena_alloc(a, raw.n + 1);
	size_t n = 0;

	if (!out)
		return ERR_NOMEM;
	while (raw.n) {
		int c = *raw.p == '%' ? percent_byte(raw) : (unsigned char)*raw.p;
		size_t took = *raw.p == '%' ? 3 : 1;

		if (c < 0)
			return diag_fail(d, ERR_SYNTAX,
				"query parameter %s: a %% without two hex digits", name);
		if (c < 0x20 || c == 0x7f)
			return diag_fail(d, ERR_SYNTAX,
				"query parameter %s: a control character", name);
		out[n++] = (char)c;
		raw.p += took;
		raw.n -= took;
	}
	if (!utf8_valid(slice_mem(out, n)))
		return diag_fail(d, ERR_SYNTAX, "query parameter %s: not UTF-8", name);
	*ret = out;
	return OK;
}

static enum err take_param(struct slice pair, const char *allowed, struct arena *a,
	struct param params[REQUEST_PARAMS], size_t *n, struct diag *d)
{
	struct param *p = &params[*n];
	struct slice value = pair, name;

	if (!slice_cut(&value, '=', &name))
		return diag_fail(d, ERR_SYNTAX, "query: \"%.*s\" is not name=value",
			SLICE_ARG(pair));
	if (!find_name(name, allowed, a, &p->name))
		return diag_fail(d, ERR_VALUE, "query parameter %.*s: unknown here%s%s",
			SLICE_ARG(name), *allowed ? "; known: " : "", allowed);
	if (!p->name)
		return ERR_NOMEM;
	for (size_t i = 0; i < *n; i++)
		if (strcmp(params[i].name, p->name) == 0)
			return diag_fail(
				d, ERR_VALUE, "query parameter %s: given twice", p->name);
	(*n)++;
	return decode(value, p->name, a, &p->value, d);
}

enum err query_parse(struct slice query, const char *allowed, struct arena *a,
	struct param params[REQUEST_PARAMS], size_t *ret_n, struct diag *d)
{
	struct slice pair;
	size_t n = 0;
	bool more = query.n > 0;

	while (more) {
		enum err e;

		more = slice_cut(&query, '&', &pair);
		if (n == REQUEST_PARAMS)
			return diag_fail(d, ERR_VALUE, "query: over %d parameters",
				REQUEST_PARAMS);
		e = take_param(pair, allowed, a, params, &n, d);
		if (e)
			return e;
	}
	*ret_n = n;
	return OK;
}

struct slice path_shown(struct slice path)
{
	const char *const secret = "/page/";

	if (slice_starts(path, secret))
		path.n = strlen(secret);
	return path;
}
