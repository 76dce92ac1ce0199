/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of indicator, one row each, and their canonical forms. The same canonicaliser
 * serves report, lookup, never-block list, import and client, so that two spellings of
 * one thing never become two rows.
 */
#ifndef VARSEL_KIND_H
#define VARSEL_KIND_H

#include "common/buf.h"
#include "common/diag.h"
#include "common/domain.h"
#include "common/ip.h"
#include "common/refang.h"
#include "common/url.h"

enum kind_id {
	KIND_IP,
	KIND_DOMAIN,
	KIND_URL,
	KIND_EMAIL,
	KIND_MD5,
	KIND_SHA1,
	KIND_SHA256,
	KIND_COUNT
};

/* What an output can carry; a row of the outputs' table names the bits it takes. */
enum carry { CARRY_NONE = 0, CARRY_IP = 1, CARRY_DOMAIN = 2, CARRY_URL = 4 };

enum action { ACTION_BLOCK, ACTION_WATCH };

struct kind {
	const char *name;
	enum kind_id id;
	enum action action; /* the default */
	bool blockable;     /* an explicit "block" is allowed */
	enum carry carry;
	const char *stix; /* STIX 2.1 pattern with %s for the value */
	const char *misp; /* MISP attribute type */
	/* Appends the canonical form of `in`, which is refanged already, to *out
	 * (out->max >= VALUE_MAX). It never holds a byte below 0x21 or above 0x7e, and it
	 * is its own canonical form. The refusal names kind, value and reason, but no
	 * place: `ip "1.2.3": not four numbers of ...`. ERR_VALUE, ERR_LIMIT, ERR_NOMEM;
	 * then nothing was appended. */
	enum err (*canonicalise)(struct slice in, struct buf *out, struct diag *d);
};

extern const struct kind kinds[KIND_COUNT]; /* in the order of enum kind_id */

/* NULL when there is no such kind. */
const struct kind *kind_by_name(struct slice name);

/* Guesses by its looks what a value that came without a kind is meant to be (plain
 * lists): URL with a scheme, e-mail, digest by its length, address or prefix, domain.
 * NULL when it looks like none. Only the kind's canonicaliser knows whether it is one.
 * `in` is refanged already. */
const struct kind *kind_guess(struct slice in);

/* Refangs and canonicalises a value of unknown kind. ERR_VALUE names what it was taken
 * for. */
enum err kind_recognise(struct slice in, const struct kind **ret_kind, struct buf *out,
	struct diag *d) CHECK_RESULT;
/* The same with the kind known: what a report's or an importer's value goes through. */
enum err kind_accept(const struct kind *kind, struct slice in, struct buf *out,
	struct diag *d) CHECK_RESULT;

/* For the canonicalisers: appends their result, or says why there is no room. */
enum err kind_put(const char *kind, struct slice in, struct slice canonical,
	struct buf *out, struct diag *d) CHECK_RESULT;

#endif
