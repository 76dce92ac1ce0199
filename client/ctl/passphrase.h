/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a passphrase comes from: the first line of a file, or the terminal with its echo
 * off. */
#ifndef VARSEL_CTL_PASSPHRASE_H
#define VARSEL_CTL_PASSPHRASE_H

#include "common/buf.h"
#include "common/diag.h"

#define PASSPHRASE_MAX 1024

/* Appends to *ret, which the caller has from passphrase_init() and ends with
 * passphrase_done(). `file` NULL: asks on the terminal ("Passphrase for <what>: "),
 * `twice` when a new one is chosen. ERR_NOPERM when others may read the file, ERR_USAGE
 * without a terminal, ERR_VALUE when empty or the two differ. */
enum err passphrase_get(const char *file, const char *what, bool twice, struct buf *ret,
	struct diag *d) CHECK_RESULT;

/* A buffer that never grows, so that no copy is left behind, and is wiped at the end. */
void passphrase_init(struct buf *b);
void passphrase_done(struct buf *b);
#define CLEANUP_PASSPHRASE __attribute__((cleanup(passphrase_done)))

#endif
