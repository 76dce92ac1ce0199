/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/http/limits.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "server/core/token.h"
#include "server/http/sweeper.h"

#define ROWS 65536 /* addresses remembered besides those that are connected */

enum err limits_open(struct limits *l, const struct config *c, struct metrics *m)
{
	enum err e;

	memset(l, 0, sizeof(*l));
	l->config = c;
	l->metrics = m;
	/* libmicrohttpd may have a few connections more than the acceptor lets in. */
	e = meter_new((size_t)c->connections + ROWS, &l->addresses);
	return e ? e : meter_new(ROWS, &l->callers);
}

void limits_close(struct limits *l)
{
	meter_free(l->addresses);
	meter_free(l->callers);
	l->addresses = l->callers = NULL;
}

static enum err over(struct limits *l, enum limit which)
{
	atomic_fetch_add(&l->metrics->limited[which], 1);
	return ERR_RATE;
}

bool limits_connect(struct limits *l, const struct sockaddr *sa, struct limits_peer *ret)
{
	struct limits_peer p = {.held = METER_NONE};
	struct meter_key k;

	if (!peer_of(sa, &p.ip))
		return false;
	p.proxy = l->config->proxy.family && peer_same(&p.ip, &l->config->proxy);
	k = peer_key(&p.ip);
	if (!p.proxy && !meter_hold(l->addresses, &k, l->config->per_address, &p.held)) {
		(void)over(l, LIMIT_CONNECTIONS);
		return false;
	}
	*ret = p;
	return true;
}

enum err limits_enter(struct limits *l, const struct limits_peer *conn,
	const char *forwarded, struct limits_peer *ret, struct diag *d)
{
	struct limits_peer p = {.ip = conn->ip, .held = METER_NONE};
	struct meter_key k;
	enum err e = OK;

	*ret = p;
	if (!conn->proxy || !forwarded) /* the proxy's own request, such as a probe */
		return OK;
	e = peer_forwarded(forwarded, &p.ip, d);
	if (e)
		return e;
	ret->ip = p.ip;
	k = peer_key(&p.ip);
	if (meter_hold(l->addresses, &k, l->config->per_address, &ret->held))
		return OK;
	return diag_fail(d, over(l, LIMIT_CONNECTIONS),
		"your address has %" PRId64 " requests under way already",
		l->config->per_address);
}

void limits_leave(struct limits *l, struct limits_peer *p)
{
	meter_release(l->addresses, p->held);
	p->held = METER_NONE;
}

enum err limits_stranger(
	struct limits *l, const struct limits_peer *p, int64_t *ret_wait, struct diag *d)
{
	const struct meter_rate rate = {
		l->config->address_rate, l->config->address_burst};
	struct meter_key k = peer_key(&p->ip);
	int64_t wait = meter_take(l->addresses, &k, &rate, mono_us());

	if (wait == 0)
		return OK;
	*ret_wait = wait;
	return diag_fail(d, over(l, LIMIT_ADDRESS),
		"too many requests without a token from your address; come again in "
		"%" PRId64 " s",
		wait);
}

enum err limits_caller(struct limits *l, const struct route *r, const struct caller *who,
	int64_t *ret_wait, struct diag *d)
{
	const struct config *c = l->config;
	/* The feed is answered from memory, and a newcomer wants all of it at once. */
	bool feed = r->scopes == SCOPE_FEED;
	const struct meter_rate rate = {
		feed ? c->feed_rate : c->org_rate, feed ? c->feed_burst : c->org_burst};
	const char *name = who->org ? who->org : who->key;
	crypto_generichash_state st;
	struct meter_key k;
	int64_t wait;

	(void)crypto_generichash_init(&st, NULL, 0, sizeof(k.bytes));
	(void)crypto_generichash_update(
		&st, (const unsigned char *)(feed ? "feed/" : "rest/"), 5);
	(void)crypto_generichash_update(&st, (const unsigned char *)name, strlen(name));
	(void)crypto_generichash_final(&st, k.bytes, sizeof(k.bytes));
	wait = meter_take(l->callers, &k, &rate, mono_us());
	if (wait == 0)
		return OK;
	*ret_wait = wait;
	return diag_fail(d, over(l, feed ? LIMIT_FEED : LIMIT_ORG),
		"too many requests from %s; come again in %" PRId64 " s", name, wait);
}
