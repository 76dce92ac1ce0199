/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a transaction that leaves rows in chains which all writers share: the audit,
 * the events. All wait for the one who has them, so the last steps are sent in one go:
 * the rows, the commit, and one commit more. The first commit does not wait for the disk,
 * so that the chains are free for the next (schema/); the second one does. PostgreSQL's
 * log is written in one order, and one write serves all who wait for it.
 */
#include <string.h>

#include "server/db/conn.h"

#define ROWS_MAX  2
#define STEPS_MAX (ROWS_MAX + 2)

struct step {
	const char *what, *tag;
	const struct query *q; /* NULL: the plain text in `what` */
	struct args a;
};

/* The audit first: everyone takes the two locks in the same order. */
static size_t steps_of(struct db *db, struct step step[STEPS_MAX])
{
	size_t n = 0;

	n += audit_waits(db, &step[n].q, &step[n].a);
	n += event_waits(db, &step[n].q, &step[n].a);
	for (size_t i = 0; i < n; i++) {
		step[i].what = step[i].q->name;
		step[i].tag = "SELECT 1";
	}
	step[n].what = step[n].tag = "COMMIT";
	n++;
	step[n].what = "SELECT pg_logical_emit_message(true, 'varsel', '')";
	step[n].tag = "SELECT 1";
	return n + 1;
}

static bool send_all(PGconn *pg, const struct step *step, size_t n)
{
	bool sent = true;

	for (size_t i = 0; sent && i < n; i++) {
		const struct args *a = &step[i].a;

		if (step[i].q)
			sent = PQsendQueryPrepared(pg, step[i].q->name, a->n, a->value,
				a->length, a->format, 1);
		else
			sent = PQsendQueryParams(
				pg, step[i].what, 0, NULL, NULL, NULL, NULL, 1);
	}
	return sent && PQpipelineSync(pg);
}

/* The answers in their order; behind the first error there are none. */
static enum err read_all(struct db *db, const struct step *step, size_t n, struct diag *d)
{
	enum err e = OK;

	for (size_t i = 0; i < n; i++) {
		PGresult *res = PQgetResult(db->pg);
		ExecStatusType status = PQresultStatus(res);

		if (e)
			PQclear(res);
		else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
			e = conn_failed(db, res, step[i].what, d);
		else {
			if (strcmp(PQcmdStatus(res), step[i].tag) != 0)
				e = diag_fail(d, ERR_INTERNAL, "%s: answered otherwise",
					step[i].what);
			PQclear(res);
		}
		PQclear(PQgetResult(db->pg)); /* NULL, behind each */
	}
	PQclear(PQgetResult(db->pg)); /* the end of all */
	return e;
}

enum err commit_all(struct db *db, struct diag *d)
{
	struct step step[STEPS_MAX] = {0};
	size_t n = steps_of(db, step);
	enum err e = conn_get(db, d);

	for (size_t i = 0; !e && i < n; i++) {
		if (step[i].a.err)
			e = diag_fail(d, step[i].a.err, "%s: %s", step[i].what,
				err_text(step[i].a.err));
		else if (step[i].q)
			e = query_prepare(db, step[i].q, d);
	}
	if (e)
		return e;
	if (!PQenterPipelineMode(db->pg) || !send_all(db->pg, step, n))
		e = conn_failed(db, NULL, step[0].what, d);
	else
		e = read_all(db, step, n, d);
	if (!PQexitPipelineMode(db->pg))
		conn_drop(db);
	return e;
}
