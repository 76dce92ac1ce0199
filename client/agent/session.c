/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/session.h"

#include <stdlib.h>

#include "client/agent/apart.h"
#include "common/file.h"

enum err session_open(struct cli *c, const char *scope, struct session *s)
{
	enum err e = config_load(c->config, &s->conf, &c->d);

	if (e == OK)
		e = config_key(&s->conf, &s->key, &c->d);
	if (e == OK)
		e = config_hub(&s->conf, &s->hub, &c->d);
	if (e == OK)
		e = apart_become(&s->conf, &c->d);
	if (e == OK)
		e = hub_login(
			s->hub, s->conf.hub_name, &s->key, scope, NULL, NULL, &c->d);
	return e;
}

void session_close(struct session *s)
{
	hub_close(&s->hub);
	seckey_done(&s->key);
	config_free(&s->conf);
}

enum err session_cache(const struct config *c, char **ret, struct diag *d)
{
	char *dir = config_state(c, "login"), *path = config_state(c, "login/token");
	enum err e = dir && path ? file_mkdir(dir, 0700, d)
				 : diag_fail(d, ERR_NOMEM, "out of memory");

	free(dir);
	if (e) {
		free(path);
		return e;
	}
	*ret = path;
	return OK;
}
