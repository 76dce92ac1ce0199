/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/enrol_link.h"

#include "server/db/query.h"

enum err db_enrol_link_add(struct db *db, const struct hash *secret_hash, int64_t org,
	int64_t n, const char *by, int64_t now, int64_t expires, struct diag *d)
{
	static const struct query q = {"enrol-link-add",
		"INSERT INTO enrol_link (secret_hash, org_id, n, created_by,"
		" created, expires)"
		" VALUES ($1::bytea, $2::bigint, $3::bigint, $4::text,"
		" to_timestamp($5::bigint), to_timestamp($6::bigint))"};
	struct args a = {0};

	args_hash(&a, secret_hash);
	args_num(&a, org);
	args_num(&a, n);
	args_str(&a, by);
	args_num(&a, now);
	args_num(&a, expires);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_enrol_link_use(struct db *db, const struct hash *secret_hash, int64_t org,
	int64_t n, int64_t now, bool *ret_used, struct diag *d)
{
	static const struct query q = {"enrol-link-use",
		"UPDATE enrol_link SET used = to_timestamp($4::bigint)"
		" WHERE secret_hash = $1::bytea AND org_id = $2::bigint "
		" AND n = $3::bigint AND used IS NULL AND expires > "
		"to_timestamp($4::bigint)"};
	struct args a = {0};

	args_hash(&a, secret_hash);
	args_num(&a, org);
	args_num(&a, n);
	args_num(&a, now);
	return db_run_changed(db, &q, &a, ret_used, d);
}

enum err db_enrol_link_switch_off(struct db *db, int64_t org, int64_t now, struct diag *d)
{
	static const struct query q = {"enrol-link-off",
		"UPDATE enrol_link SET used = to_timestamp($2::bigint)"
		" WHERE org_id = $1::bigint AND used IS NULL"};
	struct args a = {0};

	args_num(&a, org);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}
