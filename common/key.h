/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ed25519 keys with names, as C2SP signed-note (c2sp.org/signed-note v1.0.0) writes them.
 * Public: "name+hex(keyid)+base64(type || pk)", keyid = SHA-256(name LF type pk)[:4].
 * Secret: "PRIVATE+KEY+name+hex(keyid)+base64(type || seed)", the form of Go's
 * x/mod/sumdb/note, alone in a file of mode 0600.
 *
 * Each program calls sodium_init() first thing in main(): secret keys live in libsodium's
 * locked memory, which stands only after that.
 */
#ifndef VARSEL_KEY_H
#define VARSEL_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/diag.h"

enum key_type {
	KEY_ED25519 = 0x01,  /* signs the text */
	KEY_COSIGNER = 0x04, /* signs the text and a time (c2sp.org/tlog-cosignature) */
};

struct pubkey {
	char name[KEY_NAME_MAX + 1];
	uint8_t id[4];
	uint8_t type; /* enum key_type */
	uint8_t pk[32];
};

struct seckey {
	struct pubkey pub;
	uint8_t *sk; /* 64 bytes of sodium_malloc; NULL when empty */
};

/* Checks the name (1..KEY_NAME_MAX bytes, printable UTF-8, no space, no '+') and that pk
 * is a point of prime order; computes the id. ERR_SYNTAX. */
enum err pubkey_make(struct slice name, uint8_t type, const uint8_t pk[32],
	struct pubkey *ret, struct diag *d) CHECK_RESULT;
/* A vkey, nothing around it. The id must match. ERR_SYNTAX. */
enum err pubkey_parse(struct slice vkey, struct pubkey *ret, struct diag *d) CHECK_RESULT;
void pubkey_put(struct buf *b, const struct pubkey *k);
/* The same public key bytes: how signers are counted. */
bool pubkey_same(const struct pubkey *a, const struct pubkey *b);

enum err seckey_generate(
	struct slice name, uint8_t type, struct seckey *ret, struct diag *d) CHECK_RESULT;
enum err seckey_parse(struct slice text, struct seckey *ret, struct diag *d) CHECK_RESULT;
void seckey_put(struct buf *b,
	const struct seckey *k); /* secret text, into a buf the caller wipes */
/* Reads a secret key's file: ERR_NOPERM when others than the owner may read it. */
enum err seckey_load(const char *path, struct seckey *ret, struct diag *d) CHECK_RESULT;
/* Writes it, mode 0600; never over an existing file (ERR_CONFLICT). */
enum err seckey_save(
	const char *path, const struct seckey *k, struct diag *d) CHECK_RESULT;

/* The same under a passphrase: Argon2id (crypto_pwhash, moderate limits) and secretbox,
 * in a text file "varsel/sealed-key/v1" that carries the vkey, salt, limits, nonce and
 * box. A wrong passphrase is ERR_NOPERM. Limits read from a file are capped (a hostile
 * file must not eat the memory). */
enum err seckey_load_sealed(const char *path, struct slice passphrase, struct seckey *ret,
	struct diag *d) CHECK_RESULT;
enum err seckey_save_sealed(const char *path, const struct seckey *k,
	struct slice passphrase, struct diag *d) CHECK_RESULT;
/* Whether the file is sealed, so that a program knows to ask. */
enum err seckey_is_sealed(const char *path, bool *ret, struct diag *d) CHECK_RESULT;

/* Whether the memory of secret keys is locked, so that none is written to swap: libsodium
 * does without where RLIMIT_MEMLOCK does not let it. */
bool seckey_memory_locks(void);

void seckey_done(struct seckey *k); /* wipes; safe twice, and on a zeroed struct */
#define CLEANUP_SECKEY __attribute__((cleanup(seckey_done)))

#endif
