/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hub for tests, in this process, over real HTTP: it serves whatever a test has put
 * into it, honest or not. Keys, root 1 and a log are made by fake_open().
 */
#ifndef VARSEL_TEST_FAKEHUB_H
#define VARSEL_TEST_FAKEHUB_H

#include <ftw.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "client/feed/feed.h"
#include "common/checkpoint.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/tile.h"

#define FAKE_ENTRIES 2048
#define FAKE_FILES   64
#define FAKE_ORIGIN  "hub.test/feed/kommuner"

#define FAKE_OK(call)                                                                    \
	do {                                                                             \
		struct diag fake_d = {0};                                                \
		enum err fake_e = (call);                                                \
		if (fake_e) {                                                            \
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #call); \
			abort();                                                         \
		}                                                                        \
		(void)fake_d;                                                            \
	} while (0)

/* Seconds by which this process' wall clock is ahead: tests turn it, and never wait. */
static _Atomic int64_t fake_ahead;

int clock_gettime(clockid_t id, struct timespec *ts)
{
	int rc = (int)syscall(SYS_clock_gettime, id, ts);

	if (id == CLOCK_REALTIME)
		ts->tv_sec += fake_ahead;
	return rc;
}

/* A path that is answered with these bytes. status 0: 200. */
struct fake_file {
	char path[160];
	struct buf bytes;
	int status;
};

struct fake {
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock;
	char url[64];
	char dir[64]; /* a folder of its own, for state and root.1 */
	char root1[96];
	char state[96];
	struct seckey root, root2, coord, coord2, attest, log, fresh;
	struct root r; /* the newest that was made */
	struct buf entry[FAKE_ENTRIES];
	size_t n;
	struct buf checkpoint;
	struct fake_file file[FAKE_FILES];
	size_t nfiles;
	int64_t hint;      /* Varsel-Root */
	int requests;      /* since it was last set to 0 */
	char last[160];    /* path of the last request */
	char auth[256];    /* its Authorization header */
	int conflicts;     /* so many statements are answered 409 */
	struct buf posted; /* body of the last POST */
	bool no_partials;  /* only full entry bundles are served */
};

static inline void fake_put(
	struct fake *f, const char *path, struct slice bytes, int status)
{
	struct fake_file *x = NULL;

	(void)pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->nfiles; i++)
		if (strcmp(f->file[i].path, path) == 0)
			x = &f->file[i];
	if (!x) {
		if (f->nfiles == FAKE_FILES)
			abort();
		x = &f->file[f->nfiles++];
		buf_init(&x->bytes, 64u << 20);
	}
	(void)snprintf(x->path, sizeof(x->path), "%s", path);
	buf_reset(&x->bytes);
	buf_slice(&x->bytes, bytes);
	x->status = status;
	(void)pthread_mutex_unlock(&f->lock);
}

/* From now on 404. */
static inline void fake_remove(struct fake *f, const char *path)
{
	fake_put(f, path, slice_of(""), 404);
}

static inline bool fake_entries(struct fake *f, const char *path, struct buf *out)
{
	struct tile_id id;

	if (strncmp(path, "tile/", 5) != 0 ||
		tile_path_parse(slice_of(path + 5), &id, NULL) || id.level != -1 ||
		(f->no_partials && id.width != TILE_WIDTH))
		return false;
	for (uint64_t i = 0; i < id.width; i++) {
		uint64_t at = id.index * TILE_WIDTH + i;

		if (at >= f->n)
			return false;
		entry_put(out, buf_view(&f->entry[at]));
	}
	return true;
}

static inline int fake_answer(struct fake *f, const char *path, struct buf *out)
{
	const char *feed = "/v1/feed/kommuner/";

	for (size_t i = 0; i < f->nfiles; i++) {
		if (strcmp(f->file[i].path, path) == 0) {
			buf_slice(out, buf_view(&f->file[i].bytes));
			return f->file[i].status ? f->file[i].status : 200;
		}
	}
	if (strncmp(path, feed, strlen(feed)) != 0)
		return 404;
	path += strlen(feed);
	if (strcmp(path, "checkpoint") == 0) {
		buf_slice(out, buf_view(&f->checkpoint));
		return 200;
	}
	return fake_entries(f, path, out) ? 200 : 404;
}

static inline enum MHD_Result fake_handle(void *ctx, struct MHD_Connection *c,
	const char *url, const char *method, const char *version, const char *upload,
	size_t *upload_size, void **con)
{
	static int seen, seen_body;
	struct fake *f = ctx;
	struct MHD_Response *r;
	struct buf out;
	char hint[32];
	const char *auth;
	enum MHD_Result rc;
	int status;

	(void)method;
	(void)version;
	if (!*con) {
		*con = &seen;
		return MHD_YES;
	}
	if (*upload_size) {
		(void)pthread_mutex_lock(&f->lock);
		if (*con == &seen)
			buf_reset(&f->posted);
		*con = &seen_body;
		buf_put(&f->posted, upload, *upload_size);
		(void)pthread_mutex_unlock(&f->lock);
		*upload_size = 0;
		return MHD_YES;
	}
	buf_init(&out, 64u << 20);
	(void)pthread_mutex_lock(&f->lock);
	f->requests++;
	(void)snprintf(f->last, sizeof(f->last), "%s", url);
	auth = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Authorization");
	(void)snprintf(f->auth, sizeof(f->auth), "%s", auth ? auth : "");
	status = fake_answer(f, url, &out);
	if (strcmp(url, "/v1/statements") == 0 && f->conflicts && f->conflicts--)
		status = 409;
	(void)snprintf(hint, sizeof(hint), "%lld", (long long)f->hint);
	(void)pthread_mutex_unlock(&f->lock);
	r = MHD_create_response_from_buffer(
		out.len, out.data ? out.data : hint, MHD_RESPMEM_MUST_COPY);
	buf_done(&out);
	(void)MHD_add_response_header(r, "Varsel-Root", hint);
	if (status / 100 != 2)
		(void)MHD_add_response_header(
			r, "Content-Type", "application/problem+json");
	rc = MHD_queue_response(c, (unsigned)status, r);
	MHD_destroy_response(r);
	return rc;
}

/* Signs a text by the keys and appends the note to *b; `time` for a cosigner. */
static inline void fake_sign(struct buf *b, struct slice text,
	const struct seckey *const *keys, size_t n, int64_t time)
{
	note_begin(b, text);
	for (size_t i = 0; i < n; i++)
		FAKE_OK(note_sign(b, text, keys[i], time, &fake_d));
}

/* The checkpoint of the first `size` entries, cosigned at `time`. */
static inline void fake_checkpoint(struct fake *f, size_t size, int64_t time)
{
	const struct seckey *keys[] = {&f->log, &f->fresh};
	struct checkpoint c = {.origin = slice_of(f->log.pub.name), .size = size};
	struct frontier tree;
	struct buf text;

	frontier_init(&tree);
	for (size_t i = 0; i < size; i++) {
		struct hash leaf = merkle_leaf(buf_view(&f->entry[i]));

		frontier_append(&tree, &leaf);
	}
	c.root = frontier_root(&tree);
	buf_init(&text, 4096);
	checkpoint_put(&text, &c);
	(void)pthread_mutex_lock(&f->lock);
	buf_reset(&f->checkpoint);
	fake_sign(&f->checkpoint, buf_view(&text), keys, 2, time);
	(void)pthread_mutex_unlock(&f->lock);
	buf_done(&text);
}

static inline void fake_publish(struct fake *f)
{
	fake_checkpoint(f, f->n, clock_now());
}

static inline void fake_log(struct fake *f, struct slice entry)
{
	(void)pthread_mutex_lock(&f->lock);
	buf_init(&f->entry[f->n], 65535);
	buf_slice(&f->entry[f->n++], entry);
	(void)pthread_mutex_unlock(&f->lock);
}

/* The log begins anew. */
static inline void fake_forget(struct fake *f)
{
	(void)pthread_mutex_lock(&f->lock);
	while (f->n)
		buf_done(&f->entry[--f->n]);
	(void)pthread_mutex_unlock(&f->lock);
}

/* A bundle of `lines`, stored where the hub serves it; fills st's part about it. */
static inline void fake_bundle(struct fake *f, const char *lines, struct statement *st)
{
	char path[160], hex[HASH_HEX];
	struct buf text;

	buf_init(&text, 1u << 20);
	bundle_put_header(
		&text, (const unsigned char *)"0123456789abcdef", slice_of("test"));
	buf_puts(&text, lines);
	st->bundle = hash_of(buf_view(&text));
	st->bytes = (int64_t)text.len;
	st->count = 0;
	for (const char *p = lines; (p = strchr(p, '\n')); p++)
		st->count++;
	hash_hex(&st->bundle, hex);
	(void)snprintf(path, sizeof(path), "/v1/feed/kommuner/bundle/%s", hex);
	fake_put(f, path, buf_view(&text), 0);
	buf_done(&text);
}

static inline const char *fake_bundle_path(const struct statement *st)
{
	static char path[160];
	char hex[HASH_HEX];

	hash_hex(&st->bundle, hex);
	(void)snprintf(path, sizeof(path), "/v1/feed/kommuner/bundle/%s", hex);
	return path;
}

static inline void fake_note(struct fake *f, const struct statement *st,
	const struct seckey *k, struct buf *note)
{
	struct buf text;

	(void)f;
	buf_init(&text, 8192);
	statement_put(&text, st);
	fake_sign(note, buf_view(&text), &k, 1, 0);
	buf_done(&text);
}

static inline void fake_decide(
	struct fake *f, struct statement *st, const struct seckey *k)
{
	struct buf note;

	buf_init(&note, 8192);
	fake_note(f, st, k, &note);
	fake_log(f, buf_view(&note));
	buf_done(&note);
}

/* "domain evil.example" approved for `seconds` and signed by `k`. */
static inline struct statement fake_approve(struct fake *f, const char *key,
	int64_t issued, int64_t seconds, const struct seckey *k)
{
	struct statement st = {
		.verb = VERB_APPROVE, .issued = issued, .expires = issued + seconds};
	char line[512], until[CLOCK_TEXT];

	(void)snprintf(st.log, sizeof(st.log), "%.160s", f->log.pub.name);
	clock_format(st.expires, until);
	(void)snprintf(line, sizeof(line), "%s block until=%s\n", key, until);
	fake_bundle(f, line, &st);
	fake_decide(f, &st, k);
	return st;
}

static inline struct statement fake_revoke(
	struct fake *f, const char *key, int64_t issued, const struct seckey *k)
{
	struct statement st = {.verb = VERB_REVOKE,
		.issued = issued,
		.expires = issued + REVOKE_REMEMBERED};
	char line[512];

	(void)snprintf(st.log, sizeof(st.log), "%.160s", f->log.pub.name);
	(void)snprintf(line, sizeof(line), "%s\n", key);
	fake_bundle(f, line, &st);
	fake_decide(f, &st, k);
	return st;
}

static inline void fake_root_keys(
	struct root *r, const struct pubkey *const *keys, const size_t *count)
{
	size_t n = 0;

	for (int role = 0; role < ROLE_COUNT; role++) {
		r->first[role] = n;
		for (size_t i = 0; i < count[role]; i++, n++)
			r->keys[n] = *keys[n];
	}
	r->first[ROLE_COUNT] = n;
}

/* Root r->version, signed by `keys`, put where it belongs: root.1, or /v1/root/<n>. */
static inline void fake_root(
	struct fake *f, const struct root *r, const struct seckey *const *keys, size_t n)
{
	struct buf text, note;
	char path[64];

	buf_init(&text, ROOT_MAX);
	buf_init(&note, ROOT_MAX + SIG_LINES_MAX);
	root_put(&text, r);
	fake_sign(&note, buf_view(&text), keys, n, 0);
	if (r->version == 1)
		FAKE_OK(file_write(f->root1, buf_view(&note), 0644, &fake_d));
	(void)snprintf(path, sizeof(path), "/v1/root/%lld", (long long)r->version);
	fake_put(f, path, buf_view(&note), 0);
	buf_done(&text);
	buf_done(&note);
}

static inline void fake_key(struct seckey *k, const char *name, uint8_t type)
{
	FAKE_OK(seckey_generate(slice_of(name), type, k, &fake_d));
}

/* Root 1: one root key, one coordinator. */
static inline void fake_first_root(struct fake *f)
{
	const struct pubkey *keys[] = {
		&f->root.pub, &f->coord.pub, &f->attest.pub, &f->log.pub, &f->fresh.pub};
	const size_t count[ROLE_COUNT] = {1, 1, 1, 1, 1};
	const struct seckey *signer = &f->root;
	int64_t now = clock_now();

	f->r = (struct root){.version = 1,
		.issued = now - 86400,
		.expires = now + 86400,
		.hub = "hub.test",
		.threshold_root = 1,
		.threshold_coordinator = 1,
		.max_age = 3600,
		.attest_within = 30 * 86400,
		.max_lifetime = 365 * 86400};
	fake_root_keys(&f->r, keys, count);
	fake_root(f, &f->r, &signer, 1);
}

static inline struct fake *fake_open(void)
{
	struct fake *f = calloc(1, sizeof(*f));

	(void)pthread_mutex_init(&f->lock, NULL);
	buf_init(&f->checkpoint, 4096);
	buf_init(&f->posted, 64u << 20);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/varsel.XXXXXX");
	if (!mkdtemp(f->dir))
		abort();
	(void)snprintf(f->root1, sizeof(f->root1), "%s/root.1", f->dir);
	(void)snprintf(f->state, sizeof(f->state), "%s/state", f->dir);
	fake_key(&f->root, "hub.test/root/a", KEY_ED25519);
	fake_key(&f->root2, "hub.test/root/b", KEY_ED25519);
	fake_key(&f->coord, "hub.test/coordinator/anna", KEY_ED25519);
	fake_key(&f->coord2, "hub.test/coordinator/bo", KEY_ED25519);
	fake_key(&f->attest, "hub.test/attest/a", KEY_ED25519);
	fake_key(&f->log, FAKE_ORIGIN, KEY_ED25519);
	fake_key(&f->fresh, FAKE_ORIGIN "/fresh", KEY_COSIGNER);
	fake_first_root(f);
	fake_publish(f);
	f->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL,
		fake_handle, f, MHD_OPTION_END);
	if (!f->daemon)
		abort();
	(void)snprintf(f->url, sizeof(f->url), "http://127.0.0.1:%u",
		MHD_get_daemon_info(f->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	return f;
}

static inline void fake_stop(struct fake *f)
{
	if (f->daemon)
		MHD_stop_daemon(f->daemon);
	f->daemon = NULL;
}

static inline int fake_remove_one(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void fake_remove_tree(const char *dir)
{
	if (nftw(dir, fake_remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		abort();
}

static inline void fake_close(struct fake *f)
{
	fake_stop(f);
	fake_ahead = 0;
	seckey_done(&f->root);
	seckey_done(&f->root2);
	seckey_done(&f->coord);
	seckey_done(&f->coord2);
	seckey_done(&f->attest);
	seckey_done(&f->log);
	seckey_done(&f->fresh);
	for (size_t i = 0; i < f->n; i++)
		buf_done(&f->entry[i]);
	for (size_t i = 0; i < f->nfiles; i++)
		buf_done(&f->file[i].bytes);
	buf_done(&f->checkpoint);
	buf_done(&f->posted);
	fake_remove_tree(f->dir);
	free(f);
}

#endif
