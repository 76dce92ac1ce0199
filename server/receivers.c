/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/receivers.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/file.h"
#include "server/core/alerts.h"

#define AT(field) offsetof(struct webhook, field)

const struct conf_option webhook_options[] = {
	{"url", CONF_TEXT, AT(url), NULL, true, 0, 0,
		"Where alerts are posted; https://, or http:// on this machine."},
	{"secret", CONF_TEXT, AT(secret), NULL, true, 0, 0,
		"File of the secret that signs them, mode 0600."},
	{"events", CONF_LIST, AT(events), ALERT_EVENTS, false, 0, 0,
		"Which events are told."},
	{"tls-ca", CONF_TEXT, AT(tls_ca), "", false, 0, 0,
		"PEM file of the authorities that vouch for it, in place of the "
		"system's."},
	{0},
};

static void webhook_done(struct webhook *w)
{
	conf_free(webhook_options, w);
	free(w->name);
	sodium_memzero(w, sizeof(*w));
}

enum err receivers_add(struct receivers *r, const char *title,
	const struct webhook *section, struct diag *d)
{
	struct webhook w = *section, *grown;
	size_t n = title ? strspn(title, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0;
	enum err e = OK;

	if (n == 0 || n > WEBHOOK_NAME_MAX || title[n])
		e = diag_fail(d, ERR_CONFIG,
			"webhook \"%s\": its name is 1 to %d lower-case letters, digits "
			"and '-'",
			title ? title : "", WEBHOOK_NAME_MAX);
	else if (r->n == WEBHOOKS_MAX)
		e = diag_fail(d, ERR_CONFIG, "webhook %s: %d are the limit", title,
			WEBHOOKS_MAX);
	grown = e ? NULL : reallocarray(r->webhook, r->n + 1, sizeof(*grown));
	w.name = e ? NULL : strdup(title);
	if (grown)
		r->webhook = grown;
	if (!e && (!grown || !w.name))
		e = diag_fail(d, ERR_NOMEM, "out of memory");
	if (e)
		webhook_done(&w);
	else
		r->webhook[r->n++] = w;
	return e;
}

/* What is sent is signed and not secret from this machine; elsewhere it wants TLS. */
static bool is_local(const char *host)
{
	struct in_addr a;

	/* not by its beginning: 127.0.0.1.example is a name like any other */
	return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
	       (inet_pton(AF_INET, host, &a) == 1 && ntohl(a.s_addr) >> 24 == 127);
}

static enum err check_url(const struct webhook *w, struct diag *d)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *user = NULL;
	bool good = u && !curl_url_set(u, CURLUPART_URL, w->url, 0) &&
		    !curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) &&
		    !curl_url_get(u, CURLUPART_HOST, &host, 0);

	(void)curl_url_get(u, CURLUPART_USER, &user, 0);
	good = good && !user &&
	       (strcmp(scheme, "https") == 0 ||
		       (strcmp(scheme, "http") == 0 && is_local(host)));
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_url_cleanup(u);
	return good ? OK
		    : diag_fail(d, ERR_CONFIG,
			      "webhook %s: url: \"%s\": https://, without a user, or "
			      "http:// on this machine",
			      w->name, w->url);
}

static enum err read_secret(struct webhook *w, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = WEBHOOK_SECRET_MAX};
	struct slice s;
	struct stat st;
	enum err e = file_read(w->secret, &text, d);

	if (e)
		return diag_at(d, e, "webhook %s: ", w->name);
	if (stat(w->secret, &st) == 0 && (st.st_mode & 077))
		return diag_fail(d, ERR_NOPERM,
			"webhook %s: %s: mode %04o lets others read it; chmod 600 it",
			w->name, w->secret, (unsigned)st.st_mode & 07777);
	s = buf_view(&text);
	while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	if (s.n < WEBHOOK_SECRET_MIN)
		return diag_fail(d, ERR_CONFIG,
			"webhook %s: %s: %zu bytes; a secret has at least %d", w->name,
			w->secret, s.n, WEBHOOK_SECRET_MIN);
	memcpy(w->key, s.p, s.n);
	w->key_n = s.n;
	sodium_memzero(text.data, text.len);
	return OK;
}

enum err receivers_check_events(
	const char *what, const struct conf_list *events, struct diag *d)
{
	for (size_t i = 0; i < events->n; i++)
		if (!alerts_is_word(events->item[i]))
			return diag_fail(d, ERR_CONFIG,
				"%s: events: \"%s\": campaign, campaign-growth, queue, "
				"log, receipt, sighting or notice",
				what, events->item[i]);
	return OK;
}

enum err receivers_check(const struct receivers *r, struct diag *d)
{
	enum err e = OK;

	for (size_t i = 0; !e && i < r->n; i++) {
		char what[WEBHOOK_NAME_MAX + 16];

		(void)snprintf(what, sizeof(what), "webhook %s", r->webhook[i].name);
		e = receivers_check_events(what, &r->webhook[i].events, d);
		if (!e)
			e = check_url(&r->webhook[i], d);
	}
	return e;
}

enum err receivers_open(struct receivers *r, struct diag *d)
{
	enum err e = OK;

	for (size_t i = 0; !e && i < r->n; i++)
		e = read_secret(&r->webhook[i], d);
	return e;
}

void receivers_done(struct receivers *r)
{
	for (size_t i = 0; i < r->n; i++)
		webhook_done(&r->webhook[i]);
	free(r->webhook);
	*r = (struct receivers){0};
}
