/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/window.h"

#include <inttypes.h>

#include "common/clock.h"
#include "common/limits.h"

const struct window window_report = {REPORT_AGE_MAX, REPORT_AHEAD_MAX};
const struct window window_request = {TOKEN_SKEW_MAX, TOKEN_SKEW_MAX};

enum err window_check_hub(
	const struct core *c, const char *what, struct slice hub, struct diag *d)
{
	if (slice_is(hub, c->hub))
		return OK;
	return diag_fail(d, ERR_WRONG_HUB, "%s: for hub %.*s, this is %s", what,
		SLICE_ARG(hub), c->hub);
}

enum err window_check_time(const char *what, int64_t issued, int64_t now,
	const struct window *w, struct diag *d)
{
	char at[CLOCK_TEXT], here[CLOCK_TEXT];

	clock_format(issued, at);
	clock_format(now, here);
	if (issued < now - w->age)
		return diag_fail(d, ERR_STALE,
			"%s: issued %s, over %" PRId64
			" seconds before the hub's time %s",
			what, at, w->age, here);
	if (issued > now + w->ahead)
		return diag_fail(d, ERR_FUTURE,
			"%s: issued %s, over %" PRId64
			" seconds ahead of the hub's time %s",
			what, at, w->ahead, here);
	return OK;
}

enum err window_check(const struct core *c, const char *what, struct slice hub,
	int64_t issued, int64_t now, const struct window *w, struct diag *d)
{
	enum err e = window_check_hub(c, what, hub, d);

	return e ? e : window_check_time(what, issued, now, w, d);
}
