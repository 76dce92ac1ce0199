/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands here between two runs: what each output shows, and what was enforced. */
#ifndef VARSEL_AGENT_STANDING_H
#define VARSEL_AGENT_STANDING_H

#include "client/agent/off.h"
#include "client/agent/state.h"

struct standing {
	struct state state;
	struct enforced last;
	struct off off;
};

/* What is damaged is begun anew, said on stderr. */
enum err standing_open(
	const struct config *c, struct standing *ret, struct diag *d) CHECK_RESULT;
void standing_done(struct standing *s); /* safe on a zeroed struct */

/* Whether the file of what is enforced is there, and is of the set that the state
 * remembers. */
bool standing_is_whole(const struct standing *s);

/* Held while outputs are brought up to date and the state is written; not during what may
 * take long, such as the exchange with the hub. Waits up to `seconds` for it:
 * ERR_TEMPFAIL. */
enum err standing_lock(
	const struct config *c, int seconds, int *ret_fd, struct diag *d) CHECK_RESULT;

#endif
