/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signed notes, c2sp.org/signed-note v1.0.0: a text, a blank line, signature lines
 * "(U+2014) SP name SP base64(keyid4 || signature)". Everything Varsel signs is one.
 */
#ifndef VARSEL_NOTE_H
#define VARSEL_NOTE_H

#include <stdint.h>

#include "common/key.h"

struct note_sig {
	struct slice name;
	struct slice line; /* the whole line with its LF, for copying */
	uint8_t id[4];
	uint8_t sig[72]; /* type 0x01: 64 bytes. 0x04: 8 of time, then 64 */
	uint8_t len;
};

/* Borrows from the bytes that were parsed. */
struct note {
	struct slice
		text; /* the signed bytes, through the last LF before the blank line */
	struct note_sig sigs[NOTE_SIGS_MAX];
	size_t nsigs;
};

/* Splits and checks the envelope: UTF-8, no byte below 0x20 but LF, canonical base64, 1
 * to NOTE_SIGS_MAX signatures. A signature longer or shorter than we know is kept with
 * len 0 (an unknown type). ERR_SYNTAX with line and reason. Verifies nothing. */
enum err note_parse(struct slice bytes, struct note *ret, struct diag *d) CHECK_RESULT;

/* Verifies against known keys: unknown signers are ignored, a bad signature by a known
 * one (same name and id) is ERR_SIGNATURE. *ret_signers: how many *distinct public keys*
 * signed; 0 is no error here. `ret_who`, when not NULL, has room for nknown flags: which
 * keys did. `ret_time`, when not NULL, gets the newest time that a verified KEY_COSIGNER
 * signed, or 0. */
enum err note_verify(const struct note *n, const struct pubkey *known, size_t nknown,
	size_t *ret_signers, bool *ret_who, int64_t *ret_time,
	struct diag *d) CHECK_RESULT;

/* Appends one signature line to *b; for the first one after a text, append the text and
 * an LF before (note_begin does). A KEY_COSIGNER key signs `time` with it, others ignore
 * it. */
void note_begin(struct buf *b, struct slice text);
enum err note_sign(struct buf *b, struct slice text, const struct seckey *k, int64_t time,
	struct diag *d) CHECK_RESULT;

/* Appends the note as it is logged: text, blank line, and only the signatures whose keys
 * are known, in their order. */
void note_put_known(
	struct buf *b, const struct note *n, const struct pubkey *known, size_t nknown);

#endif
