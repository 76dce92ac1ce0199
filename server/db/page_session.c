/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/page_session.h"

#include "server/db/query.h"

enum err db_page_link_add(struct db *db, const struct hash *link, const char *key,
	const char *org, int64_t now, int64_t expires, struct diag *d)
{
	static const struct query q = {"page-link-add",
		"INSERT INTO page_session (link_hash, key_name, org_id, created,"
		" link_expires) VALUES ($1::bytea, $2::text,"
		" (SELECT id FROM org WHERE code = $3::text),"
		" to_timestamp($4::bigint), to_timestamp($5::bigint))"};
	struct args a = {0};

	args_hash(&a, link);
	args_str(&a, key);
	args_str(&a, org);
	args_num(&a, now);
	args_num(&a, expires);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_page_link_use(struct db *db, const struct hash *link,
	const struct hash *session, int64_t now, int64_t expires, struct arena *a,
	const char **ret_key, struct diag *d)
{
	static const struct query q = {"page-link-use",
		"UPDATE page_session SET session_hash = $2::bytea,"
		" opened = to_timestamp($3::bigint), expires = to_timestamp($4::bigint)"
		" WHERE link_hash = $1::bytea AND session_hash IS NULL"
		" AND link_expires > to_timestamp($3::bigint) RETURNING key_name"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	const char *key;
	enum err e;

	args_hash(&x, link);
	args_hash(&x, session);
	args_num(&x, now);
	args_num(&x, expires);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	key = r.n ? row_str(&r, 0, 0, a) : NULL;
	e = rows_err(&r, d);
	if (!e)
		*ret_key = key;
	return e;
}

enum err db_page_session_end_key(
	struct db *db, const char *key, int64_t now, struct diag *d)
{
	static const struct query q = {"page-session-end-key",
		"UPDATE page_session SET"
		" link_expires = least(link_expires, to_timestamp($2::bigint)),"
		" expires = least(expires, to_timestamp($2::bigint))"
		" WHERE key_name = $1::text AND (expires > to_timestamp($2::bigint)"
		"  OR expires IS NULL AND link_expires > to_timestamp($2::bigint))"};
	struct args a = {0};

	args_str(&a, key);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_page_session_trim(
	struct db *db, const struct hash *link, int64_t most, int64_t now, struct diag *d)
{
	/* By the index on `expires`: of all there are but few that have not ended. */
	static const struct query q = {"page-session-trim",
		"UPDATE page_session SET expires = to_timestamp($3::bigint)"
		" WHERE link_hash IN (SELECT p.link_hash FROM page_session p,"
		"  page_session n WHERE n.link_hash = $1::bytea"
		"  AND p.expires > to_timestamp($3::bigint)"
		"  AND p.org_id IS NOT DISTINCT FROM n.org_id"
		"  AND (n.org_id IS NOT NULL OR p.key_name = n.key_name)"
		"  ORDER BY p.link_hash = n.link_hash DESC, p.expires DESC, p.link_hash"
		"  OFFSET $2::bigint)"};
	struct args a = {0};

	args_hash(&a, link);
	args_num(&a, most);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_page_session_list(struct db *db, int64_t now, struct arena *a,
	struct page_sessions *ret, struct diag *d)
{
	static const struct query q = {"page-session-list",
		"SELECT * FROM (SELECT p.session_hash, p.key_name, o.code,"
		"  extract(epoch FROM p.expires)::bigint FROM page_session p"
		"  LEFT JOIN org o ON o.id = p.org_id"
		"  WHERE p.expires > to_timestamp($1::bigint)"
		"  ORDER BY p.expires DESC LIMIT 10000) s ORDER BY 1"};
	CLEANUP_ROWS struct rows r = {0};
	struct page_session *item;
	struct args x = {0};
	enum err e;

	args_num(&x, now);
	e = db_run(db, &q, &x, &r, d);
	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return diag_fail(d, ERR_NOMEM, "sessions: out of memory");
	for (int i = 0; i < r.n; i++)
		item[i] = (struct page_session){
			.hash = row_hash(&r, i, 0),
			.key = row_str(&r, i, 1, a),
			.org = row_str(&r, i, 2, a),
			.expires = row_num(&r, i, 3),
		};
	e = rows_err(&r, d);
	if (!e)
		*ret = (struct page_sessions){item, (size_t)r.n};
	return e;
}
