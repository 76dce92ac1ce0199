/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/org_key.h"

#include "server/db/key_rows.h"

enum err db_org_key_find(struct db *db, const struct slice *names, size_t n,
	struct arena *a, struct key_record *ret, size_t *ret_n, struct diag *d)
{
	static const struct query q = {"org-key-find",
		"SELECT k.vkey, o.code, k.switched_off IS NOT NULL"
		"  OR o.state = 'suspended'"
		" FROM org_key k JOIN org o ON o.id = k.org_id"
		" WHERE k.name = ANY ($1::text[])"};

	return key_rows_find(db, &q, names, n, a, ret, ret_n, d);
}

enum err db_org_key_add(struct db *db, int64_t org, const struct pubkey *k, int64_t now,
	bool *ret_added, struct diag *d)
{
	static const struct query q = {"org-key-add",
		"INSERT INTO org_key (name, org_id, vkey, created)"
		" VALUES ($1::text, $2::bigint, $3::text, to_timestamp($4::bigint))"
		" ON CONFLICT (name) DO NOTHING"};
	CLEANUP_BUF struct buf vkey = {.max = VKEY_MAX};
	struct args a = {0};

	pubkey_put(&vkey, k);
	args_str(&a, k->name);
	args_num(&a, org);
	args_slice(&a, buf_view(&vkey));
	args_num(&a, now);
	return db_run_changed(db, &q, &a, ret_added, d);
}

enum err db_org_key_switch_off(struct db *db, int64_t org, int64_t now, struct diag *d)
{
	static const struct query q = {"org-key-off",
		"UPDATE org_key SET switched_off = to_timestamp($2::bigint)"
		" WHERE org_id = $1::bigint AND switched_off IS NULL"};
	struct args a = {0};

	args_num(&a, org);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_org_key_list_off(
	struct db *db, struct arena *a, struct texts *ret, struct diag *d)
{
	static const struct query q = {"org-key-list-off",
		"SELECT name FROM org_key WHERE switched_off IS NOT NULL ORDER BY name"};

	return key_rows_texts(db, &q, a, ret, d);
}
