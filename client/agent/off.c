/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/off.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/fields.h"
#include "common/file.h"

#define CLOCK_STEP 300 /* seconds that a clock may be set back without ending it */

static bool parse(struct slice text, struct off *ret)
{
	struct slice since, until;
	struct off x;

	if (!slice_cut(&text, ' ', &since) || !slice_cut(&text, '\n', &until) || text.n ||
		clock_parse(since, &x.since, NULL) ||
		clock_parse(until, &x.until, NULL) || x.until <= x.since ||
		x.until - x.since > OFF_MAX)
		return false;
	*ret = x;
	return true;
}

enum err off_read(const struct config *c, struct off *ret, struct diag *d)
{
	char *path = config_state(c, "off");
	CLEANUP_BUF struct buf b;
	struct diag why;
	enum err e;

	buf_init(&b, 256);
	*ret = (struct off){0};
	e = path ? file_read(path, &b, &why)
		 : diag_fail(&why, ERR_NOMEM, "out of memory");
	if (e == OK && !parse(buf_view(&b), ret))
		(void)diag_fail(d, OK, "%s: damaged, and not minded", path);
	else if (e == ERR_LIMIT)
		e = diag_fail(d, OK, "%s, and not minded", why.text);
	free(path);
	return e == ERR_NOT_FOUND ? OK : e ? diag_fail(d, e, "%s", why.text) : OK;
}

enum err off_write(const struct config *c, const struct off *off, struct diag *d)
{
	char *path = config_state(c, "off"), since[CLOCK_TEXT], until[CLOCK_TEXT];
	CLEANUP_BUF struct buf b;
	enum err e;

	buf_init(&b, 256);
	clock_format(off->since, since);
	clock_format(off->until, until);
	buf_printf(&b, "%s %s\n", since, until);
	e = path ? file_write(path, buf_view(&b), 0644, d)
		 : diag_fail(d, ERR_NOMEM, "out of memory");
	free(path);
	return e;
}

enum err off_remove(const struct config *c, struct diag *d)
{
	char *path = config_state(c, "off");
	enum err e =
		path ? file_remove(path, d) : diag_fail(d, ERR_NOMEM, "out of memory");

	free(path);
	return e;
}

bool off_lasts(const struct off *off, int64_t now)
{
	return off->until && now < off->until && now >= off->since - CLOCK_STEP;
}

void off_text(const struct off *off, char ret[OFF_TEXT])
{
	char until[CLOCK_TEXT];

	clock_format(off->until, until);
	(void)snprintf(ret, OFF_TEXT, "off until %s", until);
}
