/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/admin/migrations.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/clock.h"
#include "server/db/audit.h"
#include "server/db/migration.h"
#include "server/embedded.h"

/* "0001-base.sql" is 1. */
static int64_t version_of(const struct embedded *file)
{
	return strtoll(file->name, NULL, 10);
}

int64_t migrations_newest(void)
{
	int64_t newest = 0;

	for (const struct embedded *f = schema_files; f->name; f++)
		newest = version_of(f);
	return newest;
}

static enum err newer(int64_t version, struct diag *d)
{
	return diag_fail(d, ERR_CONFLICT,
		"the database is at version %" PRId64
		", this program knows up to %" PRId64 ": use a newer program",
		version, migrations_newest());
}

struct migrated {
	const char *actor, *file;
};

static enum err audit_body(struct db *db, void *ctx, struct diag *d)
{
	const struct migrated *x = ctx;

	return db_audit_add(
		db, clock_now(), x->actor, "migrate", slice_of(x->file), NULL, d);
}

enum err migrations_run(
	struct db *db, const char *actor, void (*each)(const char *name), struct diag *d)
{
	int64_t version;
	bool utf8;
	enum err e = db_migration_encoding_ok(db, &utf8, d);

	if (!e && !utf8)
		return diag_fail(d, ERR_CONFLICT,
			"the database's encoding is not UTF8: createdb -E UTF8 -T "
			"template0");
	if (!e)
		e = db_migration_lock(db, d);
	if (!e)
		e = db_migration_newest(db, &version, d);
	if (!e && version > migrations_newest())
		return newer(version, d);
	for (const struct embedded *f = schema_files; !e && f->name; f++) {
		struct migrated now = {actor, f->name};

		if (version_of(f) <= version)
			continue;
		e = db_migration_run(db, f->data, d);
		if (e)
			return diag_at(d, e, "%s: ", f->name);
		each(f->name);
		e = db_tx(db, audit_body, &now, d);
	}
	return e;
}

enum err migrations_check(struct db *db, struct diag *d)
{
	int64_t version;
	enum err e = db_migration_newest(db, &version, d);

	if (e)
		return e;
	if (version > migrations_newest())
		return newer(version, d);
	if (version < migrations_newest())
		return diag_fail(d, ERR_CONFLICT,
			"the database is at version %" PRId64 " of %" PRId64
			": run varseld migrate",
			version, migrations_newest());
	return OK;
}
