/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says of its nftables rulesets, in this process's network namespace: a
 * message or two, where nft would read all elements of all sets.
 */
#ifndef VARSEL_AGENT_RULESET_H
#define VARSEL_AGENT_RULESET_H

#include <stdint.h>

#include "common/hash.h"

/* The number of the last change, whoever made it. 0: not known. */
uint32_t ruleset_generation(void);

/* A digest of the rules of the inet table of that name, with their handles: another one
 * as soon as one was added, removed or replaced. false: not known. */
bool ruleset_rules(const char *table, struct hash *ret);

#endif
