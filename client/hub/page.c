/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/hub/page.h"

#include <stdio.h>

#include "common/json_in.h"

#define ANSWER_MAX (64u << 10)
#define PATH       "/page/"

/* <url>/page/<a word>: printable, and nothing behind. */
static bool is_own(struct slice link, const char *url)
{
	struct slice base = slice_of(url);

	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	if (link.n <= base.n || memcmp(link.p, base.p, base.n) != 0)
		return false;
	link = (struct slice){link.p + base.n, link.n - base.n};
	if (!slice_starts(link, PATH) || link.n == strlen(PATH))
		return false;
	for (size_t i = strlen(PATH); i < link.n; i++)
		if (!((link.p[i] >= 'a' && link.p[i] <= 'z') ||
			    (link.p[i] >= 'A' && link.p[i] <= 'Z') ||
			    (link.p[i] >= '0' && link.p[i] <= '9') || link.p[i] == '-' ||
			    link.p[i] == '_'))
			return false;
	return true;
}

enum err page_print_link(struct hub *h, const char *url, struct diag *d)
{
	struct got {
		char *url;
	} got = {NULL};
	static const struct json_field fields[] = {
		{"url", JSON_TEXT, offsetof(struct got, url), 4096, true},
		{0},
	};
	CLEANUP_BUF struct buf answer;
	CLEANUP_ARENA struct arena a;
	enum err e;

	buf_init(&answer, ANSWER_MAX);
	arena_init(&a, ANSWER_MAX);
	e = hub_post(h, "/v1/page-links", "text/plain", slice_of(""), &answer, d);
	if (e)
		return e;
	if (json_read_answer(buf_view(&answer), fields, &got, &a, d))
		return diag_at(d, ERR_SYNTAX, "the hub's answer: ");
	if (!is_own(slice_of(got.url), url))
		return diag_value(d, ERR_WRONG_HUB, "link", slice_of(got.url),
			"does not begin with %s, which is the hub here", url);
	(void)printf("%s\n", got.url);
	return OK;
}
