/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/alert/webhook.h"

#include <curl/curl.h>

#include "server/alert/sign.h"

#define CONNECT_SECONDS 5L
#define TOTAL_SECONDS   10L
#define ANSWER_MAX      ((size_t)64 << 10) /* of which nothing is kept */

/* What it says beside its status is of no interest, and must end. */
static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	size_t *got = ctx;

	(void)p;
	*got += size * n;
	return *got > ANSWER_MAX ? 0 : size * n;
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t e)
{
	const atomic_bool *stop = ctx;

	(void)a;
	(void)b;
	(void)c;
	(void)e;
	return atomic_load(stop) ? 1 : 0;
}

static bool add_header(struct curl_slist **list, const char *name, const char *value)
{
	CLEANUP_BUF struct buf line = {.max = 4096};
	struct curl_slist *more;

	buf_printf(&line, "%s: %s", name, value);
	more = buf_err(&line) ? NULL : curl_slist_append(*list, buf_str(&line));
	if (more)
		*list = more;
	return more != NULL;
}

static bool add_headers(struct curl_slist **list, const struct webhook *w,
	const struct alert *x, int64_t now)
{
	CLEANUP_BUF struct buf sign = {.max = 256};

	alert_sign_put(&sign, w->key, w->key_n, now, x->body);
	return add_header(list, "Content-Type", "application/json") &&
	       add_header(list, "Varsel-Signature", buf_str(&sign)) &&
	       add_header(list, "Varsel-Delivery", x->delivery) &&
	       add_header(list, "Varsel-Event", x->kind) &&
	       curl_slist_append(*list, "Expect:") != NULL;
}

static void set_up(CURL *c, const struct webhook *w, const struct alert *x, size_t *got,
	const atomic_bool *stop)
{
	bool plain = strncmp(w->url, "http://", 7) == 0;
	void *arg;

	memcpy(&arg, &stop, sizeof(arg)); /* curl only lacks the const */
	(void)curl_easy_setopt(c, CURLOPT_URL, w->url);
	(void)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
	(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(c, CURLOPT_USERAGENT, "varseld");
	(void)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	(void)curl_easy_setopt(c, CURLOPT_TIMEOUT, TOTAL_SECONDS);
	(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(c, CURLOPT_WRITEDATA, got);
	(void)curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
	(void)curl_easy_setopt(c, CURLOPT_XFERINFODATA, arg);
	(void)curl_easy_setopt(c, CURLOPT_POST, 1L);
	(void)curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.n);
	(void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, x->body.p);
	if (plain)
		(void)curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	if (w->tls_ca && *w->tls_ca) {
		(void)curl_easy_setopt(c, CURLOPT_CAINFO, w->tls_ca);
		(void)curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
}

enum err webhook_send(const struct webhook *w, const struct alert *x, int64_t now,
	const atomic_bool *stop, struct diag *d)
{
	struct curl_slist *list = NULL;
	char why[CURL_ERROR_SIZE] = "";
	CURL *c = curl_easy_init();
	size_t got = 0;
	long status = 0;
	CURLcode code;

	if (!c || !add_headers(&list, w, x, now)) {
		curl_slist_free_all(list);
		curl_easy_cleanup(c);
		return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	set_up(c, w, x, &got, stop);
	(void)curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why);
	(void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	code = curl_easy_perform(c);
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(c);
	curl_slist_free_all(list);
	/* A status that came is an answer, however long the rest would have been. */
	if (status / 100 == 2)
		return OK;
	if (status)
		return diag_fail(d, ERR_UNAVAILABLE, "answered %ld", status);
	return diag_fail(d, ERR_UNAVAILABLE, "%s", *why ? why : curl_easy_strerror(code));
}
