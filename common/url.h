/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * URLs of http, https and ftp, one text form each: host canonical, no default port, no
 * fragment, no empty query, percent-encoding only where it must be, dot segments removed.
 */
#ifndef VARSEL_URL_H
#define VARSEL_URL_H

#include "common/buf.h"
#include "common/diag.h"

/* The canonicaliser of kind.h. */
enum err url_canonicalise(struct slice in, struct buf *out, struct diag *d) CHECK_RESULT;

/* The host of a canonical url: a domain, or an address without brackets. */
struct slice url_host(struct slice url);

#endif
