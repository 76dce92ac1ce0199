/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/roots.h"

#include <inttypes.h>
#include <string.h>

#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/root.h"

enum err roots_get(struct db *db, int64_t version, struct arena *a, struct slice *ret,
	struct diag *d)
{
	return db_root_get(db, version, a, ret, d);
}

static enum err first_hash(
	struct db *db, struct arena *a, struct hash *ret, struct diag *d)
{
	struct slice bytes;
	struct note note;
	enum err e = db_root_get(db, 1, a, &bytes, d);

	if (!e)
		e = note_parse(bytes, &note, d);
	if (!e)
		*ret = hash_of(note.text);
	return e;
}

enum err roots_newest(struct db *db, struct arena *a, struct root *ret,
	struct hash *ret_first, struct diag *d)
{
	struct slice bytes;
	struct note note;
	struct root root;
	int64_t version;
	enum err e = db_root_newest(db, &version, d);

	if (!e && version == 0)
		return diag_fail(d, ERR_NOT_FOUND,
			"the hub has no root document yet: varseld root add");
	if (!e)
		e = db_root_get(db, version, a, &bytes, d);
	if (!e)
		e = note_parse(bytes, &note, d);
	/* It was verified when it was added. */
	if (!e)
		e = root_parse(note.text, &root, d);
	if (!e && ret_first)
		e = first_hash(db, a, ret_first, d);
	if (!e)
		*ret = root;
	return e;
}

struct add {
	const struct core *core;
	const char *actor;
	struct slice note;
	const struct pubkey *log, *fresh;
	int64_t now;
	struct arena *a;
	struct root root;
	bool added;
};

static bool names_key(const struct root *r, enum role role, const struct pubkey *k)
{
	size_t n;
	const struct pubkey *keys = root_keys(r, role, &n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(keys[i].name, k->name) == 0 && pubkey_same(&keys[i], k))
			return true;
	return false;
}

/* A root that names another log would make every client hold. */
static enum err fits_hub(const struct add *x, struct diag *d)
{
	if (strcmp(x->root.hub, x->core->hub) != 0)
		return diag_fail(d, ERR_WRONG_HUB, "root: for hub %s, this is %s",
			x->root.hub, x->core->hub);
	if (!names_key(&x->root, ROLE_LOG, x->log))
		return diag_fail(d, ERR_CONFLICT,
			"root: its log key is not this hub's (state-dir, log.key)");
	if (!names_key(&x->root, ROLE_FRESH, x->fresh))
		return diag_fail(d, ERR_CONFLICT,
			"root: its fresh key is not this hub's (state-dir, fresh.key)");
	return OK;
}

/* The version that the note says it is, before anything of it is believed. */
static enum err claimed_version(struct slice bytes, int64_t *ret, struct diag *d)
{
	struct note note;
	struct root claimed;
	enum err e = note_parse(bytes, &note, d);

	if (!e)
		e = root_parse(note.text, &claimed, d);
	if (!e)
		*ret = claimed.version;
	return e;
}

static enum err already(struct add *x, struct db *db, int64_t version, struct diag *d)
{
	struct slice stored;
	struct note note;
	enum err e = db_root_get(db, version, x->a, &stored, d);

	if (e)
		return e;
	if (!slice_same(stored, x->note))
		return diag_fail(d, ERR_CONFLICT,
			"root: version %" PRId64 " is here already, with other bytes",
			version);
	e = note_parse(stored, &note, d);
	if (!e)
		e = root_parse(note.text, &x->root, d);
	return e;
}

static enum err add_body(struct db *db, void *ctx, struct diag *d)
{
	struct add *x = ctx;
	struct root old;
	int64_t newest, version;
	enum err e = db_root_newest(db, &newest, d);

	x->added = false;
	if (!e)
		e = claimed_version(x->note, &version, d);
	if (!e && version <= newest)
		return already(x, db, version, d);
	if (!e && newest == 0)
		e = root_open_first(x->note, &x->root, d);
	else if (!e) {
		e = roots_newest(db, x->a, &old, NULL, d);
		if (!e)
			e = root_open_next(&old, x->note, &x->root, d);
	}
	if (!e)
		e = fits_hub(x, d);
	if (!e)
		e = db_root_add(
			db, x->root.version, x->note, x->actor, x->now, &x->added, d);
	if (!e && !x->added)
		return diag_fail(d, ERR_CONFLICT, "root: another was added meanwhile");
	if (!e)
		e = db_audit_add(db, x->now, x->actor, "root-add", slice_of(x->root.hub),
			arena_printf(x->a, "version %" PRId64, x->root.version), d);
	return e;
}

enum err roots_add(const struct core *c, struct db *db, const char *actor,
	struct slice note, const struct pubkey *log, const struct pubkey *fresh,
	int64_t now, struct arena *a, struct root *ret, bool *ret_added, struct diag *d)
{
	struct add x = {.core = c,
		.actor = actor,
		.note = note,
		.log = log,
		.fresh = fresh,
		.now = now,
		.a = a};
	enum err e = db_tx(db, add_body, &x, d);

	if (e)
		return e;
	*ret = x.root;
	*ret_added = x.added;
	return OK;
}
