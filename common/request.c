/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/request.h"

#define ENROL_MAGIC "varsel/enrol/v1"
#define TOKEN_MAGIC "varsel/token/v1"

static void begin(struct fields *f, struct slice text, const char *magic, struct diag *d)
{
	fields_begin(f, text, magic, d);
	if (text.n > REQUEST_NOTE_MAX && !fields_err(f))
		f->err = diag_fail(d, ERR_LIMIT, "request: %zu bytes, at most %u", text.n,
			REQUEST_NOTE_MAX);
}

/* Whether the key is named <hub>/org/<org>/<n>. */
static bool name_fits(const struct enrol_request *r)
{
	struct slice rest = slice_of(r->key.name), word;
	int64_t n;

	if (rest.n < r->hub.n || memcmp(rest.p, r->hub.p, r->hub.n) != 0)
		return false;
	rest = (struct slice){rest.p + r->hub.n, rest.n - r->hub.n};
	if (!slice_starts(rest, "/org/"))
		return false;
	rest = (struct slice){rest.p + 5, rest.n - 5};
	return slice_cut(&rest, '/', &word) && slice_same(word, r->org) &&
	       number_parse(rest, &n, NULL) == OK;
}

static void parse_key(struct fields *f, struct enrol_request *r)
{
	struct slice vkey;
	enum err e;

	fields_text(f, "vkey", VKEY_MAX, &vkey);
	if (fields_err(f))
		return;
	e = pubkey_parse(vkey, &r->key, f->d);
	if (e)
		f->err = diag_at(f->d, e, "line %zu: field \"vkey\": ", f->line - 1);
	else if (r->key.type != KEY_ED25519)
		fields_fail(f, ERR_VALUE, "field \"vkey\": not an Ed25519 signing key");
	else if (!name_fits(r))
		fields_fail(f, ERR_VALUE,
			"field \"vkey\": the key is not named \"%.*s/org/%.*s/<number>\"",
			SLICE_ARG(r->hub), SLICE_ARG(r->org));
}

enum err enrol_request_parse(struct slice text, struct enrol_request *ret, struct diag *d)
{
	struct enrol_request r = {0};
	struct fields f;

	begin(&f, text, ENROL_MAGIC, d);
	fields_text(&f, "hub", HUB_NAME_MAX, &r.hub);
	fields_text(&f, "org", ORG_CODE_MAX, &r.org);
	fields_time(&f, "issued", &r.issued);
	fields_hash(&f, "link-hash", &r.link_hash);
	parse_key(&f, &r);
	if (fields_end(&f))
		return fields_err(&f);
	*ret = r;
	return OK;
}

enum err enrol_request_open(struct slice note, struct enrol_request *ret, struct diag *d)
{
	struct enrol_request r;
	struct note n;
	size_t signers;
	enum err e = note_parse(note, &n, d);

	if (!e)
		e = enrol_request_parse(n.text, &r, d);
	if (!e)
		e = note_verify(&n, &r.key, 1, &signers, NULL, NULL, d);
	if (!e && signers == 0)
		e = diag_fail(d, ERR_SIGNATURE, "not signed by the key that it brings");
	if (!e)
		*ret = r;
	return e;
}

void enrol_request_put(struct buf *b, const struct enrol_request *r)
{
	buf_printf(b, ENROL_MAGIC "\nhub %.*s\norg %.*s\nissued ", SLICE_ARG(r->hub),
		SLICE_ARG(r->org));
	clock_put(b, r->issued);
	buf_puts(b, "\nlink-hash ");
	buf_hex(b, r->link_hash.b, sizeof(r->link_hash.b));
	buf_puts(b, "\nvkey ");
	pubkey_put(b, &r->key);
	buf_putc(b, '\n');
}

/* Words of letters, digits and hyphens, one blank between them, none twice. */
static bool scope_is_clean(struct slice scope)
{
	struct slice rest = scope, word;
	bool more = true;

	while (more) {
		const char *at = rest.p;

		more = slice_cut(&rest, ' ', &word);
		if (word.n == 0)
			return false;
		for (size_t i = 0; i < word.n; i++)
			if (!((word.p[i] >= 'a' && word.p[i] <= 'z') || word.p[i] == '-'))
				return false;
		for (struct slice before = {scope.p, (size_t)(at - scope.p)}, other;
			before.n;)
			if (slice_cut(&before, ' ', &other) && slice_same(other, word))
				return false;
	}
	return true;
}

bool scope_has(struct slice scope, const char *word)
{
	struct slice one;

	while (scope.n) {
		(void)slice_cut(&scope, ' ', &one);
		if (slice_is(one, word))
			return true;
	}
	return false;
}

static bool nonce_is_clean(struct slice s)
{
	if (s.n != NONCE_HEX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdef", s.p[i]))
			return false;
	return true;
}

enum err token_request_parse(struct slice text, struct token_request *ret, struct diag *d)
{
	struct token_request r = {0};
	struct fields f;

	begin(&f, text, TOKEN_MAGIC, d);
	fields_text(&f, "hub", HUB_NAME_MAX, &r.hub);
	fields_text(&f, "aud", HUB_NAME_MAX, &r.aud);
	fields_text(&f, "scope", SCOPE_MAX, &r.scope);
	if (!fields_err(&f) && !scope_is_clean(r.scope))
		fields_fail(&f, ERR_SYNTAX,
			"field \"scope\": not lower-case words, each once, a blank "
			"between");
	fields_time(&f, "issued", &r.issued);
	fields_text(&f, "nonce", INPUT_LINE_MAX, &r.nonce);
	if (!fields_err(&f) && !nonce_is_clean(r.nonce))
		fields_fail(&f, ERR_SYNTAX,
			"field \"nonce\": not %d lower-case hex digits", NONCE_HEX);
	if (fields_end(&f))
		return fields_err(&f);
	*ret = r;
	return OK;
}

void token_request_put(struct buf *b, const struct token_request *r)
{
	buf_printf(b, TOKEN_MAGIC "\nhub %.*s\naud %.*s\nscope %.*s\nissued ",
		SLICE_ARG(r->hub), SLICE_ARG(r->aud), SLICE_ARG(r->scope));
	clock_put(b, r->issued);
	buf_printf(b, "\nnonce %.*s\n", SLICE_ARG(r->nonce));
}
