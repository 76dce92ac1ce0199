/* SPDX-License-Identifier: BSD-2-Clause */
/* One round of fetching, verifying and enforcing. */
#ifndef VARSEL_AGENT_PULL_H
#define VARSEL_AGENT_PULL_H

#include "client/agent/cli.h"
#include "client/agent/config.h"

struct pull_options {
	int wait;     /* seconds to wait for news */
	bool confirm; /* passes the growth guard once */
	bool dry;     /* changes nothing that is enforced */
	bool offline; /* enforces what was fetched before, at once */
	bool beside;  /* keeps no other pull away, and is not kept away by one */
	/* Called before and after what should not be broken off; NULL: nobody cares. */
	void (*busy)(bool now);
};

/* Takes a lock for its time, unless offline or beside: ERR_TEMPFAIL when another run has
 * it. ERR_UNAVAILABLE or ERR_HOLD after everything was done that can be done without the
 * hub. */
enum err pull(struct cli *c, const struct config *conf,
	const struct pull_options *opt) CHECK_RESULT;

#endif
