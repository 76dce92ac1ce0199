/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second half of a pull: what was found out becomes what stands in files and in the
 * kernel, and what is remembered of it.
 */
#ifndef VARSEL_AGENT_ENFORCE_H
#define VARSEL_AGENT_ENFORCE_H

#include "client/agent/gather.h"

/* Under standing_lock(), with `s` read under it. A hold that begins here (the growth
 * guard) is added to p->hold. */
enum err enforce(struct cli *c, const struct config *conf, const struct pull_options *opt,
	struct plan *p, struct standing *s, const struct allow *allow) CHECK_RESULT;

/* Runs the configured command, with what has begun. */
void notify(const struct config *c, const char *text);

#endif
