/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hub without HTTP for the tests of its rules: a database (VARSEL_TEST_DATABASE,
 * emptied and migrated), a state folder, keys, a root document, a log that leads,
 * organisations.
 */
#ifndef VARSEL_TEST_WORLD_H
#define VARSEL_TEST_WORLD_H

/* cmocka wants these before itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/note.h"
#include "server/core/bundles.h"
#include "server/core/decision.h"
#include "server/core/indicators.h"
#include "server/core/log.h"
#include "server/core/orgs.h"
#include "server/core/submission.h"
#include "server/db/db.h"

#define HUB    "hub.varsel.test"
#define ORIGIN HUB "/feed/kommuner"
#define NOW    INT64_C(1800000000) /* 2027-01-15T08:00:00Z */

/* What the log published, as a feed would see it. */
struct seen {
	size_t entries;
	uint64_t size; /* of the newest checkpoint */
	struct hash root;
	size_t checkpoints;
	char checkpoint[CHECKPOINT_MAX];
	char entry[64][1024]; /* the first 64 */
	size_t bundle[64];    /* bytes that came with each */
	bool fail;            /* refuse what comes next */
};

struct world {
	struct core core;
	struct db *db;   /* of the tests */
	struct db *lead; /* of the log */
	struct seen seen;
	char state[64];
	struct seckey root, anna, bo; /* root key; two coordinators' signing keys */
	struct caller coordinator;
	struct diag d;
	struct arena a;
	int64_t now;
};

extern struct world w;

/* cmocka's group setup and teardown; each test begins with world_fresh(). */
int world_start(void **state);
int world_stop(void **state);
/* A test's setup: tables emptied, a new log that leads, root 1 (threshold 1). */
int world_fresh(void **state);

/* A log_publish into a struct seen. */
enum err world_publish(void *ctx, const struct log_news *news, struct diag *d);

struct db *world_db(void); /* another connection; the caller closes */
const char *world_dsn(void);
int64_t world_sql(const char *sql); /* runs it; the first value as a number, or -1 */

/* An enrolled organisation. */
struct member {
	struct caller caller;
	struct seckey key;
	char code[8];
	char name[128];
};
void member_enrol(struct member *m, const char *code);
void member_done(struct member *m);

/* Report notes: `lines` behind a header of hub, org, issued; the text of `header` (may be
 * NULL) stands between. Signed by `key`. Into the world's arena. */
struct slice report_note(const char *org, int64_t issued, const char *header,
	const char *lines, const struct seckey *key);
/* Takes it in the member's name. */
enum err report_take(
	struct member *m, struct slice note, bool strict, struct submission *ret);
/* Reports these lines now; must succeed. */
struct submission report_lines(struct member *m, const char *lines);

/* Stores a bundle of these (sorted) lines and signs the statement on it; into the arena.
 * `until` of an approval is in the lines; `expires` the statement's. */
struct slice approve_note(
	int64_t issued, int64_t expires, const char *lines, const struct seckey *key);
struct slice revoke_note(int64_t issued, const char *lines, const struct seckey *key);
enum err decide(struct slice note, struct decided *ret);

/* By value; must exist. */
struct indicator get(const char *value);
const char *timestamp(int64_t time);

#endif
