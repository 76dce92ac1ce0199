/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this machine itself has seen of what it enforces: packets that the firewall's sets
 * have counted, names that a resolver's policy zone has kept from being resolved. Each
 * counts for what is enforced at it and around it, as in varsel hunt. What was found goes
 * to the outbox first, then what was read is remembered (outbox.h).
 */
#ifndef VARSEL_AGENT_SIGHTINGS_H
#define VARSEL_AGENT_SIGHTINGS_H

#include "client/agent/cli.h"
#include "client/agent/hunt/tally.h"
#include "client/agent/standing.h"

/* Under standing_lock(), with `s` read under it: before the firewall is changed, as that
 * may set counters back. `show` (NULL: nobody) is called once for each of the two sources
 * that found something, with the rows sorted. A command of the firewall's may take
 * `seconds`. The first failure; the other source is read all the same. */
enum err sightings_collect(const struct config *conf, const struct standing *s,
	int seconds, void (*show)(void *ctx, const struct tally *t), void *ctx,
	struct diag *d) CHECK_RESULT;

/* The same beside other work: a failure is a warning. */
void sightings_note(const struct config *conf, const struct standing *s, int seconds);

#endif
