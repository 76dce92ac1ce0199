/* SPDX-License-Identifier: BSD-2-Clause */
/* Who leads, what is appended, and the one walk from what is published to what is stored
 * (log.h). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "server/core/log_state.h"
#include "server/db/audit.h"
#include "server/db/bundle.h"
#include "server/db/checkpoint.h"
#include "server/db/db.h"
#include "server/db/log.h"
#include "server/db/statement.h"

#define PORTION    256
#define ENTRY_ROOM ((size_t)PORTION * (STATEMENT_MAX + 1024))

static const char restored[] = "log: refusing to sign. The database holds less than, or "
			       "other than, the head file %s "
			       "says was signed (%s): it seems restored from an old "
			       "backup. Stop the hub and restore "
			       "a newer one; if there is none, the log has ended, and a "
			       "higher log-number with new keys (varseld(8)) and a "
			       "root document that names them begin another";

/* Entries that were signed are not there any more, or are others. */
static enum err refuse(struct log *l, struct diag *d, const char *how)
{
	struct diag why = {0};

	(void)diag_fail(&why, ERR_HOLD, restored, l->head_path, how);
	return log_hold(l, &why, d);
}

/* One entry more in the tree: looked at, then handed over. */
static enum err fold(struct log *l, struct db *db, const struct statement_row *row,
	int64_t now, struct diag *d)
{
	CLEANUP_ARENA struct arena a;
	struct log_entry entry = {.note = row->note, .sha256 = row->bundle};
	struct log_news news = {.entry = &entry, .n = 1, .more = true};
	struct hash leaf = merkle_leaf(row->note), root;
	struct frontier tree = l->tree;
	enum err e = OK;

	arena_init(&a, BUNDLE_MAX + 4096);
	frontier_append(&tree, &leaf);
	if (tree.size == l->head.size) {
		root = frontier_root(&tree);
		if (!hash_same(&root, &l->head.root))
			return refuse(l, d, "the root differs");
	}
	if (row->has_bundle && row->expires > now)
		e = db_bundle_get(db, &row->bundle, &a, &entry.bundle, d);
	if (e == ERR_NOT_FOUND) /* erased: the log goes on without it */
		e = OK;
	news.first = l->tree.size;
	if (!e)
		e = log_tell(l, &news, d);
	if (!e)
		l->tree = tree;
	return e;
}

/* Stored entries that are not in the tree yet. */
static enum err fold_stored(
	struct log *l, struct db *db, uint64_t size, int64_t now, struct diag *d)
{
	enum err e = OK;

	while (!e && l->tree.size < size) {
		CLEANUP_ARENA struct arena a;
		struct statement_row *row;
		size_t n = 0;

		arena_init(&a, ENTRY_ROOM);
		e = db_statement_read(
			db, l->row, (int64_t)l->tree.size, PORTION, &a, &row, &n, d);
		if (!e && n == 0)
			e = diag_fail(d, ERR_INTERNAL,
				"the log's entry %" PRIu64 " is missing in the database",
				l->tree.size);
		for (size_t i = 0; !e && i < n && l->tree.size < size; i++)
			e = fold(l, db, &row[i], now, d);
	}
	return e;
}

static enum err sign_and_publish(
	struct log *l, struct db *db, int64_t now, struct diag *d)
{
	CLEANUP_BUF struct buf note = {.max = CHECKPOINT_MAX};
	struct log_news news = {
		.first = l->head.size, .size = l->head.size, .root = l->head.root};
	enum err e = log_sign(l, &l->head, now, &note, d);

	if (!e)
		e = db_checkpoint_add(db, l->row, (int64_t)l->head.size, &l->head.root,
			buf_view(&note), now, d);
	news.checkpoint = buf_view(&note);
	return e ? e : log_tell(l, &news, d);
}

/* From the tree to what the database holds: fold, head file, signature, news. Does
 * nothing when there is nothing new. With `append` held. */
static enum err catch_up(struct log *l, struct db *db, int64_t now, struct diag *d)
{
	struct log_row row;
	struct head head;
	struct hash stored;
	enum err e = db_log_get(db, l->origin, false, &row, d);

	if (e == ERR_NOT_FOUND)
		return refuse(l, d, "the log is not there");
	if (e)
		return e;
	if (row.term != l->term) {
		atomic_store(&l->leading, false);
		atomic_store(&l->deposed, true);
		l->generation = 0;
		return diag_fail(d, ERR_BUSY, "log: another hub leads");
	}
	if (row.frontier.size < l->head.size || row.frontier.size < l->tree.size)
		return refuse(l, d, "entries are missing");
	e = fold_stored(l, db, row.frontier.size, now, d);
	if (e)
		return e;
	head = (struct head){l->tree.size, frontier_root(&l->tree)};
	stored = frontier_root(&row.frontier);
	if (!hash_same(&head.root, &stored))
		return refuse(l, d, "the entries do not make the stored root");
	if (head.size == 0 && !hash_same(&head.root, &l->head.root))
		return refuse(l, d, "the root differs");
	if (head.size > l->head.size) {
		e = log_write_head(l, &head, d);
		if (e)
			return e;
		l->head = head;
	}
	if (l->is_signed && l->published.size == head.size)
		return OK;
	return sign_and_publish(l, db, now, d);
}

/* After the connection was lost the database may be another one: what is published must
 * still be what is stored. */
static enum err verify_stored(struct log *l, struct db *db, struct diag *d)
{
	struct frontier tree;
	struct hash now, then = frontier_root(&l->tree);
	enum err e = OK;

	frontier_init(&tree);
	while (!e && tree.size < l->tree.size) {
		CLEANUP_ARENA struct arena a;
		struct statement_row *row;
		size_t n = 0;

		arena_init(&a, ENTRY_ROOM);
		e = db_statement_read(
			db, l->row, (int64_t)tree.size, PORTION, &a, &row, &n, d);
		if (!e && n == 0)
			return refuse(l, d, "entries are missing");
		for (size_t i = 0; !e && i < n && tree.size < l->tree.size; i++) {
			struct hash leaf = merkle_leaf(row[i].note);

			frontier_append(&tree, &leaf);
		}
	}
	now = frontier_root(&tree);
	if (!e && !hash_same(&now, &then))
		return refuse(l, d, "the root differs");
	return e;
}

/* The tree of what the new log `row` was given. */
static enum err count_carried(struct db *db, struct log_row *row, struct diag *d)
{
	size_t n = PORTION;
	enum err e = OK;

	while (!e && n == PORTION) {
		CLEANUP_ARENA struct arena a;
		struct statement_row *entry;

		arena_init(&a, ENTRY_ROOM);
		e = db_statement_read(db, row->id, (int64_t)row->frontier.size, PORTION,
			&a, &entry, &n, d);
		for (size_t i = 0; !e && i < n; i++) {
			struct hash leaf = merkle_leaf(entry[i].note);

			frontier_append(&row->frontier, &leaf);
		}
	}
	return e;
}

/* A new log key begins another log. What the channel's log before it decided is not
 * undone by that: it is carried over, signatures and all, before anything is signed. */
static enum err carry_over(struct db *db, struct log_row *row, struct diag *d)
{
	int64_t before = 0;
	enum err e = db_log_before(db, row->id, &before, d);

	if (e || !before)
		return e;
	e = db_statement_carry(db, before, row->id, clock_now(), d);
	if (!e)
		e = count_carried(db, row, d);
	return e ? e : db_log_grow(db, row->id, &row->frontier, d);
}

struct lead {
	struct log *log;
	int64_t now;
};

static enum err term_body(struct db *db, void *ctx, struct diag *d)
{
	struct lead *x = ctx;
	struct log *l = x->log;
	struct log_row row;
	bool made = false;
	char term[32];
	enum err e = OK;

	/* A log that was signed for is not made anew. */
	if (l->head.size == 0)
		e = db_log_make(db, l->origin, &made, d);
	if (!e)
		e = db_log_get(db, l->origin, true, &row, d);
	if (!e && made)
		e = carry_over(db, &row, d);
	if (!e)
		e = db_log_new_term(db, row.id, &l->term, d);
	if (e)
		return e;
	l->row = row.id;
	(void)snprintf(term, sizeof(term), "term %" PRId64, l->term);
	return db_audit_add(db, x->now, "hub", "lead", slice_of(l->origin), term, d);
}

/* With `append` held. */
static enum err take_lead(struct log *l, struct db *db, int64_t now, struct diag *d)
{
	struct lead lead = {l, now};
	bool got = false;
	enum err e = db_log_try_lock(db, &got, d);
	unsigned generation = db_generation(db);

	if (!e && !got) {
		atomic_store(&l->deposed, true);
		return diag_fail(d, ERR_BUSY, "log: another hub leads");
	}
	if (!e)
		e = db_tx(db, term_body, &lead, d);
	if (e == ERR_NOT_FOUND)
		e = refuse(l, d, "the log is not there");
	if (!e)
		e = verify_stored(l, db, d);
	if (!e)
		e = catch_up(l, db, now, d);
	if (!e && db_generation(db) != generation)
		e = diag_fail(d, ERR_DATABASE, "database: the connection was lost");
	if (e) {
		if (got) /* let another try */
			db_log_unlock(db);
		return e;
	}
	l->generation = generation;
	atomic_store(&l->deposed, false);
	atomic_store(&l->leading, true);
	return OK;
}

enum err log_lead(struct log *l, struct db *db, int64_t now, struct diag *d)
{
	enum err e = log_check_hold(l, d);

	if (e)
		return e;
	(void)pthread_mutex_lock(&l->append);
	if (l->generation) {
		/* A look that the connection survived shows that its lock did too. */
		e = catch_up(l, db, now, d);
		if (e == ERR_DATABASE || db_generation(db) != l->generation)
			l->generation = 0;
	}
	if (!e && !l->generation) {
		atomic_store(&l->leading, false);
		e = take_lead(l, db, now, d);
	}
	if (e)
		atomic_store(&l->leading, false);
	(void)pthread_mutex_unlock(&l->append);
	return e;
}

struct append {
	struct log *log;
	log_work work;
	void *ctx;
};

static enum err append_body(struct db *db, void *ctx, struct diag *d)
{
	struct append *x = ctx;
	struct slice entry = {0};
	struct log_row row;
	struct hash leaf;
	enum err e = db_log_get(db, x->log->origin, true, &row, d);

	if (!e && row.term != x->log->term)
		e = diag_fail(d, ERR_BUSY, "log: another hub leads");
	if (!e)
		e = x->work(db, x->ctx, row.id, row.frontier.size, &entry, d);
	if (e || entry.n == 0)
		return e;
	leaf = merkle_leaf(entry);
	frontier_append(&row.frontier, &leaf);
	return db_log_grow(db, row.id, &row.frontier, d);
}

enum err log_sequence(struct log *l, struct db *db, log_work work, void *ctx, int64_t now,
	uint64_t *ret_size, struct diag *d)
{
	struct append x = {l, work, ctx};
	enum err e = log_check_hold(l, d);

	if (e)
		return e;
	(void)pthread_mutex_lock(&l->append);
	if (!log_leading(l))
		e = diag_fail(d, ERR_BUSY, "log: this hub does not lead (yet)");
	/* What is stored must be what was signed before anything is put upon it. */
	if (!e)
		e = catch_up(l, db, now, d);
	if (!e)
		e = db_tx(db, append_body, &x, d);
	if (!e)
		e = catch_up(l, db, now, d);
	if (!e)
		*ret_size = l->head.size;
	(void)pthread_mutex_unlock(&l->append);
	return e;
}
