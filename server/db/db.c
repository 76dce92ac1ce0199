/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/db/db.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "server/db/conn.h"

#define TX_ATTEMPTS 8
#define RETRY_MS    500 /* between attempts to connect: a dead database is not hammered */

/* Whatever hangs longer than this is taken for a database that is down. */
static const char session_sql[] = "SET statement_timeout = '60s';"
				  "SET lock_timeout = '20s';"
				  "SET idle_in_transaction_session_timeout = '60s';"
				  "SET jit = off;" /* nothing here is worth it */
				  "SET random_page_cost = 1.1;" /* no disk has arms */
				  "SET client_min_messages = warning";

static int64_t monotonic_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum err db_open(const char *conninfo, struct db **ret, struct diag *d)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db)
		db->conninfo = strdup(conninfo);
	if (!db || !db->conninfo) {
		free(db);
		return diag_fail(d, ERR_NOMEM, "out of memory");
	}
	*ret = db;
	return OK;
}

void db_close(struct db **db)
{
	if (!*db)
		return;
	conn_drop(*db);
	free((*db)->conninfo);
	free(*db);
	*db = NULL;
}

unsigned db_generation(const struct db *db)
{
	return db->generation;
}

void conn_drop(struct db *db)
{
	PQfinish(db->pg);
	db->pg = NULL;
	db->nprepared = 0;
}

bool conn_alive(const struct db *db)
{
	return db->pg && PQstatus(db->pg) == CONNECTION_OK;
}

/* The words of a libpq message, without the line ends it likes. */
static enum err fail_message(
	struct diag *d, enum err e, const char *what, const char *message)
{
	size_t n = strlen(message);

	while (n > 0 && (message[n - 1] == '\n' || message[n - 1] == ' '))
		n--;
	return diag_fail(d, e, "%s: %.*s", what, (int)n, message);
}

/* libpq's notices would go to stderr; the answer's error says enough. */
static void no_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

static enum err connect_now(struct db *db, struct diag *d)
{
	/* What stands behind dbname overrides the same word in conninfo, so only what an
	 * operator should not have to think of is behind it. */
	static const char *const names[] = {"connect_timeout", "keepalives_idle",
		"keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname",
		"client_encoding", "fallback_application_name", NULL};
	const char *const values[] = {
		"5", "10", "5", "3", "15000", db->conninfo, "UTF8", "varseld", NULL};
	PGresult *res;
	enum err e = OK;

	db->pg = PQconnectdbParams(names, values, 1);
	if (!conn_alive(db)) {
		e = fail_message(d, ERR_DATABASE, "database",
			db->pg ? PQerrorMessage(db->pg) : "out of memory");
		conn_drop(db);
		return e;
	}
	(void)PQsetNoticeReceiver(db->pg, no_notice, NULL);
	res = PQexec(db->pg, session_sql);
	if (PQresultStatus(res) != PGRES_COMMAND_OK) {
		e = fail_message(d, ERR_DATABASE, "database", PQerrorMessage(db->pg));
		conn_drop(db);
	}
	PQclear(res);
	if (!e)
		db->generation++;
	return e;
}

enum err conn_get(struct db *db, struct diag *d)
{
	int64_t now;
	enum err e;

	if (conn_alive(db))
		return OK;
	if (db->in_tx)
		return diag_fail(d, ERR_DATABASE, "database: the connection was lost");
	conn_drop(db);
	now = monotonic_ms();
	if (db->failed && now - db->failed < RETRY_MS)
		return diag_fail(d, ERR_DATABASE, "database: no connection");
	e = connect_now(db, d);
	db->failed = e ? now : 0;
	return e;
}

/* Which failures pass by themselves: SQLSTATE classes of a server that is down, full or
 * going down, and statements that were cut off for their time. */
static bool is_outage(const char *state)
{
	static const char *const heads[] = {
		"08", "53", "57", "58", "55P03", "25P03", "25006"};

	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		if (strncmp(state, heads[i], strlen(heads[i])) == 0)
			return true;
	return false;
}

enum err conn_failed(struct db *db, PGresult *res, const char *what, struct diag *d)
{
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *text = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	enum err e = ERR_INTERNAL;

	if (!conn_alive(db) || !state)
		e = ERR_DATABASE;
	else if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)
		db->again = true;
	else if (is_outage(state))
		e = ERR_DATABASE;
	if (db->again)
		e = ERR_DATABASE; /* what is left when all attempts are used up */
	e = fail_message(d, e, what, text ? text : PQerrorMessage(db->pg));
	PQclear(res);
	return e;
}

static enum err command(struct db *db, const char *sql, const char *tag, struct diag *d)
{
	PGresult *res = PQexec(db->pg, sql);

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		return conn_failed(db, res, sql, d);
	/* COMMIT of a failed transaction answers ROLLBACK. */
	if (strcmp(PQcmdStatus(res), tag) != 0) {
		PQclear(res);
		return diag_fail(d, ERR_INTERNAL, "%s: answered otherwise", sql);
	}
	PQclear(res);
	return OK;
}

static enum err begin(struct db *db, struct diag *d)
{
	enum err e = conn_get(db, d);

	if (e)
		return e;
	e = command(db, "BEGIN", "BEGIN", d);
	/* The server may have gone away and come back since the last use. */
	if (e == ERR_DATABASE && !conn_alive(db)) {
		e = conn_get(db, d);
		if (!e)
			e = command(db, "BEGIN", "BEGIN", d);
	}
	return e;
}

static enum err attempt(struct db *db, db_body body, void *ctx, struct diag *d)
{
	enum err e = begin(db, d);

	if (e)
		return e;
	db->in_tx = true;
	e = body(db, ctx, d);
	if (!e)
		e = db->audit.n || db->event.n ? commit_all(db, d)
					       : command(db, "COMMIT", "COMMIT", d);
	if (e && conn_alive(db) && command(db, "ROLLBACK", "ROLLBACK", NULL))
		conn_drop(db);
	audit_forget(db);
	event_forget(db);
	db->in_tx = false;
	return e;
}

enum err db_tx(struct db *db, db_body body, void *ctx, struct diag *d)
{
	assert(!db->in_tx);
	for (unsigned i = 0;; i++) {
		struct timespec pause = {0, 0};
		enum err e;

		db->again = false;
		e = attempt(db, body, ctx, d);
		if (!e || !db->again || i + 1 == TX_ATTEMPTS)
			return e;
		/* Two that ran into each other should not do so again in step. */
		pause.tv_nsec = (long)(1 + randombytes_uniform(8u << i)) * 1000000;
		(void)nanosleep(&pause, NULL);
	}
}

enum err db_ping(struct db *db, struct diag *d)
{
	static const struct query ping = {"ping", "SELECT 1::bigint"};
	struct args a = {0};

	return db_run(db, &ping, &a, NULL, d);
}
