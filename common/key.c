/* SPDX-License-Identifier: BSD-2-Clause */
#include "common/key.h"

#include <sodium.h>
#include <sys/mman.h>

#include "common/base64.h"
#include "common/hash.h"
#include "common/utf8.h"

#define PRIVATE "PRIVATE+KEY+"

/* What Unicode calls white space: the C2SP note splits its lines there. */
static bool is_space(uint32_t cp)
{
	return cp == ' ' || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
	       (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

static enum err check_name(struct slice name, struct diag *d)
{
	size_t n;
	uint32_t cp;

	if (name.n == 0)
		return diag_fail(d, ERR_SYNTAX, "key name: empty");
	if (name.n > KEY_NAME_MAX)
		return diag_fail(d, ERR_SYNTAX, "key name: %zu bytes, at most %d", name.n,
			KEY_NAME_MAX);
	for (struct slice s = name; s.n; s.p += n, s.n -= n) {
		n = utf8_next(s, &cp);
		if (n == 0)
			return diag_fail(d, ERR_SYNTAX, "key name: not UTF-8");
		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || is_space(cp) || cp == '+')
			return diag_fail(d, ERR_SYNTAX,
				"key name \"%.*s\": a space, a control character or a "
				"'+'",
				SLICE_ARG(name));
	}
	return OK;
}

/* SHA-256(name LF type pk)[:4] */
static void compute_id(struct pubkey *k)
{
	const char middle[] = {'\n', (char)k->type};
	struct hasher h;
	struct hash sum;

	hasher_init(&h);
	hasher_add(&h, slice_of(k->name));
	hasher_add(&h, slice_mem(middle, sizeof(middle)));
	hasher_add(&h, slice_mem((const char *)k->pk, sizeof(k->pk)));
	sum = hasher_end(&h);
	memcpy(k->id, sum.b, sizeof(k->id));
}

enum err pubkey_make(struct slice name, uint8_t type, const uint8_t pk[32],
	struct pubkey *ret, struct diag *d)
{
	struct pubkey k = {.type = type};
	enum err e = check_name(name, d);

	if (e)
		return e;
	if (type != KEY_ED25519 && type != KEY_COSIGNER)
		return diag_fail(d, ERR_SYNTAX, "key \"%.*s\": unknown type 0x%02x",
			SLICE_ARG(name), type);
	/* a point of small order would verify signatures that nobody made */
	if (!crypto_core_ed25519_is_valid_point(pk))
		return diag_fail(d, ERR_SYNTAX,
			"key \"%.*s\": not a point of prime order on the curve",
			SLICE_ARG(name));
	memcpy(k.name, name.p, name.n);
	memcpy(k.pk, pk, sizeof(k.pk));
	compute_id(&k);
	*ret = k;
	return OK;
}

/* Splits "name+hex(id)+base64(type || 32 bytes)", the tail of both key forms. */
static enum err split(struct slice text, struct slice *ret_name, uint8_t ret_id[4],
	uint8_t ret_raw[33], struct diag *d)
{
	struct slice rest = text, id;
	uint8_t back[4];
	char hex[9];
	size_t n;

	if (!slice_cut(&rest, '+', ret_name) || !slice_cut(&rest, '+', &id))
		return diag_fail(d, ERR_SYNTAX, "key: not of the form name+id+base64");
	if (id.n != 8 || sodium_hex2bin(back, sizeof(back), id.p, id.n, NULL, NULL, NULL))
		return diag_fail(d, ERR_SYNTAX, "key: the id is not 8 hex digits");
	(void)sodium_bin2hex(hex, sizeof(hex), back, sizeof(back));
	if (!slice_is(id, hex))
		return diag_fail(d, ERR_SYNTAX, "key: the id is not in lower case");
	if (!base64_parse(rest, ret_raw, 33, &n) || n != 33)
		return diag_fail(d, ERR_SYNTAX,
			"key: behind the id are not 33 bytes in canonical base64");
	memcpy(ret_id, back, sizeof(back));
	return OK;
}

static enum err check_id(const struct pubkey *k, const uint8_t id[4], struct diag *d)
{
	if (memcmp(k->id, id, sizeof(k->id)) == 0)
		return OK;
	return diag_fail(d, ERR_SYNTAX,
		"key \"%s\": the id %02x%02x%02x%02x is not that of name and key",
		k->name, id[0], id[1], id[2], id[3]);
}

enum err pubkey_parse(struct slice vkey, struct pubkey *ret, struct diag *d)
{
	struct slice name;
	struct pubkey k;
	uint8_t id[4], raw[33];
	enum err e;

	if (vkey.n > VKEY_MAX)
		return diag_fail(
			d, ERR_SYNTAX, "key: %zu bytes, at most %d", vkey.n, VKEY_MAX);
	if ((e = split(vkey, &name, id, raw, d)) != OK)
		return e;
	if ((e = pubkey_make(name, raw[0], raw + 1, &k, d)) != OK)
		return e;
	if ((e = check_id(&k, id, d)) != OK)
		return e;
	*ret = k;
	return OK;
}

static void put_tail(struct buf *b, const struct pubkey *k, const uint8_t raw[33])
{
	buf_puts(b, k->name);
	buf_putc(b, '+');
	buf_hex(b, k->id, sizeof(k->id));
	buf_putc(b, '+');
	buf_base64(b, raw, 33);
}

void pubkey_put(struct buf *b, const struct pubkey *k)
{
	uint8_t raw[33] = {k->type};

	memcpy(raw + 1, k->pk, sizeof(k->pk));
	put_tail(b, k, raw);
}

bool pubkey_same(const struct pubkey *a, const struct pubkey *b)
{
	return memcmp(a->pk, b->pk, sizeof(a->pk)) == 0;
}

/* The pair that grows from a seed. */
static enum err from_seed(struct slice name, uint8_t type, const uint8_t seed[32],
	struct seckey *ret, struct diag *d)
{
	struct seckey k = {.sk = sodium_malloc(crypto_sign_SECRETKEYBYTES)};
	uint8_t pk[32];
	enum err e;

	if (!k.sk)
		return diag_fail(d, ERR_NOMEM, "key: out of locked memory");
	(void)crypto_sign_seed_keypair(pk, k.sk, seed);
	if ((e = pubkey_make(name, type, pk, &k.pub, d)) != OK) {
		seckey_done(&k);
		return e;
	}
	*ret = k;
	return OK;
}

enum err seckey_generate(
	struct slice name, uint8_t type, struct seckey *ret, struct diag *d)
{
	uint8_t seed[crypto_sign_SEEDBYTES];
	enum err e;

	randombytes_buf(seed, sizeof(seed));
	e = from_seed(name, type, seed, ret, d);
	sodium_memzero(seed, sizeof(seed));
	return e;
}

enum err seckey_parse(struct slice text, struct seckey *ret, struct diag *d)
{
	struct slice name;
	struct seckey k = {0};
	uint8_t id[4], raw[33];
	enum err e;

	if (!slice_starts(text, PRIVATE))
		return diag_fail(d, ERR_SYNTAX, "not a secret key: no " PRIVATE);
	text.p += strlen(PRIVATE);
	text.n -= strlen(PRIVATE);
	e = split(text, &name, id, raw, d);
	if (!e)
		e = from_seed(name, raw[0], raw + 1, &k, d);
	if (!e)
		e = check_id(&k.pub, id, d);
	sodium_memzero(raw, sizeof(raw));
	if (e) {
		seckey_done(&k);
		return e;
	}
	*ret = k;
	return OK;
}

void seckey_put(struct buf *b, const struct seckey *k)
{
	uint8_t raw[33] = {k->pub.type};

	(void)crypto_sign_ed25519_sk_to_seed(raw + 1, k->sk);
	buf_puts(b, PRIVATE);
	put_tail(b, &k->pub, raw);
	sodium_memzero(raw, sizeof(raw));
}

bool seckey_memory_locks(void)
{
	void *page = sodium_malloc(1);
	/* The kernel is asked: a sanitizer answers mlock() itself, and locks nothing. */
	bool locks = page && mlock2(page, 1, 0) == 0;

	sodium_free(page);
	return locks;
}

void seckey_done(struct seckey *k)
{
	sodium_free(k->sk); /* wipes */
	*k = (struct seckey){0};
}
