/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and prefixes, one text form each: a strict dotted quad, or RFC 5952 without
 * its mixed notation; a prefix length unless it is a single address. An IPv4-mapped
 * address is the IPv4 address.
 */
#ifndef VARSEL_IP_H
#define VARSEL_IP_H

#include "common/buf.h"
#include "common/diag.h"

#define IP_TEXT 44 /* the longest canonical form, "/127" included, and a NUL */

struct ip {
	int family; /* AF_INET or AF_INET6 */
	unsigned bits;
	unsigned char addr[16]; /* network order; 4 bytes used for AF_INET */
};

/* Reads any accepted spelling; the result is what the canonical form says. ERR_VALUE:
 * host bits set, a zone, a leading zero, a number out of range, not an address. */
enum err ip_parse(struct slice in, struct ip *ret, struct diag *d) CHECK_RESULT;
/* Writes the canonical form and a NUL; its length. */
size_t ip_format(const struct ip *ip, char out[IP_TEXT]);
/* ip_parse() and ip_format(): the canonicaliser of kind.h. */
enum err ip_canonicalise(struct slice in, struct buf *out, struct diag *d) CHECK_RESULT;

/* A dotted quad without leading zeros and nothing else. */
bool ip4_parse(struct slice in, unsigned char ret[4]);

/* The following take canonical values; of anything else they say false. */

/* 4 or 16 bytes in addr. */
bool ip_binary(
	struct slice value, int *ret_family, unsigned char addr[16], unsigned *ret_bits);
/* So wide that no approval may hold it (limits.h). */
bool ip_too_wide(struct slice value);
/* Whether `inner` lies in `outer`; equal counts. */
bool ip_contains(struct slice outer, struct slice inner);

#endif
