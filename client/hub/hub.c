/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/hub/hub.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "client/hub/address.h"
#include "client/hub/login.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/json_in.h"

#define TLS_FILE_MAX    (4u << 20) /* the system's own bundle has 200 KiB */
#define PROBLEM_MAX     (1u << 20) /* of a report with every line refused */
#define HEADERS_MAX     (64u << 10)
#define CONNECT_SECONDS 15L
#define LOW_SPEED       64L /* bytes a second, for as long as ... */
#define STALL           30L
#define DEADLINE        60L
#define STREAM_SILENCE  45 /* seconds: two pings and more */

struct hub {
	CURL *curl;
	char *url;    /* without a slash at the end */
	char *bearer; /* the header line; NULL: none */
	struct login login;
	long deadline, stall;
	/* the answer in progress */
	struct buf *body;
	const struct hub_sink *sink; /* NULL: the body is kept */
	int64_t heard;               /* when something of the stream came last */
	struct buf problem;
	size_t header_bytes;
	bool header_over;
	int status;
	int64_t root_hint;
	int64_t retry_after;
	char error[CURL_ERROR_SIZE];
};

struct request {
	const char *path;
	const char *content_type; /* NULL: GET */
	struct slice content;
	int wait;
	long more; /* seconds for the transfer, beyond the deadline */
	const struct hub_sink *sink;
};

enum err hub_url_host(const char *url, struct buf *b, struct diag *d)
{
	char *host;
	bool plain;
	enum err e = address_check(url, &host, &plain, d);

	if (e)
		return e;
	buf_puts(b, host);
	curl_free(host);
	return buf_err(b);
}

/* A 2xx body goes to the caller's buffer, anything else is a problem document. */
static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct hub *h = ctx;
	long status = 0;
	struct buf *to;

	(void)curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	h->heard = clock_now();
	if (h->sink && status / 100 == 2)
		return h->sink->take(h->sink->ctx, slice_mem(p, size * n)) ? size * n : 0;
	to = status / 100 == 2 ? h->body : &h->problem;
	buf_put(to, p, size * n);
	return buf_err(to) ? 0 : size * n;
}

/* Of a stream: called about once a second. */
static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t e)
{
	const struct hub *h = ctx;

	(void)a;
	(void)b;
	(void)c;
	(void)e;
	return h->sink->stop() || clock_now() - h->heard > STREAM_SILENCE;
}

static bool header_number(struct slice line, const char *name, int64_t *ret)
{
	size_t n = strlen(name);

	if (line.n < n || strncasecmp(line.p, name, n) != 0)
		return false;
	line.p += n;
	line.n -= n;
	while (line.n && (line.p[0] == ' ' || line.p[0] == '\t')) {
		line.p++;
		line.n--;
	}
	while (line.n && strchr("\r\n \t", line.p[line.n - 1]))
		line.n--;
	return number_parse(line, ret, NULL) == OK;
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct hub *h = ctx;
	struct slice line = {p, size * n};

	h->header_bytes += line.n;
	h->header_over = h->header_bytes > HEADERS_MAX;
	if (h->header_over)
		return 0;
	(void)(header_number(line, "Varsel-Root:", &h->root_hint) ||
		header_number(line, "Retry-After:", &h->retry_after));
	return line.n;
}

enum err hub_open(const char *url, struct hub **ret, struct diag *d)
{
	struct hub *h;
	char *host;
	bool plain;
	enum err e = address_check(url, &host, &plain, d);

	if (e)
		return e;
	curl_free(host);
	h = calloc(1, sizeof(*h));
	if (!h || !(h->curl = curl_easy_init()) || !(h->url = strdup(url))) {
		hub_close(&h);
		return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	if (h->url[strlen(h->url) - 1] == '/')
		h->url[strlen(h->url) - 1] = '\0';
	buf_init(&h->problem, PROBLEM_MAX);
	h->deadline = DEADLINE;
	h->stall = STALL;
	(void)curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, h->error);
	(void)curl_easy_setopt(h->curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(h->curl, CURLOPT_USERAGENT, "varsel");
	(void)curl_easy_setopt(h->curl, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
	(void)curl_easy_setopt(h->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	(void)curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_LIMIT, LOW_SPEED);
	(void)curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, h);
	(void)curl_easy_setopt(h->curl, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(h->curl, CURLOPT_HEADERDATA, h);
	if (plain)
		(void)curl_easy_setopt(h->curl, CURLOPT_NOPROXY, "*");
	*ret = h;
	return OK;
}

void hub_close(struct hub **hp)
{
	struct hub *h = *hp;

	*hp = NULL;
	if (!h)
		return;
	curl_easy_cleanup(h->curl);
	hub_set_token(h, NULL);
	login_done(&h->login);
	buf_done(&h->problem);
	free(h->url);
	free(h);
}

void hub_set_token(struct hub *h, const char *token)
{
	free(h->bearer);
	if (!token || asprintf(&h->bearer, "Authorization: Bearer %s", token) < 0)
		h->bearer = NULL;
}

static bool is_set(const char *text)
{
	return text && *text;
}

/* Now, as it may be that only root can, and no later call is made as root. */
static enum err set_file(
	struct hub *h, CURLoption option, const char *path, bool secret, struct diag *d)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP_BUF struct buf b;
	struct curl_blob blob;
	struct stat st;
	enum err e;

	buf_init(&b, TLS_FILE_MAX);
	if (fd < 0 || fstat(fd, &st) != 0)
		return diag_fail(d, ERR_CONFIG, "%s: %s", path, strerror(errno));
	if (secret && (st.st_mode & 077))
		return diag_fail(d, ERR_NOPERM,
			"%s: mode %04o lets others read the key; chmod 600 it", path,
			(unsigned)st.st_mode & 07777);
	e = file_read_fd(fd, path, &b, d);
	if (e)
		return diag_fail(d, ERR_CONFIG, "%s: cannot be read", path);
	blob = (struct curl_blob){.data = b.data, .len = b.len, .flags = CURL_BLOB_COPY};
	if (b.len == 0)
		e = diag_fail(d, ERR_CONFIG, "%s: empty", path);
	else if (curl_easy_setopt(h->curl, option, &blob) != CURLE_OK)
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	if (secret && b.len)
		sodium_memzero(b.data, b.len);
	return e;
}

enum err hub_set_tls(struct hub *h, const struct hub_tls *t, struct diag *d)
{
	const struct {
		const char *path;
		bool secret;
		CURLoption option;
	} file[] = {
		{t->ca, false, CURLOPT_CAINFO_BLOB},
		{t->certificate, false, CURLOPT_SSLCERT_BLOB},
		{t->key, true, CURLOPT_SSLKEY_BLOB},
	};

	if (is_set(t->certificate) != is_set(t->key))
		return diag_fail(d, ERR_CONFIG,
			"tls-certificate and tls-key: one needs the other");
	for (size_t i = 0; i < sizeof(file) / sizeof(*file); i++) {
		enum err e;

		if (!is_set(file[i].path))
			continue;
		e = set_file(h, file[i].option, file[i].path, file[i].secret, d);
		if (e)
			return e;
	}
	if (is_set(t->ca)) /* and no others: not those of the system's folder either */
		(void)curl_easy_setopt(h->curl, CURLOPT_CAPATH, NULL);
	return OK;
}

void hub_set_deadline(struct hub *h, long seconds)
{
	h->deadline = seconds;
}

void hub_set_stall(struct hub *h, long seconds)
{
	h->stall = seconds;
}

int hub_status(const struct hub *h)
{
	return h->status;
}

int64_t hub_root_hint(const struct hub *h)
{
	return h->root_hint;
}

struct slice hub_problem(const struct hub *h)
{
	return buf_view(&h->problem);
}

/* What the hub may say about itself: codes that only a program can give to itself (a
 * hold, a configuration, no memory) are not taken from outside. */
static enum err refusal(struct hub *h, const struct request *r, struct diag *d)
{
	struct problem {
		char *slug, *detail;
	} p = {0};
	static const struct json_field fields[] = {
		{"slug", JSON_TEXT, offsetof(struct problem, slug), 64, false},
		{"detail", JSON_TEXT, offsetof(struct problem, detail), DIAG_MAX, false},
		{0},
	};
	CLEANUP_ARENA struct arena a;
	enum err e;

	arena_init(&a, 4 * PROBLEM_MAX);
	if (json_read_answer(buf_view(&h->problem), fields, &p, &a, NULL))
		p = (struct problem){0};
	e = p.slug ? err_from_slug(p.slug) : ERR_INTERNAL;
	if (e == ERR_NOMEM || e >= ERR_IO || err_http(e) != h->status)
		e = h->status == 503                       ? ERR_BUSY
		    : h->status == 502 || h->status == 504 ? ERR_UNAVAILABLE
							   : err_from_http(h->status);
	if (e == OK || e == ERR_NOT_MODIFIED) /* a redirect, say */
		e = ERR_INTERNAL;
	if (p.detail && *p.detail)
		return diag_fail(d, e, "%s", p.detail);
	return diag_fail(d, e, "%s%s: the hub answered %d", h->url, r->path, h->status);
}

static enum err prepare(struct hub *h, const struct request *r, struct curl_slist **ret)
{
	char type[128], *url;
	struct curl_slist *list = NULL, *more;

	(void)snprintf(type, sizeof(type), "Content-Type: %s",
		r->content_type ? r->content_type : "");
	/* no "Expect: 100-continue": it costs a second where a proxy ignores it */
	for (int i = 0; i < 3; i++) {
		const char *line = i == 0            ? "Expect:"
				   : i == 1          ? h->bearer
				   : r->content_type ? type
						     : NULL;

		if (!line)
			continue;
		more = curl_slist_append(list, line);
		if (!more)
			goto nomem;
		list = more;
	}
	if (asprintf(&url, "%s%s", h->url, r->path) < 0)
		goto nomem;
	(void)curl_easy_setopt(h->curl, CURLOPT_URL, url);
	free(url);
	(void)curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, list);
	(void)curl_easy_setopt(h->curl, CURLOPT_TIMEOUT, h->deadline + r->wait + r->more);
	/* what is posted may take the hub long to work through */
	(void)curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_TIME,
		r->content_type ? h->deadline : h->stall + r->wait);
	if (r->content_type) {
		(void)curl_easy_setopt(h->curl, CURLOPT_POST, 1L);
		(void)curl_easy_setopt(
			h->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->content.n);
		(void)curl_easy_setopt(
			h->curl, CURLOPT_POSTFIELDS, r->content.n ? r->content.p : "");
	} else {
		(void)curl_easy_setopt(h->curl, CURLOPT_HTTPGET, 1L);
	}
	(void)curl_easy_setopt(h->curl, CURLOPT_NOPROGRESS, r->sink ? 0L : 1L);
	if (r->sink) { /* it has no end, and says little */
		(void)curl_easy_setopt(h->curl, CURLOPT_TIMEOUT, 0L);
		(void)curl_easy_setopt(h->curl, CURLOPT_LOW_SPEED_TIME, 0L);
		(void)curl_easy_setopt(h->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
		(void)curl_easy_setopt(h->curl, CURLOPT_XFERINFODATA, h);
	}
	*ret = list;
	return OK;
nomem:
	curl_slist_free_all(list);
	return ERR_NOMEM;
}

/* One exchange, without logging in again. */
static enum err exchange(
	struct hub *h, const struct request *r, struct buf *body, struct diag *d)
{
	struct curl_slist *headers;
	size_t before = body->len;
	long status = 0;
	CURLcode c;

	h->body = body;
	h->sink = r->sink;
	h->heard = clock_now();
	h->header_bytes = 0;
	h->header_over = false;
	h->status = 0;
	h->root_hint = h->retry_after = 0;
	h->error[0] = '\0';
	buf_reset(&h->problem);
	if (prepare(h, r, &headers))
		return diag_fail(d, ERR_NOMEM, "out of memory");
	c = curl_easy_perform(h->curl);
	(void)curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	(void)curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	if (buf_err(body) == ERR_LIMIT) {
		body->len = before;
		return diag_fail(d, ERR_LIMIT, "%s%s: the answer is over %zu bytes",
			h->url, r->path, body->max - before);
	}
	if (h->header_over)
		return diag_fail(d, ERR_LIMIT, "%s%s: the headers are over %u bytes",
			h->url, r->path, HEADERS_MAX);
	if (c == CURLE_OUT_OF_MEMORY || buf_err(body) ||
		buf_err(&h->problem) == ERR_NOMEM)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	if (c != CURLE_OK && !(status / 100 != 2 && buf_err(&h->problem)))
		return diag_fail(d, ERR_UNAVAILABLE, "%s%s: %s", h->url, r->path,
			*h->error ? h->error : curl_easy_strerror(c));
	h->status = (int)status;
	return status / 100 == 2 ? OK : refusal(h, r, d);
}

/* A hub that asks for a little time gets it: one that is asked for much in one run, such
 * as a newcomer's first pull, then takes longer and does not fail. Where it asks for more
 * than half a call may last, it is ERR_RATE. */
static enum err at_its_pace(
	struct hub *h, const struct request *r, struct buf *body, struct diag *d)
{
	long left = h->deadline / 2;
	enum err e;

	while ((e = exchange(h, r, body, d)) == ERR_RATE && h->retry_after > 0 &&
		h->retry_after <= left) {
		struct timespec pause = {h->retry_after, 0};

		left -= h->retry_after;
		(void)nanosleep(&pause, NULL);
	}
	return e;
}

/* Sets the token that `l` gets; the calls inside go out without one. */
static enum err renew(struct hub *h, bool use_cache, struct diag *d)
{
	CLEANUP_BUF struct buf token;
	enum err e;

	buf_init(&token, 16384);
	hub_set_token(h, NULL);
	if (!use_cache || !login_cached(&h->login, &token)) {
		e = login_fetch(&h->login, h, &token, d);
		if (e)
			return e;
	}
	hub_set_token(h, buf_str(&token));
	return h->bearer ? OK : diag_fail(d, ERR_NOMEM, "out of memory");
}

/* One call; a token that lapsed, or that the hub no longer takes, is renewed once. */
static enum err call(
	struct hub *h, const struct request *r, struct buf *body, struct diag *d)
{
	bool fresh = false;
	enum err e;

	if (h->bearer && h->login.hub_name && login_lapses(&h->login)) {
		e = renew(h, false, d);
		if (e)
			return e;
		fresh = true;
	}
	e = at_its_pace(h, r, body, d);
	if (e != ERR_UNAUTHORIZED || fresh || !h->bearer || !h->login.hub_name)
		return e;
	e = renew(h, false, d);
	return e ? e : at_its_pace(h, r, body, d);
}

enum err hub_get_wait(
	struct hub *h, const char *path, int wait, struct buf *body, struct diag *d)
{
	return call(h, &(struct request){.path = path, .wait = wait}, body, d);
}

enum err hub_get(struct hub *h, const char *path, struct buf *body, struct diag *d)
{
	return hub_get_wait(h, path, 0, body, d);
}

enum err hub_get_long(
	struct hub *h, const char *path, long more, struct buf *body, struct diag *d)
{
	return call(h, &(struct request){.path = path, .more = more}, body, d);
}

enum err hub_stream(
	struct hub *h, const char *path, const struct hub_sink *sink, struct diag *d)
{
	CLEANUP_BUF struct buf none = {.max = 1};
	enum err e = call(h, &(struct request){.path = path, .sink = sink}, &none, d);

	return e && sink->stop() ? OK : e;
}

enum err hub_post(struct hub *h, const char *path, const char *content_type,
	struct slice content, struct buf *body, struct diag *d)
{
	return call(h,
		&(struct request){
			.path = path, .content_type = content_type, .content = content},
		body, d);
}

enum err hub_login(struct hub *h, const char *hub_name, const struct seckey *k,
	const char *scope, const char *cache, char **ret_token, struct diag *d)
{
	enum err e = login_set(&h->login, hub_name, k, scope, cache);

	if (e)
		return diag_fail(d, e, "out of memory");
	e = renew(h, true, d);
	if (e)
		return diag_at(d, e, "login: ");
	if (ret_token) {
		*ret_token = strdup(strrchr(h->bearer, ' ') + 1);
		if (!*ret_token)
			return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	return OK;
}

void hub_query_put(struct buf *b, struct slice text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~";

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] && strchr(plain, text.p[i]))
			buf_putc(b, text.p[i]);
		else
			buf_printf(b, "%%%02X", (unsigned)(unsigned char)text.p[i]);
	}
}
