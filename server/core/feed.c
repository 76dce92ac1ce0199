/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/feed.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/clock.h"

struct feed {
	/* Everything below but the shelf and the atomics. Held for a copy of at most one
	 * tile, never over anything that waits. */
	pthread_rwlock_t lock;
	struct tiletree tree;
	struct arena text; /* the entries' bytes; they stay where they are */
	struct slice *entry;
	uint64_t n, cap; /* entries taken in, of which `size` are published */
	char checkpoint[CHECKPOINT_MAX];
	size_t checkpoint_n;
	struct blob *root[ROOT_CHAIN];

	_Atomic uint64_t size;
	_Atomic int64_t signed_at;
	_Atomic int64_t newest_root;
	struct shelf shelf;
	void (*tell)(void *ctx, uint64_t size);
	void *tell_ctx;
};

struct feed *feed_new(size_t shelf_max)
{
	struct feed *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	pthread_rwlock_init(&f->lock, NULL);
	tiletree_init(&f->tree);
	arena_init(&f->text, SIZE_MAX);
	shelf_init(&f->shelf, shelf_max);
	return f;
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < ROOT_CHAIN; i++)
		blob_unref(f->root[i]);
	shelf_done(&f->shelf);
	arena_done(&f->text);
	tiletree_done(&f->tree);
	free(f->entry);
	pthread_rwlock_destroy(&f->lock);
	free(f);
}

void feed_on_news(struct feed *f, void (*tell)(void *ctx, uint64_t size), void *ctx)
{
	f->tell = tell;
	f->tell_ctx = ctx;
}

/* Under the write lock. */
static enum err take_entry(struct feed *f, struct slice note)
{
	struct hash leaf = merkle_leaf(note);
	char *copy = arena_dup(&f->text, note);

	if (!copy)
		return ERR_NOMEM;
	if (f->n == f->cap) {
		uint64_t cap = f->cap ? f->cap * 2 : 1024;
		struct slice *e = realloc(f->entry, cap * sizeof(*e));

		if (!e)
			return ERR_NOMEM;
		f->entry = e;
		f->cap = cap;
	}
	if (tiletree_append(&f->tree, &leaf))
		return ERR_NOMEM;
	f->entry[f->n++] = (struct slice){copy, note.n};
	return OK;
}

static enum err take_entries(struct feed *f, const struct log_news *news, struct diag *d)
{
	for (size_t i = 0; i < news->n; i++) {
		const struct log_entry *e = &news->entry[i];
		struct blob *b = e->bundle.n ? blob_new(e->bundle) : NULL;

		if (e->bundle.n && (!b || shelf_put(&f->shelf, &e->sha256, b)))
			return diag_fail(d, ERR_NOMEM, "no memory for a bundle");
	}
	pthread_rwlock_wrlock(&f->lock);
	for (size_t i = 0; i < news->n; i++) {
		if (news->first + i < f->n)
			continue; /* taken in before an error stopped the rest */
		if (news->first + i != f->n || take_entry(f, news->entry[i].note)) {
			pthread_rwlock_unlock(&f->lock);
			return diag_fail(d, ERR_NOMEM,
				"no memory for entry %" PRIu64 " of the log",
				news->first + i);
		}
	}
	pthread_rwlock_unlock(&f->lock);
	return OK;
}

/* The tree as it was taken in must be the tree that was signed for. */
static enum err check_signed(const struct feed *f, const struct log_news *news)
{
	struct hash root = frontier_root(&f->tree.frontier);

	return news->size == f->n && hash_same(&root, &news->root) ? OK : ERR_INTERNAL;
}

enum err feed_publish(void *ctx, const struct log_news *news, struct diag *d)
{
	struct feed *f = ctx;
	enum err e = take_entries(f, news, d);
	uint64_t before = atomic_load(&f->size);
	bool first = false;

	if (e || news->more)
		return e;
	pthread_rwlock_wrlock(&f->lock);
	if (news->checkpoint.n > sizeof(f->checkpoint) || check_signed(f, news)) {
		pthread_rwlock_unlock(&f->lock);
		return diag_fail(d, ERR_INTERNAL,
			"the feed in memory is not the tree of %" PRIu64
			" entries that was signed",
			news->size);
	}
	first = f->checkpoint_n == 0;
	memcpy(f->checkpoint, news->checkpoint.p, news->checkpoint.n);
	f->checkpoint_n = news->checkpoint.n;
	atomic_store(&f->size, news->size);
	pthread_rwlock_unlock(&f->lock);
	atomic_store(&f->signed_at, clock_now());
	if ((first || news->size != before) && f->tell)
		f->tell(f->tell_ctx, news->size);
	return OK;
}

/* Soon it will be: no answer yet, where ERR_NOT_FOUND would be one. */
static enum err not_loaded(struct diag *d)
{
	return diag_fail(d, ERR_BUSY, "the log is not loaded yet");
}

enum err feed_checkpoint(struct feed *f, char out[CHECKPOINT_MAX], size_t *ret_n,
	uint64_t *ret_size, struct diag *d)
{
	size_t n;

	pthread_rwlock_rdlock(&f->lock);
	n = f->checkpoint_n;
	memcpy(out, f->checkpoint, n);
	if (n && ret_size)
		*ret_size = atomic_load(&f->size);
	pthread_rwlock_unlock(&f->lock);
	if (n == 0)
		return not_loaded(d);
	*ret_n = n;
	return OK;
}

uint64_t feed_size(struct feed *f)
{
	return atomic_load(&f->size);
}

int64_t feed_signed_at(struct feed *f)
{
	return atomic_load(&f->signed_at);
}

/* Whether the published tree has all of the tile: at level L one hash stands for 256^L
 * entries. */
static bool within(const struct feed *f, const struct tile_id *id)
{
	uint64_t have = atomic_load(&f->size);

	for (int i = 0; i < id->level; i++)
		have /= TILE_WIDTH;
	return id->index < have / TILE_WIDTH ||
	       (id->index == have / TILE_WIDTH && id->width <= have % TILE_WIDTH);
}

static enum err entries_blob(
	const struct feed *f, const struct tile_id *id, struct buf *b, struct blob **ret)
{
	uint64_t from = id->index * TILE_WIDTH;

	for (unsigned i = 0; i < id->width; i++)
		entry_put(b, f->entry[from + i]);
	if (buf_err(b))
		return buf_err(b);
	*ret = blob_new(buf_view(b));
	return *ret ? OK : ERR_NOMEM;
}

enum err feed_tile(
	struct feed *f, const struct tile_id *id, struct blob **ret, struct diag *d)
{
	struct buf CLEANUP_BUF b;
	struct slice hashes;
	enum err e;

	buf_init(&b, TILE_WIDTH * (size_t)(STATEMENT_MAX + 2));
	pthread_rwlock_rdlock(&f->lock);
	if (f->checkpoint_n == 0) {
		e = not_loaded(d);
	} else if (!within(f, id)) {
		e = ERR_NOT_FOUND;
	} else if (id->level < 0) {
		e = entries_blob(f, id, &b, ret);
	} else {
		e = tiletree_get(&f->tree, id, &hashes);
		if (!e) {
			*ret = blob_new(hashes);
			e = *ret ? OK : ERR_NOMEM;
		}
	}
	pthread_rwlock_unlock(&f->lock);
	if (e == ERR_NOT_FOUND)
		return diag_fail(d, e, "the log of %" PRIu64 " entries has no such tile",
			feed_size(f));
	return e;
}

struct blob *feed_bundle(struct feed *f, const struct hash *sha256)
{
	return shelf_get(&f->shelf, sha256);
}

enum err feed_keep_bundle(
	struct feed *f, const struct hash *sha256, struct slice bytes, struct blob **ret)
{
	struct blob *b = blob_new(bytes);
	enum err e;

	if (!b)
		return ERR_NOMEM;
	e = shelf_put(&f->shelf, sha256, blob_ref(b));
	if (e)
		blob_unref(b);
	else
		*ret = b;
	return e;
}

enum err feed_bar_bundle(struct feed *f, const struct hash *sha256)
{
	return shelf_bar(&f->shelf, sha256);
}

struct blob *feed_root(struct feed *f, int64_t version)
{
	struct blob *b = NULL;

	pthread_rwlock_rdlock(&f->lock);
	if (version >= 1 && version <= ROOT_CHAIN && f->root[version - 1])
		b = blob_ref(f->root[version - 1]);
	pthread_rwlock_unlock(&f->lock);
	return b;
}

int64_t feed_root_newest(struct feed *f)
{
	return atomic_load(&f->newest_root);
}

enum err feed_add_root(struct feed *f, struct slice note, struct diag *d)
{
	int64_t at = atomic_load(&f->newest_root);
	struct blob *b = at < ROOT_CHAIN ? blob_new(note) : NULL;

	if (!b)
		return diag_fail(d, ERR_NOMEM, "no room for another root document");
	pthread_rwlock_wrlock(&f->lock);
	f->root[at] = b;
	pthread_rwlock_unlock(&f->lock);
	atomic_store(&f->newest_root, at + 1);
	return OK;
}
