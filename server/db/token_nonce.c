/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/token_nonce.h"

#include "common/limits.h"
#include "server/db/query.h"

/* A request may forget a few more than it adds, so that the table stays small without a
 * job of its own and no request pays for a whole night's. */
static enum err forget(struct db *db, int64_t now, struct diag *d)
{
	static const struct query q = {"token-nonce-forget",
		"DELETE FROM token_nonce WHERE ctid = ANY (ARRAY(SELECT ctid"
		" FROM token_nonce WHERE at < to_timestamp($1::bigint)"
		" ORDER BY at LIMIT 20 FOR UPDATE SKIP LOCKED))"};
	struct args a = {0};

	args_num(&a, now - TOKEN_NONCE_KEPT);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_token_nonce_add(struct db *db, const char *key, struct slice nonce,
	int64_t now, bool *ret_new, struct diag *d)
{
	static const struct query q = {"token-nonce-add",
		"INSERT INTO token_nonce (key_name, nonce, at)"
		" VALUES ($1::text, decode($2::text, 'hex'), to_timestamp($3::bigint))"
		" ON CONFLICT DO NOTHING"};
	struct args a = {0};
	enum err e;

	args_str(&a, key);
	args_slice(&a, nonce);
	args_num(&a, now);
	e = db_run_changed(db, &q, &a, ret_new, d);
	return e ? e : forget(db, now, d);
}
