/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/standing.h"

#include <stdlib.h>
#include <time.h>

#include "client/agent/cli.h"
#include "common/file.h"

#define TRIES 50 /* a second */

enum err standing_open(const struct config *c, struct standing *ret, struct diag *d)
{
	char *path = config_state(c, "enforced");
	enum err e = path ? OK : diag_fail(d, ERR_NOMEM, "out of memory");

	*ret = (struct standing){0};
	if (e == OK)
		e = state_load(c, &ret->state, d);
	if (e == OK && d->text[0])
		cli_warn("%s", d->text);
	if (e == OK && enforced_open(path, &ret->last, d) == ERR_SYNTAX)
		cli_warn("%s; begun anew", d->text);
	free(path);
	if (e)
		return e;
	d->text[0] = '\0';
	e = off_read(c, &ret->off, d);
	if (e == OK && d->text[0])
		cli_warn("%s", d->text);
	return e;
}

void standing_done(struct standing *s)
{
	state_done(&s->state);
	enforced_done(&s->last);
	*s = (struct standing){0};
}

bool standing_is_whole(const struct standing *s)
{
	char hex[HASH_HEX];

	hash_hex(&s->last.digest, hex);
	return s->last.map.n && strcmp(hex, s->state.digest) == 0;
}

enum err standing_lock(const struct config *c, int seconds, int *ret_fd, struct diag *d)
{
	const struct timespec pause = {.tv_nsec = 1000000000 / TRIES};
	char *path = config_state(c, "enforcing");
	enum err e = ERR_TEMPFAIL;

	if (!path)
		return diag_fail(d, ERR_NOMEM, "out of memory");
	for (int i = 0; e == ERR_TEMPFAIL && i <= seconds * TRIES; i++) {
		if (i)
			(void)nanosleep(&pause, NULL);
		e = file_lock(path, ret_fd, d);
	}
	/* that it was held at first is no warning */
	if (e == OK && d)
		d->text[0] = '\0';
	free(path);
	return e;
}
