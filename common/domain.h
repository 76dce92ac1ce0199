/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Domain names, one text form each: lower-case ASCII, no trailing dot, at least two
 * labels. A name stands for itself and all its subdomains.
 */
#ifndef VARSEL_DOMAIN_H
#define VARSEL_DOMAIN_H

#include "common/buf.h"
#include "common/diag.h"

/* Reads any accepted spelling, Unicode included, and writes the canonical form without a
 * NUL; its length in *ret_n. `kind` is the word that a refusal begins with: a domain can
 * be part of another kind's value, and `whole` is then that value. ERR_VALUE, ERR_LIMIT
 * (LABEL_MAX, DOMAIN_MAX), ERR_NOMEM: then anything may be in `ret`. */
enum err domain_parse(const char *kind, struct slice whole, struct slice in,
	char ret[DOMAIN_MAX], size_t *ret_n, struct diag *d) CHECK_RESULT;
/* The canonicaliser of kind.h. */
enum err domain_canonicalise(
	struct slice in, struct buf *out, struct diag *d) CHECK_RESULT;

/* Whether canonical `inner` is `outer` or a subdomain of it. */
bool domain_contains(struct slice outer, struct slice inner);

/* Public suffix rules (libpsl's built-in list), for the hub only: clients' lists differ.
 * An ICANN suffix cannot be blocked; a private one (github.io) is flagged. Takes a
 * canonical domain; any thread. */
enum suffix { SUFFIX_NONE, SUFFIX_PRIVATE, SUFFIX_ICANN };
enum suffix domain_suffix(struct slice domain);

#endif
