/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/outbox.h"

#include "server/db/query.h"

enum err db_receiver_keep(
	struct db *db, const struct receiver *r, size_t n, struct diag *d)
{
	static const struct query others = {"receiver-keep",
		"DELETE FROM receiver WHERE NOT (name = ANY ($1::text[]))"};
	static const struct query waiting = {"receiver-waiting",
		"DELETE FROM outbox WHERE delivered IS NULL AND given_up IS NULL"
		" AND NOT (receiver = ANY ($1::text[]))"};
	struct array names;
	struct args a = {0};
	enum err e;

	array_init(&names, ARRAY_TEXT);
	for (size_t i = 0; i < n; i++)
		array_slice(&names, slice_of(r[i].name));
	args_array(&a, &names);
	e = db_run(db, &others, &a, NULL, d);
	if (!e)
		e = db_run(db, &waiting, &a, NULL, d);
	array_done(&names);
	return e;
}

enum err db_receiver_put(
	struct db *db, const struct receiver *r, int64_t now, struct diag *d)
{
	static const struct query q = {"receiver-put",
		"INSERT INTO receiver AS r (name, words, since)"
		" VALUES ($1::text, $2::text[], to_timestamp($3::bigint))"
		" ON CONFLICT (name) DO UPDATE SET words = excluded.words"
		" WHERE r.words <> excluded.words"};
	struct array words;
	struct args a = {0};
	enum err e;

	array_init(&words, ARRAY_TEXT);
	for (size_t i = 0; i < r->nwords; i++)
		array_slice(&words, slice_of(r->word[i]));
	args_str(&a, r->name);
	args_array(&a, &words);
	args_num(&a, now);
	e = db_run(db, &q, &a, NULL, d);
	array_done(&words);
	return e;
}

enum err db_outbox_due(struct db *db, const char *receiver, int64_t now, struct arena *a,
	struct outbox_row *ret, bool *ret_found, struct diag *d)
{
	static const struct query q = {"outbox-due",
		"SELECT o.id, o.event_id, o.attempts::bigint,"
		" extract(epoch FROM e.at)::bigint, o.delivery::text, e.kind,"
		" e.body::text FROM outbox o JOIN event e ON e.id = o.event_id"
		" WHERE o.receiver = $1::text AND o.delivered IS NULL"
		" AND o.given_up IS NULL AND o.due <= to_timestamp($2::bigint)"
		" ORDER BY o.due, o.id LIMIT 1 FOR UPDATE OF o SKIP LOCKED"};
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	enum err e;

	args_str(&x, receiver);
	args_num(&x, now);
	e = db_run(db, &q, &x, &r, d);
	*ret_found = !e && r.n == 1;
	if (!*ret_found)
		return e;
	*ret = (struct outbox_row){
		.id = row_num(&r, 0, 0),
		.event = row_num(&r, 0, 1),
		.attempts = row_num(&r, 0, 2),
		.at = row_num(&r, 0, 3),
		.delivery = row_str(&r, 0, 4, a),
		.kind = row_str(&r, 0, 5, a),
		.body = row_copy(&r, 0, 6, a),
	};
	return rows_err(&r, d);
}

enum err db_outbox_tried(struct db *db, int64_t id, int64_t due, struct diag *d)
{
	static const struct query q = {"outbox-tried",
		"UPDATE outbox SET attempts = attempts + 1, due = "
		"to_timestamp($2::bigint)"
		" WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_num(&a, due);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_outbox_delivered(struct db *db, int64_t id, int64_t now, struct diag *d)
{
	static const struct query q = {"outbox-delivered",
		"UPDATE outbox SET delivered = to_timestamp($2::bigint), error = NULL"
		" WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_num(&a, now);
	return db_run(db, &q, &a, NULL, d);
}

enum err db_outbox_refused(
	struct db *db, int64_t id, const char *why, int64_t over, struct diag *d)
{
	static const struct query q = {"outbox-refused",
		"UPDATE outbox SET error = $2::text, given_up = to_timestamp($3::bigint)"
		" WHERE id = $1::bigint"};
	struct args a = {0};

	args_num(&a, id);
	args_str(&a, why);
	args_time(&a, over);
	return db_run(db, &q, &a, NULL, d);
}
