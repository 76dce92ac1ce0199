/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two small notes that a client signs to be let in: varsel/enrol/v1 registers a new
 * key with an enrolment link's secret, varsel/token/v1 asks for a JWT (docs/formats.md).
 */
#ifndef VARSEL_REQUEST_H
#define VARSEL_REQUEST_H

#include "common/fields.h"
#include "common/note.h"

#define NONCE_HEX 32 /* digits of a token request's nonce */
#define SCOPE_MAX 200

struct enrol_request {
	struct slice hub;
	struct slice org;
	int64_t issued;
	struct hash link_hash; /* SHA-256 of the secret's raw bytes */
	struct pubkey key;     /* named <hub>/org/<org>/<n> */
};

/* The text of the note. Slices borrow from it. Checks that the key is an Ed25519 one and
 * that its name fits hub and org. ERR_SYNTAX, ERR_VALUE, ERR_LIMIT with the line. */
enum err enrol_request_parse(
	struct slice text, struct enrol_request *ret, struct diag *d) CHECK_RESULT;
/* The whole note: parsed, and signed by the key that it brings. ERR_SIGNATURE. */
enum err enrol_request_open(
	struct slice note, struct enrol_request *ret, struct diag *d) CHECK_RESULT;
void enrol_request_put(struct buf *b, const struct enrol_request *r);

struct token_request {
	struct slice hub;
	struct slice aud;
	struct slice scope; /* words separated by one blank, none twice */
	int64_t issued;
	struct slice nonce; /* NONCE_HEX lower-case hex digits */
};

/* The text of the note; whose key signed is for the hub to find out. Slices borrow. */
enum err token_request_parse(
	struct slice text, struct token_request *ret, struct diag *d) CHECK_RESULT;
void token_request_put(struct buf *b, const struct token_request *r);
/* Whether `word` is one of the blank-separated words of `scope`. */
bool scope_has(struct slice scope, const char *word);

#endif
