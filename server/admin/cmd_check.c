/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "common/clock.h"
#include "common/file.h"
#include "server/admin/console.h"
#include "server/admin/migrations.h"
#include "server/core/neverblock.h"
#include "server/core/roots.h"
#include "server/db/log.h"
#include "server/db/rights.h"

static const char usage[] =
	"usage: varseld [-c FILE] check\n"
	"Looks whether configuration, keys, database and root document are in place and "
	"fit\n"
	"each other. Changes nothing; may be used while the hub runs.\n";

struct checked {
	struct console *c;
	struct pubkey log, fresh;
};

static enum err check_keys(struct checked *x, struct diag *d)
{
	char path[STATE_PATH];
	struct log *log;
	enum err e = config_state_path(&x->c->config, STATE_JWT_KEY, path, d);

	if (!e && !file_exists(path))
		e = diag_fail(d, ERR_NOT_FOUND, "%s is missing: run varseld init", path);
	if (!e)
		e = log_open(
			x->c->config.state_dir, x->c->config.origin, NULL, NULL, &log, d);
	if (e)
		return e;
	log_keys(log, &x->log, &x->fresh);
	log_close(&log);
	return OK;
}

static enum err check_alerts(struct checked *x, struct diag *d)
{
	return receivers_open(&x->c->config.receivers, d);
}

static enum err check_database(struct checked *x, struct diag *d)
{
	return migrations_check(x->c->db, d);
}

static enum err check_rights(struct checked *x, struct diag *d)
{
	bool many;
	enum err e = db_rights_too_many(x->c->db, &many, d);

	if (!e && many)
		(void)printf("the hub's role in the database could rewrite the audit: "
			     "set database-owner\n");
	return e;
}

static bool has_key(const struct root *r, enum role role, const struct pubkey *k)
{
	size_t n;
	const struct pubkey *keys = root_keys(r, role, &n);

	return n == 1 && strcmp(keys->name, k->name) == 0 && pubkey_same(keys, k);
}

static enum err check_root(struct checked *x, struct diag *d)
{
	CLEANUP_ARENA struct arena a;
	struct root root;
	char until[CLOCK_TEXT];
	enum err e;

	arena_init(&a, 1u << 20);
	e = roots_newest(x->c->db, &a, &root, NULL, d);
	if (e)
		return e;
	clock_format(root.expires, until);
	if (!has_key(&root, ROLE_LOG, &x->log) || !has_key(&root, ROLE_FRESH, &x->fresh))
		return diag_fail(d, ERR_CONFLICT,
			"root %" PRId64 " names other log keys than those in state-dir: "
			"clients will hold",
			root.version);
	if (root.expires <= clock_now())
		return diag_fail(d, ERR_STALE,
			"root %" PRId64
			" expired at %s: clients hold until there is a new one",
			root.version, until);
	(void)printf("root %" PRId64 ", good until %s\n", root.version, until);
	return OK;
}

static enum err check_log(struct checked *x, struct diag *d)
{
	struct log_row row;
	enum err e = db_log_get(x->c->db, x->c->config.origin, false, &row, d);

	if (e == ERR_NOT_FOUND) {
		(void)printf(
			"log %s, not begun: varseld run signs the first checkpoint\n",
			x->c->config.origin);
		return OK;
	}
	if (!e)
		(void)printf("log %s, %" PRIu64 " entries\n", x->c->config.origin,
			row.frontier.size);
	return e;
}

static enum err check_never_block(struct checked *x, struct diag *d)
{
	struct core core = config_core(&x->c->config);
	struct warninglist files;
	struct allow a;
	enum err e = neverblock_load(&core, &x->c->config.never_block, &a, &files, d);

	if (e)
		return e;
	(void)printf("never-block, %zu entries", a.n);
	if (files.skipped)
		(void)printf(", %zu of the files skipped: %s", files.skipped,
			files.first.text);
	(void)printf("\n");
	allow_done(&a);
	return OK;
}

int cmd_check(const struct invocation *inv, int argc, char **argv)
{
	static const struct {
		const char *what;
		enum err (*check)(struct checked *x, struct diag *d);
	} steps[] = {
		{"keys", check_keys},
		{"alerts", check_alerts},
		{"database", check_database},
		{"root", check_root},
		{"never-block", check_never_block},
		{"log", check_log},
		{"rights", check_rights},
	};
	CLEANUP_CONSOLE struct console c = {0};
	struct checked x = {.c = &c};
	struct diag d = {0};
	int code;
	enum err e;

	if (!console_options(argc, argv, usage, 0, 0, &code))
		return code;
	e = console_open(inv, CONSOLE_HUB, &c, &d);
	for (size_t i = 0; !e && i < sizeof(steps) / sizeof(*steps); i++) {
		e = steps[i].check(&x, &d);
		if (e)
			(void)diag_at(&d, e, "%s: ", steps[i].what);
	}
	if (e)
		return console_fail("check", e, &d);
	(void)printf("all in place\n");
	return EX_OK;
}
