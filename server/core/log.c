/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/core/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/checkpoint.h"
#include "common/fields.h"
#include "common/file.h"
#include "common/note.h"
#include "server/core/log_state.h"

#define HEAD_MAGIC "varsel/head/v1"
#define HEAD_MAX   1024

static enum err state_path(const char *dir, const char *file, char **ret, struct diag *d)
{
	if (asprintf(ret, "%s/%s", dir, file) < 0) {
		*ret = NULL;
		return diag_fail(d, ERR_NOMEM, "log: out of memory");
	}
	return OK;
}

static enum err head_parse(
	struct slice text, const char *origin, struct head *ret, struct diag *d)
{
	struct fields f;
	struct slice log = {0};
	struct head h = {0};
	int64_t size = 0;
	enum err e;

	fields_begin(&f, text, HEAD_MAGIC, d);
	fields_text(&f, "log", HEAD_MAX, &log);
	fields_number(&f, "size", &size);
	fields_hash(&f, "root", &h.root);
	e = fields_end(&f);
	if (e)
		return e;
	if (!slice_is(log, origin))
		return diag_fail(
			d, ERR_CONFIG, "of log %.*s, not %s", SLICE_ARG(log), origin);
	h.size = (uint64_t)size;
	*ret = h;
	return OK;
}

static void head_put(struct buf *b, const char *origin, const struct head *h)
{
	char hex[HASH_HEX];

	hash_hex(&h->root, hex);
	buf_printf(b, "%s\nlog %s\nsize %" PRIu64 "\nroot %s\n", HEAD_MAGIC, origin,
		h->size, hex);
}

static enum err head_load(struct log *l, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = HEAD_MAX};
	enum err e = file_read(l->head_path, &text, d);

	if (e == ERR_NOT_FOUND)
		return diag_fail(d, ERR_NOT_FOUND,
			"%s is missing: it says which tree was signed last. Copy the "
			"state-dir "
			"of the hub that had the log; for a new log, run varseld init",
			l->head_path);
	if (!e)
		e = head_parse(buf_view(&text), l->origin, &l->head, d);
	if (e)
		return diag_at(d, ERR_CONFIG, "%s: ", l->head_path);
	return OK;
}

static enum err key_load(const char *dir, const char *file, const char *name,
	enum key_type type, struct seckey *ret, struct diag *d)
{
	char *path;
	enum err e = state_path(dir, file, &path, d);

	if (!e)
		e = seckey_load(path, ret, d);
	if (!e && (strcmp(ret->pub.name, name) != 0 || ret->pub.type != type))
		e = diag_fail(d, ERR_CONFIG, "%s: the key of %s, not of %s", path,
			ret->pub.name, name);
	free(path);
	return e;
}

static enum err key_make(const char *dir, const char *file, const char *name,
	enum key_type type, struct diag *d)
{
	CLEANUP_SECKEY struct seckey key = {0};
	char *path;
	enum err e = state_path(dir, file, &path, d);

	if (!e && !file_exists(path)) {
		e = seckey_generate(slice_of(name), (uint8_t)type, &key, d);
		if (!e)
			e = seckey_save(path, &key, d);
	}
	free(path);
	return e;
}

/* An empty tree was signed last: true of a log whose key does not exist yet. */
static enum err head_make(const char *dir, const char *origin, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = HEAD_MAX};
	struct head h = {0};
	struct frontier empty;
	char *path, *key = NULL;
	enum err e = state_path(dir, STATE_HEAD, &path, d);

	if (!e)
		e = state_path(dir, STATE_LOG_KEY, &key, d);
	if (!e && !file_exists(path)) {
		frontier_init(&empty);
		h.root = frontier_root(&empty);
		head_put(&text, origin, &h);
		if (file_exists(key))
			e = diag_fail(d, ERR_CONFLICT,
				"%s is here and %s is not: the log may hold entries. "
				"Copy the "
				"newest head file of the hub that had it",
				key, path);
		else
			e = file_create(path, buf_view(&text), 0600, d);
	}
	free(path);
	free(key);
	return e;
}

static enum err fresh_name(const char *origin, char **ret, struct diag *d)
{
	return state_path(origin, "fresh", ret, d); /* "<origin>/fresh" */
}

enum err log_init(const char *state_dir, const char *origin, struct diag *d)
{
	char *fresh;
	enum err e = fresh_name(origin, &fresh, d);

	if (!e)
		e = head_make(state_dir, origin, d);
	if (!e)
		e = key_make(state_dir, STATE_LOG_KEY, origin, KEY_ED25519, d);
	if (!e)
		e = key_make(state_dir, STATE_FRESH_KEY, fresh, KEY_COSIGNER, d);
	free(fresh);
	return e;
}

static enum err load(struct log *l, const char *state_dir, struct diag *d)
{
	char *fresh = NULL;
	enum err e = state_path(state_dir, STATE_HEAD, &l->head_path, d);

	if (!e)
		e = fresh_name(l->origin, &fresh, d);
	if (!e)
		e = key_load(
			state_dir, STATE_LOG_KEY, l->origin, KEY_ED25519, &l->log_key, d);
	if (!e)
		e = key_load(state_dir, STATE_FRESH_KEY, fresh, KEY_COSIGNER,
			&l->fresh_key, d);
	if (!e)
		e = head_load(l, d);
	free(fresh);
	return e;
}

enum err log_open(const char *state_dir, const char *origin, log_publish publish,
	void *ctx, struct log **ret, struct diag *d)
{
	struct log *l = calloc(1, sizeof(*l));
	enum err e;

	if (!l)
		return diag_fail(d, ERR_NOMEM, "log: out of memory");
	(void)pthread_mutex_init(&l->append, NULL);
	(void)pthread_mutex_init(&l->sign, NULL);
	frontier_init(&l->tree);
	l->publish = publish;
	l->ctx = ctx;
	l->origin = strdup(origin);
	e = l->origin ? load(l, state_dir, d) : diag_fail(d, ERR_NOMEM, "out of memory");
	if (e)
		log_close(&l);
	else
		*ret = l;
	return e;
}

void log_close(struct log **l)
{
	if (!*l)
		return;
	(void)pthread_mutex_destroy(&(*l)->append);
	(void)pthread_mutex_destroy(&(*l)->sign);
	seckey_done(&(*l)->log_key);
	seckey_done(&(*l)->fresh_key);
	free((*l)->origin);
	free((*l)->head_path);
	free(*l);
	*l = NULL;
}

void log_keys(const struct log *l, struct pubkey *ret_log, struct pubkey *ret_fresh)
{
	*ret_log = l->log_key.pub;
	*ret_fresh = l->fresh_key.pub;
}

bool log_leading(const struct log *l)
{
	return atomic_load(&l->leading);
}

bool log_deposed(const struct log *l)
{
	return atomic_load(&l->deposed);
}

enum err log_hold(struct log *l, const struct diag *why, struct diag *d)
{
	(void)pthread_mutex_lock(&l->sign);
	if (!l->hold[0])
		(void)snprintf(l->hold, sizeof(l->hold), "%s", why->text);
	(void)pthread_mutex_unlock(&l->sign);
	atomic_store(&l->leading, false);
	return diag_fail(d, ERR_HOLD, "%s", why->text);
}

/* With `sign` held. */
static enum err held(const struct log *l, struct diag *d)
{
	return l->hold[0] ? diag_fail(d, ERR_HOLD, "%s", l->hold) : OK;
}

enum err log_check_hold(struct log *l, struct diag *d)
{
	enum err e;

	(void)pthread_mutex_lock(&l->sign);
	e = held(l, d);
	(void)pthread_mutex_unlock(&l->sign);
	return e;
}

enum err log_write_head(struct log *l, const struct head *h, struct diag *d)
{
	CLEANUP_BUF struct buf text = {.max = HEAD_MAX};

	head_put(&text, l->origin, h);
	return file_write(l->head_path, buf_view(&text), 0600, d);
}

enum err log_sign(struct log *l, const struct head *h, int64_t now, struct buf *note,
	struct diag *d)
{
	struct checkpoint c = {slice_of(l->origin), h->size, h->root};
	CLEANUP_BUF struct buf text = {.max = CHECKPOINT_MAX};
	enum err e;

	checkpoint_put(&text, &c);
	note_begin(note, buf_view(&text));
	e = note_sign(note, buf_view(&text), &l->log_key, now, d);
	if (!e)
		e = note_sign(note, buf_view(&text), &l->fresh_key, now, d);
	if (!e && (buf_err(&text) || buf_err(note)))
		e = diag_fail(d, ERR_NOMEM, "checkpoint: out of memory");
	return e;
}

enum err log_tell(struct log *l, const struct log_news *news, struct diag *d)
{
	struct diag why = {0};
	enum err e;

	(void)pthread_mutex_lock(&l->sign);
	e = held(l, d);
	if (!e && l->publish(l->ctx, news, &why)) {
		(void)diag_at(&why, ERR_HOLD, "log: cannot publish: ");
		(void)snprintf(l->hold, sizeof(l->hold), "%s", why.text);
		e = held(l, d);
	}
	if (!e && !news->more) {
		l->published = (struct head){news->size, news->root};
		l->is_signed = true;
	}
	(void)pthread_mutex_unlock(&l->sign);
	return e;
}

enum err log_refresh(struct log *l, int64_t now, struct diag *d)
{
	CLEANUP_BUF struct buf note = {.max = CHECKPOINT_MAX};
	struct log_news news = {0};
	struct diag why = {0};
	enum err e;

	if (atomic_load(&l->deposed))
		return diag_fail(d, ERR_BUSY, "log: another hub leads");
	/* All of it under the lock: were the old tree signed afresh behind a new one, the
	 * newest checkpoint would be an old one. */
	(void)pthread_mutex_lock(&l->sign);
	e = held(l, d);
	if (!e && !l->is_signed)
		e = diag_fail(d, ERR_BUSY, "log: nothing is published yet");
	if (!e)
		e = log_sign(l, &l->published, now, &note, d);
	if (!e) {
		news.first = news.size = l->published.size;
		news.root = l->published.root;
		news.checkpoint = buf_view(&note);
		e = l->publish(l->ctx, &news, &why);
		if (e)
			e = diag_fail(d, e, "%s", why.text);
	}
	(void)pthread_mutex_unlock(&l->sign);
	return e;
}
