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
	/* Appends the canonical form of `in` to *out (b->max >= VALUE_MAX). The refusal
	 * names the value and the reason without a place: `domain "dk-": a label ends in
	 * a hyphen`. ERR_VALUE or ERR_LIMIT; then *out is as before. */
	enum err (*canonicalise)(struct slice in, struct buf *out, struct diag *d);
};

extern const struct kind kinds[KIND_COUNT]; /* in the order of enum kind_id */

/* NULL when there is no such kind. */
const struct kind *kind_by_name(struct slice name);

/* Guesses the kind of a value that came without one (plain lists): URL with a scheme,
 * then e-mail, hashes by length, address or prefix, domain. NULL when none fits. `in` is
 * refanged already. */
const struct kind *kind_guess(struct slice in);

/* Canonicalises a value of unknown kind, refanging first. ERR_VALUE names what it might
 * have been. */
enum err kind_recognise(struct slice in, const struct kind **ret_kind, struct buf *out,
	struct diag *d) CHECK_RESULT;

/* Undoes the ways of writing an indicator so that nobody clicks it: hxxp://, [.] (.) {.}
 * [dot] (dot), [:], [@] [at], [://], [/]; surrounding blanks, quotes and <>. Appends to
 * *out. Never fails; what is not defanged passes unchanged. */
void refang(struct slice in, struct buf *out);

/* Prefix or address so wide that no approval may hold it (limits.h). `value` is
 * canonical. */
bool ip_too_wide(struct slice value);
/* Whether `inner` lies in `outer`, both canonical ip values (equal counts). */
bool ip_contains(struct slice outer, struct slice inner);
/* Binary form of a canonical ip value: 4 or 16 bytes in addr, family AF_INET/AF_INET6. */
bool ip_binary(
	struct slice value, int *ret_family, unsigned char addr[16], unsigned *ret_bits);
/* Whether canonical `inner` is `outer` or a subdomain of it. */
bool domain_contains(struct slice outer, struct slice inner);
/* The host of a canonical url (a domain, or an address without brackets). */
struct slice url_host(struct slice url);

/* Public suffix rules (libpsl), for the hub only: clients' lists differ. An ICANN suffix
 * cannot be blocked; a private one (github.io) is flagged. Canonical domain in. */
enum suffix { SUFFIX_NONE, SUFFIX_PRIVATE, SUFFIX_ICANN };
enum suffix domain_suffix(struct slice domain);

#endif
