/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What joins indicators to a campaign: that they are one and the same, that one report
 * names them, that they are neighbours (one registered domain by the public suffix list,
 * one /24 or /48), that they carry one tag. Each has a text for people, and a key of 64
 * bits of SHA-256 for the tables, where nobody can aim at another's.
 */
#ifndef VARSEL_CAMPAIGN_KEY_H
#define VARSEL_CAMPAIGN_KEY_H

#include "common/limits.h"
#include "common/slice.h"
#include "server/core/core.h"

enum join { JOIN_INDICATOR, JOIN_REPORT, JOIN_DOMAIN, JOIN_NET, JOIN_TAG, JOINS };
#define JOINS_ALL ((1u << JOINS) - 1)

const char *join_name(enum join j);
enum join join_by_name(struct slice name); /* JOINS: there is no such word */

/* How many organisations must have had to do with what a report of so many lines names:
 * `orgs`, and one more for each CAMPAIGN_STEP lines, as two that have nothing in common
 * meet in a long list by chance. */
int64_t report_needs(int64_t orgs, int64_t lines);

#define NEAR_TEXT (DOMAIN_MAX + 16)

/* The neighbourhood of a canonical value: of domains, URLs and e-mail addresses the
 * registered domain, of addresses the network. false: it has none, as it is a hash, a
 * public suffix or a wider network, or as the neighbourhood is on the never-block list
 * (may be NULL): what is below google.com has nothing in common. */
bool near_of(const struct allow *never_block, struct slice kind, struct slice value,
	enum join *ret, char text[NEAR_TEXT]);

/* Never 0. `kind` is of JOIN_INDICATOR alone. */
int64_t join_key(enum join j, struct slice kind, struct slice text);

#endif
