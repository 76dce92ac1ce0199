/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lays out a whole log as files, for other programs to read: static FOLDER SIZE. FOLDER
 * is there; the log's key goes to FOLDER/log.vkey.
 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/checkpoint.h"
#include "common/note.h"
#include "common/tile.h"

#define ORIGIN "varsel.example/feed/static"

static const char *folder;

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "static: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Writes FOLDER/<path>, making the folders on the way. */
static void put_file(const char *path, struct slice content)
{
	char *full;
	FILE *f;

	if (asprintf(&full, "%s/%s", folder, path) < 0)
		die(path);
	for (char *at = full + strlen(folder) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		if (mkdir(full, 0755) != 0 && errno != EEXIST)
			die(full);
		*at = '/';
	}
	f = fopen(full, "w");
	if (!f || fwrite(content.p, 1, content.n, f) != content.n || fclose(f) != 0)
		die(full);
	free(full);
}

static void put_tile(const struct tile_id *id, struct slice content)
{
	CLEANUP_BUF struct buf path = {.max = 200};

	tile_path_put(&path, id);
	put_file(buf_str(&path), content);
}

/* Most entries are like statements; some are as short and as long as they get. */
static struct slice make_entry(uint64_t i)
{
	static char text[UINT16_MAX];
	size_t n;

	memset(text, 'x', sizeof(text));
	n = (size_t)snprintf(text, sizeof(text), "entry %llu\n", (unsigned long long)i);
	if (i == 3)
		return slice_mem(text, 0);
	return slice_mem(text, i == 5 ? sizeof(text) : n + i % 200);
}

/* Appends the entries, and writes each bundle of them as it becomes full, or is the last.
 */
static void grow(struct tiletree *t, uint64_t size)
{
	CLEANUP_BUF struct buf bundle = {.max = 1 << 24};

	for (uint64_t i = 0; i < size; i++) {
		struct tile_id id = {-1, i / TILE_WIDTH, (unsigned)(i % TILE_WIDTH) + 1};
		struct slice entry = make_entry(i);
		struct hash leaf = merkle_leaf(entry);

		entry_put(&bundle, entry);
		if (buf_err(&bundle) || tiletree_append(t, &leaf))
			die("out of memory");
		if (id.width < TILE_WIDTH && i + 1 < size)
			continue;
		put_tile(&id, buf_view(&bundle));
		buf_reset(&bundle);
	}
}

static void put_tiles(const struct tiletree *t)
{
	for (int l = 0; l < TILE_LEVELS; l++)
		for (uint64_t at = 0; at < t->level[l].n; at += TILE_WIDTH) {
			uint64_t left = t->level[l].n - at;
			struct tile_id id = {l, at / TILE_WIDTH,
				left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH};
			struct slice hashes;

			if (tiletree_get(t, &id, &hashes))
				die("a tile is not there");
			put_tile(&id, hashes);
		}
}

/* Signed and cosigned, like the hub's. */
static void put_checkpoint(const struct frontier *f)
{
	struct checkpoint c = {slice_of(ORIGIN), f->size, frontier_root(f)};
	CLEANUP_BUF struct buf text = {.max = 1000}, note = {.max = 2000},
			       vkey = {.max = 1000};
	CLEANUP_SECKEY struct seckey key = {0}, fresh = {0};
	struct diag d;

	checkpoint_put(&text, &c);
	note_begin(&note, buf_view(&text));
	if (seckey_generate(slice_of(ORIGIN), KEY_ED25519, &key, &d) ||
		seckey_generate(slice_of(ORIGIN "/fresh"), KEY_COSIGNER, &fresh, &d) ||
		note_sign(&note, buf_view(&text), &fresh, 1795514400, &d) ||
		note_sign(&note, buf_view(&text), &key, 0, &d))
		die(d.text);
	put_file("checkpoint", buf_view(&note));
	pubkey_put(&vkey, &key.pub);
	put_file("log.vkey", buf_view(&vkey));
}

int main(int argc, char **argv)
{
	struct tiletree t;

	if (argc != 3 || sodium_init() < 0) {
		(void)fprintf(stderr, "usage: static FOLDER SIZE\n");
		return 64;
	}
	folder = argv[1];
	tiletree_init(&t);
	grow(&t, strtoull(argv[2], NULL, 10));
	put_tiles(&t);
	put_checkpoint(&t.frontier);
	tiletree_done(&t);
	return 0;
}
