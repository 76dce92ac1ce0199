/* SPDX-License-Identifier: BSD-2-Clause */
/* The situation page: its files, which the program carries inside, and its sign-in. */
#include <string.h>

#include "common/limits.h"
#include "server/api/handlers.h"
#include "server/api/service.h"
#include "server/embedded.h"

#define COOKIE_NAME "varsel"

/* Browsers bind a cookie of this name to one host, and to TLS. */
static const char *cookie_prefix(const struct core *c)
{
	return strncmp(c->public_url, "https://", 8) == 0 ? "__Host-" : "";
}

const char *page_cookie(const struct core *c)
{
	return *cookie_prefix(c) ? "__Host-" COOKIE_NAME : COOKIE_NAME;
}

static const char *type_of(const char *name)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{".html", "text/html; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".css", "text/css; charset=utf-8"},
		{".csv", "text/csv; charset=utf-8"},
		{".svg", "image/svg+xml"},
	};
	const char *end = strrchr(name, '.');

	for (size_t i = 0; end && i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(end, types[i].end) == 0)
			return types[i].type;
	return "text/plain; charset=utf-8";
}

/* The first file is the version: a hash of all of them. */
static const struct embedded *find(struct slice name)
{
	for (const struct embedded *f = web_files; f->name; f++)
		if (slice_is(name, f->name))
			return f;
	return NULL;
}

static enum err answer_file(
	struct request *q, const struct embedded *f, const char *cache)
{
	q->res.page = true;
	q->res.type = type_of(f->name);
	q->res.cache = cache;
	buf_put(&q->res.body, f->data, f->size);
	return buf_err(&q->res.body);
}

enum err api_page(struct service *s, struct request *q, struct diag *d)
{
	const struct embedded *f = find(slice_of("index.html"));

	(void)s;
	return f ? answer_file(q, f, "no-cache")
		 : diag_fail(d, ERR_NOT_FOUND, "the page is not in this hub");
}

enum err api_asset(struct service *s, struct request *q, struct diag *d)
{
	const struct embedded *f = find(q->arg[1]);

	(void)s;
	if (!f || !slice_is(q->arg[0], web_files[0].data))
		return diag_fail(d, ERR_NOT_FOUND, "the page has no such file");
	return answer_file(q, f, CACHE_FOR_EVER);
}

enum err api_page_link(struct service *s, struct request *q, struct diag *d)
{
	const char *url;
	struct json_out j;
	int64_t expires;
	enum err e;

	if (!q->who.org && !(q->scopes & SCOPE_COORDINATE))
		return diag_fail(
			d, ERR_FORBIDDEN, "the token lacks the scope: coordinate");
	e = sessions_link(&s->core, q->db, &q->who, q->now, &q->arena, &url, &expires, d);
	if (e)
		return e;
	answer_begin(q, &j, 201);
	json_put_str(&j, "url", url);
	json_put_time(&j, "expires", expires);
	return answer_end(q, &j, d);
}

/*
 * A page of its own that leads on, and no redirect: the browser would not send a cookie
 * of SameSite=Strict along when somebody came here from another site, such as their mail.
 */
static void put_html(
	struct request *q, const char *head, const char *danish, const char *english)
{
	buf_printf(&q->res.body,
		"<!DOCTYPE html>\n<html lang=\"da\">\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n%s"
		"<title>Varsel</title>\n<link rel=\"icon\" "
		"href=\"/assets/%s/icon.svg\">\n"
		"<link rel=\"stylesheet\" href=\"/assets/%s/style.css\">\n<main>\n"
		"<section class=\"panel\" id=\"signin\">\n<h1>Varsel</h1>\n<p>%s</p>\n"
		"<p lang=\"en\">%s</p>\n</section>\n</main>\n</html>\n",
		head, web_files[0].data, web_files[0].data, danish, english);
	q->res.type = "text/html; charset=utf-8";
	q->res.page = true;
}

enum err api_page_open(struct service *s, struct request *q, struct diag *d)
{
	const char *cookie;
	enum err e;

	/* What looks ahead for somebody asks so. It learns nothing, not even whether the
	 * link is good. */
	if (q->head) {
		put_html(q, "", "", "");
		return buf_err(&q->res.body);
	}
	e = sessions_open(&s->sessions, q->db, q->arg[0], q->now, &q->arena, &cookie, d);

	if (e == ERR_NOT_FOUND) {
		q->res.status = 404;
		put_html(q, "",
			"Linket er brugt eller for gammelt. Hent et nyt med "
			"<code>varsel page</code> eller <code>varselctl page</code>.",
			"The link was used, or is too old. Get a new one with "
			"<code>varsel page</code> or <code>varselctl page</code>.");
		return buf_err(&q->res.body);
	}
	if (e)
		return e;
	q->res.cookie = arena_printf(&q->arena,
		"%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s",
		page_cookie(&s->core), cookie, PAGE_SESSION_LIFETIME,
		*cookie_prefix(&s->core) ? "; Secure" : "");
	if (!q->res.cookie)
		return ERR_NOMEM;
	put_html(q, "<meta http-equiv=\"refresh\" content=\"0; url=/\">\n",
		"Du er logget ind. <a href=\"/\">Gå til situationsbilledet</a>.",
		"You are signed in. <a href=\"/\">Go to the situation page</a>.");
	return buf_err(&q->res.body);
}

enum err api_page_session(struct service *s, struct request *q, struct diag *d)
{
	struct json_out j;

	answer_begin(q, &j, 200);
	json_put_str(&j, "hub", s->core.hub);
	json_put_str(&j, "channel", s->core.channel);
	json_put_str(&j, "role", q->who.org ? "member" : "coordinator");
	json_put_str(&j, "key", q->who.key);
	json_put_str(&j, "org", q->who.org);
	json_put_time(&j, "expires", q->session_ends);
	return answer_end(q, &j, d);
}
