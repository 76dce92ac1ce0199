/* SPDX-License-Identifier: BSD-2-Clause */
/* E-mail addresses: `local@domain`, the local part in lower case (mail systems that tell
 * case apart there have died out), the domain canonical. No quoted local parts. */
#ifndef VARSEL_EMAIL_H
#define VARSEL_EMAIL_H

#include "common/buf.h"
#include "common/diag.h"

/* The canonicaliser of kind.h. */
enum err email_canonicalise(
	struct slice in, struct buf *out, struct diag *d) CHECK_RESULT;

#endif
