/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prepared statements, for the files of server/db alone. Parameters and results travel in
 * PostgreSQL's binary form: numbers as bigint (SQL says $1::bigint), text and bytes as
 * they are, lists as arrays. Nothing is ever formatted into the SQL.
 *
 * Outside a transaction a statement may run twice, when the connection turns out to be
 * dead: what writes belongs into db_tx().
 */
#ifndef VARSEL_QUERY_H
#define VARSEL_QUERY_H

#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/hash.h"
#include "server/db/db.h"

#define QUERY_ARGS 16

struct query {
	const char *name; /* unique among all: the prepared statement's */
	const char *sql;
};

/* A list as one parameter: bigint[], text[] or bytea[]. */
struct array {
	struct buf b;
	uint32_t n;
	uint32_t type; /* OID of the elements */
};

enum array_type { ARRAY_BYTES = 17, ARRAY_NUM = 20, ARRAY_TEXT = 25 };

void array_init(struct array *x, enum array_type type);
void array_done(struct array *x); /* safe twice, and on a zeroed struct */
void array_num(struct array *x, int64_t value);
void array_nums(
	struct array *x, const int64_t *num, size_t n); /* init, and all of them */
void array_slice(struct array *x, struct slice value);
void array_null(struct array *x);

/* Arguments in the order of $1, $2...; borrows what it is given, must not be copied. The
 * first error sticks and db_run() returns it. */
struct args {
	const char *value[QUERY_ARGS];
	int length[QUERY_ARGS];
	int format[QUERY_ARGS];
	uint64_t number[QUERY_ARGS];
	int n;
	enum err err;
};

void args_num(struct args *a, int64_t value);
void args_time(struct args *a, int64_t value); /* 0: null */
void args_slice(struct args *a, struct slice value);
void args_str(struct args *a, const char *value); /* NULL: null */
void args_hash(struct args *a, const struct hash *h);
void args_array(struct args *a, struct array *x); /* completes its header */

/* The rows of an answer. */
struct rows {
	struct pg_result *pg;
	int n;
	bool nomem; /* a copy did not fit the arena: see rows_err() */
};

void rows_done(struct rows *r); /* safe twice, and on a zeroed struct */
#define CLEANUP_ROWS __attribute__((cleanup(rows_done)))

/* `ret` may be NULL; else it must be empty. ERR_DATABASE; ERR_INTERNAL with the
 * statement's name and PostgreSQL's message. */
enum err db_run(struct db *db, const struct query *q, const struct args *a,
	struct rows *ret, struct diag *d) CHECK_RESULT;

/* Answers of one value: whether one row was changed; the first column of the first row,
 * `none` where there is no row. */
enum err db_run_changed(struct db *db, const struct query *q, const struct args *a,
	bool *ret, struct diag *d) CHECK_RESULT;
enum err db_run_num(struct db *db, const struct query *q, const struct args *a,
	int64_t none, int64_t *ret, struct diag *d) CHECK_RESULT;
enum err db_run_flag(struct db *db, const struct query *q, const struct args *a,
	bool *ret, struct diag *d) CHECK_RESULT;

/* Within a transaction, before a statement that joins long arrays: from here on plans are
 * made for the arguments at hand. A plan made for any would take each array for ten
 * elements and join ten thousand in a loop. */
enum err db_plan_anew(struct db *db, struct diag *d) CHECK_RESULT;

/* Columns: bigint, boolean, text or bytea, as the SQL casts them. Null is 0, false, an
 * empty slice. */
bool row_null(const struct rows *r, int row, int column);
int64_t row_num(const struct rows *r, int row, int column);
bool row_flag(const struct rows *r, int row, int column);
struct slice row_slice(const struct rows *r, int row, int column); /* borrowed */
struct hash row_hash(const struct rows *r, int row, int column);   /* of 32 bytes */
/* Copies in the arena, terminated; row_str() of null is NULL. */
const char *row_str(struct rows *r, int row, int column, struct arena *a);
struct slice row_copy(struct rows *r, int row, int column, struct arena *a);
/* Room for what the rows become, `size` bytes each; NULL when it does not fit: see
 * rows_err(). */
void *rows_items(struct rows *r, size_t size, struct arena *a);
/* OK, or ERR_NOMEM when a copy, or the room for them, failed. */
enum err rows_err(const struct rows *r, struct diag *d) CHECK_RESULT;
/* Rows that an INSERT, UPDATE or DELETE touched. */
int64_t rows_changed(const struct rows *r);

#endif
