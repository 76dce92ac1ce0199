/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a note was made for this hub, and lately. */
#ifndef VARSEL_WINDOW_H
#define VARSEL_WINDOW_H

#include "server/core/core.h"

struct window {
	int64_t age;   /* seconds that `issued` may lie behind */
	int64_t ahead; /* and ahead */
};

extern const struct window window_report;
extern const struct window window_request; /* enrolment and token notes */

/* `what` begins the refusal. ERR_WRONG_HUB, ERR_STALE, ERR_FUTURE. */
enum err window_check_hub(const struct core *c, const char *what, struct slice hub,
	struct diag *d) CHECK_RESULT;
enum err window_check_time(const char *what, int64_t issued, int64_t now,
	const struct window *w, struct diag *d) CHECK_RESULT;
/* Both. */
enum err window_check(const struct core *c, const char *what, struct slice hub,
	int64_t issued, int64_t now, const struct window *w, struct diag *d) CHECK_RESULT;

#endif
