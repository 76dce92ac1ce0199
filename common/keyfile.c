/* SPDX-License-Identifier: BSD-2-Clause */
/* Secret keys in files: plain ones that only their owner can read, and sealed ones. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base64.h"
#include "common/fields.h"
#include "common/file.h"
#include "common/key.h"

#define MAGIC      "varsel/sealed-key/v1"
#define SECRET_MAX (VKEY_MAX + 16) /* the text of a secret key */
#define BOX_MAX    (SECRET_MAX + crypto_secretbox_MACBYTES)
#define SEALED_MAX 4096
/* What a file may ask of us: four times what we write. */
#define OPS_MAX (4 * crypto_pwhash_OPSLIMIT_MODERATE)
#define MEM_MAX (4 * (int64_t)crypto_pwhash_MEMLIMIT_MODERATE)

/* A buf for a secret: it has its whole size at once, so that growing leaves no copy
 * behind, and it is wiped. */
static void secret_init(struct buf *b)
{
	buf_init(b, SECRET_MAX);
	for (int i = 0; i < SECRET_MAX; i++)
		buf_putc(b, ' ');
	buf_reset(b);
}

static void secret_done(struct buf *b)
{
	if (b->data)
		sodium_memzero(b->data, b->cap);
	buf_done(b);
}
#define CLEANUP_SECRET __attribute__((cleanup(secret_done)))

/* Not file_read(): its chunk would keep a copy on the stack. */
static enum err read_secret(int fd, const char *path, struct buf *b, struct diag *d)
{
	ssize_t n;

	while (b->len < SECRET_MAX) {
		n = read(fd, b->data + b->len, SECRET_MAX - b->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return diag_fail(d, ERR_IO, "%s: %s", path, strerror(errno));
		if (n == 0)
			return OK;
		b->len += (size_t)n;
	}
	return diag_fail(d, ERR_SYNTAX, "%s: not a secret key: too long", path);
}

enum err seckey_load(const char *path, struct seckey *ret, struct diag *d)
{
	CLEANUP_SECRET struct buf b;
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct slice text, line;
	struct stat st;
	enum err e;

	secret_init(&b);
	if (buf_err(&b))
		return diag_fail(d, ERR_NOMEM, "%s: out of memory", path);
	if (fd < 0 || fstat(fd, &st) != 0)
		return diag_fail(d,
			errno == ENOENT   ? ERR_NOT_FOUND
			: errno == EACCES ? ERR_NOPERM
					  : ERR_IO,
			"%s: %s", path, strerror(errno));
	if (st.st_mode & 077)
		return diag_fail(d, ERR_NOPERM,
			"%s: mode %04o lets others read the key; chmod 600 it", path,
			(unsigned)st.st_mode & 07777);
	if ((e = read_secret(fd, path, &b, d)) != OK)
		return e;
	text = buf_view(&b);
	if (!slice_cut(&text, '\n', &line) || text.n)
		return diag_fail(d, ERR_SYNTAX,
			"%s: not a secret key: more or less than one line", path);
	e = seckey_parse(line, ret, d);
	return e ? diag_at(d, e, "%s: ", path) : OK;
}

enum err seckey_save(const char *path, const struct seckey *k, struct diag *d)
{
	CLEANUP_SECRET struct buf b;

	secret_init(&b);
	seckey_put(&b, k);
	buf_putc(&b, '\n');
	if (buf_err(&b))
		return diag_fail(d, buf_err(&b), "%s: out of memory", path);
	return file_create(path, buf_view(&b), 0600, d);
}

/* The lines of a sealed key's file, decoded. */
struct sealed {
	struct pubkey pub;
	uint8_t salt[crypto_pwhash_SALTBYTES];
	int64_t ops, mem;
	uint8_t nonce[crypto_secretbox_NONCEBYTES];
	uint8_t box[BOX_MAX];
	size_t nbox;
};

static void take_hex(struct fields *f, const char *name, uint8_t *out, size_t size)
{
	struct slice text;
	size_t n;

	fields_text(f, name, 2 * size, &text);
	if (!fields_err(f) &&
		(sodium_hex2bin(out, size, text.p, text.n, NULL, &n, NULL) != 0 ||
			n != size))
		fields_fail(f, ERR_SYNTAX, "%s: not %zu hex digits", name, 2 * size);
}

static void take_limit(
	struct fields *f, const char *name, int64_t min, int64_t max, int64_t *ret)
{
	fields_number(f, name, ret);
	if (!fields_err(f) && (*ret < min || *ret > max))
		fields_fail(f, ERR_LIMIT, "%s: %lld is not between %lld and %lld", name,
			(long long)*ret, (long long)min, (long long)max);
}

static enum err parse_sealed(struct slice text, struct sealed *ret, struct diag *d)
{
	struct fields f;
	struct slice vkey, box;
	enum err e;

	fields_begin(&f, text, MAGIC, d);
	fields_text(&f, "vkey", VKEY_MAX, &vkey);
	if (!fields_err(&f) && (e = pubkey_parse(vkey, &ret->pub, d)) != OK)
		return e;
	take_hex(&f, "salt", ret->salt, sizeof(ret->salt));
	take_limit(&f, "ops", crypto_pwhash_OPSLIMIT_MIN, OPS_MAX, &ret->ops);
	take_limit(&f, "memory", crypto_pwhash_MEMLIMIT_MIN, MEM_MAX, &ret->mem);
	take_hex(&f, "nonce", ret->nonce, sizeof(ret->nonce));
	fields_text(&f, "box", SEALED_MAX, &box);
	if (!fields_err(&f) &&
		(!base64_parse(box, ret->box, sizeof(ret->box), &ret->nbox) ||
			ret->nbox <= crypto_secretbox_MACBYTES))
		fields_fail(&f, ERR_SYNTAX, "box: not base64 of a sealed key");
	return fields_end(&f);
}

/* The key that the passphrase and the file's limits make; sodium_free() it. */
static enum err derive(
	const struct sealed *s, struct slice passphrase, uint8_t **ret, struct diag *d)
{
	uint8_t *key = sodium_malloc(crypto_secretbox_KEYBYTES);

	if (!key || crypto_pwhash(key, crypto_secretbox_KEYBYTES, passphrase.p,
			    passphrase.n, s->salt, (unsigned long long)s->ops,
			    (size_t)s->mem, crypto_pwhash_ALG_ARGON2ID13) != 0) {
		sodium_free(key);
		return diag_fail(d, ERR_NOMEM, "no %lld MiB of memory for the passphrase",
			(long long)s->mem >> 20);
	}
	*ret = key;
	return OK;
}

static enum err open_box(const struct sealed *s, struct slice passphrase,
	struct seckey *ret, struct diag *d)
{
	uint8_t *key, secret[SECRET_MAX];
	size_t n = s->nbox - crypto_secretbox_MACBYTES;
	struct seckey k = {0};
	enum err e = derive(s, passphrase, &key, d);
	int bad;

	if (e)
		return e;
	bad = crypto_secretbox_open_easy(secret, s->box, s->nbox, s->nonce, key);
	sodium_free(key);
	if (bad)
		return diag_fail(d, ERR_NOPERM, "wrong passphrase");
	e = seckey_parse(slice_mem(secret, n), &k, d);
	sodium_memzero(secret, sizeof(secret));
	if (e)
		return e;
	/* the vkey in the clear is what people look at: it must be the key they get */
	if (strcmp(k.pub.name, s->pub.name) != 0 || k.pub.type != s->pub.type ||
		!pubkey_same(&k.pub, &s->pub)) {
		seckey_done(&k);
		return diag_fail(d, ERR_SYNTAX, "the sealed key is not that of the vkey");
	}
	*ret = k;
	return OK;
}

enum err seckey_load_sealed(
	const char *path, struct slice passphrase, struct seckey *ret, struct diag *d)
{
	CLEANUP_BUF struct buf b;
	struct sealed s = {0};
	enum err e;

	buf_init(&b, SEALED_MAX);
	if ((e = file_read(path, &b, d)) != OK)
		return e;
	if ((e = parse_sealed(buf_view(&b), &s, d)) != OK)
		return diag_at(d, e, "%s: ", path);
	e = open_box(&s, passphrase, ret, d);
	return e ? diag_at(d, e, "%s: ", path) : OK;
}

static void put_sealed(struct buf *b, const struct sealed *s)
{
	buf_puts(b, MAGIC "\nvkey ");
	pubkey_put(b, &s->pub);
	buf_puts(b, "\nsalt ");
	buf_hex(b, s->salt, sizeof(s->salt));
	buf_printf(b, "\nops %lld\nmemory %lld\nnonce ", (long long)s->ops,
		(long long)s->mem);
	buf_hex(b, s->nonce, sizeof(s->nonce));
	buf_puts(b, "\nbox ");
	buf_base64(b, s->box, s->nbox);
	buf_putc(b, '\n');
}

enum err seckey_save_sealed(
	const char *path, const struct seckey *k, struct slice passphrase, struct diag *d)
{
	struct sealed s = {.pub = k->pub,
		.ops = crypto_pwhash_OPSLIMIT_MODERATE,
		.mem = crypto_pwhash_MEMLIMIT_MODERATE};
	CLEANUP_SECRET struct buf secret;
	CLEANUP_BUF struct buf b;
	uint8_t *key;
	enum err e;

	buf_init(&b, SEALED_MAX);
	secret_init(&secret);
	randombytes_buf(s.salt, sizeof(s.salt));
	randombytes_buf(s.nonce, sizeof(s.nonce));
	seckey_put(&secret, k);
	if (buf_err(&secret))
		return diag_fail(d, buf_err(&secret), "%s: out of memory", path);
	if ((e = derive(&s, passphrase, &key, d)) != OK)
		return diag_at(d, e, "%s: ", path);
	(void)crypto_secretbox_easy(
		s.box, (const uint8_t *)secret.data, secret.len, s.nonce, key);
	sodium_free(key);
	s.nbox = secret.len + crypto_secretbox_MACBYTES;
	put_sealed(&b, &s);
	if (buf_err(&b))
		return diag_fail(d, buf_err(&b), "%s: out of memory", path);
	return file_create(path, buf_view(&b), 0600, d);
}

enum err seckey_is_sealed(const char *path, bool *ret, struct diag *d)
{
	CLEANUP_BUF struct buf b;
	enum err e;

	buf_init(&b, SEALED_MAX);
	if ((e = file_read(path, &b, d)) != OK)
		return e;
	*ret = slice_starts(buf_view(&b), MAGIC "\n");
	if (b.data)
		sodium_memzero(b.data, b.cap); /* it may be a plain one */
	return OK;
}
