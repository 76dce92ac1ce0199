/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/orgs.h"

#include <inttypes.h>
#include <string.h>

#include <sodium.h>

#include "common/link.h"
#include "common/utf8.h"
#include "server/core/roots.h"
#include "server/db/audit.h"
#include "server/db/db.h"
#include "server/db/enrol_link.h"
#include "server/db/login_key.h"
#include "server/db/org_key.h"

#define LINK_LIFETIME 86400

/* Codes stand in key names, links and URL paths. */
static enum err check_code(const char *code, struct diag *d)
{
	size_t n = strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"0123456789._-");

	if (n == 0 || n > ORG_CODE_MAX || code[n] != '\0' || code[0] == '.')
		return diag_value(d, ERR_VALUE, "code", slice_of(code),
			"1 to %d letters, digits, '.', '_' or '-'", ORG_CODE_MAX);
	return OK;
}

static enum err check_words(
	const char *field, const char *text, bool required, struct diag *d)
{
	size_t n = strlen(text), line;

	if ((required && n == 0) || n > ORG_NAME_MAX)
		return diag_fail(d, ERR_VALUE, "%s: %zu bytes, %d to %d are allowed",
			field, n, required ? 1 : 0, ORG_NAME_MAX);
	if (!text_is_clean(slice_of(text), &line) || strchr(text, '\n'))
		return diag_fail(d, ERR_VALUE, "%s: one line of plain UTF-8", field);
	return OK;
}

struct change {
	const struct core *core;
	const struct caller *by;
	const char *code, *name, *sector;
	int64_t now;
	struct arena *a;
	struct org org;
	bool added;
	const char *link;
};

static enum err add_body(struct db *db, void *ctx, struct diag *d)
{
	struct change *x = ctx;
	enum err e = db_org_add(db, x->code, x->name, x->sector, x->now, &x->added, d);

	if (!e)
		e = db_org_get(db, x->code, x->a, &x->org, d);
	if (e)
		return e;
	if (x->added)
		return db_audit_add(
			db, x->now, x->by->key, "org-add", slice_of(x->code), x->name, d);
	if (strcmp(x->org.name, x->name) != 0 || strcmp(x->org.sector, x->sector) != 0)
		return diag_fail(d, ERR_CONFLICT,
			"code \"%s\": taken by \"%s\", sector \"%s\"", x->code,
			x->org.name, x->org.sector);
	return OK;
}

enum err orgs_add(struct db *db, const struct caller *by, const char *code,
	const char *name, const char *sector, int64_t now, struct arena *a,
	struct org *ret, bool *ret_added, struct diag *d)
{
	struct change x = {.by = by,
		.code = code,
		.name = name,
		.sector = sector ? sector : "",
		.now = now,
		.a = a};
	enum err e = check_code(code, d);

	if (!e)
		e = check_words("name", name, true, d);
	if (!e)
		e = check_words("sector", x.sector, false, d);
	if (!e)
		e = db_tx(db, add_body, &x, d);
	if (e)
		return e;
	*ret = x.org;
	*ret_added = x.added;
	return OK;
}

enum err orgs_list(struct db *db, struct arena *a, struct orgs *ret, struct diag *d)
{
	return db_org_list(db, a, ret, d);
}

/* The text of a link whose secret exists here alone; the database gets its hash. */
static enum err make_link(const struct change *x, const struct hash *root, int64_t n,
	struct hash *ret_secret, const char **ret_link, struct diag *d)
{
	struct enrol_link link = {
		.url = slice_of(x->core->public_url),
		.hub = slice_of(x->core->hub),
		.org = slice_of(x->code),
		.n = n,
		.root = *root,
	};
	CLEANUP_BUF struct buf text = {.max = 4096};

	randombytes_buf(link.secret, sizeof(link.secret));
	*ret_secret = hash_of(slice_mem(link.secret, sizeof(link.secret)));
	link_put(&text, &link);
	*ret_link = buf_err(&text) ? NULL : arena_dup(x->a, buf_view(&text));
	sodium_memzero(link.secret, sizeof(link.secret));
	if (text.data)
		sodium_memzero(text.data, text.len);
	return *ret_link ? OK : diag_fail(d, ERR_NOMEM, "link: out of memory");
}

static enum err link_body(struct db *db, void *ctx, struct diag *d)
{
	struct change *x = ctx;
	struct root root;
	struct hash first, secret;
	bool suspended;
	int64_t id, n;
	enum err e = db_org_lock(db, x->code, &id, &suspended, d);

	if (e)
		return e;
	e = roots_newest(db, x->a, &root, &first, d);
	if (e == ERR_NOT_FOUND) /* not the organisation, which would be a 404 */
		e = ERR_CONFLICT;
	if (!e)
		e = db_org_next_link(db, id, &n, d);
	if (!e)
		e = make_link(x, &first, n, &secret, &x->link, d);
	if (!e)
		e = db_enrol_link_add(db, &secret, id, n, x->by->key, x->now,
			x->now + LINK_LIFETIME, d);
	if (!e)
		e = db_audit_add(db, x->now, x->by->key, "org-link", slice_of(x->code),
			arena_printf(x->a, "key number %" PRId64, n), d);
	return e;
}

enum err orgs_link(const struct core *c, struct db *db, const struct caller *by,
	const char *code, int64_t now, struct arena *a, const char **ret_link,
	int64_t *ret_expires, struct diag *d)
{
	struct change x = {.core = c, .by = by, .code = code, .now = now, .a = a};
	enum err e = check_code(code, d);

	if (!e)
		e = db_tx(db, link_body, &x, d);
	if (e)
		return e;
	*ret_link = x.link;
	*ret_expires = now + LINK_LIFETIME;
	return OK;
}

static enum err suspend_body(struct db *db, void *ctx, struct diag *d)
{
	struct change *x = ctx;
	bool suspended;
	int64_t id;
	enum err e = db_org_lock(db, x->code, &id, &suspended, d);

	if (e || suspended)
		return e;
	e = db_org_set_suspended(db, id, true, d);
	if (!e)
		e = db_org_key_switch_off(db, id, x->now, d);
	if (!e)
		e = db_enrol_link_switch_off(db, id, x->now, d);
	if (!e)
		e = db_audit_add(db, x->now, x->by->key, "org-suspend", slice_of(x->code),
			NULL, d);
	return e;
}

enum err orgs_suspend(struct db *db, const struct caller *by, const char *code,
	int64_t now, struct diag *d)
{
	struct change x = {.by = by, .code = code, .now = now};
	enum err e = check_code(code, d);

	return e ? e : db_tx(db, suspend_body, &x, d);
}

enum err orgs_keys_off(struct db *db, struct arena *a, struct texts *ret, struct diag *d)
{
	struct texts members, logins, all;
	size_t m = 0, l = 0;
	enum err e = db_org_key_list_off(db, a, &members, d);

	if (!e)
		e = db_login_key_list_off(db, a, &logins, d);
	if (e)
		return e;
	all.n = members.n + logins.n;
	all.item = arena_alloc(a, sizeof(*all.item) * (all.n + 1));
	if (!all.item)
		return diag_fail(d, ERR_NOMEM, "keys that are off: out of memory");
	for (size_t i = 0; i < all.n; i++) {
		bool member =
			l == logins.n ||
			(m < members.n && strcmp(members.item[m], logins.item[l]) < 0);

		all.item[i] = member ? members.item[m++] : logins.item[l++];
	}
	*ret = all;
	return OK;
}

static enum err seen_body(struct db *db, void *ctx, struct diag *d)
{
	const struct change *x = ctx;

	return db_org_seen(db, x->code, x->now, d);
}

enum err orgs_seen(struct db *db, const char *code, int64_t now, struct diag *d)
{
	struct change x = {.code = code, .now = now};

	return db_tx(db, seen_body, &x, d);
}
