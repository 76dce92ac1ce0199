/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Break glass: for a time nothing is enforced here. state-dir/off says from when until
 * when; the first pull after that restores everything and removes the file. Nothing else
 * of what is stored is touched, so that it comes back as it was.
 */
#ifndef VARSEL_AGENT_OFF_H
#define VARSEL_AGENT_OFF_H

#include "client/agent/config.h"
#include "common/clock.h"

#define OFF_MAX (24 * 3600) /* seconds; who needs longer takes the outputs out */

struct off {
	int64_t since;
	int64_t until; /* 0: what was enforced is enforced */
};

/* What stands in the file, over or not. A file that cannot be is no leave to enforce
 * nothing: {0}, said in *d with OK. ERR_IO, ERR_NOMEM. */
enum err off_read(const struct config *c, struct off *ret, struct diag *d) CHECK_RESULT;
enum err off_write(
	const struct config *c, const struct off *off, struct diag *d) CHECK_RESULT;
enum err off_remove(const struct config *c, struct diag *d) CHECK_RESULT;

/* Whether it lasts at `now`. A clock that went back to before the beginning ends it. */
bool off_lasts(const struct off *off, int64_t now);

/* "off until <time>": in status, and in receipts as why an output is not applied. */
#define OFF_TEXT (CLOCK_TEXT + 16)
void off_text(const struct off *off, char ret[OFF_TEXT]);

#endif
