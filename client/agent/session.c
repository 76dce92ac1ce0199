/* SPDX-License-Identifier: BSD-2-Clause */
#include "client/agent/session.h"

enum err session_open(struct cli *c, const char *scope, struct session *s)
{
	enum err e = config_load(c->config, &s->conf, &c->d);

	if (e == OK)
		e = config_key(&s->conf, &s->key, &c->d);
	if (e == OK)
		e = config_hub(&s->conf, &s->hub, &c->d);
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
