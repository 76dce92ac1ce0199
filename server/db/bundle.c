/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/bundle.h"

#include "server/db/query.h"

enum err db_bundle_add(struct db *db, const struct hash *sha256, struct slice content,
	const char *form, int64_t lines, const char *by, int64_t now, bool *ret_added,
	struct diag *d)
{
	static const struct query q = {"bundle-add",
		"INSERT INTO bundle (sha256, content, form, lines, created, created_by)"
		" VALUES ($1::bytea, $2::bytea, $3::text, $4::bigint,"
		" to_timestamp($5::bigint), $6::text) ON CONFLICT (sha256) DO NOTHING"};
	struct args a = {0};

	args_hash(&a, sha256);
	args_slice(&a, content);
	args_str(&a, form);
	args_num(&a, lines);
	args_num(&a, now);
	args_str(&a, by);
	return db_run_changed(db, &q, &a, ret_added, d);
}

enum err db_bundle_get(struct db *db, const struct hash *sha256, struct arena *a,
	struct slice *ret, struct diag *d)
{
	static const struct query q = {
		"bundle-get", "SELECT content FROM bundle WHERE sha256 = $1::bytea"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	struct slice content;
	char hex[HASH_HEX];
	enum err e;

	args_hash(&x, sha256);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	if (r.n == 0) {
		hash_hex(sha256, hex);
		return diag_fail(d, ERR_NOT_FOUND, "no bundle %s", hex);
	}
	content = row_copy(&r, 0, 0, a);
	e = rows_err(&r, d);
	if (!e)
		*ret = content;
	return e;
}

enum err db_bundle_erase(struct db *db, const struct hash *sha256, struct diag *d)
{
	static const struct query q = {"bundle-erase",
		"DELETE FROM bundle WHERE sha256 = $1::bytea AND NOT EXISTS"
		" (SELECT FROM statement s WHERE s.bundle_sha256 = $1::bytea"
		"  AND s.voided_by IS NULL)"};
	struct args x = {0};

	args_hash(&x, sha256);
	return db_run(db, &q, &x, NULL, d);
}
