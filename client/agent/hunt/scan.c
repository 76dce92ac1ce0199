/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/hunt/scan.h"

#include <netinet/in.h>

#include "client/agent/hunt/plain.h"
#include "client/agent/hunt/sieve.h"
#include "client/agent/hunt/split.h"
#include "client/agent/hunt/token.h"

#define IP6_RUN_MAX 64 /* no spelling of an address is longer */

void scan_init(struct scan *s, struct needles *n)
{
	*s = (struct scan){.needles = n};
	token_classes(s->class);
	buf_init(&s->plain, SCAN_LINE_MAX);
	buf_init(&s->decoded, SCAN_LINE_MAX);
}

void scan_done(struct scan *s)
{
	buf_done(&s->plain);
	buf_done(&s->decoded);
}

static void report(struct scan *s, const struct active *a, struct slice matched)
{
	for (size_t i = 0; i < s->nseen; i++)
		if (s->seen[i] == a)
			return;
	if (s->nseen < SCAN_HITS)
		s->seen[s->nseen++] = a;
	s->hit(s->ctx, a, matched, s->now, s->line + 1);
}

static void look_up(struct scan *s, enum kind_id kind, uint64_t h, struct slice value,
	struct slice matched)
{
	const struct active *a = needles_find(s->needles, kind, h, value);

	if (a)
		report(s, a, matched);
}

static bool canonical(
	struct scan *s, enum kind_id kind, struct slice text, struct slice matched)
{
	CLEANUP_BUF struct buf out = {.max = VALUE_MAX};
	const struct active *a;
	uint64_t h;

	if (kind_accept(&kinds[kind], text, &out, NULL))
		return false;
	h = needle_hash(buf_view(&out));
	a = needles_may(s->needles, h) ? needles_find(s->needles, kind, h, buf_view(&out))
				       : NULL;
	if (a)
		report(s, a, matched);
	return a != NULL;
}

/* A URL with this host, whose path stands in a field of its own. */
static void split(struct scan *s, struct slice host)
{
	CLEANUP_BUF struct buf url = {.max = VALUE_MAX};

	for (unsigned i = 0; split_url(s->now, host, i, &url); i++)
		(void)canonical(s, KIND_URL, buf_view(&url), host);
}

/* What stands around the host of a URL or an e-mail address that may be wanted. */
static void around(struct scan *s, uint64_t h, struct slice host, struct slice token)
{
	struct slice url, mail;

	if (needles_gate(s->needles, KIND_URL, h, host)) {
		bool whole = token_url(s->now, token, &url);
		bool found = whole && canonical(s, KIND_URL, url, url);

		while (whole && !found && token_trim(&url))
			found = canonical(s, KIND_URL, url, url);
		if (!whole)
			split(s, token);
	}
	if (needles_gate(s->needles, KIND_EMAIL, h, host) &&
		token_mail(s->now, token, &mail)) {
		bool found = canonical(s, KIND_EMAIL, mail, mail);

		while (!found && token_unprefix(&mail))
			found = canonical(s, KIND_EMAIL, mail, mail);
	}
}

/* The prefix of `bits` bits of an address that stands in the line as `token`. */
static void prefix(struct scan *s, struct ip ip, unsigned bits, struct slice token)
{
	unsigned width = ip.family == AF_INET ? 32 : 128;
	char text[IP_TEXT];
	uint64_t h;

	needle_mask(&ip, bits);
	h = needle_hash_ip(&ip);
	if (!needles_may(s->needles, h))
		return;
	(void)ip_format(&ip, text);
	look_up(s, KIND_IP, h, slice_of(text), token);
	if (bits == width)
		around(s, h, slice_of(text), token);
}

/* An address, and the prefixes that contain it, of the lengths that occur. */
static void address(struct scan *s, const struct ip *ip, struct slice token)
{
	const struct needles *n = s->needles;
	uint64_t set[3] = {n->bits4, 0, 0};
	unsigned width = ip->family == AF_INET ? 32 : 128;

	if (ip->family != AF_INET)
		memcpy(set, n->bits6, sizeof(set));
	set[width / 64] |= (uint64_t)1 << width % 64; /* for URLs with this host */
	for (unsigned i = width / 64 + 1; i-- > 0;)
		for (; set[i]; set[i] &= set[i] - 1)
			prefix(s, *ip, i * 64 + (unsigned)__builtin_ctzll(set[i]), token);
}

/* A name of ASCII labels, which stands in the line as `token`: it and its parents of two
 * labels at least. Whether two dots in a row separate what are no labels of one name. */
static bool name(struct scan *s, struct slice value, struct slice token)
{
	size_t labels = 0;
	bool two = false;

	for (size_t i = value.n; i-- > 0;) {
		struct slice part = slice_mem(value.p + i, value.n - i);
		uint64_t h;

		if (i > 0 && value.p[i - 1] != '.')
			continue;
		two |= value.p[i] == '.';
		/* an escaped dot separates nothing */
		if (++labels < 2 || (i > 1 && value.p[i - 2] == '\\'))
			continue;
		h = needle_hash(part);
		if (!needles_has(s->needles, h))
			continue;
		look_up(s, KIND_DOMAIN, h, part, token);
		if (i == 0)
			around(s, h, value, token);
	}
	return two;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void undotted(struct scan *s, struct slice token)
{
	static const struct {
		size_t n;
		enum kind_id kind;
	} digests[] = {{32, KIND_MD5}, {40, KIND_SHA1}, {64, KIND_SHA256}};

	for (size_t i = 0; i < sizeof(digests) / sizeof(digests[0]); i++) {
		uint64_t h;

		if (token.n != digests[i].n)
			continue;
		h = needle_hash(token);
		if (needles_may(s->needles, h))
			look_up(s, digests[i].kind, h, token, token);
	}
}

/* A name that ends in digits is at most an address. */
static bool dotted(struct scan *s, struct slice token)
{
	struct ip ip = {.family = AF_INET, .bits = 32};
	size_t last = token.n;

	while (last && is_digit(token.p[last - 1]))
		last--;
	if (last == token.n || (last && token.p[last - 1] != '.'))
		return name(s, token, token);
	if (!is_digit(token.p[0]) || !ip4_parse(token, ip.addr))
		return memmem(token.p, token.n, "..", 2) != NULL;
	address(s, &ip, token);
	return false;
}

/* A name outside ASCII: as it stands in DNS. Labels that mean nothing there are left off
 * in front. */
static void foreign(struct scan *s, struct slice token)
{
	struct slice rest = token, label;
	char out[DOMAIN_MAX];
	size_t n = 0;

	while (rest.n && domain_parse("domain", rest, rest, out, &n, NULL))
		(void)slice_cut(&rest, '.', &label);
	if (rest.n)
		(void)name(s, slice_mem(out, n), token);
}

/* The run that begins at `at`, if it is an IPv6 address; where the run ends, and whether
 * it was one. */
static const char *colons(
	struct scan *s, const char *at, const char *end, bool *ret_found)
{
	struct slice run = {at, 0};
	const char *stop;
	struct ip ip;
	size_t n = 0;
	bool twice = false, alone;

	while (at + run.n < end && run.n < IP6_RUN_MAX &&
		(s->class[(unsigned char)at[run.n]] &
			(TOKEN_HEX | TOKEN_COLON | TOKEN_DOT))) {
		n += at[run.n] == ':';
		twice |= run.n && at[run.n] == ':' && at[run.n - 1] == ':';
		run.n++;
	}
	stop = at + run.n;
	alone = stop == end || !(s->class[(unsigned char)*stop] & TOKEN_NAME) ||
		token_mark(stop, end);
	while (run.n && run.p[run.n - 1] == '.')
		run.n--;
	if (run.n > 2 && run.p[run.n - 1] == ':' && run.p[run.n - 2] != ':')
		run.n--;
	*ret_found = alone && (twice || n >= 6) && ip_parse(run, &ip, NULL) == OK;
	if (*ret_found)
		address(s, &ip, run);
	return stop;
}

/* The end of a run of name bytes and dots; *ret_all gets all their classes. A backslash
 * is part of it where it escapes a byte of a name, as in DNS; a typographic mark is not.
 */
static const char *run_end(
	const struct scan *s, const char *p, const char *end, unsigned *ret_all)
{
	unsigned c, all = 0;

	for (; p < end; p++) {
		c = s->class[(unsigned char)*p];
		if (c & TOKEN_HIGH && token_mark(p, end))
			break;
		if (!(c & (TOKEN_NAME | TOKEN_DOT)) && !token_escape(p, end))
			break;
		all |= c;
	}
	*ret_all = all;
	return p;
}

static void walk(struct scan *s, struct slice line);

/* The line again without what hides values in it. */
static void scan_plain(struct scan *s)
{
	struct slice line = s->now;

	buf_reset(&s->plain);
	plain_line(line, &s->plain);
	s->in_copy = true;
	walk(s, buf_view(&s->plain));
	s->in_copy = false;
	s->now = line;
}

/* And once more with %2F for a slash: beside it, as a URL may be wanted with either. */
static void scan_decoded(struct scan *s)
{
	bool plain = s->plain.len;
	struct slice line = s->now;
	struct slice from = plain ? buf_view(&s->plain) : line;

	if (!plain_is_escaped(from))
		return;
	buf_reset(&s->decoded);
	plain_decode(from, &s->decoded);
	s->in_copy = true;
	walk(s, buf_view(&s->decoded));
	s->in_copy = false;
	s->now = line;
}

/* A run with dots off its ends. Whether there are two in a row within. */
static bool one(struct scan *s, struct slice t, unsigned all)
{
	while (t.n && t.p[t.n - 1] == '.')
		t.n--;
	while (t.n && t.p[0] == '.')
		t = slice_mem(t.p + 1, t.n - 1);
	if (all & TOKEN_DOT && t.n && memchr(t.p, '.', t.n)) {
		if (!(all & TOKEN_HIGH))
			return dotted(s, t);
		foreign(s, t);
		return memmem(t.p, t.n, "..", 2) != NULL;
	}
	if (all & TOKEN_HIGH)
		foreign(s, t);
	else
		undotted(s, t);
	return false;
}

/* An ellipsis is no label: what stands around it stands alone. */
static void token(struct scan *s, struct slice t, unsigned all)
{
	const char *two;

	if (!one(s, t, all))
		return;
	while ((two = memmem(t.p, t.n, "..", 2))) {
		size_t n = (size_t)(two - t.p);

		(void)one(s, slice_mem(t.p, n), all);
		t = slice_mem(two + 2, t.n - n - 2);
	}
	(void)one(s, t, all);
}

/* Anywhere: "evil.example [.] other.dk" is no evil.example. */
static bool is_defanged(const struct scan *s, struct slice line)
{
	const char *end = line.p + line.n;

	for (const char *p = line.p; p < end; p++)
		if (s->class[(unsigned char)*p] & TOKEN_OPEN && plain_is_defanged(p, end))
			return true;
	return false;
}

static void walk(struct scan *s, struct slice line)
{
	const char *p = line.p, *end = p + line.n, *no6 = p;
	bool found;

	s->now = line;
	if (!s->in_copy && (plain_is_json(line) || is_defanged(s, line))) {
		scan_plain(s);
		return;
	}
	while (p < end) {
		const char *start = p;
		unsigned all, c = s->class[(unsigned char)*p];

		if (c & TOKEN_NAME) {
			p = run_end(s, p, end, &all);
			if (p == start) {
				p += token_mark(p, end);
				continue;
			}
			if (p < end && *p == ':' && start >= no6 && p - start <= 4 &&
				!(all & (TOKEN_DOT | TOKEN_HIGH | TOKEN_NOHEX))) {
				no6 = colons(s, start, end, &found);
				if (found) {
					p = no6;
					continue;
				}
			}
			token(s, slice_mem(start, (size_t)(p - start)), all);
		} else if (c & TOKEN_COLON && p >= no6 && end - p > 2 && p[1] == ':') {
			no6 = colons(s, p, end, &found);
			p = found ? no6 : p + 1;
		} else {
			p++;
		}
	}
}

void scan_line(struct scan *s, struct slice line)
{
	s->nseen = 0;
	s->raw = line;
	buf_reset(&s->plain);
	walk(s, line);
	scan_decoded(s);
	s->line++;
}

static void on_line(void *ctx, struct slice line, uint64_t number)
{
	struct scan *s = ctx;

	s->line = s->first + number;
	scan_line(s, line);
}

void scan_text(struct scan *s, struct slice text)
{
	s->first = s->line;
	s->line = s->first + sieve_lines(s->needles, text, on_line, s);
}
