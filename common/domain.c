/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/domain.h"

#include <idn2.h>
#include <libpsl.h>

#include "common/kind.h"
#include "common/utf8.h"

/* A label in UTF-8 longer than this cannot map to one of LABEL_MAX. */
#define LABEL_UTF8_MAX 1024

/* One name on its way to the canonical form. */
struct naming {
	const char *kind; /* these two for refusals */
	struct slice whole;
	char *out; /* DOMAIN_MAX bytes */
	size_t n;
	size_t labels;
	bool numeric; /* the last label: digits only */
	struct diag *d;
};

/* The byte in lower case when it may stand in a label, else 0. */
static char label_char(char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')
		return c;
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : 0;
}

static enum err bad_char(struct naming *m, struct slice at)
{
	uint32_t cp = 0;
	size_t n = utf8_next(at, &cp);

	if (n == 0)
		return diag_value(m->d, ERR_VALUE, m->kind, m->whole, "not UTF-8");
	if (cp <= 0x20 || cp == 0x7f)
		return diag_value(m->d, ERR_VALUE, m->kind, m->whole,
			"a blank or control character in a name");
	return diag_value(m->d, ERR_VALUE, m->kind, m->whole,
		"\"%.*s\" cannot stand in a name", (int)n, at.p);
}

/* Appends an ASCII label, its separator before it: where the grammar is, once. */
static enum err put_label(struct naming *m, struct slice label)
{
	bool numeric = true;

	if (label.n == 0)
		return diag_value(m->d, ERR_VALUE, m->kind, m->whole, "a label is empty");
	if (label.n > LABEL_MAX)
		return diag_value(m->d, ERR_LIMIT, m->kind, m->whole,
			"a label is longer than %d bytes", LABEL_MAX);
	if (m->n + (m->labels > 0) + label.n > DOMAIN_MAX)
		return diag_value(m->d, ERR_LIMIT, m->kind, m->whole,
			"the name is longer than %d bytes", DOMAIN_MAX);
	if (m->labels > 0)
		m->out[m->n++] = '.';
	for (size_t i = 0; i < label.n; i++) {
		char c = label_char(label.p[i]);

		if (!c)
			return bad_char(m, (struct slice){label.p + i, label.n - i});
		numeric &= c >= '0' && c <= '9';
		m->out[m->n++] = c;
	}
	m->labels++;
	m->numeric = numeric;
	return OK;
}

/* A label outside ASCII: UTS 46 non-transitional to its A-label. No STD3 rules: they
 * would drop '_'. What comes out can be plain ASCII, full-width digits for one, or hold
 * bytes that are no part of a name, so it goes through the grammar like any other. */
static enum err put_unicode_label(struct naming *m, struct slice label)
{
	char text[LABEL_UTF8_MAX + 1];
	uint8_t *ascii = NULL;
	enum err e;
	int rc;

	if (label.n > LABEL_UTF8_MAX)
		return diag_value(m->d, ERR_LIMIT, m->kind, m->whole,
			"a label is longer than %d bytes", LABEL_MAX);
	memcpy(text, label.p, label.n);
	text[label.n] = '\0';
	rc = idn2_lookup_u8(
		(const uint8_t *)text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (rc == IDN2_MALLOC)
		return diag_value(m->d, ERR_NOMEM, m->kind, m->whole, "out of memory");
	if (rc != IDN2_OK)
		return diag_value(m->d, ERR_VALUE, m->kind, m->whole,
			"no internationalised name: %s", idn2_strerror(rc));
	e = put_label(m, slice_of((const char *)ascii));
	idn2_free(ascii);
	return e;
}

/* Bytes of the dot that s begins with, in any of the forms that IDNA knows; else 0. */
static size_t dot_length(struct slice s)
{
	static const char *const forms[] = {".", "\u3002", "\uff0e", "\uff61"};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (slice_starts(s, forms[i]))
			return strlen(forms[i]);
	return 0;
}

/* Takes the next label and the dot behind it off *s. */
static struct slice cut_label(struct slice *s, bool *ret_ascii)
{
	struct slice label = *s;
	size_t n = 0, dot = 0;

	*ret_ascii = true;
	while (n < s->n) {
		/* only these bytes begin a dot: most are passed at a glance */
		if (s->p[n] == '.')
			dot = 1;
		else if ((unsigned char)s->p[n] >= 0x80)
			dot = dot_length((struct slice){s->p + n, s->n - n});
		if (dot)
			break;
		*ret_ascii &= (unsigned char)s->p[n] < 0x80;
		n++;
	}
	label.n = n;
	*s = (struct slice){s->p + n + dot, s->n - n - dot};
	return label;
}

enum err domain_parse(const char *kind, struct slice whole, struct slice in,
	char ret[DOMAIN_MAX], size_t *ret_n, struct diag *d)
{
	struct naming m = {.kind = kind, .whole = whole, .out = ret, .d = d};
	struct slice rest = in;
	enum err e;

	if (in.n == 0)
		return diag_value(d, ERR_VALUE, kind, whole, "no name");
	if (memchr(in.p, '\0', in.n))
		return diag_value(d, ERR_VALUE, kind, whole,
			"a blank or control character in a name");
	/* a dot at the end is taken off with its label and begins no other */
	do {
		bool ascii;
		struct slice label = cut_label(&rest, &ascii);

		e = ascii ? put_label(&m, label) : put_unicode_label(&m, label);
	} while (e == OK && rest.n > 0);
	if (e)
		return e;
	if (m.numeric)
		return diag_value(d, ERR_VALUE, kind, whole,
			"the last label is a number: neither a name nor an address");
	if (m.labels < 2)
		return diag_value(d, ERR_VALUE, kind, whole,
			"a public suffix cannot be blocked: a name needs two labels");
	*ret_n = m.n;
	return OK;
}

enum err domain_canonicalise(struct slice in, struct buf *out, struct diag *d)
{
	char name[DOMAIN_MAX];
	size_t n;
	enum err e;

	e = domain_parse("domain", in, in, name, &n, d);
	if (e)
		return e;
	return kind_put("domain", in, slice_mem(name, n), out, d);
}

bool domain_contains(struct slice outer, struct slice inner)
{
	size_t at = inner.n - outer.n;

	return inner.n >= outer.n && memcmp(inner.p + at, outer.p, outer.n) == 0 &&
	       (at == 0 || inner.p[at - 1] == '.');
}

enum suffix domain_suffix(struct slice domain)
{
	const psl_ctx_t *psl = psl_builtin();
	char name[DOMAIN_MAX + 1];

	if (domain.n > DOMAIN_MAX)
		return SUFFIX_NONE;
	memcpy(name, domain.p, domain.n);
	name[domain.n] = '\0';
	if (psl_is_public_suffix2(psl, name, PSL_TYPE_ICANN))
		return SUFFIX_ICANN;
	if (psl_is_public_suffix2(psl, name, PSL_TYPE_PRIVATE))
		return SUFFIX_PRIVATE;
	return SUFFIX_NONE;
}
