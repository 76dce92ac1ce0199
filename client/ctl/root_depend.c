/* SPDX-License-Identifier: BSD-2-Clause */
/* A new root document against the statements that are known here: offline, and as old as
 * the last visit to the hub. */
#include <stdio.h>
#include <stdlib.h>

#include "client/ctl/cmd_root.h"
#include "client/ctl/ctl.h"
#include "client/ctl/hanging.h"
#include "common/clock.h"
#include "common/file.h"

static enum err unchecked(const char *why)
{
	(void)fprintf(stderr,
		"varselctl: what hangs on it is not known here (%s); not checked\n", why);
	return OK;
}

static enum err judge(
	struct feed *f, const struct root *draft, bool compromised, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = 4096};
	struct activeset active = {0};
	struct hanging x = {0};
	char at[CLOCK_TEXT];
	int64_t now = clock_now();
	enum err e = feed_active(f, now, &active, d);

	if (!e)
		e = hanging_find(f, &active, draft, now, &x, d);
	if (e) {
		activeset_done(&active);
		return unchecked(d->text);
	}
	clock_format(f->fresh_time, at);
	hanging_put(&x, &text);
	(void)fprintf(stderr, "varselctl: %s, as known here at %s under root %lld\n",
		buf_str(&text), at, (long long)f->root.version);
	if (hanging_any(&x) && !compromised)
		e = diag_fail(d, ERR_VALUE,
			"%s: see varselctl resign, or give --compromised if it must not "
			"count",
			buf_str(&text));
	hanging_done(&x);
	activeset_done(&active);
	return e;
}

enum err root_depend_check(
	struct ctl *c, const struct root *draft, bool compromised, struct diag *d)
{
	CLEANUP_FEED struct feed *f = NULL;
	struct diag why = {0};
	char *head = NULL;
	bool there;

	if (ctl_config(c, &why))
		return unchecked("no configuration");
	if (asprintf(&head, "%s/head", c->conf.state_dir) < 0)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	there = file_exists(head);
	free(head);
	if (!there)
		return unchecked("no copy of the feed in state-dir");
	if (feed_open(c->conf.state_dir, c->conf.root, c->conf.channel, &f, &why))
		return unchecked(why.text);
	if (strcmp(f->root.hub, draft->hub) != 0)
		return unchecked("the feed in state-dir is another hub's");
	return judge(f, draft, compromised, d);
}
