/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/key_rows.h"

static enum err key_read(
	struct rows *r, int row, struct arena *a, struct key_record *ret, struct diag *d)
{
	enum err e = pubkey_parse(row_slice(r, row, 0), &ret->key, d);

	if (e)
		return diag_at(d, ERR_INTERNAL, "a stored key: ");
	ret->org = row_str(r, row, 1, a);
	ret->off = row_flag(r, row, 2);
	return rows_err(r, d);
}

enum err key_rows_find(struct db *db, const struct query *q, const struct slice *names,
	size_t n, struct arena *a, struct key_record *ret, size_t *ret_n, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct array list = {0};
	struct args x = {0};
	enum err e;

	array_init(&list, ARRAY_TEXT);
	for (size_t i = 0; i < n; i++)
		array_slice(&list, names[i]);
	args_array(&x, &list);
	e = db_run(db, q, &x, &r, d);
	array_done(&list);
	for (int i = 0; !e && i < r.n && (size_t)i < n; i++)
		e = key_read(&r, i, a, &ret[i], d);
	if (!e)
		*ret_n = (size_t)r.n < n ? (size_t)r.n : n;
	return e;
}

enum err key_rows_texts(struct db *db, const struct query *q, struct arena *a,
	struct texts *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	struct args x = {0};
	const char **item;
	enum err e = db_run(db, q, &x, &r, d);

	if (e)
		return e;
	item = rows_items(&r, sizeof(*item), a);
	if (!item)
		return rows_err(&r, d);
	for (int i = 0; i < r.n; i++)
		item[i] = row_str(&r, i, 0, a);
	e = rows_err(&r, d);
	if (!e)
		*ret = (struct texts){item, (size_t)r.n};
	return e;
}
