/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/refang.h"

#include <strings.h>

/* What can stand between brackets. Round ones and words are common in paths and queries
 * ("f(.)", "?list[at]=1"), so there they stay as they are. */
static const struct inner {
	const char *text;
	const char *plain;
	bool word;
} inners[] = {
	{".", ".", false},
	{":", ":", false},
	{"/", "/", false},
	{"@", "@", false},
	{"://", "://", false},
	{":/", ":/", false},
	{"//", "//", false},
	{"dot", ".", true},
	{"at", "@", true},
};

/* The harmless spelling and the real one are equally long. */
static const struct scheme {
	const char *defanged;
	const char *real;
} schemes[] = {
	{"hxxp", "http"},
	{"hxxps", "https"},
	{"hxtp", "http"},
	{"hxtps", "https"},
	{"htxp", "http"},
	{"htxps", "https"},
	{"h**p", "http"},
	{"h**ps", "https"},
	{"fxp", "ftp"},
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice from(struct slice s, size_t n)
{
	return (struct slice){s.p + n, s.n - n};
}

static struct slice trim(struct slice s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = from(s, 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static struct slice unwrap(struct slice s)
{
	static const char pairs[][2] = {{'"', '"'}, {'\'', '\''}, {'<', '>'}, {'`', '`'}};

	s = trim(s);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (s.n >= 2 && s.p[0] == pairs[i][0] && s.p[s.n - 1] == pairs[i][1])
			return trim((struct slice){s.p + 1, s.n - 2});
	return s;
}

/* The inner of the bracket that s begins with, and how many bytes it takes. */
static const struct inner *bracketed(struct slice s, bool in_path, size_t *ret_n)
{
	static const char open[] = "[{(", close[] = "]})";
	const char *at = s.n ? memchr(open, s.p[0], 3) : NULL;

	if (!at || (in_path && *at == '('))
		return NULL;
	for (size_t i = 0; i < sizeof(inners) / sizeof(inners[0]); i++) {
		size_t n = strlen(inners[i].text);

		if (s.n >= n + 2 && s.p[n + 1] == close[at - open] &&
			strncasecmp(s.p + 1, inners[i].text, n) == 0 &&
			!(in_path && inners[i].word)) {
			*ret_n = n + 2;
			return &inners[i];
		}
	}
	return NULL;
}

static void mend_scheme(char *p, size_t n)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (n == strlen(schemes[i].defanged) &&
			strncasecmp(p, schemes[i].defanged, n) == 0)
			memcpy(p, schemes[i].real, n);
}

const char *refang_bracket(struct slice s, size_t *ret_n)
{
	const struct inner *x = bracketed(s, false, ret_n);

	return x ? x->plain : NULL;
}

bool refang_needed(struct slice in)
{
	bool x = false, in_scheme = true;

	for (size_t i = 0; i < in.n; i++) {
		switch (in.p[i]) {
		case '[':
		case '{':
		case '(':
		case '<':
		case '"':
		case '\'':
		case '`':
		case '*':
		case ' ':
		case '\t':
		case '\r':
		case '\n':
			return true;
		case 'x':
		case 'X':
			x |= in_scheme;
			break;
		case ':':
			in_scheme = false;
			break;
		default:
			break;
		}
	}
	return x && !in_scheme;
}

void refang(struct slice in, struct buf *out)
{
	size_t start = out->len, host = 0;
	struct slice s = unwrap(in);
	bool in_path = false;

	while (s.n > 0 && !buf_err(out)) {
		const struct inner *inner;
		size_t n;

		inner = bracketed(s, in_path, &n);
		if (inner) {
			/* "evil [dot] example": the blanks belong to the bracket */
			while (out->len > start && is_blank(out->data[out->len - 1]))
				out->len--;
			buf_puts(out, inner->plain);
			s = from(s, n);
			while (s.n > 0 && is_blank(s.p[0]))
				s = from(s, 1);
		} else {
			buf_putc(out, s.p[0]);
			s = from(s, 1);
		}
		if (buf_err(out))
			return;
		if (host) {
			in_path |= memchr("/?#", out->data[out->len - 1], 3) != NULL;
		} else if (out->len - start >= 3 &&
			   memcmp(out->data + out->len - 3, "://", 3) == 0) {
			host = out->len;
			mend_scheme(out->data + start, host - 3 - start);
		}
	}
}
