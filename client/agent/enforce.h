/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second half of a pull: what was found out becomes what stands in files and in the
 * kernel, and what is remembered of it.
 */
#ifndef VARSEL_AGENT_ENFORCE_H
#define VARSEL_AGENT_ENFORCE_H

#include "client/agent/plan.h"
#include "client/agent/pull.h"
#include "client/agent/standing.h"

/* Who must not be blocked: of this network, where nothing lifts it, and of everybody. */
struct never {
	struct allow here;
	struct allow everywhere; /* yields to a signed override */
};

/* Under standing_lock(), with `s` read under it. A hold that begins here (the growth
 * guard) is added to p->hold. */
enum err enforce(struct cli *c, const struct config *conf, const struct pull_options *opt,
	struct plan *p, struct standing *s, const struct never *never) CHECK_RESULT;

/* Runs the configured command, with what has begun. */
void notify(const struct config *c, const char *text);

#endif
