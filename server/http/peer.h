/* SPDX-License-Identifier: BSD-2-Clause */
/* The address that a request comes from: the connection's, or the one that the trusted
 * proxy names. */
#ifndef VARSEL_HTTP_PEER_H
#define VARSEL_HTTP_PEER_H

#include <sys/socket.h>

#include "common/ip.h"
#include "server/http/meter.h"

/* false: neither IPv4 nor IPv6. An IPv4-mapped address is the IPv4 address. */
bool peer_of(const struct sockaddr *sa, struct ip *ret);

/* The last hop of X-Forwarded-For, which the proxy itself has put there; what stands
 * before it is a claim of whoever came to the proxy. ERR_SYNTAX: not an address. */
enum err peer_forwarded(const char *header, struct ip *ret, struct diag *d) CHECK_RESULT;

bool peer_same(const struct ip *a, const struct ip *b);

/* Under what it is counted: an IPv4 address, the /64 of an IPv6 address, since one
 * customer has all of that. */
struct meter_key peer_key(const struct ip *ip);

#endif
