/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/coordinators.h"

#include <stdio.h>
#include <string.h>

#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/login_key.h"
#include "server/db/page_session.h"

struct change {
	const char *actor;
	char name[KEY_NAME_MAX + 1]; /* of the key */
	struct pubkey key;
	int64_t now;
	bool changed;
};

static enum err key_name(
	const struct core *c, const char *name, struct change *x, struct diag *d)
{
	int n;

	if (name[0] == '\0' || strpbrk(name, " /+"))
		return diag_value(d, ERR_VALUE, "name", slice_of(name),
			"one word without '/' and '+'");
	n = snprintf(x->name, sizeof(x->name), "%s/login/%s", c->hub, name);
	if (n < 0 || (size_t)n >= sizeof(x->name))
		return diag_value(d, ERR_VALUE, "name", slice_of(name), "too long");
	return OK;
}

static enum err add_body(struct db *db, void *ctx, struct diag *d)
{
	struct change *x = ctx;
	enum err e = db_login_key_set(db, &x->key, x->now, &x->changed, d);

	if (e || !x->changed)
		return e;
	/* the key before it may have been somebody else's */
	e = db_page_session_end_key(db, x->name, x->now, d);
	return e ? e
		 : db_audit_add(db, x->now, x->actor, "coordinator-add",
			   slice_of(x->name), NULL, d);
}

enum err coordinators_add(const struct core *c, struct db *db, const char *actor,
	const char *name, const char *vkey, int64_t now, bool *ret_changed,
	struct diag *d)
{
	struct change x = {.actor = actor, .now = now};
	enum err e = key_name(c, name, &x, d);

	if (!e)
		e = pubkey_parse(slice_of(vkey), &x.key, d);
	if (e)
		return e;
	if (x.key.type != KEY_ED25519)
		return diag_fail(
			d, ERR_VALUE, "vkey: not an Ed25519 key that signs notes");
	if (strcmp(x.key.name, x.name) != 0)
		return diag_fail(d, ERR_VALUE,
			"vkey: the key of %s; the login key of %s is named %s",
			x.key.name, name, x.name);
	e = db_tx(db, add_body, &x, d);
	if (!e)
		*ret_changed = x.changed;
	return e;
}

static enum err remove_body(struct db *db, void *ctx, struct diag *d)
{
	struct change *x = ctx;
	enum err e = db_login_key_switch_off(db, x->name, x->now, &x->changed, d);

	if (!e && !x->changed)
		return diag_fail(d, ERR_NOT_FOUND, "no login key %s in use", x->name);
	/* which would come alive with the next key of that name */
	if (!e)
		e = db_page_session_end_key(db, x->name, x->now, d);
	if (!e)
		e = db_audit_add(db, x->now, x->actor, "coordinator-remove",
			slice_of(x->name), NULL, d);
	return e;
}

enum err coordinators_remove(const struct core *c, struct db *db, const char *actor,
	const char *name, int64_t now, struct diag *d)
{
	struct change x = {.actor = actor, .now = now};
	enum err e = key_name(c, name, &x, d);

	return e ? e : db_tx(db, remove_body, &x, d);
}
