/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must never be blocked on this machine: the local file, and what it needs to stay
 * reachable and to take a wrong approval back: the hub, the resolvers, the gateways, its
 * own addresses.
 */
#ifndef VARSEL_AGENT_NEVERBLOCK_H
#define VARSEL_AGENT_NEVERBLOCK_H

#include "client/agent/config.h"

/* Gathers all of it into *ret, sealed; the caller frees with allow_done(). A bad line of
 * the file is ERR_CONFIG with its number: half a list would be worse than an old set.
 * With `offline` no name server is asked: the hub's addresses are those of the last time.
 */
enum err neverblock_gather(const struct config *c, bool offline, struct allow *ret,
	struct diag *d) CHECK_RESULT;

/* The parts, by the text they come from. `text` is borrowed. */
enum err neverblock_resolvers(struct slice resolv_conf, struct allow *a) CHECK_RESULT;
enum err neverblock_gateways(struct slice proc_net_route, struct allow *a) CHECK_RESULT;
enum err neverblock_gateways6(
	struct slice proc_net_ipv6_route, struct allow *a) CHECK_RESULT;

#endif
