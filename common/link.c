/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/link.h"

#include <sodium.h>

#include "common/base64.h"
#include "common/clock.h"

#define PATH     "/enrol#"
#define VERSION  "v1"
#define LINK_MAX 1024

/* Printable ASCII without the comma that separates. */
static bool is_word(struct slice s, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
			return false;
	return s.n > 0 && s.n <= max;
}

static bool parse_secret(struct slice text, uint8_t secret[LINK_SECRET])
{
	size_t n;

	return base64_parse_url(text, secret, LINK_SECRET, &n) && n == LINK_SECRET;
}

/* The part before PATH: a scheme and a host, nothing else. */
static bool is_base(struct slice url)
{
	struct slice host = url;

	if (slice_starts(url, "https://"))
		host = (struct slice){url.p + 8, url.n - 8};
	else if (slice_starts(url, "http://"))
		host = (struct slice){url.p + 7, url.n - 7};
	else
		return false;
	for (size_t i = 0; i < host.n; i++)
		if (strchr("/?#@\\", host.p[i]))
			return false;
	return is_word(host, LINK_MAX);
}

enum err link_parse(struct slice text, struct enrol_link *ret, struct diag *d)
{
	struct enrol_link l;
	struct slice rest = text, version, part;
	const char *path;

	if (text.n > LINK_MAX)
		return diag_fail(d, ERR_LIMIT, "enrolment link: %zu bytes, at most %d",
			text.n, LINK_MAX);
	path = text.n ? memmem(text.p, text.n, PATH, strlen(PATH)) : NULL;
	if (!path)
		return diag_fail(d, ERR_SYNTAX,
			"enrolment link: not like https://HOST" PATH VERSION ",...");
	l.url = (struct slice){text.p, (size_t)(path - text.p)};
	if (!is_base(l.url))
		return diag_value(d, ERR_SYNTAX, "enrolment link", l.url,
			"not the address of a hub");
	rest.p = path + strlen(PATH);
	rest.n = text.n - (size_t)(rest.p - text.p);
	(void)slice_cut(&rest, ',', &version);
	if (!slice_is(version, VERSION))
		return diag_value(d, ERR_SYNTAX, "enrolment link: version", version,
			"not " VERSION);
	if (!slice_cut(&rest, ',', &l.hub) || !is_word(l.hub, HUB_NAME_MAX))
		return diag_fail(d, ERR_SYNTAX, "enrolment link: no name of a hub");
	if (!slice_cut(&rest, ',', &l.org) || !is_word(l.org, ORG_CODE_MAX))
		return diag_fail(d, ERR_SYNTAX, "enrolment link: no organisation's code");
	if (!slice_cut(&rest, ',', &part) || number_parse(part, &l.n, NULL))
		return diag_fail(d, ERR_SYNTAX, "enrolment link: no key number");
	if (!slice_cut(&rest, ',', &part) || !parse_secret(part, l.secret))
		return diag_fail(d, ERR_SYNTAX,
			"enrolment link: the secret is damaged; is the link complete?");
	if (hash_parse(rest, &l.root, NULL))
		return diag_fail(d, ERR_SYNTAX,
			"enrolment link: the hash at its end is damaged; is the link "
			"complete?");
	*ret = l;
	return OK;
}

void link_put(struct buf *b, const struct enrol_link *l)
{
	char secret[sodium_base64_ENCODED_LEN(
		LINK_SECRET, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

	(void)sodium_bin2base64(secret, sizeof(secret), l->secret, LINK_SECRET,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	buf_printf(b, "%.*s" PATH VERSION ",%.*s,%.*s,%lld,%s,", SLICE_ARG(l->url),
		SLICE_ARG(l->hub), SLICE_ARG(l->org), (long long)l->n, secret);
	buf_hex(b, l->root.b, sizeof(l->root.b));
	sodium_memzero(secret, sizeof(secret));
}
