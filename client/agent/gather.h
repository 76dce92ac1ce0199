/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first half of a pull, all that takes what comes from outside: fetch, verify, merge.
 * It is done apart (client/agent/apart.h), and changes nothing that is enforced; what is
 * to be enforced is its result.
 */
#ifndef VARSEL_AGENT_GATHER_H
#define VARSEL_AGENT_GATHER_H

#include "client/agent/plan.h"
#include "client/agent/pull.h"
#include "client/agent/standing.h"
#include "client/feed/feed.h"

/* `stale`: the outputs need to be rendered whatever comes. What is worth a word, and ends
 * nothing, is said on stderr. */
enum err gather(struct cli *c, const struct config *conf, const struct pull_options *opt,
	const struct standing *standing, bool stale, struct plan *ret) CHECK_RESULT;

/* Fills all but the set's two. */
void followed_note(const struct feed *f, struct followed *ret);

#endif
