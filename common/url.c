/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/url.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <strings.h>

#include "common/kind.h"
#include "common/percent.h"

/* Room for a host as its author may have written it, every byte %XX. */
#define HOST_TEXT_MAX 1024

/* What a program opens with a URL's host; nothing that names a local program or file. */
static const char *const schemes[] = {"http", "https", "ftp"};

/* The URL cut by hand where libcurl would already have interpreted: it reads
 * "45.155.205.010" as 45.155.205.8 and "http:/a" as "http://a". */
struct raw {
	const char *scheme;
	struct slice host; /* with its brackets */
};

static enum err refuse(struct diag *d, struct slice in, const char *why)
{
	return diag_value(d, ERR_VALUE, "url", in, "%s", why);
}

static enum err check_bytes(struct slice in, struct diag *d)
{
	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];

		if (c <= 0x20 || c == 0x7f)
			return refuse(d, in, "a blank or control character");
		if (c == '\\')
			return refuse(d, in,
				"a backslash, which programs read in different ways");
	}
	return OK;
}

static const char *find_scheme(struct slice s)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (s.n == strlen(schemes[i]) && strncasecmp(s.p, schemes[i], s.n) == 0)
			return schemes[i];
	return NULL;
}

/* Bytes of s before the first that is in `set`. */
static size_t span_until(struct slice s, const char *set)
{
	size_t n = 0;

	while (n < s.n && !strchr(set, s.p[n]))
		n++;
	return n;
}

static enum err cut(struct slice in, struct raw *ret, struct diag *d)
{
	const char *colon = memmem(in.p, in.n, "://", 3), *end;
	struct slice authority;

	if (!colon)
		return refuse(d, in, "no scheme with :// behind it");
	ret->scheme = find_scheme((struct slice){in.p, (size_t)(colon - in.p)});
	if (!ret->scheme)
		return refuse(d, in, "the scheme is not http, https or ftp");
	authority.p = colon + 3;
	authority.n = in.n - (size_t)(authority.p - in.p);
	authority.n = span_until(authority, "/?#");
	if (memchr(authority.p, '@', authority.n))
		return refuse(d, in, "user information before the host");
	ret->host = authority;
	if (authority.n > 0 && authority.p[0] == '[') {
		end = memchr(authority.p, ']', authority.n);
		if (!end)
			return refuse(d, in, "a bracket that is not closed");
		ret->host.n = (size_t)(end + 1 - authority.p);
	} else {
		ret->host.n = span_until(authority, ":");
	}
	if (ret->host.n == 0)
		return refuse(d, in, "no host");
	return OK;
}

/* Whether a browser would take the host for an IPv4 address in one of its old spellings:
 * the last label is a decimal, octal or hexadecimal number. */
static bool ends_in_number(struct slice host)
{
	bool digits = true, hex = true;
	size_t start, n;

	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	for (start = host.n; start > 0 && host.p[start - 1] != '.'; start--)
		;
	n = host.n - start;
	for (size_t i = start; i < host.n; i++) {
		char c = host.p[i];

		digits &= c >= '0' && c <= '9';
		hex &= i < start + 2 || strchr("0123456789abcdefABCDEF", c) != NULL;
	}
	hex &= n >= 2 && host.p[start] == '0' && (host.p[start + 1] | 0x20) == 'x';
	return n > 0 && (digits || hex);
}

/* A host without brackets: a strict dotted quad or a domain. */
static enum err put_name(
	struct slice in, struct slice host, struct buf *out, struct diag *d)
{
	static const char numeric[] = "a numeric host that is not four numbers of 0 to "
				      "255 without leading zeros: programs differ on it";
	unsigned char quad[4];
	char name[DOMAIN_MAX];
	size_t n;
	enum err e;

	if (ip4_parse(host, quad)) {
		buf_slice(out, host);
		return OK;
	}
	if (ends_in_number(host))
		return refuse(d, in, numeric);
	e = domain_parse("url", in, host, name, &n, d);
	if (e)
		return e;
	/* full-width digits become plain ones only in domain_parse() */
	if (ends_in_number(slice_mem(name, n)))
		return refuse(d, in, numeric);
	buf_put(out, name, n);
	return OK;
}

static enum err put_ip6(
	struct slice in, struct slice host, struct buf *out, struct diag *d)
{
	struct slice inner = {host.p + 1, host.n - 2};
	char text[IP_TEXT];
	struct ip ip;

	if (!memchr(inner.p, ':', inner.n) || ip_parse(inner, &ip, NULL))
		return refuse(d, in,
			memchr(inner.p, '%', inner.n)
				? "a zone in the host means something on one machine only"
				: "what stands in brackets is not an IPv6 address");
	(void)ip_format(&ip, text);
	buf_printf(out, ip.family == AF_INET ? "%s" : "[%s]", text);
	return OK;
}

static enum err put_host(
	struct slice in, struct slice host, struct buf *out, struct diag *d)
{
	char text[HOST_TEXT_MAX];
	size_t n = 0;

	if (host.p[0] == '[')
		return put_ip6(in, host, out, d);
	for (size_t i = 0; i < host.n; i++) {
		int byte = percent_byte((struct slice){host.p + i, host.n - i});

		if (n == sizeof(text))
			return diag_value(d, ERR_LIMIT, "url", in,
				"the host is longer than %d bytes", HOST_TEXT_MAX);
		text[n++] = byte < 0 ? host.p[i] : (char)byte;
		i += byte < 0 ? 0 : 2;
	}
	return put_name(in, slice_mem(text, n), out, d);
}

/* libcurl's reading of one part; NULL when there is none. Freed by the caller. */
static char *part(CURLU *u, CURLUPart what)
{
	char *text = NULL;

	return curl_url_get(u, what, &text, CURLU_NO_DEFAULT_PORT) == CURLUE_OK ? text
										: NULL;
}

static void free_part(char **text)
{
	curl_free(*text);
}

#define PART __attribute__((cleanup(free_part))) char *

/* Two parsers, one answer: a host on which they differ is one on which a proxy and a
 * browser may differ too. */
static enum err check_host(
	CURLU *u, struct slice in, struct slice canonical, struct diag *d)
{
	CLEANUP_BUF struct buf other = {.max = URL_MAX};
	PART host = part(u, CURLUPART_HOST);

	if (!host || !*host || put_host(in, slice_of(host), &other, NULL) ||
		!slice_same(buf_view(&other), canonical))
		return refuse(d, in, "programs read the host in different ways");
	return OK;
}

static enum err put_rest(CURLU *u, struct slice in, struct buf *out, struct diag *d)
{
	PART port = part(u, CURLUPART_PORT);
	PART path = part(u, CURLUPART_PATH);
	PART query = part(u, CURLUPART_QUERY);
	size_t start;

	if (port && strcmp(port, "0") == 0)
		return refuse(d, in, "port 0");
	if (port)
		buf_printf(out, ":%s", port);
	start = out->len;
	if (!path || path[0] != '/')
		buf_putc(out, '/');
	if (path)
		percent_normalise(slice_of(path), false, out);
	if (buf_err(out) == OK)
		dot_segments_remove(out, start);
	if (query && *query) {
		buf_putc(out, '?');
		percent_normalise(slice_of(query), true, out);
	}
	return OK;
}

static void free_url(CURLU **u)
{
	curl_url_cleanup(*u);
}

static enum err build(
	struct slice in, const struct raw *raw, struct buf *out, struct diag *d)
{
	__attribute__((cleanup(free_url))) CURLU *u = curl_url();
	CLEANUP_BUF struct buf text = {.max = INPUT_LINE_MAX};
	size_t start;
	CURLUcode rc;
	enum err e;

	buf_puts(out, raw->scheme);
	buf_puts(out, "://");
	start = out->len;
	e = put_host(in, raw->host, out, d);
	if (e)
		return e;
	buf_slice(&text, in);
	if (!u || buf_err(&text) || buf_err(out))
		return diag_value(d, ERR_NOMEM, "url", in, "out of memory");
	rc = curl_url_set(u, CURLUPART_URL, buf_str(&text), CURLU_PATH_AS_IS);
	if (rc == CURLUE_OUT_OF_MEMORY)
		return diag_value(d, ERR_NOMEM, "url", in, "out of memory");
	if (rc != CURLUE_OK)
		return refuse(d, in, curl_url_strerror(rc));
	e = check_host(u, in, slice_mem(out->data + start, out->len - start), d);
	return e ? e : put_rest(u, in, out, d);
}

enum err url_canonicalise(struct slice in, struct buf *out, struct diag *d)
{
	CLEANUP_BUF struct buf url = {.max = URL_MAX};
	struct raw raw = {0};
	enum err e;

	if (in.n > INPUT_LINE_MAX)
		return diag_value(
			d, ERR_LIMIT, "url", in, "longer than %d bytes", INPUT_LINE_MAX);
	e = check_bytes(in, d);
	if (e == OK)
		e = cut(in, &raw, d);
	if (e == OK)
		e = build(in, &raw, &url, d);
	if (e)
		return e;
	if (buf_err(&url) == ERR_LIMIT)
		return diag_value(d, ERR_LIMIT, "url", in,
			"longer than %d bytes in its canonical form", URL_MAX);
	if (buf_err(&url))
		return diag_value(d, buf_err(&url), "url", in, "out of memory");
	return kind_put("url", in, buf_view(&url), out, d);
}

struct slice url_host(struct slice url)
{
	const char *at = memmem(url.p, url.n, "://", 3);
	struct slice rest;

	if (!at)
		return (struct slice){url.p, 0};
	rest.p = at + 3;
	rest.n = url.n - (size_t)(rest.p - url.p);
	if (rest.n > 0 && rest.p[0] == '[') {
		rest = (struct slice){rest.p + 1, rest.n - 1};
		rest.n = span_until(rest, "]");
	} else {
		rest.n = span_until(rest, ":/?#");
	}
	return rest;
}
