/* SPDX-License-Identifier: BSD-2-Clause */
/* The kinds that are digests of a file: hex in lower case. */
#ifndef VARSEL_DIGEST_H
#define VARSEL_DIGEST_H

#include "common/buf.h"
#include "common/diag.h"

/* The canonicalisers of kind.h. */
enum err md5_canonicalise(struct slice in, struct buf *out, struct diag *d) CHECK_RESULT;
enum err sha1_canonicalise(struct slice in, struct buf *out, struct diag *d) CHECK_RESULT;
enum err sha256_canonicalise(
	struct slice in, struct buf *out, struct diag *d) CHECK_RESULT;

/* Hex digits only, at least one. */
bool digest_is_hex(struct slice s);

#endif
