/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/query.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "server/db/conn.h"

/* The binary form of a one-dimensional array (src/backend/utils/adt/arrayfuncs.c,
 * array_recv): dimensions, has-null, type of the elements, length, lower bound; then a
 * length and the bytes for each. */
#define ARRAY_HEADER 20
#define ARRAY_MAX    (64u << 20)

static void put32(struct buf *b, uint32_t value)
{
	uint32_t big = htobe32(value);

	buf_put(b, &big, sizeof(big));
}

void array_init(struct array *x, enum array_type type)
{
	static const char header[ARRAY_HEADER];

	buf_init(&x->b, ARRAY_MAX);
	buf_put(&x->b, header, sizeof(header));
	x->n = 0;
	x->type = type;
}

void array_done(struct array *x)
{
	buf_done(&x->b);
}

void array_num(struct array *x, int64_t value)
{
	uint64_t big = htobe64((uint64_t)value);

	put32(&x->b, sizeof(big));
	buf_put(&x->b, &big, sizeof(big));
	x->n++;
}

void array_nums(struct array *x, const int64_t *num, size_t n)
{
	array_init(x, ARRAY_NUM);
	for (size_t i = 0; i < n; i++)
		array_num(x, num[i]);
}

void array_slice(struct array *x, struct slice value)
{
	put32(&x->b, (uint32_t)value.n);
	buf_slice(&x->b, value);
	x->n++;
}

void array_null(struct array *x)
{
	put32(&x->b, UINT32_MAX);
	x->n++;
}

/* The header again, now that the length is known. An array without elements has no
 * dimension. */
static void array_close(struct array *x)
{
	uint32_t header[ARRAY_HEADER / 4] = {
		htobe32(1), htobe32(1), htobe32(x->type), htobe32(x->n), htobe32(1)};

	if (x->n == 0) {
		header[0] = 0;
		x->b.len = 12;
	}
	memcpy(x->b.data, header, x->n ? ARRAY_HEADER : 12);
}

static void args_put(struct args *a, const void *p, size_t n)
{
	assert(a->n < QUERY_ARGS);
	if (n > INT32_MAX)
		a->err = ERR_LIMIT;
	a->value[a->n] = p;
	a->length[a->n] = (int)n;
	a->format[a->n] = 1;
	a->n++;
}

void args_num(struct args *a, int64_t value)
{
	assert(a->n < QUERY_ARGS);
	a->number[a->n] = htobe64((uint64_t)value);
	args_put(a, &a->number[a->n], sizeof(a->number[0]));
}

void args_time(struct args *a, int64_t value)
{
	if (value == 0)
		args_put(a, NULL, 0);
	else
		args_num(a, value);
}

void args_slice(struct args *a, struct slice value)
{
	args_put(a, value.n ? value.p : "", value.n); /* a NULL pointer would be null */
}

void args_str(struct args *a, const char *value)
{
	args_put(a, value, value ? strlen(value) : 0);
}

void args_hash(struct args *a, const struct hash *h)
{
	args_put(a, h->b, sizeof(h->b));
}

void args_array(struct args *a, struct array *x)
{
	if (buf_err(&x->b)) {
		a->err = buf_err(&x->b);
		return;
	}
	array_close(x);
	args_put(a, x->b.data, x->b.len);
}

enum err query_prepare(struct db *db, const struct query *q, struct diag *d)
{
	PGresult *res;

	for (size_t i = 0; i < db->nprepared; i++)
		if (db->prepared[i] == q)
			return OK;
	assert(db->nprepared < CONN_PREPARED);
	res = PQprepare(db->pg, q->name, q->sql, 0, NULL);
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		return conn_failed(db, res, q->name, d);
	PQclear(res);
	db->prepared[db->nprepared++] = q;
	return OK;
}

static enum err run_once(struct db *db, const struct query *q, const struct args *a,
	struct rows *ret, struct diag *d)
{
	ExecStatusType status;
	PGresult *res;
	enum err e = conn_get(db, d);

	if (!e)
		e = query_prepare(db, q, d);
	if (e)
		return e;
	res = PQexecPrepared(db->pg, q->name, a->n, a->value, a->length, a->format, 1);
	status = PQresultStatus(res);
	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
		return conn_failed(db, res, q->name, d);
	if (ret)
		*ret = (struct rows){.pg = res, .n = PQntuples(res)};
	else
		PQclear(res);
	return OK;
}

enum err db_run(struct db *db, const struct query *q, const struct args *a,
	struct rows *ret, struct diag *d)
{
	enum err e;

	if (a->err)
		return diag_fail(d, a->err, "%s: %s", q->name, err_text(a->err));
	e = run_once(db, q, a, ret, d);
	/* A connection that died since its last use shows only now. */
	if (e == ERR_DATABASE && !db->in_tx && db->pg && !conn_alive(db))
		e = run_once(db, q, a, ret, d);
	return e;
}

enum err db_run_changed(struct db *db, const struct query *q, const struct args *a,
	bool *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	enum err e = db_run(db, q, a, &r, d);

	if (!e)
		*ret = rows_changed(&r) == 1;
	return e;
}

enum err db_run_num(struct db *db, const struct query *q, const struct args *a,
	int64_t none, int64_t *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	enum err e = db_run(db, q, a, &r, d);

	if (!e)
		*ret = r.n ? row_num(&r, 0, 0) : none;
	return e;
}

enum err db_run_flag(struct db *db, const struct query *q, const struct args *a,
	bool *ret, struct diag *d)
{
	CLEANUP_ROWS struct rows r = {0};
	enum err e = db_run(db, q, a, &r, d);

	if (!e)
		*ret = row_flag(&r, 0, 0);
	return e;
}

enum err db_plan_anew(struct db *db, struct diag *d)
{
	static const struct query q = {"plan-anew",
		"SELECT set_config('plan_cache_mode', 'force_custom_plan', true)"};
	struct args a = {0};

	return db_run(db, &q, &a, NULL, d);
}

void rows_done(struct rows *r)
{
	PQclear(r->pg);
	r->pg = NULL;
	r->n = 0;
}

bool row_null(const struct rows *r, int row, int column)
{
	return PQgetisnull(r->pg, row, column);
}

struct slice row_slice(const struct rows *r, int row, int column)
{
	return slice_mem(
		PQgetvalue(r->pg, row, column), (size_t)PQgetlength(r->pg, row, column));
}

int64_t row_num(const struct rows *r, int row, int column)
{
	struct slice s = row_slice(r, row, column);
	uint64_t big = 0;

	assert(s.n == 0 || s.n == sizeof(big)); /* the SQL must say ::bigint */
	if (s.n)
		memcpy(&big, s.p, sizeof(big));
	return (int64_t)be64toh(big);
}

bool row_flag(const struct rows *r, int row, int column)
{
	struct slice s = row_slice(r, row, column);

	return s.n == 1 && s.p[0] != 0;
}

struct hash row_hash(const struct rows *r, int row, int column)
{
	struct slice s = row_slice(r, row, column);
	struct hash h = {{0}};

	if (s.n == sizeof(h.b))
		memcpy(h.b, s.p, sizeof(h.b));
	return h;
}

const char *row_str(struct rows *r, int row, int column, struct arena *a)
{
	char *copy;

	if (row_null(r, row, column))
		return NULL;
	copy = arena_dup(a, row_slice(r, row, column));
	if (!copy)
		r->nomem = true;
	return copy;
}

struct slice row_copy(struct rows *r, int row, int column, struct arena *a)
{
	const char *copy = row_str(r, row, column, a);

	return slice_mem(copy, copy ? row_slice(r, row, column).n : 0);
}

void *rows_items(struct rows *r, size_t size, struct arena *a)
{
	void *items = arena_alloc(a, size * ((size_t)r->n + 1));

	if (!items)
		r->nomem = true;
	return items;
}

enum err rows_err(const struct rows *r, struct diag *d)
{
	return r->nomem ? diag_fail(d, ERR_NOMEM, "the answer is too large") : OK;
}

int64_t rows_changed(const struct rows *r)
{
	const char *text = PQcmdTuples(r->pg);
	int64_t n = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (*text - '0');
	return n;
}
