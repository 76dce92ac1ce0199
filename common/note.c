/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/note.h"

#include <inttypes.h>
#include <sodium.h>

#include "common/base64.h"
#include "common/utf8.h"

#define DASH      "\xe2\x80\x94 " /* U+2014, space */
#define SIG_TIMED (8 + crypto_sign_BYTES)

/* The number of the line that holds the byte at `at`. */
static size_t line_at(struct slice bytes, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += bytes.p[i] == '\n';
	return line;
}

static enum err check_bytes(struct slice bytes, struct diag *d)
{
	size_t bad = utf8_check(bytes);

	if (bad < bytes.n)
		return diag_fail(d, ERR_SYNTAX, "line %zu: not UTF-8 (byte 0x%02x)",
			line_at(bytes, bad), (unsigned char)bytes.p[bad]);
	for (size_t i = 0; i < bytes.n; i++)
		if ((unsigned char)bytes.p[i] < 0x20 && bytes.p[i] != '\n')
			return diag_fail(d, ERR_SYNTAX,
				bytes.p[i] == '\r'
					? "line %zu: a carriage return; lines end in LF "
					  "alone (byte 0x%02x)"
					: "line %zu: a control character (byte 0x%02x)",
				line_at(bytes, i), (unsigned char)bytes.p[i]);
	return OK;
}

/* One signature line without its LF: dash, name, base64. */
static enum err parse_sig(struct slice line, struct note_sig *ret, struct diag *d)
{
	uint8_t raw[SIG_LINES_MAX];
	struct slice rest = line;
	struct note_sig s = {0};
	size_t n;

	if (!slice_starts(line, DASH))
		return diag_fail(
			d, ERR_SYNTAX, "not a signature: no em dash and space in front");
	rest.p += strlen(DASH);
	rest.n -= strlen(DASH);
	if (!slice_cut(&rest, ' ', &s.name) || s.name.n == 0 ||
		memchr(s.name.p, '+', s.name.n))
		return diag_fail(d, ERR_SYNTAX, "not a signature: no key name");
	if (!base64_parse(rest, raw, sizeof(raw), &n))
		return diag_fail(d, ERR_SYNTAX, "signature: not canonical base64");
	if (n <= sizeof(s.id))
		return diag_fail(d, ERR_SYNTAX, "signature: only %zu bytes", n);
	memcpy(s.id, raw, sizeof(s.id));
	n -= sizeof(s.id);
	if (n == crypto_sign_BYTES || n == SIG_TIMED) {
		memcpy(s.sig, raw + sizeof(s.id), n);
		s.len = (uint8_t)n;
	}
	*ret = s;
	return OK;
}

static enum err parse_sigs(struct slice sigs, size_t line, struct note *n, struct diag *d)
{
	struct slice one;
	enum err e;

	if (sigs.n > SIG_LINES_MAX)
		return diag_fail(d, ERR_SYNTAX,
			"line %zu: %zu bytes of signatures, at most %d", line, sigs.n,
			SIG_LINES_MAX);
	for (; sigs.n; line++) {
		const char *start = sigs.p;

		if (!slice_cut(&sigs, '\n', &one))
			return diag_fail(d, ERR_SYNTAX,
				"line %zu: the note does not end in LF", line);
		if (n->nsigs == NOTE_SIGS_MAX)
			return diag_fail(d, ERR_SYNTAX,
				"line %zu: more than %d signatures", line, NOTE_SIGS_MAX);
		if ((e = parse_sig(one, &n->sigs[n->nsigs], d)) != OK)
			return diag_at(d, e, "line %zu: ", line);
		n->sigs[n->nsigs++].line = (struct slice){start, one.n + 1};
	}
	return n->nsigs ? OK : diag_fail(d, ERR_SYNTAX, "line %zu: no signature", line);
}

/* Offset of the last blank line's own LF; 0 when there is none. */
static size_t last_blank(struct slice s)
{
	for (size_t i = s.n; i > 1; i--)
		if (s.p[i - 1] == '\n' && s.p[i - 2] == '\n')
			return i - 1;
	return 0;
}

enum err note_parse(struct slice bytes, struct note *ret, struct diag *d)
{
	struct slice sigs;
	size_t blank;
	enum err e = check_bytes(bytes, d);

	if (e)
		return e;
	blank = last_blank(bytes);
	if (blank == 0)
		return diag_fail(d, ERR_SYNTAX,
			"not a signed note: no blank line before the signatures");
	ret->text = (struct slice){bytes.p, blank};
	ret->nsigs = 0;
	sigs = (struct slice){bytes.p + blank + 1, bytes.n - blank - 1};
	return parse_sigs(sigs, line_at(bytes, blank + 1), ret, d);
}

/* What a cosigner signs: the time, then the text. */
static enum err put_cosigned(
	struct buf *b, struct slice text, int64_t time, struct diag *d)
{
	buf_printf(b, "cosignature/v1\ntime %" PRId64 "\n", time);
	buf_slice(b, text);
	return buf_err(b) ? diag_fail(d, buf_err(b), "note: out of memory") : OK;
}

static int64_t read_time(const uint8_t sig[8])
{
	uint64_t t = 0;

	for (int i = 0; i < 8; i++)
		t = t << 8 | sig[i];
	return t > INT64_MAX ? -1 : (int64_t)t;
}

/* *ret_ok: whether `s` is k's signature of the text; *ret_time: of a cosigner, else 0. */
static enum err verify_one(struct slice text, const struct note_sig *s,
	const struct pubkey *k, bool *ret_ok, int64_t *ret_time, struct diag *d)
{
	CLEANUP_BUF struct buf b;
	const uint8_t *sig = s->sig;
	int64_t time = 0;
	enum err e;

	buf_init(&b, text.n + 64);
	*ret_ok = false;
	*ret_time = 0;
	if (s->len != (k->type == KEY_COSIGNER ? SIG_TIMED : crypto_sign_BYTES))
		return OK;
	if (k->type == KEY_COSIGNER) {
		sig += 8;
		time = read_time(s->sig);
		if (time < 0)
			return OK;
		if ((e = put_cosigned(&b, text, time, d)) != OK)
			return e;
		text = buf_view(&b);
	}
	*ret_ok = crypto_sign_verify_detached(
			  sig, (const uint8_t *)text.p, text.n, k->pk) == 0;
	*ret_time = time;
	return OK;
}

static bool is_by(const struct note_sig *s, const struct pubkey *k)
{
	return memcmp(s->id, k->id, sizeof(s->id)) == 0 && slice_is(s->name, k->name);
}

/* The distinct public keys that signed so far. */
struct signers {
	const struct pubkey *key[NOTE_SIGS_MAX];
	size_t n;
};

static void count_signer(struct signers *who, const struct pubkey *k)
{
	for (size_t i = 0; i < who->n; i++)
		if (pubkey_same(who->key[i], k))
			return;
	who->key[who->n++] = k;
}

enum err note_verify(const struct note *n, const struct pubkey *known, size_t nknown,
	size_t *ret_signers, bool *ret_who, int64_t *ret_time, struct diag *d)
{
	struct signers who = {.n = 0};
	int64_t newest = 0, time;
	enum err e;

	for (size_t k = 0; ret_who && k < nknown; k++)
		ret_who[k] = false;
	for (size_t i = 0; i < n->nsigs; i++) {
		const struct pubkey *signer = NULL;
		bool claimed = false, ok;

		/* an id has 32 bits only: two known keys may share name and id */
		for (size_t k = 0; k < nknown; k++) {
			if (!is_by(&n->sigs[i], &known[k]))
				continue;
			claimed = true;
			e = verify_one(n->text, &n->sigs[i], &known[k], &ok, &time, d);
			if (e)
				return e;
			if (!ok)
				continue;
			signer = &known[k];
			if (ret_who)
				ret_who[k] = true;
			if (time > newest)
				newest = time;
		}
		if (claimed && !signer)
			return diag_fail(d, ERR_SIGNATURE,
				"signature %zu, by \"%.*s\", does not hold for this text",
				i + 1, SLICE_ARG(n->sigs[i].name));
		if (signer)
			count_signer(&who, signer);
	}
	*ret_signers = who.n;
	if (ret_time)
		*ret_time = newest;
	return OK;
}

void note_begin(struct buf *b, struct slice text)
{
	buf_slice(b, text);
	buf_putc(b, '\n');
}

enum err note_sign(struct buf *b, struct slice text, const struct seckey *k, int64_t time,
	struct diag *d)
{
	uint8_t raw[4 + SIG_TIMED];
	size_t n = sizeof(k->pub.id);
	CLEANUP_BUF struct buf timed;
	enum err e;

	buf_init(&timed, text.n + 64);
	if (text.n == 0 || text.p[text.n - 1] != '\n')
		return diag_fail(d, ERR_SYNTAX, "note: the text does not end in LF");
	if ((e = check_bytes(text, d)) != OK)
		return e;
	memcpy(raw, k->pub.id, n);
	if (k->pub.type == KEY_COSIGNER) {
		if (time < 0)
			return diag_fail(d, ERR_VALUE, "note: a time before 1970");
		for (int shift = 56; shift >= 0; shift -= 8)
			raw[n++] = (uint8_t)((uint64_t)time >> shift);
		if ((e = put_cosigned(&timed, text, time, d)) != OK)
			return e;
		text = buf_view(&timed);
	}
	(void)crypto_sign_detached(raw + n, NULL, (const uint8_t *)text.p, text.n, k->sk);
	buf_printf(b, DASH "%s ", k->pub.name);
	buf_base64(b, raw, n + crypto_sign_BYTES);
	buf_putc(b, '\n');
	return buf_err(b) ? diag_fail(d, buf_err(b), "note: over %zu bytes", b->max) : OK;
}

void note_put_known(
	struct buf *b, const struct note *n, const struct pubkey *known, size_t nknown)
{
	note_begin(b, n->text);
	for (size_t i = 0; i < n->nsigs; i++) {
		bool keep = false;

		for (size_t k = 0; k < nknown && !keep; k++)
			keep = is_by(&n->sigs[i], &known[k]);
		if (keep)
			buf_slice(b, n->sigs[i].line);
	}
}
