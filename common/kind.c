/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/kind.h"

#include "common/digest.h"
#include "common/email.h"

const struct kind kinds[KIND_COUNT] = {
	{"ip", KIND_IP, ACTION_BLOCK, true, CARRY_IP, "[ipv4-addr:value = '%s']",
		"ip-dst", ip_canonicalise},
	{"domain", KIND_DOMAIN, ACTION_BLOCK, true, CARRY_DOMAIN,
		"[domain-name:value = '%s']", "domain", domain_canonicalise},
	{"url", KIND_URL, ACTION_BLOCK, true, CARRY_URL, "[url:value = '%s']", "url",
		url_canonicalise},
	{"email", KIND_EMAIL, ACTION_WATCH, false, CARRY_NONE,
		"[email-addr:value = '%s']", "email", email_canonicalise},
	{"md5", KIND_MD5, ACTION_WATCH, false, CARRY_NONE, "[file:hashes.MD5 = '%s']",
		"md5", md5_canonicalise},
	{"sha1", KIND_SHA1, ACTION_WATCH, false, CARRY_NONE,
		"[file:hashes.'SHA-1' = '%s']", "sha1", sha1_canonicalise},
	{"sha256", KIND_SHA256, ACTION_WATCH, false, CARRY_NONE,
		"[file:hashes.'SHA-256' = '%s']", "sha256", sha256_canonicalise},
};

const struct kind *kind_by_name(struct slice name)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (slice_is(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

static bool has(struct slice s, const char *text)
{
	return memmem(s.p, s.n, text, strlen(text)) != NULL;
}

static size_t count(struct slice s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

static bool only(struct slice s, const char *bytes)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || !strchr(bytes, s.p[i]))
			return false;
	return true;
}

const struct kind *kind_guess(struct slice in)
{
	if (has(in, "://"))
		return &kinds[KIND_URL];
	if (has(in, "@"))
		return &kinds[KIND_EMAIL];
	if (digest_is_hex(in) && in.n >= 32) {
		if (in.n == 32)
			return &kinds[KIND_MD5];
		if (in.n == 40)
			return &kinds[KIND_SHA1];
		return in.n == 64 ? &kinds[KIND_SHA256] : NULL;
	}
	if (count(in, ':') > 1 || (has(in, ".") && only(in, "0123456789./")))
		return &kinds[KIND_IP];
	/* "evil.example/a" and "192.0.2.1:80" could be meant in several ways */
	if (in.n == 0 || has(in, "/") || has(in, ":"))
		return NULL;
	return &kinds[KIND_DOMAIN];
}

/* Values longer than any kind's need no scratch copy to be refused. */
static enum err check_length(const char *kind, struct slice in, struct diag *d)
{
	if (in.n <= INPUT_LINE_MAX)
		return OK;
	return diag_value(d, ERR_LIMIT, kind, in, "longer than %d bytes", INPUT_LINE_MAX);
}

/* `plain` is `in` refanged, `in` itself when that changes nothing. */
static enum err refanged(struct slice in, struct buf *scratch, struct slice *ret_plain)
{
	*ret_plain = in;
	if (!refang_needed(in))
		return OK;
	refang(in, scratch);
	*ret_plain = buf_view(scratch);
	return buf_err(scratch);
}

enum err kind_recognise(
	struct slice in, const struct kind **ret_kind, struct buf *out, struct diag *d)
{
	CLEANUP_BUF struct buf scratch = {.max = INPUT_LINE_MAX};
	const struct kind *kind;
	struct slice plain;
	enum err e;

	e = check_length("value", in, d);
	if (e)
		return e;
	e = refanged(in, &scratch, &plain);
	if (e)
		return diag_value(d, e, "value", in, "out of memory");
	kind = kind_guess(plain);
	if (!kind)
		return diag_value(d, ERR_VALUE, "value", in,
			"looks like no address, domain, URL with its scheme, e-mail "
			"address, MD5, SHA-1 or SHA-256");
	e = kind->canonicalise(plain, out, d);
	if (e)
		return e;
	*ret_kind = kind;
	return OK;
}

enum err kind_accept(
	const struct kind *kind, struct slice in, struct buf *out, struct diag *d)
{
	CLEANUP_BUF struct buf scratch = {.max = INPUT_LINE_MAX};
	struct slice plain;
	enum err e;

	e = check_length(kind->name, in, d);
	if (e)
		return e;
	e = refanged(in, &scratch, &plain);
	if (e)
		return diag_value(d, e, kind->name, in, "out of memory");
	return kind->canonicalise(plain, out, d);
}

enum err kind_put(const char *kind, struct slice in, struct slice canonical,
	struct buf *out, struct diag *d)
{
	buf_slice(out, canonical);
	if (buf_err(out) == OK)
		return OK;
	return diag_value(
		d, buf_err(out), kind, in, "no room for it: %s", err_text(buf_err(out)));
}
