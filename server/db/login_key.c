/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/login_key.h"

#include "server/db/key_rows.h"

enum err db_login_key_find(struct db *db, const struct slice *names, size_t n,
	struct arena *a, struct key_record *ret, size_t *ret_n, struct diag *d)
{
	static const struct query q = {"login-key-find",
		"SELECT vkey, NULL::text, switched_off IS NOT NULL FROM login_key"
		" WHERE name = ANY ($1::text[])"};

	return key_rows_find(db, &q, names, n, a, ret, ret_n, d);
}

enum err db_login_key_set(struct db *db, const struct pubkey *k, int64_t now,
	bool *ret_changed, struct diag *d)
{
	static const struct query q = {"login-key-set",
		"INSERT INTO login_key AS k (name, vkey, created)"
		" VALUES ($1::text, $2::text, to_timestamp($3::bigint))"
		" ON CONFLICT (name) DO UPDATE SET vkey = excluded.vkey,"
		"  created = excluded.created, switched_off = NULL"
		" WHERE k.vkey <> excluded.vkey OR k.switched_off IS NOT NULL"};
	CLEANUP_BUF struct buf vkey = {.max = VKEY_MAX};
	struct args a = {0};

	pubkey_put(&vkey, k);
	args_str(&a, k->name);
	args_slice(&a, buf_view(&vkey));
	args_num(&a, now);
	return db_run_changed(db, &q, &a, ret_changed, d);
}

enum err db_login_key_switch_off(
	struct db *db, const char *name, int64_t now, bool *ret_changed, struct diag *d)
{
	static const struct query q = {"login-key-off",
		"UPDATE login_key SET switched_off = to_timestamp($2::bigint)"
		" WHERE name = $1::text AND switched_off IS NULL"};
	struct args a = {0};

	args_str(&a, name);
	args_num(&a, now);
	return db_run_changed(db, &q, &a, ret_changed, d);
}

enum err db_login_key_list_off(
	struct db *db, struct arena *a, struct texts *ret, struct diag *d)
{
	static const struct query q = {"login-key-list-off",
		"SELECT name FROM login_key WHERE switched_off IS "
		"NOT NULL ORDER BY name"};

	return key_rows_texts(db, &q, a, ret, d);
}
