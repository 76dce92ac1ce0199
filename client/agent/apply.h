/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the active set to what stands in files and in the kernel: render, let a tool
 * check, replace at once, reload. Whatever fails, what stood before stays.
 */
#ifndef VARSEL_AGENT_APPLY_H
#define VARSEL_AGENT_APPLY_H

#include "client/agent/standing.h"

struct apply {
	const struct config *config;
	const struct allow *allow;
	const struct activeset *set;
	const struct enforced *last; /* NULL: none */
	const struct off *off;       /* until == 0: all is enforced */
	struct hash digest;          /* of the set */
	int64_t now;
};

/* Whether an output does not show what it has to: the set that the state remembers, or
 * nothing while that is lifted. Another configuration, another never-block list, a
 * failure last time, or what it wrote is gone. Costs a look at each file and, for the
 * kernel, one short command; two when some ruleset of the kernel has changed. */
bool apply_due(const struct config *c, struct standing *s, const struct allow *allow,
	int64_t now);

/* Brings every output up to date, or lifts them all, and notes in the state how each
 * fared. Goes on after a failure; returns the first, with a diag that names the output.
 */
enum err apply_all(const struct apply *a, struct state *s, struct diag *d) CHECK_RESULT;

#endif
